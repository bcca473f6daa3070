"""Audio from magnitudes alone."""

import librosa
import numpy as np

from audiogen.signal import istft, pghi, stft
from benchmarks._data import notes
from benchmarks._row import Row

FRAME: dict = {"n_fft": 1024, "hop_length": 256, "center": False}
MARGIN = 768
HANN_GAMMA = 0.25645  # of a Gaussian window as wide, over its length squared


def by_pghi(magnitude):
    return istft(magnitude * np.exp(1j * pghi(magnitude)))


def by_griffin_lim(magnitude):
    clips = [librosa.griffinlim(clip.T, n_iter=32, init=None, **FRAME) for clip in magnitude]
    return np.stack(clips)[:, MARGIN:-MARGIN]


def by_torchaudio(magnitude):
    import torch
    from torchaudio.functional import griffinlim

    size, hop = FRAME["n_fft"], FRAME["hop_length"]
    clips = griffinlim(
        torch.from_numpy(magnitude).mT, torch.hann_window(size), size, hop, size, power=1.0,
        n_iter=32, momentum=0.99, length=None, rand_init=False,
    )  # fmt: skip
    return clips.numpy()


def by_pghipy(magnitude):
    from pghipy.pghipy import pghi as compiled

    size, hop = FRAME["n_fft"], FRAME["hop_length"]
    gamma = HANN_GAMMA * size**2
    phases = [compiled(clip, size, hop, gamma, 1e-6) for clip in magnitude]
    return istft(magnitude * np.exp(1j * np.stack(phases)))


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
        {
            "librosa's Griffin-Lim, 32": by_griffin_lim,
            "torchaudio's, batched, 32": by_torchaudio,
            "pghipy": by_pghipy,
        },
        aim=">= 1.5",
        remark=convergence,
    )
]
