import numpy as np
import pandas as pd
import polars as pl
import pytest

from audiogen.datasets import load_notes, load_nsynth, make_captions, make_notes, save_nsynth
from audiogen.preprocessing import TextConditions


@pytest.fixture(scope="module")
def notes():
    return load_notes("valid", captions=True)


def note(**columns):
    given = {"note": [f"n{i}" for i in range(200)]}
    return pd.DataFrame(given | {name: [value] * 200 for name, value in columns.items()})


def test_all_that_is_known_is_said_of_some(notes):
    full = note(
        qualities=("dark", "long_release"), instrument_family="string", pitch=40,
        instrument_source="acoustic", velocity=127,
    )  # fmt: skip
    captions = make_captions(full, random_state=0)
    assert "a dark, long acoustic bowed string, low and loud" in set(captions)
    assert 0.2 < (captions == "a dark, long acoustic bowed string, low and loud").mean() < 0.35
    for word in ("dark", "long", "acoustic", "string", "low", "loud"):
        assert 0.7 < captions.str.contains(word).mean() < 0.9, word
    assert not captions.str.contains("high|soft|bright|short").any()


def test_what_is_said_of_one_thing_does_not_depend_on_another():
    full = note(qualities=("dark",), instrument_source="acoustic", pitch=40, velocity=127)
    captions = make_captions(full, random_state=0)
    said = np.stack([captions.str.contains(w) for w in ("dark", "acoustic", "low", "loud")])
    off = np.corrcoef(said.astype(float))[np.triu_indices(4, 1)]
    assert np.abs(off).max() < 0.25


@pytest.mark.parametrize(
    ("columns", "caption"),
    [
        ({"pitch": 48, "velocity": 75, "instrument_family": "flute"}, "a flute"),
        ({"pitch": np.nan, "velocity": None, "instrument_family": "hat_open"}, "a hat open"),
        ({"instrument_family": "organ", "qualities": ()}, "an organ"),
        ({"instrument_family": None, "pitch": 60}, "a sound"),
    ],
)
def test_what_is_not_known_is_not_said(columns, caption):
    assert set(make_captions(note(**columns), random_state=0)) == {caption}


def test_captions_of_a_seed_are_those_of_each_note_whichever_others_there_are(notes):
    whole = make_captions(notes.frame, random_state=0)
    np.testing.assert_array_equal(whole, notes.frame.caption)
    rows = [3, 17, 4]
    some = make_captions(notes.frame.iloc[rows], random_state=0)
    pd.testing.assert_series_equal(some, whole.iloc[rows])
    assert (make_captions(notes.frame, random_state=1) != whole).any()
    np.testing.assert_array_equal(make_captions(pl.DataFrame(notes.frame), random_state=0), whole)


def test_without_being_asked_for_there_are_none(notes):
    plain = load_notes("valid")
    pd.testing.assert_frame_equal(plain.frame, notes.frame.drop(columns="caption"))
    with pytest.raises(ValueError, match="names 'caption', which is no column"):
        load_notes("valid", conditions=["pitch", "caption"])
    y = load_notes("valid", conditions=["caption"], captions=True, return_X_y=True)[1]
    assert list(y) == ["caption"]


def test_a_corpus_has_them_too(tmp_path):
    made = make_notes(3, duration=0.1, random_state=0)
    save_nsynth(tmp_path, made.data, made.frame)
    frame = load_nsynth(tmp_path, n_timesteps=100, captions=True).frame
    np.testing.assert_array_equal(frame.caption, make_captions(frame, random_state=0))


def test_what_has_nothing_to_say_is_refused():
    with pytest.raises(ValueError, match=r"must have one of the columns qualities, .*\. It has n"):
        make_captions(pd.DataFrame({"n": [1]}))
    with pytest.raises(ValueError, match="must be a DataFrame"):
        make_captions([60, 62])
    with pytest.raises(ValueError, match="'random_state' parameter must be"):
        make_captions(pd.DataFrame({"pitch": [60]}), random_state="seed")


def test_every_caption_says_something(notes):
    understood = TextConditions().fit(notes.frame.caption).understand(notes.frame.caption)
    assert all(understood)
