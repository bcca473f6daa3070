"""Kullback-Leibler divergences against closed forms and brute force."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audiogen.metrics import kl_divergence


def by_brute_force(real, generated, k):
    """Return the estimate of Wang, Kulkarni and Verdú, eq. (5), from all distances."""
    n, d = real.shape
    total = 0.0
    for i, x in enumerate(real):
        rho = np.sort(np.linalg.norm(np.delete(real, i, axis=0) - x, axis=1))[k - 1]
        nu = np.sort(np.linalg.norm(generated - x, axis=1))[k - 1]
        total += np.log(nu / rho)
    return d / n * total + np.log(len(generated) / (n - 1))


def between_gaussians(mean_p, cov_p, mean_q, cov_q):
    inverse, shift = np.linalg.inv(cov_q), mean_q - mean_p
    return 0.5 * (
        np.trace(inverse @ cov_p)
        + shift @ inverse @ shift
        - len(cov_p)
        + np.log(np.linalg.det(cov_q) / np.linalg.det(cov_p))
    )


@pytest.mark.parametrize("n_features", [1, 3, 20])
@pytest.mark.parametrize("k", [1, 5])
def test_neighbours_by_brute_force(n_features, k):
    rng = np.random.default_rng(n_features)
    real = rng.standard_normal((60, n_features))
    generated = 2 * rng.standard_normal((80, n_features)) + 1
    expected = by_brute_force(real, generated, k)
    assert kl_divergence(real, generated, k=k) == pytest.approx(expected, rel=1e-9)


def test_k_is_5_unless_told():
    rng = np.random.default_rng(0)
    real, generated = rng.standard_normal((2, 50, 2))
    assert kl_divergence(real, generated) == kl_divergence(real, generated, k=5)


def test_biases_for_a_truth_of_0():
    # 200 rows in 13 dimensions: neighbours are right, the others biased by 0.5 and more.
    estimates = {"knn": [], "gaussian": [], "histogram": []}
    for seed in range(20):
        real, generated = np.random.default_rng(seed).standard_normal((2, 200, 13))
        for method, values in estimates.items():
            values.append(kl_divergence(real, generated, method=method))
    mean = {method: np.mean(values) for method, values in estimates.items()}
    assert abs(mean["knn"] - 0.025) < 0.1
    assert 0.07 < np.std(estimates["knn"]) < 0.18
    assert mean["gaussian"] == pytest.approx(0.58, abs=0.06)
    assert mean["histogram"] == pytest.approx(0.55, abs=0.06)


def test_neighbours_meet_the_truth():
    rng = np.random.default_rng(0)
    real, generated = rng.normal(0, 1, (4000, 2)), rng.normal(1, 2, (4000, 2))
    truth = between_gaussians(np.zeros(2), np.eye(2), np.ones(2), 4 * np.eye(2))
    back = between_gaussians(np.ones(2), 4 * np.eye(2), np.zeros(2), np.eye(2))
    assert kl_divergence(real, generated) == pytest.approx(truth, abs=0.1)
    # The other way round it is another number: the direction is real from generated.
    # Far tails that the other set never reaches are underestimated, but seen.
    assert truth + 0.5 < kl_divergence(generated, real) < back


def test_gaussian_is_the_closed_form():
    rng = np.random.default_rng(0)
    real = rng.standard_normal((100, 4)) @ rng.standard_normal((4, 4))
    generated = rng.standard_normal((120, 4)) + 0.5
    expected = between_gaussians(
        real.mean(axis=0), np.cov(real, rowvar=False),
        generated.mean(axis=0), np.cov(generated, rowvar=False),
    )  # fmt: skip
    ours = kl_divergence(real, generated, method="gaussian")
    assert ours == pytest.approx(expected, rel=1e-6)


def test_histogram_of_known_counts():
    # Bins of width 1 on [0, 10]: p has its 4 in the first bin, q one in each of the ten.
    real, generated = np.zeros(4), np.append(np.arange(9) + 0.5, 10.0)
    p = np.array([4.5] + [0.5] * 9) / 9
    q = np.full(10, 1.5) / 15
    expected = np.sum(p * np.log(p / q))
    ours = kl_divergence(real, generated, method="histogram")
    assert ours == pytest.approx(expected, rel=1e-12)


def test_histograms_add_up_over_features():
    rng = np.random.default_rng(0)
    real, generated = rng.standard_normal((2, 100, 3))
    each = [kl_divergence(real[:, i], generated[:, i], method="histogram") for i in range(3)]
    assert kl_divergence(real, generated, method="histogram") == pytest.approx(sum(each))


@pytest.mark.parametrize("method", ["knn", "gaussian", "histogram"])
def test_identical_and_constant_sets(method):
    varied = np.random.default_rng(0).standard_normal((100, 3)).astype(np.float32)
    constant = np.ones((100, 3), dtype=np.float32)
    assert kl_divergence(varied, varied, method=method) < 0.02
    assert abs(kl_divergence(constant, constant, method=method)) < 0.02
    for real, generated in [(varied, constant), (constant, varied), (constant, 2 * constant)]:
        divergence = kl_divergence(real, generated, method=method)
        assert 2 < divergence < np.inf


@pytest.mark.parametrize("method", ["knn", "gaussian"])
def test_fewer_rows_than_features_is_finite(method):
    real, generated = np.random.default_rng(0).standard_normal((2, 8, 40))
    assert np.isfinite(kl_divergence(real, generated, method=method))


@settings(deadline=None, max_examples=30)
@given(
    st.integers(0, 2**32 - 1), st.integers(1, 5), st.floats(-1e3, 1e3), st.floats(1e-3, 1e3),
    st.sampled_from(["knn", "gaussian", "histogram"]),
)  # fmt: skip
def test_shifted_and_scaled_alike_nothing_changes(seed, n_features, offset, scale, method):
    real, generated = np.random.default_rng(seed).standard_normal((2, 30, n_features))
    plain = kl_divergence(real, generated, method=method)
    moved = kl_divergence(scale * (real + offset), scale * (generated + offset), method=method)
    if method == "histogram":  # a row on the edge of a bin may fall on either side
        assert moved == pytest.approx(plain, abs=0.2 * n_features)
    else:
        assert moved == pytest.approx(plain, abs=1e-6)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"method": "nearest"}, "'method' parameter of kl_divergence"),
        ({"k": 0}, "'k' parameter of kl_divergence"),
        ({"k": 10}, "real must have at least 11 rows. Got 10"),
    ],
)
def test_bad_parameters(arguments, words):
    with pytest.raises(ValueError, match=words):
        kl_divergence(np.zeros((10, 2)), np.zeros((20, 2)), **arguments)


def test_other_features_are_refused():
    with pytest.raises(ValueError, match="same features. Got 2 and 3"):
        kl_divergence(np.zeros((10, 2)), np.zeros((10, 3)))
