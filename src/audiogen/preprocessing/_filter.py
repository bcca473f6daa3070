"""Rows selected by their pitch."""

import numbers
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils import Tags

from audiogen.signal import named_pitches, track_pitch
from audiogen.utils.columns import number_column, take_rows, validated_conditions
from audiogen.utils.large import copy_rows, validate_rows
from audiogen.utils.validation import (
    Instance,
    Interval,
    Options,
    check_audio,
    check_midi_pitch,
    check_parameters,
)

__all__ = ["PitchFilter"]


class PitchFilter(TransformerMixin, BaseEstimator):
    """Drop the notes whose pitch lies outside a range.

    A *row selector*: `select` drops rows from X and y alike, and a
    `GenerativePipeline` that begins with it does so too. In scikit-learn's own Pipeline
    it can drop rows where there is no y.

    Parameters
    ----------
    low, high : int or str, default=24, 84
        Lowest and highest MIDI pitch that stays, or their names, such as "C2". A pitch is rounded
        to the nearest semitone before it is compared.
    pitch_column : str, default="pitch"
        Name of the column of `y` that holds the pitch. Where `y` has no names, lacks the
        column or has no number in it, `audiogen.signal.track_pitch` finds the pitch from the
        audio.
    unpitched : {"keep", "drop"}, default="keep"
        What becomes of rows whose pitch cannot be judged: noise, silence, short clips.
    sample_rate : int, default=16000
        Sampling rate of the audio, in Hz; the tracker needs it.

    Attributes
    ----------
    n_features_in_ : int
        ``X.shape[1]`` in `fit`.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from audiogen.preprocessing import PitchFilter
    >>> X, y = np.zeros((3, 8), dtype="float32"), pd.DataFrame({"pitch": [60, 100, 72]})
    >>> X, y = PitchFilter().select(X, y)
    >>> len(X), y["pitch"].tolist()
    (2, [60, 72])
    """

    def __init__(
        self,
        low: int | str = 24,
        high: int | str = 84,
        pitch_column: str = "pitch",
        unpitched: str = "keep",
        sample_rate: int = 16000,
    ) -> None:
        self.low = low
        self.high = high
        self.pitch_column = pitch_column
        self.unpitched = unpitched
        self.sample_rate = sample_rate

    def fit(self, X: npt.ArrayLike, y: Any = None) -> "PitchFilter":
        """Check the parameters; nothing is learnt.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps)
            Audio.
        y : DataFrame or array-like, default=None
            Ignored.

        Returns
        -------
        self : PitchFilter
        """
        self._check()
        self._validated(X, reset=True)
        return self

    def select(self, X: npt.ArrayLike, y: Any = None) -> tuple[np.ndarray, Any]:
        """Return X and y without the rows whose pitch lies outside the range.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps)
            Audio; integers are scaled by the full scale of their type. X may have any other
            shape where `y` has the pitch of every row.
        y : DataFrame, record array, dict of columns, array-like or None, default=None
            Conditions.

        Returns
        -------
        X : ndarray of shape (n_selected, n_timesteps)
            X itself where all rows stay.
        y : table of the type given, with n_selected rows
            A pandas DataFrame or Series keeps its index.

        Raises
        ------
        ValueError
            Where no row stays, `y` has not as many rows as `X`, or a pitch is none.
        """
        self._check()
        X = self._validated(X, reset=False)
        validated_conditions(X, y)
        pitches = self._pitches(X, y)
        low, high = named_pitches([self.low, self.high])
        kept = (np.rint(pitches) >= low) & (np.rint(pitches) <= high)
        if self.unpitched == "keep":
            kept |= np.isnan(pitches)
        if kept.all():
            return X, y
        if not kept.any():
            raise ValueError(self._nothing_left(pitches))
        return copy_rows(X, kept), take_rows(y, kept)

    def transform(self, X: npt.ArrayLike) -> np.ndarray:
        """Return X without the rows whose tracked pitch lies outside the range.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps)
            Audio.

        Returns
        -------
        X : ndarray of shape (n_selected, n_timesteps)
        """
        return self.select(X)[0]

    def fit_transform(self, X: npt.ArrayLike, y: Any = None) -> np.ndarray:
        """Fit, and return X without the rows whose pitch lies outside the range.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps)
            Audio.
        y : DataFrame, array-like or None, default=None
            Conditions; the pitch is taken from them where they have it.

        Returns
        -------
        X : ndarray of shape (n_selected, n_timesteps)
        """
        return self.fit(X).select(X, y)[0]

    def inverse_transform(self, X: npt.ArrayLike) -> npt.ArrayLike:
        """Return X as it is: rows that were dropped do not come back.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps)
            Audio.

        Returns
        -------
        X : the same
        """
        return X

    def _check(self) -> None:
        rule = Interval(numbers.Integral, 0, 127, closed="both")
        low, high = (int(named_pitches(v)) if isinstance(v, str) else v
                     for v in (self.low, self.high))  # fmt: skip
        check_parameters("PitchFilter", {"low": rule, "high": rule}, {"low": low, "high": high})
        check_parameters(
            self,
            {
                "pitch_column": Instance(str, "a str"),
                "unpitched": Options("keep", "drop"),
                "sample_rate": Interval(numbers.Integral, 1000, None),
            },
        )
        if low > high:
            raise ValueError(
                f"The 'low' parameter of PitchFilter must not exceed 'high' = {self.high}. "
                f"Got {self.low} instead."
            )

    def _validated(self, X: npt.ArrayLike, reset: bool) -> np.ndarray:
        array = validate_rows(self, X, dtype="numeric", allow_nd=True, reset=reset)
        return check_audio(array, name="X") if array.ndim == 2 else array

    def _pitches(self, X: np.ndarray, y: Any) -> np.ndarray:
        """Return the pitch of each row as y has it or the audio tells, NaN where neither does."""
        pitches = number_column(y, self.pitch_column, named_pitches)
        if pitches is None:
            pitches = np.full(len(X), np.nan)
        check_midi_pitch(pitches, self.pitch_column)
        unknown = np.isnan(pitches)
        if unknown.any() and X.ndim != 2:
            raise ValueError(
                f"PitchFilter tracks pitch in audio of shape (n_samples, n_timesteps). Got X of "
                f"shape {X.shape}: put it before the step that makes these, or give y as a "
                f"DataFrame that has the pitch of every row in the column {self.pitch_column!r}."
            )
        if unknown.any():
            pitches[unknown] = track_pitch(X, self.sample_rate, np.flatnonzero(unknown))
        return pitches

    def _nothing_left(self, pitches: np.ndarray) -> str:
        """Return what to say where no row stays."""
        known = pitches[~np.isnan(pitches)]
        found = f"lie in [{known.min():.1f}, {known.max():.1f}]" if len(known) else "are unknown"
        return (
            f"PitchFilter(low={self.low}, high={self.high}, unpitched={self.unpitched!r}) dropped "
            f"all {len(pitches)} row(s): their pitches {found}. Widen the range, or check that "
            f"sample_rate={self.sample_rate} is right and that pitches are MIDI numbers."
        )

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags
