"""The real sounds that generated ones are most like."""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

from audiogen.metrics import mfcc_frames

__all__ = ["nearest_sounds"]

Sounds: TypeAlias = np.ndarray | Sequence[np.ndarray]


def nearest_sounds(
    generated: Sounds, real: Sounds, sample_rate: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the nearest real sound of each generated one, and how far it is.

    Sounds are compared by the mean and the standard deviation of their cepstral coefficients
    over time, those that the Fréchet audio distance is measured by.

    Parameters
    ----------
    generated, real : ndarray of shape (n_samples, n_timesteps) or list of ndarray
        Sounds; those in a list may have several lengths.
    sample_rate : int
        Sampling rate of all, in Hz.

    Returns
    -------
    rows : ndarray of shape (n_generated,)
        Rows of `real`.
    distances : ndarray of shape (n_generated,)
        Euclidean distances.

    Examples
    --------
    >>> from audiogen.datasets import make_notes
    >>> from audiogen.evaluation._nearest import nearest_sounds
    >>> notes = make_notes(4, duration=0.5, random_state=0).data
    >>> nearest_sounds(0.5 * notes[2:], notes, 16000)[0].tolist()
    [2, 3]
    """
    from scipy.spatial.distance import cdist

    away = cdist(_described(generated, sample_rate), _described(real, sample_rate))
    return away.argmin(axis=1), away.min(axis=1)


def _described(sounds: Sounds, sample_rate: int) -> np.ndarray:
    """Return a row of numbers for each sound."""
    if not isinstance(sounds, np.ndarray):
        return np.concatenate([_described(sound[None], sample_rate) for sound in sounds])
    frames = mfcc_frames(sounds, sample_rate, scaled=True)
    return np.concatenate([frames.mean(axis=1), frames.std(axis=1)], axis=1)
