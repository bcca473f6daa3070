"""Columns of conditions, as they are given."""

from typing import Any

import numpy as np

from audiogen.signal import named_pitches
from audiogen.utils.columns import Column, read_columns, refuse_missing
from audiogen.utils.validation import check_midi_pitch


def condition_columns(y: Any) -> dict[Any, Column]:
    """Return the columns of conditions, which have rows."""
    columns = read_columns(y)
    if not columns:
        raise ValueError("y has no conditions in it.")
    if any(len(column.values) == 0 for column in columns.values()):
        raise ValueError("y has no rows.")
    return columns


def checked_columns(y: Any) -> dict[Any, Column]:
    """Return the columns of the conditions of training, no value missing."""
    columns = condition_columns(y)
    columns = {name: with_pitches(name, column, strict=False) for name, column in columns.items()}
    for name, (values, is_category) in columns.items():
        refuse_missing(name, values)
        if name == "pitch" and not is_category:
            check_midi_pitch(values)
    return columns


def with_pitches(name: Any, column: Column, *, strict: bool = True) -> Column:
    """Return a column in which names of notes are MIDI pitches if it is the pitch.

    Other text is refused, or, if that is not strict, makes it a column of categories.
    """
    named = any(isinstance(value, str) and value[:1].isalpha() for value in column.values)
    if name != "pitch" or not named:
        return column
    try:
        return Column(np.asarray(named_pitches(column.values)), is_category=False)
    except ValueError:
        if strict:
            raise
        return column
