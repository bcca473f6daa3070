"""Functions called on blocks of rows, in several threads."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import joblib

__all__ = ["map_blocks"]

_VALUES_PER_BLOCK = 2**20  # 4 MB of float32: what a processor's cache holds


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
    size = max(1, _VALUES_PER_BLOCK // values_per_row)
    blocks = [slice(start, min(start + size, n_rows)) for start in range(0, n_rows, size)]
    if len(blocks) <= 1:
        return [function(rows) for rows in blocks]
    with ThreadPoolExecutor(joblib.cpu_count()) as pool:
        return list(pool.map(function, blocks))
