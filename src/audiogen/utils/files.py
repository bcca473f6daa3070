"""Files that are written whole or not at all, and what they are called."""

import contextlib
import os
import pathlib
import re
import tempfile
from collections.abc import Iterator

__all__ = ["atomic_path", "samples_folder"]


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
