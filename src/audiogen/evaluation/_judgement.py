"""What a judgement found: figures of draws, their means and intervals, as a table."""

import json
import math
from dataclasses import dataclass
from typing import Any

import pandas as pd
import scipy.stats

__all__ = ["Judgement"]


@dataclass(frozen=True, eq=False)
class Judgement:
    """Figures of a generator beside those of real sounds; `judge` returns it.

    Attributes
    ----------
    draws : DataFrame
        Each figure that was measured, in the columns source, fold, draw, figure and value.
        Sources are "generated", "half" (one half of the real set against the other) and
        "others" (real sounds from elsewhere).
    n_real : list of int
        Number of real sounds in each fold.
    sample_rate : float
        Sampling rate of the audio, in Hz.
    confidence_level : float
        That of the intervals.
    version : str
        That of audiogen.

    Examples
    --------
    >>> import pandas as pd
    >>> from audiogen.evaluation import Judgement
    >>> draws = pd.DataFrame(
    ...     {"source": "generated", "fold": 0, "draw": [0, 1], "figure": "x", "value": [1.0, 3.0]}
    ... )
    >>> judgement = Judgement(draws, [100], 16000, 0.5, "0.1")
    >>> judgement.to_frame().loc[("x", "generated"), "mean"]
    np.float64(2.0)
    >>> print(judgement)
       generated
    x  2 (1 to 3)
    100 real sounds at 16000 Hz, 2 draws; means with 50% intervals
    """

    draws: pd.DataFrame
    n_real: list[int]
    sample_rate: float
    confidence_level: float
    version: str

    def to_frame(self) -> pd.DataFrame:
        """Return means and intervals.

        Returns
        -------
        frame : DataFrame
            The columns are "mean"; "low" and "high", the bounds of its interval; "deviation",
            the standard deviation of single draws within a fold; and "n_draws". The index has
            the levels figure and source. NaN where there are too few draws to tell, and of
            figures that were NaN in some draw.
        """
        groups = self.draws.groupby(["figure", "source"], sort=False)
        rows = {key: self._summary(group) for key, group in groups}
        frame = pd.DataFrame.from_dict(rows, orient="index")
        frame.index = pd.MultiIndex.from_tuples(rows, names=["figure", "source"])
        return frame

    def to_json(self) -> str:
        """Return all that is known as JSON, in which NaN is null.

        Returns
        -------
        text : str
        """
        records = self.to_frame().reset_index().to_dict("records")
        known = {
            "sample_rate": self.sample_rate,
            "n_real": self.n_real,
            "confidence_level": self.confidence_level,
            "audiogen": self.version,
            "figures": [_finite(record) for record in records],
            "draws": [_finite(record) for record in self.draws.to_dict("records")],
        }
        return json.dumps(known, indent=2, allow_nan=False)

    def __str__(self) -> str:
        frame = self.to_frame()
        sources = list(dict.fromkeys(self.draws["source"]))
        rows = [["", *sources]]
        for figure in dict.fromkeys(self.draws["figure"]):
            cells = [_cell(frame, (figure, source)) for source in sources]
            rows.append([figure, *cells])
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in rows
        ]
        folds = f", {len(self.n_real)} folds" if len(self.n_real) > 1 else ""
        n_real = " + ".join(map(str, self.n_real))
        n_draws = self.draws["draw"].max() + 1
        return "\n".join(
            [
                *lines,
                f"{n_real} real sounds at {self.sample_rate:g} Hz, {n_draws} draws{folds}; "
                f"means with {self.confidence_level:.0%} intervals",
            ]
        )

    __repr__ = __str__

    def _summary(self, group: pd.DataFrame) -> dict[str, Any]:
        """Return the mean of a figure of one source, and how sure it is."""
        by_fold = group.groupby("fold")["value"]
        # Draws of one fold share its real sounds and its fit: folds are what is independent.
        units = by_fold.mean() if by_fold.ngroups > 1 else group["value"]
        mean, n = units.mean(skipna=False), len(units)
        reach = math.nan
        if n > 1:
            error = units.std(ddof=1, skipna=False) / math.sqrt(n)
            reach = error * float(scipy.stats.t.isf((1 - self.confidence_level) / 2, n - 1))
        variance = by_fold.apply(lambda values: values.var(ddof=1, skipna=False)).mean(
            skipna=False
        )
        return {
            "mean": mean,
            "low": mean - reach,
            "high": mean + reach,
            "deviation": math.sqrt(variance),
            "n_draws": len(group),
        }


def _cell(frame: pd.DataFrame, key: tuple[str, str]) -> str:
    """Return a mean and its interval as text, "-" where there is none."""
    if key not in frame.index:
        return "-"
    row: Any = frame.loc[key]
    mean, low, high = (float(row[name]) for name in ("mean", "low", "high"))
    if math.isnan(mean):
        return "-"
    if math.isnan(low):
        return _short(mean)
    return f"{_short(mean)} ({_short(low)} to {_short(high)})"


def _short(value: float) -> str:
    """Return a number with three digits, or all of those before the point."""
    return f"{value:.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def _finite(record: dict[Any, Any]) -> dict[Any, Any]:
    """Return a record with None in place of NaN."""
    return {
        name: None if isinstance(value, float) and not math.isfinite(value) else value
        for name, value in record.items()
    }
