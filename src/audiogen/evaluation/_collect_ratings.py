"""What listeners' answers say: means, wins, strengths, tests, and who did not listen."""

import itertools
import numbers
import os
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import wilcoxon

from audiogen.evaluation._bradley_terry import bradley_terry
from audiogen.evaluation._listening_result import ListeningResult
from audiogen.evaluation._make_listening_test import ANCHOR
from audiogen.evaluation._ratings import read_key, read_ratings
from audiogen.evaluation._resampled import interval, resampled_sums
from audiogen.utils.seeds import Stream, draw_seed, make_rng
from audiogen.utils.validation import Instance, Interval, check_parameters

__all__ = ["collect_ratings"]

_LEAST, _MOST_FAILED = 90, 0.15  # BS.1534-3, section 4.1.2
_CONSTRAINTS = {
    "screen": Instance((bool, np.bool_), "a bool"),
    "confidence_level": Interval(numbers.Real, 0, 1, closed="neither"),
    "n_resamples": Interval(numbers.Integral, 100, None),
}


def collect_ratings(
    results: Sequence[str | os.PathLike[str]],
    key: str | os.PathLike[str],
    *,
    screen: bool = True,
    confidence_level: float = 0.95,
    n_resamples: int = 2000,
    random_state: Any = 0,
) -> ListeningResult:
    """Read the answers to a listening test, and tell what they say.

    Parameters
    ----------
    results : sequence of str or path-like
        The files that listeners downloaded and sent.
    key : str or path-like
        The file ``key.json`` that `make_listening_test` wrote.
    screen : bool, default=True
        Whether listeners are left out who rate the hidden reference of "mushra" below 90 in more
        than 15 % of the trials, as ITU-R BS.1534-3 has it [1]_.
    confidence_level : float, default=0.95
        Of the intervals.
    n_resamples : int, default=2000
        Number of draws of the bootstrap.
    random_state : int, RandomState or None, default=0
        Seed of the bootstrap.

    Returns
    -------
    result : ListeningResult
        Tables of sets, of pairs of sets and of listeners.

    Raises
    ------
    ValueError
        For a file that is no result of this test, or damaged, two of one session, and where no
        listener is left; the message names the file.
    FileNotFoundError
        Where a file is missing.

    See Also
    --------
    make_listening_test : Make the test.

    Notes
    -----
    Intervals come of a bootstrap over listeners and over trials or sounds, both drawn with
    replacement: they are for other listeners and other sounds of the same sets. With five
    listeners or less, intervals of 95 % hold about nine times of ten; with one they are for that
    one alone.

    Wins are counted in comparisons, as GANSynth's table does [2]_: of "preference" in each trial;
    of "mushra" in each trial, by who was rated higher; of "mos" by the means of each listener.

    The test of two sets is Wilcoxon's signed-rank test of each listener's mean difference between
    them: listeners are what is independent. Its p-value cannot be below .05 with less than six of
    them. Holm's procedure corrects for the number of pairs.

    References
    ----------
    .. [1] ITU-R BS.1534-3, "Method for the subjective assessment of intermediate quality level
       of audio systems", 2015.
    .. [2] J. Engel et al., "GANSynth: Adversarial neural audio synthesis", ICLR 2019.

    Examples
    --------
    >>> from audiogen.evaluation import collect_ratings
    >>> result = collect_ratings(["anna.json", "ben.json"], "key.json")  # doctest: +SKIP
    >>> print(result.scores)  # doctest: +SKIP
    """
    check_parameters("collect_ratings", _CONSTRAINTS, locals())
    if isinstance(results, str | os.PathLike) or not len(results):
        raise ValueError(f"'results' must be a list of one file or more. Got {results!r}.")
    read = read_key(key)
    ratings, names = read_ratings(results, read)
    raters = _judge_raters(ratings, names, read["reference"], screen)
    kept = ratings[~ratings["rater"].map(raters["excluded"].to_numpy().item)]
    if kept.empty:
        raise ValueError(
            "All listeners rated the hidden reference below 90 in more than 15 % of the trials. "
            "screen=False keeps them."
        )
    kind, rng = read["kind"], make_rng(draw_seed(random_state), Stream.LISTENING)
    comparisons = _comparisons(kept, kind, read["sets"])
    sets = [*read["sets"], *([ANCHOR] if kind == "mushra" else [])]
    scores = _means(kept, kind, sets, confidence_level, n_resamples, rng)
    if kind == "preference":
        strengths = _strengths(comparisons, sets, confidence_level, n_resamples, rng)
        scores = scores.join(strengths)
    scores = scores.sort_values("mean", ascending=False, kind="stable")
    return ListeningResult(kind, float(confidence_level), scores, _pairs(comparisons), raters)


def _judge_raters(
    ratings: pd.DataFrame, names: list[str], reference: str | None, screen: bool
) -> pd.DataFrame:
    """Return a table of the listeners, and who is left out."""
    groups = ratings.groupby("rater")["rating"]
    hidden = ratings[ratings["set"] == reference]
    failed = (hidden["rating"] < _LEAST).groupby(hidden["rater"]).mean()
    table = pd.DataFrame(
        {"n": groups.size(), "mean": groups.mean(), "sd": groups.std(ddof=0), "failed": failed}
    )
    table["excluded"] = screen & (table["failed"] > _MOST_FAILED)
    return table.set_axis(pd.Index(names, name="rater"))


def _comparisons(ratings: pd.DataFrame, kind: str, sets: list[str]) -> pd.DataFrame:
    """Return who won, 1 for the set a, 0 for b and 0.5 for a draw, and their difference."""
    judged = ratings[ratings["set"].isin(sets)]
    by = ["rater"] if kind == "mos" else ["rater", "trial"]
    table = judged.pivot_table(index=by, columns="set", values="rating", aggfunc="mean")
    found = []
    for a, b in itertools.combinations([name for name in sets if name in table], 2):
        difference = (table[a] - table[b]).dropna()
        rows = difference.index.to_frame(index=False)
        won = (np.sign(difference.to_numpy()) + 1) / 2
        found.append(rows.assign(a=a, b=b, won=won, difference=difference.to_numpy()))
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame()


def _means(
    ratings: pd.DataFrame, kind: str, sets: list[str], level: float, n: int,
    rng: np.random.Generator,
) -> pd.DataFrame:  # fmt: skip
    """Return the mean rating of each set, with its interval."""
    sums, counts = _cells(ratings, "set", sets, "sound" if kind == "mos" else "trial", "rating")
    both = resampled_sums(np.concatenate([sums, counts]), n, rng)
    with np.errstate(invalid="ignore"):  # a set that was not drawn
        low, high = interval(both[:, : len(sets)] / both[:, len(sets) :], level)
    total = counts.sum(axis=(1, 2))
    return pd.DataFrame(
        {"mean": sums.sum(axis=(1, 2)) / total, "low": low, "high": high, "n": total.astype(int)},
        index=pd.Index(sets, name="set"),
    )


def _strengths(
    comparisons: pd.DataFrame, sets: list[str], level: float, n: int, rng: np.random.Generator
) -> pd.DataFrame:
    """Return the log-strength of each set by Bradley and Terry, with its interval."""
    pairs = [*itertools.permutations(range(len(sets)), 2)]
    swapped = comparisons.rename(columns={"a": "b", "b": "a"}).assign(won=1 - comparisons["won"])
    games = pd.concat([comparisons, swapped], ignore_index=True)
    games["pair"] = [
        (sets.index(a), sets.index(b)) for a, b in zip(games["a"], games["b"], strict=True)
    ]
    cells, counts = _cells(games, "pair", pairs, "trial", "won")

    def as_matrix(values: np.ndarray) -> np.ndarray:
        matrix = np.zeros((*values.shape[:-1], len(sets), len(sets)))
        matrix[..., *np.transpose(pairs)] = values
        return matrix

    compared = as_matrix(counts.sum(axis=(1, 2))) > 0
    found = bradley_terry(as_matrix(cells.sum(axis=(1, 2))), compared)
    drawn = bradley_terry(as_matrix(resampled_sums(cells, n, rng)), compared)
    low, high = interval(drawn, level)
    return pd.DataFrame(
        {"strength": found, "strength_low": low, "strength_high": high}, index=sets
    )


def _cells(
    table: pd.DataFrame, column: str, kinds: Sequence[Any], item: str, value: str
) -> tuple[np.ndarray, np.ndarray]:
    """Return sums and numbers of a value by kind, rater and item, as dense arrays."""
    place = {kind: i for i, kind in enumerate(kinds)}
    kind = table[column].map(place).to_numpy()
    (rater, n_raters), (what, n_items) = (
        (codes, len(found)) for codes, found in map(pd.factorize, (table["rater"], table[item]))
    )
    sums = np.zeros((len(kinds), n_raters, n_items))
    counts = np.zeros_like(sums)
    np.add.at(sums, (kind, rater, what), table[value].to_numpy())
    np.add.at(counts, (kind, rater, what), 1)
    return sums, counts


def _pairs(comparisons: pd.DataFrame) -> pd.DataFrame:
    """Return how often each of two sets won, and how likely that is by chance."""
    rows = []
    for (a, b), group in comparisons.groupby(["a", "b"], sort=False) if len(comparisons) else ():
        wins, losses = int((group["won"] == 1).sum()), int((group["won"] == 0).sum())
        p_value = _signed_rank(group.groupby("rater")["difference"].mean().to_numpy())
        rows.append((a, b, wins, len(group) - wins - losses, losses, p_value))
    table = pd.DataFrame(rows, columns=["a", "b", "wins_a", "draws", "wins_b", "p_value"])
    table["p_value"] = _holm(table["p_value"].to_numpy())
    return table.set_index(["a", "b"])


def _signed_rank(differences: np.ndarray) -> float:
    """Return the p-value of Wilcoxon's signed-rank test; 1 where nothing differs."""
    return float(wilcoxon(differences).pvalue) if differences.any() else 1.0


def _holm(p_values: np.ndarray) -> np.ndarray:
    """Return p-values corrected for their number, by Holm's step-down procedure."""
    order = np.argsort(p_values)
    scaled = p_values[order] * (len(p_values) - np.arange(len(p_values)))
    corrected = np.empty(len(p_values))
    corrected[order] = np.minimum(np.maximum.accumulate(scaled), 1.0)
    return corrected
