"""Notes as harmonics plus noise, and back."""

import numbers
import zlib

import numpy as np
from joblib import Parallel, delayed
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted, validate_data
from threadpoolctl import threadpool_limits

from audiogen.signal import HarmonicNote, analyse_note, synthesise_note
from audiogen.utils.seeds import draw_seed, make_rng
from audiogen.utils.validation import Instance, Interval, Options, check_parameters

__all__ = ["HarmonicPlusNoise"]

_UNPITCHED = 60.0
_LEVELS = slice(0, 4)
_TUNING = 4
_SHAPE = 5
# Features are of the order of 1, and heavy where the ear is keen.
_DB = 20.0
_CENTS = 50.0
_STATIC = 4.0


class HarmonicPlusNoise(TransformerMixin, BaseEstimator):
    """Take notes apart into harmonics and noise, and put them together again."""

    def __init__(
        self,
        sample_rate=16000,
        n_harmonics=96,
        n_noise_bands=24,
        hop_length=256,
        random_state=0,
        n_jobs=None,
    ):
        self.sample_rate = sample_rate
        self.n_harmonics = n_harmonics
        self.n_noise_bands = n_noise_bands
        self.hop_length = hop_length
        self.random_state = random_state
        self.n_jobs = n_jobs

    def fit(self, X, y=None):
        """Learn the length of the notes, and nothing else."""
        check_parameters(self, _CONSTRAINTS)
        validate_data(self, X, dtype=[np.float32, np.float64])
        return self

    def transform(self, X, y=None):
        check_is_fitted(self)
        X = validate_data(self, X, reset=False, dtype=[np.float32, np.float64])
        grid = {
            "sample_rate": self.sample_rate,
            "n_harmonics": self.n_harmonics,
            "n_noise_bands": self.n_noise_bands,
            "hop_length": self.hop_length,
        }
        pitches = _pitches(y, len(X))
        pitches = np.where(np.isnan(pitches), _UNPITCHED, pitches)

        def analyse(audio, pitch):
            return _pack(analyse_note(audio, pitch, **grid))

        return self._each(analyse, X, pitches)

    def fit_transform(self, X, y=None):
        return self.fit(X).transform(X, y)

    def inverse_transform(self, X, y=None):
        check_is_fitted(self)
        X = np.asarray(X, dtype=np.float32)
        pitches = _pitches(y, len(X))
        seed = draw_seed(self.random_state)

        def synthesise(features, pitch):
            note = _unpack(features, pitch, self.n_harmonics)
            return synthesise_note(
                note,
                self.n_features_in_,
                sample_rate=self.sample_rate,
                hop_length=self.hop_length,
                rng=make_rng(seed, zlib.crc32(np.ascontiguousarray(features).tobytes())),
            )

        return self._each(synthesise, X, pitches)

    def _each(self, function, *columns):
        # The matrices of one note are small: BLAS threads would only wait for each other.
        with threadpool_limits(1, user_api="blas"):
            calls = (delayed(function)(*row) for row in zip(*columns, strict=True))
            return np.stack(Parallel(n_jobs=self.n_jobs, prefer="threads")(calls))

    def __sklearn_is_fitted__(self):
        return hasattr(self, "n_features_in_")


def _pitches(y, n_notes):
    """Return the pitch column of y, NaN where there is none."""
    columns = getattr(y, "columns", ())
    if "pitch" not in columns:
        return np.full(n_notes, np.nan)
    pitches = np.asarray(y["pitch"], dtype=np.float64)
    if len(pitches) != n_notes:
        raise ValueError(f"y has {len(pitches)} rows, but X has {n_notes}.")
    return pitches


def _pack(note):
    """Return a note as one array: what holds throughout, then frame by frame."""
    n_frames, n_harmonics = note.harmonics.shape
    features = np.zeros((1 + n_frames, _SHAPE + n_harmonics + note.noise.shape[1]), np.float32)
    features[0, :3] = (note.pitch - 60) / 12, note.duration, note.loudness / _DB
    features[0, :3] *= _STATIC
    features[0, _SHAPE : _SHAPE + n_harmonics] = note.detuning / _CENTS
    frames = features[1:]
    frames[:, _LEVELS] = note.levels / _DB
    frames[:, _TUNING] = note.tuning / _CENTS
    frames[:, _SHAPE : _SHAPE + n_harmonics] = note.harmonics / _DB
    frames[:, _SHAPE + n_harmonics :] = note.noise / _DB
    return features


def _unpack(features, pitch, n_harmonics):
    first, frames = features[0], features[1:]
    own_pitch, duration, loudness = first[:3] / _STATIC
    levels = np.clip(frames[:, _LEVELS] * _DB, -80, 6)
    tuning = np.clip(frames[:, _TUNING] * _CENTS, -100, 100)
    weight = (10 ** (levels / 20)).mean(axis=1)
    tuning = tuning - np.average(tuning, weights=weight)
    detuning = np.clip(first[_SHAPE : _SHAPE + n_harmonics] * _CENTS, -1200, 1200)
    return HarmonicNote(
        pitch=float(60 + 12 * own_pitch if np.isnan(pitch) else pitch),
        duration=float(np.maximum(duration, 0)),
        loudness=float(np.clip(loudness * _DB, -80, 0)),
        levels=levels,
        tuning=tuning,
        detuning=detuning - detuning[0],
        harmonics=np.clip(frames[:, _SHAPE : _SHAPE + n_harmonics] * _DB, -80, 10),
        noise=np.clip(frames[:, _SHAPE + n_harmonics :] * _DB, -80, 6),
    )


_CONSTRAINTS = {
    "sample_rate": Interval(numbers.Integral, 1000, None),
    "n_harmonics": Interval(numbers.Integral, 1, None),
    "n_noise_bands": Interval(numbers.Integral, 1, None),
    "hop_length": Interval(numbers.Integral, 16, None),
    "random_state": (
        Interval(numbers.Integral, 0, 2**32 - 1, closed="both"),
        Instance(np.random.RandomState, "a RandomState"),
        Options(None),
    ),
    "n_jobs": (Interval(numbers.Integral, None, None), Options(None)),
}
