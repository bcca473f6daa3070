"""Intervals that hold as often as they say."""

import numpy as np
import pytest

from audiogen.evaluation._resampled import interval, resampled_sums


def mean_interval(ratings, rng, level=0.95, n=400):
    """Return the interval of a mean of ratings of shape (n_raters, n_items)."""
    sums = resampled_sums(np.stack([ratings, np.ones_like(ratings)]), n, rng)
    low, high = interval(sums[:, :1] / sums[:, 1:], level)
    return low[0], high[0]


@pytest.mark.parametrize(
    ("n_raters", "n_items", "least"), [(15, 15, 0.93), (5, 20, 0.87), (3, 10, 0.88)]
)
def test_coverage_where_raters_and_sounds_both_vary(n_raters, n_items, least):
    rng = np.random.default_rng(0)
    covered, trials = 0, 300
    for _ in range(trials):
        noise = rng.normal(size=(n_raters, n_items))
        rater, item = rng.normal(size=(n_raters, 1)), rng.normal(size=(1, n_items))
        low, high = mean_interval(3 + rater + item + noise, rng)
        covered += low <= 3 <= high
    assert least <= covered / trials <= 0.98  # of .95


def test_one_rater_has_the_usual_bootstrap_of_sounds():
    rng = np.random.default_rng(0)
    ratings = rng.normal(size=(1, 200))
    low, high = mean_interval(ratings, rng, n=5000)
    width = 2 * 1.96 * ratings.std() / np.sqrt(200)
    assert high - low == pytest.approx(width, rel=0.05)


def test_sums_are_those_of_all_drawn_ratings():
    """Draws of a table with one rating tell how often it was drawn; brute force sums the rest."""
    cells = np.random.default_rng(1).integers(1, 6, (1, 3, 4)).astype(float)
    alone = np.zeros((12, 3, 4))
    alone[np.arange(12), np.repeat(np.arange(3), 4), np.tile(np.arange(4), 3)] = 1
    drawn = resampled_sums(alone, 50, np.random.default_rng(2))
    sums = resampled_sums(cells, 50, np.random.default_rng(2))
    np.testing.assert_allclose(sums[:, 0], drawn @ cells.ravel())
    assert (drawn.sum(axis=1) == 6).all()  # 2 raters times 3 sounds
    assert drawn.std() > 0.5


def test_a_level_is_the_share_inside():
    low, high = interval(np.arange(101.0)[:, np.newaxis], 0.8)
    assert (low[0], high[0]) == pytest.approx((10, 90))
