"""Several metrics of one draw."""

from collections.abc import Mapping, Sequence
from typing import Any

from audiogen.scoring._draw import draw
from audiogen.scoring._metric_scorer import MetricScorer

__all__ = ["MultimetricScorer"]


class MultimetricScorer:
    """Score what a generator makes by several metrics at once.

    Each candidate generates once, which is what takes long, and all metrics judge that. The scores
    are those of a `MetricScorer` for each.

    Parameters
    ----------
    metrics : sequence of str, or dict of str to MetricScorer
        Names out of `metric_names`, or scorers under names of your own.
    sample_rate : float, default=16000
        Sampling rate of the audio, in Hz. A pipeline whose steps state another is refused.
    random_state : int, RandomState or None, default=0
        Seed of what is generated, in place of those of the scorers; an int judges all candidates
        on the same draws.

    Attributes
    ----------
    scorers : dict of str to MetricScorer
        The scorers.

    Raises
    ------
    TypeError
        Where a name is no str, or what it names no MetricScorer.
    ValueError
        Where there is no metric, a name is unknown or there twice, or a scorer measures at another
        sample rate.

    See Also
    --------
    MetricScorer : One metric.

    Examples
    --------
    >>> from audiogen.scoring import MultimetricScorer
    >>> MultimetricScorer(["fad", "kl", "pitch_entropy"])
    MultimetricScorer(['fad', 'kl', 'pitch_entropy'], sample_rate=16000, random_state=0)

    As ``GridSearchCV(pipe, grid, scoring=MultimetricScorer(["fad", "kl"]), refit="fad")``.
    """

    def __init__(
        self,
        metrics: Sequence[str] | Mapping[str, MetricScorer],
        *,
        sample_rate: float = 16000,
        random_state: Any = 0,
    ) -> None:
        self.metrics = metrics
        self.sample_rate = sample_rate
        self.random_state = random_state
        if isinstance(metrics, Mapping):
            self.scorers = dict(metrics)
        else:
            listed = [metrics] if isinstance(metrics, str) else list(metrics)
            self.scorers = {name: MetricScorer(name, sample_rate=sample_rate) for name in listed}
            if len(self.scorers) < len(listed):
                raise ValueError(f"Each metric must be named once. Got {', '.join(listed)}.")
        if not self.scorers:
            raise ValueError("The 'metrics' parameter of MultimetricScorer holds no metric.")
        for name, scorer in self.scorers.items():
            if not (isinstance(name, str) and isinstance(scorer, MetricScorer)):
                raise TypeError(
                    "The 'metrics' parameter of MultimetricScorer must be names of metrics, or a "
                    f"dict of MetricScorers by name. Got {metrics!r}."
                )
            if scorer.sample_rate != sample_rate:
                raise ValueError(
                    f"{name} measures at {scorer.sample_rate} Hz, and MultimetricScorer generates "
                    f"at sample_rate={sample_rate}. Give both the same."
                )

    def __call__(self, estimator: Any, X: Any, y: Any = None) -> dict[str, float]:
        """Score a fitted estimator on audio.

        Parameters
        ----------
        estimator : estimator
            A fitted generator, or a pipeline that ends in one.
        X : array-like of shape (n_samples, n_timesteps)
            Real audio.
        y : DataFrame, record array, dict of columns, array-like or None, default=None
            Conditions of the real audio, under which audio is generated.

        Returns
        -------
        scores : dict of str to float
            Greater is better in each.

        Raises
        ------
        ValueError
            As `MetricScorer`.

        Warns
        -----
        UserWarning
            As `MetricScorer`.
        """
        drawn = draw(estimator, X, y, self.sample_rate, self.random_state)
        return {name: scorer.judge(*drawn) for name, scorer in self.scorers.items()}

    def __repr__(self) -> str:
        return (
            f"MultimetricScorer({self.metrics!r}, sample_rate={self.sample_rate!r}, "
            f"random_state={self.random_state!r})"
        )

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash((type(self), tuple(self.scorers), self.sample_rate))
