"""Notes as spectrograms whose harmonics lie in the same places, and back."""

import numbers
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
from scipy.signal import get_window
from sklearn.utils.validation import check_is_fitted

from audiogen.preprocessing._base import ClipTransformer
from audiogen.preprocessing._check_features import check_features
from audiogen.preprocessing._each_row import each_row
from audiogen.preprocessing._harmonic_axis import HarmonicAxis
from audiogen.preprocessing._harmonic_features import UNPITCHED
from audiogen.preprocessing._note_ranges import pitches_of
from audiogen.signal import count_frames, istft, midi_to_hz, peak, pghi, stft, track_pitch
from audiogen.utils.large import slabs
from audiogen.utils.librosa import import_librosa
from audiogen.utils.seeds import RANDOM_STATE, Stream, draw_seed, make_rng
from audiogen.utils.validation import Instance, Interval, Options

__all__ = ["PitchAlignedSpectrogram"]

_POWER = 0.3  # of magnitudes, as in `SpectralPatches`: loud bins count more than in a logarithm
_LEAST = 5e-4  # magnitude; a sine wave at full scale has 427 in frames of 2,048 samples
_OFF = 0.6  # semitones by which a note may be off the pitch that its conditions state
_OCTAVE = 12.0
_MEAN_OF_NOISE = 0.29  # of log-magnitudes, below that of the root mean square: Rayleigh's
_LOBES = 6.0  # standard deviations of the window in a frame


class PitchAlignedSpectrogram(ClipTransformer):
    """Turn notes into spectrograms on an axis of harmonics, and back.

    On an axis of Hz, partials of notes of two pitches lie in different bins, and a mean or a
    small network blurs them into noise. Here the k-th harmonic has the same columns whatever the
    pitch, so that what is generated is in tune by its place.

    Parameters
    ----------
    sample_rate : int, default=16000
        Sampling rate of the audio, in Hz.
    n_harmonics : int, default=64
        Number of harmonics that have columns. What lies above the last is noise.
    n_noise_bands : int, default=24
        Number of bands, equally wide on the mel scale, for noise above the last harmonic.
    frame_length : int, default=2048
        Number of samples in a frame, even.
    hop_length : int, default=512
        Samples from the start of a frame to the start of the next, at most a quarter of a frame.
    pitch_column : str, default="pitch"
        Name of the column of `y` that holds the MIDI pitch.
    random_state : int, RandomState or None, default=0
        Seed of the noise in resynthesised notes. With an int, row i of a call has the same
        noise in every call, however many rows there are.
    n_jobs : int, default=None
        Number of notes that are transformed at once, in threads, as in joblib; None means 1.

    Attributes
    ----------
    peak_ : float
        The highest peak of the training notes. Notes that would be higher are turned down.
    n_features_in_ : int
        Number of samples in a note seen in `fit`.

    See Also
    --------
    HarmonicPlusNoise : Notes as envelopes of partials and noise, nearer to real notes.
    STFTSpectrogram : Spectrograms of any sound, on an axis of Hz.

    Notes
    -----
    *Features.* A note has the features ``(1 + n_frames, 10 * n_harmonics + 1 + n_noise_bands)``:
    magnitudes to the power of 0.3. In row 0 only the first value is used, the pitch in octaves
    above C4. Each further row is a frame: nine bins about each harmonic, which hold its lobe; the
    mean (of logarithms) below the first and between each harmonic and those beside it; and that of
    each band. Harmonics above half the sample rate have the values of the last one below.

    *Window.* It is a Gaussian one, six standard deviations long: the logarithm of a lobe is a
    parabola, which is moved by fractions of a bin without loss, and from which phase gradient heap
    integration [1]_ recovers the phase.

    *Resynthesis.* Bins more than three from a harmonic are noise with the means as its level.
    Partials off the multiples of the pitch, as those of bells, become noise too.

    References
    ----------
    .. [1] Z. Prusa, P. Balazs and P. L. Sondergaard, "A noniterative method for reconstruction of
       phase from STFT magnitude", IEEE/ACM Transactions on Audio, Speech, and Language
       Processing 25(5), 2017.

    Examples
    --------
    >>> import pandas as pd
    >>> from audiogen.datasets import make_notes
    >>> from audiogen.preprocessing import PitchAlignedSpectrogram
    >>> from audiogen.signal import track_pitch
    >>> notes = make_notes(2, pitch=[60, 64], random_state=0)
    >>> spectrogram = PitchAlignedSpectrogram()
    >>> features = spectrogram.fit_transform(notes.data, notes.frame)
    >>> features.shape
    (2, 129, 665)
    >>> higher = spectrogram.inverse_transform(features, pd.DataFrame({"pitch": [67, 71]}))
    >>> track_pitch(higher, 16000).round(1)
    array([67., 71.])
    """

    _constraints: ClassVar[dict] = {
        "sample_rate": Interval(numbers.Integral, 1000, None),
        "n_harmonics": Interval(numbers.Integral, 1, None),
        "n_noise_bands": Interval(numbers.Integral, 1, None),
        "frame_length": Interval(numbers.Integral, 64, None),
        "hop_length": Interval(numbers.Integral, 1, None),
        "pitch_column": Instance(str, "a str"),
        "random_state": RANDOM_STATE,
        "n_jobs": (Interval(numbers.Integral, None, None), Options(None)),
    }
    _out_dtypes: ClassVar[tuple[str, ...]] = ()  # float32 whatever comes in

    def __init__(
        self,
        sample_rate: int = 16000,
        *,
        n_harmonics: int = 64,
        n_noise_bands: int = 24,
        frame_length: int = 2048,
        hop_length: int = 512,
        pitch_column: str = "pitch",
        random_state: Any = 0,
        n_jobs: int | None = None,
    ) -> None:
        self.sample_rate = sample_rate
        self.n_harmonics = n_harmonics
        self.n_noise_bands = n_noise_bands
        self.frame_length = frame_length
        self.hop_length = hop_length
        self.pitch_column = pitch_column
        self.random_state = random_state
        self.n_jobs = n_jobs

    def _fit(self, X: np.ndarray, y: Any) -> None:
        pitches_of(y, self.pitch_column, len(X))
        self.peak_ = float(max(peak(X[rows]).max() for rows in slabs(X)))

    def fit_transform(self, X: npt.ArrayLike, y: Any = None) -> np.ndarray:
        """Fit, and return the features of the same notes.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps)
            Notes.
        y : table with n_samples rows, array-like or None, default=None
            Conditions, as in `transform`.

        Returns
        -------
        F : ndarray of shape (n_samples, 1 + n_frames, n_columns), float32
            Features, as the Notes of the class describe them.
        """
        self.fit(X, y)
        return self.transform(X, y)

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
        F : ndarray of shape (n_samples, 1 + n_frames, n_columns), float32
            Features, as the Notes of the class describe them.

        Raises
        ------
        ValueError
            If y has not as many rows as X.
        """
        check_is_fitted(self)
        self._check_parameters()
        X = self._validated(X, reset=False)
        stated = pitches_of(y, self.pitch_column, len(X))
        found = track_pitch(X, self.sample_rate)
        near = np.isnan(stated) | (np.abs(found - stated) <= _OFF)
        pitches = np.where(near & ~np.isnan(found), found, stated)
        pitches = np.where(np.isnan(pitches), UNPITCHED, pitches)
        return each_row(self._analyse, (X, pitches), self.n_jobs, "threads")

    def inverse_transform(self, X: npt.ArrayLike, y: Any = None) -> np.ndarray:
        """Resynthesise notes.

        Parameters
        ----------
        X : array-like of shape (n_samples, 1 + n_frames, n_columns)
            Features. Negative magnitudes count as 0.
        y : table with n_samples rows, array-like or None, default=None
            Conditions. The column `pitch_column` of a table has the MIDI pitches to play; where it
            is missing, they are those in the features.

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
        X = np.asarray(X, dtype=np.float32)
        n_frames = count_frames(self.n_features_in_, self.frame_length, self.hop_length)
        check_features(X, (1 + n_frames, 10 * self.n_harmonics + 1 + self.n_noise_bands))
        pitches = pitches_of(y, self.pitch_column, len(X))
        seed = draw_seed(self.random_state)
        rows = X, pitches, [seed] * len(X), range(len(X))
        return each_row(self._synthesise, rows, self.n_jobs, "threads")

    def _check_parameters(self) -> None:
        super()._check_parameters()
        if self.frame_length % 2:
            raise ValueError(
                "The 'frame_length' parameter of PitchAlignedSpectrogram must be even. "
                f"Got {self.frame_length} instead."
            )
        if self.hop_length > self.frame_length // 4:
            raise ValueError(
                "The 'hop_length' parameter of PitchAlignedSpectrogram must be at most "
                f"frame_length / 4 = {self.frame_length // 4}. Got {self.hop_length} instead."
            )

    @property
    def _frames(self) -> dict:
        window = ("gaussian", self.frame_length / _LOBES)
        return {
            "frame_length": self.frame_length, "hop_length": self.hop_length, "window": window,
        }  # fmt: skip

    @property
    def _rms_of_noise(self) -> float:
        """Root mean square of the magnitudes of white noise."""
        window = get_window(self._frames["window"], self.frame_length)
        return float(np.sqrt(np.sum(np.square(window))))

    def _axis(self, pitch: float) -> HarmonicAxis:
        n_bins = self.frame_length // 2 + 1
        bin_width = self.sample_rate / self.frame_length
        top = self.sample_rate / 2
        edges = (
            import_librosa().mel_frequencies(self.n_noise_bands + 1, fmin=0, fmax=top, htk=True)
            / bin_width
        )
        edges = np.append(np.round(edges[:-1]), n_bins)
        return HarmonicAxis(float(midi_to_hz(pitch)) / bin_width, self.n_harmonics, edges)

    def _analyse(self, audio: np.ndarray, pitch: float) -> np.ndarray:
        """Return the features of one note."""
        spectra = stft(audio[np.newaxis].astype(np.float32, copy=False), **self._frames)[0]
        columns = self._axis(pitch).columns(np.log(np.abs(spectra) + np.float32(_LEAST)))
        features = np.zeros((1 + len(columns), columns.shape[1]), dtype=np.float32)
        features[0, 0] = (pitch - UNPITCHED) / _OCTAVE
        features[1:] = np.exp(_POWER * columns)
        return features

    def _synthesise(self, features: np.ndarray, pitch: float, seed: int, row: int) -> np.ndarray:
        """Return the audio of one note."""
        if np.isnan(pitch):
            pitch = UNPITCHED + _OCTAVE * float(features[0, 0])
        axis = self._axis(pitch)
        levels = np.log(np.maximum(features[1:], _LEAST**_POWER)) / _POWER
        tones, noise = axis.spectra(levels)
        magnitude = np.zeros((1, *noise.shape), dtype=np.float32)
        magnitude[0, :, axis.tonal] = np.maximum(np.exp(tones.T) - _LEAST, 0)
        spectra = magnitude * np.exp(1j * pghi(magnitude, **self._frames))
        rng = make_rng(seed, Stream.SYNTHESIS, row)
        white = rng.standard_normal((1, self.n_features_in_), dtype=np.float32)
        around = np.maximum(np.exp(noise + _MEAN_OF_NOISE) - _LEAST, 0) * ~axis.tonal
        spectra += stft(white, **self._frames) / self._rms_of_noise * around
        audio = istft(
            spectra.astype(np.complex64), **self._frames, n_timesteps=self.n_features_in_
        )[0]
        highest = float(peak(audio))
        return audio * (self.peak_ / highest) if highest > self.peak_ else audio
