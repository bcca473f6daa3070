"""Warnings of audiogen that a caller of its own expects, silent in that caller's thread alone."""

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar

__all__ = ["is_silenced", "silenced"]

# `warnings.catch_warnings` changes the filters of the whole process: of threads that overlap, the
# last to leave would restore those that another has set.
_silenced: ContextVar[tuple[type[Warning], ...]] = ContextVar("silenced", default=())


@contextlib.contextmanager
def silenced(category: type[Warning]) -> Iterator[None]:
    """Silence what `audiogen.utils.validation.warn_user` says in this thread.

    Parameters
    ----------
    category : type of Warning
        Kind of the warnings.

    Yields
    ------
    None

    Examples
    --------
    >>> from audiogen.utils.silence import silenced
    >>> from audiogen.utils.validation import warn_user
    >>> with silenced(UserWarning):
    ...     warn_user("Nobody hears this.")
    """
    token = _silenced.set((*_silenced.get(), category))
    try:
        yield
    finally:
        _silenced.reset(token)


def is_silenced(category: type[Warning]) -> bool:
    """Tell whether warnings of a kind are silent in this thread.

    Parameters
    ----------
    category : type of Warning
        Kind of the warnings.

    Returns
    -------
    is_silenced : bool
    """
    return issubclass(category, _silenced.get())
