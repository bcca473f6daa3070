"""Conditions: what a generator is asked for, checked and turned into numbers."""

import warnings

import numpy as np
import pandas as pd

from audiogen.exceptions import ExtrapolationWarning
from audiogen.utils.names import did_you_mean

__all__ = ["ConditionEncoder"]

# From one trained value to the next a wave turns by 60 degrees at most, or it would say more of
# what lies between than the data do; the finest passes 8 times over the range. Few values, as
# velocities are, have an order and nothing else.
_TURN = np.pi / 3
_FEW = 8
_HALF_TURNS = np.pi * 2.0 ** np.arange(5)
_OCTAVE = 12.0
_MARGIN = 0.2


class ConditionEncoder:
    """Learn what conditions there are, and encode them for a network.

    Number columns of a DataFrame are quantities, encoded as a position in the trained
    range and sines and cosines of it, the finer the more values there are; every other
    column, and all of an array, is a category, encoded one-hot.

    Parameters
    ----------
    fourier_features : bool, default=True
        Whether there are sines and cosines.

    Attributes
    ----------
    names_ : list
        Column names of a DataFrame; 0, 1, ... otherwise.
    categories_ : dict of name to ndarray or None
        The sorted categories of each column, None for a quantity.
    ranges_ : dict of name to tuple (low, high)
        The trained range of each quantity.
    widths_ : dict of name to int
        How many numbers encode each column.
    width_ : int
        How many numbers encode all of them.

    Examples
    --------
    >>> import pandas as pd
    >>> from audiogen.generators._conditions import ConditionEncoder
    >>> y = pd.DataFrame({"pitch": [60, 72], "instrument_family": ["flute", "organ"]})
    >>> encoder = ConditionEncoder().fit(y)
    >>> encoder.encode(y).shape
    (2, 3)
    >>> encoder.complete({"pitch": 64, "instrument_family": "flute"}, n_samples=2)
       pitch instrument_family
    0     64             flute
    1     64             flute
    """

    def __init__(self, fourier_features=True):
        self.fourier_features = fourier_features

    def fit(self, y):
        """Learn names, categories and ranges from the conditions of training.

        Parameters
        ----------
        y : DataFrame, or array-like of shape (n_samples,) or (n_samples, k)
            The conditions.

        Returns
        -------
        self : ConditionEncoder
        """
        self.form_ = _form(y)
        columns = _columns(y)
        self.names_ = list(columns)
        self.categories_: dict = {}
        self.ranges_: dict = {}
        self.widths_: dict = {}
        for name, values in columns.items():
            _refuse_missing(name, values)
            if self.form_ == "frame" and values.dtype.kind in "iuf":
                self.categories_[name] = None
                self.ranges_[name] = (float(values.min()), float(values.max()))
                n_values = len(np.unique(values))
                n_waves = 0
                if self.fourier_features and n_values > _FEW:
                    n_waves = int(np.count_nonzero(_TURN * (n_values - 1) >= _HALF_TURNS))
                self.widths_[name] = 1 + 2 * n_waves
            else:
                self.categories_[name] = _sorted(name, values)
                self.widths_[name] = len(self.categories_[name])
        self.width_ = sum(self.widths_.values())
        combinations = pd.DataFrame(columns).value_counts(sort=False)
        self.weights_ = combinations.to_numpy() / combinations.sum()
        seen = combinations.index.to_frame(index=False)
        self.combinations_ = {name: _plain(seen[name]) for name in self.names_}
        return self

    def complete(self, y, n_samples=None):
        """Spell out conditions, one row for each sample.

        Parameters
        ----------
        y : array-like, DataFrame, scalar or dict
            A scalar, or a dict of scalars, is repeated; so is a single row.
        n_samples : int, default=None
            How many; None takes as many as `y` has, 1 for a scalar.

        Returns
        -------
        y : DataFrame or ndarray
            In the form that `fit` was given.

        Raises
        ------
        ValueError
            Where columns are missing or unknown, or the lengths do not agree.
        """
        columns = self._matched(y)
        lengths = {len(values) for values in columns.values()}
        longest = max(lengths)
        n_samples = longest if n_samples is None else n_samples
        if lengths - {1, n_samples}:
            raise ValueError(
                f"y has {longest} row(s) where {n_samples} sample(s) are asked for; "
                "give one row, or as many rows as samples."
            )
        return self._in_form(
            {name: np.repeat(v, n_samples) if len(v) == 1 else v for name, v in columns.items()}
        )

    def encode(self, y):
        """Return conditions as numbers.

        Parameters
        ----------
        y : DataFrame or array-like
            One row for each sample.

        Returns
        -------
        codes : ndarray of shape (n_samples, width_), float32

        Raises
        ------
        ValueError
            For a category never seen, or a quantity far outside the trained range.

        Warns
        -----
        ExtrapolationWarning
            For a quantity a little outside: an octave of pitch, 20 % of another range.
        """
        parts = []
        for name, values in self._matched(y).items():
            _refuse_missing(name, values)
            seen = self.categories_[name]
            if seen is None:
                parts.append(self._waves(name, values))
            else:
                parts.append(self._one_hot(name, values, seen))
        return np.concatenate(parts, axis=1)

    def draw(self, n_samples, rng):
        """Draw conditions as often as they were trained on.

        Parameters
        ----------
        n_samples : int
            How many.
        rng : numpy.random.Generator
            Where the draws come from.

        Returns
        -------
        y : DataFrame or ndarray
            In the form that `fit` was given.
        """
        rows = rng.choice(len(self.weights_), size=n_samples, p=self.weights_)
        return self._in_form({name: self.combinations_[name][rows] for name in self.names_})

    def _matched(self, y):
        """Return y's columns by name, in the trained order."""
        columns = _columns(y)
        if isinstance(y, dict) and self.form_ != "frame":
            raise ValueError("y is a dict, but the conditions of training had no names.")
        if _form(y) != "frame":
            if len(columns) != len(self.names_):
                raise ValueError(
                    f"y has {len(columns)} column(s), but training had {len(self.names_)}: "
                    f"{self.names_}. Give a DataFrame or a dict with these names."
                )
            columns = dict(zip(self.names_, columns.values(), strict=True))
        missing = [name for name in self.names_ if name not in columns]
        unknown = [name for name in columns if name not in self.names_]
        if missing or unknown:
            raise ValueError(
                f"y must have the conditions of training, {self.names_}. "
                f"Missing: {missing}; unknown: {unknown}."
            )
        return {name: columns[name] for name in self.names_}

    def _in_form(self, columns):
        if self.form_ == "frame":
            return pd.DataFrame(columns)
        if self.form_ == "vector":
            return columns[0]
        return np.stack(list(columns.values()), axis=1)

    def _waves(self, name, values):
        if values.dtype.kind not in "iufb":
            raise ValueError(
                f"The condition '{name}' must be numbers. Got {values.tolist()[0]!r}. Columns of "
                "several kinds need a DataFrame or a dict."
            )
        low, high = self.ranges_[name]
        margin = _OCTAVE if name == "pitch" else _MARGIN * (high - low)
        beyond = np.maximum(low - values, values - high)
        worst = values[np.argmax(beyond)]
        if beyond.max() > margin:
            raise ValueError(
                f"The condition '{name}' = {worst} lies too far outside the trained range "
                f"[{low:g}, {high:g}]; {margin:g} beyond it is the most."
            )
        if beyond.max() > 0:
            warnings.warn(
                f"The condition '{name}' = {worst} lies outside the trained range "
                f"[{low:g}, {high:g}]; what comes out is extrapolated.",
                ExtrapolationWarning,
                stacklevel=4,
            )
        place = (values.astype(np.float64) - low) / (high - low or 1.0)
        angles = place[:, np.newaxis] * _HALF_TURNS[: self.widths_[name] // 2]
        waves = np.concatenate([2 * place[:, np.newaxis] - 1, np.sin(angles), np.cos(angles)], 1)
        return waves.astype(np.float32)

    @staticmethod
    def _one_hot(name, values, seen):
        places = {category: i for i, category in enumerate(seen.tolist())}
        for value in values.tolist():
            if value not in places:
                hint = did_you_mean(value, seen) if isinstance(value, str) else ""
                raise ValueError(
                    f"The condition '{name}' = {value!r} is unknown. Seen in training: "
                    f"{', '.join(map(str, seen[:40]))}{', ...' if len(seen) > 40 else ''}.{hint}"
                )
        codes = np.zeros((len(values), len(seen)), dtype=np.float32)
        codes[np.arange(len(values)), [places[value] for value in values.tolist()]] = 1
        return codes


def _form(y):
    """Tell a DataFrame or dict ("frame") from a "vector" and a "matrix"."""
    if isinstance(y, dict | pd.DataFrame):
        return "frame"
    return "vector" if np.ndim(y) < 2 else "matrix"


def _columns(y):
    """Return y as a dict of name to one-dimensional array."""
    if isinstance(y, dict | pd.DataFrame):
        if len(y) == 0 if isinstance(y, dict) else y.shape[1] == 0:
            raise ValueError("y has no conditions in it.")
        columns = {name: _plain(y[name]) for name in y}
    else:
        y = np.asarray(y)
        if y.ndim > 2:
            raise ValueError(f"y must have at most two dimensions. Got the shape {y.shape}.")
        table = y.reshape(-1, 1) if y.ndim < 2 else y
        columns = {i: _plain(table[:, i]) for i in range(table.shape[1])}
    if any(len(values) == 0 for values in columns.values()):
        raise ValueError("y has no rows.")
    return columns


def _plain(values):
    """Return a column as a plain one-dimensional NumPy array; text as NumPy's str."""
    values = np.atleast_1d(np.asarray(values))
    if values.dtype == object:
        missing = pd.isna(values)
        if missing.any() or not all(isinstance(v, str) for v in values):
            return values
        return values.astype(str)
    return values


def _sorted(name, values):
    try:
        return np.unique(values)
    except TypeError:
        kinds = sorted({type(value).__name__ for value in values})
        raise ValueError(
            f"The condition '{name}' mixes {' and '.join(kinds)}; make all of one type."
        ) from None


def _refuse_missing(name, values):
    n_missing = int(np.sum(pd.isna(values)))
    if n_missing:
        raise ValueError(
            f"The condition '{name}' is missing (NaN) in {n_missing} of {len(values)} rows; "
            "drop those rows, fill them in, or leave the condition out."
        )
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        raise ValueError(f"The condition '{name}' holds infinite values.")
