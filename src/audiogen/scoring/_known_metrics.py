"""The metrics that scorers know by name, and what is better in each."""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy.typing as npt

from audiogen import metrics

__all__ = ["KNOWN", "Known", "metric_names"]

_WORST_ENTROPY = math.log2(128)


def _two_sample_auc(
    real: npt.ArrayLike, generated: npt.ArrayLike, *, sample_rate: float, random_state: Any = 0
) -> float:
    """Return how well a forest tells the sets apart; below chance is chance."""
    test = metrics.classifier_two_sample_test(
        real, generated, sample_rate=sample_rate, random_state=random_state
    )
    return max(test.auc, 0.5)


def _mean_pitch_entropy(
    generated: Any, *, sample_rate: float, tracker: str = "piptrack", corrected: bool = False
) -> float:
    """Return the mean entropy of clips; one without pitch counts as the worst."""
    entropies = [
        metrics.pitch_entropy(clip, sample_rate=sample_rate, tracker=tracker, corrected=corrected)
        for clip in generated
    ]
    judged = [_WORST_ENTROPY if math.isnan(bits) else bits for bits in entropies]
    return math.fsum(judged) / len(judged)


def _in_tune(generated: Any, *, sample_rate: float, pitch: Any, tolerance: float = 50.0) -> float:
    """Return the share of notes at the pitch that they were asked for."""
    return metrics.pitch_accuracy(generated, pitch, sample_rate=sample_rate, tolerance=tolerance)


class Known(NamedTuple):
    """A metric, which of its figures is meant, and whether a greater one is better.

    Attributes
    ----------
    metric : callable
        As `audiogen.metrics.measure` takes it. It may have a parameter `pitch`, too.
    figure : str or None, default=None
        Key of the figure, where the metric returns several.
    greater_is_better : bool, default=False
        Whether a greater figure is better.
    """

    metric: Callable[..., Any]
    figure: str | None = None
    greater_is_better: bool = False


KNOWN: dict[str, Known] = {
    "classifier_two_sample_auc": Known(_two_sample_auc),
    "coverage": Known(metrics.density_and_coverage, "coverage", greater_is_better=True),
    "density": Known(metrics.density_and_coverage, "density", greater_is_better=True),
    "fad": Known(metrics.frechet_distance),
    "inception_score": Known(metrics.inception_score, greater_is_better=True),
    "kernel_distance": Known(metrics.kernel_distance),
    "kl": Known(metrics.kl_divergence),
    "n_different_bins": Known(metrics.n_different_bins),
    "n_pitches": Known(metrics.n_pitches),
    "pitch_accuracy": Known(_in_tune, greater_is_better=True),
    "pitch_entropy": Known(_mean_pitch_entropy),
    "pitch_range": Known(metrics.pitch_range),
    "rhythm_likeness": Known(metrics.rhythm_likeness, greater_is_better=True),
    "texture_correlation": Known(metrics.texture_distance, "correlation"),
    "texture_level": Known(metrics.texture_distance, "level"),
    "texture_modulation": Known(metrics.texture_distance, "modulation"),
    "texture_spread": Known(metrics.texture_distance, "spread"),
    "tonality": Known(metrics.tonality, greater_is_better=True),
}


def metric_names() -> list[str]:
    """Return the names of metrics that scorers know.

    Returns
    -------
    names : list of str
        In alphabetical order. What needs the training set, or pairs of a sound and its
        reconstruction, is not among them, for a scorer sees neither.

    Examples
    --------
    >>> from audiogen.scoring import metric_names
    >>> metric_names()[:4]
    ['classifier_two_sample_auc', 'coverage', 'density', 'fad']
    """
    return list(KNOWN)
