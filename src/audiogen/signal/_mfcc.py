"""Mel-frequency cepstral coefficients of many clips at once."""

import functools
import numbers

import numpy as np
import numpy.typing as npt
import scipy.fft
import scipy.signal
from numpy.lib.stride_tricks import sliding_window_view

from audiogen.utils.blas import single_blas_thread
from audiogen.utils.blocks import map_blocks
from audiogen.utils.librosa import import_librosa
from audiogen.utils.validation import Interval, check_audio, check_parameters

__all__ = ["mfcc"]

# librosa's defaults, which are the definition here.
_FRAME_LENGTH = 2048
_HOP_LENGTH = 512
_N_MELS = 128
_FLOOR = 1e-10
_TOP_DB = 80.0

_BINS_PER_BAND = 128


def mfcc(audio: npt.ArrayLike, sample_rate: float = 16000, n_mfcc: int = 40) -> np.ndarray:
    """Compute the mel-frequency cepstral coefficients of clips.

    The values are those of ``librosa.feature.mfcc`` with its defaults (frames of 2048
    samples, 512 apart, 128 mel bands), called for one clip at a time: levels are floored
    80 dB below the loudest of the clip, whatever other clips there are.

    Parameters
    ----------
    audio : array-like of shape (n_samples, n_timesteps) or (n_timesteps,)
        The clips.
    sample_rate : float, default=16000
        In Hz.
    n_mfcc : int, default=40
        How many coefficients to keep, from the first.

    Returns
    -------
    coefficients : ndarray of shape (n_samples, n_frames, n_mfcc), float32
        Frames before coefficients, where librosa has them after; ``n_frames`` is
        ``1 + n_timesteps // 512``. Frames are centred, so the first is that of time 0.

    Raises
    ------
    ValueError
        Where the audio has another shape or is not finite.

    References
    ----------
    S. Davis and P. Mermelstein, "Comparison of parametric representations for
    monosyllabic word recognition in continuously spoken sentences", IEEE Transactions on
    Acoustics, Speech, and Signal Processing 28(4), 1980.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.signal import mfcc
    >>> clips = np.sin(np.arange(32000, dtype=np.float32)).reshape(2, 16000)
    >>> mfcc(clips).shape
    (2, 32, 40)
    """
    parameters = {"sample_rate": sample_rate, "n_mfcc": n_mfcc}
    check_parameters("mfcc", _CONSTRAINTS, parameters)
    audio = check_audio(audio)
    n_frames = 1 + audio.shape[1] // _HOP_LENGTH
    coefficients = np.empty((len(audio), n_frames, n_mfcc), dtype=np.float32)
    bands, basis = _filterbank(float(sample_rate)), _cosines(n_mfcc)

    def fill(rows: slice) -> None:
        coefficients[rows] = _decibels(_squared_spectrum(audio[rows]), bands) @ basis

    # One BLAS thread in each of ours: with more they would wait for each other.
    with single_blas_thread():
        map_blocks(fill, len(audio), n_frames * _FRAME_LENGTH)
    return coefficients


_CONSTRAINTS = {
    "sample_rate": Interval(numbers.Real, 0, None, closed="neither"),
    "n_mfcc": Interval(numbers.Integral, 1, _N_MELS, closed="both"),
}


def _squared_spectrum(audio: np.ndarray) -> np.ndarray:
    """Return the squared real and imaginary part of each bin, side by side.

    The mel filters add up the two, which saves a pass over the spectrum.
    """
    margin = _FRAME_LENGTH // 2
    padded = np.zeros((len(audio), audio.shape[1] + 2 * margin), dtype=np.float32)
    padded[:, margin:-margin] = audio
    frames = sliding_window_view(padded, _FRAME_LENGTH, axis=1)[:, ::_HOP_LENGTH]
    parts = scipy.fft.rfft(frames * _window(), overwrite_x=True).view(np.float32)
    return np.square(parts, out=parts)


def _decibels(squares: np.ndarray, bands: list) -> np.ndarray:
    """Return mel levels in dB, floored below the loudest of each clip."""
    levels = np.zeros((*squares.shape[:2], _N_MELS), dtype=np.float32)
    for parts, mels, weights in bands:
        levels[..., mels] += squares[..., parts] @ weights
    np.maximum(levels, _FLOOR, out=levels)
    np.log10(levels, out=levels)
    levels *= 10
    return np.maximum(levels, levels.max(axis=(1, 2), keepdims=True) - _TOP_DB, out=levels)


@functools.lru_cache(maxsize=1)
def _window() -> np.ndarray:
    return scipy.signal.get_window("hann", _FRAME_LENGTH).astype(np.float32)


@functools.lru_cache(maxsize=8)
def _filterbank(sample_rate: float) -> list:
    """Cut the mel filters into bands of bins, each with the few filters that reach it.

    A filter spans few bins: seven eighths of the whole matrix are zeros.
    """
    librosa = import_librosa()

    filters = librosa.filters.mel(sr=sample_rate, n_fft=_FRAME_LENGTH, n_mels=_N_MELS).T
    filters = np.repeat(filters, 2, axis=0)  # a real and an imaginary part each
    bands = []
    for start in range(0, len(filters), 2 * _BINS_PER_BAND):
        parts = slice(start, start + 2 * _BINS_PER_BAND)
        reached = np.flatnonzero(filters[parts].any(axis=0))
        if len(reached):
            mels = slice(reached[0], reached[-1] + 1)
            bands.append((parts, mels, np.ascontiguousarray(filters[parts, mels], np.float32)))
    return bands


@functools.lru_cache(maxsize=8)
def _cosines(n_mfcc: int) -> np.ndarray:
    """Return the matrix of the orthonormal cosine transform, shape (n_mels, n_mfcc)."""
    whole = scipy.fft.dct(np.eye(_N_MELS), norm="ortho", axis=0)
    return np.ascontiguousarray(whole[:n_mfcc].T, dtype=np.float32)
