"""Metrics: how near generated audio is to real audio."""

from audiogen.metrics._divergence import kl_divergence
from audiogen.metrics._features import mfcc_frames
from audiogen.metrics._frechet import frechet_audio_distance, frechet_distance
from audiogen.metrics._pitch import n_pitches, pitch_accuracy, pitch_entropy, pitch_range
from audiogen.metrics._seams import seam_flux
from audiogen.metrics._summary import summarize
from audiogen.metrics._two_sample import classifier_two_sample_test
from audiogen.signal import mfcc

__all__ = [
    "classifier_two_sample_test",
    "frechet_audio_distance",
    "frechet_distance",
    "kl_divergence",
    "mfcc",
    "mfcc_frames",
    "n_pitches",
    "pitch_accuracy",
    "pitch_entropy",
    "pitch_range",
    "seam_flux",
    "summarize",
]
