"""Strengths against closed forms and another way to the same maximum."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import minimize

from audiogen.evaluation._bradley_terry import bradley_terry

COUNTS = arrays(int, (4, 4), elements=st.integers(0, 30)).map(
    lambda wins: wins * (1 - np.eye(4, dtype=int))
)


def test_known_strengths_come_back():
    strengths = np.array([1.0, 0.3, -0.4, -0.9])
    odds = np.exp(strengths[:, np.newaxis] - strengths)
    wins = 1e6 * odds / (1 + odds) * (1 - np.eye(4))
    np.testing.assert_allclose(bradley_terry(wins), strengths, atol=1e-5)


@pytest.mark.parametrize(("won", "lost"), [(7, 2), (5, 5), (9, 0), (0, 1), (2.5, 0.5)])
def test_two_sets_have_the_log_odds(won, lost):
    one, other = bradley_terry(np.array([[0, won], [lost, 0]]))
    assert one - other == pytest.approx(np.log((won + 0.5) / (lost + 0.5)))


@settings(max_examples=20)
@given(COUNTS)
def test_they_are_the_most_likely(wins):
    compared = ~np.eye(4, dtype=bool)
    counts = wins + 0.5 * compared

    def loss(strengths):
        differences = strengths[:, np.newaxis] - strengths
        return (counts * np.logaddexp(0, -differences)).sum()

    found = bradley_terry(wins, compared)
    assert found.sum() == pytest.approx(0, abs=1e-9)
    best = minimize(loss, np.zeros(4), tol=1e-10).x
    np.testing.assert_allclose(found, best - best.mean(), atol=1e-3)


@settings(max_examples=20)
@given(COUNTS, st.permutations(range(4)))
def test_the_order_of_sets_does_not_matter_and_many_are_done_at_once(wins, order):
    other = wins[np.ix_(order, order)]
    both = bradley_terry(np.stack([wins, other]), ~np.eye(4, dtype=bool))
    np.testing.assert_allclose(both[1], both[0][order], atol=1e-6)
