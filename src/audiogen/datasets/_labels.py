"""Tables of labels, joined to the files that they name."""

import contextlib
import os
import pathlib
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from audiogen.datasets._reading import report
from audiogen.exceptions import AudioFileError
from audiogen.signal import named_pitches
from audiogen.utils.columns import is_named, read_columns
from audiogen.utils.names import shortened
from audiogen.utils.validation import Interval

_FILE_COLUMNS = ("file", "filename", "file_name")
_BOUNDS = {"pitch": (0, 127), "velocity": (1, 127)}
_TEXT = ("instrument_family", "instrument", "note")
_NAMED = 5


def with_labels(
    frame: pd.DataFrame, root: pathlib.Path, paths: list[pathlib.Path], labels: Any, errors: str
) -> tuple[pd.DataFrame, list[pathlib.Path]]:
    """Return the files that a table names, in its order, with its columns.

    Parameters
    ----------
    frame : DataFrame
        A row for each path.
    root : pathlib.Path
        The folder that the files lie below.
    paths : list of pathlib.Path
        The files.
    labels : str, path-like or table
        The table, or a CSV file that has it.
    errors : {"raise", "warn"}
        Whether names of files that are not there raise, or are left out with a warning.

    Returns
    -------
    frame : DataFrame
        What the table says replaces what the frame says; further columns follow.
    paths : list of pathlib.Path
        The files of its rows.
    """
    with _named(labels):
        return _joined_frame(frame, root, paths, _table(labels), errors)


@contextlib.contextmanager
def _named(labels: Any) -> Iterator[None]:
    """Begin messages with the path of the table, if it has one."""
    try:
        yield
    except ValueError as error:
        if not isinstance(labels, str | os.PathLike) or str(labels) in str(error):
            raise
        raise type(error)(f"{labels}: {shortened(str(error))}") from error


def _joined_frame(
    frame: pd.DataFrame,
    root: pathlib.Path,
    paths: list[pathlib.Path],
    table: pd.DataFrame,
    errors: str,
) -> tuple[pd.DataFrame, list[pathlib.Path]]:
    """Return the rows that a table names, and their files."""
    column = next((name for name in _FILE_COLUMNS if name in table), None)
    if column is None:
        raise ValueError(
            f"The labels need a column 'file', with paths below {root}. They have "
            f"{', '.join(map(repr, table))}."
        )
    places = _places(list(map(str, table[column])), root, paths, errors)
    table = table[places >= 0].drop(columns=column).reset_index(drop=True)
    places = places[places >= 0]
    frame = frame.iloc[places].reset_index(drop=True)
    for name in table:
        frame[name] = _joined(table[name], frame.get(name))
    return frame, [paths[place] for place in places]


def _table(labels: Any) -> pd.DataFrame:
    """Return a table as a DataFrame of at least one row."""
    if isinstance(labels, str | os.PathLike):
        try:
            table = pd.read_csv(labels, dtype=str, skipinitialspace=True)
            table = table.rename(columns=str.strip).apply(_of_its_kind)
        except FileNotFoundError:
            raise FileNotFoundError(f"There is no table of labels {labels}.") from None
        except (ValueError, OSError) as error:
            raise ValueError(f"{labels} cannot be read as a CSV table: {error}") from error
    elif is_named(labels):
        columns = {name: column.values for name, column in read_columns(labels).items()}
        table = pd.DataFrame(columns)
    else:
        raise TypeError(
            "The 'labels' parameter of load_audio_folder must be the path of a CSV file or a "
            f"table with a column 'file'. Got {type(labels).__name__} instead."
        )
    if table.empty:
        raise ValueError("The labels have no rows.")
    return table


def _places(
    names: list[str], root: pathlib.Path, paths: list[pathlib.Path], errors: str
) -> np.ndarray:
    """Return the place of each named file among the paths, -1 for one that is not there."""
    by_name: dict[str, int | None] = {}
    for place, path in enumerate(paths):  # a file name alone will do where it is the only one
        by_name[path.name] = None if path.name in by_name else place
    by_name |= {path.relative_to(root).as_posix(): place for place, path in enumerate(paths)}
    absolute = [pathlib.Path(os.path.abspath(path)).as_posix() for path in paths]
    by_name |= {name: place for place, name in enumerate(absolute)}
    found = [by_name.get(os.path.normpath(name).replace("\\", "/")) for name in names]
    missing = [name for name, place in zip(names, found, strict=True) if place is None]
    if missing:
        more = f" and {len(missing) - _NAMED} more" if len(missing) > _NAMED else ""
        listed = ", ".join(missing[:_NAMED]) + more
        fault = f"{listed} of the labels, {len(missing)} of {len(names)} files, not below {root}"
        report(AudioFileError(f"{fault}, or not told apart by their names."), errors)
    places = np.array([-1 if place is None else place for place in found])
    there = places[places >= 0]
    if len(np.unique(there)) < len(there):
        place = next(p for i, p in enumerate(there) if p in there[:i])
        raise ValueError(f"The labels name {paths[place]} more than once.")
    if not len(there):
        raise AudioFileError(f"None of the {len(names)} files of the labels is below {root}.")
    return places


def _of_its_kind(column: pd.Series) -> pd.Series:
    """Return a column of a file as numbers, if all are and it has no names; "01" is a name."""
    if column.name in (*_FILE_COLUMNS, *_TEXT):
        return column
    try:
        return pd.to_numeric(column)
    except ValueError:
        return column


def _is_number(value: Any) -> bool:
    return isinstance(value, str) and value.replace(".", "", 1).isdecimal()


def _joined(labels: pd.Series, known: pd.Series | None) -> Any:
    """Return a column of the table, filled in with what is known where it is empty."""
    if labels.name not in _BOUNDS:
        if known is None:
            return labels
        if labels.name in _TEXT:
            labels = labels.map(str, na_action="ignore")
        return labels.astype(object).where(labels.notna(), known.astype(object))
    low, high = _BOUNDS[str(labels.name)]
    rule = Interval(float, low, high, closed="both")
    try:
        given = labels.to_numpy(dtype=object)
        if labels.name == "pitch":  # in a CSV file with names, numbers are text too
            given = named_pitches([float(v) if _is_number(v) else v for v in given])
        values = np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"The column {labels.name!r} of the labels is no number: {error}"
        ) from error
    for value in values[~np.isnan(values)]:
        if not rule.allows(float(value)):
            raise ValueError(
                f"The column {labels.name!r} of the labels goes from {low} to {high}. "
                f"Got {value:g}."
            )
    return np.where(np.isnan(values), np.nan if known is None else known, values)
