"""What a listening test says, as tables, text and JSON."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

__all__ = ["ListeningResult"]

_FIGURE = "{:.3f}".format


@dataclass(frozen=True)
class ListeningResult:
    """What `collect_ratings` returns; its text is the tables.

    Parameters
    ----------
    kind : {"preference", "mos", "mushra"}
        Kind of the test.
    confidence_level : float
        Of the intervals.
    scores : DataFrame
        A row for each set, best first: mean (of "preference" the share of comparisons won, draws
        being half), the ends of its interval low and high, and n, the number of ratings. Of
        "preference" also strength, the log-strength by Bradley and Terry, and its interval.
    pairs : DataFrame
        A row for every two sets, a and b: wins_a, draws, wins_b, and p_value, corrected for the
        number of pairs.
    raters : DataFrame
        A row for each listener: n, mean, sd (of the ratings), failed (the share of hidden
        references that were rated below 90; NaN without references) and excluded.
    """

    kind: str
    confidence_level: float
    scores: pd.DataFrame
    pairs: pd.DataFrame
    raters: pd.DataFrame

    def to_dict(self) -> dict[str, Any]:
        """Return all figures as numbers, lists and dicts, which JSON can hold.

        Returns
        -------
        figures : dict
            A list of rows for each table; None where there is no figure.
        """
        tables = {"scores": self.scores, "pairs": self.pairs, "raters": self.raters}
        rows = {
            name: [
                {key: None if value != value else value for key, value in row.items()}
                for row in table.reset_index().to_dict("records")
            ]
            for name, table in tables.items()
        }
        return {"kind": self.kind, "confidence_level": self.confidence_level, **rows}

    def __str__(self) -> str:
        tables = [
            table.reset_index()
            .dropna(axis=1, how="all")
            .to_string(index=False, float_format=_FIGURE, formatters={"p_value": "{:.2g}".format})
            for table in (self.scores, self.pairs, self.raters)
            if len(table)
        ]
        return "\n\n".join(tables)
