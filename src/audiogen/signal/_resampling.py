"""Audio at another sample rate."""

import numbers

import numpy as np
import numpy.typing as npt

from audiogen.utils.validation import Interval, check_parameters

__all__ = ["resample"]

_RATE = Interval(numbers.Real, 0, None, closed="neither")


def resample(audio: npt.ArrayLike, orig_rate: float, target_rate: float) -> np.ndarray:
    """Return audio at another sample rate.

    Parameters
    ----------
    audio : array-like of shape (n_timesteps,) or (n_timesteps, n_channels)
        One clip.
    orig_rate : float
        Sampling rate of the audio, in Hz.
    target_rate : float
        Sampling rate of what is returned, in Hz.

    Returns
    -------
    audio : ndarray of shape (n_resampled,) or (n_resampled, n_channels)
        A new array, float64 if that was given, else float32. Its length is that of the clip
        times ``target_rate / orig_rate``, rounded. Where the rates are equal, a copy.

    Notes
    -----
    The resampler is soxr at its high quality.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.signal import resample
    >>> resample(np.sin(0.1 * np.arange(44100)), 44100, 16000).shape
    (16000,)
    """
    rates = {"orig_rate": orig_rate, "target_rate": target_rate}
    check_parameters("resample", dict.fromkeys(rates, _RATE), rates)
    audio = np.asarray(audio)
    audio = audio.astype(np.float64 if audio.dtype == np.float64 else np.float32)
    if orig_rate == target_rate:
        return audio
    import soxr  # only where a rate really differs

    return soxr.resample(audio, orig_rate, target_rate, quality="HQ")
