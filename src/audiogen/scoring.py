"""Scorers: how good a fitted generator is, for GridSearchCV and its like.

Each is called as ``scorer(estimator, X, y=None)``: it lets the estimator generate as many
clips as `X` has, under the conditions `y`, and compares them with `X`. Greater is better.

Rows of categories that the estimator was not trained on are left out, with a warning. For folds
that have equal shares of the categories of a column, and so leave out none, give
``cv=StratifiedKFold(5).split(X, y["instrument_family"])``.
"""

import abc
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.pipeline import Pipeline

from audiogen.metrics import (
    classifier_two_sample_test,
    frechet_audio_distance,
    kl_divergence,
    mfcc_frames,
    pitch_entropy,
)
from audiogen.pipeline import generate, sample_rate_of
from audiogen.utils.columns import take_rows
from audiogen.utils.validation import check_audio, warn_user

__all__ = [
    "ClassifierTwoSampleScorer",
    "FrechetAudioDistanceScorer",
    "KLDivergenceScorer",
    "PitchEntropyScorer",
    "known_rows",
    "neg_classifier_two_sample_auc",
    "neg_frechet_audio_distance",
    "neg_kl_divergence",
    "neg_pitch_entropy",
]

_WORST_ENTROPY = math.log2(128)


@dataclass(frozen=True)
class _Scorer(abc.ABC):
    """Generate what the estimator was shown, then compare; see the subclasses."""

    sample_rate: float = 16000
    random_state: Any = 0

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
            Where the steps of the estimator state another sample rate than the scorer's, or
            the estimator knows the conditions of no row.

        Warns
        -----
        UserWarning
            Where rows are left out of the score, because the estimator was not trained on
            their categories, or a pitch or other number lies too far outside its range.
        """
        self._check_rate(estimator)
        if hasattr(estimator, "select"):
            X, y = estimator.select(X, y)
        X, y = known_rows(estimator, check_audio(X, name="X"), y)
        generated = generate(estimator, len(X), y, random_state=self.random_state)
        return -self._badness(X, check_audio(generated, name="generated audio"))

    def _check_rate(self, estimator: Any) -> None:
        rate = sample_rate_of(estimator)
        if rate is not None and rate != self.sample_rate:
            name = type(self).__name__
            raise ValueError(
                f"This {type(estimator).__name__} makes audio at {rate} Hz, but {name} measures "
                f"at {self.sample_rate} Hz. Give scoring={name}(sample_rate={rate})."
            )

    @abc.abstractmethod
    def _badness(self, real: np.ndarray, generated: np.ndarray) -> float:
        """Return a figure of which less is better."""


def known_rows(estimator: Any, X: np.ndarray, y: Any) -> tuple[np.ndarray, Any]:
    """Leave out the rows whose conditions a fitted estimator would refuse, and say so.

    Parameters
    ----------
    estimator : estimator
        A fitted generator, or a pipeline that ends in one.
    X : ndarray of shape (n_samples, ...)
        Audio.
    y : DataFrame, record array, dict of columns, array-like or None
        Its conditions.

    Returns
    -------
    X, y : ndarray, table
        The rows that are left.

    Raises
    ------
    ValueError
        Where none is.

    Warns
    -----
    UserWarning
        Where rows are left out; it names the categories.
    """
    while isinstance(estimator, Pipeline):
        estimator = estimator.steps[-1][1]
    encoder: Any = getattr(estimator, "conditions_", None)
    if y is None or not hasattr(encoder, "find_refused"):
        return X, y
    refused, values = encoder.find_refused(y)
    if not refused.any():
        return X, y
    listed = ", ".join(values[:5]) + (", ..." if len(values) > 5 else "")
    if refused.all():
        raise ValueError(
            f"None of the {len(X)} rows can be scored: the estimator was not trained on {listed}. "
            "Folds that are stratified by that column hold what the others do."
        )
    warn_user(
        f"{np.count_nonzero(refused)} of {len(X)} rows are left out of the score, for the "
        f"estimator was not trained on {listed}."
    )
    return X[~refused], take_rows(y, ~refused)


class ClassifierTwoSampleScorer(_Scorer):
    """Score by the negative AUC at which a random forest tells generated from real clips.

    It needs at least 5 clips and takes seconds. The best score is -0.5, for an AUC below 0.5 is
    chance, or the generated clips are copies.

    Parameters
    ----------
    sample_rate : float, default=16000
        Sampling rate of the audio, in Hz. A pipeline whose steps state another is refused.
    random_state : int, RandomState or None, default=0
        Seed of what is generated; an int scores all candidates on equal terms.

    See Also
    --------
    audiogen.metrics.classifier_two_sample_test : The test, which also says what tells.

    Examples
    --------
    >>> from audiogen.scoring import ClassifierTwoSampleScorer
    >>> ClassifierTwoSampleScorer()
    ClassifierTwoSampleScorer(sample_rate=16000, random_state=0)
    """

    def _badness(self, real: np.ndarray, generated: np.ndarray) -> float:
        auc = classifier_two_sample_test(real, generated, sample_rate=self.sample_rate).auc
        return max(auc, 0.5)


class FrechetAudioDistanceScorer(_Scorer):
    """Score by the negative Fréchet audio distance between real and generated clips.

    Parameters
    ----------
    sample_rate : float, default=16000
        Sampling rate of the audio, in Hz. A pipeline whose steps state another is refused.
    random_state : int, RandomState or None, default=0
        Seed of what is generated; an int scores all candidates on equal terms.

    See Also
    --------
    audiogen.metrics.frechet_audio_distance : The distance.

    Examples
    --------
    >>> from audiogen.scoring import FrechetAudioDistanceScorer
    >>> FrechetAudioDistanceScorer(sample_rate=22050)
    FrechetAudioDistanceScorer(sample_rate=22050, random_state=0)
    """

    def _badness(self, real: np.ndarray, generated: np.ndarray) -> float:
        return frechet_audio_distance(real, generated, sample_rate=self.sample_rate)


class KLDivergenceScorer(_Scorer):
    """Score by the negative Kullback-Leibler divergence KL(real || generated).

    It is estimated by nearest neighbours from each clip's mean cepstral coefficients, the
    first 13 of 40, and needs at least 6 clips.

    Parameters
    ----------
    sample_rate : float, default=16000
        Sampling rate of the audio, in Hz. A pipeline whose steps state another is refused.
    random_state : int, RandomState or None, default=0
        Seed of what is generated; an int scores all candidates on equal terms.

    See Also
    --------
    audiogen.metrics.kl_divergence : The divergence.

    Examples
    --------
    >>> from audiogen.scoring import KLDivergenceScorer
    >>> KLDivergenceScorer(random_state=1)
    KLDivergenceScorer(sample_rate=16000, random_state=1)
    """

    def _badness(self, real: np.ndarray, generated: np.ndarray) -> float:
        means = [mfcc_frames(clips, self.sample_rate).mean(axis=1) for clips in (real, generated)]
        return kl_divergence(*means)


class PitchEntropyScorer(_Scorer):
    """Score by the negative pitch entropy of the generated clips, in the mean.

    The fewer pitches a note mixes, the better; a clip without pitch counts as the worst,
    7 bits, so that silence never wins.

    Parameters
    ----------
    sample_rate : float, default=16000
        Sampling rate of the audio, in Hz. A pipeline whose steps state another is refused.
    random_state : int, RandomState or None, default=0
        Seed of what is generated; an int scores all candidates on equal terms.

    See Also
    --------
    audiogen.metrics.pitch_entropy : The entropy.

    Examples
    --------
    >>> from audiogen.scoring import PitchEntropyScorer
    >>> PitchEntropyScorer()
    PitchEntropyScorer(sample_rate=16000, random_state=0)
    """

    def _badness(self, real: np.ndarray, generated: np.ndarray) -> float:
        entropies = [pitch_entropy(clip, sample_rate=self.sample_rate) for clip in generated]
        judged = [_WORST_ENTROPY if math.isnan(bits) else bits for bits in entropies]
        return math.fsum(judged) / len(judged)


neg_classifier_two_sample_auc = ClassifierTwoSampleScorer()
neg_frechet_audio_distance = FrechetAudioDistanceScorer()
neg_kl_divergence = KLDivergenceScorer()
neg_pitch_entropy = PitchEntropyScorer()
