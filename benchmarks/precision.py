"""An epoch with layers in mixed_bfloat16 (ours) against float32, class defaults.

The table of the documentation comes from here; a ratio above 1 is time won.
"""

from functools import partial

import numpy as np

from audiogen.generators import (
    ConditionalVAE,
    GANGenerator,
    LSTMSequencer,
    WaveNetAutoencoder,
)
from audiogen.preprocessing import STFTSpectrogram
from benchmarks._data import notes
from benchmarks._row import Row

STEADY = {"epochs": 1, "validation_fraction": 0.0, "warm_start": True, "random_state": 0,
          "patience": None, "plateau_patience": None}  # fmt: skip


def waveforms(n):
    return np.ascontiguousarray(notes(n), dtype=np.float32)


def spectrograms(n):
    return STFTSpectrogram().fit_transform(notes(n))


def columns(n):
    """Return runs of 17 columns of spectrograms."""
    columns = spectrograms(n // 20)[:, :, :, 0].swapaxes(1, 2)
    return columns[:, :340].reshape(n, 17, -1)


def features(n):
    return np.random.default_rng(0).normal(size=(n, 64)).astype(np.float32)


def prepare(generator, make):
    X = make()
    models = {
        precision: generator(precision=precision, **STEADY).fit(X)
        for precision in ("float32", "mixed_bfloat16")
    }
    return models, X


def row(name, generator, make):
    return Row(
        f"{generator.__name__}, {name}",
        partial(prepare, generator, make),
        lambda data: data[0]["mixed_bfloat16"].fit(data[1]),
        {"float32": lambda data: data[0]["float32"].fit(data[1])},
    )


ROWS = [
    row("64 waveforms", ConditionalVAE, partial(waveforms, 64)),
    row("16 spectrograms", ConditionalVAE, partial(spectrograms, 16)),
    row("2,000 x 64 features", ConditionalVAE, partial(features, 2000)),
    row("64 waveforms", GANGenerator, partial(waveforms, 64)),
    row("16 spectrograms", GANGenerator, partial(spectrograms, 16)),
    row("320 runs of columns", LSTMSequencer, partial(columns, 320)),
    row("16 waveforms", WaveNetAutoencoder, partial(waveforms, 16)),
]
