"""Changes of tempo, and bars that are not whole."""

import itertools
import numbers
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from audiogen.io._note_table import LONGEST
from audiogen.utils.validation import Interval

__all__ = [
    "TEMPO",
    "bar_count",
    "changing_tempo",
    "checked_restarts",
    "checked_tempos",
    "heard_at",
]

# Quarter notes a minute; a MIDI file holds none below 3.6.
TEMPO = Interval(numbers.Real, 4, 1000, closed="both")
_NEAR = 1e-6  # quarter notes; sums of thirds end this close to a bar line

Tempos = list[tuple[float, float]]


def checked_tempos(tempos: Sequence[Any]) -> Tempos:
    """Return changes of tempo as pairs of floats, in order; what cannot be is refused."""
    found: Tempos = []
    for change in tempos:
        is_pair = isinstance(change, tuple | list) and len(change) == 2
        if not is_pair or not _is_time(change[0]) or not TEMPO.allows(change[1]):
            raise ValueError(
                "The 'tempos' parameter of Score must be tuples of a start after 0, in quarter "
                f"notes, and a tempo from 4 to 1000. Got {change!r}."
            )
        found.append((float(change[0]), float(change[1])))
    found.sort()
    for (one, _), (other, _) in itertools.pairwise(found):
        if one == other:
            raise ValueError(f"The 'tempos' parameter of Score has two tempos at {one:g}.")
    return found


def checked_restarts(restarts: Sequence[Any]) -> list[float]:
    """Return times at which bars are counted anew, in order; what is no time is refused."""
    for restart in restarts:
        if not _is_time(restart):
            raise ValueError(
                "The 'restarts' parameter of Score must be times after 0, in quarter notes. "
                f"Got {restart!r}."
            )
    return sorted({float(restart) for restart in restarts})


def _is_time(value: Any) -> bool:
    return isinstance(value, int | float | np.number) and bool(0 < value <= LONGEST)


def heard_at(quarters: np.ndarray, tempo: float, tempos: Tempos) -> np.ndarray:
    """Return the seconds at which times in quarter notes are heard."""
    starts = np.array([0.0, *(start for start, _ in tempos)])
    lengths = 60 / np.array([tempo, *(value for _, value in tempos)])  # of a quarter note
    seconds = np.concatenate([[0.0], np.cumsum(np.diff(starts) * lengths[:-1])])
    place = np.searchsorted(starts[1:], quarters, side="right")
    return seconds[place] + (quarters - starts[place]) * lengths[place]


def changing_tempo(marks: Iterable[tuple[float, float]], length: float) -> tuple[float, Tempos]:
    """Return the tempo at the start and its changes, of the tempos that hold from some times on.

    Of tempos that a score cannot have, the mean is returned, or the nearest that it can have:
    the music lasts as long, or as nearly.
    """
    found = {0.0: 120.0} | {start: tempo for start, tempo in marks if start < length or not start}
    kept: Tempos = []
    for start, tempo in sorted(found.items()):
        if not kept or kept[-1][1] != tempo:
            kept.append((start, tempo))
    if all(TEMPO.allows(tempo) for _, tempo in kept):
        return kept[0][1], kept[1:]
    minutes = float(heard_at(np.array([length]), kept[0][1], kept[1:])[0]) / 60
    mean = round(length / minutes, 3) if minutes else 120.0
    return float(np.clip(mean, TEMPO.low, TEMPO.high)), []


def bar_count(bar: float, pickup: float, restarts: Sequence[float], length: float) -> int:
    """Return the number of bars after the pickup, one that has begun included."""
    edges = [pickup, *(restart for restart in restarts if pickup < restart < length - _NEAR)]
    whole = sum(max(1, int((b - a) / bar + 0.5 + _NEAR)) for a, b in itertools.pairwise(edges))
    return whole + max(0, int(np.ceil((length - edges[-1] - _NEAR) / bar)))
