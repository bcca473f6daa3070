"""Figures with all that they depend on: intervals, numbers of clips, embeddings, versions."""

import functools
import inspect
import math
import numbers
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from audiogen import __version__
from audiogen.metrics._clips import check_clips
from audiogen.metrics._embedding import Embedding, embed, label_of, takes
from audiogen.metrics._halves import FEWEST
from audiogen.metrics._intervals import reaches
from audiogen.utils.seeds import draw_seed
from audiogen.utils.validation import Interval, check_audio, check_parameters, plain

__all__ = ["Measurement", "measure"]

_OF_PAIRS = {
    "log_spectral_distance", "paired_kl_divergence", "pitch_accuracy", "spectral_convergence",
}  # fmt: skip


@dataclass(frozen=True)
class Measurement:
    """A figure, and what it depends on.

    `float` of it is the value. It prints as a line.

    Parameters
    ----------
    metric : str
        Name of the metric, with the parameters that it was given.
    value : float
        The figure.
    interval : tuple of two float, or None
        Interval that tells how sure it is; see `confidence_interval`.
    confidence_level : float
        Level of the interval.
    n : tuple of int
        Number of clips in each set.
    embedding : str
        Name and version of the embedding; empty where the metric is of audio.
    sample_rate : float
        Sampling rate of the audio, in Hz.
    version : str
        Version of audiogen.

    Examples
    --------
    >>> from audiogen.metrics import Measurement
    >>> result = Measurement("coverage", 0.5, (0.4, 0.6), 0.95, (50, 50), "", 16000, "audiogen 1")
    >>> print(result)
    coverage 0.5 (95 %: 0.4 to 0.6), n = 50 and 50, 16000 Hz, audiogen 1
    >>> float(result)
    0.5
    """

    metric: str
    value: float
    interval: tuple[float, float] | None
    confidence_level: float
    n: tuple[int, ...]
    embedding: str
    sample_rate: float
    version: str

    def __float__(self) -> float:
        return self.value

    def __str__(self) -> str:
        line = f"{self.metric} {self.value:.4g}"
        if self.interval is not None:
            low, high = self.interval
            line += f" ({100 * self.confidence_level:g} %: {low:.4g} to {high:.4g})"
        parts = [line, f"n = {' and '.join(map(str, self.n))}", self.embedding]
        parts += [f"{self.sample_rate:g} Hz", self.version]
        return ", ".join(part for part in parts if part)

    def to_dict(self) -> dict[str, Any]:
        """Return what JSON and a row of a table can hold.

        Returns
        -------
        values : dict of str to object
            All fields, with "low" and "high" in place of the interval. None stands for numbers
            that are not finite, which JSON has not, and for an interval that there is not.
        """
        low, high = self.interval or (None, None)
        values = {"metric": self.metric, "value": self.value, "low": low, "high": high}
        values = {name: _finite(value) for name, value in values.items()}
        return values | {
            "confidence_level": self.confidence_level,
            "n": list(self.n),
            "embedding": self.embedding,
            "sample_rate": self.sample_rate,
            "version": self.version,
        }


def measure(
    metrics: Sequence[Callable[..., Any]],
    *sets: npt.ArrayLike,
    sample_rate: float,
    embedding: Callable[..., npt.ArrayLike] | Embedding | None = None,
    confidence_level: float = 0.95,
    n_resamples: int = 100,
    random_state: Any = 0,
) -> list[Measurement]:
    """Measure sets of clips by several metrics, with intervals.

    Parameters
    ----------
    metrics : sequence of callable
        Metrics, such as `frechet_distance` or ``functools.partial(frechet_distance,
        corrected=True)``. One with a parameter `sample_rate` is called with the audio, any other
        with its embeddings. Each takes as many sets as it has parameters without a default, the
        last ones: `pitch_entropy` only the generated clips.
    *sets : array-like of shape (n_samples, n_timesteps)
        Clips, the real ones first. Metrics of audio that take clips of different lengths are
        given such, as a list, too.
    sample_rate : float
        Sampling rate of the audio, in Hz.
    embedding : callable or Embedding, default=None
        What the audio is embedded by, once for all metrics; see `embed`.
    confidence_level : float, default=0.95
        Level of the intervals.
    n_resamples : int, default=100
        Number of times that a metric is computed of half of the clips, for its interval. 0 leaves
        intervals out.
    random_state : int, RandomState or None, default=0
        Seed of the halves, which are the same for all metrics.

    Returns
    -------
    results : list of Measurement
        One for each metric, or for each figure of one that returns several.

    Raises
    ------
    ValueError
        Where a metric is of pairs, such as notes and their pitches, which halves would tear
        apart, there are too few sets for a metric, or too few clips for a metric of halves.

    See Also
    --------
    confidence_interval : How intervals are found, and what they mean.
    summarize : A few figures of notes, without intervals.

    Notes
    -----
    Sets of fewer than 4 clips get no interval. Metrics of audio are computed of audio for each
    half, which takes long: give a smaller `n_resamples`.

    Examples
    --------
    >>> import pandas as pd
    >>> from audiogen.datasets import make_notes
    >>> from audiogen.metrics import density_and_coverage, kernel_distance, measure
    >>> real, generated = (make_notes(30, duration=0.5, random_state=i).data for i in range(2))
    >>> results = measure(
    ...     [kernel_distance, density_and_coverage], real, generated, sample_rate=16000
    ... )
    >>> table = pd.DataFrame([result.to_dict() for result in results])
    >>> table["metric"].to_list()
    ['kernel_distance', 'density_and_coverage: density', 'density_and_coverage: coverage']
    >>> results[0].embedding, results[0].n, results[0].interval[0] < results[0].value
    ('mfcc_frames', (30, 30), True)
    """
    rules = {
        "sample_rate": Interval(numbers.Real, 0, None, closed="neither"),
        "confidence_level": Interval(numbers.Real, 0, 1, closed="neither"),
        "n_resamples": Interval(numbers.Integral, 0, None),
    }
    given = {
        "sample_rate": sample_rate,
        "confidence_level": confidence_level,
        "n_resamples": n_resamples,
    }
    check_parameters("measure", rules, given)
    audio = [_checked(one, f"sets[{i}]") for i, one in enumerate(sets)]
    embedded = functools.cache(
        lambda i: embed(audio[i], sample_rate=sample_rate, embedding=embedding)
    )
    halves = _Halves(confidence_level, n_resamples, draw_seed(random_state))
    results: list[Measurement] = []
    for metric in metrics:
        of_audio = takes(metric, "sample_rate")
        call = functools.partial(metric, sample_rate=sample_rate) if of_audio else metric
        places = _last_sets(metric, len(sets))
        data = [audio[i] if of_audio else embedded(i) for i in places]
        for part, value, interval in halves.figures(call, data):
            results.append(
                Measurement(
                    metric=": ".join([_name(metric), *part]),
                    value=value,
                    interval=interval,
                    confidence_level=confidence_level,
                    n=tuple(map(len, data)),
                    embedding="" if of_audio else label_of(embedding),
                    sample_rate=plain(sample_rate),
                    version=f"audiogen {__version__}",
                )
            )
    return results


@dataclass(frozen=True)
class _Halves:
    """How intervals are found."""

    confidence_level: float
    n_resamples: int
    seed: int

    def figures(
        self, metric: Callable[..., Any], data: list[Any]
    ) -> list[tuple[list[str], float, tuple[float, float] | None]]:
        """Return the figures of a metric: what names each, its value and its interval."""
        values = _values(metric, data)
        if not self.n_resamples or min(map(len, data)) < FEWEST:
            return [(name, value, None) for name, value in values]
        found = reaches(
            lambda *few: [value for _, value in _values(metric, few)],
            data,
            self.confidence_level,
            self.n_resamples,
            self.seed,
        )
        return [
            (name, value, (value - reach, value + reach))
            for (name, value), reach in zip(values, found, strict=True)
        ]


def _values(metric: Callable[..., Any], data: Sequence[Any]) -> list[tuple[list[str], float]]:
    """Return the figures of a metric, each with its name where there are several."""
    found = metric(*data)
    if isinstance(found, dict):
        return [([name], float(value)) for name, value in found.items()]
    return [([], float(found))]


def _checked(one: npt.ArrayLike, name: str) -> Any:
    """Return clips as an array, or as a list where they are of different lengths."""
    if isinstance(one, list | tuple):
        clips = check_clips(one, name)
        return np.stack(clips) if len({len(clip) for clip in clips}) == 1 else clips
    return check_audio(one, name=name)


def _last_sets(metric: Callable[..., Any], n_sets: int) -> range:
    """Return which sets a metric takes: the last ones, as many as it has parameters for."""
    name = _name(metric)
    if name.partition("(")[0] in _OF_PAIRS:
        raise ValueError(
            f"{name} is of pairs, which measure would tear apart. Call it itself, and "
            "confidence_interval with the numbers of rows."
        )
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    wanted = [
        parameter
        for parameter in inspect.signature(metric).parameters.values()
        if parameter.kind in kinds and parameter.default is parameter.empty
    ]
    if not 0 < len(wanted) <= n_sets:
        raise ValueError(f"{name} takes {len(wanted)} sets of clips. Got {n_sets}.")
    return range(n_sets - len(wanted), n_sets)


def _name(metric: Callable[..., Any]) -> str:
    """Return the name of a metric, with the parameters that it was given."""
    if isinstance(metric, functools.partial):
        given = [repr(value) for value in metric.args]
        given += [f"{name}={value!r}" for name, value in metric.keywords.items()]
        return f"{_name(metric.func)}({', '.join(given)})"
    return getattr(metric, "__name__", type(metric).__name__)


def _finite(value: Any) -> Any:
    return value if not isinstance(value, float) or math.isfinite(value) else None
