"""Bars, beats and seconds of a score."""

from typing import Any

import numpy as np
import pandas as pd

from audiogen.io._tempos import bar_count, heard_at

__all__ = ["TimesMixin"]


class TimesMixin:
    """What follows from the metre and the tempos of a `Score`."""

    notes: pd.DataFrame
    metre: tuple[int, int]
    tempo: float
    tempos: list[tuple[float, float]]
    pickup: float
    restarts: list[float]
    _length: float

    @property
    def bar(self) -> float:
        """Length of a bar, in quarter notes."""
        return 4.0 * self.metre[0] / self.metre[1]

    @property
    def beat(self) -> float:
        """Length of a beat as felt, in quarter notes: 1.5 in 6/8, 9/8 and 12/8, 2 in 2/2."""
        numerator, denominator = self.metre
        compound = denominator >= 8 and numerator > 3 and numerator % 3 == 0
        return (12.0 if compound else 4.0) / denominator

    @property
    def bpm(self) -> float:
        """The tempo at the beginning, in beats as felt a minute."""
        return self.tempo / self.beat

    @property
    def length(self) -> float:
        """Quarter notes until the last note, section or chord has ended."""
        return self._length

    @property
    def n_bars(self) -> int:
        """Number of bars after the pickup, one that has begun included."""
        return bar_count(self.bar, self.pickup, self.restarts, self.length)

    @property
    def seconds(self) -> float:
        """Duration of the music, in seconds."""
        return float(self.seconds_at(self.length))

    def to_seconds(self) -> pd.DataFrame:
        """Return the notes with onset and duration in seconds.

        Returns
        -------
        notes : DataFrame
            The columns of `notes`.

        Examples
        --------
        >>> from audiogen.io import Score
        >>> Score({"onset": [3], "duration": [1], "pitch": [60]}).to_seconds().onset.tolist()
        [1.5]
        """
        notes = self.notes.copy()
        if not self.tempos:
            notes[["onset", "duration"]] *= 60 / self.tempo
            return notes
        begins, ends = self.seconds_at(notes.onset), self.seconds_at(notes.onset + notes.duration)
        return notes.assign(onset=begins, duration=ends - begins)

    def seconds_at(self, quarters: Any) -> Any:
        """Return when times of the score are heard.

        Parameters
        ----------
        quarters : float or array-like
            Quarter notes from the start of the score.

        Returns
        -------
        seconds : ndarray or float
            Seconds from the start of the score.

        Examples
        --------
        >>> from audiogen.io import Score
        >>> score = Score({"onset": [0], "duration": [8], "pitch": [60]}, tempos=[(4, 60)])
        >>> score.seconds_at([2, 4, 8]).tolist()
        [1.0, 2.0, 6.0]
        """
        return heard_at(np.asarray(quarters, dtype=float), self.tempo, self.tempos)
