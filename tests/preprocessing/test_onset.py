"""Onsets found and trimmed."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.utils.estimator_checks import parametrize_with_checks

from audiogen.datasets import load_notes
from audiogen.preprocessing import OnsetTrimmer
from audiogen.signal import find_onset


@parametrize_with_checks([OnsetTrimmer()])
def test_check_estimator(estimator, check):
    check(estimator)


@settings(max_examples=30, deadline=None)
@given(place=st.integers(0, 12_000), level=st.floats(0.01, 1.0), breath=st.floats(0, 0.05))
def test_a_tone_that_starts_at_once_is_found_within_10_ms(place, level, breath):
    rng = np.random.default_rng(0)
    audio = breath * level * rng.uniform(-1, 1, 16_000)
    audio[place:] += level * np.sin(0.3 * np.arange(16_000 - place))
    (found,) = find_onset(audio, sample_rate=16_000)
    assert place - 160 <= found <= place + 40


def test_the_threshold_is_a_level():
    audio = np.repeat([0.01, 0.05, 0.2, 1.0], 4000)  # -40, -26, -14 and 0 dB
    for threshold, place in ((-45.0, 0), (-30.0, 4000), (-20.0, 8000), (-3.0, 12_000)):
        (found,) = find_onset(audio, sample_rate=16_000, threshold=threshold)
        assert place - 160 <= found <= place


def test_silence_begins_at_once():
    assert find_onset(np.zeros((2, 500)), sample_rate=1000).tolist() == [0, 0]
    assert not OnsetTrimmer(1000).fit_transform(np.zeros((2, 500))).any()


def test_a_clarinet_with_half_a_second_of_breath_sounds_at_once():
    notes = load_notes("valid", sample_rate=44_100)
    rows = (notes.frame.instrument == "reed_acoustic_002").to_numpy()
    (onset,) = find_onset(notes.data[rows], sample_rate=44_100)
    assert onset > 0.5 * 44_100
    trimmed = OnsetTrimmer(44_100).fit_transform(notes.data[rows])
    assert find_onset(trimmed, sample_rate=44_100)[0] <= 0.01 * 44_100
    np.testing.assert_array_equal(
        trimmed[0, 1000:40_000], notes.data[rows][0][onset + 780 :][:39_000]
    )


def test_bad_parameters():
    with pytest.raises(ValueError, match="'threshold' parameter of find_onset"):
        find_onset(np.ones(100), sample_rate=1000, threshold=3.0)
    with pytest.raises(TypeError, match="'sample_rate' parameter of OnsetTrimmer"):
        OnsetTrimmer(sample_rate=1e3).fit(np.ones((2, 100)))
