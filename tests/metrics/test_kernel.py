"""The kernel distance against its definition, what is known of Gaussians, and its laws."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cdist, pdist

from audiogen.metrics import _kernel, kernel_distance


def by_definition(P, Q, bandwidth):
    def kernels(A, B):
        return np.exp(-cdist(A, B, "sqeuclidean") / (2 * bandwidth**2))

    within = []
    for X in (P, Q):
        matrix = kernels(X, X)
        np.fill_diagonal(matrix, 0)
        within.append(matrix.sum() / (len(X) * (len(X) - 1)))
    return 100 * (sum(within) - 2 * kernels(P, Q).mean())


def test_is_its_definition(monkeypatch):
    rng = np.random.default_rng(0)
    P, Q = rng.normal(1e4, 1, (60, 4)), rng.normal(1e4 + 0.5, 1, (45, 4))
    expected = by_definition(P, Q, np.median(pdist(P)))
    assert kernel_distance(P, Q) == pytest.approx(expected, rel=1e-7)
    assert kernel_distance(P, Q, bandwidth=3) == pytest.approx(by_definition(P, Q, 3), rel=1e-7)
    monkeypatch.setattr("audiogen.utils.blocks._VALUES_PER_BLOCK", 100)
    assert kernel_distance(P, Q) == pytest.approx(expected, rel=1e-7)
    monkeypatch.setattr(_kernel, "_MOST_FOR_MEDIAN", 50)
    assert kernel_distance(P, Q) == pytest.approx(expected, rel=0.05)


def test_gaussians_have_a_closed_form():
    """The mean of a Gaussian kernel over two Gaussians of variance 1 is a Gaussian again."""
    shift, width = 1.0, 1.5
    rng = np.random.default_rng(0)
    found = [
        kernel_distance(rng.normal(size=300), rng.normal(shift, size=300), bandwidth=width)
        for _ in range(40)
    ]
    wide = width**2 + 2
    within, between = width / np.sqrt(wide), width / np.sqrt(wide) * np.exp(-(shift**2) / 2 / wide)
    error = np.std(found) / np.sqrt(len(found))
    assert np.mean(found) == pytest.approx(200 * (within - between), abs=3 * error)


def test_is_without_bias_for_sets_of_one_kind():
    rng = np.random.default_rng(0)
    for n, m in ((8, 8), (8, 60)):
        found = [kernel_distance(rng.normal(size=(n, 5)), rng.normal(size=(m, 5)), bandwidth=3)
                 for _ in range(200)]  # fmt: skip
        assert abs(np.mean(found)) < 3 * np.std(found) / np.sqrt(200)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 40), st.integers(2, 40), st.integers(1, 5))
def test_laws(seed, n, m, d):
    rng = np.random.default_rng(seed)
    P, Q = rng.standard_normal((n, d)), 2 * rng.standard_normal((m, d)) + 1
    distance = kernel_distance(P, Q)
    turn = np.linalg.qr(rng.standard_normal((d, d)))[0]
    for A, B in ((P @ turn, Q @ turn), (P + 9, Q + 9), (3 * P, 3 * Q), (P[::-1], Q[::-1])):
        assert kernel_distance(A, B) == pytest.approx(distance, abs=1e-8)
    swapped = kernel_distance(Q, P, bandwidth=2)
    assert swapped == pytest.approx(kernel_distance(P, Q, bandwidth=2), abs=1e-8)
    apart = kernel_distance(np.zeros((n, d)), np.full((m, d), 1e6), bandwidth=1)
    assert apart == pytest.approx(200)


def test_frames_count_by_their_means():
    frames = np.random.default_rng(0).standard_normal((2, 20, 7, 3))
    assert kernel_distance(*frames) == kernel_distance(*frames.mean(axis=2))


@pytest.mark.parametrize(
    ("real", "generated", "words"),
    [
        (np.zeros((1, 2)), np.zeros((5, 2)), "real must have at least 2 rows. Got 1"),
        (np.zeros((5, 2)), np.zeros((1, 2)), "generated must have at least 2 rows. Got 1"),
        (np.zeros((5, 2)), np.zeros((5, 3)), "same features. Got 2 and 3"),
        (np.zeros((5, 2)), np.full((5, 2), np.nan), "generated holds NaN"),
        (np.ones((5, 2)), np.zeros((5, 2)), "real has no bandwidth"),
    ],
)
def test_bad_sets(real, generated, words):
    with pytest.raises(ValueError, match=words):
        kernel_distance(real, generated)


def test_constant_sets_have_a_distance_under_a_bandwidth():
    zeros, ones = np.zeros((5, 1)), np.ones((5, 1))
    assert kernel_distance(zeros, zeros, bandwidth=1) == pytest.approx(0, abs=1e-12)
    expected = 200 * (1 - np.exp(-0.5))
    assert kernel_distance(zeros, ones, bandwidth=1) == pytest.approx(expected)
