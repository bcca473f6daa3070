"""scikit-learn's model selection over pipelines of real notes."""

import warnings

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.base import clone
from sklearn.decomposition import PCA
from sklearn.model_selection import (
    GridSearchCV,
    KFold,
    StratifiedKFold,
    cross_val_score,
    learning_curve,
)
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from audiogen import GenerativePipeline
from audiogen.datasets import load_notes, make_notes
from audiogen.generators import ConditionalGaussianMixture, ConditionalVAE
from audiogen.preprocessing import Flatten, HarmonicPlusNoise, PitchFilter, PrincipalComponents
from audiogen.recipes import harmonic_gmm
from audiogen.scoring import (
    neg_frechet_audio_distance,
    neg_kl_divergence,
    neg_pitch_entropy,
)

# A fold may hold a pitch a little outside those of the others.
pytestmark = pytest.mark.filterwarnings("ignore::audiogen.exceptions.ExtrapolationWarning")

SCORING = {
    "fad": neg_frechet_audio_distance,
    "kl": neg_kl_divergence,
    "entropy": neg_pitch_entropy,
}


@pytest.fixture(scope="module")
def notes():
    return load_notes("valid", return_X_y=True)


def pipeline():
    vae = ConditionalVAE(
        latent_dim=4, units=(64,), epochs=1, learning_rate=5e-3, patience=None,
        plateau_patience=None, validation_fraction=0.0, random_state=0,
    )  # fmt: skip
    steps = [
        ("filter", PitchFilter(low=24, high=84)),
        ("harmonics", HarmonicPlusNoise()),
        ("flatten", Flatten()),
        ("pca", PCA(8, random_state=0)),
        ("vae", vae),
    ]
    return GenerativePipeline(steps)


def test_grid_search_over_epochs_and_size_of_the_data():
    X, y = make_notes(48, duration=0.3, random_state=0, return_X_y=True)
    pipe = pipeline().set_params(pca__n_components=16)
    grid = {"vae__epochs": [1, 15], "vae__max_samples": [0.5, 1.0]}
    cv = KFold(2, shuffle=True, random_state=0)
    search = GridSearchCV(pipe, grid, scoring=SCORING, refit="fad", cv=cv, n_jobs=2)
    search.fit(X, y[["pitch"]])
    results = search.cv_results_
    for name in SCORING:
        assert np.isfinite(results[f"mean_test_{name}"]).all()
    fad = {
        (p["vae__epochs"], p["vae__max_samples"]): -score
        for p, score in zip(results["params"], results["mean_test_fad"], strict=True)
    }
    assert fad[15, 1.0] < fad[1, 1.0], "training must help"
    fold, held_out = next(cv.split(X))
    by_hand = clone(pipe).set_params(**results["params"][3]).fit(X[fold], y[["pitch"]].iloc[fold])
    score = neg_frechet_audio_distance(by_hand, X[held_out], y[["pitch"]].iloc[held_out])
    assert results["split0_test_fad"][3] == pytest.approx(score, rel=1e-3)
    assert search.best_estimator_.sample(y={"pitch": 60}).shape == (1, 4800)


@pytest.mark.long
def test_learning_curve(notes):
    X, y = notes
    sizes, train, test = learning_curve(
        pipeline(), X, y[["pitch"]], train_sizes=[0.6, 1.0], cv=2,
        scoring=neg_frechet_audio_distance, shuffle=True, random_state=0,
    )  # fmt: skip
    assert sizes[0] < sizes[1]
    assert train.shape == test.shape == (2, 2)
    assert (test < 0).all()
    assert np.isfinite(test).all()


@pytest.mark.filterwarnings("ignore:PrincipalComponents keeps:UserWarning")
@pytest.mark.filterwarnings("ignore:.*rows are few for:UserWarning")
def test_a_recipe_is_cross_validated_at_the_defaults_of_scikit_learn():
    X, y = load_notes("train", return_X_y=True, conditions=["pitch", "instrument"])
    vae = ConditionalVAE(
        8, beta=4.0, fourier_features=False, observation_noise=True, epochs=1, random_state=0
    )
    steps = [
        ("filter", PitchFilter(low=24, high=84)),
        ("harmonics", HarmonicPlusNoise(n_harmonics=48, n_noise_bands=12)),
        ("flatten", Flatten()),
        ("pca", PrincipalComponents(64)),
        ("vae", vae),
    ]
    with pytest.warns(UserWarning, match="rows are left out of the score") as caught:
        scores = cross_val_score(
            GenerativePipeline(steps), X[:60, :4000], y[:60],
            scoring=neg_frechet_audio_distance, error_score="raise",
        )  # fmt: skip
    assert np.isfinite(scores).all()
    left_out = [w for w in caught if "left out" in str(w.message)]
    assert {w.filename for w in left_out} == {__file__}


def mixture():
    return make_pipeline(
        FunctionTransformer(np.sqrt, np.square, check_inverse=False),
        ConditionalGaussianMixture(1, random_state=0),
    )


@pytest.fixture(scope="module")
def sorted_hums():
    """Return noises of three levels, and their names and numbers, one level after the other."""
    rng = np.random.default_rng(0)
    level = np.repeat([0.1, 0.3, 0.9], 15)
    X = level[:, np.newaxis] * rng.uniform(0.1, 1, (45, 600))
    return X, pd.DataFrame({"level": 100 * level, "name": np.repeat(["low", "mid", "high"], 15)})


@pytest.mark.filterwarnings("ignore:.*rows are few for:UserWarning")
def test_folds_stratified_by_a_column_leave_out_nothing(sorted_hums):
    X, y = sorted_hums
    scores = cross_val_score(
        mixture(), X, y, cv=StratifiedKFold(5).split(X, y["name"]),
        scoring=neg_frechet_audio_distance, error_score="raise",
    )  # fmt: skip
    assert np.isfinite(scores).all()
    with pytest.raises(ValueError, match="None of the 15 rows can be scored"):
        cross_val_score(
            mixture(), X, y, cv=3, scoring=neg_frechet_audio_distance, error_score="raise"
        )


@pytest.mark.filterwarnings("ignore:.*rows are few for:UserWarning")
@pytest.mark.parametrize("table", [pl.DataFrame, pd.DataFrame])
def test_a_grid_searched_over_any_table_is_the_same(sorted_hums, table):
    X, y = sorted_hums
    rows = np.random.default_rng(1).permutation(len(X))
    y = table(y.iloc[rows].to_dict("list"))
    grid = {"conditionalgaussianmixture__n_components": np.arange(1, 3)}
    search = GridSearchCV(mixture(), grid, scoring=neg_frechet_audio_distance, error_score="raise")
    search.fit(X[rows], y)
    scores = search.cv_results_["mean_test_score"]
    assert np.isfinite(scores).all()
    generator = search.best_estimator_[-1]
    assert generator.categories_["level"] is None
    assert generator.categories_["name"].tolist() == ["high", "low", "mid"]


def test_a_recipe_runs_on_folds_smaller_than_its_components():
    """Of 15 rows each, of notes in mixed order."""
    X, y = load_notes("valid", return_X_y=True)
    rows = np.random.default_rng(0).permutation(len(X))[:30]
    search = GridSearchCV(
        harmonic_gmm(random_state=0), {"gmm__alpha": [1.0, 10.0]},
        scoring=neg_frechet_audio_distance, cv=2,
    )  # fmt: skip
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        search.fit(X[rows, :16000], y[["pitch"]].iloc[rows])
    said = {str(warning.message)[:67] for warning in caught}
    start = "PrincipalComponents keeps {} components rather than n_components=64"
    assert {start.format(15), start.format(30)} <= said
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()
    assert search.best_estimator_["pca"].n_components_ == 30
