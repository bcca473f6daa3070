"""Blocks of rows, small enough for a processor's cache, and functions called on them."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import joblib
import numpy as np

__all__ = ["block_length", "blocks_of", "map_blocks", "row_blocks"]

_VALUES_PER_BLOCK = 2**20  # 4 MB of float32: what a processor's cache holds


def block_length(values_per_row: int) -> int:
    """Return the number of rows in a block.

    Parameters
    ----------
    values_per_row : int
        Number of values that a row needs in memory.

    Returns
    -------
    length : int
    """
    return max(1, _VALUES_PER_BLOCK // max(1, values_per_row))


def row_blocks(n_rows: int, values_per_row: int) -> list[slice]:
    """Divide rows into blocks.

    Parameters
    ----------
    n_rows : int
        Number of rows.
    values_per_row : int
        Number of values that a row needs in memory, which decides the size of a block.

    Returns
    -------
    blocks : list of slice
        The rows of each block, in order.

    Examples
    --------
    >>> from audiogen.utils.blocks import row_blocks
    >>> row_blocks(5, values_per_row=500_000)
    [slice(0, 2, None), slice(2, 4, None), slice(4, 5, None)]
    """
    size = block_length(values_per_row)
    return [slice(start, min(start + size, n_rows)) for start in range(0, n_rows, size)]


def blocks_of(rows: np.ndarray, X: Any) -> Iterator[np.ndarray]:
    """Yield row numbers a block at a time, so that a block of X is small.

    Parameters
    ----------
    rows : ndarray of int
        Row numbers.
    X : array of shape (n_samples, ...)
        The data.

    Yields
    ------
    block : ndarray of int
    """
    for block in row_blocks(len(rows), int(np.prod(X.shape[1:]))):
        yield rows[block]


def map_blocks(function: Callable[[slice], Any], n_rows: int, values_per_row: int) -> list[Any]:
    """Call a function with one slice of rows after the other, on all processors.

    A single block runs in the thread of the caller, so that a function that is called with
    blocks may itself divide its rows into blocks of the same size.

    Parameters
    ----------
    function : callable
        Function of a slice of rows. Threads help if it spends its time in NumPy or SciPy.
    n_rows : int
        Number of rows.
    values_per_row : int
        Number of values that a row needs in memory, which decides the size of a block.

    Returns
    -------
    results : list
        Results of the function, one for each block, in order.

    Examples
    --------
    >>> from audiogen.utils.blocks import map_blocks
    >>> map_blocks(lambda rows: (rows.start, rows.stop), n_rows=5, values_per_row=500_000)
    [(0, 2), (2, 4), (4, 5)]
    """
    blocks = row_blocks(n_rows, values_per_row)
    if len(blocks) <= 1:
        return [function(rows) for rows in blocks]
    with ThreadPoolExecutor(joblib.cpu_count()) as pool:
        return list(pool.map(function, blocks))
