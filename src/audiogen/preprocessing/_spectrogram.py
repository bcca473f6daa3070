"""Audio as spectrograms of log-magnitude and phase, and back."""

import numbers
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
from sklearn.utils import check_array

from audiogen.preprocessing._base import ClipTransformer
from audiogen.signal import (
    count_frames,
    dual_window,
    griffin_lim,
    instantaneous_frequency,
    istft,
    pack_nyquist,
    pghi,
    phase_from_frequency,
    stft,
    unpack_nyquist,
)
from audiogen.utils.blocks import map_blocks
from audiogen.utils.large import slabs
from audiogen.utils.validation import Instance, Interval, Options

__all__ = ["STFTSpectrogram"]

_FLOATS = (np.float32, np.float64)
_FRAME_MULTIPLE = 16  # networks halve the number of frames a few times
# Keeps the extremes of the training data within [-1, 1] whatever the rounding.
_MARGIN = 1 - 1e-6
# Of the inverse: beyond it the round trip of noise is off by more than 1e-5 of full scale.
_LARGEST_GAIN = 14
_ONE_BIN_MORE = ((0, 0), (0, 0), (0, 1))


class STFTSpectrogram(ClipTransformer):
    """Turn clips into spectrograms of log-magnitude and phase.

    Notes of 64,000 samples become arrays of 256 frames, 512 bins and 2 channels:
    log(magnitude + floor), scaled to [-1, 1], and phase / pi.

    Parameters
    ----------
    frame_length : int, default=1024
        Number of samples in a frame, even. There are half as many bins.
    hop_length : int, default=256
        Samples from the start of a frame to the start of the next.
    window : str, tuple or float, default="hann"
        Window that frames are multiplied by, as `scipy.signal.get_window` takes it.
    scaling : {"minmax", None}, default="minmax"
        Scaling of the log-magnitude. "minmax" brings its minimum and maximum in `fit` to -1 and
        1; None leaves it.
    phase : {"angle", "if", None}, default="angle"
        Content of the second channel. "angle" is the phase, over pi; "if" the instantaneous
        frequency of GANSynth [1]_, see `audiogen.signal.instantaneous_frequency`. None leaves
        one channel.
    nyquist : {"pack", "drop"}, default="pack"
        Treatment of the bin at half the sample rate, for which 512 bins leave no room.
        It is real, as bin 0 is: "pack" makes it the imaginary part of bin 0, and nothing
        is lost; "drop" leaves it out. Without phase it is always dropped.
    phase_recovery : {"pghi", "griffinlim"}, default="pghi"
        Algorithm by which ``inverse_transform`` recovers the phase that ``phase=None`` did not
        keep: phase gradient heap integration, or 32 iterations of Griffin and Lim's
        algorithm from there, which take some five times as long.
    floor : float, default=1e-4
        Number added to magnitudes before the logarithm. The default is 128 dB below a sine
        wave at full scale, where the noise of 16-bit audio lies.
    sample_rate : int, default=16000
        Sampling rate of the audio, in Hz, for whoever plays what `inverse_transform` returns.
        It changes no number of a spectrogram.

    Attributes
    ----------
    log_min_, log_max_ : float
        The least and the largest log(magnitude + floor) in `fit`; -1 and 1, which scale
        nothing, for ``scaling=None``.
    n_features_in_ : int
        Number of time steps in a clip seen in `fit`.
    spectrogram_shape_ : tuple of int
        (n_frames, n_bins, n_channels) of one clip.

    See Also
    --------
    audiogen.signal.stft : The transform, and how frames lie over a clip.

    Notes
    -----
    Frames are padded at the end with silent ones to a multiple of 16. `transform` never
    clips: what is louder than all of the training data comes out above 1. The result is float32;
    channel 0 is the log-magnitude, channel 1 the phase.

    With the phase kept and the Nyquist bin packed, `inverse_transform` restores every clip to
    1e-5 of full scale, edges included. With the bin dropped, what is lost is the sound
    at half the sample rate: next to nothing of music, 3 % of full scale of white noise.
    Spectrograms joined along time, k times as long as those of `fit`, make one clip k times as
    long. There the frames that hang over the end of one are left out in favour of those that
    begin the next.

    `fit` may be given a memory map, which is read block by block.

    References
    ----------
    .. [1] J. Engel et al., "GANSynth: Adversarial neural audio synthesis", ICLR 2019.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.preprocessing import STFTSpectrogram
    >>> clips = np.sin(np.arange(128000, dtype=np.float32)).reshape(2, 64000)
    >>> spectrogram = STFTSpectrogram().fit(clips)
    >>> spectrogram.transform(clips).shape
    (2, 256, 512, 2)
    >>> restored = spectrogram.inverse_transform(spectrogram.transform(clips))
    >>> bool(np.abs(restored - clips).max() < 1e-5)
    True
    """

    _constraints: ClassVar[dict] = {
        "frame_length": Interval(numbers.Integral, 2, None),
        "hop_length": Interval(numbers.Integral, 1, None),
        "window": Instance((str, tuple, numbers.Real), "a window of SciPy's get_window"),
        "scaling": Options("minmax", None),
        "phase": Options("angle", "if", None),
        "nyquist": Options("pack", "drop"),
        "phase_recovery": Options("pghi", "griffinlim"),
        "floor": Interval(numbers.Real, 0, None, closed="neither"),
        "sample_rate": Interval(numbers.Integral, 1, None),
    }
    _out_dtypes: ClassVar[tuple[str, ...]] = ("float32",)

    def __init__(
        self,
        frame_length: int = 1024,
        hop_length: int = 256,
        window: str | tuple | float = "hann",
        scaling: str | None = "minmax",
        phase: str | None = "angle",
        nyquist: str = "pack",
        phase_recovery: str = "pghi",
        floor: float = 1e-4,
        sample_rate: int = 16000,
    ) -> None:
        self.frame_length = frame_length
        self.hop_length = hop_length
        self.window = window
        self.scaling = scaling
        self.phase = phase
        self.nyquist = nyquist
        self.phase_recovery = phase_recovery
        self.floor = floor
        self.sample_rate = sample_rate

    def _fit(self, X: np.ndarray, y: Any) -> None:
        n_frames = count_frames(X.shape[1], self.frame_length, self.hop_length)
        n_padded = -(-n_frames // _FRAME_MULTIPLE) * _FRAME_MULTIPLE
        n_channels = 1 if self.phase is None else 2
        self.spectrogram_shape_ = (n_padded, self.frame_length // 2, n_channels)
        self.log_min_, self.log_max_ = -1.0, 1.0
        if self.scaling == "minmax":
            extremes = [found for rows in slabs(X) for found in self._all_extremes(X[rows])]
            lows, highs = np.array(extremes, dtype=np.float64).T
            low = 0.0 if n_padded > n_frames else lows.min()
            self.log_min_ = float(np.log(low + self.floor))
            self.log_max_ = float(np.log(highs.max() + self.floor))

    def _transform(self, X: np.ndarray) -> np.ndarray:
        spectrograms = np.zeros((len(X), *self.spectrogram_shape_), dtype=np.float32)

        def fill(rows: slice) -> None:
            self._fill(spectrograms[rows], self._packed(X[rows]))

        self._map_blocks(fill, len(X))
        return spectrograms

    def _inverse(self, X: npt.ArrayLike) -> np.ndarray:
        spectrograms = check_array(
            X, dtype=_FLOATS, allow_nd=True, ensure_2d=False, input_name="X"
        )
        n_joined = self._n_joined(spectrograms.shape)
        n_timesteps = n_joined * self.n_features_in_
        audio = np.empty((len(spectrograms), n_timesteps), dtype=np.float32)

        def fill(rows: slice) -> None:
            block = spectrograms[rows].astype(np.float32, copy=False)
            block = block.reshape(-1, *self.spectrogram_shape_)
            spectra = self._joined(self._spectra(block), n_joined)
            audio[rows] = istft(spectra, **self._frames, n_timesteps=n_timesteps)

        self._map_blocks(fill, len(spectrograms), n_joined)
        return audio

    @property
    def _frames(self) -> dict:
        return {
            "frame_length": self.frame_length,
            "hop_length": self.hop_length,
            "window": self.window,
        }

    @property
    def _packs(self) -> bool:
        return self.nyquist == "pack" and self.phase is not None

    @property
    def _scale(self) -> tuple[float, float]:
        """The middle of the log-magnitudes, and how far from it they become 1."""
        half = (self.log_max_ - self.log_min_) / 2 or 1.0
        middle = (self.log_max_ + self.log_min_) / 2
        return middle, half if self.scaling is None else half / _MARGIN

    def _check_parameters(self) -> None:
        super()._check_parameters()
        if self.frame_length % 2:
            raise ValueError(
                "The 'frame_length' parameter of STFTSpectrogram must be even. "
                f"Got {self.frame_length} instead."
            )
        largest = np.abs(dual_window(**self._frames)).max()
        if largest > _LARGEST_GAIN:
            raise ValueError(
                f"window={self.window!r} with frame_length={self.frame_length} and hop_length="
                f"{self.hop_length} cannot be inverted in float32: errors of rounding would grow "
                f"{largest:.0f} times. Take a smaller hop_length, such as "
                f"{max(1, self.frame_length // 4)}."
            )

    def _map_blocks(
        self, function: Callable[[slice], Any], n_rows: int, n_joined: int = 1
    ) -> list:
        values_per_row = n_joined * self.spectrogram_shape_[0] * self.frame_length
        return map_blocks(function, n_rows, values_per_row)

    def _packed(self, clips: np.ndarray) -> np.ndarray:
        """Return spectra of half as many bins as a frame has samples."""
        spectra = stft(clips.astype(np.float32, copy=False), **self._frames)
        return pack_nyquist(spectra) if self._packs else spectra[..., :-1]

    def _all_extremes(self, clips: np.ndarray) -> list:
        return self._map_blocks(lambda rows: self._extremes(clips[rows]), len(clips))

    def _extremes(self, clips: np.ndarray) -> tuple[np.floating, np.floating]:
        magnitude = np.abs(self._packed(clips))
        return magnitude.min(), magnitude.max()

    def _fill(self, spectrograms: np.ndarray, spectra: np.ndarray) -> None:
        """Write the channels of spectra, which leave frames of silence at the end."""
        n_frames = spectra.shape[1]
        middle, half = self._scale
        # Divided by its middle first, a magnitude has the logarithms nearest to 0, which
        # have the smallest errors of rounding. Silence is 0 here, for the frames at the end.
        levels = np.zeros(spectrograms.shape[:3], dtype=np.float32)
        np.abs(spectra, out=levels[:, :n_frames])
        levels *= np.float32(np.exp(-middle))
        levels += np.float32(self.floor * np.exp(-middle))
        np.log(levels, out=levels)
        np.divide(levels, np.float32(half), out=spectrograms[..., 0])
        if self.phase == "angle":
            spectrograms[:, :n_frames, :, 1] = np.angle(spectra) / np.float32(np.pi)
        elif self.phase == "if":
            spectrograms[:, :n_frames, :, 1] = instantaneous_frequency(np.angle(spectra))

    def _magnitude(self, levels: np.ndarray) -> np.ndarray:
        middle, half = self._scale
        magnitude = np.exp(levels * np.float32(half))
        magnitude *= np.float32(np.exp(middle))
        magnitude -= np.float32(self.floor)
        return np.maximum(magnitude, 0, out=magnitude)

    def _spectra(self, spectrograms: np.ndarray) -> np.ndarray:
        """Return the spectra that channels describe, without the frames at the end."""
        n_frames = count_frames(self.n_features_in_, self.frame_length, self.hop_length)
        magnitude = self._magnitude(spectrograms[:, :n_frames, :, 0])
        if self.phase is None:
            magnitude = np.pad(magnitude, _ONE_BIN_MORE)
            return _from_polar(magnitude, self._recovered(magnitude))
        phase = spectrograms[:, :n_frames, :, 1]
        phase = phase_from_frequency(phase) if self.phase == "if" else phase * np.float32(np.pi)
        spectra = _from_polar(magnitude, phase)
        return unpack_nyquist(spectra) if self._packs else np.pad(spectra, _ONE_BIN_MORE)

    def _recovered(self, magnitude: np.ndarray) -> np.ndarray:
        recover = pghi if self.phase_recovery == "pghi" else griffin_lim
        return recover(magnitude, **self._frames)

    def _joined(self, spectra: np.ndarray, n_joined: int) -> np.ndarray:
        """Return every `n_joined` spectra that follow each other as one."""
        if n_joined == 1:
            return spectra
        spectra = spectra.reshape(-1, n_joined, *spectra.shape[1:])
        step = -(-self.n_features_in_ // self.hop_length)
        heads = spectra[:, :-1, :step].reshape(len(spectra), -1, spectra.shape[-1])
        return np.concatenate([heads, spectra[:, -1]], axis=1)

    def _n_joined(self, shape: tuple[int, ...]) -> int:
        """Return how many spectrograms are joined along time in one."""
        n_frames, *rest = self.spectrogram_shape_
        if len(shape) != 4 or list(shape[2:]) != rest or shape[1] % n_frames or not shape[1]:
            raise ValueError(
                "STFTSpectrogram.inverse_transform needs spectrograms of shape (n_samples, "
                f"{n_frames}, {rest[0]}, {rest[1]}), or several of them joined along axis 1. "
                f"Got {shape}."
            )
        return shape[1] // n_frames


def _from_polar(magnitude: np.ndarray, phase: np.ndarray) -> np.ndarray:
    spectra = np.empty(magnitude.shape, dtype=np.complex64)
    np.multiply(magnitude, np.cos(phase), out=spectra.real)
    np.multiply(magnitude, np.sin(phase), out=spectra.imag)
    return spectra
