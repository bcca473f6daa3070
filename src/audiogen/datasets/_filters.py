"""Rows of a frame chosen before their audio is read."""

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
import pandas as pd

from audiogen.datasets._bunch import check_known
from audiogen.signal import named_pitches
from audiogen.utils.seeds import Stream, draw_seed, make_rng
from audiogen.utils.validation import Instance, Options

NAMES = (Options(None), Instance((list, tuple, set, np.ndarray), "a list of names"))


def filtered(
    frame: pd.DataFrame,
    named: Mapping[str, tuple[str, Collection[str] | None]],
    pitch_range: tuple[Any, Any] | None,
) -> pd.DataFrame:
    """Keep the rows that pass all filters.

    Parameters
    ----------
    frame : DataFrame
        The rows.
    named : dict of str to (str, list of str or None)
        For each parameter its column, and the values to keep; None keeps all.
    pitch_range : tuple (low, high) or None
        MIDI pitches to keep, or names of notes; both ends are included.

    Returns
    -------
    frame : DataFrame
        At least one row.
    """
    keep = np.ones(len(frame), dtype=bool)
    for parameter, (column, wanted) in named.items():
        if wanted is not None:
            check_known(parameter, wanted, sorted(frame[column].dropna().unique()))
            keep &= frame[column].isin(list(wanted)).to_numpy()
    if pitch_range is not None:
        if len(pitch_range) != 2:
            raise ValueError(f"pitch_range must be a pair (low, high). Got {pitch_range!r}.")
        low, high = named_pitches(list(pitch_range))
        keep &= frame["pitch"].between(low, high).to_numpy()
    if not keep.any():
        asked = "".join(f"{name}={wanted}, " for name, (_, wanted) in named.items())
        raise ValueError(
            f"None of the {len(frame)} notes passes the filters: {asked}"
            f"pitch_range={pitch_range}. "
            f"Pitches go from {frame['pitch'].min()} to {frame['pitch'].max()}."
        )
    return frame[keep]


def drawn(frame: pd.DataFrame, n_most: int | None, random_state: Any) -> pd.DataFrame:
    """Return at most so many rows, drawn at random and in their order."""
    if n_most is None or n_most >= len(frame):
        return frame
    rng = make_rng(draw_seed(random_state), Stream.SUBSET)
    return frame.iloc[np.sort(rng.choice(len(frame), n_most, replace=False))]
