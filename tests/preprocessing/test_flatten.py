import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from sklearn.decomposition import PCA
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from audiogen.preprocessing import Flatten


@parametrize_with_checks([Flatten()])
def test_scikit_learn_contract(estimator, check):
    check(estimator)


@given(
    X=st.sampled_from([np.float32, np.float64]).flatmap(
        lambda dtype: arrays(
            dtype,
            array_shapes(min_dims=2, max_dims=5, max_side=4),
            elements=st.floats(-1, 1, width=32),
        )
    )
)
@settings(deadline=None, max_examples=80)
def test_round_trip(X):
    flatten = Flatten().fit(X)
    flat = flatten.transform(X)
    assert flat.shape == (len(X), X[0].size)
    assert flat.dtype == X.dtype
    assert np.shares_memory(flat, X)
    np.testing.assert_array_equal(flat[0], X[0].ravel())
    np.testing.assert_array_equal(flatten.inverse_transform(flat), X)


def test_scalers_and_pca_fit_behind_it():
    X = np.random.default_rng(0).normal(size=(12, 5, 4, 2)).astype(np.float32)
    pipe = make_pipeline(Flatten(), StandardScaler(), PCA(n_components=11)).fit(X)
    assert pipe.transform(X).shape == (12, 11)
    np.testing.assert_allclose(pipe.inverse_transform(pipe.transform(X)), X, atol=1e-4)


def test_other_shapes_are_refused():
    flatten = Flatten().fit(np.zeros((2, 3, 4)))
    with pytest.raises(ValueError, match=r"samples of shape \(3, 4\). Got \(3, 5\)"):
        flatten.transform(np.zeros((2, 3, 5)))
    for X in (np.zeros((2, 13)), np.zeros((2, 3, 4)), np.zeros(12)):
        with pytest.raises(ValueError, match=r"needs the shape \(n_samples, 12\)"):
            flatten.inverse_transform(X)
