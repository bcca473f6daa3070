"""How sure a figure is: the scatter of figures of half of the clips."""

import numbers
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.stats

from audiogen.metrics._halves import FEWEST, halves
from audiogen.utils.seeds import Stream, draw_seed, make_rng
from audiogen.utils.silence import silenced
from audiogen.utils.validation import Interval, check_parameters

__all__ = ["confidence_interval", "reaches"]


def confidence_interval(
    metric: Callable[..., float],
    *sets: npt.ArrayLike,
    confidence_level: float = 0.95,
    n_resamples: int = 100,
    random_state: Any = 0,
) -> tuple[float, float]:
    """Compute an interval that tells how sure a metric of clips is.

    Parameters
    ----------
    metric : callable
        Function of the sets that returns a number.
    *sets : array-like of shape (n_samples, ...)
        Audio or embeddings, one row for each clip and at least 4 of them; frames of a clip are
        on a further axis, as clips are drawn and not frames.
    confidence_level : float, default=0.95
        Share of such intervals that hold the figure of all clips there could be, where the metric
        is unbiased.
    n_resamples : int, default=100
        Number of times that half of each set is drawn.
    random_state : int, RandomState or None, default=0
        Seed of the draws.

    Returns
    -------
    low, high : float
        Bounds of the interval, about the metric of the whole sets. They are as far from it as
        those of a normal distribution, and so may be beyond what the metric can be.

    Raises
    ------
    ValueError
        Where a set has fewer than 4 clips.

    Notes
    -----
    Half of the clips of each set are drawn without replacement, again and again. Metrics of
    such halves scatter as much as those of whole sets of new clips do [1]_. Draws with
    replacement would hold some clips twice, which distances to nearest neighbours do not bear.

    A biased metric has an interval about a biased figure: give
    ``functools.partial(frechet_distance, corrected=True)``, say. Clips count as independent,
    so several notes of one instrument make intervals too narrow.

    References
    ----------
    .. [1] P. J. McCarthy, "Pseudo-replication: Half samples", Review of the International
       Statistical Institute 37(3), 1969.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.metrics import confidence_interval, frechet_distance
    >>> rng = np.random.default_rng(0)
    >>> real, generated = rng.normal(size=400), rng.normal(1, size=400)
    >>> low, high = confidence_interval(frechet_distance, real, generated)
    >>> low < 1 < high  # which is the truth
    True
    """
    rules = {
        "confidence_level": Interval(numbers.Real, 0, 1, closed="neither"),
        "n_resamples": Interval(numbers.Integral, 2, None),
    }
    given = {"confidence_level": confidence_level, "n_resamples": n_resamples}
    check_parameters("confidence_interval", rules, given)
    arrays = [one if isinstance(one, list) else np.asarray(one) for one in sets]
    value = float(metric(*arrays))
    [reach] = reaches(
        lambda *parts: [metric(*parts)], arrays, confidence_level, n_resamples, random_state
    )
    return value - reach, value + reach


def reaches(
    figures: Callable[..., list[float]],
    sets: list[Any],
    confidence_level: float,
    n_resamples: int,
    random_state: Any,
) -> list[float]:
    """Return how far the interval of each figure reaches from it to either side."""
    sizes = tuple(map(len, sets))
    if not sizes or min(sizes) < FEWEST:
        raise ValueError(f"Each set must have at least {FEWEST} clips. Got {sizes}.")
    rng = make_rng(draw_seed(random_state), Stream.METRIC)
    found: list[list[float]] = []
    with silenced(UserWarning):  # that of few rows holds for halves sooner than for the sets
        for parts in halves(sizes, -(-n_resamples // 2), rng):
            few = [_taken(one, rows) for one, rows in zip(sets, parts, strict=True)]
            try:
                found.append(figures(*few))
            except ValueError as error:
                raise ValueError(f"Half of the clips do for no interval: {error}") from error
    deviations = np.std(found, axis=0, ddof=1)
    reach: np.ndarray = deviations * scipy.stats.norm.isf((1 - confidence_level) / 2)
    return reach.tolist()


def _taken(one: Any, rows: np.ndarray) -> Any:
    return [one[row] for row in rows] if isinstance(one, list) else one[rows]
