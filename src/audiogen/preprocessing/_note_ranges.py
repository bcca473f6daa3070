"""Ranges of level, duration and others that training notes have, category by category."""

from typing import Any

import numpy as np

from audiogen.signal import named_pitches
from audiogen.utils.columns import number_column, read_columns
from audiogen.utils.validation import check_midi_pitch

__all__ = ["learn_ranges", "pitches_of", "ranges_of"]

CategoryRanges = dict[str, dict[str, np.ndarray]]


def learn_ranges(measures: np.ndarray, y: Any = None) -> tuple[np.ndarray, CategoryRanges]:
    """Return the ranges of some measures of notes, of all notes and of those of each category.

    Parameters
    ----------
    measures : ndarray of shape (n_notes, n_measures)
        Measures of the notes.
    y : table of n_notes rows, array-like or None
        Conditions of the notes. Only the columns of categories count.

    Returns
    -------
    overall : ndarray of shape (2, n_measures)
        Least and largest of each measure.
    by_category : dict of str to dict of str to ndarray of shape (2, n_measures)
        The same of the notes of each category, for each column.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.preprocessing._note_ranges import learn_ranges
    >>> learn_ranges(np.array([[-30.0], [-20.0], [-9.0]]))[0]
    array([[-30.],
           [ -9.]])
    """
    by_category = {
        name: {str(value): _range(measures[names == value]) for value in np.unique(names)}
        for name, names in _categories(y, len(measures)).items()
    }
    return _range(measures), by_category


def ranges_of(
    overall: np.ndarray, by_category: CategoryRanges, y: Any, n_notes: int
) -> np.ndarray:
    """Return the ranges of notes under conditions.

    Parameters
    ----------
    overall, by_category
        Ranges, as `learn_ranges` returns them.
    y : table of n_notes rows, array-like or None
        Conditions of the notes. Where they name no category that is known, the ranges are those
        of all notes.
    n_notes : int
        Number of notes.

    Returns
    -------
    ranges : ndarray of shape (n_notes, 2, n_measures)
        What the ranges of a note's categories have in common or, if that is nothing, all that
        they span.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.preprocessing._note_ranges import learn_ranges, ranges_of
    >>> learnt = learn_ranges(np.array([[-30.0], [-20.0], [-9.0]]), ["organ", "organ", "flute"])
    >>> ranges_of(*learnt, ["organ", "flute"], 2)[:, :, 0]
    array([[-30., -20.],
           [ -9.,  -9.]])
    """
    columns = _categories(y, n_notes)
    found = [
        np.stack([of_values.get(str(value), overall) for value in columns[name]])
        for name, of_values in by_category.items()
        if name in columns
    ]
    if not found:
        return np.broadcast_to(overall, (n_notes, *overall.shape))
    low, high = np.stack(found).transpose(2, 0, 1, 3)
    common = np.stack([low.max(axis=0), high.min(axis=0)], axis=1)
    spanned = np.stack([low.min(axis=0), high.max(axis=0)], axis=1)
    return np.where(common[:, :1] <= common[:, 1:], common, spanned)


def pitches_of(y: Any, column: str, n_notes: int) -> np.ndarray:
    """Return the pitches that conditions have.

    Parameters
    ----------
    y : table with n_notes rows, array-like or None
        Conditions.
    column : str
        The column of the pitch, in a table.
    n_notes : int
        Number of notes.

    Returns
    -------
    pitches : ndarray of shape (n_notes,)
        MIDI pitches; NaN where there are none.
    """
    pitches = number_column(y, column, named_pitches)
    if pitches is None:
        return np.full(n_notes, np.nan)
    if len(pitches) != n_notes:
        raise ValueError(f"y has {len(pitches)} rows, but X has {n_notes}. Give one pitch a note.")
    check_midi_pitch(pitches, column)
    return pitches


def _range(measures: np.ndarray) -> np.ndarray:
    return np.stack([measures.min(axis=0), measures.max(axis=0)])


def _categories(y: Any, n_notes: int) -> dict[str, np.ndarray]:
    """Return the columns of categories, their values as text."""
    if y is None:
        return {}
    found = {
        str(name): np.array([_text(value) for value in column.values])
        for name, column in read_columns(y).items()
        if column.is_category
    }
    wrong = [len(values) for values in found.values() if len(values) != n_notes]
    if wrong:
        raise ValueError(f"y has {wrong[0]} rows, but X has {n_notes}. Give one row a note.")
    return found


def _text(value: Any) -> str:
    """Return the name of a category, the same for 1 and 1.0."""
    is_number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    return repr(float(value)) if is_number else str(value)
