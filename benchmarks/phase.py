"""Audio from magnitudes alone."""

import librosa
import numpy as np

from audiogen.signal import istft, pghi, stft
from benchmarks._data import notes
from benchmarks._row import Row

FRAME: dict = {"n_fft": 1024, "hop_length": 256, "center": False}
MARGIN = 768


def by_pghi(magnitude):
    return istft(magnitude * np.exp(1j * pghi(magnitude)))


def by_griffin_lim(magnitude):
    clips = [librosa.griffinlim(clip.T, n_iter=32, init=None, **FRAME) for clip in magnitude]
    return np.stack(clips)[:, MARGIN:-MARGIN]


def convergence(magnitude):
    """Say how far the magnitudes of what was recovered are off."""
    errors = [
        np.linalg.norm(np.abs(stft(way(magnitude))) - magnitude) / np.linalg.norm(magnitude)
        for way in (by_pghi, by_griffin_lim)
    ]
    ours, theirs = 20 * np.log10(errors)
    return f"magnitudes off by {ours:.0f} dB, librosa's by {theirs:.0f} dB"


ROWS = [
    Row(
        "phase of 20 notes (PGHI)",
        lambda: np.abs(stft(notes(20))),
        by_pghi,
        {"librosa's Griffin-Lim, 32": by_griffin_lim},
        remark=convergence,
    )
]
