"""Files found in a folder and those below it."""

import pathlib
from collections.abc import Sequence

from audiogen.datasets._reading import report
from audiogen.exceptions import AudioFileError
from audiogen.utils.folders import check_folder, files_below


def listed_files(
    root: pathlib.Path, suffixes: Sequence[str], errors: str, *, kind: str
) -> list[pathlib.Path]:
    """Return the files of some kinds below a folder, sorted; hidden ones left out.

    Parameters
    ----------
    root : pathlib.Path
        The folder. Linked folders are followed.
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
    NotADirectoryError
        If it is a file.
    """
    check_folder(root)

    def tell(fault: OSError) -> None:
        report(AudioFileError(f"{fault.filename} cannot be listed: {fault.strerror}."), errors)

    paths = files_below(root, suffixes, tell)
    if not paths:
        raise FileNotFoundError(
            f"There is no {kind} below {root}; looked for {', '.join(sorted(suffixes))}."
        )
    return paths


def printable(name: str) -> str:
    """Return a name whose bytes are no UTF-8 with their codes, so that it can be printed."""
    return name.encode(errors="surrogateescape").decode(errors="backslashreplace")
