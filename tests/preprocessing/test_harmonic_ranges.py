"""Resynthesised notes stay within the ranges learnt of their category."""

import numpy as np
import pandas as pd
import pytest

from audiogen.preprocessing import HarmonicPlusNoise
from audiogen.preprocessing._note_ranges import learn_ranges, ranges_of
from audiogen.signal import sounding_time
from helpers.tones import RATE, tones


@pytest.fixture(scope="module")
def two_families():
    """Soft short organs and loud long flutes, one of each with a click."""
    X = tones([60, 62, 64, 66], 16000)
    X *= np.array([[0.05], [0.1], [1.0], [0.8]])
    X[:2, 6000:] = 0
    X[[1, 3], 3000] = 0.2, 1.0
    y = pd.DataFrame({"pitch": [60, 62, 64, 66], "family": ["organ"] * 2 + ["flute"] * 2})
    return X, y


def test_levels_and_durations_stay_within_those_learnt_of_the_category(two_families):
    X, y = two_families
    harmonics = HarmonicPlusNoise(n_harmonics=8)
    F = harmonics.fit_transform(X, y)
    F[:, 0, 1:4] += np.array([[-60, -60, -60], [60, 90, 90], [-60, -60, -60], [60, 90, 90]])
    made = harmonics.inverse_transform(F, y)
    level = made.std(axis=1)
    np.testing.assert_allclose(level, X[[0, 1, 3, 2]].std(axis=1), rtol=0.02)
    for soft, loud, family in ((0, 1, X[:2]), (2, 3, X[2:])):
        assert family.std(axis=1).min() * 0.999 < level[soft] < level[loud]
        assert level[loud] < family.std(axis=1).max() * 1.001
    sounding = [np.flatnonzero(note)[-1] for note in made]
    assert np.abs(np.array(sounding[:2]) - 6000).max() < 64
    assert min(sounding[2:]) > 15900


def test_peaks_stay_below_the_highest_learnt_of_the_category():
    X = tones([60, 60, 62], 16000) * np.array([[1.0], [0.5], [0.2]])
    y = pd.DataFrame({"pitch": [60, 60, 62], "family": ["organ", "organ", "flute"]})
    harmonics = HarmonicPlusNoise(n_harmonics=8)
    F = harmonics.fit_transform(X, y)
    F[0, 1:40, :4] -= 4  # most of the power comes late, so that its peaks are high
    F[0, 60:, :4] -= 4
    made = harmonics.inverse_transform(F, y)
    assert np.abs(made[0]).max() == pytest.approx(1.122 * np.abs(X[0]).max(), rel=0.01)
    assert 0.5 * X[0].std() < made[0].std() < X[0].std()
    np.testing.assert_allclose(made[1:].std(axis=1), X[1:].std(axis=1), rtol=0.06)


def test_louder_features_are_louder_notes_however_far_beyond_the_range(two_families):
    X, y = two_families
    harmonics = HarmonicPlusNoise(n_harmonics=8)
    F = np.repeat(harmonics.fit_transform(X, y)[:1], 9, axis=0)
    F[:, 0, 2] += np.linspace(-40, 80, 9)
    made = harmonics.inverse_transform(F, y.iloc[[0] * 9])
    levels = 10 * np.log10(np.square(made).mean(axis=1))
    assert (np.diff(levels) > 0).all()
    low, high = harmonics.category_ranges_["family"]["organ"][:, 1]
    assert low < levels[0] < levels[-1] < high


def test_ranges_are_attributes_and_those_of_all_notes_where_no_category_is_known(two_families):
    X, y = two_families
    harmonics = HarmonicPlusNoise(n_harmonics=8)
    F = harmonics.fit_transform(X, y)
    assert set(harmonics.category_ranges_["family"]) == {"organ", "flute"}
    decibels = 10 * np.log10(np.square(X).mean(axis=1))
    np.testing.assert_allclose(harmonics.range_[:, 1], [decibels.min(), decibels.max()], atol=0.1)
    F[:, 0, 2] = -1000
    for asked in (y[["pitch"]], y.assign(family="reed"), None):
        made = harmonics.inverse_transform(F, asked)
        found = 10 * np.log10(np.square(made).mean(axis=1))
        np.testing.assert_allclose(found, decibels.min(), atol=0.1 * np.ptp(decibels))
    with pytest.raises(ValueError, match="y has 4 rows, but X has 2"):
        harmonics.inverse_transform(F[:2], y.family)


def test_two_categories_of_a_note_have_what_their_ranges_share():
    measures = np.array([[1.0], [2.0], [3.0], [9.0]])
    y = pd.DataFrame({"family": ["a", "a", "b", "b"], "source": [1.0, 2.0, 1.0, 3.0]})
    learnt = learn_ranges(measures, y.astype({"source": "category"}))
    asked = pd.DataFrame({"family": ["a", "b", "a"], "source": pd.Categorical([1, 3, 3])})
    found = ranges_of(*learnt, asked, 3)[:, :, 0]
    np.testing.assert_array_equal(found, [[1, 2], [9, 9], [1, 9]])


def test_notes_that_die_away_sooner_than_any_learnt_do_so_more_slowly():
    X = tones([60, 62, 64], 24000)
    t = np.arange(24000) / RATE
    X[:2] *= 10 ** (-np.array([[50], [30]]) * t / 20)  # 40 dB down after 0.8 s and 1.3 s
    X[2, 8000:] = 0
    y = pd.DataFrame({"pitch": [60, 62, 64], "family": ["mallet", "mallet", "organ"]})
    harmonics = HarmonicPlusNoise(n_harmonics=8)
    F = harmonics.fit_transform(X, y)
    learnt = sounding_time(X, sample_rate=RATE)
    for family, low, high in (("mallet", learnt[0], learnt[1]), ("organ", *learnt[[2, 2]])):
        np.testing.assert_allclose(
            harmonics.category_ranges_["family"][family][:, -1], [low, high]
        )
    frames = np.arange(F.shape[1] - 1)[:, np.newaxis]
    F[0, 1:, :4] -= 0.1 * frames  # 31 dB a second more
    made = harmonics.inverse_transform(F[:1], y[:1])
    assert sounding_time(made, sample_rate=RATE) == pytest.approx(learnt[:1], abs=0.05)
    held = harmonics.inverse_transform(F[2:], y[2:].assign(family="mallet"))
    assert sounding_time(held, sample_rate=RATE) >= learnt[2]


def test_tuning_goes_no_farther_than_that_of_the_category():
    X = tones([60, 60])
    y = pd.DataFrame({"pitch": [60, 60], "family": ["organ", "organ"]})
    harmonics = HarmonicPlusNoise(n_harmonics=8)
    F = harmonics.fit_transform(X, y)
    plain = harmonics.inverse_transform(F[:1], y[:1])
    F[0, 0, 6:13] += np.array([3, -3, 2, 1, -1, 2, 2])  # times 50 cents
    F[0, 1:, 4] += 0.5 * np.sin(np.arange(F.shape[1] - 1))
    made = harmonics.inverse_transform(F[:1], y[:1])
    assert np.abs(made - plain).max() < 0.2 * np.abs(plain).max()
    harmonics.range_[1, 3:-2] = 200
    free = harmonics.inverse_transform(F[:1], y[["pitch"]][:1])
    assert np.abs(free - plain).max() > 0.6 * np.abs(plain).max()
