"""Clips of one or more channels, as arrays of shape (n_timesteps, n_channels)."""

import numpy as np
import numpy.typing as npt

from audiogen.utils.validation import check_audio

__all__ = ["as_channels", "as_stereo"]


def as_channels(audio: npt.ArrayLike) -> np.ndarray:
    """Return a checked clip with an axis of channels, no copy where none is needed.

    Parameters
    ----------
    audio : array-like of shape (n_timesteps,) or (n_timesteps, n_channels)
        One clip.

    Returns
    -------
    clip : ndarray of shape (n_timesteps, n_channels)
        float32, or float64 where that was given.
    """
    return check_audio(np.asarray(audio).T).T


def as_stereo(audio: npt.ArrayLike, name: str) -> np.ndarray:
    """Return a checked clip of two channels; mono is heard from both of them.

    Parameters
    ----------
    audio : array-like of shape (n_timesteps,), (n_timesteps, 1) or (n_timesteps, 2)
        One clip, mono or stereo.
    name : str
        The function that was called.

    Returns
    -------
    clip : ndarray of shape (n_timesteps, 2)
        float32, or float64 where that was given.

    Raises
    ------
    ValueError
        For more than two channels.
    """
    clip = as_channels(audio)
    if clip.shape[1] > 2:
        raise ValueError(
            f"{name} takes audio of one or two channels, shape (n_timesteps,) or (n_timesteps, 2)."
            f" Got {clip.shape}: mix it down first."
        )
    return np.broadcast_to(clip, (len(clip), 2))
