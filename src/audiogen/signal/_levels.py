"""Levels of audio: peak, root mean square and decibels."""

import numpy as np
import numpy.typing as npt
from scipy.ndimage import maximum_filter1d, uniform_filter1d

__all__ = [
    "amplitude_to_db", "compress_peaks", "db_to_amplitude", "limit_peak", "peak", "rms",
    "scale_to_peak",
]  # fmt: skip


def peak(audio: npt.ArrayLike) -> np.ndarray:
    """Return the largest absolute sample of each clip.

    Parameters
    ----------
    audio : array-like of shape (..., n_timesteps)
        Clips; full scale is 1.

    Returns
    -------
    peak : ndarray of shape (...)
        Peaks, of the dtype of the audio; 0 for a clip without samples.

    Examples
    --------
    >>> from audiogen.signal import peak
    >>> peak([[0.25, -0.5], [0.0, 0.0]])
    array([0.5, 0. ])
    """
    audio = np.asarray(audio)
    # Two reductions, for the absolute values would need as much memory as the audio.
    return np.maximum(audio.max(axis=-1, initial=0), np.abs(audio.min(axis=-1, initial=0)))


def scale_to_peak(audio: npt.ArrayLike, level: float = 1.0) -> np.ndarray:
    """Return clips scaled to the same peak; silence stays silence.

    Parameters
    ----------
    audio : array-like of shape (..., n_timesteps)
        Clips, of floating point.
    level : float, default=1.0
        Peak of every clip that is returned; full scale is 1.

    Returns
    -------
    audio : ndarray of shape (..., n_timesteps)
        A new array of the same dtype.

    Examples
    --------
    >>> from audiogen.signal import scale_to_peak
    >>> scale_to_peak([[0.0, 0.25, -0.5], [0.0, 0.0, 0.0]])
    array([[ 0. ,  0.5, -1. ],
           [ 0. ,  0. ,  0. ]])
    """
    audio = np.asarray(audio)
    peaks = peak(audio)[..., np.newaxis]
    # Below the smallest normal number the quotient is too coarse to mean anything.
    scaled = audio / np.where(peaks < np.finfo(audio.dtype).tiny, 1, peaks)
    scaled *= level
    return scaled


def limit_peak(audio: npt.ArrayLike, level: float = 1.0) -> np.ndarray:
    """Return clips with those turned down that exceed a peak.

    Parameters
    ----------
    audio : array-like of shape (..., n_timesteps)
        Clips, of floating point.
    level : float, default=1.0
        The highest peak allowed; full scale is 1.

    Returns
    -------
    audio : ndarray of shape (..., n_timesteps)
        A new array of the same dtype. Clips whose peak is no higher are the same.

    Examples
    --------
    >>> from audiogen.signal import limit_peak
    >>> limit_peak([[0.5, -2.0], [0.5, 0.25]])
    array([[ 0.25, -1.  ],
           [ 0.5 ,  0.25]])
    """
    audio = np.asarray(audio)
    excess = np.maximum(peak(audio)[..., np.newaxis] / audio.dtype.type(level), 1)
    return audio / excess.astype(audio.dtype)


def compress_peaks(audio: np.ndarray, level: float, width: int) -> np.ndarray:
    """Return a clip with only those parts turned down that exceed a peak.

    Parameters
    ----------
    audio : ndarray of shape (n_timesteps,)
        One clip, of floating point.
    level : float
        The highest peak allowed, above 0; full scale is 1.
    width : int
        Number of samples in which the gain may go from 1 to its least and back, at least.

    Returns
    -------
    audio : ndarray of shape (n_timesteps,)
        A new array of the same dtype. What is farther than `width` from samples that exceed the
        level is the same.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.signal import compress_peaks
    >>> compress_peaks(np.array([0.5, 0.5, 0.5, 2.0, 0.5, 0.5, 0.5]), 1.0, 1)
    array([0.5, 0.5, 0.5, 1. , 0.5, 0.5, 0.5])
    >>> compress_peaks(np.array([0.5, 0.5, 0.5, 2.0, 0.5, 0.5, 0.5]), 1.0, 3).round(2)
    array([0.5 , 0.42, 0.33, 1.  , 0.33, 0.42, 0.5 ])
    """
    envelope = maximum_filter1d(np.abs(audio), width, mode="constant")
    gain = np.minimum(1, level / np.maximum(envelope, level)).astype(np.float64)
    # The mean over as many samples as the maximum was over is nowhere above the gain needed.
    gain = uniform_filter1d(gain, width, mode="nearest")
    return (audio * gain).astype(audio.dtype)


def rms(audio: npt.ArrayLike) -> np.ndarray:
    """Return the root mean square of each clip.

    Parameters
    ----------
    audio : array-like of shape (..., n_timesteps)
        Clips; full scale is 1.

    Returns
    -------
    rms : ndarray of shape (...), float64
        Root mean squares of all samples.

    Examples
    --------
    >>> from audiogen.signal import rms
    >>> rms([[0.5, -0.5], [0.0, 0.0]])
    array([0.5, 0. ])
    """
    return np.sqrt(np.mean(np.square(audio, dtype=np.float64), axis=-1))


def amplitude_to_db(amplitude: npt.ArrayLike, floor: float = -120.0) -> np.ndarray:
    """Return amplitudes in decibels of full scale.

    Parameters
    ----------
    amplitude : array-like
        Amplitudes, not negative; full scale is 1.
    floor : float, default=-120.0
        The lowest level returned, that of silence, in dB.

    Returns
    -------
    level : ndarray of the shape of amplitude
        Levels in dB.

    See Also
    --------
    db_to_amplitude : The inverse.

    Examples
    --------
    >>> from audiogen.signal import amplitude_to_db
    >>> amplitude_to_db([1.0, 0.1, 0.0])
    array([   0.,  -20., -120.])
    """
    return 20 * np.log10(np.maximum(amplitude, 10 ** (floor / 20)))


def db_to_amplitude(level: npt.ArrayLike) -> np.ndarray:
    """Return the amplitudes of levels in decibels.

    Parameters
    ----------
    level : array-like of float
        Levels in dB of full scale.

    Returns
    -------
    amplitude : ndarray of the shape of level
        Amplitudes; full scale is 1.

    See Also
    --------
    amplitude_to_db : The inverse.

    Examples
    --------
    >>> from audiogen.signal import db_to_amplitude
    >>> db_to_amplitude([0.0, -20.0])
    array([1. , 0.1])
    """
    return 10 ** (np.asarray(level) / 20)
