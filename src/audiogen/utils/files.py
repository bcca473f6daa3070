"""Files that are whole or not there at all."""

import contextlib
import os
import pathlib
import tempfile

__all__ = ["atomic_path"]


@contextlib.contextmanager
def atomic_path(path):
    """Yield a temporary path that becomes the real one when all went well.

    Parameters
    ----------
    path : str or path-like
        Where the file is to be. Its folder is made where it is missing.

    Yields
    ------
    temporary : pathlib.Path
        A path in the same folder, with the same suffix, to write to.

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
