"""Sound files read into the rows of an array."""

import pathlib
import tempfile

import numpy as np
import pandas as pd
import soundfile

from audiogen.datasets import load_nsynth, save_nsynth
from benchmarks._data import SAMPLE_RATE, notes
from benchmarks._row import Row

N_NOTES = 800


def corpus():
    """Return a folder of notes, which goes with the process."""
    folder = tempfile.TemporaryDirectory()
    X = notes(N_NOTES)
    names = [f"note-{i:03d}" for i in range(N_NOTES)]
    save_nsynth(folder.name, X, pd.DataFrame({"note": names, "pitch": 60}))
    paths = sorted(pathlib.Path(folder.name, "audio").iterdir())
    return folder, paths, X.shape


def ours(data):
    return load_nsynth(data[0].name, n_jobs=2).data


def loop_over_soundfile(data):
    _, paths, shape = data
    X = np.empty(shape, np.float32)
    for row, path in zip(X, paths, strict=True):
        soundfile.read(path, dtype="float32", out=row)
    return X


def difference(data):
    return f"largest difference {np.abs(ours(data) - loop_over_soundfile(data)).max():g}"


ROWS = [
    Row(
        f"{N_NOTES} WAV files at {SAMPLE_RATE} Hz",
        corpus,
        ours,
        {"a loop over soundfile": loop_over_soundfile},
        aim=">= 1.2",
        remark=difference,
    )
]
