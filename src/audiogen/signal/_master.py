"""Mastering: a mix at the loudness asked for, below a true peak, by one curve of gain."""

import math
import numbers
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from audiogen.signal._channels import as_channels
from audiogen.signal._compressor import compressor_gain
from audiogen.signal._fades import fade_in_place
from audiogen.signal._limiter import limited_gain, limiter_gain, peak_curve
from audiogen.signal._loudness import gated_loudness
from audiogen.signal._true_peak import true_peak
from audiogen.utils.validation import Interval, check_parameters

__all__ = ["Mastered", "master"]

_THRESHOLD = 4.0  # dB of peak level above the loudness: what the bus compressor takes for loud
_MARGIN = 0.15  # dB below the ceiling: other meters oversample with other filters
_SILENCE = np.finfo(np.float32).tiny
_NEAR = 0.02  # LU
_ROUNDS = 12
_LEAST_SLOPE, _MOST_BOOST = 0.15, 40.0  # LU a dB of gain into the limiter; dB
_SECONDS = Interval(numbers.Real, 0, None)
_CONSTRAINTS = {
    "sample_rate": Interval(numbers.Integral, 4000, None),
    "loudness": Interval(numbers.Real, -70, 0, closed="both"),
    "ceiling": Interval(numbers.Real, -20, 0, closed="both"),
    "ratio": Interval(numbers.Real, 1, None),
    "fade_in": _SECONDS,
    "fade_out": _SECONDS,
}


class Mastered(NamedTuple):
    """What `master` returns.

    Parameters
    ----------
    audio : ndarray of the shape of the mix
        The mix times the gain; float32, or float64 where that was given.
    gain : ndarray of shape (n_timesteps,), float32
        The gain of each sample, that of all channels. Stems times this gain sum to the audio.
    loudness : float
        The loudness reached, in LUFS; -inf for silence.
    true_peak : float
        In dBTP; -inf for silence.
    """

    audio: np.ndarray
    gain: np.ndarray
    loudness: float
    true_peak: float


def master(
    audio: npt.ArrayLike,
    sample_rate: int,
    *,
    loudness: float = -14.0,
    ceiling: float = -1.0,
    ratio: float = 2.0,
    fade_in: float = 0.0,
    fade_out: float = 0.0,
    wrap: bool = False,
) -> Mastered:
    """Master a mix: compress it, bring it to a loudness and limit its true peak.

    Parameters
    ----------
    audio : array-like of shape (n_timesteps,) or (n_timesteps, n_channels)
        The mix, of at least 0.4 s, at any level.
    sample_rate : int
        Sampling rate of the audio, in Hz.
    loudness : float, default=-14.0
        Integrated loudness to reach, in LUFS; -14 is what streaming services play at.
    ceiling : float, default=-1.0
        The highest true peak, in dBTP.
    ratio : float, default=2.0
        Ratio of the bus compressor; 1 leaves it out.
    fade_in, fade_out : float, default=0.0
        Seconds, as of `fade`.
    wrap : bool, default=False
        Whether the mix is one period of a loop. Its seam is then like any other place; the
        true peak is below the ceiling as a loop and played once.

    Returns
    -------
    mastered : Mastered
        The audio, the gain of each sample, and the loudness and true peak reached.

    Raises
    ------
    ValueError
        For parameters out of range, a mix of less than 0.4 s or with NaN, and a loop that
        fades.

    See Also
    --------
    compress_bus, limit_true_peak, loudness, true_peak : What it is made of.

    Notes
    -----
    All of mastering is one gain a sample, the same for all channels: fades times compressor
    times make-up times limiter. So it is linear once the gain is known, and stems that sum to
    the mix sum to the mastered clip, each times `gain`.

    The compressor's threshold follows the loudness of the mix, so the level of the mix does not
    matter. The gain into the limiter is raised until the loudness asked for is reached to
    0.02 LU, by as much as 40 dB. Some clips cannot reach it at any gain, such as one click in
    silence: `Mastered.loudness` tells. The limiter aims 0.15 dB below the ceiling, so that meters
    with another oversampling filter agree.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.signal import master
    >>> t = np.arange(2 * 44100) / 44100
    >>> plucks = np.sin(2 * np.pi * 440 * t) * np.exp(-9 * (t % 0.5))
    >>> mastered = master(plucks, 44100)
    >>> print(f"{mastered.loudness:.1f} LUFS, below -1 dBTP: {mastered.true_peak <= -1}")
    -14.0 LUFS, below -1 dBTP: True
    >>> bool(np.allclose(plucks * mastered.gain, mastered.audio))
    True
    """
    check_parameters("master", _CONSTRAINTS, locals())
    if wrap and (fade_in or fade_out):
        raise ValueError("A loop has no ends to fade: leave out fade_in and fade_out, or wrap.")
    mix = as_channels(audio)
    gain = np.ones(len(mix), np.float32)
    fade_in_place(gain, round(fade_in * sample_rate), round(fade_out * sample_rate))
    highest = float(max(mix.max(), -mix.min()))
    if highest > _SILENCE:
        gain /= np.float32(highest)
        if ratio > 1:
            threshold = gated_loudness(mix, sample_rate, gain) + _THRESHOLD
            threshold += 20 * math.log10(highest)
            gain *= compressor_gain(mix, sample_rate, threshold=threshold, ratio=ratio, wrap=wrap)
        gain *= np.float32(_boost(mix, gain, sample_rate, loudness, ceiling - _MARGIN, wrap))
    wraps = (True, False) if wrap else (False,)
    gain = limited_gain(mix, gain, sample_rate, ceiling - _MARGIN, wraps=wraps)
    made = mix * gain[:, np.newaxis]
    reached = gated_loudness(made, sample_rate)
    highest = max(true_peak(made, wrap=way) for way in wraps)
    return Mastered(made.reshape(np.shape(audio)), gain, reached, highest)


def _boost(
    mix: np.ndarray,
    gain: np.ndarray,
    sample_rate: int,
    loudness: float,
    ceiling: float,
    wrap: bool,
) -> float:
    """Return the gain into the limiter with which a mix reaches a loudness behind it."""
    peaks = peak_curve(mix, gain, wrap)
    boost, slope = loudness - gated_loudness(mix, sample_rate, gain), 1.0
    most = boost + _MOST_BOOST
    tried: list[tuple[float, float, float]] = []
    while len(tried) < _ROUNDS:
        factor = 10 ** (boost / 20)
        limited = limiter_gain(peaks, sample_rate, ceiling, boost=factor, wrap=wrap)
        limited *= gain
        limited *= np.float32(factor)
        reached = gated_loudness(mix, sample_rate, limited)
        tried.append((abs(loudness - reached), boost, reached))
        if not _NEAR < tried[-1][0] < np.inf or (boost == most and reached < loudness):
            break
        if len(tried) > 1 and boost != tried[-2][1]:  # the slope of the last two
            slope = (reached - tried[-2][2]) / (boost - tried[-2][1])
            slope = min(max(slope, _LEAST_SLOPE), 1.0)
        boost = min(boost + (loudness - reached) / slope, most)
    return float(10 ** (min(tried)[1] / 20))
