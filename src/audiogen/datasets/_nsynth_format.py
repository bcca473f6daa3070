"""NSynth's `examples.json`: conversion of its keys and codes to and from a DataFrame."""

import json
import math
import numbers
import pathlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from audiogen.datasets._bunch import number_column
from audiogen.exceptions import AudioFileError
from audiogen.utils.validation import Interval

FAMILIES = (
    "bass",
    "brass",
    "flute",
    "guitar",
    "keyboard",
    "mallet",
    "organ",
    "reed",
    "string",
    "synth_lead",
    "vocal",
)
SOURCES = ("acoustic", "electronic", "synthetic")
QUALITIES = (
    "bright",
    "dark",
    "distortion",
    "fast_decay",
    "long_release",
    "multiphonic",
    "nonlinear_env",
    "percussive",
    "reverb",
    "tempo-synced",
)
SAMPLE_RATE = 16_000
SECONDS = 4


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
    """
    try:
        with path.open(encoding="utf-8") as file:
            # Each entry shrinks as it is parsed: NSynth's 289,205 dicts would take a GB.
            notes = json.load(file, object_hook=_shrink)
    except (OSError, ValueError) as error:
        raise AudioFileError(f"{path} cannot be read as JSON: {error}.") from error
    if not isinstance(notes, dict) or not all(isinstance(v, tuple) for v in notes.values()):
        raise AudioFileError(
            f"{path} must hold a dictionary with a 'pitch' for each note, as NSynth's does."
        )
    if not notes:
        raise AudioFileError(f"{path} lists no notes.")
    pitch, velocity, instrument, family, source, qualities, rates = zip(
        *notes.values(), strict=True
    )
    if len(set(rates)) > 1:
        raise AudioFileError(f"{path} mixes sample rates: {sorted(set(rates), key=str)}.")
    if not Interval(numbers.Integral, 1, None).allows(rates[0]):
        raise AudioFileError(
            f"{path} must state sample rates that are whole numbers of Hz. Got {rates[0]!r}."
        )
    try:
        found = [number_column(map(_finite, column)) for column in (pitch, velocity)]
    except (TypeError, ValueError) as error:
        raise AudioFileError(
            f"{path} holds a pitch or velocity that is no number: {error}."
        ) from error
    columns = [list(notes), *found, instrument, family, source, qualities]
    names = ["note", "pitch", "velocity", "instrument", "instrument_family", "instrument_source",
             "qualities"]  # fmt: skip
    return pd.DataFrame(dict(zip(names, columns, strict=True))), rates[0]


def _finite(value: Any) -> Any:
    """Return a number as it is; refuse the infinity that Python's JSON knows."""
    if isinstance(value, float) and math.isinf(value):
        raise ValueError(f"it is {value}")
    return value


def _shrink(entry: dict[str, Any]) -> Any:
    """Return the values of an entry that the frame needs; other dictionaries as they are."""
    if "pitch" not in entry or isinstance(entry["pitch"], tuple | dict):
        return entry
    return (
        entry["pitch"],
        entry.get("velocity"),
        entry.get("instrument_str"),
        _name(entry, "instrument_family", FAMILIES),
        _name(entry, "instrument_source", SOURCES),
        tuple(entry.get("qualities_str", ())),
        entry.get("sample_rate", SAMPLE_RATE),
    )


def _name(entry: dict[str, Any], key: str, names: Sequence[str]) -> Any:
    """Return the name that is given beside a code, or else the name of the code."""
    name, code = entry.get(f"{key}_str"), entry.get(key)
    if name is None and isinstance(code, int) and 0 <= code < len(names):
        return names[code]
    return name


def to_examples(frame: pd.DataFrame, sample_rate: int) -> dict[str, dict[str, Any]]:
    """Return the dictionary to write for a complete frame, keyed by note name."""
    rows: Any = frame.itertuples(index=False)
    instruments = np.unique(frame["instrument"], return_inverse=True)[1]
    families = (*FAMILIES, *sorted(set(frame["instrument_family"]) - set(FAMILIES)))
    sources = (*SOURCES, *sorted(set(frame["instrument_source"]) - set(SOURCES)))
    return {
        row.note: {
            "note": i,
            "note_str": row.note,
            "instrument": int(instruments[i]),
            "instrument_str": row.instrument,
            "pitch": int(row.pitch),
            "velocity": int(row.velocity),
            "sample_rate": int(sample_rate),
            "qualities": [int(name in row.qualities) for name in QUALITIES],
            "qualities_str": list(row.qualities),
            "instrument_family": families.index(row.instrument_family),
            "instrument_family_str": row.instrument_family,
            "instrument_source": sources.index(row.instrument_source),
            "instrument_source_str": row.instrument_source,
        }
        for i, row in enumerate(rows)
    }


def unique_names(names: Sequence[str]) -> list[str]:
    """Return names, repeated ones with -1, -2, ... appended."""
    taken, unique = set(names), list[str]()
    seen: dict[str, int] = {}
    for name in names:
        new = name
        while name in seen and (new == name or new in taken):
            new = f"{name}-{seen[name]}"
            seen[name] += 1
        seen.setdefault(name, 1)
        taken.add(new)
        unique.append(new)
    return unique
