"""Work in a process of its own while the command goes on."""

import contextlib
import warnings
from collections.abc import Callable, Iterator
from typing import Any

__all__ = ["in_background"]


@contextlib.contextmanager
def in_background(function: Callable[..., Any], *arguments: Any) -> Iterator[Iterator[Any]]:
    """Call a function at once in a process of its own, which ends with the block at the latest.

    Parameters
    ----------
    function : callable
        A function of a module.
    *arguments : object
        What it is called with.

    Yields
    ------
    result : iterator of object
        Its next is what the function returns, waited for if need be.

    Examples
    --------
    >>> from audiogen.cli._background import in_background
    >>> with in_background(divmod, 7, 2) as result:
    ...     next(result)
    (3, 1)
    """
    from joblib import Parallel, delayed

    # Pipes do where there is no room for the shared memory that joblib would use.
    processes = Parallel(n_jobs=2, return_as="generator", max_nbytes=None)
    result = processes([delayed(function)(*arguments)])
    try:
        yield result
    finally:
        with warnings.catch_warnings(action="ignore"):  # of what was not waited for
            result.close()
