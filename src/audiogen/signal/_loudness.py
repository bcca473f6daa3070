"""Loudness as broadcasters and streaming services measure it."""

import numbers

import numpy as np
import numpy.typing as npt
from scipy.signal import sosfilt

from audiogen.signal._channels import as_channels
from audiogen.utils.validation import Interval, check_parameters

__all__ = ["gated_loudness", "loudness"]

_BLOCK_HOPS = 4  # blocks of 400 ms begin every 100 ms
_HOPS_AT_ONCE = 16
_ABSOLUTE_GATE, _RELATIVE_GATE = -70.0, -10.0  # LUFS, LU
_WEIGHTS = (1.0, 1.0, 1.0, 1.41, 1.41)  # left, right, centre, and the two of surround
# The recommendation's filters, given for 48 kHz, as what they are at any rate: a shelf of 4 dB and
# a high-pass, which the tables leave louder by 0.043 dB at 48 kHz.
_SHELF_DB, _SHELF_Q, _SHELF_HZ = 4.0, 2**-0.5, 1500.0
_PASS_Q, _PASS_HZ = 0.5, 38.0
_OFFSET = -0.691 + 0.0432
_RATES = {"sample_rate": Interval(numbers.Integral, 4000, None)}  # well above the shelf


def loudness(audio: npt.ArrayLike, sample_rate: int) -> float:
    """Return the integrated loudness of a clip, by ITU-R BS.1770-4.

    Parameters
    ----------
    audio : array-like of shape (n_timesteps,) or (n_timesteps, n_channels)
        One clip: mono, stereo, or up to five channels in the order left, right, centre, left
        surround, right surround. At least 0.4 s, over which loudness is measured.
    sample_rate : int
        Sampling rate of the audio, in Hz.

    Returns
    -------
    level : float
        Loudness in LUFS; -inf where all of the clip is softer than -70 LUFS, as silence is.

    Raises
    ------
    ValueError
        For a clip that is shorter than 0.4 s, or has more than five channels.

    Notes
    -----
    The power of all channels, filtered as the ear hears, is averaged over blocks of 0.4 s that
    overlap by three quarters. Blocks below -70 LUFS do not count, and then those more than
    10 LU below the mean of the others. A clip in mono is 3 LU softer than the same on two
    channels.

    The filters are those of the recommendation, which is for 48 kHz, and have the same response at
    other rates as far as these allow: at 16 kHz, bright sounds read up to 0.04 LU more. pyloudnorm
    reads 0.04 LU less at all rates.

    References
    ----------
    .. [1] ITU-R BS.1770-4, "Algorithms to measure audio programme loudness and true-peak
       audio level", 2015.

    Examples
    --------
    A tone of 997 Hz at full scale on one channel is what the scale is defined by:

    >>> import numpy as np
    >>> from audiogen.signal import loudness
    >>> tone = np.sin(2 * np.pi * 997 * np.arange(48000) / 48000)
    >>> print(f"{loudness(tone, 48000):.2f}")
    -3.01
    >>> loudness(np.zeros(48000), 48000)
    -inf
    """
    check_parameters("loudness", _RATES, {"sample_rate": sample_rate})
    clip = as_channels(audio)
    if clip.shape[1] > len(_WEIGHTS):
        raise ValueError(f"loudness takes five channels at most. Got {clip.shape[1]}.")
    return gated_loudness(clip, sample_rate)


def gated_loudness(clip: np.ndarray, sample_rate: int, gain: np.ndarray | None = None) -> float:
    """Return the integrated loudness of a clip times a gain.

    Parameters
    ----------
    clip : ndarray of shape (n_timesteps, n_channels)
        The clip.
    sample_rate : int
        In Hz.
    gain : ndarray of shape (n_timesteps,), default=None
        What it is multiplied by.

    Returns
    -------
    level : float
        In LUFS; -inf for silence.
    """
    energy, n_hop = _energy_of_hops(clip, sample_rate, gain), sample_rate / 10
    blocks = np.lib.stride_tricks.sliding_window_view(energy, _BLOCK_HOPS).sum(axis=1)
    power = blocks / (_BLOCK_HOPS * n_hop)
    power = power[power >= _power_of(_ABSOLUTE_GATE)]
    if not power.size:
        return -np.inf
    power = power[power > power.mean() * 10 ** (_RELATIVE_GATE / 10)]
    return float(_OFFSET + 10 * np.log10(power.mean()))


def _power_of(level: float) -> float:
    """Return the power of a loudness."""
    return 10 ** ((level - _OFFSET) / 10)


def _energy_of_hops(clip: np.ndarray, sample_rate: int, gain: np.ndarray | None) -> np.ndarray:
    """Return the weighted energy of each 100 ms, worked out a few at a time."""
    n_hops = 10 * len(clip) // sample_rate
    if n_hops < _BLOCK_HOPS:
        raise ValueError(
            "Loudness is measured over at least 0.4 s. Got a clip of "
            f"{len(clip) / sample_rate:.2f} s: give a longer one, or leave loudness out."
        )
    bounds = np.arange(n_hops + 1) * sample_rate // 10
    filters = _k_weighting(sample_rate)
    weights = np.array(_WEIGHTS[: clip.shape[1]])
    state = np.zeros((len(filters), clip.shape[1], 2))
    energy = np.empty(n_hops)
    for first in range(0, n_hops, _HOPS_AT_ONCE):
        inside = bounds[first : first + _HOPS_AT_ONCE + 1]
        rows = slice(inside[0], inside[-1])
        block = clip[rows] if gain is None else clip[rows] * gain[rows, np.newaxis]
        heard, state = sosfilt(filters, block.T.astype(np.float64), zi=state)
        power = weights @ np.square(heard)
        energy[first : first + len(inside) - 1] = np.add.reduceat(power, inside[:-1] - inside[0])
    return energy


def _k_weighting(sample_rate: int) -> np.ndarray:
    """Return the two filters of the recommendation as second-order sections.

    R. Bristow-Johnson, "Cookbook formulae for audio equalizer biquad filter coefficients", 1998.
    """
    gain, w = 10 ** (_SHELF_DB / 40), 2 * np.pi * _SHELF_HZ / sample_rate
    up, down, c = gain + 1, gain - 1, np.cos(w)
    width = np.sqrt(gain) * np.sin(w) / _SHELF_Q
    above = gain * np.array([up + down * c + width, -2 * (down + up * c), up + down * c - width])
    shelf = np.array([*above, up - down * c + width, 2 * (down - up * c), up - down * c - width])
    w = 2 * np.pi * _PASS_HZ / sample_rate
    c, width = np.cos(w), np.sin(w) / (2 * _PASS_Q)
    high_pass = np.array([(1 + c) / 2, -1 - c, (1 + c) / 2, 1 + width, -2 * c, 1 - width])
    return np.stack([shelf / shelf[3], high_pass / high_pass[3]])
