"""Vectors as codes: against scikit-learn's k-means and nearest centroids found by brute force."""

import pickle
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.cluster import KMeans
from sklearn.metrics import pairwise_distances_argmin
from sklearn.utils.estimator_checks import parametrize_with_checks

from audiogen.preprocessing import ResidualVectorQuantizer


@pytest.fixture(scope="module", name="X")
def vectors():
    rng = np.random.default_rng(0)
    return (rng.normal(size=(600, 5)) @ rng.normal(size=(5, 8))).astype(np.float32)


@pytest.fixture(scope="module")
def fitted(X):
    return ResidualVectorQuantizer(3, 16, random_state=0).fit(X)


@parametrize_with_checks([ResidualVectorQuantizer(2, 8, random_state=0)])
def test_scikit_learn_contract(estimator, check):
    with warnings.catch_warnings():  # some checks give it few rows
        warnings.filterwarnings("ignore", "ResidualVectorQuantizer keeps")
        check(estimator)


def test_one_level_is_as_good_as_scikit_learns_k_means(X):
    ours = ResidualVectorQuantizer(1, 16, random_state=0).fit(X)
    codes = ours.transform(X)
    np.testing.assert_array_equal(codes[:, 0], pairwise_distances_argmin(X, ours.codebooks_[0]))
    error = np.sum((X - ours.inverse_transform(codes)) ** 2)
    assert error < 1.05 * KMeans(16, n_init=3, random_state=0).fit(X).inertia_
    for code in range(16):  # centroids are means of their rows
        mean = X[codes[:, 0] == code].mean(axis=0)
        np.testing.assert_allclose(ours.codebooks_[0][code], mean, atol=0.1)


def test_codes_are_nearly_always_the_best_of_all_sums(X):
    ours = ResidualVectorQuantizer(2, 16, random_state=0).fit(X)
    first, second = ours.codebooks_
    sums = (first[:, np.newaxis] + second).reshape(-1, X.shape[1])
    best = np.square(X[:, np.newaxis] - sums).sum(axis=2).min(axis=1)
    found = np.square(X - ours.inverse_transform(ours.transform(X))).sum(axis=1)
    assert np.all(found >= best - 1e-3)
    assert np.mean(np.isclose(found, best, rtol=1e-3, atol=1e-3)) > 0.98


@given(seed=st.integers(0, 1000), n_levels=st.integers(1, 3))
@settings(max_examples=10, deadline=None)
def test_another_level_never_makes_the_training_rows_worse(seed, n_levels):
    rows = np.random.default_rng(seed).normal(size=(80, 4))
    errors = []
    for levels in (n_levels, n_levels + 1):
        quantizer = ResidualVectorQuantizer(levels, 8, random_state=seed).fit(rows)
        errors.append(np.sum((quantizer.inverse_transform(quantizer.transform(rows)) - rows) ** 2))
    assert errors[1] <= errors[0]


def test_what_was_decoded_is_encoded_alike(fitted, X):
    decoded = fitted.inverse_transform(fitted.transform(X))
    again = fitted.inverse_transform(fitted.transform(decoded))
    same = np.isclose(again, decoded, atol=1e-4).all(axis=1)
    assert same.mean() > 0.99
    centroids = ResidualVectorQuantizer(1, 16, random_state=0).fit(X)
    decoded = centroids.inverse_transform(centroids.transform(X))
    np.testing.assert_array_equal(
        centroids.inverse_transform(centroids.transform(decoded)), decoded
    )


def test_every_code_is_used_though_rows_are_crowded():
    rng = np.random.default_rng(0)
    crowd, few = rng.normal(0, 1e-3, size=(500, 3)), rng.normal(0, 10, size=(30, 3))
    X = np.concatenate([crowd, few])
    codes = ResidualVectorQuantizer(1, 24, random_state=0).fit_transform(X)
    assert len(np.unique(codes)) == 24


def test_shapes_are_kept_and_lists_are_lists(fitted, X):
    codes = fitted.transform(X)
    assert codes.dtype == np.int32
    np.testing.assert_array_equal(fitted.transform(X.reshape(30, 20, 8)), codes.reshape(30, 20, 3))
    parts = fitted.transform([X[:100], X[100:]])
    np.testing.assert_array_equal(np.concatenate(parts), codes)
    back = fitted.inverse_transform(parts)
    np.testing.assert_array_equal(np.concatenate(back), fitted.inverse_transform(codes))
    first_only = fitted.inverse_transform(codes[:, :1])
    np.testing.assert_array_equal(first_only, fitted.codebooks_[0][codes[:, 0]])


def test_the_same_seed_gives_the_same_bits_and_pickles_too(fitted, X):
    again = ResidualVectorQuantizer(3, 16, random_state=0).fit(X)
    np.testing.assert_array_equal(again.codebooks_, fitted.codebooks_)
    loaded = pickle.loads(pickle.dumps(fitted))
    np.testing.assert_array_equal(loaded.transform(X), fitted.transform(X))


def test_fewer_rows_than_codes_are_told(X):
    with pytest.warns(UserWarning, match=r"keeps 5 codes rather than n_codes=256: X has 5 vect"):
        quantizer = ResidualVectorQuantizer(2).fit(X[:5])
    np.testing.assert_allclose(
        quantizer.inverse_transform(quantizer.transform(X[:5])), X[:5], atol=1e-5
    )


@pytest.mark.parametrize(
    ("codes", "message"),
    [
        ([[0.5, 0.0, 0.0]], "must be integers"),
        ([[0, 0, 16]], r"\[0, 16\)\. Got 16"),
        ([[0, 0, -1]], "Got -1"),
        ([[0, 0, 0, 0]], "at most 3 levels"),
    ],
)
def test_codes_that_there_are_not_are_refused(fitted, codes, message):
    with pytest.raises(ValueError, match=message):
        fitted.inverse_transform(codes)


@pytest.mark.parametrize("name", ["n_levels", "n_codes"])
@pytest.mark.parametrize("value", [0, 1.5])
def test_parameters_are_checked(X, name, value):
    with pytest.raises((TypeError, ValueError), match=f"The '{name}' parameter of Residual"):
        ResidualVectorQuantizer(**{name: value}).fit(X)
