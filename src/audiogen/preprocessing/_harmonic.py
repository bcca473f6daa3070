"""Notes as features of their harmonics and noise, and back."""

import numbers
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
from sklearn.utils.validation import check_is_fitted

from audiogen.preprocessing._base import ClipTransformer
from audiogen.preprocessing._check_features import check_features
from audiogen.preprocessing._each_row import each_row
from audiogen.preprocessing._harmonic_features import (
    FIRST_SHAPE,
    UNPITCHED,
    extent_of,
    pack_note,
    unpack_note,
    within_extent,
)
from audiogen.preprocessing._note_levels import level_of_beginning, levelled
from audiogen.preprocessing._note_ranges import learn_ranges, pitches_of, ranges_of
from audiogen.signal import (
    amplitude_to_db,
    analyse_note,
    bound_sounding_time,
    peak,
    rms,
    sounding_time,
    synthesise_note,
    track_pitch,
)
from audiogen.utils.large import forget_pages, map_rows, slabs
from audiogen.utils.seeds import RANDOM_STATE, Stream, draw_seed, make_rng
from audiogen.utils.validation import (
    Instance,
    Interval,
    Options,
    check_parameters,
)

__all__ = ["HarmonicPlusNoise"]

_LEAST = 1e-6  # of full scale
_LONGER = 1.0  # seconds that a note counts as longer which sounds to the end of the clip
_MARGIN = 10 ** (1 / 20)  # above the highest peak: a note resynthesised has another one
_PEAK_SECONDS = 0.02  # in which the gain changes about a peak
_SAMPLES_FOR_PROCESSES = 2**26  # of notes whose analysis takes longer than processes to start


class HarmonicPlusNoise(ClipTransformer):
    """Analyse notes into harmonics and noise, and resynthesise notes from such features.

    The features of a note are the envelopes of its level, of its partials and of bands of
    noise. Its pitch is one number apart from these, so that envelopes look alike for all pitches.
    They are smooth and of the same size for every note: a few components of
    `sklearn.decomposition.PCA` hold most of their variance, and a mean of the features of two
    notes sounds as a note.

    Parameters
    ----------
    sample_rate : int, default=16000
        Sampling rate of the audio, in Hz.
    n_harmonics : int, default=96
        Number of envelopes of partials. The first two dozen or so have one each, higher partials
        share theirs (see `audiogen.signal.harmonic_knots`).
    n_noise_bands : int, default=24
        Number of envelopes of noise, in bands equally wide on the mel scale.
    hop_length : int, default=256
        Samples between frames, a multiple of 4. The level has four steps a frame.
    pitch_column : str, default="pitch"
        Name of the column of `y` that holds the MIDI pitch.
    random_state : int, RandomState or None, default=0
        Seed of the noise in resynthesised notes. With an int, row i of a call has the same
        noise in every call, however many rows there are.
    n_jobs : int, default=None
        Number of notes that are analysed or resynthesised at once, as in joblib; None means 1.
        Threads do so, and processes where notes of 67 million samples or more are analysed: they
        take seconds to start.

    Attributes
    ----------
    range_ : ndarray of shape (2, 6 + n_harmonics)
        Least and largest duration (in seconds), level (root mean square, in dB of full scale),
        time for which a note is held (in seconds), standard deviation of the tuning and what
        each partial heard is off a multiple of the first (both in cents), peak, and time that
        `audiogen.signal.sounding_time` returns (in seconds), of the training notes.
    category_ranges_ : dict of str to dict of str to ndarray of shape (2, 6 + n_harmonics)
        The same of the training notes of each category, for each column of categories in `y`.
    n_features_in_ : int
        Number of samples in a note seen in `fit`.

    See Also
    --------
    audiogen.signal.analyse_note : Analysis of one note, with references.
    audiogen.signal.synthesise_note : Synthesis of one note.

    Notes
    -----
    *Features.* A note has the features ``(2 + ceil(n_timesteps / hop_length), 5 + n_harmonics +
    n_noise_bands)``. Row 0 holds what concerns the whole note: the pitch in semitones above C4,
    the binary logarithm of the duration in seconds, the root mean square of all samples in dB of
    full scale, the binary logarithm of the seconds for which the note is held (until its level is
    20 dB below the highest for good), one unused number and, for each envelope of partials,
    the cents by which the partial is off a multiple of the first. Each further row is a frame:
    the level in four steps, in dB of the highest; the tuning, in cents around the pitch; the
    partials and the bands of noise, in dB of the level. No number of dB is below -80.

    *Scaling.* A squared error of 1 is about equally audible in all features. Partials and bands
    are divided by 20 dB, the level, which they share, by 5 dB; the root mean square, which all
    frames share, by 0.3 dB, the logarithm of the duration by 0.012, that of the time held by
    0.003, cents by 50 and the pitch by 3 semitones. The attack, by which instruments are
    recognised [1]_, is short: levels, partials and bands are multiplied by
    ``1 + exp(-(t / 0.5 s) ** 2)``, where t is the time of the frame.

    *Time.* Frames are aligned by events rather than by the clock. The first 0.4 s are kept as
    they are, 80 % of the other frames are spread evenly over the time for which the note is
    held, and the rest over its release. So the mean of two notes is let go once and ends once. A
    note that is 20 dB down before a fifth of that time counts as held until then. The frames of a
    release that a note has not, as it is held to its end, fall by 30 dB. A note that sounds to
    the end of its clip counts as a second longer.

    *Resynthesis.* What is lost is the phase, and what happens within a frame other than in its
    level. Any finite features can be resynthesised, and as a continuous function: rounding
    errors in them are not heard. What is generated stays within what training notes of the same
    categories have. The duration, the time held and what partials are off multiples are clipped
    to their ranges, and the tuning swings no more than theirs. The level is brought into their
    range, of which the outermost 0.5 dB hold all that is beyond, so that louder notes stay louder.
    A note that would be 40 dB down for good before all of them falls more slowly, and one that
    would not be when all of them are is let go in the 0.4 s before. A note whose peaks would
    exceed the highest of theirs by more than 1 dB, or full scale, is turned down, half of it as a
    whole and half in its peaks alone. Other notes have the root mean square of their features.
    The tuning is centred on the pitch, and levels that stay above the highest are brought down to
    it. Partials only some cents off a multiple are played nearer to it. Where `y` has the pitch,
    it is the mean of what the partials within 100 cents are tuned to, weighted by power and
    number; and of audible partials with an envelope of their own, the odd ones get at least 6 %
    of the power of the even ones within 0.1 s or so, for without them it is heard an octave up.

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

    _constraints: ClassVar[dict] = {
        "sample_rate": Interval(numbers.Integral, 1000, None),
        "n_harmonics": Interval(numbers.Integral, 1, None),
        "n_noise_bands": Interval(numbers.Integral, 1, None),
        "hop_length": Interval(numbers.Integral, 16, None),
        "pitch_column": Instance(str, "a str"),
        "random_state": RANDOM_STATE,
        "n_jobs": (Interval(numbers.Integral, None, None), Options(None)),
    }
    _out_dtypes: ClassVar[tuple[str, ...]] = ()  # float32 whatever comes in

    def __init__(
        self,
        sample_rate: int = 16000,
        n_harmonics: int = 96,
        n_noise_bands: int = 24,
        hop_length: int = 256,
        pitch_column: str = "pitch",
        random_state: Any = 0,
        n_jobs: int | None = None,
    ) -> None:
        self.sample_rate = sample_rate
        self.n_harmonics = n_harmonics
        self.n_noise_bands = n_noise_bands
        self.hop_length = hop_length
        self.pitch_column = pitch_column
        self.random_state = random_state
        self.n_jobs = n_jobs

    def fit(self, X: npt.ArrayLike, y: Any = None) -> "HarmonicPlusNoise":
        """Learn the ranges of level, duration, peak and others; notes are analysed for them.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps)
            Notes.
        y : table with n_samples rows, array-like or None, default=None
            Conditions of the notes: their pitch, as in `transform`, and their categories, for
            each of which the ranges are learnt.

        Returns
        -------
        self : HarmonicPlusNoise
            The fitted transformer.
        """
        self.fit_transform(X, y)
        return self

    def fit_transform(self, X: npt.ArrayLike, y: Any = None) -> np.ndarray:
        """Learn the ranges of level, duration and others, and return the features of the notes.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps)
            Notes.
        y : table with n_samples rows, array-like or None, default=None
            Conditions, as in `fit`.

        Returns
        -------
        F : ndarray of shape (n_samples, n_frames, n_channels), float32
            Features, as the Notes of the class describe them.
        """
        self._check_parameters()
        X = self._validated(X, reset=True)
        features = self._features(X, y)
        measures = []
        for rows in slabs(X):
            heard = sounding_time(X[rows], sample_rate=self.sample_rate)
            extent = extent_of(features[rows], self.n_harmonics)
            measures.append(np.column_stack([extent, peak(X[rows]), heard]))
            forget_pages(features)
        self.range_, self.category_ranges_ = learn_ranges(np.concatenate(measures), y)
        return features

    def transform(self, X: npt.ArrayLike, y: Any = None) -> np.ndarray:
        """Return the features of notes.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps)
            Notes.
        y : table with n_samples rows, array-like or None, default=None
            Conditions. The column `pitch_column` of a table has the MIDI pitch of the notes, to
            half a semitone. Where it is missing, `audiogen.signal.track_pitch` finds the
            pitch; notes without one are analysed as if they were C4.

        Returns
        -------
        F : ndarray of shape (n_samples, n_frames, n_channels), float32
            Features, as the Notes of the class describe them.

        Raises
        ------
        ValueError
            If y has not as many rows as X.
        """
        check_is_fitted(self)
        return self._features(self._validated(X, reset=False), y)

    def inverse_transform(
        self,
        X: npt.ArrayLike,
        y: Any = None,
        *,
        n_timesteps: int | None = None,
        random_state: Any = None,
    ) -> np.ndarray:
        """Resynthesise notes.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_frames, n_channels)
            Features.
        y : table with n_samples rows, array-like or None, default=None
            Conditions. The column `pitch_column` of a table has the MIDI pitches to play; where it
            is missing, they are those in the features. Categories decide the ranges of level
            and duration.
        n_timesteps : int or None, default=None
            Number of samples of each note, from its beginning, if fewer than in `fit`. The
            fewer, the faster: the rest is not computed. Their level is what it is in the whole
            note, to some tenths of a dB.
        random_state : int, RandomState or None, default=None
            Seed of the noise. None takes the parameter `random_state` of the transformer.

        Returns
        -------
        audio : ndarray of shape (n_samples, n_timesteps), float32
            Notes. Row i depends on row i of X and y, on the seed and on i alone.

        Raises
        ------
        ValueError
            If the features have another shape than those of `transform`, or are NaN
            or infinite, or y has not as many rows.
        """
        check_is_fitted(self)
        X = self._validated_features(X)
        most = self.n_features_in_
        if n_timesteps is not None:
            rule = {"n_timesteps": Interval(numbers.Integral, 1, most, closed="both")}
            owner = f"{type(self).__name__}.inverse_transform"
            check_parameters(owner, rule, {"n_timesteps": n_timesteps})
            most = int(n_timesteps)
        seed = draw_seed(self.random_state if random_state is None else random_state)
        ranges = ranges_of(self.range_, self.category_ranges_, y, len(X))
        pitches = pitches_of(y, self.pitch_column, len(X))
        rows = X, pitches, ranges, [most] * len(X), [seed] * len(X), range(len(X))
        return each_row(self._synthesise, rows, self.n_jobs, "threads")

    def _check_parameters(self) -> None:
        super()._check_parameters()
        if self.hop_length % 4:
            raise ValueError(
                f"The 'hop_length' parameter of HarmonicPlusNoise must be a multiple of 4. "
                f"Got {self.hop_length} instead."
            )

    def _validated_features(self, X: npt.ArrayLike) -> np.ndarray:
        """Return features as float64; refuse those of another shape, and what is not finite."""
        X = map_rows(lambda rows: np.asarray(rows, dtype=np.float64), np.asarray(X))
        n_frames = 2 + -(-self.n_features_in_ // self.hop_length)
        shape = (n_frames, FIRST_SHAPE + self.n_harmonics + self.n_noise_bands)
        check_features(X, shape)
        return X

    def _features(self, X: np.ndarray, y: Any) -> np.ndarray:
        """Return the features of notes."""
        pitches = pitches_of(y, self.pitch_column, len(X))
        unknown = np.flatnonzero(np.isnan(pitches))
        if len(unknown):
            found = track_pitch(X, self.sample_rate, unknown)
            pitches[unknown] = np.where(np.isnan(found), UNPITCHED, found)
        workers = "processes" if X.size >= _SAMPLES_FOR_PROCESSES else "threads"
        return each_row(self._analyse, (X, pitches), self.n_jobs, workers)

    def _analyse(self, audio: np.ndarray, pitch: float) -> np.ndarray:
        """Return the features of one note."""
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
            note = replace(note, duration=length + _LONGER)
        level = float(amplitude_to_db(rms(audio)))
        return pack_note(note, level, self.sample_rate / self.hop_length)

    def _synthesise(
        self,
        features: np.ndarray,
        pitch: float,
        ranges: np.ndarray,
        n_timesteps: int,
        seed: int,
        row: int,
    ) -> np.ndarray:
        """Return the audio of one note."""
        low, high = ranges
        note, level = unpack_note(
            within_extent(features, low[:-2], high[:-2]),
            pitch,
            self.n_harmonics,
            self.sample_rate,
            self.sample_rate / self.hop_length,
        )
        audio = synthesise_note(
            note,
            n_timesteps,
            sample_rate=self.sample_rate,
            hop_length=self.hop_length,
            rng=make_rng(seed, Stream.SYNTHESIS, row),
        )
        shortest = min(float(low[-1]), note.duration, n_timesteps / self.sample_rate)
        audio = bound_sounding_time(audio, shortest, float(high[-1]), sample_rate=self.sample_rate)
        highest = float(np.clip(_MARGIN * high[-2], _LEAST, 1))
        louder = level_of_beginning(
            note, n_timesteps, self.n_features_in_, self.sample_rate, self.hop_length
        )
        width = int(_PEAK_SECONDS * self.sample_rate)
        return levelled(audio, level + louder, float(low[1]) + louder, highest, width)
