"""NSynth's `examples.json`, read with every entry checked."""

import json
import numbers
import pathlib
import reprlib
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import pandas as pd

from audiogen.datasets._bunch import COLUMNS, number_column
from audiogen.datasets._nsynth_format import FAMILIES, SAMPLE_RATE, SOURCES
from audiogen.exceptions import AudioFileError
from audiogen.utils.validation import Interval

_MIDI = Interval(numbers.Real, 0, 127, closed="both")
_HERTZ = Interval(numbers.Integral, 1, 1_000_000, closed="both")


class _Entry(NamedTuple):
    """What the frame needs of an entry, as it is in the file."""

    pitch: Any
    velocity: Any
    instrument: Any
    instrument_family: Any
    instrument_source: Any
    qualities: Any
    sample_rate: Any


def read_examples(path: pathlib.Path) -> tuple[pd.DataFrame, int]:
    """Return the metadata of a corpus.

    Parameters
    ----------
    path : pathlib.Path
        The JSON file.

    Returns
    -------
    frame : DataFrame
        One row for each note, with the columns of every loader.
    sample_rate : int
        Sampling rate of all notes, in Hz.

    Raises
    ------
    AudioFileError
        If the file is no JSON, or an entry of it is wrong; the message names the note.
    """
    notes = _parsed(path)
    for note, entry in notes.items():
        for fault in _faults(note, entry):
            raise AudioFileError(f"{path}: the note {reprlib.repr(note)} {fault}.")
    first_of = {entry.sample_rate: note for note, entry in reversed(notes.items())}
    if len(first_of) > 1:
        listed = ", ".join(f"{rate} of {first_of[rate]!r}" for rate in sorted(first_of)[:5])
        raise AudioFileError(f"{path} mixes sample rates: {listed}.")
    pitch, velocity, *rest, qualities, _ = zip(*notes.values(), strict=True)
    numbered = [number_column(column) for column in (pitch, velocity)]
    columns = [list(notes), *numbered, *rest, list(map(tuple, qualities))]
    return pd.DataFrame(dict(zip(COLUMNS, columns, strict=True))), int(next(iter(first_of)))


def _parsed(path: pathlib.Path) -> dict[str, _Entry]:
    """Return the entries of a file, at least one."""
    try:
        with path.open(encoding="utf-8") as file:
            # Each entry shrinks as it is parsed: NSynth's 289,205 dicts would take a GB.
            notes = json.load(file, object_hook=_shrink)
    except (OSError, ValueError, RecursionError) as error:
        raise AudioFileError(f"{path} cannot be read as JSON: {error}.") from error
    if not isinstance(notes, dict):
        raise AudioFileError(_NO_DICTIONARY.format(path, "Got no dictionary."))
    for note, entry in notes.items():
        if not isinstance(entry, _Entry):
            said = f"The note {reprlib.repr(note)} has none."
            raise AudioFileError(_NO_DICTIONARY.format(path, said))
    if not notes:
        raise AudioFileError(f"{path} lists no notes.")
    return notes


_NO_DICTIONARY = "{} must hold a dictionary with a 'pitch' for each note, as NSynth's does. {}"


def _shrink(entry: dict[str, Any]) -> Any:
    """Return what the frame needs of an entry; other dictionaries as they are."""
    if "pitch" not in entry or isinstance(entry["pitch"], tuple | dict):
        return entry
    return _Entry(
        entry["pitch"],
        entry.get("velocity"),
        entry.get("instrument_str"),
        _name(entry, "instrument_family", FAMILIES),
        _name(entry, "instrument_source", SOURCES),
        entry.get("qualities_str", ()),
        entry.get("sample_rate", SAMPLE_RATE),
    )


def _name(entry: dict[str, Any], key: str, names: Sequence[str]) -> Any:
    """Return the name that is given beside a code, or else the name of the code.

    A code beyond the names has none; what is no code is returned, for the check to find.
    """
    name, code = entry.get(f"{key}_str"), entry.get(key)
    if name is not None or not isinstance(code, int):
        return code if name is None else name
    return names[code] if 0 <= code < len(names) else None


def _faults(note: str, entry: _Entry) -> Iterator[str]:
    """Yield what is wrong with an entry."""
    if not _is_file_name(note):
        yield "cannot be the name of a file in the folder 'audio'"
    for name in ("pitch", "velocity"):
        value = getattr(entry, name)
        if value is not None and not _MIDI.is_kind(value):
            yield f"has a pitch or velocity that is no number: {name} {reprlib.repr(value)}"
        elif value is not None and not _MIDI.allows(value):
            yield f"has a {name} outside 0 to 127: {reprlib.repr(value)}"
    for name in ("instrument", "instrument_family", "instrument_source"):
        value = getattr(entry, name)
        if value is not None and not _is_text(value):
            yield f"must have text for its {name}, not {reprlib.repr(value)}"
    qualities = entry.qualities
    if not (isinstance(qualities, list | tuple) and all(map(_is_text, qualities))):
        yield f"must have a list of text for its qualities_str, not {reprlib.repr(qualities)}"
    if not _HERTZ.allows(entry.sample_rate):
        yield (
            "must have a sample rate of 1 to 1,000,000 whole numbers of Hz. "
            f"Got {reprlib.repr(entry.sample_rate)}"
        )


def _is_text(value: Any) -> bool:
    """Tell whether a value is text of whole characters, which JSON's escapes may not be."""
    return isinstance(value, str) and not any("\ud800" <= c <= "\udfff" for c in value)


def _is_file_name(note: str) -> bool:
    """Tell whether a note's file can only lie in the folder of its corpus."""
    is_name = _is_text(note) and note not in ("", ".", "..")
    return is_name and not any(character in note for character in "/\\\0:")
