"""Patches of a spectrogram: a few frames of compressed magnitudes, one after the other."""

import numbers

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from audiogen.signal._stft import check_frames, stft
from audiogen.utils.validation import Interval, check_audio, check_parameters

__all__ = ["patches_to_magnitude", "spectral_patches"]


def spectral_patches(
    audio: npt.ArrayLike,
    frame_length: int = 1024,
    hop_length: int = 256,
    n_frames: int = 4,
    power: float = 0.3,
    step: int | None = None,
) -> np.ndarray:
    """Cut the magnitudes of clips' spectra, to a power, into patches of a few frames.

    Patch p is about the samples from ``p * n_frames * hop_length`` to the beginning of the next.
    A clip whose last patch is not whole is padded with silence.

    Parameters
    ----------
    audio : array-like of shape (n_samples, n_timesteps) or (n_timesteps,)
        Clips.
    frame_length : int, default=1024
        Samples in a frame.
    hop_length : int, default=256
        Samples from the start of a frame to the start of the next.
    n_frames : int, default=4
        Number of frames in a patch.
    power : float, default=0.3
        Power that magnitudes are raised to.
    step : int, default=None
        Frames from the start of a patch to the start of the next; None is `n_frames`. With
        fewer, patches overlap.

    Returns
    -------
    patches : ndarray of shape (n_samples, n_patches, n_frames * (1 + frame_length // 2)), float32
        Of each patch, one frame after the other.

    See Also
    --------
    patches_to_magnitude : The inverse, but for phases.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.signal import spectral_patches
    >>> spectral_patches(np.sin(np.arange(10000))).shape
    (1, 10, 2052)
    """
    check_patches("spectral_patches", frame_length, hop_length, n_frames, power)
    audio = check_audio(audio, any_level=True).astype(np.float32, copy=False)
    n_samples, n_timesteps = audio.shape
    length = n_frames * hop_length
    whole = np.pad(audio, ((0, 0), (0, -n_timesteps % length)))
    before, after = frames_beyond(frame_length, hop_length)
    magnitude = np.abs(stft(whole, frame_length, hop_length))
    features = magnitude[:, before : magnitude.shape[1] - after] ** np.float32(power)
    if step is None or step == n_frames:
        return features.reshape(n_samples, -1, n_frames * features.shape[2])
    windows = sliding_window_view(features, n_frames, axis=1)[:, ::step]
    return np.moveaxis(windows, -1, 2).reshape(n_samples, -1, n_frames * features.shape[2])


def patches_to_magnitude(
    patches: npt.ArrayLike,
    frame_length: int = 1024,
    hop_length: int = 256,
    n_frames: int = 4,
    power: float = 0.3,
) -> np.ndarray:
    """Return the magnitudes of patches as those of `stft`, so that `istft` can follow.

    Parameters
    ----------
    patches : array-like of shape (n_samples, n_patches, n_frames * (1 + frame_length // 2))
        What `spectral_patches` returns. Negative values are taken for 0.
    frame_length, hop_length, n_frames, power : int, int, int and float
        What `spectral_patches` was given.

    Returns
    -------
    magnitude : ndarray of shape (n_samples, n_stft_frames, 1 + frame_length // 2), float32
        The frames about the ends, which belong to no patch, are like the first and the last, so
        that clips do not fade.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.signal import istft, patches_to_magnitude, pghi, spectral_patches
    >>> magnitude = patches_to_magnitude(spectral_patches(np.sin(np.arange(10000))))
    >>> istft(magnitude * np.exp(1j * pghi(magnitude))).shape
    (1, 10240)
    """
    check_patches("patches_to_magnitude", frame_length, hop_length, n_frames, power)
    patches = np.asarray(patches, dtype=np.float32)
    n_bins = 1 + frame_length // 2
    if patches.ndim != 3 or patches.shape[2] != n_frames * n_bins or patches.shape[1] == 0:
        raise ValueError(
            f"patches must have the shape (n_samples, n_patches, {n_frames * n_bins}) for "
            f"frame_length={frame_length} and n_frames={n_frames}. Got {patches.shape}."
        )
    frames = patches.reshape(len(patches), -1, n_bins)
    magnitude = np.maximum(frames, 0) ** np.float32(1 / power)
    beyond = frames_beyond(frame_length, hop_length)
    return np.pad(magnitude, ((0, 0), beyond, (0, 0)), mode="edge")


def frames_beyond(frame_length: int, hop_length: int) -> tuple[int, int]:
    """Return how many frames of `stft` lie before the first patch and after the last.

    Parameters
    ----------
    frame_length : int
        Samples in a frame.
    hop_length : int
        Samples from the start of a frame to the start of the next.

    Returns
    -------
    before, after : int
        Numbers of frames.

    Examples
    --------
    >>> from audiogen.signal import frames_beyond
    >>> frames_beyond(1024, 256)
    (1, 2)
    """
    beyond = -(-frame_length // hop_length) - 1
    return beyond // 2, beyond - beyond // 2


def check_patches(
    owner: object, frame_length: int, hop_length: int, n_frames: int, power: float
) -> None:
    """Check the parameters of patches; the owner's name is for the message."""
    name = owner if isinstance(owner, str) else type(owner).__name__
    check_frames(name, frame_length, hop_length, "hann")
    constraints = {
        "n_frames": Interval(numbers.Integral, 1, None),
        "power": Interval(numbers.Real, 0, 1, closed="right"),
    }
    check_parameters(name, constraints, {"n_frames": n_frames, "power": power})
