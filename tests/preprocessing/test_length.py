import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.utils.estimator_checks import parametrize_with_checks

from audiogen.preprocessing import FixedLength


@parametrize_with_checks([FixedLength(n_timesteps=2), FixedLength()])
def test_scikit_learn_contract(estimator, check):
    check(estimator)


@given(before=st.integers(1, 30), after=st.integers(1, 30), single=st.booleans())
@settings(deadline=None, max_examples=60)
def test_cut_or_padded_with_zeros(before, after, single):
    X = np.random.default_rng(0).normal(size=(3, before))
    X = X.astype(np.float32 if single else np.float64)
    fixed = FixedLength(n_timesteps=after).fit_transform(X)
    kept = min(before, after)
    assert fixed.shape == (3, after)
    assert fixed.dtype == X.dtype
    np.testing.assert_array_equal(fixed[:, :kept], X[:, :kept])
    assert not fixed[:, kept:].any()


def test_no_copy_where_nothing_is_padded():
    X = np.ones((2, 10))
    assert np.shares_memory(FixedLength(n_timesteps=10).fit_transform(X), X)
    assert FixedLength().inverse_transform(X) is X


def test_parameters():
    with pytest.raises(ValueError, match="'n_timesteps' parameter of FixedLength"):
        FixedLength(n_timesteps=0).fit([[1.0]])
    with pytest.raises(TypeError, match="'n_timesteps' parameter of FixedLength"):
        FixedLength(n_timesteps=2.5).fit([[1.0]])
