"""Halves of sets, whose figures tell how sure that of the whole is."""

from collections.abc import Iterator

import numpy as np

__all__ = ["FEWEST", "halves"]

FEWEST = 4  # clips of a set, whose halves have two


def halves(
    sizes: tuple[int, ...], n_splits: int, rng: np.random.Generator
) -> Iterator[tuple[np.ndarray, ...]]:
    """Split sets at random, again and again, and yield both halves of all sets each time.

    Parameters
    ----------
    sizes : tuple of int
        Number of clips in each set.
    n_splits : int
        Number of times that the sets are split.
    rng : numpy.random.Generator
        What draws them.

    Yields
    ------
    rows : tuple of ndarray of int
        Numbers of the clips in one half of each set, in order.
    """
    for _ in range(n_splits):
        orders = [rng.permutation(size) for size in sizes]
        yield tuple(np.sort(order[: len(order) // 2]) for order in orders)
        yield tuple(np.sort(order[len(order) // 2 :]) for order in orders)
