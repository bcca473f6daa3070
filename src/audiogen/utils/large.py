"""Arrays that may be larger than memory: rows on disk, worked on a few at a time."""

import errno
import math
import mmap
import os
import pathlib
import shutil
import tempfile
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from audiogen.utils.files import check_writable, partial_prefix
from audiogen.utils.folders import cache_folder

__all__ = [
    "check_room",
    "copy_rows",
    "empty_rows",
    "forget_pages",
    "is_large",
    "map_rows",
    "reserve",
    "slabs",
    "validate_rows",
]  # fmt: skip

_LARGE = 1 << 28  # bytes; smaller arrays are in memory, and are transformed whole
_SLAB = 1 << 25  # bytes of the rows that are worked on at a time
_GIGABYTE = 1e9
_NO_RESERVE = (errno.EOPNOTSUPP, errno.ENOTSUP, errno.EINVAL, errno.ENOSYS)


def is_large(X: np.ndarray) -> bool:
    """Tell whether an array is transformed a few rows at a time, into one on disk.

    Parameters
    ----------
    X : ndarray
        The array.

    Returns
    -------
    large : bool
    """
    return X.nbytes > _LARGE


def slabs(X: np.ndarray) -> Iterator[slice]:
    """Yield the rows of an array, so many at a time as take some 32 MB.

    Parameters
    ----------
    X : ndarray of shape (n_rows, ...)
        The array. What was read or written of a memory map does not stay in memory.

    Yields
    ------
    rows : slice

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.utils.large import slabs
    >>> list(slabs(np.zeros((5, 3))))
    [slice(0, 5, None)]
    """
    n_rows = len(X)
    step = max(1, _SLAB * n_rows // max(1, X.nbytes))
    for start in range(0, n_rows, step):
        yield slice(start, min(start + step, n_rows))
        forget_pages(X)


def empty_rows(shape: tuple[int, ...], dtype: npt.DTypeLike) -> np.ndarray:
    """Return a new array: in memory, or where it is large in a file that goes away with it.

    Parameters
    ----------
    shape : tuple of int
        Its shape.
    dtype : dtype
        Its type.

    Returns
    -------
    X : ndarray
        What it holds is not defined.

    Raises
    ------
    OSError
        Where the disk has no room for it.
    """
    dtype = np.dtype(dtype)
    n_bytes = math.prod(shape) * dtype.itemsize
    if n_bytes <= _LARGE:
        return np.empty(shape, dtype)
    folder = _scratch_folder()
    handle, name = tempfile.mkstemp(dir=folder, prefix=partial_prefix(folder), suffix=".rows")
    try:
        check_room(folder, n_bytes)
        reserve(handle, n_bytes)
        X = np.memmap(name, dtype, "r+", shape=shape)
    except BaseException:
        os.unlink(name)
        raise
    finally:
        os.close(handle)
    weakref.finalize(X, _remove, name, os.getpid())
    return X


def map_rows(function: Callable[[np.ndarray], np.ndarray], X: np.ndarray) -> np.ndarray:
    """Return what a function makes of rows, called with a few of a large array at a time.

    Parameters
    ----------
    function : callable
        Function from an array of shape (n, ...) to one of as many rows, each of which depends on
        the same row alone.
    X : ndarray of shape (n_rows, ...)
        The array.

    Returns
    -------
    out : ndarray of shape (n_rows, ...)
        From `empty_rows`, where X is large and the function returns no view of it.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.utils.large import map_rows
    >>> map_rows(np.cumsum, np.ones(3))
    array([1., 2., 3.])
    """
    if not is_large(X):
        return function(X)
    out: np.ndarray | None = None
    for rows in slabs(X):
        part = function(X[rows])
        if out is None:
            if np.may_share_memory(part, X):
                return function(X)
            out = empty_rows((len(X), *part.shape[1:]), part.dtype)
        out[rows] = part
        forget_pages(out)
    assert out is not None
    return out


def copy_rows(X: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Return some rows of an array, as a copy that may be on disk.

    Parameters
    ----------
    X : ndarray of shape (n_rows, ...)
        The array.
    rows : ndarray of int or bool
        Numbers of the rows, or which they are.

    Returns
    -------
    taken : ndarray of shape (n_taken, ...)

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.utils.large import copy_rows
    >>> copy_rows(np.arange(4.0), np.array([3, 1]))
    array([3., 1.])
    """
    if not is_large(X):
        return X[rows]
    numbers = np.arange(len(X))[rows]
    taken = empty_rows((len(numbers), *X.shape[1:]), X.dtype)
    for block in slabs(taken):
        taken[block] = X[numbers[block]]
        forget_pages(X)
    return taken


def validate_rows(estimator: Any, X: Any, **how: Any) -> np.ndarray:
    """Validate X as scikit-learn does, without reading a large one into memory.

    Parameters
    ----------
    estimator : estimator
        Whose data they are.
    X : array-like of shape (n_rows, ...)
        The data.
    **how : dict
        Keywords of `sklearn.utils.validation.validate_data`.

    Returns
    -------
    X : ndarray
    """
    from sklearn.utils import assert_all_finite  # slow to import
    from sklearn.utils.validation import validate_data

    finite = not (isinstance(X, np.ndarray) and is_large(X))
    X = validate_data(estimator, X, ensure_all_finite=finite, **how)
    if not finite:
        for rows in slabs(X):
            owner = type(estimator).__name__
            assert_all_finite(X[rows], estimator_name=owner, input_name="X")
    return X


def forget_pages(X: np.ndarray) -> None:
    """Let the system have back the memory that pages of a memory map take.

    Nothing is lost: what was written goes to the file, and what is needed again is read again.

    Parameters
    ----------
    X : ndarray
        A memory map, a view of one, or any other array, of which nothing is done.
    """
    base: Any = X
    of_a_file = False  # else what was written may be in memory alone
    while isinstance(base, np.ndarray):
        of_a_file |= isinstance(base, np.memmap) and base.mode in ("r", "r+", "w+")
        base = base.base
    if of_a_file and isinstance(base, mmap.mmap) and hasattr(base, "madvise"):
        base.madvise(mmap.MADV_DONTNEED)


def check_room(folder: pathlib.Path, n_bytes: int) -> None:
    """Check that a disk has room for a file.

    Parameters
    ----------
    folder : pathlib.Path
        Where the file is to be.
    n_bytes : int
        Its size.

    Raises
    ------
    OSError
        Where there is no room.
    """
    free = shutil.disk_usage(folder).free
    if n_bytes > free:
        raise OSError(
            errno.ENOSPC,
            f"{n_bytes / _GIGABYTE:.1f} GB are needed in {folder}, whose disk has "
            f"{free / _GIGABYTE:.1f} GB free. Make room ('audiogen cache --clear' removes sounds "
            "that were decoded), or set AUDIOGEN_DATA to a folder on another disk",
        )


def reserve(handle: int, n_bytes: int) -> None:
    """Give an open file its size, on the disk too: writing to a map of it could not fail.

    Parameters
    ----------
    handle : int
        Of the file.
    n_bytes : int
        Its size.

    Raises
    ------
    OSError
        Where the disk has no room for it.
    """
    if hasattr(os, "posix_fallocate"):
        try:
            os.posix_fallocate(handle, 0, n_bytes)
            return
        except OSError as error:
            if error.errno not in _NO_RESERVE:
                raise
    os.truncate(handle, n_bytes)


def _scratch_folder() -> pathlib.Path:
    """Return where large arrays go: beside cached ones, or else where the system has such files.

    The system's folder is often kept in memory.
    """
    folder = cache_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        check_writable(folder)
    except OSError:
        return pathlib.Path(tempfile.gettempdir())
    return folder


def _remove(name: str, process: int) -> None:
    """Remove the file of an array, unless this is a copy of the process that made it."""
    if os.getpid() == process:
        pathlib.Path(name).unlink(missing_ok=True)
