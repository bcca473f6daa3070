"""MIDI files, read with errors that name them."""

import pathlib
from typing import Any

__all__ = ["read_midi"]


def read_midi(source: Any) -> Any:
    """Return a tune as a PrettyMIDI object.

    Parameters
    ----------
    source : str, path-like or pretty_midi.PrettyMIDI
        A file, or the tune itself, which is returned as it is.

    Returns
    -------
    tune : pretty_midi.PrettyMIDI

    Raises
    ------
    FileNotFoundError
        Where there is no such file.
    IsADirectoryError
        For a folder.
    ValueError
        Where the file is not a complete MIDI file.

    Examples
    --------
    >>> import pretty_midi
    >>> from audiogen.io import read_midi
    >>> tune = pretty_midi.PrettyMIDI()
    >>> read_midi(tune) is tune
    True
    """
    import pretty_midi

    if isinstance(source, pretty_midi.PrettyMIDI):
        return source
    if not isinstance(source, str | pathlib.PurePath):
        raise TypeError(
            "A tune must be the path of a MIDI file or a pretty_midi.PrettyMIDI. "
            f"Got {type(source).__name__} instead."
        )
    path = pathlib.Path(source)
    if path.is_dir():
        raise IsADirectoryError(
            f"{path} is a folder. Give its files, as of sorted(pathlib.Path(...).glob('*.mid'))."
        )
    if not path.is_file():
        raise FileNotFoundError(f"There is no MIDI file {path}.")
    try:
        return pretty_midi.PrettyMIDI(str(path))
    except Exception as error:  # mido has no error of its own: corrupt bytes raise any type
        raise ValueError(
            f"{path} cannot be read as a MIDI file ({error!r}). "
            "Export it again as a standard MIDI file (.mid), type 0 or 1."
        ) from error
