"""Convolution of clips with impulse responses, round a loop's seam where there is one."""

import numpy as np
from scipy import fft
from scipy.signal import oaconvolve

__all__ = ["convolve_clip"]


def convolve_clip(clip: np.ndarray, response: np.ndarray, wrap: bool) -> np.ndarray:
    """Return a clip convolved with an impulse response, as long as the clip.

    Parameters
    ----------
    clip : ndarray of shape (n_channels or 1, n_timesteps)
        The clip, channels first.
    response : ndarray of shape (n_channels or 1, n_response)
        The impulse response of each channel.
    wrap : bool
        Whether the clip is one period of a loop: then what sounds beyond its end is heard at its
        beginning, for as many rounds as the response lasts. Otherwise it is cut off.

    Returns
    -------
    convolved : ndarray of shape (n_channels, n_timesteps), of the dtype of clip
    """
    n = clip.shape[1]
    response = response.astype(clip.dtype)
    if not wrap:
        return oaconvolve(clip, response, axes=1)[:, :n]
    n_rounds = -(-response.shape[1] // n)
    response = np.pad(response, [(0, 0), (0, n_rounds * n - response.shape[1])])
    folded = response.reshape(len(response), n_rounds, n).sum(axis=1)
    spectrum = fft.rfft(clip, axis=1) * fft.rfft(folded, axis=1)
    return fft.irfft(spectrum, n, axis=1)
