"""For how long a note is heard, and notes that are heard for longer or less long."""

import numpy as np
import numpy.typing as npt

__all__ = ["bound_sounding_time", "sounding_time"]

_FRAME = 0.02  # seconds
_DROP = 40.0  # dB below the loudest frame that is no longer heard
_MARGIN = 2.0  # dB: levels in a frame are not quite that of its middle
_RELEASE = 0.4  # seconds in which a note that is heard for too long is let go
# dB a second. 110 would let any note go in that time; far more raises rounding errors.
_STEEPEST = 150.0
_HALVINGS = 40
_SILENCE = 1e-20  # of power


def sounding_time(audio: npt.ArrayLike, *, sample_rate: int) -> np.ndarray:
    """Return the seconds until clips are 40 dB softer than where they are loudest, for good.

    Parameters
    ----------
    audio : array-like of shape (..., n_timesteps)
        Clips.
    sample_rate : int
        Sampling rate of the audio, in Hz.

    Returns
    -------
    seconds : ndarray of shape (...), float64
        End of the last frame of 20 ms that is louder than that; 0 for silence.

    See Also
    --------
    bound_sounding_time : Notes that are heard within a range of times.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.signal import sounding_time
    >>> sound = np.sin(np.arange(16000)) * 10.0 ** -np.linspace(0, 3, 16000)
    >>> round(float(sounding_time(sound, sample_rate=16000)), 2)
    0.68
    """
    power, seconds = _frame_powers(np.asarray(audio), sample_rate)
    loud = power > 10 ** (-_DROP / 10) * power.max(axis=-1, keepdims=True, initial=0)
    last = loud.shape[-1] - np.argmax(loud[..., ::-1], axis=-1)
    return np.where(loud.any(axis=-1), last, 0) * seconds


def bound_sounding_time(
    audio: np.ndarray, shortest: float, longest: float, *, sample_rate: int
) -> np.ndarray:
    """Return a note that is heard for no less and no more than two times.

    Parameters
    ----------
    audio : ndarray of shape (n_timesteps,)
        One note, of floating point.
    shortest, longest : float
        Least and largest time until the note is 40 dB softer than where it is loudest, in seconds.
    sample_rate : int
        Sampling rate of the audio, in Hz.

    Returns
    -------
    audio : ndarray of shape (n_timesteps,)
        A new array of the same dtype. A note that dies away too soon does so more slowly, by as
        many dB a second as it takes; one that is heard for too long is let go before. Where the
        audio is zero, it remains so.

    See Also
    --------
    sounding_time : The time for which clips are heard.

    Notes
    -----
    Times are exact to a frame of 20 ms.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.signal import bound_sounding_time, sounding_time
    >>> sound = np.sin(np.arange(16000)) * 10.0 ** -np.linspace(0, 3, 16000)
    >>> for shortest, longest in [(0.1, 0.9), (0.8, 0.9), (0.1, 0.3)]:
    ...     bounded = bound_sounding_time(sound, shortest, longest, sample_rate=16000)
    ...     print(round(float(sounding_time(bounded, sample_rate=16000)), 2))
    0.68
    0.82
    0.3
    """
    power, seconds = _frame_powers(audio, sample_rate)
    levels = 10 * np.log10(np.maximum(power, _SILENCE))
    ends = np.arange(1, len(levels) + 1) * seconds
    # A note that ends at once has nothing but its fade in the last frame.
    late = ends > shortest - 1.5 * seconds
    raised = _least_slope(levels, ends - seconds / 2, late, 1)
    levels = levels + raised * (ends - seconds / 2)
    begin, late = longest - _RELEASE, ends > longest + 0.5 * seconds
    lowered = _least_slope(levels, np.maximum(ends - seconds / 2 - begin, 0), late, -1)
    if raised == lowered == 0:
        return audio.copy()
    times = np.arange(len(audio)) / sample_rate
    gain = raised * times - lowered * np.maximum(times - begin, 0)
    return (audio * 10 ** (gain / 20)).astype(audio.dtype)


def _least_slope(levels: np.ndarray, ramp: np.ndarray, late: np.ndarray, sign: int) -> float:
    """Return by how many dB for each second of a ramp late frames must be raised or lowered.

    It is a continuous function of the levels, for the raised ones of late frames come the nearer
    to the highest the steeper they are raised.
    """

    def enough(slope: float) -> bool:
        moved = levels + sign * slope * ramp
        return bool(sign * (moved[late].max() - moved.max() + _DROP) >= _MARGIN)

    if not late.any() or enough(0.0):
        return 0.0
    low, high = 0.0, _STEEPEST
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def _frame_powers(audio: np.ndarray, sample_rate: int) -> tuple[np.ndarray, float]:
    """Return the power of each frame, and the seconds that a frame takes."""
    size = max(1, round(_FRAME * sample_rate))
    missing = -audio.shape[-1] % size
    padded = np.pad(audio, [(0, 0)] * (audio.ndim - 1) + [(0, missing)])
    frames = padded.reshape(*audio.shape[:-1], -1, size)
    return np.square(frames, dtype=np.float64).mean(axis=-1), size / sample_rate
