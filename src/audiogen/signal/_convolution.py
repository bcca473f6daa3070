"""Convolution of clips with impulse responses, round a loop's seam where there is one."""

import numpy as np
from scipy import fft

__all__ = ["convolve_clip"]

_TIMES, _LEAST = 4, 1 << 16  # samples of a block: so many times the response, and at least


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
        return _overlap_added(clip, response)[:, :n]
    n_rounds = -(-response.shape[1] // n)
    response = np.pad(response, [(0, 0), (0, n_rounds * n - response.shape[1])])
    folded = response.reshape(len(response), n_rounds, n).sum(axis=1)
    spectrum = fft.rfft(clip, axis=1) * fft.rfft(folded, axis=1)
    return fft.irfft(spectrum, n, axis=1)


def _overlap_added(clip: np.ndarray, response: np.ndarray) -> np.ndarray:
    """Return a clip convolved block by block, which add up where they ring into the next.

    Twice as fast as `scipy.signal.oaconvolve`, whose blocks are so long that they leave the cache.
    """
    n, n_response = clip.shape[1], response.shape[1]
    size = min(max(_TIMES * n_response, _LEAST), n + n_response - 1)
    size = fft.next_fast_len(size, real=True)
    step = size - n_response + 1
    spectrum = fft.rfft(response, size, axis=1)
    convolved = np.zeros((max(len(clip), len(response)), n + size), clip.dtype)
    for start in range(0, n, step):
        block = fft.rfft(clip[:, start : start + step], size, axis=1) * spectrum
        convolved[:, start : start + size] += fft.irfft(block, size, axis=1)
    return convolved
