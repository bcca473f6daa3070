"""The data sets that loaders return, and checks of their parameters."""

import numbers
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils import Bunch

from audiogen.utils.names import did_you_mean
from audiogen.utils.validation import Instance, Interval, check_parameters

COLUMNS = (
    "note",
    "pitch",
    "velocity",
    "instrument",
    "instrument_family",
    "instrument_source",
    "qualities",
)


def check_conditions(
    owner: str, conditions: Sequence[str], columns: Sequence[str] = COLUMNS
) -> None:
    """Refuse conditions that are no columns, before any audio is read."""
    rule = Instance((list, tuple), "a list or tuple of column names")
    check_parameters(owner, {"conditions": rule}, {"conditions": conditions})
    for name in conditions:
        if name not in columns:
            raise ValueError(
                f"The 'conditions' parameter of {owner} names {name!r}, which is no column "
                f"of the frame. The columns are {', '.join(columns)}."
            )


def check_sample_rate(owner: str, sample_rate: int, known: Sequence[int]) -> None:
    """Refuse a sampling rate that nothing is stored at."""
    rule = Interval(numbers.Integral, 1, None)
    check_parameters(owner, {"sample_rate": rule}, {"sample_rate": sample_rate})
    if sample_rate not in known:
        raise ValueError(
            f"The 'sample_rate' parameter of {owner} must be {' or '.join(map(str, known))}. "
            f"Got {sample_rate} instead; audiogen.signal.resample takes notes to other rates."
        )


def as_dataset(
    data: np.ndarray,
    frame: pd.DataFrame,
    *,
    sample_rate: int,
    filenames: list[str],
    descr: str,
    return_X_y: bool,
    conditions: Sequence[str],
) -> Any:
    """Return a Bunch, or X and the chosen columns of the frame."""
    if return_X_y:
        return data, frame[list(conditions)]
    return Bunch(data=data, frame=frame, sample_rate=sample_rate, filenames=filenames, DESCR=descr)


def number_column(values: Iterable[Any]) -> np.ndarray:
    """Return numbers as int64 where all are whole, else as float64 with NaN for None."""
    column = np.array([np.nan if v is None else v for v in values], dtype=np.float64)
    whole = np.isfinite(column).all() and (column == np.rint(column)).all()
    return column.astype(np.int64) if whole else column


def check_known(name: str, wanted: Iterable[Any], known: Sequence[str]) -> None:
    """Raise a ValueError for a value that is not known; it lists those that are."""
    for value in wanted:
        if value not in known:
            there = ", ".join(known[:40]) + (", ..." if len(known) > 40 else "")
            raise ValueError(
                f"{name}: there is no {value!r} here, only: {there}.{did_you_mean(value, known)}"
            )
