"""Scorers: how good a fitted generator is, for GridSearchCV and its like.

Each is called as ``scorer(estimator, X, y=None)``: it lets the estimator generate as many
clips as `X` has, under the conditions `y`, and compares them with `X`. Greater is better.
`MetricScorer` makes one of any metric; `MultimetricScorer` judges one draw by several.

Rows of categories that the estimator was not trained on are left out, with a warning. For folds
that have equal shares of the categories of a column, and so leave out none, give
``cv=StratifiedKFold(5).split(X, y["instrument_family"])``.
"""

from audiogen.scoring._known_metrics import metric_names
from audiogen.scoring._known_rows import known_rows
from audiogen.scoring._metric_scorer import MetricScorer
from audiogen.scoring._multimetric_scorer import MultimetricScorer
from audiogen.scoring._named_scorers import (
    ClassifierTwoSampleScorer,
    FrechetAudioDistanceScorer,
    KLDivergenceScorer,
    PitchEntropyScorer,
    neg_classifier_two_sample_auc,
    neg_frechet_audio_distance,
    neg_kl_divergence,
    neg_pitch_entropy,
)

__all__ = [
    "ClassifierTwoSampleScorer",
    "FrechetAudioDistanceScorer",
    "KLDivergenceScorer",
    "MetricScorer",
    "MultimetricScorer",
    "PitchEntropyScorer",
    "known_rows",
    "metric_names",
    "neg_classifier_two_sample_auc",
    "neg_frechet_audio_distance",
    "neg_kl_divergence",
    "neg_pitch_entropy",
]
