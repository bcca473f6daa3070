"""Rows worked on in blocks, several at a time."""

from concurrent.futures import ThreadPoolExecutor

import joblib

__all__ = ["map_blocks"]

_VALUES_PER_BLOCK = 2**20  # 4 MB of float32: what a processor's cache holds


def map_blocks(function, n_rows, values_per_row):
    """Call a function with one slice of rows after the other, on all processors.

    Few rows make one block, which runs in the thread of the caller. So a function that is
    given blocks may itself call one that makes blocks of the same size.

    Parameters
    ----------
    function : callable
        Takes a slice of rows. Threads help where it spends its time in NumPy or SciPy.
    n_rows : int
        How many rows there are.
    values_per_row : int
        Numbers held in memory for each row; decides how many rows make a block.

    Returns
    -------
    results : list
        What the function returned, block by block.

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
