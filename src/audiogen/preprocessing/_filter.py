"""Rows selected by their pitch."""

import numbers

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_consistent_length, validate_data

from audiogen.signal import track_pitch
from audiogen.utils.validation import Instance, Interval, Options, check_parameters

__all__ = ["PitchFilter"]


class PitchFilter(TransformerMixin, BaseEstimator):
    """Drop the notes whose pitch lies outside a range.

    A *row selector*: `select` drops rows from X and y alike, and a
    `GenerativePipeline` that begins with it does so too. In scikit-learn's own Pipeline
    it can drop rows where there is no y.

    Parameters
    ----------
    low, high : int, default=24, 84
        Lowest and highest MIDI pitch that stays. A pitch is rounded to the nearest
        semitone before it is compared.
    pitch_column : str, default="pitch"
        The column of a DataFrame `y` that holds the pitch. Where `y` is no DataFrame,
        lacks the column or has NaN in it, `audiogen.signal.track_pitch` finds the pitch
        from the audio.
    unpitched : {"keep", "drop"}, default="keep"
        What becomes of rows whose pitch cannot be judged: noise, silence, short clips.
    sample_rate : int, default=16000
        Samples per second, for the tracker.

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

    def __init__(self, low=24, high=84, pitch_column="pitch", unpitched="keep", sample_rate=16000):
        self.low = low
        self.high = high
        self.pitch_column = pitch_column
        self.unpitched = unpitched
        self.sample_rate = sample_rate

    def fit(self, X, y=None):
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

    def select(self, X, y=None):
        """Return X and y without the rows whose pitch lies outside the range.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps)
            Audio; of any other shape where `y` knows every pitch.
        y : DataFrame, array-like or None, default=None
            Conditions.

        Returns
        -------
        X : ndarray of shape (n_selected, n_timesteps)
            X itself where all rows stay.
        y : as given, of length n_selected
            A DataFrame or Series keeps its index.

        Raises
        ------
        ValueError
            Where no row stays.
        """
        self._check()
        X = self._validated(X, reset=False)
        if y is not None:
            check_consistent_length(X, y)
        pitches = self._pitches(X, y)
        kept = (np.rint(pitches) >= self.low) & (np.rint(pitches) <= self.high)
        if self.unpitched == "keep":
            kept |= np.isnan(pitches)
        if kept.all():
            return X, y
        if not kept.any():
            raise ValueError(self._nothing_left(pitches))
        return X[kept], None if y is None else _rows(y, kept)

    def transform(self, X):
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

    def fit_transform(self, X, y=None):
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

    def inverse_transform(self, X):
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

    def _check(self):
        check_parameters(
            self,
            {
                "low": Interval(numbers.Integral, 0, 127, closed="both"),
                "high": Interval(numbers.Integral, 0, 127, closed="both"),
                "pitch_column": Instance(str, "a str"),
                "unpitched": Options("keep", "drop"),
                "sample_rate": Interval(numbers.Integral, 1000, None),
            },
        )
        if self.low > self.high:
            raise ValueError(
                f"The 'low' parameter of PitchFilter must not exceed 'high' = {self.high}. "
                f"Got {self.low} instead."
            )

    def _validated(self, X, reset):
        return validate_data(self, X, dtype=(np.float32, np.float64), allow_nd=True, reset=reset)

    def _pitches(self, X, y):
        pitches = np.full(len(X), np.nan)
        if isinstance(y, pd.DataFrame) and self.pitch_column in y.columns:
            pitches = y[self.pitch_column].to_numpy(dtype=float, na_value=np.nan, copy=True)
        unknown = np.isnan(pitches)
        if unknown.any() and X.ndim != 2:
            raise ValueError(
                f"PitchFilter tracks pitch in audio of shape (n_samples, n_timesteps). Got X of "
                f"shape {X.shape}: put it before the step that makes these, or give y as a "
                f"DataFrame that has the pitch of every row in the column {self.pitch_column!r}."
            )
        if unknown.any():
            audio = X if unknown.all() else X[unknown]
            pitches[unknown] = track_pitch(audio, self.sample_rate)
        return pitches

    def _nothing_left(self, pitches):
        known = pitches[~np.isnan(pitches)]
        found = f"lie in [{known.min():.1f}, {known.max():.1f}]" if len(known) else "are unknown"
        return (
            f"PitchFilter(low={self.low}, high={self.high}, unpitched={self.unpitched!r}) dropped "
            f"all {len(pitches)} row(s): their pitches {found}. Widen the range, or check that "
            f"sample_rate={self.sample_rate} is right and that pitches are MIDI numbers."
        )

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags


def _rows(y, kept):
    if isinstance(y, pd.DataFrame | pd.Series):
        return y[kept]
    if isinstance(y, list):
        return [value for value, keep in zip(y, kept, strict=True) if keep]
    return np.asarray(y)[kept]
