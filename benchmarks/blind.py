"""Metrics of notes that were spoilt on purpose, and what they miss: python -m benchmarks.blind.

Real notes of a random half of the shipped ones stand against the other half (the best that a model
can be expected to reach), against the notes that are held out, and against what was made of the
other half: notes backwards, their quarter seconds in random order, noise of the same spectrum as
each note, notes at half the level, a fifth of them again and again, noise added 40 dB below; and
against the real notes themselves (copies).
"""

import functools

import numpy as np

from audiogen.datasets import load_notes
from audiogen.metrics import (
    density_and_coverage,
    frechet_distance,
    kernel_distance,
    kl_divergence,
    measure,
    n_different_bins,
    nearest_frame_distance,
    texture_distance,
    tonality,
)

RATE = 16000
LENGTH = 2 * RATE
PIECE = RATE // 4
METRICS = (
    frechet_distance,
    functools.partial(frechet_distance, corrected=True),
    kernel_distance,
    kl_divergence,
    density_and_coverage,
    functools.partial(n_different_bins, n_bins=10),
    texture_distance,
    tonality,
    nearest_frame_distance,
)


def main():
    notes = load_notes("train")
    order = np.random.default_rng(0).permutation(len(notes.data))
    real, other = (notes.data[order[start::2], :LENGTH] for start in range(2))
    made = {"other half": other, **spoilt(other), "copies": real}
    made["held out"] = load_notes("valid").data[:, :LENGTH]
    columns = {
        name: measure(METRICS, real, clips, sample_rate=RATE, n_resamples=0)
        for name, clips in made.items()
    }
    print(f"{len(real)} real notes; {', '.join(f'{k}: {len(v)}' for k, v in made.items())}")
    print(f"{'':34}" + "".join(f"{name:>13}" for name in columns))
    for figures in zip(*columns.values(), strict=True):
        values = "".join(f"{figure.value:13.2f}" for figure in figures)
        print(f"{figures[0].metric.replace('functools.', ''):34}{values}")


def spoilt(notes):
    """Return what was made of notes, by name."""
    rng = np.random.default_rng(0)
    pieces = notes.reshape(len(notes), -1, PIECE)
    spectra = np.fft.rfft(notes)
    turns = np.exp(2j * np.pi * rng.random(spectra.shape))
    level = np.sqrt(np.square(notes).mean(axis=1, keepdims=True))
    return {
        "backwards": np.ascontiguousarray(notes[:, ::-1]),
        "in pieces": np.stack([rng.permutation(note).ravel() for note in pieces]),
        "noise": np.fft.irfft(spectra * turns, notes.shape[1]).astype(np.float32),
        "half level": notes / 2,
        "a fifth": np.concatenate([notes[::5]] * 5)[: len(notes)],
        "hiss": notes + 0.01 * level * rng.standard_normal(notes.shape, dtype=np.float32),
    }


if __name__ == "__main__":
    main()
