"""Density and coverage against brute force, by ties, and for sets of one kind."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cdist

from audiogen.metrics import density_and_coverage


def by_brute_force(real, generated, k):
    within = np.sort(cdist(real, real), axis=1)[:, k]
    inside = cdist(real, generated) <= within[:, np.newaxis] * (1 + 1e-12)
    return {"density": inside.sum(axis=0).mean() / k, "coverage": inside.any(axis=1).mean()}


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, 2**32 - 1), st.integers(1, 4), st.integers(5, 40), st.integers(1, 40),
    st.booleans(),
)  # fmt: skip
def test_is_brute_force(seed, k, n, m, on_a_grid):
    """On a grid nearly all distances are ties."""
    rng = np.random.default_rng(seed)
    real, generated = rng.normal(size=(n, 3)), rng.normal(size=(m, 3))
    if on_a_grid:
        real, generated = np.rint(real) / 3, np.rint(generated) / 3
    figures = density_and_coverage(real, generated, k=k)
    assert figures == pytest.approx(by_brute_force(real, generated, k))
    shuffled = density_and_coverage(rng.permutation(real), rng.permutation(generated), k=k)
    assert shuffled == pytest.approx(figures)
    assert density_and_coverage(5 * real + 1, 5 * generated + 1, k=k) == pytest.approx(figures)
    twice = density_and_coverage(real, np.concatenate([generated, generated]), k=k)
    assert twice == pytest.approx(figures)


def test_a_set_covers_itself():
    real = np.random.default_rng(0).normal(size=(300, 8)).astype(np.float32)
    figures = density_and_coverage(real, real)
    assert figures["coverage"] == 1
    assert figures["density"] == pytest.approx(6 / 5)  # five neighbours and the row itself


def test_constant_sets():
    real = np.ones((10, 2))
    assert density_and_coverage(real, real[:3]) == {"density": 2.0, "coverage": 1.0}
    assert density_and_coverage(real, real + 1) == {"density": 0.0, "coverage": 0.0}


def test_sets_of_one_kind():
    rng = np.random.default_rng(0)
    drawn = [density_and_coverage(*rng.normal(size=(2, 400, 6))) for _ in range(12)]
    assert np.mean([figures["density"] for figures in drawn]) == pytest.approx(1, abs=0.03)
    coverage = np.mean([figures["coverage"] for figures in drawn])
    assert coverage == pytest.approx(1 - 2**-5, abs=0.008)


def test_what_each_is_for():
    rng = np.random.default_rng(0)
    real = np.concatenate([rng.normal(size=(200, 2)), rng.normal(20, size=(200, 2))])
    half, off = real[:200] + 0.01, rng.normal(10, size=(200, 2))
    assert density_and_coverage(real, half)["density"] > 0.9
    assert density_and_coverage(real, half)["coverage"] == pytest.approx(0.5, abs=0.02)
    assert density_and_coverage(real, off)["density"] < 0.01


def test_bad_sets():
    X = np.random.default_rng(0).normal(size=(10, 2))
    with pytest.raises(ValueError, match="real must have at least 6 rows. Got 5"):
        density_and_coverage(X[:5], X)
    with pytest.raises(ValueError, match="generated must have at least 1 rows. Got 0"):
        density_and_coverage(X, X[:0])
    with pytest.raises(ValueError, match="'k' parameter of density_and_coverage"):
        density_and_coverage(X, X, k=0)
