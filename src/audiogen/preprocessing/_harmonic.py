"""Notes as harmonics plus noise, and back."""

import numbers
import zlib
from dataclasses import replace

import numpy as np
from joblib import Parallel, delayed
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted, validate_data
from threadpoolctl import threadpool_limits

from audiogen.preprocessing._harmonic_features import (
    FIRST_SHAPE,
    UNPITCHED,
    pack_note,
    unpack_note,
)
from audiogen.signal import analyse_note, synthesise_note, track_pitch
from audiogen.utils.columns import number_column
from audiogen.utils.seeds import draw_seed, make_rng
from audiogen.utils.validation import (
    Instance,
    Interval,
    Options,
    check_midi_pitch,
    check_parameters,
)

__all__ = ["HarmonicPlusNoise"]

_LEAST = 1e-6  # of full scale
_GOES_ON = 1.0  # seconds that a note counts as longer which sounds to the end


class HarmonicPlusNoise(TransformerMixin, BaseEstimator):
    """Take notes apart into harmonics and noise, and put them together again.

    Pitch is factored out: what is left are envelopes of the level, of the partials by
    number and of bands of noise, smooth and of the same size for every note, so that a
    few components of `sklearn.decomposition.PCA` hold most of what there is and a mean
    of two notes sounds as a note.

    Parameters
    ----------
    sample_rate : int, default=16000
        Samples per second.
    n_harmonics : int, default=96
        Envelopes of partials. The first two dozen or so have one each, those above share
        (see `audiogen.signal.harmonic_knots`).
    n_noise_bands : int, default=24
        Envelopes of noise, in bands equally wide on the mel scale.
    hop_length : int, default=256
        Samples between frames, a multiple of 4. The level has four steps a frame.
    pitch_column : str, default="pitch"
        The column of `y` that has the MIDI pitch.
    random_state : int, RandomState or None, default=0
        Decides, together with a note's features, the noise in it: an int gives the same
        features the same samples every time, in whatever company.
    n_jobs : int, default=None
        Processes that take notes apart, and threads that put them together, as in joblib;
        None means 1.

    Attributes
    ----------
    n_features_in_ : int
        Samples in a note.

    Notes
    -----
    The features of a note are ``(2 + ceil(n_timesteps / hop_length), 5 + n_harmonics +
    n_noise_bands)``, and each row after the first is a frame: the level in four steps of
    a quarter of a frame, in dB of the highest level; cents around the pitch; partials and
    noise in dB of the level. Row 0 has the pitch in semitones above C4, the binary logarithm
    of the duration in seconds, the root mean square of all samples in dB of full scale, and the
    binary logarithm of the seconds until the level is 20 dB below the highest for good; then,
    below the partials, by how many cents each is off a multiple of the first.

    Frames are in a note's own time: the first 0.4 s are as they are, 80 % of the other frames
    are spread evenly over what follows until the note is 20 dB down, or let go, and the rest
    over what is left of its duration. So a mean of notes that are let go at different times is
    let go once, and ends once. A note that is 20 dB down before a fifth of that time counts as
    held until then. In one that is held to its end nothing follows, and those frames, which are
    not played, fall by 30 dB. How long a note that sounds to the end of its samples would go on
    nobody knows: its duration counts as a second longer.

    dB end at -80. Features are scaled so that a squared error is about one of what is heard.
    Partials and bands are divided by 20 dB, the level, which they share, by 5; the root mean
    square, which all frames share, by 0.3 dB, the logarithm of the duration by 0.012, that of
    the time until a note is let go, when most is lost, by 0.003, cents by 50 and the pitch by 3
    semitones. A note's beginning tells instruments apart [1]_ and is short: levels, partials and
    bands are multiplied by 1 + exp(-(t / 0.5 s) ** 2), where t is the time of the frame.

    What is lost is phase and all that happens within a frame but for the level. Any features
    will do to synthesise from: they are clipped to what a note can have, the tuning is centred
    on the pitch, what follows the duration is zero, a level that stays above the highest comes
    down to it, and a note that would exceed full scale is turned down to it. Otherwise a note
    has the root mean square of its features, exactly: in a mean of two notes, whose partials
    differ, the frames alone would be quieter than both. Partials that are only some cents off
    a multiple, as all of those that are learnt are, are played nearer to it. Where `y` has the
    pitch, it is the mean of what the partials within 100 cents are tuned to, weighted by power
    and number; and of the audible partials with an envelope of their own, the odd ones have at
    least 6 % of the power of the even ones within any 0.1 s or so, since a note without them is
    heard an octave higher.
    `audiogen.signal.analyse_note` has the method and its references.

    See Also
    --------
    audiogen.signal.analyse_note : One note taken apart.
    audiogen.signal.synthesise_note : One note put together.

    References
    ----------
    .. [1] S. McAdams, S. Winsberg, S. Donnadieu, G. De Soete, J. Krimphoff, "Perceptual scaling
       of synthesized musical timbres", Psychological Research 58, 177-192, 1995.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from audiogen.preprocessing import HarmonicPlusNoise
    >>> t = np.arange(8000) / 16000
    >>> X = [0.5 * np.sin(2 * np.pi * 440 * t), 0.5 * np.sin(2 * np.pi * 220 * t)]
    >>> harmonics = HarmonicPlusNoise(n_harmonics=16)
    >>> F = harmonics.fit_transform(X, pd.DataFrame({"pitch": [69, 57]}))
    >>> F.shape
    (2, 34, 45)
    >>> harmonics.inverse_transform(F, pd.DataFrame({"pitch": [60, 61]})).shape
    (2, 8000)
    """

    def __init__(
        self,
        sample_rate=16000,
        n_harmonics=96,
        n_noise_bands=24,
        hop_length=256,
        pitch_column="pitch",
        random_state=0,
        n_jobs=None,
    ):
        self.sample_rate = sample_rate
        self.n_harmonics = n_harmonics
        self.n_noise_bands = n_noise_bands
        self.hop_length = hop_length
        self.pitch_column = pitch_column
        self.random_state = random_state
        self.n_jobs = n_jobs

    def fit(self, X, y=None):
        """Learn the length of the notes, and nothing else.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps)
            Notes.
        y : ignored
            Present by convention.

        Returns
        -------
        self : HarmonicPlusNoise
        """
        check_parameters(self, _CONSTRAINTS)
        if self.hop_length % 4:
            raise ValueError(
                f"The 'hop_length' parameter of HarmonicPlusNoise must be a multiple of 4. "
                f"Got {self.hop_length} instead."
            )
        validate_data(self, X, dtype=[np.float32, np.float64])
        return self

    def transform(self, X, y=None):
        """Take notes apart.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps)
            Notes.
        y : DataFrame with a column `pitch_column`, default=None
            Their MIDI pitch, good to half a semitone. Where it is missing, and with any
            other y, `audiogen.signal.track_pitch` finds it; what has no pitch is taken
            apart as if it were C4.

        Returns
        -------
        F : ndarray of shape (n_samples, n_frames, n_channels), float32
            Features, as the Notes of the class have them.

        Raises
        ------
        ValueError
            Where y has not as many rows as X.
        """
        check_is_fitted(self)
        X = validate_data(self, X, reset=False, dtype=[np.float32, np.float64])
        pitches = self._pitches(y, len(X))
        unknown = np.isnan(pitches)
        if unknown.any():
            found = track_pitch(X[unknown], self.sample_rate)
            pitches[unknown] = np.where(np.isnan(found), UNPITCHED, found)
        return self._each("processes", self._analyse, X, pitches)

    def fit_transform(self, X, y=None):
        """Learn the length of the notes, and take them apart.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps)
            Notes.
        y : DataFrame with a column `pitch_column`, default=None
            As in `transform`.

        Returns
        -------
        F : ndarray of shape (n_samples, n_frames, n_channels), float32
            Features.
        """
        return self.fit(X).transform(X, y)

    def inverse_transform(self, X, y=None):
        """Put notes together.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_frames, n_channels)
            Features.
        y : DataFrame with a column `pitch_column`, default=None
            The MIDI pitch to play, fractions and all. Where it is missing, and with any
            other y, it is the pitch kept in the features.

        Returns
        -------
        audio : ndarray of shape (n_samples, n_timesteps), float32
            Notes.

        Raises
        ------
        ValueError
            Where the features have another shape than those of `transform`, or are NaN
            or infinite, or y has not as many rows.
        """
        check_is_fitted(self)
        X = np.asarray(X, dtype=np.float32)
        n_frames = 2 + -(-self.n_features_in_ // self.hop_length)
        shape = (n_frames, FIRST_SHAPE + self.n_harmonics + self.n_noise_bands)
        if X.ndim != 3 or X.shape[1:] != shape:
            raise ValueError(
                f"X must have the shape (n_samples, {shape[0]}, {shape[1]}), as transform "
                f"gives it. Got {X.shape}."
            )
        if not np.isfinite(X).all():
            row = int(np.flatnonzero(~np.isfinite(X).all(axis=(1, 2)))[0])
            raise ValueError(f"X holds NaN or infinite features, first in row {row}.")
        seeds = [draw_seed(self.random_state)] * len(X)
        return self._each("threads", self._synthesise, X, self._pitches(y, len(X)), seeds)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = []  # float32 whatever comes in
        return tags

    def _analyse(self, audio, pitch):
        note = analyse_note(
            audio,
            pitch,
            sample_rate=self.sample_rate,
            n_harmonics=self.n_harmonics,
            n_noise_bands=self.n_noise_bands,
            hop_length=self.hop_length,
        )
        length = len(audio) / self.sample_rate
        if note.duration >= length:
            note = replace(note, duration=length + _GOES_ON)
        return pack_note(note, 20 * np.log10(_rms(audio)), self.sample_rate / self.hop_length)

    def _synthesise(self, features, pitch, seed):
        # Seeded by the features, a note sounds the same alone and among others.
        rng = make_rng(seed, zlib.crc32(features.tobytes()))
        note, level = unpack_note(
            features, pitch, self.n_harmonics, self.sample_rate, self.sample_rate / self.hop_length
        )
        audio = synthesise_note(
            note,
            self.n_features_in_,
            sample_rate=self.sample_rate,
            hop_length=self.hop_length,
            rng=rng,
        )
        audio *= 10 ** (level / 20) / _rms(audio)
        return audio / max(1.0, np.abs(audio).max())

    def _each(self, workers, function, *columns):
        if len(columns[0]) == 0:
            raise ValueError("X must hold at least one note. Got none.")
        # The matrices of one note are small: BLAS threads would only wait for each other.
        with threadpool_limits(1, user_api="blas"):
            calls = (delayed(function)(*row) for row in zip(*columns, strict=True))
            return np.stack(Parallel(n_jobs=self.n_jobs, prefer=workers)(calls))

    def _pitches(self, y, n_notes):
        """Return the pitches that y has, NaN where it has none."""
        pitches = number_column(y, self.pitch_column)
        if pitches is None:
            return np.full(n_notes, np.nan)
        if len(pitches) != n_notes:
            raise ValueError(
                f"y has {len(pitches)} rows, but X has {n_notes}. Give one pitch a note."
            )
        check_midi_pitch(pitches, self.pitch_column)
        return pitches


def _rms(audio):
    return max(float(np.sqrt(np.mean(np.square(audio, dtype=np.float64)))), _LEAST)


_CONSTRAINTS = {
    "sample_rate": Interval(numbers.Integral, 1000, None),
    "n_harmonics": Interval(numbers.Integral, 1, None),
    "n_noise_bands": Interval(numbers.Integral, 1, None),
    "hop_length": Interval(numbers.Integral, 16, None),
    "pitch_column": Instance(str, "a str"),
    "random_state": (
        Interval(numbers.Integral, 0, 2**32 - 1, closed="both"),
        Instance(np.random.RandomState, "a RandomState"),
        Options(None),
    ),
    "n_jobs": (Interval(numbers.Integral, None, None), Options(None)),
}
