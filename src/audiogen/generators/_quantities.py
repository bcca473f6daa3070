"""Quantities among the conditions: their ranges, and numbers that a network resolves."""

from typing import Any

import numpy as np

from audiogen.utils.validation import check_midi_pitch

__all__ = ["beyond", "count_waves", "margin", "refuse_far", "waves"]

# From one trained value to the next a wave turns by 60 degrees at most, or it would say more of
# what lies between than the data do; the finest passes 8 times over the range. Few values, as
# velocities are, have an order and nothing else.
_TURN = np.pi / 3
_FEW = 8
_HALF_TURNS = np.pi * 2.0 ** np.arange(5)
_OCTAVE = 12.0
_MARGIN = 0.2

Range = tuple[Any, Any]  # lowest and highest: numbers, or arrays of one for each value


def count_waves(values: np.ndarray) -> int:
    """Return how many sines, and as many cosines, tell the values of a quantity apart."""
    n_values = len(np.unique(values))
    if n_values <= _FEW:
        return 0
    return int(np.count_nonzero(_TURN * (n_values - 1) >= _HALF_TURNS))


def waves(values: np.ndarray, trained: Range, n_waves: int) -> np.ndarray:
    """Return the place of each value in a range, from -1 to 1, with its sines and cosines."""
    low, high = trained
    place = (values.astype(np.float64) - low) / (high - low or 1.0)
    angles = place[:, np.newaxis] * _HALF_TURNS[:n_waves]
    found = np.concatenate([2 * place[:, np.newaxis] - 1, np.sin(angles), np.cos(angles)], 1)
    return found.astype(np.float32)


def margin(name: Any, trained: Range) -> float:
    """Return how far outside the trained range a quantity may lie."""
    low, high = trained
    return _OCTAVE if name == "pitch" else _MARGIN * (high - low)


def beyond(values: np.ndarray, trained: Range) -> np.ndarray:
    """Return how far quantities lie outside a range; negative is inside."""
    low, high = trained
    return np.maximum(low - values, values - high)


def refuse_far(name: Any, values: np.ndarray, trained: Range) -> None:
    """Refuse what is no number, no pitch, or too far outside the trained range."""
    if values.dtype.kind not in "iufb":
        raise ValueError(
            f"The condition '{name}' must be numbers. Got {values.tolist()[0]!r}. Columns of "
            "several kinds need a DataFrame or a dict."
        )
    if name == "pitch":
        check_midi_pitch(values)
    low, high = trained
    away, most = beyond(values, trained), margin(name, trained)
    if away.max() > most:
        raise ValueError(
            f"The condition '{name}' = {values[np.argmax(away)]} lies too far outside the "
            f"trained range [{low:g}, {high:g}]; {most:g} beyond it is the most."
        )
