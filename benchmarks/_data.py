"""The notes that benchmarks work on."""

import numpy as np

from audiogen.datasets import load_notes

SAMPLE_RATE = 16000


def notes(n_samples):
    """Return real notes of 4 s, repeated where there are too few."""
    audio = load_notes("train").data
    return audio[np.arange(n_samples) % len(audio)]
