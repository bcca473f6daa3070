"""Files that are written whole or not at all, and what they are called."""

import contextlib
import errno
import functools
import math
import os
import pathlib
import platform
import re
import shutil
import tempfile
from collections.abc import Iterator

__all__ = [
    "atomic_folder",
    "atomic_path",
    "check_writable",
    "partial_folder",
    "partial_prefix",
    "remove_strays",
    "samples_folder",
]


_NOTHING_FREE = 65_536  # bytes


@contextlib.contextmanager
def atomic_path(path: str | os.PathLike[str]) -> Iterator[pathlib.Path]:
    """Yield a temporary path that replaces the real one when writing succeeds.

    Parameters
    ----------
    path : str or path-like
        Path of the file. Its folder is made if it does not exist.

    Yields
    ------
    temporary : pathlib.Path
        Path to write to, in the same folder and with the same suffix.

    Raises
    ------
    IsADirectoryError
        If a folder has that name already.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from audiogen.utils.files import atomic_path
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with atomic_path(pathlib.Path(folder) / "a.txt") as temporary:
    ...         _ = temporary.write_text("whole")
    ...     [p.name for p in pathlib.Path(folder).iterdir()]
    ['a.txt']
    """
    path = pathlib.Path(path)
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder; give the name of a file.")
    with _made(path.parent):
        prefix = partial_prefix(path.parent)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=prefix, suffix=path.suffix)
        os.close(handle)
        temporary = pathlib.Path(name)
        try:
            with _named_where_full(path):
                yield temporary
            umask = os.umask(0)
            os.umask(umask)
            temporary.chmod(0o666 & ~umask)  # mkstemp's own mode shuts everybody else out
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)


@contextlib.contextmanager
def atomic_folder(path: str | os.PathLike[str]) -> Iterator[pathlib.Path]:
    """Yield a temporary folder whose files move to the real one when all are written.

    Parameters
    ----------
    path : str or path-like
        Path of the folder, which is made if it does not exist. Files of the same names are
        replaced.

    Yields
    ------
    temporary : pathlib.Path
        Folder to write to, beside the real one, or in it if that exists.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from audiogen.utils.files import atomic_folder
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with atomic_folder(pathlib.Path(folder) / "new") as temporary:
    ...         _ = (temporary / "a.txt").write_text("whole")
    ...     [p.name for p in pathlib.Path(folder, "new").iterdir()]
    ['a.txt']
    """
    path = pathlib.Path(path)
    # Of a folder that is there already, which may be a mount, nothing beside it may be writable.
    place = path if path.is_dir() else path.parent
    with _made(place), partial_folder(place) as partial:
        temporary = partial / "whole"
        temporary.mkdir()
        with _named_where_full(path):
            yield temporary
        if not path.exists():  # all at once
            temporary.rename(path)
            return
        for file in sorted(temporary.rglob("*")):
            target = path / file.relative_to(temporary)
            if file.is_file():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.move(file, target)


@contextlib.contextmanager
def partial_folder(parent: pathlib.Path) -> Iterator[pathlib.Path]:
    """Yield a new folder in another one, that is removed at the end with all it holds.

    Parameters
    ----------
    parent : pathlib.Path
        The other folder. What processes that are no more left there is removed.

    Yields
    ------
    folder : pathlib.Path
        Only the user may read it: what is to stay goes into a folder in it.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from audiogen.utils.files import partial_folder
    >>> with tempfile.TemporaryDirectory() as name:
    ...     with partial_folder(pathlib.Path(name)) as folder:
    ...         _ = (folder / "a.txt").write_text("to be moved")
    ...     list(pathlib.Path(name).iterdir())
    []
    """
    with tempfile.TemporaryDirectory(
        dir=parent, prefix=partial_prefix(parent), ignore_cleanup_errors=True
    ) as name:
        yield pathlib.Path(name)


def check_writable(path: str | os.PathLike[str]) -> None:
    """Check that a file or folder can be written, before the work that leads to it.

    Parameters
    ----------
    path : str or path-like
        The file or folder. It is not made.

    Raises
    ------
    OSError
        Where it cannot be written, or stands below a file.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from audiogen.utils.files import check_writable
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     check_writable(pathlib.Path(folder) / "models" / "organ.skops")
    """
    path = pathlib.Path(path)
    folder = path.absolute()
    while not folder.is_dir():
        if folder.exists() and folder != path.absolute():
            raise NotADirectoryError(
                f"{path} cannot be written: {folder} is a file. Give another name."
            )
        folder = folder.parent
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(bytes(_NOTHING_FREE))  # on a full disk an empty file can be made
            file.flush()
    except OSError as error:
        why = error.strerror
        raise type(error)(f"{path} cannot be written ({why}). Give another name.") from error


@contextlib.contextmanager
def _made(folder: pathlib.Path) -> Iterator[None]:
    """Make a folder; where what follows fails, remove what was made and is empty."""
    new = [parent for parent in (folder, *folder.parents) if not parent.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    try:
        yield
    except BaseException:
        with contextlib.suppress(OSError):  # somebody else writes there
            for parent in new:
                parent.rmdir()
        raise


@contextlib.contextmanager
def _named_where_full(path: pathlib.Path) -> Iterator[None]:
    """Name what was not written in the error of a full disk, which few libraries tell."""
    try:
        yield
    except Exception as error:
        free = math.inf
        with contextlib.suppress(OSError):
            free = shutil.disk_usage(path.parent).free
        full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
        if not full and free > _NOTHING_FREE:
            raise
        raise OSError(
            errno.ENOSPC,
            f"{path} was not written, as the disk of {path.parent} is full, or your share of it. "
            "Make room, or give another folder",
        ) from error


def partial_prefix(folder: pathlib.Path) -> str:
    """Return how names of temporary files begin; remove those of processes that are no more.

    Parameters
    ----------
    folder : pathlib.Path
        Where they are.

    Returns
    -------
    prefix : str
        For `tempfile.mkstemp`, of this process alone.
    """
    _remove_strays_once(folder.absolute())
    return f"{_partial_here()}{os.getpid()}-"


@functools.cache
def _partial_here() -> str:
    """Return how names of temporary files of this computer begin, as folders may be shared.

    Numbers of processes hold in a container of their own.
    """
    space = pathlib.Path("/proc/self/ns/pid")  # Linux's
    number = space.stat().st_ino if space.exists() else 0
    return f".partial-{re.sub(r'[^A-Za-z0-9]', '', platform.node())}{number}-"


_remove_strays_once = functools.lru_cache(maxsize=100)(lambda folder: remove_strays(folder))


def remove_strays(folder: pathlib.Path) -> None:
    """Remove what processes left that were killed while they wrote.

    Parameters
    ----------
    folder : pathlib.Path
        Where they wrote.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from audiogen.utils.files import remove_strays
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     remove_strays(pathlib.Path(folder))
    """
    if os.name != "posix":  # elsewhere nothing tells harmlessly which processes there are
        return
    for stray in folder.glob(f"{_partial_here()}*"):
        number = stray.name.removeprefix(_partial_here()).partition("-")[0]
        if number.isdecimal() and not _runs(int(number)):
            shutil.rmtree(stray, ignore_errors=True)
            with contextlib.suppress(OSError):
                stray.unlink(missing_ok=True)


def _runs(process: int) -> bool:
    """Tell whether there is a process."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


def samples_folder(path: pathlib.Path) -> pathlib.Path:
    """Return the folder beside an SFZ file that its samples are written to.

    Parameters
    ----------
    path : pathlib.Path
        The file.

    Returns
    -------
    folder : pathlib.Path
        Its name has no characters that players stumble over.

    Examples
    --------
    >>> import pathlib
    >>> from audiogen.utils.files import samples_folder
    >>> samples_folder(pathlib.Path("my flute.sfz")).name
    'my_flute-samples'
    """
    return path.with_name(f"{re.sub(r'[^-.0-9A-Za-z_]', '_', path.stem)}-samples")
