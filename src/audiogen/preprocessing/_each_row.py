"""A function called with one row after the other, by several workers."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from joblib import Parallel, delayed

from audiogen.utils.large import empty_rows, forget_pages

__all__ = ["each_row"]

_AT_ONCE = 256  # rows whose results are in memory


def each_row(
    function: Callable[..., np.ndarray],
    columns: Sequence[Any],
    n_jobs: int | None,
    workers: str,
) -> np.ndarray:
    """Return what a function makes of each row, several at a time.

    Parameters
    ----------
    function : callable
        Function of one value of each column, to an array of one shape.
    columns : sequence of sequences
        Its arguments, row by row.
    n_jobs : int or None
        Number of workers, as in joblib.
    workers : {"threads", "processes"}
        What they are.

    Returns
    -------
    out : ndarray of shape (n_rows, ...)
        From `empty_rows`.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.preprocessing._each_row import each_row
    >>> each_row(np.add, ([1, 2], [3, 4]), None, "threads")
    array([4, 6])
    """
    n_rows = len(columns[0])
    if n_rows == 0:
        raise ValueError("X must hold at least one note. Got none.")
    out: np.ndarray | None = None
    with Parallel(n_jobs=n_jobs, prefer=workers) as parallel:
        for start in range(0, n_rows, _AT_ONCE):
            rows = slice(start, min(start + _AT_ONCE, n_rows))
            few = zip(*(column[rows] for column in columns), strict=True)
            results = parallel(delayed(function)(*row) for row in few)
            if out is None:
                out = empty_rows((n_rows, *results[0].shape), results[0].dtype)
            out[rows] = results
            forget_pages(out)
            forget_pages(columns[0])
    assert out is not None
    return out
