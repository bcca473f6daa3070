"""What MIDI is read from: files, open files, and objects of other libraries."""

import functools
import io
import os
import pathlib
import tempfile
from collections.abc import Callable
from typing import Any

from audiogen.utils.folders import files_below

MIDI_SUFFIXES = (".mid", ".midi")
_KINDS = (
    "the path of a MIDI file, a file opened in binary mode, a pretty_midi.PrettyMIDI, "
    "mido.MidiFile, symusic.Score or audiogen.io.Score, or a stream of music21"
)


def midi_files(folder: str | os.PathLike[str]) -> list[pathlib.Path]:
    """Return the MIDI files below a folder.

    Parameters
    ----------
    folder : str or path-like
        The folder.

    Returns
    -------
    paths : list of pathlib.Path
        In the order of their names.

    Raises
    ------
    ValueError
        Where there is none.
    """
    paths = files_below(folder, MIDI_SUFFIXES)
    if not paths:
        raise ValueError(f"{folder} has no MIDI files ({', '.join(MIDI_SUFFIXES)}).")
    return paths


def midi_source(source: Any) -> tuple[str, pathlib.Path | io.BytesIO]:
    """Return what a source is called, and a file of its bytes.

    Parameters
    ----------
    source : str, path-like, binary file, mido.MidiFile, symusic.Score, audiogen.io.Score or \
            music21 stream
        Where the music is.

    Returns
    -------
    name : str
        Its path, or its type.
    file : pathlib.Path or io.BytesIO
        A MIDI file.

    Raises
    ------
    FileNotFoundError, IsADirectoryError
        For a path where there is no file.
    TypeError
        For anything else.
    """
    if isinstance(source, str | os.PathLike):
        path = pathlib.Path(source)
        if path.is_dir():
            raise IsADirectoryError(
                f"{path} is a folder. "
                "Give its files, as of sorted(pathlib.Path(...).glob('*.mid'))."
            )
        if not path.is_file():
            raise FileNotFoundError(f"There is no MIDI file {path}.")
        return str(path), path
    library = type(source).__module__.partition(".")[0]
    name = str(getattr(source, "name", f"the {library} {type(source).__name__}"))
    if library == "audiogen" and hasattr(source, "save"):
        return name, io.BytesIO(_written(source.save))
    if hasattr(source, "read"):
        return name, io.BytesIO(_read_from_start(source))
    if library == "mido" and hasattr(source, "save"):
        file = io.BytesIO()
        source.save(file=file)
        file.seek(0)
        return name, file
    if library == "symusic" and hasattr(source, "dumps_midi"):
        return name, io.BytesIO(source.dumps_midi())
    if library == "music21" and hasattr(source, "write"):
        return name, io.BytesIO(_written(functools.partial(source.write, "midi")))
    raise TypeError(f"A tune must be {_KINDS}. Got {type(source).__name__} instead.")


def _read_from_start(file: Any) -> bytes:
    """Return the bytes of an open file, read before or not."""
    if file.seekable():
        file.seek(0)
    data = file.read()
    if not isinstance(data, bytes):
        raise TypeError(
            f"A file of MIDI must be opened in binary mode, as open(..., 'rb'). "
            f"Got {type(file).__name__} instead."
        )
    return data


def _written(write: Callable[[pathlib.Path], Any]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "tune.mid"
        write(path)
        return path.read_bytes()
