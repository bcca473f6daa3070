"""Phase as instantaneous frequency, and back without a loss."""

import numpy as np
import numpy.typing as npt

__all__ = ["instantaneous_frequency", "phase_from_frequency"]

# Phases become whole numbers of steps, and so do their differences, every one of which is
# exact in float32: adding them up again gathers no error, however long the clip.
_STEPS = 2**24  # in half a turn


def instantaneous_frequency(phase: npt.ArrayLike) -> np.ndarray:
    """Return how far phases turn from frame to frame.

    The phase is unwrapped along time, differenced, and divided by pi [1]_. The first
    frame keeps its phase, so that nothing is lost.

    Parameters
    ----------
    phase : array-like of shape (..., n_frames, n_bins)
        In radians.

    Returns
    -------
    frequency : ndarray of shape (..., n_frames, n_bins), float32
        In half turns per hop, within [-1, 1].

    See Also
    --------
    phase_from_frequency : The inverse.

    References
    ----------
    .. [1] J. Engel et al., "GANSynth: Adversarial neural audio synthesis", ICLR 2019.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.signal import instantaneous_frequency
    >>> instantaneous_frequency(np.pi * np.array([[0.5], [0.75], [-1.0]])).ravel()
    array([0.5 , 0.25, 0.25], dtype=float32)
    """
    steps = _steps(np.asarray(phase) / np.pi)
    return _half_turns(np.diff(steps, axis=-2, prepend=np.int32(0)))


def phase_from_frequency(frequency: npt.ArrayLike) -> np.ndarray:
    """Return the phase of instantaneous frequencies: the inverse of `instantaneous_frequency`.

    Parameters
    ----------
    frequency : array-like of shape (..., n_frames, n_bins)
        In half turns per hop; the first frame holds the phase to begin with.

    Returns
    -------
    phase : ndarray of shape (..., n_frames, n_bins), float32
        In radians, within [-pi, pi].

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.signal import phase_from_frequency
    >>> phase_from_frequency([[0.5], [0.25], [0.5]]).ravel() / np.float32(np.pi)
    array([ 0.5 ,  0.75, -0.75], dtype=float32)
    """
    steps = np.cumsum(_steps(frequency), axis=-2, dtype=np.int32)
    return _half_turns(steps) * np.float32(np.pi)


def _steps(half_turns: npt.ArrayLike) -> np.ndarray:
    """Return half turns as whole steps, int32, without whole turns."""
    turned = np.asarray(half_turns)
    turned = turned - 2 * np.rint(turned / 2)
    return np.rint(turned * _STEPS).astype(np.int32)


def _half_turns(steps: np.ndarray) -> np.ndarray:
    """Return steps as half turns within [-1, 1), float32.

    Where int32 overflowed, it lost whole turns only, which are left out anyway.
    """
    steps = (steps + _STEPS) % (2 * _STEPS) - _STEPS
    return steps.astype(np.float32) / np.float32(_STEPS)
