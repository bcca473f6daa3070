"""MFCCs of many clips."""

import functools

import librosa
import numpy as np
import scipy.fft
from numpy.lib.stride_tricks import sliding_window_view

from audiogen.signal import mfcc
from benchmarks._data import SAMPLE_RATE, notes
from benchmarks._row import Row

FRAME = 2048


def one_by_one(audio):
    return np.stack([librosa.feature.mfcc(y=clip, sr=SAMPLE_RATE, n_mfcc=40).T for clip in audio])


def batched(audio):
    """Do all at once but the floor of the decibels, which librosa lets follow the loudest clip."""
    power = librosa.feature.melspectrogram(y=audio, sr=SAMPLE_RATE)
    decibels = np.stack([librosa.power_to_db(clip) for clip in power])
    return librosa.feature.mfcc(S=decibels, n_mfcc=40).swapaxes(1, 2)


@functools.cache
def torch_transform():
    from torchaudio.transforms import MFCC

    spectra = {
        "n_fft": FRAME, "hop_length": FRAME // 4, "n_mels": 128, "norm": "slaney",
        "mel_scale": "slaney", "pad_mode": "constant",
    }  # fmt: skip
    return MFCC(SAMPLE_RATE, 40, melkwargs=spectra)


def by_torchaudio(audio):
    import torch

    with torch.inference_mode():
        found = torch_transform()(torch.from_numpy(audio)[:, None])  # each clip its own floor
    return found[:, 0].numpy().swapaxes(1, 2)


def spectra_alone(audio):
    """Do the FFTs of all frames and nothing else, on all cores."""
    for clip in np.pad(audio, ((0, 0), (FRAME // 2, FRAME // 2))):
        frames = sliding_window_view(clip, FRAME)[:: FRAME // 4]
        scipy.fft.rfft(frames, workers=-1)


def difference(audio):
    worst = np.abs(mfcc(audio, SAMPLE_RATE) - one_by_one(audio)).max()
    return f"largest difference {worst:.1e}"


ROWS = [
    Row(
        "MFCC of 200 notes",
        lambda: notes(200),
        lambda audio: mfcc(audio, SAMPLE_RATE),
        {
            "librosa, one by one": one_by_one,
            "librosa, batched": batched,
            "torchaudio, batched": by_torchaudio,
        },
        aim=">= 2",
        remark=difference,
        limits={"its FFTs": spectra_alone},
    )
]
