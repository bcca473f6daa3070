"""Bins that differ, and metrics of classes, against closed forms and under equality."""

import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from audiogen.metrics import inception_score, n_different_bins, paired_kl_divergence


def corners(rng, counts):
    """Return rows near the corners of a square, so many at each: bins beyond doubt."""
    places = [[0, 0], [0, 9], [9, 0], [9, 9]]
    rows = [place + rng.normal(size=(n, 2)) / 9 for place, n in zip(places, counts, strict=True)]
    return np.concatenate(rows)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 99), st.lists(st.integers(0, 40), min_size=4, max_size=4).filter(any))
def test_bins_are_tested_as_proportions(seed, counts):
    rng = np.random.default_rng(seed)
    real, generated = corners(rng, [25] * 4), corners(rng, counts)
    n, expected = sum(counts), 0
    for count in counts:
        table = [[25, 75], [count, n - count]]
        expected += scipy.stats.chi2_contingency(table, correction=False).pvalue < 0.05
    assert n_different_bins(real, generated, n_bins=4, random_state=seed) == expected


def test_sets_of_one_kind_differ_in_few_bins():
    rng = np.random.default_rng(0)
    found = [n_different_bins(*rng.normal(size=(2, 1500, 4)), n_bins=30) for _ in range(20)]
    assert 0.2 <= np.mean(found) <= 1.8
    rare = [n_different_bins(*rng.normal(size=(2, 150, 4)), n_bins=15) for _ in range(20)]
    assert np.mean(rare) <= 1


def test_modes_that_lack_are_counted():
    rng = np.random.default_rng(0)
    real, generated = corners(rng, [100] * 4), corners(rng, [200, 200, 0, 0])
    assert n_different_bins(real, generated, n_bins=4) == 4
    assert n_different_bins(real, real, n_bins=20) == 0


def test_bins_of_bad_sets():
    X = np.repeat(np.arange(5.0), 4)
    with pytest.raises(ValueError, match="real has 5 different rows; give n_bins=5 at most"):
        n_different_bins(X, X, n_bins=6)
    with pytest.raises(ValueError, match="real must have at least 100 rows. Got 20"):
        n_different_bins(X, X)
    assert n_different_bins(X, X, n_bins=5) == 0


def test_inception_score_has_closed_forms():
    # Half of the clips are of class 0 or 1 alike, half of class 2: exp(log 2).
    P = np.array([[0.5, 0.5, 0], [0.5, 0.5, 0], [0, 0, 1], [0, 0, 1]])
    assert inception_score(P) == pytest.approx(2)
    assert inception_score(np.eye(5)) == pytest.approx(5)
    assert inception_score(np.eye(5)[[0, 0, 0]]) == pytest.approx(1)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 20), st.integers(2, 6))
def test_inception_score_is_the_exponential_of_mutual_information(seed, n, n_classes):
    rng = np.random.default_rng(seed)
    P = rng.dirichlet(np.ones(n_classes) / 2, n)
    mutual = scipy.stats.entropy(P.mean(axis=0)) - scipy.stats.entropy(P, axis=1).mean()
    assert inception_score(P) == pytest.approx(np.exp(mutual))
    assert inception_score(np.repeat(P, 3, axis=0)) == pytest.approx(inception_score(P))
    assert 1 - 1e-9 <= inception_score(P[:, ::-1]) <= n_classes


def test_paired_divergence_is_scipys():
    rng = np.random.default_rng(0)
    P, Q = rng.dirichlet(np.ones(4), (2, 30))
    expected = scipy.stats.entropy(P, Q, axis=1).mean()
    assert paired_kl_divergence(P, Q) == pytest.approx(expected, abs=1e-3)
    # Pairs count, where the sets as wholes are the same.
    assert paired_kl_divergence(np.eye(3), np.eye(3)) == pytest.approx(0, abs=2e-6)
    wrong = paired_kl_divergence(np.eye(3), np.eye(3)[::-1])
    assert wrong == pytest.approx(-np.log(1e-6) * 2 / 3, rel=1e-6)


@pytest.mark.parametrize(
    ("P", "words"),
    [
        ([0.5, 0.5], r"Got the shape \(2,\)"),
        ([["a", "b"]], "dtype <U1"),
        (np.zeros((0, 3)), r"Got the shape \(0, 3\)"),
        ([[0.5, 0.5], [0.7, 0.7]], "Row 1 has the sum 1.4"),
        ([[1.5, -0.5]], "smallest value -0.5"),
        ([[np.nan, 1.0]], "Row 0 has the sum nan"),
    ],
)
def test_no_probabilities(P, words):
    for metric in (inception_score, lambda P: paired_kl_divergence(P, P)):
        with pytest.raises(ValueError, match=words):
            metric(P)


def test_pairs_that_do_not_go_together():
    with pytest.raises(ValueError, match=r"one row for each pair.* Got \(2, 2\) and \(1, 2\)"):
        paired_kl_divergence(np.eye(2), np.eye(2)[:1])
