"""Compression of a bus: loud passages turned down smoothly, all channels alike."""

import numbers

import numpy as np
import numpy.typing as npt

from audiogen.signal._channels import as_channels
from audiogen.signal._gain_curves import decay, padded_blocks, smooth_attack
from audiogen.utils.validation import Interval, check_parameters

__all__ = ["compress_bus", "compressor_gain"]

_TIME = Interval(numbers.Real, 0, None, closed="neither")
_CONSTRAINTS = {
    "sample_rate": Interval(numbers.Real, 0, None, closed="neither"),
    "threshold": Interval(numbers.Real, None, None),
    "ratio": Interval(numbers.Real, 1, None),
    "knee": Interval(numbers.Real, 0, None),
    "attack": _TIME,
    "release": _TIME,
    "makeup": Interval(numbers.Real, None, None),
}


def compress_bus(
    audio: npt.ArrayLike,
    sample_rate: float,
    *,
    threshold: float = -18.0,
    ratio: float = 2.0,
    knee: float = 6.0,
    attack: float = 0.01,
    release: float = 0.2,
    makeup: float = 0.0,
    wrap: bool = False,
) -> np.ndarray:
    """Return a clip whose loud passages are turned down.

    Parameters
    ----------
    audio : array-like of shape (n_timesteps,) or (n_timesteps, n_channels)
        One clip; full scale is 1. All channels get the gain that the loudest one needs.
    sample_rate : float
        Sampling rate of the audio, in Hz.
    threshold : float, default=-18.0
        Peak level above which the clip is turned down, in dB of full scale.
    ratio : float, default=2.0
        How many dB above the threshold become one.
    knee : float, default=6.0
        Width in dB of the bend round the threshold.
    attack, release : float, default=0.01, 0.2
        Seconds in which the reduction rises, and falls, by all but 1 / e.
    makeup : float, default=0.0
        Gain of the whole clip, in dB.
    wrap : bool, default=False
        Whether the clip is one period of a loop. Its seam is then like any other place.

    Returns
    -------
    audio : ndarray of the shape of audio
        A new array; float32, or float64 where that was given.

    Raises
    ------
    ValueError
        For parameters out of range, audio without samples, or with NaN.

    Notes
    -----
    A feed-forward compressor with the soft knee and the decoupled detector of [1]_, section 3.

    References
    ----------
    .. [1] D. Giannoulis, M. Massberg and J. D. Reiss, "Digital dynamic range compressor design: a
       tutorial and analysis", Journal of the Audio Engineering Society 60 (2012) 399-408.

    Examples
    --------
    8 dB above the threshold become 4:

    >>> import numpy as np
    >>> from audiogen.signal import compress_bus
    >>> loud = np.full(8000, 10 ** (-10 / 20))
    >>> print(f"{20 * np.log10(compress_bus(loud, 8000, threshold=-18)[-1]):.2f}")
    -14.00
    """
    check_parameters("compress_bus", _CONSTRAINTS, locals())
    clip = as_channels(audio)
    gain = compressor_gain(
        clip, sample_rate, threshold=threshold, ratio=ratio, knee=knee, attack=attack,
        release=release, wrap=wrap,
    )  # fmt: skip
    gain *= np.float32(10 ** (makeup / 20))
    return (clip * gain[:, np.newaxis]).reshape(np.shape(audio))


def compressor_gain(
    clip: np.ndarray,
    sample_rate: float,
    *,
    threshold: float,
    ratio: float,
    knee: float = 6.0,
    attack: float = 0.01,
    release: float = 0.2,
    wrap: bool = False,
) -> np.ndarray:
    """Return the gain that `compress_bus` applies, before makeup.

    Parameters
    ----------
    clip : ndarray of shape (n_timesteps, n_channels)
        The clip.
    sample_rate, threshold, ratio, knee, attack, release, wrap
        As of `compress_bus`.

    Returns
    -------
    gain : ndarray of shape (n_timesteps,), float32
        In (0, 1].
    """
    reduction = np.empty(len(clip), np.float32)
    for start, stop, block in padded_blocks(clip, None, 0, wrap):
        level = 20 * np.log10(np.abs(block).max(axis=0) + np.float32(1e-20))
        reduction[start:stop] = _static_reduction(level - np.float32(threshold), ratio, knee)
    decay(reduction, release * sample_rate, wrap)
    smooth_attack(reduction, attack * sample_rate, wrap)
    reduction *= np.float32(-np.log(10) / 20)
    return np.exp(reduction, out=reduction)


def _static_reduction(over: np.ndarray, ratio: float, knee: float) -> np.ndarray:
    """Return by how many dB levels so many dB over the threshold are turned down."""
    bend = np.clip(over + knee / 2, 0, knee)
    above = np.maximum(over - knee / 2, 0)
    return (1 - 1 / ratio) * (np.square(bend) / (2 * max(knee, 1e-9)) + above)
