"""Places in stereo: pans and width."""

import functools
import numbers

import numpy as np
import numpy.typing as npt
from scipy.signal import butter, sosfilt

from audiogen.signal._channels import as_stereo
from audiogen.signal._convolution import convolve_clip
from audiogen.utils.seeds import Stream, make_rng
from audiogen.utils.validation import Interval, check_parameters

__all__ = ["pan", "widen"]

_POSITION = {"position": Interval(numbers.Real, -1, 1, closed="both")}
_WIDTH = {
    "amount": Interval(numbers.Real, 0, 1, closed="both"),
    "sample_rate": Interval(numbers.Real, 0, None, closed="neither"),
}
_SPREAD, _PULSES = 0.03, 48  # seconds, and pulses in them
_DECAY_DB = 20.0
_LOWEST = 250.0  # Hz: basses stay in the middle


def pan(audio: npt.ArrayLike, position: float) -> np.ndarray:
    """Return a clip placed between two loudspeakers.

    Parameters
    ----------
    audio : array-like of shape (n_timesteps,) or (n_timesteps, 2)
        One clip, mono or stereo.
    position : float
        From -1, left, to 1, right.

    Returns
    -------
    stereo : ndarray of shape (n_timesteps, 2)
        float32, or float64 where that was given. At every position the power of both channels
        together is that of the mono clip, or of both channels of the stereo clip.

    Raises
    ------
    ValueError
        For a position out of range, or more than two channels.

    Notes
    -----
    Mono gets the cosine and the sine of an angle from 0 to 90 degrees. Stereo is turned by that
    angle less 45 degrees: its middle moves as mono does, and at 0 it stays as it is.

    Examples
    --------
    >>> from audiogen.signal import pan
    >>> pan([1.0, 0.5], 0).round(3)
    array([[0.707, 0.707],
           [0.354, 0.354]])
    >>> pan([1.0, 0.5], -1).round(3)
    array([[1. , 0. ],
           [0.5, 0. ]])
    """
    check_parameters("pan", _POSITION, {"position": position})
    mono = np.ndim(audio) == 1 or np.shape(audio)[1] == 1
    clip = as_stereo(audio, "pan")
    angle = np.pi / 4 * (position + (1 if mono else 0))
    cosine, sine = clip.dtype.type(np.cos(angle)), clip.dtype.type(np.sin(angle))
    left, right = clip.T
    placed = np.empty((2, len(clip)), clip.dtype)
    np.multiply(cosine, left, out=placed[0])
    np.multiply(sine, left, out=placed[1])
    if not mono:
        placed[0] -= sine * right
        placed[1] += cosine * right
    return placed.T


def widen(
    audio: npt.ArrayLike, amount: float, sample_rate: float, *, wrap: bool = False
) -> np.ndarray:
    """Return a clip that sounds from a breadth, and the same as before in mono.

    Parameters
    ----------
    audio : array-like of shape (n_timesteps,) or (n_timesteps, 2)
        One clip, mono or stereo.
    amount : float
        From 0 to 1: how loud the difference of the channels is that is added, relative to
        their sum. 0.25 makes it some 12 dB softer.
    sample_rate : float
        Sampling rate of the audio, in Hz.
    wrap : bool, default=False
        Whether the clip is one period of a loop. What is added is then periodic, too.

    Returns
    -------
    stereo : ndarray of shape (n_timesteps, 2)
        float32, or float64 where that was given. The sum of its channels is that of the clip.

    Raises
    ------
    ValueError
        For an amount out of range, or more than two channels.

    Notes
    -----
    The middle of the clip passes a decorrelator, sparse pulses of either sign within 30 ms (velvet
    noise [1]_), always the same ones; the result is added on the left and subtracted on the right.
    Below some 250 Hz nothing is added, so that basses stay in the middle.

    References
    ----------
    .. [1] B. Alary, A. Politis and V. Välimäki, "Velvet-noise decorrelator", Proceedings of
       DAFx-17 (2017) 405-411.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.signal import widen
    >>> noise = np.random.default_rng(0).normal(scale=0.1, size=44100)
    >>> wide = widen(noise, 0.25, 44100)
    >>> bool(np.allclose(wide.mean(axis=1), noise))
    True
    >>> side = wide[:, 0] - wide[:, 1]
    >>> print(f"{20 * np.log10(side.std() / wide.sum(axis=1).std()):.0f} dB")
    -12 dB
    """
    check_parameters("widen", _WIDTH, {"amount": amount, "sample_rate": sample_rate})
    clip = as_stereo(audio, "widen")
    if amount == 0:
        return clip.copy()
    middle = ((clip[:, 0] + clip[:, 1]) / 2)[np.newaxis]  # faster than a mean over two
    side = convolve_clip(middle, amount * _decorrelator(sample_rate)[np.newaxis], wrap)[0]
    del middle
    wide = clip.T.copy()
    wide[0] += side
    wide[1] -= side
    return wide.T


@functools.lru_cache(maxsize=4)
def _decorrelator(sample_rate: float) -> np.ndarray:
    """Return an impulse response of power 1 at middle and high frequencies."""
    n = max(8, round(_SPREAD * sample_rate))
    rng = make_rng(0, Stream.ROOM, 1)
    grid = (np.arange(_PULSES) + rng.random(_PULSES)) * (n - 1) / _PULSES
    level = 10 ** (-_DECAY_DB / 20 * grid / n) * rng.choice([-1.0, 1.0], _PULSES)
    pulses = np.bincount(grid.astype(int), level, minlength=2 * n)
    high = butter(2, min(_LOWEST, sample_rate / 5), "highpass", fs=sample_rate, output="sos")
    return sosfilt(high, pulses / np.linalg.norm(pulses))
