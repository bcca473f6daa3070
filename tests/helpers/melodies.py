"""Tunes made of a few bars, for a composer that learns in a second."""

import numpy as np
import pandas as pd

from audiogen.io import Score, Section

SCALES = {"major": (0, 2, 4, 5, 7, 9, 11), "minor": (0, 2, 3, 5, 7, 8, 10)}


def tune(seed, metre=(4, 4), mode="major", n_sections=2, pickup=0.5, tonic=2):
    """Return a tune of eighths that walks in its scale and repeats its bars."""
    rng = np.random.default_rng(seed)
    per_bar = 8 * metre[0] // metre[1]
    bars = [np.cumsum(rng.integers(-2, 3, per_bar)) for _ in range(3)]
    order = [0, 1, 0, 2] * n_sections
    steps = np.concatenate([bars[i] for i in order])
    steps[per_bar * 4 - 1 :: per_bar * 4] = 0
    scale = SCALES[mode]
    pitch = [60 + tonic + 12 * (s // 7) + scale[s % 7] for s in steps.tolist()]
    onset = pickup + np.arange(len(pitch)) / 2
    bar = metre[0] * 4 / metre[1]
    sections = [
        Section("AB"[i], pickup * (i > 0) + i * 4 * bar, pickup + (i + 1) * 4 * bar)
        for i in range(n_sections)
    ]
    table = {
        "onset": [0.0, *onset] if pickup else onset,
        "duration": [0.5] * (len(pitch) + bool(pickup)),
        "pitch": [62, *pitch] if pickup else pitch,
    }
    about = {"metre": metre, "mode": mode, "tonic": tonic, "pickup": pickup}
    return Score(table, sections=sections, **about)


KINDS = [
    ("reel", (4, 4), "major"),
    ("jig", (6, 8), "major"),
    (None, (3, 4), "minor"),
    ("reel", (4, 4), "minor"),
]
SMALL = {"units": 16, "epochs": 4, "batch_size": 128, "ema": 0.9, "learning_rate": 0.01}


def corpus():
    """Return twelve tunes, and their genre, metre and mode."""
    kinds = [KINDS[i % len(KINDS)] for i in range(12)]
    tunes = [tune(i, metre, mode) for i, (_, metre, mode) in enumerate(kinds)]
    y = [
        {"genre": genre, "metre": f"{metre[0]}/{metre[1]}", "mode": mode}
        for genre, metre, mode in kinds
    ]
    return tunes, pd.DataFrame(y)


def pairs_of(score):
    """Return the pairs of interval and duration of a melody."""
    table = score.notes
    steps, lengths = np.diff(table.pitch), np.rint(table.duration * 24)[:-1]
    return list(zip(steps.tolist(), lengths.tolist(), strict=True))
