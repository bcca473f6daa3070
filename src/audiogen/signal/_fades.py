"""Fades at the ends of a clip."""

import numbers

import numpy as np
import numpy.typing as npt

from audiogen.signal._channels import as_channels
from audiogen.utils.validation import Interval, check_parameters

__all__ = ["fade", "fade_in_place"]

_SECONDS = Interval(numbers.Real, 0, None)
_CONSTRAINTS = {
    "sample_rate": Interval(numbers.Real, 0, None, closed="neither"),
    "fade_in": _SECONDS,
    "fade_out": _SECONDS,
}


def fade(
    audio: npt.ArrayLike, sample_rate: float, *, fade_in: float = 0.0, fade_out: float = 0.0
) -> np.ndarray:
    """Return a clip that is faded in and out.

    Parameters
    ----------
    audio : array-like of shape (n_timesteps,) or (n_timesteps, n_channels)
        One clip.
    sample_rate : float
        Sampling rate of the audio, in Hz.
    fade_in, fade_out : float, default=0.0
        Seconds in which the amplitude rises from 0, and falls to 0, as a squared sine does. A
        fade is no longer than the clip.

    Returns
    -------
    audio : ndarray of the shape of audio
        A new array; float32, or float64 where that was given.

    Raises
    ------
    ValueError
        For negative times, audio without samples, or with NaN.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.signal import fade
    >>> fade(np.ones(7), 1, fade_in=3, fade_out=3).round(2)
    array([0. , 0.5, 1. , 1. , 1. , 0.5, 0. ])
    """
    check_parameters("fade", _CONSTRAINTS, locals())
    clip = as_channels(audio).copy()
    fade_in_place(clip, round(fade_in * sample_rate), round(fade_out * sample_rate))
    return clip.reshape(np.shape(audio))


def fade_in_place(clip: np.ndarray, n_in: int, n_out: int) -> None:
    """Fade a clip, or a curve of gain, in and out, in place.

    Parameters
    ----------
    clip : ndarray of shape (n_timesteps,) or (n_timesteps, n_channels)
        The clip.
    n_in, n_out : int
        Lengths of the fades, in samples.
    """
    n_in, n_out = min(n_in, len(clip)), min(n_out, len(clip))
    shape = (-1, *[1] * (clip.ndim - 1))
    rise = np.sin(np.linspace(0, np.pi / 2, n_in, dtype=np.float32)) ** 2
    fall = np.cos(np.linspace(0, np.pi / 2, n_out, dtype=np.float32)) ** 2
    clip[:n_in] *= rise.reshape(shape)
    clip[len(clip) - n_out :] *= fall.reshape(shape)
