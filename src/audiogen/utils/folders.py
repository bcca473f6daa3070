"""Files found in folders."""

import os
import pathlib
import tempfile
from collections.abc import Callable, Iterator, Sequence

__all__ = ["cache_folder", "check_folder", "files_below"]


def cache_folder() -> pathlib.Path:
    """Return the folder for what is downloaded and decoded, which may not be there yet.

    Returns
    -------
    folder : pathlib.Path
        The environment variable ``AUDIOGEN_DATA`` where it is set, else the folder for caches of
        this user's programs, or where no home is known one among the system's temporary files.

    Examples
    --------
    >>> from audiogen.utils.folders import cache_folder
    >>> cache_folder().is_absolute()
    True
    """
    import pooch  # slow to import

    named = os.path.expanduser(os.environ.get("AUDIOGEN_DATA") or pooch.os_cache("audiogen"))
    if named.startswith("~"):
        named = os.path.join(tempfile.gettempdir(), "audiogen")
    return pathlib.Path(os.path.abspath(named))


def check_folder(path: str | os.PathLike[str]) -> None:
    """Check that a folder is there, and is one.

    Parameters
    ----------
    path : str or path-like
        The folder.

    Raises
    ------
    FileNotFoundError
        Where nothing is there.
    NotADirectoryError
        Where it is a file.

    Examples
    --------
    >>> from audiogen.utils.folders import check_folder
    >>> check_folder("nowhere")
    Traceback (most recent call last):
        ...
    FileNotFoundError: There is no folder nowhere.
    """
    if os.path.isdir(path):
        return
    if os.path.exists(path):
        raise NotADirectoryError(f"{path} is a file; give a folder.")
    raise FileNotFoundError(f"There is no folder {path}.")


def files_below(
    root: str | os.PathLike[str],
    suffixes: Sequence[str],
    on_fault: Callable[[OSError], None] | None = None,
) -> list[pathlib.Path]:
    """Return the files of some kinds below a folder, sorted; hidden ones left out.

    Parameters
    ----------
    root : str or path-like
        The folder. Linked folders below it are followed, but not into one that they lie in.
    suffixes : sequence of str
        How the names of the files end, in lower case; theirs may be in any.
    on_fault : callable, default=None
        What is called with the error of each folder that cannot be listed; None raises it.

    Returns
    -------
    paths : list of pathlib.Path
        Links that lead nowhere included: whoever reads them says so.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from audiogen.utils.folders import files_below
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for name in ("a.WAV", "b.txt", ".c.wav"):
    ...         (pathlib.Path(folder) / name).touch()
    ...     [path.name for path in files_below(folder, [".wav"])]
    ['a.WAV']
    """
    names = _names_below(os.fspath(root), (), on_fault)
    return sorted(pathlib.Path(name) for name in names if name.lower().endswith(tuple(suffixes)))


def _names_below(
    folder: str, above: tuple[str, ...], on_fault: Callable[[OSError], None] | None
) -> Iterator[str]:
    """Yield the paths of all files; `above` are the real paths of the folders above it."""
    real = os.path.realpath(folder)
    if real in above:
        return
    try:
        with os.scandir(folder) as found:
            entries = [entry for entry in found if not entry.name.startswith(".")]
    except OSError as error:
        if on_fault is None:
            raise
        on_fault(error)
        return
    for entry in entries:
        if os.path.isdir(entry.path):
            yield from _names_below(entry.path, (*above, real), on_fault)
        else:
            yield entry.path
