"""Conditions in tables of every library lead to the same sound, from fit to clip."""

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from audiogen import make_generative_pipeline, render
from audiogen.datasets import make_notes
from audiogen.generators import ConditionalGaussianMixture
from audiogen.preprocessing import Flatten, HarmonicPlusNoise, PitchFilter, PrincipalComponents


def records(columns):
    frame = pd.DataFrame(columns)
    return np.rec.fromarrays(
        [np.array(frame[name].tolist()) for name in frame], names=list(frame.columns)
    )


TABLES = {"polars": pl.DataFrame, "pyarrow": pa.table, "records": records, "dict": dict}


def learnt(X, y):
    steps = [
        PitchFilter(low=40, high=80),
        HarmonicPlusNoise(n_harmonics=12, n_noise_bands=4),
        Flatten(),
        PrincipalComponents(4, random_state=0),
        ConditionalGaussianMixture(1, random_state=0),
    ]
    return make_generative_pipeline(*steps).fit(X, y)


@pytest.fixture(scope="module")
def notes():
    pitch = [30, 45, 50, 55, 60, 65, 70, 75, 90]
    X, y = make_notes(
        9, pitch=pitch, family=["flute", "organ", "reed"] * 3, duration=0.25, random_state=0,
        return_X_y=True,
    )  # fmt: skip
    return X, y, learnt(X, y)


@pytest.mark.parametrize("kind", TABLES)
def test_every_table_trains_and_asks_alike(notes, kind):
    X, y, expected = notes
    model = learnt(X, TABLES[kind](y.to_dict("list")))
    wanted = {"pitch": [52.0, 62.5], "instrument_family": ["organ", "reed"]}
    found, conditions = model.sample(y=TABLES[kind](wanted), return_y=True)
    np.testing.assert_array_equal(found, expected.sample(y=pd.DataFrame(wanted)))
    pd.testing.assert_frame_equal(conditions, pd.DataFrame(wanted), check_dtype=False)


@pytest.mark.parametrize("kind", TABLES)
def test_every_table_is_played_alike(notes, kind):
    tune = {
        "onset": [0.0, 0.2], "duration": [0.3, 0.2], "pitch": [60, 55],
        "instrument_family": ["reed", "organ"],
    }  # fmt: skip
    expected = render(notes[2], pd.DataFrame(tune), tail=0.1, random_state=0)
    found = render(notes[2], TABLES[kind](tune), tail=0.1, random_state=0)
    np.testing.assert_array_equal(found, expected)


def test_a_dict_may_hold_scalars_and_no_notes_are_refused(notes):
    tune = {"onset": [0, 0.2], "duration": 0.2, "pitch": [60, 55], "instrument_family": "reed"}
    expected = render(notes[2], pd.DataFrame(tune), tail=0.1, random_state=0)
    np.testing.assert_array_equal(render(notes[2], tune, tail=0.1, random_state=0), expected)
    empty = {name: [] for name in tune}
    for table in (empty, pl.DataFrame(empty), pd.DataFrame(empty)):
        with pytest.raises(ValueError, match="no notes to play"):
            render(notes[2], table)


@pytest.mark.parametrize("pitch", [440, -5])
def test_pitches_that_are_none_are_refused_by_name(notes, pitch):
    X, y, model = notes
    words = f"pitch {pitch} is no MIDI pitch"
    strange = y.assign(pitch=[*y.pitch[:-1], pitch])
    for call in (
        lambda: model.fit(X, strange),
        lambda: ConditionalGaussianMixture().fit(X, strange),
        lambda: model.sample(y={"pitch": pitch, "instrument_family": "reed"}),
        lambda: HarmonicPlusNoise().fit_transform(X, strange),
        lambda: render(model, [{"onset": 0, "duration": 1, "pitch": pitch,
                                "instrument_family": "reed"}]),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=words):
            call()
