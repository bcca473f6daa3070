"""What pitch wheel and volume do to a note while it sounds."""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter

import numpy as np

from audiogen.signal import hold_note

__all__ = ["Controls", "value_at"]

_STEP = 0.005  # seconds between the values that are used; in between they move evenly
_LEAST = 1e-4  # gain

Changes = Sequence[tuple[float, float]]


def value_at(times: np.ndarray, changes: Changes, first: float) -> np.ndarray:
    """Return the value that holds at each time: the last one of those set at once."""
    changes = sorted(changes, key=itemgetter(0))
    values = np.array([first, *(value for _, value in changes)])
    starts = np.array([start for start, _ in changes])
    return values[np.searchsorted(starts, times + 1e-9, side="right")]


@dataclass(frozen=True)
class Controls:
    """The controllers of a part.

    Parameters
    ----------
    wheel, ranges : sequence of (time, value)
        Changes of the pitch wheel, from -1 to 1, and of the semitones that 1 is.
    volume, expression : sequence of (time, value)
        Changes of both, as shares of what is usual.
    usual_range : float
        Semitones before the first of `ranges`.
    """

    wheel: Changes
    ranges: Changes
    volume: Changes
    expression: Changes
    usual_range: float = 2.0

    def bend(self, times: np.ndarray) -> np.ndarray:
        """Return the semitones that notes are bent by at some times."""
        return value_at(times, self.wheel, 0.0) * value_at(times, self.ranges, self.usual_range)

    def gain(self, times: np.ndarray) -> np.ndarray:
        """Return the gain at some times, never quite 0."""
        level = value_at(times, self.volume, 1.0) * value_at(times, self.expression, 1.0)
        return np.maximum(np.square(level), _LEAST)

    def held(
        self, sound: np.ndarray, onset: float, seconds: float, *, sample_rate: int, release: float
    ) -> np.ndarray:
        """Return a note as `hold_note` does, bent as the wheel moves."""
        length = seconds + release
        grid = np.arange(0.0, length + _STEP, _STEP)
        times = np.concatenate([[onset], onset + grid])
        bends = self.bend(times)
        if not np.ptp(bends):
            return hold_note(sound, seconds, sample_rate=sample_rate, release=release)
        places = np.cumsum(2 ** ((bends[1:] - bends[0]) / 12)) * _STEP
        places = np.concatenate([[0.0], places[:-1]])  # in the sound, of each step
        at_end = float(np.interp(seconds, grid, places))
        held = hold_note(sound, at_end, sample_rate=sample_rate, release=release)
        heard = np.arange(round(length * sample_rate)) / sample_rate
        wanted = np.interp(heard, grid, places) * sample_rate
        return np.interp(wanted, np.arange(len(held)), held, right=0.0).astype(np.float32)

    def swelled(self, sound: np.ndarray, onset: float, sample_rate: int) -> np.ndarray:
        """Return a note turned up and down, re its onset."""
        grid = np.arange(0.0, len(sound) / sample_rate + _STEP, _STEP)
        gains = self.gain(np.concatenate([[onset], onset + grid]))
        if not np.ptp(gains):
            return sound
        heard = np.arange(len(sound)) / sample_rate
        return sound * np.interp(heard, grid, gains[1:] / gains[0]).astype(np.float32)
