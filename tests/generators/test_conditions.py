import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audiogen.exceptions import ExtrapolationWarning
from audiogen.generators._conditions import ConditionEncoder


@pytest.fixture
def notes():
    return pd.DataFrame(
        {
            "pitch": [24, 60, 60, 84],
            "instrument_family": ["flute", "organ", "organ", "flute"],
            "loud": [True, False, False, True],
        }
    )


def test_number_columns_are_quantities_and_the_rest_categories(notes):
    encoder = ConditionEncoder().fit(notes)
    assert encoder.names_ == ["pitch", "instrument_family", "loud"]
    assert encoder.categories_["pitch"] is None
    assert encoder.ranges_ == {"pitch": (24.0, 84.0)}
    assert list(encoder.categories_["instrument_family"]) == ["flute", "organ"]
    assert list(encoder.categories_["loud"]) == [False, True]


def test_one_hot_and_range_by_hand(notes):
    codes = ConditionEncoder().fit(notes).encode(notes)
    np.testing.assert_allclose(codes[:, 0], [-1, 0.2, 0.2, 1], atol=1e-6)
    np.testing.assert_array_equal(
        codes[:, -4:], [[1, 0, 0, 1], [0, 1, 1, 0], [0, 1, 1, 0], [1, 0, 0, 1]]
    )


def test_a_semitone_is_resolved():
    pitch = pd.DataFrame({"pitch": np.arange(24, 85)})
    codes = ConditionEncoder().fit(pitch).encode(pitch)
    steps = np.linalg.norm(np.diff(codes, axis=0), axis=1)
    assert steps.min() > 0.5


@pytest.mark.parametrize("y", [[3, 1, 3], np.array(["b", "a", "b"]), pd.Series(["b", "a", "b"])])
def test_one_dimensional_y_is_one_category(y):
    codes = ConditionEncoder().fit(y).encode(y)
    np.testing.assert_array_equal(codes, [[0, 1], [1, 0], [0, 1]])


def test_unnamed_columns_are_categories():
    y = np.array([[1, 5], [2, 5], [1, 6]])
    codes = ConditionEncoder().fit(y).encode(y)
    np.testing.assert_array_equal(codes, [[1, 0, 1, 0], [0, 1, 1, 0], [1, 0, 0, 1]])


def test_complete_repeats_scalars_and_dicts(notes):
    encoder = ConditionEncoder().fit(notes)
    wanted = encoder.complete({"loud": True, "pitch": [60, 62], "instrument_family": "organ"})
    assert list(wanted.columns) == encoder.names_
    assert wanted["pitch"].tolist() == [60, 62]
    assert wanted["instrument_family"].tolist() == ["organ", "organ"]
    assert ConditionEncoder().fit(["a", "b"]).complete("b", 3).tolist() == ["b", "b", "b"]


def test_a_little_outside_warns_and_far_outside_is_refused():
    encoder = ConditionEncoder().fit(pd.DataFrame({"pitch": [48, 72], "velocity": [25, 125]}))
    with pytest.warns(ExtrapolationWarning, match=r"'pitch' = 84 .*\[48, 72\]"):
        encoder.encode({"pitch": 84, "velocity": 25})
    with pytest.raises(ValueError, match="'pitch' = 85"):
        encoder.encode({"pitch": 85, "velocity": 25})
    with pytest.warns(ExtrapolationWarning, match="velocity"):
        encoder.encode({"pitch": 60, "velocity": 145})
    with pytest.raises(ValueError, match="'velocity' = 146"):
        encoder.encode({"pitch": 60, "velocity": 146})


def test_unknown_category_is_named_with_near_matches(notes):
    encoder = ConditionEncoder().fit(notes)
    with pytest.raises(ValueError, match=r"'orgn' is unknown.*flute, organ.*Did you mean organ\?"):
        encoder.encode({"pitch": 60, "instrument_family": "orgn", "loud": True})


@pytest.mark.parametrize(
    ("y", "message"),
    [
        ({"pitch": 60}, r"Missing: \['instrument_family', 'loud'\]"),
        ({"pitch": 60, "instrument_family": "flute", "loud": True, "x": 1}, r"unknown: \['x'\]"),
        ([60], r"1 column\(s\), but training had 3"),
    ],
)
def test_other_columns_are_refused(notes, y, message):
    with pytest.raises(ValueError, match=message):
        ConditionEncoder().fit(notes).complete(y)


def test_mixed_types_are_named(notes):
    notes["instrument_family"] = ["flute", 3, "organ", 4]
    with pytest.raises(ValueError, match="'instrument_family' mixes int and str"):
        ConditionEncoder().fit(notes)
    encoder = ConditionEncoder().fit(pd.DataFrame({"pitch": [60, 61], "family": ["a", "b"]}))
    with pytest.raises(ValueError, match="'pitch' must be numbers.*DataFrame or a dict"):
        encoder.encode([[60, "a"]])


def test_missing_values_are_counted_by_name(notes):
    notes["pitch"] = [24, np.nan, np.nan, 84]
    with pytest.raises(ValueError, match=r"'pitch' is missing \(NaN\) in 2 of 4 rows"):
        ConditionEncoder().fit(notes)


def test_draws_follow_the_training_frequencies(notes):
    encoder = ConditionEncoder().fit(notes)
    drawn = encoder.draw(4000, np.random.default_rng(0))
    assert (drawn["pitch"] == 60).mean() == pytest.approx(0.5, abs=0.04)
    assert set(drawn[drawn["pitch"] == 60]["instrument_family"]) == {"organ"}
    assert drawn.dtypes["pitch"] == notes.dtypes["pitch"]


@given(st.lists(st.sampled_from("abcde"), min_size=1, max_size=20))
@settings(deadline=None, max_examples=50)
def test_one_hot_decodes_to_what_went_in(labels):
    encoder = ConditionEncoder().fit(labels)
    decoded = encoder.categories_[0][encoder.encode(labels).argmax(axis=1)]
    assert decoded.tolist() == labels


def test_what_lies_between_few_values_is_told_in_order():
    """Waves as fine as the values are apart would make it anything."""
    few = pd.DataFrame({"velocity": [25, 50, 75, 100, 127]})
    between = pd.DataFrame({"velocity": np.linspace(25, 127, 200)})
    codes = ConditionEncoder().fit(few).encode(between)
    assert (np.diff(codes, axis=0) > 0).all()
    assert ConditionEncoder().fit(pd.DataFrame({"velocity": [64, 64]})).width_ == 1


def test_without_fourier_features_a_quantity_is_its_place_in_the_range():
    pitches = pd.DataFrame({"pitch": np.arange(24, 85), "family": ["flute", *["organ"] * 60]})
    plain = ConditionEncoder(fourier_features=False).fit(pitches)
    assert plain.widths_ == {"pitch": 1, "family": 2}
    np.testing.assert_allclose(plain.encode(pitches)[:, 0], np.linspace(-1, 1, 61), atol=1e-6)
    assert ConditionEncoder().fit(pitches).widths_["pitch"] > 1


FAMILIES = {"flute": (60, 84), "bass": (28, 52), "organ": (36, 84)}


def of_families(table=pd.DataFrame):
    rows = [(p, family) for family, ends in FAMILIES.items() for p in range(*ends, 4)]
    rows += [(ends[1], family) for family, ends in FAMILIES.items()]
    pitches, families = zip(*rows, strict=True)
    return table({"pitch": list(pitches), "instrument_family": list(families)})


@pytest.mark.parametrize("table", [pl.DataFrame, pa.table, dict])
def test_tables_of_all_libraries_are_learnt_alike(table):
    expected = ConditionEncoder().fit(of_families())
    encoder = ConditionEncoder().fit(of_families(table))
    assert encoder.ranges_ == {"pitch": (28.0, 84.0)}
    assert encoder.categories_["instrument_family"].tolist() == ["bass", "flute", "organ"]
    wanted = {"pitch": [61, 62], "instrument_family": ["flute", "organ"]}
    for asked in (wanted, pl.DataFrame(wanted), pa.table(wanted), pd.DataFrame(wanted)):
        np.testing.assert_array_equal(encoder.encode(asked), expected.encode(wanted))
        pd.testing.assert_frame_equal(encoder.complete(asked), pd.DataFrame(wanted))


def test_a_declared_category_is_one_hot_whatever_its_values_are():
    takes = pd.DataFrame({"take": pd.Categorical([3, 1, 3])})
    encoder = ConditionEncoder().fit(takes)
    np.testing.assert_array_equal(encoder.encode(takes), [[0, 1], [1, 0], [0, 1]])
    np.testing.assert_array_equal(encoder.encode({"take": 1}), [[1, 0]])
    with pytest.raises(ValueError, match="'take' = 2 is unknown"):
        encoder.encode({"take": 2})
    numbers = pd.DataFrame({"take": [3, 1.5, 3]}, dtype=object)
    assert ConditionEncoder().fit(numbers).categories_ == {"take": None}


def test_a_pitch_outside_those_of_its_category_warns_and_names_the_line():
    encoder = ConditionEncoder().fit(of_families())
    said = r"'pitch' = 40 .*\[60, 84\] of instrument_family=flute; .*, as in 1 other row"
    with pytest.warns(ExtrapolationWarning, match=said) as caught:
        encoder.encode({"pitch": [40, 40, 58], "instrument_family": ["bass", "flute", "flute"]})
    assert caught[0].filename == __file__
    encoder.encode({"pitch": 60, "instrument_family": "flute"})
    with pytest.raises(ValueError, match=r"'pitch' = 15 .*\[28, 84\]; 12 beyond it"):
        encoder.encode({"pitch": 15, "instrument_family": "flute"})


def test_a_new_combination_is_held_to_what_its_categories_have_in_common():
    y = pd.DataFrame(
        {
            "pitch": [40, 60, 50, 70, 90, 99],
            "family": ["flute", "flute", "organ", "organ", "bells", "bells"],
            "loud": [True, True, False, False, True, False],
        }
    )
    encoder = ConditionEncoder().fit(y)
    encoder.encode({"pitch": 55, "family": "flute", "loud": False})
    for pitch in (45, 65):  # of loud=False is 45 none, of the flute 65
        with pytest.warns(ExtrapolationWarning, match=r"\[50, 60\] of family=flute, loud=False"):
            encoder.encode({"pitch": pitch, "family": "flute", "loud": False})


def test_rows_that_would_be_refused():
    encoder = ConditionEncoder().fit(of_families())
    asked = {
        "pitch": [60, 60, 15, 96, 61],
        "instrument_family": ["flute", "harp", "organ", "bass", "harp"],
    }
    refused, values = encoder.find_refused(asked)
    assert refused.tolist() == [False, True, True, False, True]
    assert values == ["pitch=15", "instrument_family=harp"]


@pytest.mark.parametrize(("pitch", "words"), [(440, r"440 is .*; is it in Hz\?"), (-5, "-5 is")])
def test_what_is_no_midi_pitch_is_refused_by_name(pitch, words):
    with pytest.raises(ValueError, match=f"pitch {words}"):
        ConditionEncoder().fit(pd.DataFrame({"pitch": [60, pitch]}))
    encoder = ConditionEncoder().fit(pd.DataFrame({"pitch": [5, 120]}))
    with pytest.raises(ValueError, match=f"pitch {words}"):
        encoder.encode({"pitch": pitch})


def test_no_rows_and_no_columns_are_refused():
    for y in ({}, pd.DataFrame(index=[0, 1])):
        with pytest.raises(ValueError, match="no conditions"):
            ConditionEncoder().fit(y)
    for y in ([], pd.DataFrame({"pitch": []}), pl.DataFrame({"pitch": []})):
        with pytest.raises(ValueError, match="no rows"):
            ConditionEncoder().fit(y)


def test_repr_is_one_line():
    assert repr(ConditionEncoder()) == "ConditionEncoder(fourier_features=True)"
    fitted = ConditionEncoder().fit(of_families())
    assert repr(fitted) == "ConditionEncoder(pitch=28 to 84, instrument_family=3 categories)"
