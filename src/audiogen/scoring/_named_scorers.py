"""Scorers under names of their own."""

from typing import Any

from audiogen.scoring._metric_scorer import MetricScorer

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


class ClassifierTwoSampleScorer(MetricScorer):
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

    def __init__(self, sample_rate: float = 16000, random_state: Any = 0) -> None:
        super().__init__(
            "classifier_two_sample_auc", sample_rate=sample_rate, random_state=random_state
        )


class FrechetAudioDistanceScorer(MetricScorer):
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

    def __init__(self, sample_rate: float = 16000, random_state: Any = 0) -> None:
        super().__init__("fad", sample_rate=sample_rate, random_state=random_state)


class KLDivergenceScorer(MetricScorer):
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

    def __init__(self, sample_rate: float = 16000, random_state: Any = 0) -> None:
        super().__init__("kl", sample_rate=sample_rate, random_state=random_state)


class PitchEntropyScorer(MetricScorer):
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

    def __init__(self, sample_rate: float = 16000, random_state: Any = 0) -> None:
        super().__init__("pitch_entropy", sample_rate=sample_rate, random_state=random_state)


neg_classifier_two_sample_auc = ClassifierTwoSampleScorer()
neg_frechet_audio_distance = FrechetAudioDistanceScorer()
neg_kl_divergence = KLDivergenceScorer()
neg_pitch_entropy = PitchEntropyScorer()
