"""HarmonicPlusNoise: notes analysed in a second, and seconds resynthesised in one."""

import time

import numpy as np

from audiogen.datasets import load_notes
from audiogen.preprocessing import HarmonicPlusNoise
from benchmarks._data import SAMPLE_RATE, notes
from benchmarks._row import Row

N_NOTES = 1000


def data():
    """Return real notes of four seconds, over and over, and their pitches."""
    y = load_notes("train").frame[["pitch"]]
    return notes(N_NOTES), y.iloc[np.arange(N_NOTES) % len(y)]


def analysed(given, n_jobs):
    X, y = given
    return HarmonicPlusNoise(n_jobs=n_jobs).fit_transform(X, y)


def rates(given):
    """Tell notes a second on two processes, and times real time of synthesis on one core."""
    X, y = given
    analysed(given, 2)
    start = time.perf_counter()
    F = analysed(given, 2)
    analysis = time.perf_counter() - start
    harmonics = HarmonicPlusNoise().fit(X)
    harmonics.inverse_transform(F[:4], y[:4])
    start = time.perf_counter()
    harmonics.inverse_transform(F[:200], y[:200])
    synthesis = time.perf_counter() - start
    seconds = 200 * X.shape[1] / SAMPLE_RATE
    return f"{N_NOTES / analysis:.0f} notes/s, synthesis {seconds / synthesis:.0f}x real time"


ROWS = [
    Row(
        f"HarmonicPlusNoise, {N_NOTES} notes",
        data,
        lambda given: analysed(given, 2),
        {"one process": lambda given: analysed(given, 1)},
        aim=">= 1.3",
        remark=rates,
    ),
]
