"""HarmonicPlusNoise: notes analysed in a second, and seconds resynthesised in one."""

import time

import numpy as np
import scipy.fft

from audiogen.datasets import load_notes
from audiogen.preprocessing import HarmonicPlusNoise
from benchmarks._data import SAMPLE_RATE, notes
from benchmarks._row import Row

N_NOTES, N_FEW = 1000, 148
HOP = 256


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


def spectra_alone(given):
    """Do the FFTs of an analysis and nothing else."""
    X, y = given
    for note, pitch in zip(X[:N_FEW], y.pitch, strict=False):
        hertz = 440 * 2 ** ((pitch - 69) / 12)
        length = HOP * scipy.fft.next_fast_len(int(np.ceil(12 * SAMPLE_RATE / hertz / HOP)))
        frames = np.lib.stride_tricks.sliding_window_view(np.pad(note, length // 2), length)[::HOP]
        scipy.fft.rfft(frames * np.hanning(length).astype(np.float32))


def few_features():
    """Return the transformer fitted to some notes, their features and their pitches."""
    X, y = data()
    X, y = X[:N_FEW], y[:N_FEW]
    harmonics = HarmonicPlusNoise()
    return harmonics, harmonics.fit_transform(X, y), y, X.shape[1]


def sines(given):
    """Add up sines partial by partial, in double precision, without noise or levels."""
    _, features, y, n_timesteps = given
    t = np.arange(n_timesteps) / SAMPLE_RATE
    for note, pitch in zip(features, y.pitch, strict=True):
        hertz, audio = 440 * 2 ** ((pitch - 69) / 12), np.zeros(n_timesteps)
        at = np.arange(len(note) - 1) * (HOP / SAMPLE_RATE)
        for k in range(1, min(96, int(SAMPLE_RATE / 2 / hertz)) + 1):
            level = 10 ** note[1:, 4 + k]
            audio += np.interp(t, at, level) * np.sin(2 * np.pi * k * hertz * t)


ROWS = [
    Row(
        f"HarmonicPlusNoise.transform, {N_FEW}",
        lambda: (*data(), HarmonicPlusNoise().fit(*(part[:1] for part in data()))),
        lambda given: given[2].transform(given[0][:N_FEW], given[1][:N_FEW]),
        {"its FFTs alone": lambda given: spectra_alone(given[:2])},
        aim=">= 0.5",
    ),
    Row(
        f"... inverse_transform, {N_FEW}",
        few_features,
        lambda given: given[0].inverse_transform(given[1], given[2]),
        {"a loop over partials": sines},
        aim=">= 5",
    ),
    Row(
        f"HarmonicPlusNoise, {N_NOTES} notes",
        data,
        lambda given: analysed(given, 2),
        {"one process": lambda given: analysed(given, 1)},
        aim=">= 1.3",
        remark=rates,
    ),
]
