"""Where a sound begins."""

import numbers

import numpy as np
import numpy.typing as npt

from audiogen.utils.validation import Interval, check_audio, check_parameters

__all__ = ["find_onset"]

_FRAME, _HOP = 0.01, 0.0025  # seconds
_LEAST = 1e-9  # of full scale


def find_onset(audio: npt.ArrayLike, *, sample_rate: int, threshold: float = -20.0) -> np.ndarray:
    """Return where sounds begin: where their level first comes near the highest one.

    Parameters
    ----------
    audio : array-like of shape (n_samples, n_timesteps) or (n_timesteps,)
        Clips of one sound each.
    sample_rate : int
        Sampling rate of the audio, in Hz.
    threshold : float, default=-20.0
        Level at which a sound has begun, in dB of its highest level, both those of 10 ms.

    Returns
    -------
    onsets : ndarray of shape (n_samples,), int
        Number of the first sample of the first 10 ms that reach the threshold; 0 for silence.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.signal import find_onset
    >>> breath, note = np.full(8000, 0.001), np.full(8000, 0.5)
    >>> int(find_onset(np.append(breath, note), sample_rate=16000)[0])
    7880
    """
    rules = {
        "sample_rate": Interval(numbers.Integral, 1, None),
        "threshold": Interval(numbers.Real, None, 0),
    }
    check_parameters("find_onset", rules, {"sample_rate": sample_rate, "threshold": threshold})
    audio = check_audio(audio)
    size, hop = max(1, int(_FRAME * sample_rate)), max(1, int(_HOP * sample_rate))
    energy = np.cumsum(np.square(audio, dtype=np.float64), axis=1)
    energy = np.pad(energy, ((0, 0), (1, max(0, size - audio.shape[1]))), mode="edge")
    energy[:, 0] = 0
    starts = np.arange(0, energy.shape[1] - size, hop)
    power = (energy[:, starts + size] - energy[:, starts]) / size
    least = np.maximum(power.max(axis=1, keepdims=True) * 10 ** (threshold / 10), _LEAST**2)
    return starts[np.argmax(power >= least, axis=1)]
