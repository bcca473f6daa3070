"""Voices and drums built from a few notes and hits, twice."""

import numpy as np

from audiogen.datasets import load_drums, load_notes
from audiogen.music._build_sounds import build_drums, build_voices


def test_twelve_notes_give_the_same_voices_twice():
    bunch = load_notes("train", sample_rate=44_100)
    names = bunch.frame.instrument.unique()[:3]
    rows = [r for n in names for r in bunch.frame.index[bunch.frame.instrument == n][:4]]
    X, y = bunch.data[rows, :22_050], bunch.frame.loc[rows, ["instrument", "pitch", "velocity"]]
    first, second = (build_voices(X, y) for _ in range(2))
    np.testing.assert_array_equal(
        first.sample(3, random_state=0), second.sample(3, random_state=0)
    )


def test_twelve_hits_give_the_same_drums_twice():
    X, y = load_drums(return_X_y=True)
    first, second = (build_drums(X[:12, :22_050], y[:12]) for _ in range(2))
    np.testing.assert_array_equal(
        first.sample(3, random_state=0), second.sample(3, random_state=0)
    )
