"""Files that are written whole or not at all, and what they are called."""

import contextlib
import os
import pathlib
import re
import shutil
import tempfile
from collections.abc import Iterator

__all__ = ["atomic_folder", "atomic_path", "samples_folder"]


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
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".partial-", suffix=path.suffix)
    os.close(handle)
    temporary = pathlib.Path(name)
    try:
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
        Folder to write to, beside the real one.

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
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".partial-") as name:
        temporary = pathlib.Path(name)
        yield temporary
        path.mkdir(exist_ok=True)
        for file in sorted(temporary.rglob("*")):
            place = path / file.relative_to(temporary)
            if file.is_file():
                place.parent.mkdir(exist_ok=True)
                shutil.move(file, place)


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
