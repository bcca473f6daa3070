"""Conditions: what a generator is asked for, checked and turned into numbers."""

from typing import Any, cast

import numpy as np
import pandas as pd

from audiogen.exceptions import ExtrapolationWarning
from audiogen.generators._condition_columns import (
    checked_columns,
    condition_columns,
    with_pitches,
)
from audiogen.generators._quantities import beyond, count_waves, margin, refuse_far, waves
from audiogen.generators._ranges import group_ranges, ranges_under
from audiogen.preprocessing import TextConditions
from audiogen.utils.columns import Column, is_named, read_columns, refuse_missing
from audiogen.utils.names import did_you_mean
from audiogen.utils.texts import checked_texts
from audiogen.utils.validation import warn_user

__all__ = ["ConditionEncoder"]


class ConditionEncoder:
    """Learn what conditions there are, and encode them for a network.

    Named number columns are quantities, encoded as a position in the trained range and sines
    and cosines of it, the finer the more values there are. Every other column (text, bools,
    declared categories, all of an array) is a category, encoded one-hot, but for one that `text`
    names: its words are encoded by `TextConditions`.

    Parameters
    ----------
    fourier_features : bool, default=True
        Whether there are sines and cosines.
    text : str, default=None
        Name of the column that is read as words; None reads none.

    Attributes
    ----------
    names_ : list
        Column names of a DataFrame; 0, 1, ... otherwise.
    categories_ : dict of name to ndarray or None
        The sorted categories of each column, None for a quantity. Of the column of text they are
        the texts of training; `encode` takes any other.
    text_encoder_ : TextConditions or None
        What encodes texts; None without a column of text.
    ranges_ : dict of name to tuple (low, high)
        The trained range of each quantity.
    group_ranges_ : dict of name to ndarray of shape (n_groups, 2)
        The trained range of each quantity under each combination of categories that training
        had. The combinations are the rows of `groups_`.
    groups_ : ndarray of shape (n_groups, n_category_columns)
        For each combination of categories, the place of each category in `categories_`. The
        columns are those of `group_names_`.
    group_names_ : list
        The columns of categories, without that of text.
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
    >>> encoder
    ConditionEncoder(pitch=60 to 72, instrument_family=2 categories)
    >>> encoder.encode(y).shape
    (2, 3)
    >>> encoder.complete({"pitch": 64, "instrument_family": "flute"}, n_samples=2)
       pitch instrument_family
    0     64             flute
    1     64             flute
    """

    text: str | None = None  # of files that were written before there was any
    text_encoder_: TextConditions | None = None

    def __init__(self, fourier_features: bool = True, text: str | None = None) -> None:
        self.fourier_features = fourier_features
        self.text = text

    def __repr__(self) -> str:
        if not hasattr(self, "names_"):
            text = "" if self.text is None else f", text={self.text!r}"
            return f"ConditionEncoder(fourier_features={self.fourier_features}{text})"
        parts = [f"{name}={self._described(name)}" for name in self.names_]
        return f"ConditionEncoder({', '.join(parts)})"

    def fit(self, y: Any) -> "ConditionEncoder":
        """Learn names, categories and ranges from the conditions of training.

        Parameters
        ----------
        y : DataFrame, record array, dict of columns, or array-like of shape (n_samples,) or \
                (n_samples, k)
            The conditions.

        Returns
        -------
        self : ConditionEncoder

        Raises
        ------
        ValueError
            Where values are missing, infinite or of several types, a pitch is none, or the
            column of text is none of y or holds no words.
        """
        columns = checked_columns(y)
        self._check_text(columns, y)
        self.form_ = "frame" if is_named(y) else "vector" if np.ndim(y) < 2 else "matrix"
        self.names_ = list(columns)
        self.categories_: dict = {}
        self.ranges_: dict = {}
        self.widths_: dict = {}
        for name, (values, is_category) in columns.items():
            if name == self.text:
                self.text_encoder_ = TextConditions(random_state=0).fit(values)
                self.categories_[name] = self.text_encoder_.texts_
                self.widths_[name] = self.text_encoder_.n_components_
            elif is_category:
                self.categories_[name] = _sorted(name, values)
                self.widths_[name] = len(self.categories_[name])
            else:
                self.categories_[name] = None
                self.ranges_[name] = (float(values.min()), float(values.max()))
                self.widths_[name] = 1 + 2 * count_waves(values) * bool(self.fourier_features)
        self.width_ = sum(self.widths_.values())
        arrays = {name: column.values for name, column in columns.items()}
        self.groups_, self.group_ranges_ = group_ranges(
            self._places_of(arrays), {name: arrays[name] for name in self.ranges_}
        )
        combinations = pd.DataFrame(arrays).value_counts(sort=False)
        self.weights_ = combinations.to_numpy() / combinations.sum()
        seen = combinations.index.to_frame(index=False)
        self.combinations_ = {n: read_columns({n: seen[n]})[n].values for n in self.names_}
        return self

    def complete(self, y: Any, n_samples: int | None = None) -> Any:
        """Spell out conditions, one row for each sample.

        Parameters
        ----------
        y : DataFrame, record array, dict, array-like or scalar
            A scalar, or a dict of scalars, is repeated; so is a single row.
        n_samples : int, default=None
            How many; None takes as many as `y` has, 1 for a scalar.

        Returns
        -------
        y : DataFrame or ndarray
            A pandas DataFrame if the conditions of training had names, else an array.

        Raises
        ------
        ValueError
            Where columns are missing or unknown, or the lengths do not agree.
        """
        columns = {name: column.values for name, column in self._matched(y).items()}
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

    def encode(self, y: Any) -> np.ndarray:
        """Return conditions as numbers.

        Parameters
        ----------
        y : DataFrame, record array, dict or array-like
            One row for each sample.

        Returns
        -------
        codes : ndarray of shape (n_samples, width_), float32

        Raises
        ------
        ValueError
            For a category never seen, a quantity far outside the trained range, or a pitch
            that is none.

        Warns
        -----
        UnknownWordsWarning
            For words of a text that are ignored: neither known nor near a known one.
        ExtrapolationWarning
            For a quantity outside the range trained under the same categories. A combination
            of categories that training did not have is held to the ranges of each of its
            categories. An octave of pitch beyond the range of all of training, or 20 % of another
            range, is the most.
        """
        columns = {name: column.values for name, column in self._matched(y).items()}
        for name, values in columns.items():
            refuse_missing(name, values)
            if self.categories_[name] is None:
                refuse_far(name, values, self.ranges_[name])
        places = self._places_of(columns)
        self._warn_of_extrapolation(columns, places)
        one_hot = iter(places.T)
        parts = []
        for name, values in columns.items():
            if name == self.text:
                parts.append(self._encoded_texts(values))
            elif self.categories_[name] is None:
                parts.append(waves(values, self.ranges_[name], self.widths_[name] // 2))
            else:
                parts.append(_one_hot(next(one_hot), self.widths_[name]))
        return np.concatenate(parts, axis=1)

    def find_refused(self, y: Any) -> tuple[np.ndarray, list[str]]:
        """Find the rows that `encode` would refuse.

        Parameters
        ----------
        y : DataFrame, record array, dict or array-like
            One row for each sample, with the columns of training.

        Returns
        -------
        refused : ndarray of shape (n_samples,), bool
            True where a category was not seen in training or a quantity is too far outside
            the trained range.
        values : list of str
            The distinct values that are to blame, as "family=harp".
        """
        columns = self._matched(y)
        refused = np.zeros(max(len(column.values) for column in columns.values()), dtype=bool)
        blamed: list[str] = []
        for name, (values, _) in columns.items():
            seen = self.categories_[name]
            if name == self.text:
                continue
            if seen is None:
                refuse_missing(name, values)
                trained = self.ranges_[name]
                wrong = beyond(values, trained) > margin(name, trained)
            else:
                there = set(seen.tolist())
                wrong = np.array([value not in there for value in values.tolist()])
            refused |= wrong
            blamed += dict.fromkeys(f"{name}={value}" for value in values[wrong])
        return refused, blamed

    def draw(self, n_samples: int, rng: np.random.Generator) -> Any:
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
            As `complete` returns it.
        """
        rows = rng.choice(len(self.weights_), size=n_samples, p=self.weights_)
        return self._in_form({name: self.combinations_[name][rows] for name in self.names_})

    def _matched(self, y: Any) -> dict[Any, Column]:
        """Return y's columns by name, in the trained order."""
        columns = condition_columns(y)
        if isinstance(y, dict) and self.form_ != "frame":
            raise ValueError("y is a dict, but the conditions of training had no names.")
        if not is_named(y):
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
        quantities = [name for name in self.names_ if self.categories_[name] is None]
        return {
            name: with_pitches(name, columns[name]) if name in quantities else columns[name]
            for name in self.names_
        }

    @property
    def group_names_(self) -> list[Any]:
        """The columns of categories, without that of text."""
        return [n for n in self.names_ if self.categories_[n] is not None and n != self.text]

    def _check_text(self, columns: dict[Any, Column], y: Any) -> None:
        """Refuse a column of text that y has not, or that holds something else."""
        if self.text is None:
            return
        if self.text not in columns:
            there = f"columns {list(columns)}" if is_named(y) else "no names of columns"
            raise ValueError(
                f"The 'text' parameter is {self.text!r}, but y has {there}. Give a DataFrame or a "
                "dict with that column, or text=None."
            )
        checked_texts(columns[self.text].values, f"The condition '{self.text}'")

    def _encoded_texts(self, values: np.ndarray) -> np.ndarray:
        """Return the codes of texts, each distinct one encoded once."""
        texts = checked_texts(values, f"The condition '{self.text}'")
        distinct, which = np.unique(texts, return_inverse=True)
        encoder = cast(TextConditions, self.text_encoder_)
        return encoder.transform(distinct)[which.reshape(-1)]

    def _described(self, name: Any) -> str:
        if name == self.text:
            return f"text of {len(cast(TextConditions, self.text_encoder_).words_)} words"
        seen = self.categories_[name]
        if seen is not None:
            return f"{len(seen)} categories"
        return "{:g} to {:g}".format(*self.ranges_[name])

    def _places_of(self, columns: dict[Any, np.ndarray]) -> np.ndarray:
        """Return where the categories of each row stand among those of training."""
        parts = [
            self._places(name, values)
            for name, values in columns.items()
            if name in self.group_names_
        ]
        n_rows = max(map(len, columns.values()))
        return np.stack(parts, axis=1) if parts else np.zeros((n_rows, 0), dtype=np.intp)

    def _in_form(self, columns: dict[Any, np.ndarray]) -> Any:
        if self.form_ == "frame":
            return pd.DataFrame({name: self._declared(name, columns[name]) for name in columns})
        if self.form_ == "vector":
            return columns[0]
        return np.stack(list(columns.values()), axis=1)

    def _declared(self, name: Any, values: np.ndarray) -> Any:
        """Return values; of categories that are numbers, declared as such."""
        known = self.categories_[name]
        return values if known is None or known.dtype.kind not in "iuf" else pd.Categorical(values)

    def _warn_of_extrapolation(self, columns: dict[Any, np.ndarray], places: np.ndarray) -> None:
        """Warn of the quantities outside what was trained under their categories."""
        for name, ranges in self.group_ranges_.items():
            low, high = ranges_under(places, self.groups_, ranges)
            away = beyond(columns[name], (low, high))
            row = int(np.argmax(away))
            if away[row] <= 0:
                continue
            own = [f"{n}={columns[n][row]}" for n in self.group_names_]
            more = int(np.count_nonzero(away > 0)) - 1
            warn_user(
                f"The condition '{name}' = {columns[name][row]} lies outside the trained range "
                f"[{low[row]:g}, {high[row]:g}]{' of ' if own else ''}{', '.join(own)}; what "
                f"comes out is extrapolated{f', as in {more} other row(s)' if more else ''}.",
                ExtrapolationWarning,
            )

    def _places(self, name: Any, values: np.ndarray) -> np.ndarray:
        """Return where each category stands among those of training."""
        seen = self.categories_[name]
        places = {category: i for i, category in enumerate(seen.tolist())}
        for value in values.tolist():
            if value not in places:
                hint = did_you_mean(value, seen) if isinstance(value, str) else ""
                raise ValueError(
                    f"The condition '{name}' = {value!r} is unknown. Seen in training: "
                    f"{', '.join(map(str, seen[:40]))}{', ...' if len(seen) > 40 else ''}.{hint}"
                )
        return np.array([places[value] for value in values.tolist()])


def _one_hot(places: np.ndarray, width: int) -> np.ndarray:
    codes = np.zeros((len(places), width), dtype=np.float32)
    codes[np.arange(len(places)), places] = 1
    return codes


def _sorted(name: Any, values: np.ndarray) -> np.ndarray:
    try:
        return np.unique(values)
    except TypeError:
        kinds = sorted({type(value).__name__ for value in values})
        raise ValueError(
            f"The condition '{name}' mixes {' and '.join(kinds)}; make all of one type."
        ) from None
