"""Locks that processes hold, so that one works where several would disturb each other."""

import contextlib
import errno
import logging
import os
import pathlib
import sys
import time
from collections.abc import Iterator

__all__ = ["locked"]

_BUSY = (errno.EAGAIN, errno.EACCES, errno.EDEADLK)  # the others of them are Windows's
# Of some file systems on networks.
_NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP)
_PAUSE = 0.1  # seconds between two tries


@contextlib.contextmanager
def locked(path: str | os.PathLike[str], work: str) -> Iterator[None]:
    """Hold a lock, and wait for it where another process or thread has it.

    The lock goes with the process that holds it, however that ends.

    Parameters
    ----------
    path : str or path-like
        File of the lock, which is made, and removed where the system lets it. Its folder is
        made too.
    work : str
        What is done under the lock, for the log of those that wait.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from audiogen.utils.locks import locked
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with locked(pathlib.Path(folder) / ".lock", "counting"):
    ...         total = sum(range(4))
    >>> total
    6
    """
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = _acquired(path, work)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):  # Windows removes no open file
            path.unlink()
        os.close(handle)


def _acquired(path: pathlib.Path, work: str) -> int:
    """Return the handle of the lock's file, once no one else has it."""
    has_waited = False
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        if _try_lock(handle):
            if _is_file_of(handle, path):
                return handle
        elif not has_waited:
            logging.getLogger("audiogen").info("Waiting for another process: %s.", work)
            has_waited = True
        os.close(handle)
        time.sleep(_PAUSE)


def _try_lock(handle: int) -> bool:
    """Lock an open file; return whether no one else has locked it."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in _BUSY:
            return False
        if error.errno not in _NO_LOCKS:
            os.close(handle)
            raise
    return True


def _is_file_of(handle: int, path: pathlib.Path) -> bool:
    """Tell whether an open file still is the one at a path: who had the lock removes it."""
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except FileNotFoundError:
        return False
