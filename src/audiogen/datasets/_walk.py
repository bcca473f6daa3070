"""Files found in a folder and those below it."""

import os
import pathlib
from collections.abc import Iterator, Sequence

from audiogen.datasets._reading import report
from audiogen.exceptions import AudioFileError


def files_below(
    root: pathlib.Path, suffixes: Sequence[str], errors: str, *, kind: str
) -> list[pathlib.Path]:
    """Return the files of some kinds below a folder, sorted; hidden ones left out.

    Parameters
    ----------
    root : pathlib.Path
        The folder. Links to folders are followed, once each on the way down.
    suffixes : sequence of str
        How names of the files end, in lower case.
    errors : {"raise", "warn"}
        Whether a folder that cannot be listed raises, or is left out with a warning.
    kind : str
        What the files are, for the error.

    Returns
    -------
    paths : list of pathlib.Path
        Links that lead nowhere included: reading them says so.

    Raises
    ------
    FileNotFoundError
        If there is no such folder, or no such file below it.
    """
    if not root.is_dir():
        raise FileNotFoundError(f"There is no folder {root}.")
    names = _names_below(str(root), (), errors)
    paths = [pathlib.Path(name) for name in names if name.lower().endswith(tuple(suffixes))]
    if not paths:
        raise FileNotFoundError(
            f"There is no {kind} below {root}; looked for {', '.join(sorted(suffixes))}."
        )
    return sorted(paths)


def _names_below(folder: str, above: tuple[str, ...], errors: str) -> Iterator[str]:
    """Yield the paths of all files; `above` are the real paths of the folders above it."""
    real = os.path.realpath(folder)
    if real in above:
        return
    try:
        with os.scandir(folder) as found:
            entries = [entry for entry in found if not entry.name.startswith(".")]
    except OSError as error:
        report(AudioFileError(f"{folder} cannot be listed: {error.strerror}."), errors)
        return
    for entry in entries:
        if os.path.isdir(entry.path):
            yield from _names_below(entry.path, (*above, real), errors)
        else:
            yield entry.path


def printable(name: str) -> str:
    """Return a name whose bytes are no UTF-8 with their codes, so that it can be printed."""
    return name.encode(errors="surrogateescape").decode(errors="backslashreplace")
