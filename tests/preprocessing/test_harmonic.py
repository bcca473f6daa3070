import copy
from concurrent.futures import ThreadPoolExecutor

import joblib
import librosa
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.decomposition import PCA
from sklearn.utils.estimator_checks import parametrize_with_checks

from audiogen.datasets import load_notes
from audiogen.preprocessing import HarmonicPlusNoise
from audiogen.recipes import harmonic_gmm
from helpers.tones import RATE, tones


@parametrize_with_checks([HarmonicPlusNoise()])
def test_scikit_learn_contract(estimator, check):
    check(estimator)


@pytest.fixture(scope="module")
def notes():
    """A few real notes of a second and a half."""
    X, y = load_notes("valid", return_X_y=True)
    return X[::6, :24000], y.iloc[::6].reset_index(drop=True)


@pytest.fixture(scope="module")
def features(notes):
    return HarmonicPlusNoise().fit_transform(*notes)


@pytest.fixture(scope="module")
def fitted(notes):
    return HarmonicPlusNoise().fit(*notes)


def test_shapes_and_types(notes, features, fitted):
    assert features.shape == (len(notes[0]), 96, 125)
    assert features.dtype == np.float32
    assert np.isfinite(features).all()
    audio = fitted.inverse_transform(features)
    assert audio.shape == notes[0].shape
    assert audio.dtype == np.float32
    assert np.abs(audio).max() <= 1


def test_fit_transform_is_transform_and_rows_stand_alone(notes, features, fitted):
    X, y = notes
    np.testing.assert_array_equal(fitted.transform(X, y), features)
    np.testing.assert_array_equal(fitted.transform(X[3:5], y[3:5]), features[3:5])
    several = clone(fitted).set_params(n_jobs=2).fit(X)
    np.testing.assert_array_equal(several.transform(X, y), features)
    with joblib.parallel_config("loky"):  # as for so many notes that processes pay
        np.testing.assert_array_equal(several.transform(X[:3], y[:3]), features[:3])


def test_the_noise_of_a_row_is_decided_by_the_seed_and_the_row(notes, features, fitted):
    y = notes[1]
    audio = fitted.inverse_transform(features, y)
    np.testing.assert_array_equal(fitted.inverse_transform(features[:3], y[:3]), audio[:3])
    threads = copy.copy(fitted).set_params(n_jobs=2)
    np.testing.assert_array_equal(threads.inverse_transform(features, y), audio)
    with joblib.parallel_config("loky"):
        np.testing.assert_array_equal(threads.inverse_transform(features[:3], y[:3]), audio[:3])
    other = copy.copy(fitted).set_params(random_state=1)
    drawn = other.inverse_transform(features, y)
    assert not np.array_equal(drawn, audio)
    np.testing.assert_array_equal(fitted.inverse_transform(features, y, random_state=1), drawn)
    twice = fitted.inverse_transform(features[[5, 5]], y.iloc[[5, 5]])
    assert not np.array_equal(*twice)


@pytest.mark.parametrize("row", range(7))
def test_the_last_bits_of_features_are_not_heard(notes, features, fitted, row):
    wanted = notes[1].iloc[[row]]
    plain = features[[row]]
    rng = np.random.default_rng(row)
    ends = np.where(rng.random(plain.shape) < 0.5, -np.inf, np.inf).astype(np.float32)
    near = np.nextafter(plain, ends)
    found, moved = (fitted.inverse_transform(F, wanted) for F in (plain, near))
    assert np.abs(found - moved).max() < 1e-4


@settings(max_examples=15, deadline=None)
@given(share=st.floats(0, 1), pair=st.tuples(st.integers(0, 6), st.integers(0, 6)))
def test_the_last_bits_of_means_of_notes_are_not_heard(notes, features, fitted, share, pair):
    mean = (share * features[[pair[0]]] + (1 - share) * features[[pair[1]]]).astype(np.float32)
    near = np.nextafter(mean, np.float32(np.inf))
    y = pd.DataFrame({"pitch": [62.5]})
    found, moved = (fitted.inverse_transform(F, y) for F in (mean, near))
    assert np.abs(found - moved).max() < 1e-4


def test_threads_and_rows_alone_sound_as_one_call_does():
    X, y = load_notes("train", return_X_y=True)
    y = y[["pitch", "instrument_family"]]
    model = harmonic_gmm(n_components=16, random_state=0).fit(X[::4, :16000], y[::4])
    wanted = y[::4][:8].reset_index(drop=True)
    whole = model.sample(y=wanted, random_state=3)
    with ThreadPoolExecutor(4) as pool:
        drawn = list(pool.map(lambda _: model.sample(y=wanted, random_state=3), range(8)))
    for one in drawn:
        np.testing.assert_array_equal(one, whole)
    other = model.set_params(harmonics__random_state=7).sample(y=wanted[:1], random_state=3)
    assert np.abs(other - whole[:1]).max() < 1e-4  # the draw's seed decides the noise
    alone = model.sample(y=wanted[:1], random_state=3)
    assert np.abs(alone - whole[:1]).max() < 1e-4
    some = model.sample(y=wanted[:5], random_state=3)
    assert np.abs(some - whole[:5]).max() < 1e-4


def test_global_random_state_is_untouched(features, fitted):
    before = np.random.get_state()[1].copy()
    fitted.inverse_transform(features[:2])
    np.testing.assert_array_equal(np.random.get_state()[1], before)


def test_means_of_notes_and_any_features_are_sound(features, fitted):
    rng = np.random.default_rng(0)
    mean = features.mean(axis=0, keepdims=True)
    wild = 3 * rng.standard_normal((2, *features.shape[1:]))
    audio = fitted.inverse_transform(np.concatenate([mean, wild, 0 * mean, 1e6 * mean]))
    assert np.isfinite(audio).all()
    assert np.abs(audio).max() <= 1
    assert np.abs(audio[0]).max() > 0.01


def test_the_mean_of_a_short_note_and_a_long_one_ends_once():
    X = tones([60, 60])
    ends = np.array([[0.8], [1.2]]) * RATE
    X *= np.clip((ends - np.arange(X.shape[1])) / (0.1 * RATE), 0, 1)
    y = pd.DataFrame({"pitch": [60, 60]})
    harmonics = HarmonicPlusNoise().fit(X)
    mean = harmonics.transform(X, y).mean(axis=0, keepdims=True)
    audio = harmonics.inverse_transform(mean, y[:1])[0]
    level = 20 * np.log10([audio[start : start + 1600].std() for start in (3200, 9600, 12000)])
    assert np.ptp(level) < 1  # to shortly before the end, 1 s
    assert audio[14400:15200].any()
    assert not audio[16400:].any()


def test_the_mean_of_notes_let_go_at_different_times_is_let_go_once():
    """At the geometric mean, 0.84 s, with what is heard of each after that."""
    X = tones([60, 60])
    t = np.arange(X.shape[1]) / RATE
    let_go = np.array([[0.7], [1.0]])
    X *= np.where(t < let_go, 1, 10 ** (-30 / 20)) * (t < 1.3)
    y = pd.DataFrame({"pitch": [60, 60]})
    harmonics = HarmonicPlusNoise().fit(X)
    F = harmonics.transform(X, y)
    np.testing.assert_allclose(2 ** (0.003 * F[:, 0, 3]), let_go[:, 0], atol=0.02)
    audio = harmonics.inverse_transform(F.mean(axis=0, keepdims=True), y[:1])[0]
    times = (0.3, 0.6, 0.75, 0.9, 1.1)
    level = 20 * np.log10([audio[int(a * RATE) : int(a * RATE) + 800].std() for a in times])
    np.testing.assert_allclose(level - level[0], [0, 0, 0, -30, -30], atol=1)


def test_a_note_held_to_its_end_dies_away_in_a_mean_with_one_that_is_let_go_before():
    X = tones([60, 60])
    t = np.arange(X.shape[1]) / RATE
    X *= np.stack([t < 1.2, np.where(t < 0.7, 1, 10 ** (-30 / 20)) * (t < 1.4)])
    y = pd.DataFrame({"pitch": [60, 60]})
    harmonics = HarmonicPlusNoise().fit(X)
    F = harmonics.transform(X, y)
    alone, mean = harmonics.inverse_transform([F[0], F.mean(axis=0)], y)
    times = (0.3, 0.8, 1.1, 1.25)  # the mean is let go at 0.92 s and ends at 1.3 s
    levels = [
        20 * np.log10([1e-6 + sound[int(a * RATE) : int(a * RATE) + 400].std() for a in times])
        for sound in (alone, mean)
    ]
    assert np.abs(levels[0][1:3] - levels[0][0]).max() < 1
    np.testing.assert_allclose(levels[1] - levels[1][0], [0, 0, -22, -28], atol=3)


def test_a_note_that_sounds_to_the_end_counts_a_second_longer():
    y = pd.DataFrame({"pitch": [60]})
    F = HarmonicPlusNoise().fit_transform(tones([60]), y)
    assert 2 ** (0.012 * F[0, 0, 1]) == pytest.approx(2.5)
    assert 2 ** (0.003 * F[0, 0, 3]) == pytest.approx(2.5)


def test_beginnings_count_up_to_twice():
    F = HarmonicPlusNoise().fit_transform(tones([60]), pd.DataFrame({"pitch": [60]}))[0, 1:]
    partials = F[8:80, 5:].mean(axis=1)
    times = np.arange(8, 80) * 256 / 16000
    np.testing.assert_allclose(
        partials / partials[-1], 1 + np.exp(-((times / 0.5) ** 2)), rtol=0.05
    )


def test_levels_of_recordings_are_kept(notes, features, fitted):
    """Whatever is lost of a note, it is not louder or softer than it was."""
    X, y = notes
    made = fitted.inverse_transform(features, y)
    unclipped = np.abs(made).max(axis=1) < 1
    assert unclipped.sum() > 5
    off = 10 * np.log10(np.square(made).mean(axis=1) / np.square(X).mean(axis=1))
    assert np.abs(off[unclipped]).max() < 0.251  # at the ends of the range of its category
    of_family = y.groupby("instrument_family").pitch.transform("size").to_numpy()
    assert np.abs(off[unclipped & (of_family == 1)]).max() < 5e-4


def test_the_level_of_a_mean_of_notes_is_their_mean(notes, features, fitted):
    """Their partials differ, so that the frames' own levels would fall between both."""
    X, y = notes
    pair = y.instrument_family.drop_duplicates().index[:2]
    mean = features[pair].mean(axis=0, keepdims=True)
    level = 10 * np.log10(np.square(X[pair]).mean(axis=1)).mean()
    made = fitted.inverse_transform(mean, y.loc[[pair[0]], ["pitch"]])
    assert 10 * np.log10(np.square(made).mean()) == pytest.approx(level, abs=0.01)


def test_a_few_components_hold_most_of_a_note():
    X, y = load_notes("train", return_X_y=True)
    X = X[:, :32000]
    F = HarmonicPlusNoise(n_jobs=2).fit_transform(X, y).reshape(len(X), -1)
    pca = PCA(16, random_state=0).fit(F[::2])
    rest = F[1::2] - pca.inverse_transform(pca.transform(F[1::2]))
    assert 1 - np.square(rest).sum() / np.square(F[1::2] - F[::2].mean(axis=0)).sum() > 0.75


def test_louder_and_shorter_are_what_the_features_say(fitted, features):
    F = features[:1].copy()
    low, high = fitted.range_[:, 1]
    for level in np.linspace(low + 1, high - 6, 3):
        F[0, 0, 2] = level / 0.3
        audio = fitted.inverse_transform(F)[0]
        assert 20 * np.log10(np.sqrt(np.mean(audio**2))) == pytest.approx(level, abs=0.01)
    X = tones([60, 60])
    X[0, 6000:] = 0
    harmonics = HarmonicPlusNoise()
    F = harmonics.fit_transform(X)[1:]
    F[0, 0, 1] = np.log2(0.5) / 0.012
    short = harmonics.inverse_transform(F)[0]
    assert not short[8000:].any()
    assert short[7000:8000].any()


def test_a_level_that_stays_above_the_highest_comes_down_to_it_alone():
    """8 dB that a mean of notes may have, but no note, are less than 1 in the sound."""
    y = pd.DataFrame({"pitch": [60]})
    harmonics = HarmonicPlusNoise()
    plain = harmonics.fit_transform(tones([60]), y)
    raised = plain.copy()
    frames = slice(41, 83)  # 0.64 s to 1.3 s, where levels count 1 + exp(-(t / 0.5 s) ** 2)
    heed = 1 + np.exp(-np.square(np.arange(40, 82) / 31.25))
    raised[:, frames, :4] += (8 / 5 * np.hanning(42) * heed)[:, np.newaxis]
    before, after = (harmonics.inverse_transform(F, y)[0] for F in (plain, raised))
    rise = 20 * np.log10(librosa.feature.rms(y=after)[0] / librosa.feature.rms(y=before)[0])
    rise -= rise[10]  # the root mean square of the whole is kept
    assert np.abs(rise[:15]).max() < 0.3  # the first 0.45 s; the noise in it is drawn anew
    assert np.abs(rise[20:40]).max() < 1


def test_one_absurd_level_leaves_what_is_beside_it():
    y = pd.DataFrame({"pitch": [60]})
    harmonics = HarmonicPlusNoise()
    plain = harmonics.fit_transform(tones([60]), y)
    spoilt = plain.copy()
    spoilt[:, 50, 1] = 1000
    before, after = (harmonics.inverse_transform(F, y)[0] for F in (plain, spoilt))
    levels = [
        librosa.feature.rms(y=a, frame_length=256, hop_length=64)[0] for a in (before, after)
    ]
    assert (levels[1] / levels[0])[:250].min() > 0.5  # the first second; the spike is at 0.8 s


def test_pickled_it_goes_on(tmp_path, fitted, features):
    joblib.dump(fitted, tmp_path / "harmonics.joblib")
    again = joblib.load(tmp_path / "harmonics.joblib")
    np.testing.assert_array_equal(
        again.inverse_transform(features[:1]), fitted.inverse_transform(features[:1])
    )


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"sample_rate": 10}, "'sample_rate' parameter of HarmonicPlusNoise must be an int"),
        ({"n_harmonics": 0}, "'n_harmonics'"),
        ({"n_noise_bands": 0}, "'n_noise_bands'"),
        ({"hop_length": 255}, "must be a multiple of 4. Got 255"),
        ({"random_state": -1}, "'random_state'"),
    ],
)
def test_parameters_are_checked_in_fit(parameters, message):
    with pytest.raises(ValueError, match=message):
        HarmonicPlusNoise(**parameters).fit(np.zeros((1, 1000)))


def test_bad_features_and_y_are_refused(fitted, features):
    with pytest.raises(ValueError, match=r"must have the shape \(n_samples, 96, 125\)"):
        fitted.inverse_transform(features[:, 1:])
    with pytest.raises(ValueError, match="must have the shape"):
        fitted.inverse_transform(features[0])
    bad = features[:3].copy()
    bad[2, 5, 5] = np.nan
    with pytest.raises(ValueError, match="NaN or infinite features, first in row 2"):
        fitted.inverse_transform(bad)
    with pytest.raises(ValueError, match="y has 1 rows, but X has 3"):
        fitted.inverse_transform(features[:3], pd.DataFrame({"pitch": [60]}))


@pytest.mark.parametrize("seed", range(12))
def test_the_last_bits_of_features_far_from_those_of_notes_are_not_heard(
    notes, features, fitted, seed
):
    """Sums of notes with weights of any sign, among them loud partials far off multiples."""
    rng = np.random.default_rng(seed)
    weights = rng.standard_normal(len(features))
    weights += (1 - weights.sum()) / len(features)
    wild = np.einsum("i,ijk->jk", weights, features)[np.newaxis].astype(np.float32)
    families = notes[1].instrument_family
    wanted = pd.DataFrame(
        {"pitch": [rng.integers(36, 96)], "instrument_family": [rng.choice(families)]}
    )
    ends = np.where(rng.random(wild.shape) < 0.5, -np.inf, np.inf).astype(np.float32)
    found, moved = (fitted.inverse_transform(F, wanted) for F in (wild, np.nextafter(wild, ends)))
    assert np.abs(found - moved).max() < 1e-4
