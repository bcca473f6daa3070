"""Metrics: how near generated audio and tunes are to real ones."""

from audiogen.metrics._bins import n_different_bins
from audiogen.metrics._classes import inception_score, paired_kl_divergence
from audiogen.metrics._copies import longest_copied_run, nearest_frame_distance
from audiogen.metrics._divergence import kl_divergence
from audiogen.metrics._embedding import Embedding, embed
from audiogen.metrics._features import mfcc_frames
from audiogen.metrics._frechet import frechet_distance
from audiogen.metrics._frechet_audio import frechet_audio_distance, frechet_distances
from audiogen.metrics._intervals import confidence_interval
from audiogen.metrics._kernel import kernel_distance
from audiogen.metrics._log_mel import log_mel_statistics
from audiogen.metrics._measurement import Measurement, measure
from audiogen.metrics._neighbours import density_and_coverage
from audiogen.metrics._pitch import n_pitches, pitch_accuracy, pitch_entropy, pitch_range
from audiogen.metrics._reconstruction import log_spectral_distance, spectral_convergence
from audiogen.metrics._rhythm import onset_autocorrelation, rhythm_likeness
from audiogen.metrics._seams import seam_flux
from audiogen.metrics._statistics import FrechetStatistics
from audiogen.metrics._summary import summarize
from audiogen.metrics._texture import texture_distance, texture_statistics
from audiogen.metrics._tonality import tonality
from audiogen.metrics._tune_distances import distance_divergence, overlapped_area
from audiogen.metrics._tune_runs import longest_shared_runs
from audiogen.metrics._tunes import tune_features, tune_structure
from audiogen.metrics._two_sample import classifier_two_sample_test
from audiogen.signal import mfcc

__all__ = [
    "Embedding",
    "FrechetStatistics",
    "Measurement",
    "classifier_two_sample_test",
    "confidence_interval",
    "density_and_coverage",
    "distance_divergence",
    "embed",
    "frechet_audio_distance",
    "frechet_distance",
    "frechet_distances",
    "inception_score",
    "kernel_distance",
    "kl_divergence",
    "log_mel_statistics",
    "log_spectral_distance",
    "longest_copied_run",
    "longest_shared_runs",
    "measure",
    "mfcc",
    "mfcc_frames",
    "n_different_bins",
    "n_pitches",
    "nearest_frame_distance",
    "onset_autocorrelation",
    "overlapped_area",
    "paired_kl_divergence",
    "pitch_accuracy",
    "pitch_entropy",
    "pitch_range",
    "rhythm_likeness",
    "seam_flux",
    "spectral_convergence",
    "summarize",
    "texture_distance",
    "texture_statistics",
    "tonality",
    "tune_features",
    "tune_structure",
]
