"""MFCCs of many clips."""

import librosa
import numpy as np

from audiogen.signal import mfcc
from benchmarks._data import SAMPLE_RATE, notes
from benchmarks._row import Row


def one_by_one(audio):
    return np.stack([librosa.feature.mfcc(y=clip, sr=SAMPLE_RATE, n_mfcc=40).T for clip in audio])


def difference(audio):
    worst = np.abs(mfcc(audio, SAMPLE_RATE) - one_by_one(audio)).max()
    return f"largest difference {worst:.1e}"


ROWS = [
    Row(
        "MFCC of 200 notes",
        lambda: notes(200),
        lambda audio: mfcc(audio, SAMPLE_RATE),
        {"librosa, one by one": one_by_one},
        aim=">= 8",
        remark=difference,
    )
]
