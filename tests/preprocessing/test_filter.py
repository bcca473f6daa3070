import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.pipeline import make_pipeline
from sklearn.utils.estimator_checks import parametrize_with_checks

from audiogen.preprocessing import PeakNormalizer, PitchFilter

RATE = 16000


@parametrize_with_checks([PitchFilter()])
def test_scikit_learn_contract(estimator, check):
    check(estimator)


def tones(*midi, n_timesteps=4000):
    t = np.arange(n_timesteps) / RATE
    f = 440 * 2 ** ((np.array(midi, dtype=float)[:, np.newaxis] - 69) / 12)
    return (0.5 * np.sin(2 * np.pi * f * t)).astype(np.float32)


def test_pitch_comes_from_the_column_where_there_is_one():
    X = tones(100, 100, 100)  # what the audio says does not count
    y = pd.DataFrame({"pitch": [23, 24, 84], "family": list("abc")}, index=[7, 8, 9])
    kept, y_kept = PitchFilter().select(X, y)
    np.testing.assert_array_equal(kept, X[1:])
    pd.testing.assert_frame_equal(y_kept, y.loc[[8, 9]])
    kept, _ = PitchFilter(pitch_column="note", high=127).select(
        X, y.rename(columns={"pitch": "note"})
    )
    assert len(kept) == 2


@pytest.mark.parametrize("table", [pl.DataFrame, pa.table, dict])
def test_tables_of_all_libraries_have_pitches_and_keep_their_type(table):
    y = table({"pitch": [100, 60, 61], "family": list("abc")})
    X, y_kept = PitchFilter().select(tones(100, 100, 100), y)
    assert len(X) == 2
    assert type(y_kept) is type(y)
    assert list(y_kept["family"]) == ["b", "c"] or y_kept["family"].to_pylist() == ["b", "c"]


def test_pitches_that_are_none_are_refused():
    for pitch in (440, -5):
        with pytest.raises(ValueError, match=f"pitch {pitch} is no MIDI pitch"):
            PitchFilter().select(tones(60, 61), pd.DataFrame({"pitch": [60, pitch]}))


def test_samples_of_sixteen_bits_are_scaled():
    X = (32767 * tones(60, 90)).astype(np.int16)
    np.testing.assert_allclose(PitchFilter().transform(X), tones(60), atol=1e-4)


def test_pitch_comes_from_the_audio_elsewhere():
    X = tones(30, 60, 90)
    for y in (None, [1, 2, 3], np.array([1, 2, 3]), pd.DataFrame({"family": list("abc")})):
        kept, y_kept = PitchFilter(low=40).select(X, y)
        np.testing.assert_array_equal(kept, X[1:2])
        assert y_kept is None if y is None else len(y_kept) == 1
    missing = pd.DataFrame({"pitch": [np.nan, 10, np.nan]})
    kept, y_kept = PitchFilter(low=40).select(tones(50, 50, 90), missing)
    assert y_kept.index.tolist() == [0]
    missing["pitch"] = missing["pitch"].astype("Int64")
    assert len(PitchFilter(low=40).select(tones(50, 50, 90), missing)[0]) == 1


def test_y_keeps_its_kind():
    X = tones(30, 60)
    assert PitchFilter(low=40).select(X, ["low", "middle"])[1] == ["middle"]
    _, y = PitchFilter(low=40).select(X, pd.Series(["low", "middle"], index=[5, 6]))
    assert y.to_dict() == {6: "middle"}
    _, y = PitchFilter(low=40).select(X, np.array([[1, 2], [3, 4]]))
    np.testing.assert_array_equal(y, [[3, 4]])


def test_the_range_is_that_of_whole_semitones():
    kept = PitchFilter(low=60, high=62).transform(tones(59.4, 59.6, 62.4, 62.6))
    assert len(kept) == 2


def test_what_no_tracker_can_judge():
    noise = np.random.default_rng(0).normal(scale=0.1, size=(1, 4000)).astype(np.float32)
    X = np.concatenate([noise, tones(60)])
    assert len(PitchFilter().transform(X)) == 2
    np.testing.assert_array_equal(PitchFilter(unpitched="drop").transform(X), X[1:])


def test_no_copy_where_all_stay():
    X = tones(60, 61)
    assert np.shares_memory(PitchFilter().fit_transform(X), X)


def test_fit_transform_is_select():
    X, y = tones(60, 61, 62), pd.DataFrame({"pitch": [60, 100, 61]})
    np.testing.assert_array_equal(PitchFilter().fit_transform(X, y), X[[0, 2]])
    assert PitchFilter().inverse_transform(X) is X


def test_in_a_plain_pipeline_without_y():
    assert len(make_pipeline(PitchFilter(), PeakNormalizer()).fit_transform(tones(20, 60))) == 1


@given(
    midi=st.lists(st.floats(20, 110), min_size=1, max_size=6),
    labels=st.booleans(),
    unpitched=st.sampled_from(["keep", "drop"]),
)
@settings(deadline=None, max_examples=60)
def test_idempotent(midi, labels, unpitched):
    X = np.concatenate([tones(*midi), np.zeros((1, 4000), dtype=np.float32)])
    y = pd.DataFrame({"pitch": [*midi, np.nan]}) if labels else np.arange(len(X))
    selector = PitchFilter(low=40, high=80, unpitched=unpitched)
    if unpitched == "drop" and not any(39.6 < m < 80.4 for m in midi):
        return
    once = selector.select(X, y)
    twice = selector.select(*once)
    np.testing.assert_array_equal(once[0], twice[0])
    np.testing.assert_array_equal(once[1], twice[1])
    assert len(once[0]) == len(once[1])


def test_nothing_left():
    with pytest.raises(
        ValueError, match=r"dropped all 2 row\(s\): their pitches lie in \[20.0, 90"
    ):
        PitchFilter().transform(tones(20, 90))
    with pytest.raises(ValueError, match="their pitches are unknown"):
        PitchFilter(unpitched="drop").transform(np.zeros((2, 4000)))


def test_spectrograms_need_labels():
    X = np.zeros((2, 4, 3, 2))
    kept, _ = PitchFilter().select(X, pd.DataFrame({"pitch": [60, 100]}))
    assert kept.shape == (1, 4, 3, 2)
    with pytest.raises(ValueError, match="before the step that makes these"):
        PitchFilter().select(X)


def test_bad_input():
    with pytest.raises(ValueError, match="'low' parameter of PitchFilter must not exceed"):
        PitchFilter(low=60, high=50).fit(tones(60))
    with pytest.raises(ValueError, match="'unpitched'"):
        PitchFilter(unpitched="lose").fit(tones(60))
    with pytest.raises(ValueError, match="X has 2 samples but y has 1"):
        PitchFilter().select(tones(60, 61), [1])
