"""Columns of any table: DataFrames of any library, record arrays, dicts and plain arrays."""

import numbers
from collections.abc import Callable
from typing import Any, NamedTuple

import narwhals as nw
import numpy as np
import numpy.typing as npt

__all__ = [
    "Column",
    "is_named",
    "number_column",
    "read_columns",
    "refuse_missing",
    "take_rows",
    "validated_conditions",
]


class Column(NamedTuple):
    """One column of a table.

    Attributes
    ----------
    values : ndarray of shape (n_rows,)
        Its values; text as NumPy's str, whole numbers as int64, missing numbers as NaN.
    is_category : bool
        Whether the values are names of something, though they may be numbers: text, bools, a
        declared category, and whatever has no column name.
    """

    values: np.ndarray
    is_category: bool


def is_named(y: Any) -> bool:
    """Tell whether a table's columns have names.

    Parameters
    ----------
    y : object
        A DataFrame, dict, record array or anything else.

    Returns
    -------
    is_named : bool

    Raises
    ------
    TypeError
        If `y` is a lazy frame, whose rows have no order yet.

    Examples
    --------
    >>> from audiogen.utils.columns import is_named
    >>> is_named({"pitch": [60]}), is_named([60])
    (True, False)
    """
    if isinstance(y, dict) or _frame(y) is not None:
        return True
    return isinstance(y, np.ndarray | np.void) and y.dtype.names is not None


def read_columns(y: Any) -> dict[Any, Column]:
    """Read the columns of a table.

    Parameters
    ----------
    y : DataFrame, record array, dict, Series, array-like or scalar
        A DataFrame of any library that narwhals reads (pandas, polars, PyArrow, ...), a NumPy
        record array or a dict of columns has named columns. An array, list or Series has
        one unnamed column, or as many as its second axis is long. A scalar is one row.

    Returns
    -------
    columns : dict of name to Column
        Unnamed columns are called 0, 1, ... and are categories all of them. Numbers in a
        column of Python objects are numbers.

    Raises
    ------
    TypeError
        If `y` is a lazy frame.
    ValueError
        If `y` or one of its columns has too many dimensions, or columns share a name.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.utils.columns import read_columns
    >>> y = np.array([(60, "organ"), (62, "flute")], dtype=[("pitch", "i8"), ("family", "U8")])
    >>> for name, column in read_columns(y).items():
    ...     print(name, column.values, column.is_category)
    pitch [60 62] False
    family ['organ' 'flute'] True
    """
    frame = _frame(y)
    if frame is not None:
        return {series.name: _of_series(series) for series in frame.iter_columns()}
    if isinstance(y, dict):
        return {name: _of_values(values) for name, values in y.items()}
    if is_named(y):
        records = np.atleast_1d(y)
        return {name: _of_array(records[name]) for name in records.dtype.names or ()}
    return _unnamed(y)


def number_column(
    y: Any, name: str, named: Callable[[np.ndarray], Any] | None = None
) -> np.ndarray | None:
    """Return one named column of a table as numbers.

    Parameters
    ----------
    y : DataFrame, record array, dict, array-like or None
        A table.
    name : str
        The name of the column.
    named : callable, default=None
        Function of the values that returns them with numbers in place of text that is a name.

    Returns
    -------
    values : ndarray of shape (n_rows,), float64, or None
        NaN where a number is missing; None where the table has no such column.

    Raises
    ------
    ValueError
        If the column holds something else than numbers.

    Examples
    --------
    >>> from audiogen.utils.columns import number_column
    >>> number_column({"pitch": [60, None]}, "pitch")
    array([60., nan])
    """
    if y is None or not is_named(y):
        return None
    column = read_columns(y).get(name)
    if column is None:
        return None
    if column.values.dtype.kind not in "iuf":
        if all(_is_missing(value) for value in column.values):
            return np.full(len(column.values), np.nan)
        if named is not None:
            return np.asarray(named(column.values), dtype=np.float64)
        raise ValueError(f"The column {name!r} must hold numbers. Got {column.values[0]!r}.")
    return column.values.astype(np.float64)


def refuse_missing(name: Any, values: np.ndarray) -> None:
    """Refuse a column in which values are missing or infinite.

    Parameters
    ----------
    name : object
        Name of the column, for the message.
    values : ndarray of shape (n_rows,)
        Its values.

    Raises
    ------
    ValueError
        The message counts the rows.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.utils.columns import refuse_missing
    >>> refuse_missing("pitch", np.array([60, 62]))
    """
    n_missing = sum(map(_is_missing, values)) if values.dtype.kind in "OfmM" else 0
    if n_missing:
        raise ValueError(
            f"The condition '{name}' is missing (NaN) in {n_missing} of {len(values)} rows; "
            "drop those rows, fill them in, or leave the condition out."
        )
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        raise ValueError(f"The condition '{name}' holds infinite values.")


def take_rows(y: Any, rows: npt.ArrayLike) -> Any:
    """Return some rows of a table, as a table of the same type.

    Parameters
    ----------
    y : DataFrame, Series, record array, dict of columns, array-like or None
        A table.
    rows : array-like of int or of bool
        Row numbers, or a mask with one value for each row.

    Returns
    -------
    y : same type as given
        A pandas object keeps its index; a list stays one, a batch of Arrow becomes a Table;
        other sequences become arrays.

    Examples
    --------
    >>> from audiogen.utils.columns import take_rows
    >>> take_rows({"pitch": [60, 62, 64]}, [True, False, True])
    {'pitch': [60, 64]}
    """
    rows = np.asarray(rows)
    rows = np.flatnonzero(rows) if rows.dtype == bool else rows.astype(np.intp)
    if y is None:
        return None
    if isinstance(y, dict):
        return {name: take_rows(values, rows) for name, values in y.items()}
    if isinstance(y, list):
        return [y[row] for row in rows]
    y = _unbatched(y)
    known = nw.from_native(y, eager_only=True, allow_series=True, pass_through=True)
    if known is not y:
        return known[rows.tolist()].to_native()
    return np.asanyarray(y)[rows]


def validated_conditions(X: Any, y: Any) -> Any:
    """Return the conditions of training, which have one row for each sample.

    Parameters
    ----------
    X : array of shape (n_samples, ...)
        The data.
    y : DataFrame, record array, dict of columns, array-like or None
        Their conditions.

    Returns
    -------
    y : table as given, ndarray or None
        A table with named columns as it is, anything else as an array.

    Raises
    ------
    ValueError
        If `y` is a scalar or has not as many rows as `X`.

    Examples
    --------
    >>> from audiogen.utils.columns import validated_conditions
    >>> validated_conditions([[0.0], [1.0]], ["flute", "organ"])
    array(['flute', 'organ'], dtype='<U5')
    """
    if y is None:
        return None
    kind = type(y).__name__
    named = is_named(y)
    y = y if named else _as_array(y)
    if any(np.ndim(values) == 0 for values in (y.values() if isinstance(y, dict) else [y])):
        raise ValueError(
            f"y must have a row for each sample in fit: give a DataFrame or an array. Got {kind}."
        )
    lengths = [len(c.values) for c in read_columns(y).values()] if named else [len(y)]
    wrong = [length for length in lengths if length != len(X)]
    if wrong:
        raise ValueError(
            f"X has {len(X)} samples but y has {wrong[0]}. A step that drops rows must drop them "
            "from both: put it first in a GenerativePipeline, or call its select(X, y) yourself. "
            "SlidingWindow makes windows rows, so y must be None with it."
        )
    return y


def _frame(y: Any) -> nw.DataFrame | None:
    """Return a DataFrame of any library as narwhals sees it, or None."""
    try:
        known = nw.from_native(_unbatched(y), pass_through=True)
    except nw.exceptions.DuplicateError as error:
        raise ValueError(f"The columns of y must have different names. {error}") from None
    if isinstance(known, nw.LazyFrame):
        raise TypeError(f"y is a lazy {type(y).__name__}: call its collect() first.")
    return known if isinstance(known, nw.DataFrame) else None


def _unbatched(y: Any) -> Any:
    """Return a batch of Arrow as a Table, for narwhals knows no batches; all else as it is."""
    is_batch = type(y).__name__ == "RecordBatch" and hasattr(y, "__arrow_c_stream__")
    return nw.from_arrow(y, backend="pyarrow").to_native() if is_batch else y


def _of_series(series: nw.Series) -> Column:
    # Arrow decodes missing categories as if they were the first: lists are right.
    declared = isinstance(series.dtype, nw.Categorical | nw.Enum)
    values = _objects(series.to_list()) if declared else series.to_numpy()
    column = _of_array(values)
    return column._replace(is_category=True) if declared else column


def _of_values(values: Any) -> Column:
    """Return what a dict holds under a name: a Series, a list, an array or a scalar."""
    series = nw.from_native(values, series_only=True, pass_through=True)
    if isinstance(series, nw.Series):
        return _of_series(series)
    column = _of_array(np.atleast_1d(_as_array(values)))
    declared = str(getattr(values, "dtype", "")) == "category"  # a pandas.Categorical
    return column._replace(is_category=True) if declared else column


def _of_array(values: np.ndarray) -> Column:
    if values.ndim != 1:
        raise ValueError(f"A column of y must have one dimension. Got the shape {values.shape}.")
    if values.dtype == object:
        values = _typed(values)
    return Column(values, values.dtype.kind not in "iuf")


def _unnamed(y: Any) -> dict[Any, Column]:
    y = _as_array(y)
    if y.ndim > 2:
        raise ValueError(f"y must have at most two dimensions. Got the shape {y.shape}.")
    table = y.reshape(-1, 1) if y.ndim < 2 else y
    return {i: Column(_of_array(table[:, i]).values, True) for i in range(table.shape[1])}


def _as_array(y: Any) -> np.ndarray:
    """Return an unnamed table as an array, dictionaries of Arrow decoded."""
    series = nw.from_native(y, series_only=True, pass_through=True)
    if isinstance(series, nw.Series):
        return _of_series(series).values
    if hasattr(y, "to_pylist"):  # pyarrow.Array
        return _typed(_objects(y.to_pylist()))
    if isinstance(y, list) and {str, float} <= set(map(type, y)) and any(map(_is_missing, y)):
        return _objects(y)  # NumPy would make the text "nan" of what is missing
    return np.asarray(y)


def _objects(values: list) -> np.ndarray:
    """Return a list as a one-dimensional array of objects, whatever it holds."""
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def _typed(values: np.ndarray) -> np.ndarray:
    """Return objects as numbers, bools or text if they are, else as they are."""
    present = [value for value in values if not _is_missing(value)]
    whole = len(present) == len(values)
    if not present:
        return values
    if all(isinstance(value, str) for value in present):
        return values.astype(str) if whole else values
    if any(isinstance(value, bool | np.bool_) for value in present):
        all_bool = whole and all(isinstance(value, bool | np.bool_) for value in present)
        return values.astype(bool) if all_bool else values
    if whole and all(isinstance(value, numbers.Integral) for value in present):
        return values.astype(np.int64)
    if all(isinstance(v, numbers.Number) and not isinstance(v, complex) for v in present):
        return np.array([np.nan if _is_missing(v) else float(v) for v in values])
    return values


def _is_missing(value: Any) -> bool:
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    if isinstance(value, np.datetime64 | np.timedelta64):
        return bool(np.isnat(value))
    return isinstance(value, float | np.floating) and bool(np.isnan(value))
