"""Decoded sounds kept in the user's cache folder, as memory maps."""

import contextlib
import hashlib
import json
import os
import pathlib
import shutil
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from audiogen.utils.files import atomic_folder, check_writable, remove_strays
from audiogen.utils.folders import cache_folder
from audiogen.utils.large import check_room, empty_rows, reserve
from audiogen.utils.locks import locked
from audiogen.utils.validation import warn_user

__all__ = ["StoredRows", "key_of_files", "remove_stored_rows", "stored_rows", "stored_sets"]

_FORMAT = 1  # one more, where the same files come to be decoded otherwise
_ROWS, _INFO = "rows.npy", "info.json"


class StoredRows(NamedTuple):
    """A set of sounds that is kept.

    Attributes
    ----------
    path : pathlib.Path
        Its folder.
    source : str
        What it was read from.
    shape : tuple of int
        Rows and samples.
    n_bytes : int
        What it takes on disk.
    """

    path: pathlib.Path
    source: str
    shape: tuple[int, ...]
    n_bytes: int


def key_of_files(paths: Iterable[pathlib.Path], parameters: Any) -> str:
    """Return a name for what is decoded of files, another where one of them has changed.

    Parameters
    ----------
    paths : iterable of pathlib.Path
        The files. Where one is written to, moved or replaced, the name is another, even if its
        length and date are as before.
    parameters : object
        How they are decoded, as JSON can hold it.

    Returns
    -------
    key : str
    """
    digest = hashlib.sha256(json.dumps([_FORMAT, parameters]).encode())
    for path in paths:
        digest.update(os.fsencode(os.path.abspath(path)))
        digest.update(repr(_state(path)).encode())
    return digest.hexdigest()[:32]


def stored_rows(
    key: str,
    shape: tuple[int, int],
    fill: Callable[[np.ndarray], dict[str, Any]],
    source: str,
) -> tuple[np.ndarray, dict[str, Any]]:
    """Return rows from the cache, which they are written to first if they are not there.

    Parameters
    ----------
    key : str
        Name of what they hold.
    shape : tuple of int
        Rows and samples.
    fill : callable
        Writes rows, float32, and returns what else is to be kept, as JSON can hold it. Where it
        fails, or the process is killed, nothing is kept.
    source : str
        What the rows are read from, for the list of what is kept.

    Returns
    -------
    X : numpy.memmap of shape (n_rows, n_samples), float32
        Read only. Where the cache cannot be written, an array of another file that goes away
        with it.
    found : dict
        What `fill` returned.

    Raises
    ------
    OSError
        Where the disk has no room for them.
    """
    folder = _store()
    target, lock = folder / key, folder / f".{key}.lock"
    if not target.is_dir():
        try:
            check_writable(folder)
        except OSError as error:
            warn_user(
                f"{error} Until then sounds are decoded anew by every load: set AUDIOGEN_DATA to "
                "a folder that can be written."
            )
            X = empty_rows(shape, np.float32)
            return X, fill(X)
        with locked(lock, f"decoding {source}"):
            if not target.is_dir():  # by now
                check_room(folder, 4 * shape[0] * shape[1])
                _build(target, shape, fill, source)
    with contextlib.suppress(OSError):  # of a process killed when all was there
        lock.unlink(missing_ok=True)
    found = json.loads((target / _INFO).read_text(encoding="utf-8"))["found"]
    return np.load(target / _ROWS, mmap_mode="r"), found


def stored_sets() -> list[StoredRows]:
    """Return what is kept, sorted by source.

    Returns
    -------
    sets : list of StoredRows
    """
    sets = []
    for path in _folders():
        with contextlib.suppress(OSError, ValueError, KeyError):  # removed by now, or damaged
            info = json.loads((path / _INFO).read_text(encoding="utf-8"))
            size = (path / _ROWS).stat().st_size
            sets.append(StoredRows(path, info["source"], tuple(info["shape"]), size))
    return sorted(sets, key=lambda kept: (kept.source, kept.shape, kept.path))


def remove_stored_rows() -> None:
    """Remove all that is kept, and what killed processes left.

    Raises
    ------
    OSError
        Where something cannot be removed.
    """
    for path in _folders():
        shutil.rmtree(path)
    for folder in (_store(), cache_folder()):
        remove_strays(folder)


def _build(
    target: pathlib.Path,
    shape: tuple[int, int],
    fill: Callable[[np.ndarray], dict[str, Any]],
    source: str,
) -> None:
    """Write a folder of rows and what else is kept; it appears when it is whole."""
    with atomic_folder(target) as folder:
        X = _new_rows(folder / _ROWS, shape)
        printable = os.fsencode(source).decode(errors="backslashreplace")
        info = {"source": printable, "shape": shape, "found": fill(X)}
        X.flush()
        del X  # Windows renames no folder with an open file
        (folder / _INFO).write_text(json.dumps(info), encoding="utf-8")


def _new_rows(path: pathlib.Path, shape: tuple[int, int]) -> np.memmap:
    """Return the memory map of a new file, for whose whole length the disk has room."""
    header = np.lib.format.header_data_from_array_1_0(np.empty((0, 0), np.float32))
    with path.open("wb") as file:
        np.lib.format.write_array_header_1_0(file, {**header, "shape": shape})
        start = file.tell()
        file.flush()
        reserve(file.fileno(), start + 4 * shape[0] * shape[1])
    return np.memmap(path, np.float32, "r+", offset=start, shape=shape)


def _state(path: pathlib.Path) -> Sequence[int]:
    """Return what changes with a file's content; nothing of one that cannot be looked at."""
    try:
        found = path.stat()
    except OSError:
        return ()
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _store() -> pathlib.Path:
    return cache_folder() / "sounds"


def _folders() -> list[pathlib.Path]:
    """Return the folders of what is kept."""
    folder = _store()
    if not folder.is_dir():
        return []
    return [path for path in folder.iterdir() if path.is_dir() and path.name[0] != "."]
