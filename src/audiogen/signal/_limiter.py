"""A limiter that looks ahead, and between the samples."""

import numbers

import numpy as np
import numpy.typing as npt
from scipy.ndimage import maximum_filter1d, uniform_filter1d

from audiogen.signal._channels import as_channels
from audiogen.signal._gain_curves import decay, filter_in_blocks
from audiogen.signal._levels import peak
from audiogen.signal._true_peak import highest_between_samples
from audiogen.utils.validation import Interval, check_parameters

__all__ = ["limit_overs", "limit_true_peak", "limited_gain", "limiter_gain", "peak_curve"]

_LOOKAHEAD, _RELEASE = 0.004, 0.08  # seconds
_ROUNDS = 6  # of turning down what was measured between samples after limiting
_ROUNDING = 1e-5  # of float32, in the clip and in whoever measures it
_CONSTRAINTS = {
    "sample_rate": Interval(numbers.Real, 0, None, closed="neither"),
    "ceiling": Interval(numbers.Real, -60, 0, closed="both"),
    "release": Interval(numbers.Real, 0, None, closed="neither"),
}


def limit_true_peak(
    audio: npt.ArrayLike,
    sample_rate: float,
    *,
    ceiling: float = -1.0,
    release: float = _RELEASE,
    wrap: bool = False,
) -> np.ndarray:
    """Return a clip whose true peak is nowhere above a ceiling.

    Parameters
    ----------
    audio : array-like of shape (n_timesteps,) or (n_timesteps, n_channels)
        One clip; full scale is 1. All channels get the gain that the loudest one needs.
    sample_rate : float
        Sampling rate of the audio, in Hz.
    ceiling : float, default=-1.0
        The highest true peak, in dBTP, as `true_peak` measures it. -1 leaves room for what lossy
        formats add.
    release : float, default=0.08
        Seconds in which the reduction, in dB, falls to 1 / e after a peak.
    wrap : bool, default=False
        Whether the clip is one period of a loop. Its seam is then like any other place.

    Returns
    -------
    audio : ndarray of the shape of audio
        A new array; float32, or float64 where that was given. More than 4 ms before a
        peak above the ceiling, and some releases after it, it is the same.

    Raises
    ------
    ValueError
        For parameters out of range, audio without samples, or with NaN.

    Notes
    -----
    The gain needed at each sample, by the peaks of the waveform oversampled fourfold, is held
    for 2 ms before and after, released exponentially and averaged over these 2 ms to either side:
    so it is smooth and nowhere above the gain needed. What still exceeds the ceiling between
    samples, since the gain moves there, is measured and turned down until nothing does.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.signal import limit_true_peak, true_peak
    >>> square = np.sign(np.sin(0.3 * np.arange(8000)))
    >>> print(f"{true_peak(square):.2f}, {true_peak(limit_true_peak(square, 8000)):.2f}")
    2.08, -1.00
    """
    check_parameters("limit_true_peak", _CONSTRAINTS, locals())
    clip = as_channels(audio)
    gain = limited_gain(clip, None, sample_rate, ceiling, release=release, wraps=(wrap,))
    return (clip * gain[:, np.newaxis]).reshape(np.shape(audio))


def limit_overs(audio: np.ndarray, sample_rate: float) -> np.ndarray:
    """Return a clip that is limited where it is beyond full scale.

    Parameters
    ----------
    audio : ndarray of shape (n_timesteps,)
        One clip; full scale is 1.
    sample_rate : float
        Sampling rate of the audio, in Hz.

    Returns
    -------
    audio : ndarray of shape (n_timesteps,)
        The clip itself, if all its samples are in [-1, 1], whatever lies between them.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.signal import limit_overs, peak
    >>> clip = np.sin(0.3 * np.arange(8000))
    >>> limit_overs(clip, 8000) is clip, bool(peak(limit_overs(2 * clip, 8000)) <= 1)
    (True, True)
    """
    return limit_true_peak(audio, sample_rate, ceiling=0) if peak(audio) > 1 else audio


def peak_curve(clip: np.ndarray, gain: np.ndarray | None, wrap: bool) -> np.ndarray:
    """Return the highest magnitude of a clip times a gain round each sample.

    Parameters
    ----------
    clip : ndarray of shape (n_timesteps, n_channels)
        The clip.
    gain : ndarray of shape (n_timesteps,) or None
        What it is multiplied by.
    wrap : bool
        Whether the clip is one period of a loop.

    Returns
    -------
    peaks : ndarray of shape (n_timesteps,), float32
        Of all channels, oversampled fourfold.
    """
    peaks = np.empty(len(clip), np.float32)
    for start, stop, block in highest_between_samples(clip, gain, wrap):
        peaks[start:stop] = block
    return peaks


def limiter_gain(
    peaks: np.ndarray,
    sample_rate: float,
    ceiling: float,
    *,
    boost: float = 1.0,
    release: float = _RELEASE,
    wrap: bool = False,
) -> np.ndarray:
    """Return a smooth gain that keeps peaks, times a boost, below a ceiling.

    Parameters
    ----------
    peaks : ndarray of shape (n_timesteps,), float32
        What `peak_curve` returned.
    sample_rate, ceiling, release, wrap
        As of `limit_true_peak`.
    boost : float, default=1.0
        What the peaks are multiplied by.

    Returns
    -------
    gain : ndarray of shape (n_timesteps,), float32
        In (0, 1], without the boost.
    """
    half = max(1, round(_LOOKAHEAD * sample_rate / 4))
    curve = peaks * np.float32(boost / (10 ** (ceiling / 20) * (1 - _ROUNDING)))
    np.maximum(curve, 1, out=curve)
    np.log(curve, out=curve)  # the reduction needed, in nepers
    # A maximum over as much as the two means are over, so that these are nowhere below the need.
    filter_in_blocks(curve, lambda c: maximum_filter1d(c, 4 * half + 1), 2 * half, wrap)
    decay(curve, release * sample_rate, wrap)

    def smooth(values: np.ndarray) -> np.ndarray:
        wide = values.astype(np.float64)
        return uniform_filter1d(uniform_filter1d(wide, 2 * half + 1), 2 * half + 1)

    filter_in_blocks(curve, smooth, 2 * half, wrap)
    return np.exp(np.negative(curve, out=curve), out=curve)


def limited_gain(
    clip: np.ndarray,
    gain: np.ndarray | None,
    sample_rate: float,
    ceiling: float,
    *,
    wraps: tuple[bool, ...],
    release: float = _RELEASE,
) -> np.ndarray:
    """Return a gain, limited so that a clip times it is nowhere above a ceiling.

    Parameters
    ----------
    clip : ndarray of shape (n_timesteps, n_channels)
        The clip.
    gain : ndarray of shape (n_timesteps,) or None
        The gain before the limiter.
    sample_rate, ceiling, release
        As of `limit_true_peak`.
    wraps : tuple of bool
        Whether the clip is one period of a loop; (True, False) where it has to be below the
        ceiling both as a loop and played once.

    Returns
    -------
    limited : ndarray of shape (n_timesteps,), float32
        The gain times that of the limiter.
    """
    peaks = peak_curve(clip, gain, wraps[0])
    for _ in range(_ROUNDS):
        limited = limiter_gain(peaks, sample_rate, ceiling, release=release, wrap=wraps[0])
        if gain is not None:
            limited *= gain
        excess = max(_raise_peaks(peaks, clip, limited, ceiling, wrap) for wrap in wraps)
        if excess <= 1:
            return limited
    return limited / np.float32(excess)


def _raise_peaks(
    peaks: np.ndarray, clip: np.ndarray, gain: np.ndarray, ceiling: float, wrap: bool
) -> float:
    """Raise a curve of peaks, in place, by what a clip exceeds the ceiling; return the most."""
    level, most = np.float32(10 ** (ceiling / 20) * (1 - _ROUNDING / 2)), 0.0
    for start, stop, block in highest_between_samples(clip, gain, wrap):
        excess = block / level
        peaks[start:stop] *= np.where(excess > 1, excess * np.float32(1 + _ROUNDING), 1)
        most = max(most, float(excess.max()))
    return most
