import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from sklearn.utils.estimator_checks import parametrize_with_checks

from audiogen.preprocessing import PeakNormalizer


@parametrize_with_checks([PeakNormalizer(), PeakNormalizer(peak=0.5)])
def test_scikit_learn_contract(estimator, check):
    check(estimator)


FLOATS = st.one_of(
    *(
        arrays(
            dtype,
            array_shapes(min_dims=2, max_dims=2, max_side=6),
            elements=st.floats(
                -(2.0**100), 2.0**100, width=8 * np.dtype(dtype).itemsize, allow_subnormal=True
            ),
        )
        for dtype in (np.float32, np.float64)
    )
)


@given(X=FLOATS, peak=st.sampled_from([0.25, 1.0]))
@settings(deadline=None, max_examples=100)
def test_every_clip_has_the_peak_and_silence_stays(X, peak):
    scaled = PeakNormalizer(peak=peak).fit_transform(X)
    assert scaled.dtype == X.dtype
    before = np.abs(X).max(axis=1)
    silent = before < np.finfo(X.dtype).tiny
    np.testing.assert_array_equal(np.abs(scaled).max(axis=1)[~silent], peak)
    np.testing.assert_array_equal(scaled[silent], X[silent] * peak)
    again = PeakNormalizer(peak=peak).fit_transform(scaled[~silent]) if (~silent).any() else 0
    np.testing.assert_allclose(again, scaled[~silent] if (~silent).any() else 0, rtol=1e-6)


def test_the_input_is_left_alone():
    X = np.array([[0.5, -0.25]], dtype=np.float32)
    PeakNormalizer().fit_transform(X)
    np.testing.assert_array_equal(X, [[0.5, -0.25]])


def test_the_inverse_turns_down_what_exceeds_full_scale_and_nothing_else():
    X = np.array([[0.5, -0.25], [1.0, -1.0], [-4.0, 1.0], [0.0, 0.0]], dtype=np.float32)
    back = PeakNormalizer(peak=0.5).inverse_transform(X)
    assert back.dtype == np.float32
    np.testing.assert_array_equal(back, [[0.5, -0.25], [1, -1], [-1, 0.25], [0, 0]])


@pytest.mark.parametrize("peak", [0, -1, np.inf])
def test_parameters(peak):
    with pytest.raises(ValueError, match="'peak' parameter of PeakNormalizer"):
        PeakNormalizer(peak=peak).fit([[1.0]])
