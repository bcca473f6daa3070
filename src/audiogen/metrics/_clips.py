"""Clips of any lengths, and windows of their frames."""

import numbers

import numpy as np
import numpy.typing as npt

from audiogen.utils.validation import Interval, check_audio, check_parameters

__all__ = ["HOP_LENGTH", "check_clips", "check_timed_clips", "windows_of"]

HOP_LENGTH = 256  # samples between frames of `audiogen.signal.band_levels`


def check_clips(audio: npt.ArrayLike, name: str) -> list[np.ndarray]:
    """Return audio as a list of clips, which need not be of one length.

    Parameters
    ----------
    audio : array-like of shape (n_samples, n_timesteps) or (n_timesteps,), or list of arrays
        Clips.
    name : str
        Name of the clips in messages.

    Returns
    -------
    clips : list of ndarray of shape (n_timesteps,)

    Raises
    ------
    ValueError
        Where a clip has another shape or is not finite.
    """
    if not isinstance(audio, list | tuple) or not len(audio) or np.ndim(audio[0]) == 0:
        return list(check_audio(audio, name=name))
    clips = [check_audio(clip, name=f"{name}[{i}]") for i, clip in enumerate(audio)]
    for i, clip in enumerate(clips):
        if len(clip) > 1:
            raise ValueError(
                f"{name}[{i}] must be one clip of shape (n_timesteps,). Got {clip.shape}."
            )
    return [clip[0] for clip in clips]


def check_timed_clips(
    caller: str, audio: npt.ArrayLike, name: str, sample_rate: float, shortest: float = 0.0
) -> list[np.ndarray]:
    """Return audio as a list of clips, none of which is too short.

    Parameters
    ----------
    caller : str
        Name of the function that messages are about.
    audio : array-like of shape (n_samples, n_timesteps) or (n_timesteps,), or list of arrays
        Clips.
    name : str
        Name of the clips in messages.
    sample_rate : float
        Sampling rate of the audio, in Hz, at least 1,000.
    shortest : float, default=0.0
        Shortest allowed duration, in seconds.

    Returns
    -------
    clips : list of ndarray of shape (n_timesteps,)

    Raises
    ------
    ValueError
        Where a clip is too short, has another shape or is not finite.
    """
    rate = {"sample_rate": Interval(numbers.Real, 1000, None)}
    check_parameters(caller, rate, {"sample_rate": sample_rate})
    clips = check_clips(audio, name)
    least = min(map(len, clips)) / sample_rate
    if least < shortest:
        raise ValueError(
            f"{name} must hold clips of {shortest:g} s at least. "
            f"Got one of {least:.2g} s at sample_rate={sample_rate:g}."
        )
    return clips


def windows_of(frames: np.ndarray, seconds: float, sample_rate: float) -> np.ndarray:
    """Return windows of frames, half overlapping; one where there are too few frames.

    Parameters
    ----------
    frames : ndarray of shape (n_frames, ...)
        Frames of a clip, 256 samples apart.
    seconds : float
        Duration of a window.
    sample_rate : float
        Sampling rate of the audio, in Hz.

    Returns
    -------
    windows : ndarray of shape (n_windows, n_frames_per_window, ...)
    """
    length = min(len(frames), round(seconds * sample_rate / HOP_LENGTH))
    starts = range(0, len(frames) - length + 1, max(1, length // 2))
    return np.stack([frames[i : i + length] for i in starts])
