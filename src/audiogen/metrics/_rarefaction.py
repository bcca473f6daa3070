"""Means over all draws of so many pitches, without drawing: rarefaction."""

import numpy as np
import scipy.stats
from scipy.special import gammaln

__all__ = ["rarefied_count", "rarefied_entropy", "rarefied_range"]


def rarefied_count(counts: np.ndarray, n: int) -> float:
    """Return the mean number of distinct values among n, of which there are so many each."""
    total = _check(counts.sum(), n)
    sizes, n_of_size = np.unique(counts, return_counts=True)
    missed = scipy.stats.hypergeom.pmf(0, total, sizes, n)
    return float(n_of_size @ (1 - missed))


def rarefied_entropy(counts: np.ndarray, n: int) -> float:
    """Return the mean entropy of n values in bits, of which there are so many each."""
    total = _check(counts.sum(), n)
    bits = 0.0
    for count in counts[counts > 0]:
        drawn = np.arange(1, min(count, n) + 1)
        chance = scipy.stats.hypergeom.pmf(drawn, total, count, n)
        bits -= chance @ (drawn / n * np.log2(drawn / n))
    return float(abs(bits))


def rarefied_range(values: np.ndarray, n: int) -> float:
    """Return the mean distance from the smallest to the largest of n values."""
    total = _check(len(values), n)
    rank = np.arange(n, total + 1)  # of the largest of n
    below = gammaln(rank) - gammaln(n) - gammaln(rank - n + 1)  # log of the number of the others
    every = gammaln(total + 1) - gammaln(n + 1) - gammaln(total - n + 1)
    weights = np.exp(below - every)
    ordered = np.sort(values.astype(np.float64))
    return float(weights @ (ordered[n - 1 :] - ordered[::-1][n - 1 :]))


def _check(total: int, n: int) -> int:
    if total < n:
        raise ValueError(f"rarefied_to={n} is more than the {total} pitches that were found.")
    return total
