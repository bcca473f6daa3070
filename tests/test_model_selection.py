"""scikit-learn's model selection over pipelines of real notes."""

import warnings

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.model_selection import GridSearchCV, KFold, learning_curve

from audiogen import GenerativePipeline
from audiogen.datasets import load_notes
from audiogen.generators import ConditionalVAE
from audiogen.preprocessing import Flatten, HarmonicPlusNoise, PitchFilter
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
    # Fewer or sorted notes differ more between two halves than training can mend.
    X, y = load_notes("train", return_X_y=True)
    pipe = pipeline().set_params(pca__n_components=16)
    grid = {"vae__epochs": [1, 60], "vae__max_samples": [0.5, 1.0]}
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
    assert fad[60, 1.0] < fad[1, 1.0], "training must help"
    assert search.best_estimator_.sample(y={"pitch": 60}).shape == (1, 64000)


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
