"""The composers, whose X is no table of numbers, keep the rules of estimators: one suite."""

import pickle
import subprocess
import sys
from operator import methodcaller

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

import audiogen
from audiogen.generators import GrooveComposer, Harmonizer, MelodyComposer
from audiogen.io import Score
from audiogen.utils.estimator_checks import estimator_checks
from helpers.generators import without_graphs


def tune(seed):
    """Return a tune of quarter notes with chords."""
    pitch = 60 + np.random.default_rng(seed).choice([0, 2, 4, 5, 7, 9], 32)
    notes = {"onset": np.arange(32), "duration": [1] * 32, "pitch": [*pitch[:-1], 60]}
    chords = [(i, i + 4, name) for i, name in zip(range(0, 32, 4), "CFGCFCGC", strict=True)]
    return Score(notes, chords=chords)


def patterns(n):
    """Return drum patterns, no two alike."""
    rng = np.random.default_rng(0)
    X = np.zeros((n, 32, 9, 2), dtype=np.float32)
    X[:, ::8, 0, 0] = X[:, 4::8, 1, 0] = X[:, ::2, 2, 0] = 0.8
    X[..., 0] *= rng.random(X.shape[:-1]) < 0.9
    X[..., 1] = rng.uniform(-0.3, 0.3, X.shape[:-1]) * (X[..., 0] > 0)
    return X


TUNES = [tune(i) for i in range(4)]
KINDS = pd.DataFrame({"genre": ["reel", "air"] * 2, "metre": ["4/4"] * 4, "mode": ["major"] * 4})
BRIEF = {"epochs": 1, "random_state": 0}
# Of each: itself, X, y, what it is for, and what its fit has to refuse.
COMPOSERS = {
    "MelodyComposer": (
        MelodyComposer(units=8, **BRIEF),
        TUNES,
        KINDS,
        methodcaller("sample", 2, {"genre": "reel"}, n_bars=4, n_draws=2, random_state=3),
        {"units": 1, "dropout": 2, "epochs": 0, "learning_rate": -1.0},
    ),
    "Harmonizer": (
        Harmonizer(units=8, root_units=4, **BRIEF),
        TUNES,
        None,
        methodcaller("predict", [tune(9)], random_state=3),
        {"model": "crf", "decoding": "best", "vocabulary": "ninths", "temperature": 0, "units": 0},
    ),
    "Harmonizer, hmm": (
        Harmonizer("hmm", decoding="sample", random_state=0),
        TUNES,
        None,
        methodcaller("predict", [tune(9)]),
        {"temperature": -1.0, "root_units": 0, "dropout": 1},
    ),
    "GrooveComposer": (
        GrooveComposer(units=8, width=4, **BRIEF),
        patterns(6),
        pd.DataFrame({"style": ["rock", "latin"] * 3}),
        methodcaller("sample", 2, "rock", n_draws=2, random_state=3),
        {"units": 0, "width": 0, "dropout": -0.1, "batch_size": 0},
    ),
}


EVERY_CHECK = [
    pytest.param(check, id=f"{name}: {check.__name__.removeprefix('check_')}")
    for name, (estimator, X, y, draw, wrong) in COMPOSERS.items()
    for check in estimator_checks(estimator, X, y, draw=draw, wrong=wrong)
    # A process of its own takes seconds: the other Harmonizer has been in one.
    if not (name == "Harmonizer, hmm" and check.__name__ == "check_pickles_in_a_fresh_process")
]


@without_graphs
@pytest.mark.parametrize("check", EVERY_CHECK)
def test_the_rules_of_estimators(check):
    check()


_LOADED = """
import pathlib, pickle, sys
import audiogen
for path in pathlib.Path(sys.argv[1]).glob("*.skops"):
    draw = pickle.loads(path.with_suffix(".draw").read_bytes())
    path.with_suffix(".found").write_bytes(pickle.dumps(draw(audiogen.load(path))))
assert "keras" not in sys.modules
"""


@without_graphs
def test_saved_and_loaded_they_do_the_same_without_keras(tmp_path):
    expected = {}
    for name, (estimator, X, y, draw, _) in COMPOSERS.items():
        fitted = clone(estimator).fit(X, y)
        audiogen.save(fitted, tmp_path / f"{name}.skops")
        (tmp_path / f"{name}.draw").write_bytes(pickle.dumps(draw))
        expected[name] = draw(fitted)
    subprocess.run([sys.executable, "-c", _LOADED, str(tmp_path)], check=True)
    for name, drawn in expected.items():
        np.testing.assert_equal(pickle.loads((tmp_path / f"{name}.found").read_bytes()), drawn)
