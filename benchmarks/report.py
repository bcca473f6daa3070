"""The report that inspired audiogen, its hours and its results, beside ours.

    tox -e peers -- report

takes half an hour on two cores at most, and prints two tables.

Hours: what the report's runs would take here, with each generator's defaults (the report's
architecture and training), extrapolated from steps measured on arrays of the report's
shapes. Its machines were M1 and M2 laptops. The flattened LSTM needs 12 GB of memory.

Results: each row of the report's table, and below it what audiogen does in minutes, its
training cut to `SECONDS` for each model, on the 148 notes that come with it: all families in
one network that is told which. The settings are those of the examples, since the
defaults on the report's own input end in noise after so short a time. Clips are compared
with held-out notes of their family:

- Pitches, range and entropy are those of `audiogen.metrics` for each clip, averaged. They
  count spectral peaks: fewer are cleaner. A clip of LSTMSequencer is five notes long.
- FAD and KL take the frames of MFCCs, the first 13 of 40, as they are. KL is the mean over
  the 13 of that of histograms with 10 bins: the report does not say how it estimated KL,
  and this gives figures of its size. White noise has a KL of 3, an FAD of 200,000.
- "real notes" are those trained on: no model of them can hope for less.

The report's entropies over 7 bits cannot come from 128 MIDI pitches: nothing compares.
"""

import functools
import json
import math
import subprocess
import sys
import time

import numpy as np

from audiogen.datasets import load_notes
from audiogen.generators import GANGenerator, LSTMSequencer, WaveNetAutoencoder
from audiogen.metrics import frechet_distance, kl_divergence, n_pitches, pitch_entropy, pitch_range
from audiogen.preprocessing import SlidingWindow, STFTSpectrogram
from audiogen.signal import mfcc
from benchmarks._data import SAMPLE_RATE, notes
from benchmarks._ours import WAYS

SECONDS = 240
HOURS = [  # model, files, epochs, batch, hours
    ("GAN", 100, 150, 64, 22),
    ("GAN", 1_000, 60, 64, 28),
    ("GAN", 10_000, 10, 32, 36),
    ("WaveNet", 1_000, 50, 16, 24),
    ("LSTM", 1_000, 50, 32, 4),
    ("LSTM, components", 1_000, 50, 32, 4),
]
MODELS: dict = {
    "GAN": (GANGenerator, 2),
    "WaveNet": (WaveNetAutoencoder, 2),
    "LSTM": (LSTMSequencer, 2),
    "LSTM, components": (functools.partial(LSTMSequencer, frame_components=1_000), 30),
}
"""What is measured, and for how many steps."""

RESULTS = [  # model, family, files, epochs; pitches, range, entropy, FAD, KL
    ("GAN", "guitar", "1,000 x 60", 1160, 3809.27, 4.38, 30216.45, 0.45),
    ("GAN", "guitar", "10,000 x 10", 540, 3746.90, 3.25, 41400.22, 4.87),
    ("LSTM, joined audio", "guitar", "1,000 x 50", 19337, 3834, 7.457, 48236, 0.066),
    ("LSTM, joined audio", "mallet", "1,000 x 50", 33701, 3843, 7.914, 12863, 0.042),
    ("LSTM, joined audio", "flute", "1,000 x 50", 82543, 3844, 8.154, 106233, 1.34),
    ("LSTM, joined spectrogram", "guitar", "1,000 x 50", 1536, 3327, 2.422, 44330, 0.395),
    ("LSTM, joined spectrogram", "mallet", "1,000 x 50", 1479, 3445, 1.631, 28082, 0.429),
    ("LSTM, joined spectrogram", "flute", "1,000 x 50", 3863, 3839, 5.565, 94368, 1.171),
    ("WaveNet autoencoder", "organ", "1,000 x 50", 290, 954.27, 2.605, 2531.71, 0.1544),
    ("Conditional VAE", "organ", "? x 50", None, None, None, 22897, 0.7201),
    ("Conditional VAE", "guitar", "? x 50", None, None, None, 20943, 0.241),
    ("Conditional VAE", "reed", "? x 50", None, None, None, 15837, 0.515),
]


def main():
    hours()
    print()
    results()


# ------------------------------------------------------------------------------ hours


def hours():
    line = "{:<17} {:>6} {:>6} {:>5} {:>7} {:>8} {:>13} {:>11}"
    head = ("run", "files", "epochs", "batch", "steps", "s a step", "report's hours", "our hours")
    print(line.format(*head))
    for model, files, epochs, batch, theirs in HOURS:
        step = measured(model, batch)
        rows = files - 16 if "LSTM" in model else files
        steps = epochs * math.ceil(rows / batch)
        ours = epochs * rows / batch * step / 3600
        found = (model, files, epochs, batch, steps, f"{step:.3f}", theirs, f"{ours:.1f}")
        print(line.format(*found), flush=True)


@functools.cache
def measured(model, batch):
    """Return the seconds of a step, measured in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.report", model, str(batch)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def step_seconds(model, batch):
    """Time some steps of a generator on the report's shapes, whatever is in them."""
    make, n_steps = MODELS[model]
    n_rows = n_steps * batch
    X = notes(n_rows + 16)
    X = X + np.random.default_rng(0).normal(scale=1e-3, size=X.shape).astype(np.float32)
    if model != "WaveNet":
        X = STFTSpectrogram().fit_transform(X)
    X = SlidingWindow().fit_transform(X) if "LSTM" in model else X[:n_rows]
    generator = make(batch_size=batch, epochs=1, validation_fraction=0.0, random_state=0)
    generator.fit(X if "components" in model else X[:batch])  # compiles
    start = time.perf_counter()
    generator.partial_fit(X)
    return (time.perf_counter() - start) / n_steps


# ---------------------------------------------------------------------------- results


def results():
    line = "{:<25} {:<7} {:<22} {:>8} {:>8} {:>8} {:>9} {:>7}"
    head = ("model", "family", "notes x epochs", "pitches", "range Hz", "entropy", "FAD", "KL")
    print(line.format(*head))
    made = functools.cache(lambda model: WAYS[model](SECONDS))
    for model, family, trained, *theirs in RESULTS:
        print(line.format(model, family, "report: " + trained, *map(shown, theirs, PLACES)))
        clips, used = made(model)
        print(line.format("", "", "ours: " + used, *figures(family, clips[family])))
        print(
            line.format("", "", "real notes", *figures(family, real(family, "train"))), flush=True
        )


PLACES = (0, 0, 2, 0, 2)


def figures(family, clips):
    """Return what the table says of clips, as text."""
    by_clip = [
        [
            metric(clip, sample_rate=SAMPLE_RATE)
            for metric in (n_pitches, pitch_range, pitch_entropy)
        ]
        for clip in clips
    ]
    held_out, found = frames(real(family, "valid")), frames(clips)
    distances = [
        frechet_distance(held_out, found),
        kl_divergence(held_out, found, method="histogram") / held_out.shape[1],
    ]
    return list(map(shown, [*np.nanmean(by_clip, axis=0), *distances], PLACES))


def shown(value, places):
    return "-" if value is None else f"{value:.{places}f}"


@functools.cache
def real(family, split):
    data = load_notes(split)
    return data.data[data.frame.instrument_family == family]


def frames(clips):
    """Return the first 13 of 40 MFCCs of all frames."""
    return mfcc(clips, SAMPLE_RATE, 40)[..., :13].reshape(-1, 13)


if __name__ == "__main__":
    print(step_seconds(sys.argv[1], int(sys.argv[2])))
