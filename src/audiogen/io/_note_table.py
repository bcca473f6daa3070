"""The table of notes of a score, checked."""

from typing import Any

import numpy as np
import pandas as pd

from audiogen.io._chords import usual_name
from audiogen.signal import named_pitches
from audiogen.utils.columns import Column, is_named, read_columns
from audiogen.utils.names import did_you_mean

COLUMNS = ("onset", "duration", "pitch", "velocity", "part", "chord")
LONGEST = 100_000.0  # quarter notes: 14 hours at 120; a damaged file may claim millions
_REQUIRED = COLUMNS[:3]
_FILLED = {"velocity": 80, "part": "melody", "chord": ""}
_BOUNDS = {"pitch": (0, 127), "velocity": (1, 127)}


def note_columns(notes: Any) -> dict[str, np.ndarray]:
    """Return all columns of a table of notes, checked, filled in and sorted."""
    if not is_named(notes):
        raise TypeError(
            "The 'notes' parameter of Score must be a table with the columns onset, duration and "
            f"pitch: a DataFrame or a dict of columns. Got {type(notes).__name__} instead."
        )
    given = read_columns(notes)
    _check_names(given)
    n_notes = len(given["onset"].values)
    columns = {}
    for name in COLUMNS:
        text = name in ("part", "chord")
        if name not in given:
            columns[name] = np.full(n_notes, _FILLED[name], dtype=object if text else np.int64)
        elif text:
            columns[name] = _texts(name, given[name])
        else:
            columns[name] = _numbers(name, given[name])
        if len(columns[name]) != n_notes:
            raise ValueError(
                f"The column {name!r} of the notes has {len(columns[name])} rows; 'onset' has "
                f"{n_notes}."
            )
    if n_notes and (columns["onset"] + columns["duration"]).max() > LONGEST:
        raise ValueError(f"The notes of a Score must end by {LONGEST:g} quarter notes.")
    order = np.lexsort([columns["pitch"], columns["part"], columns["onset"]])
    return {name: values[order] for name, values in columns.items()}


def _check_names(columns: dict[Any, Column]) -> None:
    for name in _REQUIRED:
        if name not in columns:
            raise ValueError(
                f"The notes of a Score must have the columns {', '.join(_REQUIRED)}. "
                f"Got no {name!r} among {', '.join(map(repr, columns))}."
            )
    for name in columns:
        if name not in COLUMNS:
            raise ValueError(
                f"The notes of a Score have no column {name!r}, only {', '.join(COLUMNS)}."
                f"{did_you_mean(name, COLUMNS)}"
            )


def _numbers(name: str, column: Column) -> np.ndarray:
    """Return a column of numbers within their bounds; a missing velocity is filled in."""
    try:
        given = named_pitches(column.values) if name == "pitch" else column.values
        values = np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"The column {name!r} of the notes must hold numbers: {error}") from None
    if name == "velocity":
        values = np.where(np.isnan(values), 80.0, values)
    _refuse(name, values, ~np.isfinite(values), "finite numbers")
    if name in _BOUNDS:
        low, high = _BOUNDS[name]
        wrong = (values != np.rint(values)) | (values < low) | (values > high)
        _refuse(name, values, wrong, f"whole numbers from {low} to {high}")
        return values.astype(np.int64)
    if name == "duration":
        _refuse(name, values, values <= 0, "quarter notes above 0")
    _refuse(name, values, values < 0, "quarter notes of 0 or more")
    return values


def _refuse(name: str, values: np.ndarray, wrong: np.ndarray, words: str) -> None:
    if wrong.any():
        row = int(np.argmax(wrong))
        raise ValueError(
            f"The column {name!r} of the notes must hold {words}. Got {values[row]:g} in "
            f"row {row}."
        )


def _texts(name: str, column: Column) -> np.ndarray:
    """Return a column of text, what is missing filled in and chords spelled in one way."""
    values = np.empty(len(column.values), dtype=object)
    for row, value in enumerate(column.values):
        if value is None or value is pd.NA or value != value or value == "":
            values[row] = _FILLED[name]
        elif not isinstance(value, str):
            raise ValueError(
                f"The column {name!r} of the notes must hold text. Got {value!r} in row {row}."
            )
        else:
            values[row] = str(value) if name == "part" else usual_name(str(value))
    return values
