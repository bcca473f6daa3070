import warnings

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.utils.estimator_checks import parametrize_with_checks

from audiogen.preprocessing import PrincipalComponents


@parametrize_with_checks([PrincipalComponents(2, random_state=0)])
def test_scikit_learn_contract(estimator, check):
    with warnings.catch_warnings():  # some checks give it one feature
        warnings.filterwarnings("ignore", "PrincipalComponents keeps")
        check(estimator)


def test_it_is_scikit_learns_pca_where_there_are_rows_enough():
    X = np.random.default_rng(0).normal(size=(40, 10)).astype(np.float32)
    ours, pca = PrincipalComponents(6, random_state=0).fit(X), PCA(6, random_state=0).fit(X)
    Z = ours.transform(X)
    assert Z.dtype == np.float32
    np.testing.assert_array_equal(Z, pca.transform(X))
    X_again = ours.inverse_transform(Z)
    assert X_again.dtype == np.float64, "phases are computed from features"
    np.testing.assert_allclose(X_again, pca.inverse_transform(Z), atol=1e-6)
    np.testing.assert_array_equal(X_again[3:4], ours.inverse_transform(Z[3:4]))


@pytest.mark.parametrize("shape", [(5, 30), (30, 5)])
def test_the_number_of_components_is_a_maximum(shape):
    X = np.random.default_rng(0).normal(size=shape)
    message = rf"keeps 5 components rather than n_components=64: X has {shape[0]} rows of"
    with pytest.warns(UserWarning, match=message):
        components = PrincipalComponents().fit(X)
    assert components.n_components_ == 5
    Z = components.set_output(transform="pandas").transform(X)
    assert list(Z) == [f"principalcomponents{i}" for i in range(5)]
    np.testing.assert_allclose(components.inverse_transform(Z.to_numpy()), X, atol=1e-9)


@pytest.mark.parametrize(("dtype", "atol"), [(np.float32, 1e-4), (np.float64, 1e-9)])
def test_many_features_in_few_rows_have_exact_components(dtype, atol):
    """Against the full decomposition: the same axes, orthonormal, however weak."""
    rng = np.random.default_rng(0)
    directions = np.linalg.qr(rng.normal(size=(3000, 40)))[0].T
    X = 5 + (rng.normal(size=(60, 40)) * np.geomspace(1, 0.03, 40)) @ directions
    ours = PrincipalComponents(30, random_state=0).fit(X.astype(dtype))
    exact = PCA(30, svd_solver="full").fit(X)
    assert ours.components_.dtype == ours.mean_.dtype == dtype
    np.testing.assert_allclose(ours.components_, exact.components_, atol=atol)
    np.testing.assert_allclose(ours.components_ @ ours.components_.T, np.eye(30), atol=1e-6)
    ratios = ours.explained_variance_ratio_
    np.testing.assert_allclose(ratios, exact.explained_variance_ratio_, rtol=1e-3)
    np.testing.assert_allclose(ours.transform(X), exact.transform(X), atol=1e-4)


def test_fewer_directions_than_components_are_orthonormal():
    rng = np.random.default_rng(0)
    X = (rng.normal(size=(60, 7)) @ rng.normal(size=(7, 2000))).astype(np.float32)
    ours = PrincipalComponents(30, random_state=0).fit(X)
    np.testing.assert_allclose(ours.components_ @ ours.components_.T, np.eye(30), atol=1e-5)
    again = ours.inverse_transform(ours.transform(X))
    np.testing.assert_allclose(again, X, atol=1e-3)
