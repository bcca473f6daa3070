"""Scorers made of any metric, and several of one draw."""

import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, clone
from sklearn.model_selection import GridSearchCV

from audiogen import metrics
from audiogen.scoring import (
    MetricScorer,
    MultimetricScorer,
    known_rows,
    metric_names,
    neg_frechet_audio_distance,
)

RATE = 16000


class Player(BaseEstimator):
    """A player of tones that may be out of tune, and notes which seeds it was asked with."""

    seeds: list = []

    def __init__(self, noise=0.01, cents=0.0):
        self.noise, self.cents = noise, cents

    def fit(self, X, y=None):
        self.n_features_in_ = X.shape[1]
        return self

    def sample(self, n_samples=None, y=None, *, return_y=False, random_state=None):
        self.seeds.append(random_state)
        rng = np.random.default_rng(random_state)
        frequency = 440 * 2 ** ((np.asarray(y["pitch"]) - 69 + self.cents / 100) / 12)
        tone = np.sin(2 * np.pi * np.outer(frequency, np.arange(self.n_features_in_)) / RATE)
        X = 0.5 * (tone + self.noise * rng.standard_normal(tone.shape))
        return (X, y) if return_y else X


@pytest.fixture(scope="module")
def real():
    y = pd.DataFrame({"pitch": np.arange(60, 84)})
    return Player().fit(np.empty((1, 4096))).sample(y=y, random_state=99), y


def pooled(audio):
    return metrics.mfcc_frames(audio, RATE).mean(axis=1)


BY_HAND = {
    "coverage": lambda a, b, _: metrics.density_and_coverage(pooled(a), pooled(b))["coverage"],
    "density": lambda a, b, _: metrics.density_and_coverage(pooled(a), pooled(b))["density"],
    "fad": lambda a, b, _: -metrics.frechet_audio_distance(a, b, sample_rate=RATE),
    "kernel_distance": lambda a, b, _: -metrics.kernel_distance(pooled(a), pooled(b)),
    "kl": lambda a, b, _: -metrics.kl_divergence(pooled(a), pooled(b)),
    "n_pitches": lambda a, b, _: -metrics.n_pitches(b, sample_rate=RATE),
    "pitch_accuracy": lambda a, b, p: metrics.pitch_accuracy(b, p, sample_rate=RATE),
    "pitch_range": lambda a, b, _: -metrics.pitch_range(b, sample_rate=RATE),
    "tonality": lambda a, b, _: metrics.tonality(b, sample_rate=RATE),
}


def test_several_of_one_draw_are_the_same_as_each_by_itself_and_by_hand(real):
    X, y = real
    player = Player(noise=0.2, cents=45).fit(X)
    generated = player.sample(y=y, random_state=0)
    Player.seeds.clear()
    together = MultimetricScorer(list(BY_HAND))(player, X, y)
    assert Player.seeds == [0], "it generates once"
    for name, by_hand in BY_HAND.items():
        assert together[name] == MetricScorer(name)(player, X, y)
        assert together[name] == pytest.approx(by_hand(X, generated, y["pitch"].to_numpy()))


def test_every_name_is_compared_with_its_metric():
    """In a test of this file, or in test_scoring under a name of its own."""
    elsewhere = {"classifier_two_sample_auc", "inception_score", "pitch_entropy"}
    longer = {name for name in metric_names() if name.startswith(("texture_", "rhythm_"))}
    assert set(metric_names()) == {*BY_HAND, *longer, *elsewhere, "n_different_bins"}


def test_bins_are_counted_as_many_as_asked_for(real):
    X, y = real
    player = Player(noise=0.2).fit(X)
    generated = player.sample(y=y, random_state=0)
    expected = metrics.n_different_bins(pooled(X), pooled(generated), n_bins=4)
    assert MetricScorer("n_different_bins", n_bins=4)(player, X, y) == -expected < 0


def test_rhythm_and_textures_are_of_their_own_figures(real):
    X, y = (np.tile(real[0][:6], (1, 20)), real[1][:6])
    player = Player(noise=0.2).fit(X)
    generated = player.sample(y=y, random_state=0)
    rhythm = metrics.rhythm_likeness(X, generated, sample_rate=RATE)
    assert MetricScorer("rhythm_likeness")(player, X, y) == rhythm != 0
    parts = metrics.texture_distance(X, generated, sample_rate=RATE)
    names = [name for name in metric_names() if name.startswith("texture_")]
    assert {name.partition("_")[2] for name in names} == set(parts)
    scores = MultimetricScorer(names)(player, X, y)
    for part, value in parts.items():
        assert scores[f"texture_{part}"] == -value


def test_better_ones_score_higher_by_every_sort_of_metric(real):
    X, y = real
    good, bad = (Player(noise, cents).fit(X) for noise, cents in ((0.01, 0), (1.0, 80)))
    names = [
        "coverage", "fad", "kernel_distance", "kl", "n_pitches", "pitch_accuracy",
    ]  # fmt: skip
    scores = [MultimetricScorer(names)(player, X, y) for player in (good, bad)]
    for name in names:
        assert scores[0][name] > scores[1][name], name


def test_all_candidates_are_judged_on_the_same_draws(real):
    X, y = real
    Player.seeds.clear()
    scoring = MultimetricScorer(["fad", "kl"], random_state=7)
    search = GridSearchCV(
        Player(), {"noise": [0.01, 1.0, 1.0]}, scoring=scoring, refit="fad", cv=2,
        error_score="raise",
    ).fit(X, y)  # fmt: skip
    assert Player.seeds == [7] * 6, "three candidates, two folds, one draw for both metrics"
    for name in ("fad", "kl"):
        scores = search.cv_results_[f"mean_test_{name}"]
        assert scores[0] > scores[1] == scores[2]
    assert search.best_params_ == {"noise": 0.01}
    assert search.score(X, y) == MetricScorer("fad", random_state=7)(search.best_estimator_, X, y)


def peak(generated, *, sample_rate, q=100):
    return np.percentile(np.abs(generated), q)


def test_any_function_will_do(real):
    X, y = real
    player = Player().fit(X)
    generated = player.sample(y=y, random_state=0)
    assert MetricScorer(peak)(player, X, y) == -np.abs(generated).max()
    upward = MetricScorer(peak, greater_is_better=True, q=50)
    assert upward(player, X, y) == np.median(np.abs(generated))
    several = MetricScorer(metrics.density_and_coverage, figure="density", greater_is_better=True)
    assert several(player, X, y) == MetricScorer("density")(player, X, y)
    with pytest.raises(ValueError, match="give figure=, one of density, coverage"):
        MetricScorer(metrics.density_and_coverage)(player, X, y)
    assert MetricScorer("tonality", greater_is_better=False)(player, X, y) < 0


def test_an_embedding_is_what_is_compared(real):
    X, y = real
    player = Player(noise=0.2).fit(X)

    def energies(audio):
        return np.stack([audio.std(axis=1), np.abs(audio).mean(axis=1)], axis=1)

    generated = player.sample(y=y, random_state=0)
    expected = -metrics.frechet_distance(energies(X), energies(generated))
    assert MetricScorer("fad", embedding=energies)(player, X, y) == pytest.approx(expected)

    def classes(audio):
        share = np.linspace(0.1, 0.9, len(audio))
        return np.stack([share, 1 - share], axis=1)

    score = MetricScorer("inception_score", embedding=classes)(player, X, y)
    assert score == pytest.approx(metrics.inception_score(classes(generated)))


@pytest.mark.parametrize(
    "scorer",
    [
        MetricScorer("fad", sample_rate=22050, random_state=3),
        MetricScorer("kl", k=3),
        MetricScorer(metrics.tonality, greater_is_better=True),
        MultimetricScorer(["fad", "kl"], random_state=1),
        MultimetricScorer({"near": MetricScorer("fad"), "clear": MetricScorer("tonality")}),
    ],
    ids=repr,
)
def test_copies_are_equal(scorer):
    for copy in (pickle.loads(pickle.dumps(scorer)), clone(scorer, safe=False)):
        assert copy == scorer
        assert hash(copy) == hash(scorer)
        assert repr(copy) == repr(scorer)


def test_others_are_not_equal():
    one = MetricScorer("fad")
    assert one != MetricScorer("kl")
    assert one != MetricScorer("fad", random_state=1)
    assert MultimetricScorer(["fad"]) != MultimetricScorer(["fad"], random_state=1)
    assert repr(MetricScorer("kl", k=3)) == (
        "MetricScorer('kl', sample_rate=16000, random_state=0, k=3)"
    )


def test_what_is_wrong_is_said(real):
    X, _ = real
    with pytest.raises(ValueError, match=r"one of classifier_two_sample_auc, .*Got 'frechet'"):
        MetricScorer("frechet")
    with pytest.raises(ValueError, match=r"one of classifier_two_sample_auc, .*Got \['fad'\]"):
        MetricScorer(["fad"])
    for wrong in ([MetricScorer("fad")], {"near": "fad"}):
        with pytest.raises(TypeError, match="names of metrics, or a dict of MetricScorers"):
            MultimetricScorer(wrong)
    with pytest.raises(ValueError, match=r"one of classifier_two_sample_auc, .*Got 'frechet'"):
        MultimetricScorer(["fad", "frechet"])
    with pytest.raises(ValueError, match="named once. Got kl, fad, kl"):
        MultimetricScorer(["kl", "fad", "kl"])
    with pytest.raises(ValueError, match="holds no metric"):
        MultimetricScorer([])
    with pytest.raises(ValueError, match="near measures at 8000 Hz"):
        MultimetricScorer({"near": MetricScorer("fad", sample_rate=8000)})
    with pytest.raises(ValueError, match="'sample_rate' parameter of MetricScorer.*Got 0"):
        MetricScorer("fad", sample_rate=0)
    with pytest.raises(TypeError, match="'greater_is_better' parameter of MetricScorer"):
        MetricScorer("fad", greater_is_better="yes")
    with pytest.raises(ValueError, match="give y with a column 'pitch'"):
        MetricScorer("pitch_accuracy").judge(X, X)
    with pytest.raises(TypeError, match=r"MetricScorer\('fad', .*no parameter order"):
        MetricScorer("fad", order=2)


def test_the_named_ones_are_of_the_same_class(real):
    X, y = real
    player = Player(noise=0.2).fit(X)
    assert isinstance(neg_frechet_audio_distance, MetricScorer)
    assert neg_frechet_audio_distance(player, X, y) == MetricScorer("fad")(player, X, y)
    assert known_rows(player, X, y)[0] is X
