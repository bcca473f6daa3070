"""Scorers on a generator whose quality is known, alone and in a grid search."""

import pickle

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.base import BaseEstimator
from sklearn.model_selection import GridSearchCV, cross_val_score

from audiogen import GenerativePipeline
from audiogen.generators import ConditionalGaussianMixture
from audiogen.metrics import (
    classifier_two_sample_test,
    frechet_audio_distance,
    kl_divergence,
    mfcc,
)
from audiogen.preprocessing import PitchFilter
from audiogen.scoring import (
    ClassifierTwoSampleScorer,
    FrechetAudioDistanceScorer,
    KLDivergenceScorer,
    PitchEntropyScorer,
    neg_classifier_two_sample_auc,
    neg_frechet_audio_distance,
    neg_kl_divergence,
    neg_pitch_entropy,
)

SCORERS = {
    "fad": neg_frechet_audio_distance,
    "kl": neg_kl_divergence,
    "entropy": neg_pitch_entropy,
}
N_TIMESTEPS = 4096


def tones(pitch, noise, level, seed):
    rng = np.random.default_rng(seed)
    time = np.arange(N_TIMESTEPS) / 16000
    phase = 2 * np.pi * 440 * 2 ** ((np.asarray(pitch, dtype=float)[:, np.newaxis] - 69) / 12)
    hiss = rng.standard_normal((len(pitch), N_TIMESTEPS))
    return (level * (np.sin(phase * time) + noise * hiss)).astype(np.float32)


def make_player(**params):
    """Return a generator of tones; the class is local so that workers get it by value."""

    class Player(BaseEstimator):
        def __init__(self, noise=0.01, level=0.5, deaf=False):
            self.noise, self.level, self.deaf = noise, level, deaf

        def fit(self, X, y=None):
            self.n_features_in_ = np.shape(X)[1]
            return self

        def sample(self, n_samples=None, y=None, *, return_y=False, random_state=None):
            if n_samples != len(y):
                raise ValueError(f"{n_samples} samples for {len(y)} rows")
            pitch = np.full(n_samples, 40) if self.deaf else y["pitch"].to_numpy()
            X = tones(pitch, self.noise, self.level, random_state)
            return (X, y) if return_y else X

    return Player(**params)


class LoudOnes(BaseEstimator):
    """A row selector, the only way to leave a row out of y as well."""

    def fit(self, X, y=None):
        self.n_features_in_ = X.shape[1]
        return self

    def select(self, X, y=None):
        keep = np.abs(X).max(axis=1) > 0.01
        return X[keep], y[keep]

    def transform(self, X):
        return X

    def inverse_transform(self, X):
        return X

    def fit_transform(self, X, y=None):
        return self.fit(X).transform(X)


@pytest.fixture
def real():
    y = pd.DataFrame({"pitch": np.tile(np.arange(60, 84), 2)})
    return tones(y["pitch"], 0.01, 0.5, seed=99), y


def test_values_are_those_of_the_metrics(real):
    X, y = real
    player = make_player(noise=0.1).fit(X)
    generated = player.sample(len(X), y, random_state=0)
    expected = frechet_audio_distance(X, generated, sample_rate=16000)
    assert neg_frechet_audio_distance(player, X, y) == -expected
    means = [mfcc(audio)[..., :13].mean(axis=1) for audio in (X, generated)]
    assert neg_kl_divergence(player, X, y) == -kl_divergence(*means)


@pytest.mark.long
def test_two_samples(real):
    X, y = real
    alike, noisier = (make_player(noise=noise).fit(X) for noise in (0.01, 0.0105))
    silent = make_player(level=0).fit(X)
    generated = noisier.sample(len(X), y, random_state=0)
    auc = classifier_two_sample_test(X, generated, sample_rate=16000).auc
    assert 0.5 < auc < 1
    assert neg_classifier_two_sample_auc(noisier, X, y) == -auc
    assert neg_classifier_two_sample_auc(silent, X, y) == -1
    copies = ClassifierTwoSampleScorer(random_state=99)  # the seed of the real ones
    assert copies(alike, X, y) == -0.5


@pytest.mark.parametrize("name", SCORERS)
def test_better_players_score_higher(name, real):
    X, y = real
    good, bad = (make_player(noise=noise).fit(X) for noise in (0.01, 1.0))
    assert SCORERS[name](good, X, y) > SCORERS[name](bad, X, y)


@pytest.mark.parametrize("name", ["fad", "kl"])
def test_conditions_are_handed_on(name, real):
    X, y = real
    hearing, deaf = (make_player(deaf=deaf).fit(X) for deaf in (False, True))
    assert SCORERS[name](hearing, X, y) > SCORERS[name](deaf, X, y)


@pytest.mark.parametrize("name", SCORERS)
def test_silence_never_wins(name, real):
    X, y = real
    silent = SCORERS[name](make_player(level=0).fit(X), X, y)
    assert silent < SCORERS[name](make_player(noise=1.0).fit(X), X, y)
    if name == "entropy":
        assert silent == -7


def test_the_random_state_decides(real):
    X, y = real
    player = make_player(noise=0.3).fit(X)
    np.random.seed(1)
    before = np.random.get_state()[1].copy()
    scores = [FrechetAudioDistanceScorer(random_state=seed)(player, X, y) for seed in (0, 0, 1)]
    assert scores[0] == scores[1] != scores[2]
    np.testing.assert_array_equal(np.random.get_state()[1], before)


@pytest.mark.parametrize(
    "kind", [FrechetAudioDistanceScorer, KLDivergenceScorer, PitchEntropyScorer]
)
def test_the_sample_rate_counts(kind, real):
    X, y = real
    player = make_player(noise=0.3).fit(X)
    assert kind(sample_rate=8000)(player, X, y) != kind()(player, X, y)


def test_dropped_rows_are_dropped_first(real):
    X, y = real
    quiet = X.copy()
    quiet[::3] = 0
    kept = np.arange(len(X)) % 3 > 0
    pipe = GenerativePipeline([("loud", LoudOnes()), ("player", make_player())]).fit(quiet, y)
    score = neg_frechet_audio_distance(pipe, quiet, y)
    assert score == neg_frechet_audio_distance(pipe, X[kept], y[kept])


@pytest.fixture
def singer(real):
    """Return a generator that knows two voices from pitch 60 to 83."""
    X, y = real
    y = y.assign(voice=["high", "low"] * 24)
    return ConditionalGaussianMixture(1, random_state=0).fit(X[:, :1024], y), X[:, :1024], y


def test_rows_that_the_estimator_does_not_know_are_left_out_with_a_warning(singer):
    model, X, y = singer
    strange = y.copy()
    strange.loc[[3, 5], "voice"] = "deep"
    strange.loc[7, "pitch"] = 100
    known = strange.index.difference([3, 5, 7])
    expected = neg_frechet_audio_distance(model, X[known], y.loc[known])
    said = "3 of 48 rows are left out of the score, .* not trained on pitch=100, voice=deep"
    for table in (strange, pl.from_pandas(strange), strange.to_dict("list")):
        with pytest.warns(UserWarning, match=said):
            assert neg_frechet_audio_distance(model, X, table) == expected
    pipe = GenerativePipeline([("all", "passthrough"), ("model", model)])
    with pytest.warns(UserWarning, match=said):
        assert neg_frechet_audio_distance(pipe, X, strange) == expected
    with pytest.raises(ValueError, match="None of the 48 rows can be scored.*voice=deep"):
        neg_frechet_audio_distance(model, X, y.assign(voice="deep"))


def test_another_sample_rate_than_that_of_the_steps_is_refused(real):
    X, y = real
    steps = [PitchFilter(sample_rate=22050), make_player()]
    pipe = GenerativePipeline(list(zip("ab", steps, strict=True))).fit(X, y)
    message = "GenerativePipeline makes audio at 22050 Hz.*Give the scorer sample_rate=22050"
    with pytest.raises(ValueError, match=message):
        PitchEntropyScorer()(pipe, X, y)
    assert np.isfinite(PitchEntropyScorer(sample_rate=22050)(pipe, X, y))


def test_samples_of_sixteen_bits_are_as_good(real):
    X, y = real
    player = make_player().fit(X)
    whole = (X * 32767).astype(np.int16)
    found = neg_frechet_audio_distance(player, whole, y)
    assert found == pytest.approx(neg_frechet_audio_distance(player, X, y), rel=0.05)


def test_pickles(real):
    for scorer in (*SCORERS.values(), PitchEntropyScorer(22050, 3)):
        assert pickle.loads(pickle.dumps(scorer)) == scorer
    assert FrechetAudioDistanceScorer() != KLDivergenceScorer()


@pytest.mark.parametrize("name", SCORERS)
def test_errors_are_not_swallowed(name, real):
    X, _ = real
    with pytest.raises(TypeError, match="has no len"):
        SCORERS[name](make_player().fit(X), X, None)
    with pytest.raises(ValueError, match="X holds NaN"):
        SCORERS[name](make_player().fit(X), np.full_like(X, np.nan), None)


def test_grid_search(real):
    X, y = real
    search = GridSearchCV(
        make_player(),
        {"noise": [1.0, 0.01], "level": [0.0, 0.5]},
        scoring=SCORERS,
        refit="fad",
        cv=2,
        error_score="raise",
    ).fit(X, y)
    assert search.best_params_ == {"noise": 0.01, "level": 0.5}
    for name in SCORERS:
        assert np.isfinite(search.cv_results_[f"mean_test_{name}"]).all()
    assert search.score(X, y) == neg_frechet_audio_distance(search.best_estimator_, X, y)


def test_cross_validation_of_a_pipeline(real):
    pipe = GenerativePipeline([("loud", LoudOnes()), ("player", make_player())])
    scores = cross_val_score(pipe, *real, scoring=neg_pitch_entropy, error_score="raise")
    assert scores.shape == (5,)
    assert (scores > -7).all()
