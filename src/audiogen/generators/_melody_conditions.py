"""Genre, mode and metre of melodies, read from tables."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from audiogen.io import Score
from audiogen.utils.columns import is_named, read_columns
from audiogen.utils.names import did_you_mean

__all__ = ["Condition", "checked_tunes", "complete_conditions", "condition_table", "counted"]

Condition = tuple[str | None, str, str]  # genre, mode and metre
_NAMES = ("genre", "mode", "metre")
_EXAMPLES = {"genre": "jig", "mode": "major", "metre": "6/8"}


def checked_tunes(tunes: Any, y: Any) -> tuple[list[Score], list[Condition]]:
    """Return tunes as a list, and their conditions."""
    if isinstance(tunes, Score) or not hasattr(tunes, "__iter__"):
        raise TypeError(
            "X must be a list of tunes, each an audiogen.io.Score. Got "
            f"{type(tunes).__name__}; put it into a list."
        )
    tunes = list(tunes)
    wrong = [type(tune).__name__ for tune in tunes if not isinstance(tune, Score)]
    if wrong:
        raise TypeError(f"X must be a list of audiogen.io.Score. Got a {wrong[0]} among them.")
    if not any(len(tune.notes) for tune in tunes):
        raise ValueError("X has no tune with a note: give at least one.")
    return tunes, _conditions_of(tunes, y)


def _conditions_of(tunes: Sequence[Score], y: Any) -> list[Condition]:
    """Return the conditions of tunes: what y says, else what the scores say."""
    table = {name: [None] * len(tunes) for name in _NAMES} | _columns(y)
    for name, values in table.items():
        if len(values) != len(tunes):
            raise ValueError(
                f"y has {len(values)} rows in column {name!r}, but there are {len(tunes)} tunes."
            )
    return [
        (genre, mode or tune.mode, metre or "{}/{}".format(*tune.metre))
        for tune, genre, mode, metre in zip(tunes, *(table[n] for n in _NAMES), strict=True)
    ]


def counted(conditions: Sequence[Condition]) -> dict[str, Any]:
    """Return each condition once, and how often it was there."""
    counts = Counter(conditions)
    known = sorted(counts, key=repr)
    return {  # arrays, of which a file is small
        "known": np.array([(genre or "", mode, metre) for genre, mode, metre in known]),
        "counts": np.array([counts[condition] for condition in known]),
    }


def complete_conditions(
    y: Any, n_samples: int | None, learnt: dict[str, Any], rng: np.random.Generator
) -> list[Condition]:
    """Return the conditions of melodies to come.

    Parameters
    ----------
    y : table, dict or None
        What is asked for.
    n_samples : int or None
        How many there are to be; None takes as many as y has rows, or 1.
    learnt : dict
        Those of the tunes that were learnt from, `counted`: what y leaves open is drawn from
        those that agree with the rest, except the genre, which stays free where y names anything
        at all.
    rng : numpy.random.Generator
        What draws.
    """
    table = _columns(y)
    rows = [dict(zip(table, values, strict=True)) for values in zip(*table.values(), strict=True)]
    rows = rows or [{}]
    if len(rows) == 1:
        rows *= n_samples or 1
    if n_samples not in (None, len(rows)):
        raise ValueError(f"n_samples is {n_samples}, but y has {len(rows)} rows.")
    return [_completed(row, learnt, rng) for row in rows]


def condition_table(conditions: Sequence[Condition]) -> pd.DataFrame:
    """Return conditions as a table."""
    return pd.DataFrame(conditions, columns=list(_NAMES))[["genre", "metre", "mode"]]


def _columns(y: Any) -> dict[str, list[str | None]]:
    """Return the columns of a table, None where a value is missing."""
    if y is None:
        return {}
    if not is_named(y):
        raise TypeError(
            "y must be a table with columns among genre, metre and mode, such as a DataFrame or "
            f"a dict. Got {type(y).__name__} instead."
        )
    if isinstance(y, dict):
        y = {name: [v] if isinstance(v, str) or np.ndim(v) == 0 else v for name, v in y.items()}
        longest = max((len(v) for v in y.values()), default=0)
        y = {name: list(v) * longest if len(v) == 1 else list(v) for name, v in y.items()}
    table = {}
    for name, column in read_columns(y).items():
        if name not in _NAMES:
            raise ValueError(
                f"y has no use for a column {name!r}, only for genre, metre and mode."
                f"{did_you_mean(name, _NAMES)}"
            )
        table[name] = [_text(name, value) for value in column.values.tolist()]
    return table


def _text(name: str, value: Any) -> str | None:
    """Return a value of a column, None where it is missing."""
    if isinstance(value, str):
        return value or None
    if value is None or value != value:
        return None
    raise ValueError(
        f"The column {name!r} of y must hold text, such as {_EXAMPLES[name]!r}. Got {value!r}."
    )


def _completed(
    row: dict[str, str | None], learnt: dict[str, Any], rng: np.random.Generator
) -> Condition:
    known = learnt["known"]
    chances = learnt["counts"].astype(float)
    for i, name in enumerate(_NAMES):
        value = row.get(name)
        if value is None:
            continue
        names = sorted(set(known[:, i].tolist()) - {""})
        if value not in names:
            raise ValueError(
                f"{name} {value!r} is none of those that were learnt: {', '.join(names)}."
                f"{did_you_mean(value, names)}"
            )
        agreeing = chances * (known[:, i] == value)
        chances = agreeing if agreeing.any() else chances  # one that no tune had is allowed
    genre, mode, metre = known[rng.choice(len(known), p=chances / chances.sum())].tolist()
    genre = row.get("genre") if row else genre or None
    return genre, row.get("mode") or mode, row.get("metre") or metre
