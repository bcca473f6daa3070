"""One BLAS thread at a time, for work that has threads of its own."""

import contextlib
import threading
from collections.abc import Iterator

from threadpoolctl import threadpool_limits

__all__ = ["single_blas_thread"]

# The limit is the process's. So the first who enters sets it and the last who leaves lifts it:
# each on its own would restore the limit that another has set.
_lock = threading.Lock()
_limits: list[threadpool_limits] = []
_inside: list[None] = []


@contextlib.contextmanager
def single_blas_thread() -> Iterator[None]:
    """Limit BLAS to one thread while any thread of the process is in such a context.

    Yields
    ------
    None

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.utils.blas import single_blas_thread
    >>> with single_blas_thread():
    ...     float((np.ones((2, 3)) @ np.ones(3)).sum())
    6.0
    """
    with _lock:
        if not _inside:
            _limits.append(threadpool_limits(1, user_api="blas"))
        _inside.append(None)
    try:
        yield
    finally:
        with _lock:
            _inside.pop()
            if not _inside:
                _limits.pop().restore_original_limits()
