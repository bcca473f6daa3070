"""Scorers: how good a fitted generator is, for GridSearchCV and its like.

Each is called as ``scorer(estimator, X, y=None)``: it lets the estimator generate as many
clips as `X` has, under the conditions `y`, and compares them with `X`. Greater is better.
"""

import abc
import math
from dataclasses import dataclass
from typing import Any

from audiogen.metrics import (
    classifier_two_sample_test,
    frechet_audio_distance,
    kl_divergence,
    pitch_entropy,
)
from audiogen.metrics._features import mfcc_frames
from audiogen.pipeline import generate
from audiogen.utils.validation import check_audio

__all__ = [
    "ClassifierTwoSampleScorer",
    "FrechetAudioDistanceScorer",
    "KLDivergenceScorer",
    "PitchEntropyScorer",
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
        y : DataFrame or array-like, default=None
            Its conditions, under which audio is generated.

        Returns
        -------
        score : float
            Greater is better.
        """
        if hasattr(estimator, "select"):
            X, y = estimator.select(X, y)
        X = check_audio(X, name="X")
        generated = generate(estimator, len(X), y, random_state=self.random_state)
        return -self._badness(X, generated)

    @abc.abstractmethod
    def _badness(self, real, generated):
        """Return a figure of which less is better."""


class ClassifierTwoSampleScorer(_Scorer):
    """Score by the negative AUC at which a random forest tells generated from real clips.

    It needs at least 5 clips, and takes seconds, not fractions of one. -0.5 is as good as
    can be asked: an AUC below 0.5 is chance, or the clips are copies.

    Parameters
    ----------
    sample_rate : float, default=16000
        Of the audio, in Hz.
    random_state : int, RandomState or None, default=0
        Decides what is generated; an int scores all candidates on equal terms.

    See Also
    --------
    audiogen.metrics.classifier_two_sample_test : The test, which also says what tells.

    Examples
    --------
    >>> from audiogen.scoring import ClassifierTwoSampleScorer
    >>> ClassifierTwoSampleScorer()
    ClassifierTwoSampleScorer(sample_rate=16000, random_state=0)
    """

    def _badness(self, real, generated):
        auc = classifier_two_sample_test(real, generated, sample_rate=self.sample_rate).auc
        return max(auc, 0.5)


class FrechetAudioDistanceScorer(_Scorer):
    """Score by the negative Fréchet audio distance between real and generated clips.

    Parameters
    ----------
    sample_rate : float, default=16000
        Of the audio, in Hz.
    random_state : int, RandomState or None, default=0
        Decides what is generated; an int scores all candidates on equal terms.

    See Also
    --------
    audiogen.metrics.frechet_audio_distance : The distance.

    Examples
    --------
    >>> from audiogen.scoring import FrechetAudioDistanceScorer
    >>> FrechetAudioDistanceScorer(sample_rate=22050)
    FrechetAudioDistanceScorer(sample_rate=22050, random_state=0)
    """

    def _badness(self, real, generated):
        return frechet_audio_distance(real, generated, sample_rate=self.sample_rate)


class KLDivergenceScorer(_Scorer):
    """Score by the negative Kullback-Leibler divergence KL(real || generated).

    It is estimated by nearest neighbours from each clip's mean cepstral coefficients, the
    first 13 of 40, and needs at least 6 clips.

    Parameters
    ----------
    sample_rate : float, default=16000
        Of the audio, in Hz.
    random_state : int, RandomState or None, default=0
        Decides what is generated; an int scores all candidates on equal terms.

    See Also
    --------
    audiogen.metrics.kl_divergence : The divergence.

    Examples
    --------
    >>> from audiogen.scoring import KLDivergenceScorer
    >>> KLDivergenceScorer(random_state=1)
    KLDivergenceScorer(sample_rate=16000, random_state=1)
    """

    def _badness(self, real, generated):
        real, generated = (
            mfcc_frames(audio, self.sample_rate).mean(axis=1) for audio in (real, generated)
        )
        return kl_divergence(real, generated)


class PitchEntropyScorer(_Scorer):
    """Score by the negative pitch entropy of the generated clips, in the mean.

    The fewer pitches a note mixes, the better; a clip without pitch counts as the worst,
    7 bits, so that silence never wins.

    Parameters
    ----------
    sample_rate : float, default=16000
        Of the audio, in Hz.
    random_state : int, RandomState or None, default=0
        Decides what is generated; an int scores all candidates on equal terms.

    See Also
    --------
    audiogen.metrics.pitch_entropy : The entropy.

    Examples
    --------
    >>> from audiogen.scoring import PitchEntropyScorer
    >>> PitchEntropyScorer()
    PitchEntropyScorer(sample_rate=16000, random_state=0)
    """

    def _badness(self, real, generated):
        entropies = [pitch_entropy(clip, sample_rate=self.sample_rate) for clip in generated]
        judged = [_WORST_ENTROPY if math.isnan(bits) else bits for bits in entropies]
        return math.fsum(judged) / len(judged)


neg_classifier_two_sample_auc = ClassifierTwoSampleScorer()
neg_frechet_audio_distance = FrechetAudioDistanceScorer()
neg_kl_divergence = KLDivergenceScorer()
neg_pitch_entropy = PitchEntropyScorer()
