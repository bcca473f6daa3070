"""How audible the seams between joined sounds are."""

import numbers

import numpy as np
import numpy.typing as npt

from audiogen.signal import stft
from audiogen.utils.validation import Interval, check_audio, check_parameters

__all__ = ["seam_flux"]


def seam_flux(
    audio: npt.ArrayLike, n_joined: int, *, frame_length: int = 1024, hop_length: int = 256
) -> tuple[np.ndarray, np.ndarray]:
    """Measure the spectral flux at the seams of joined sounds, and inside the sounds.

    Spectral flux is the increase in magnitude from one spectrum to the next, summed over the
    bins [1]_. A click makes it much larger.

    Parameters
    ----------
    audio : array-like of shape (n_samples, n_timesteps) or (n_timesteps,)
        Clips, each of which consists of `n_joined` sounds of one length.
    n_joined : int
        Number of sounds in a clip, at least 2.
    frame_length : int, default=1024
        Number of samples in a frame of the spectrogram, whose window is a Hann window.
    hop_length : int, default=256
        Number of samples from the start of a frame to the start of the next.

    Returns
    -------
    seams : ndarray of shape (n_samples, n_joined - 1), float32
        Largest flux at each seam, of all pairs of consecutive frames one of which reaches
        across the seam.
    inside : ndarray of shape (n_samples, n), float32
        Flux of all other pairs of consecutive frames.

    Raises
    ------
    ValueError
        Where the audio cannot be cut into so many sounds, or they are shorter than two frames.

    References
    ----------
    .. [1] S. Dixon, "Onset Detection Revisited", DAFx 2006.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.metrics import seam_flux
    >>> tone = np.sin(2 * np.pi * 440 * np.arange(8000) / 8000)
    >>> seams, inside = seam_flux(np.concatenate([tone, tone, 0.1 * tone]), 3)
    >>> seams.shape, bool(seams[0, 0] < 0.01), bool(seams[0, 1] < 0.01)
    ((1, 2), True, False)
    """
    options = {"n_joined": n_joined, "frame_length": frame_length, "hop_length": hop_length}
    least = {"n_joined": 2, "frame_length": 2, "hop_length": 1}
    rules = {name: Interval(numbers.Integral, low, None) for name, low in least.items()}
    check_parameters("seam_flux", rules, options)
    audio = check_audio(audio)
    length, left = divmod(audio.shape[1], n_joined)
    if left or length < 2 * frame_length:
        raise ValueError(
            f"audio of {audio.shape[1]} time steps cannot be n_joined={n_joined} sounds of one "
            f"length, at least 2 * frame_length = {2 * frame_length}."
        )
    magnitude = np.abs(stft(audio, frame_length, hop_length))
    rise = np.maximum(np.diff(magnitude, axis=1), 0).sum(axis=2, dtype=np.float32)
    starts = hop_length * (1 + np.arange(magnitude.shape[1])) - frame_length
    across = [
        (starts < seam) & (starts + frame_length > seam)
        for seam in length * np.arange(1, n_joined)
    ]
    near = [both[1:] | both[:-1] for both in across]
    seams = np.stack([rise[:, between].max(axis=1) for between in near], axis=1)
    whole = (starts >= 0) & (starts + frame_length <= audio.shape[1])
    inside = whole[1:] & whole[:-1] & ~np.any(near, axis=0)
    return seams, rise[:, inside]
