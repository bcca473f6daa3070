"""A scorer made of a metric."""

import functools
import inspect
import numbers
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from audiogen import metrics
from audiogen.scoring._draw import draw
from audiogen.scoring._known_metrics import KNOWN, Known, metric_names
from audiogen.utils.columns import read_columns
from audiogen.utils.validation import Instance, Interval, check_parameters

__all__ = ["MetricScorer"]


class MetricScorer:
    """Score what a generator makes by a metric.

    Parameters
    ----------
    metric : str or callable
        One of `metric_names`, or a function as `audiogen.metrics.measure` takes it: with a
        parameter `sample_rate` it is given audio, else embeddings; it takes the real and the
        generated clips, or only the generated ones.
    greater_is_better : bool or None, default=None
        Whether a greater figure is a better one; if not, the score is its negative. None knows
        that of names, and takes less for better in a callable.
    figure : str or None, default=None
        Which figure, of a callable that returns a dict of several.
    embedding : callable, Embedding or None, default=None
        What metrics of embeddings are given; None is that of `audiogen.metrics.embed`.
    sample_rate : float, default=16000
        Sampling rate of the audio, in Hz. A pipeline whose steps state another is refused.
    random_state : int, RandomState or None, default=0
        Seed of what is generated; an int judges all candidates on the same draws.
    **parameters : dict
        Further parameters of the metric.

    See Also
    --------
    MultimetricScorer : Several of them, of one draw.
    sklearn.metrics.make_scorer : The same for predictions.

    Notes
    -----
    "fad" and "kl" are the Fréchet audio distance and the Kullback-Leibler divergence KL(real
    || generated), estimated by nearest neighbours from each clip's mean embedding.
    "pitch_entropy" is that of each clip, in the mean, where one without pitch counts as the worst,
    7 bits. "n_pitches" and "pitch_range", of all clips, take silence for best: use them beside
    others. "pitch_accuracy" needs a column pitch of y, and "inception_score" an embedding that
    returns probabilities of classes.

    Examples
    --------
    >>> from audiogen.metrics import tonality
    >>> from audiogen.scoring import MetricScorer
    >>> MetricScorer("kernel_distance", sample_rate=22050)
    MetricScorer('kernel_distance', sample_rate=22050, random_state=0)
    >>> MetricScorer(tonality, greater_is_better=True)
    MetricScorer(tonality, greater_is_better=True, sample_rate=16000, random_state=0)
    """

    def __init__(
        self,
        metric: str | Callable[..., Any],
        *,
        greater_is_better: bool | None = None,
        figure: str | None = None,
        embedding: Callable[..., npt.ArrayLike] | None = None,
        sample_rate: float = 16000,
        random_state: Any = 0,
        **parameters: Any,
    ) -> None:
        self.metric = metric
        self.greater_is_better = greater_is_better
        self.figure = figure
        self.embedding = embedding
        self.sample_rate = sample_rate
        self.random_state = random_state
        self.parameters = parameters
        self._check()

    def _check(self) -> None:
        if not callable(self.metric) and self.metric not in metric_names():
            raise ValueError(
                f"The 'metric' parameter of {type(self).__name__} must be a callable or one of "
                f"{', '.join(metric_names())}. Got {self.metric!r} instead."
            )
        rules = {
            "greater_is_better": Instance((bool, type(None)), "a bool or None"),
            "figure": Instance((str, type(None)), "a str or None"),
            "sample_rate": Interval(numbers.Real, 0, None, closed="neither"),
        }
        check_parameters(type(self).__name__, rules, {name: getattr(self, name) for name in rules})

        taken = inspect.signature(self._known().metric).parameters
        unknown = [name for name in self.parameters if name not in taken]
        if unknown and all(each.kind is not each.VAR_KEYWORD for each in taken.values()):
            raise TypeError(f"The metric of {self!r} has no parameter {', '.join(unknown)}.")

    def _known(self) -> Known:
        return KNOWN[self.metric] if isinstance(self.metric, str) else Known(self.metric)

    def __call__(self, estimator: Any, X: Any, y: Any = None) -> float:
        """Score a fitted estimator on audio.

        Parameters
        ----------
        estimator : estimator
            A fitted generator, or a pipeline that ends in one. Where it drops rows
            (`GenerativePipeline.select`), they are dropped here first.
        X : array-like of shape (n_samples, n_timesteps)
            Real audio.
        y : DataFrame, record array, dict of columns, array-like or None, default=None
            Conditions of the real audio, under which audio is generated.

        Returns
        -------
        score : float
            Greater is better.

        Raises
        ------
        ValueError
            Where the steps of the estimator state another sample rate than the scorer's,
            the estimator knows the conditions of no row, or y lacks the pitch that a metric needs.

        Warns
        -----
        UserWarning
            Where rows are left out of the score, because the estimator was not trained on
            their categories, or a pitch or other number lies too far outside its range.
        """
        drawn = draw(estimator, X, y, self.sample_rate, self.random_state)
        return self.judge(*drawn)

    def judge(self, real: np.ndarray, generated: np.ndarray, y: Any = None) -> float:
        """Score clips that are generated already.

        Parameters
        ----------
        real, generated : ndarray of shape (n_samples, n_timesteps)
            Clips.
        y : table, default=None
            Their conditions, which only metrics of the pitch asked for need.

        Returns
        -------
        score : float
            Greater is better.
        """
        known = self._known()
        metric, figure = known.metric, self.figure or known.figure
        upward = self.greater_is_better
        if upward is None:
            upward = known.greater_is_better
        parameters = dict(self.parameters)
        if "pitch" in inspect.signature(metric).parameters:
            parameters["pitch"] = _pitch_of(y)
        found = metrics.measure(
            [functools.partial(metric, **parameters)], real, generated,
            sample_rate=self.sample_rate, embedding=self.embedding, n_resamples=0,
        )  # fmt: skip
        if figure is not None or len(found) > 1:
            named = [each for each in found if each.metric.endswith(f": {figure}")]
            if not named:
                keys = ", ".join(each.metric.rpartition(": ")[2] for each in found)
                raise ValueError(f"{self!r} is of one figure: give figure=, one of {keys}.")
            found = named
        return found[0].value if upward else -found[0].value

    def __repr__(self) -> str:
        named = isinstance(self.metric, str)
        name = repr(self.metric) if named else getattr(self.metric, "__name__", repr(self.metric))
        optional = "greater_is_better", "figure", "embedding"
        words = [name] if type(self) is MetricScorer else []
        words += [f"{k}={getattr(self, k)!r}" for k in optional if getattr(self, k) is not None]
        words += [f"sample_rate={self.sample_rate!r}", f"random_state={self.random_state!r}"]
        words += [f"{key}={value!r}" for key, value in self.parameters.items()]
        return f"{type(self).__name__}({', '.join(words)})"

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash((type(self), self.metric, self.sample_rate))


def _pitch_of(y: Any) -> Any:
    """Return the pitches that were asked for."""
    columns = read_columns(y) if y is not None else {}
    if "pitch" not in columns:
        raise ValueError("This metric needs the pitch asked for: give y with a column 'pitch'.")
    return columns["pitch"].values
