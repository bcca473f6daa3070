"""A conditional Gaussian mixture as recipes fit it, beside scikit-learn's without conditions."""

import functools

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.mixture import GaussianMixture

from audiogen.generators import ConditionalGaussianMixture
from benchmarks._row import Row

N_COMPONENTS, N_FEATURES, N_FAMILIES = 64, 64, 10


def notes(n_notes):
    """Return features of notes, as a PCA gives them, and their pitch and family."""
    rng = np.random.default_rng(0)
    family, take = rng.integers(0, N_FAMILIES, n_notes), rng.integers(0, 3, n_notes)
    kinds = rng.normal(size=(3, N_FAMILIES, N_FEATURES))
    X = rng.normal(size=(n_notes, N_FEATURES)) * np.linspace(3, 0.3, N_FEATURES)
    X += 2 * kinds[take, family]
    pitch = rng.integers(24, 100, n_notes)
    y = pd.DataFrame({"pitch": pitch, "instrument_family": family.astype(str)})
    return X.astype(np.float32), y


def ours(data):
    return ConditionalGaussianMixture(N_COMPONENTS, random_state=0).fit(*data)


def unconditional(data):
    return GaussianMixture(N_COMPONENTS, covariance_type="tied", random_state=0).fit(data[0])


def every_share(data):
    """Fit the mixture and its classifier, with a row for each share of a note."""
    mixture = unconditional(data)
    codes = pd.get_dummies(data[1]).to_numpy(np.float32)
    codes[:, 0] = (codes[:, 0] - 62) / 38
    rows, classes = np.divmod(np.arange(N_COMPONENTS * len(codes)), N_COMPONENTS)
    shares = mixture.predict_proba(data[0]).ravel()
    return LogisticRegression(max_iter=1000).fit(codes[rows], classes, shares)


ROWS = [
    Row(
        f"conditional mixture, {n_notes} x {N_FEATURES}",
        functools.partial(notes, n_notes),
        ours,
        {"scikit-learn, all shares": every_share},
        aim=">= 2",
        limits={"without conditions": unconditional},
    )
    for n_notes in (750, 3000)
]
