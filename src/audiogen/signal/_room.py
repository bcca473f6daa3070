"""A synthetic room: early reflections and a decaying, decorrelated tail."""

import functools
import numbers
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import fft

from audiogen.signal._channels import as_stereo
from audiogen.signal._convolution import convolve_clip
from audiogen.utils.seeds import Stream, draw_seed, make_rng
from audiogen.utils.validation import Interval, check_parameters

__all__ = ["room"]

_SPEED = 343.0  # metres a second
_N_EARLY, _EARLY_LEVEL = 10, 0.5  # reflections on each side, and their share of the power
_LOWEST = 150.0  # Hz: what a tail makes muddy
_OCTAVES = 2.0 ** np.arange(-4, 5)  # bands of decay, relative to 1 kHz
_CONSTRAINTS = {
    "sample_rate": Interval(numbers.Real, 4000, None),
    "seconds": Interval(numbers.Real, 0.05, 20, closed="both"),
    "wet": Interval(numbers.Real, 0, 1, closed="both"),
    "damping": Interval(numbers.Real, 100, None),
    "size": Interval(numbers.Real, 1, 100, closed="both"),
}


def room(
    audio: npt.ArrayLike,
    sample_rate: float,
    *,
    seconds: float = 0.8,
    wet: float = 0.2,
    damping: float = 4000.0,
    size: float = 8.0,
    wrap: bool = False,
    random_state: Any = 0,
) -> np.ndarray:
    """Return a clip as it sounds in a room.

    Parameters
    ----------
    audio : array-like of shape (n_timesteps,) or (n_timesteps, 2)
        One clip, mono or stereo.
    sample_rate : float
        Sampling rate of the audio, in Hz.
    seconds : float, default=0.8
        Time in which the tail decays by 60 dB at low frequencies.
    wet : float, default=0.2
        Level of what the room adds, relative to the clip, whose own level stays.
    damping : float, default=4000.0
        Frequency in Hz at which the tail decays in half the time. Lower is a softer room.
    size : float, default=8.0
        Width of the room in metres, which decides when reflections arrive.
    wrap : bool, default=False
        Whether the clip is one period of a loop: then what rings beyond its end is heard at its
        beginning. Otherwise it is cut off; append silence to keep it.
    random_state : int, RandomState or None, default=0
        Seed of the reflections. The same seed is the same room.

    Returns
    -------
    stereo : ndarray of shape (n_timesteps, 2)
        float32, or float64 where that was given. The clip, and what the room adds.

    Raises
    ------
    ValueError
        For parameters out of range, or more than two channels.

    Notes
    -----
    The room is linear and does not change with time: stems in the same room sum to the mix in the
    room. Its impulse response has, on each side, ten early reflections and a tail of Gaussian
    noise [1]_ which decays exponentially, by 60 dB in ``seconds / (1 + f / damping)`` at the
    frequency f, in nine bands of an octave. The sides are independent. Below 150 Hz it adds
    little. Its energy is 1, so the reverberation of a steady noise is `wet` times as loud.

    References
    ----------
    .. [1] J. A. Moorer, "About this reverberation business", Computer Music Journal 3 (1979)
       13-28.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.signal import room
    >>> click = np.zeros(16000)
    >>> click[0] = 1
    >>> heard = room(click, 16000, seconds=0.5)
    >>> heard.shape, bool(np.abs(heard[8000:]).max() < 1e-3)
    ((16000, 2), True)
    """
    check_parameters("room", _CONSTRAINTS, locals())
    clip = as_stereo(audio, "room")
    if wet == 0:
        return clip.copy()
    seed = draw_seed(random_state)
    response = wet * _impulse_response(sample_rate, seconds, damping, size, seed)
    mono = np.ndim(audio) == 1 or np.shape(audio)[1] == 1
    added = convolve_clip(np.ascontiguousarray(clip[:, :1].T if mono else clip.T), response, wrap)
    added += clip.T
    return added.T


@functools.lru_cache(maxsize=4)  # stems in one room
def _impulse_response(
    sample_rate: float, seconds: float, damping: float, size: float, seed: int
) -> np.ndarray:
    """Return the impulse response of each side, of energy 1."""
    rng = make_rng(seed, Stream.ROOM, 0)
    first = size / 2 / _SPEED  # from the middle to a wall
    n = round((1.1 * seconds + 5 * first) * sample_rate)
    tail = _tail(n, sample_rate, seconds, damping, rng)
    rise = np.clip(np.arange(n) / sample_rate / first - 1, 0, 1)  # from one to two of these
    tail *= rise
    early = _early(n, sample_rate, first, rng)
    for part, share in ((tail, 1 - _EARLY_LEVEL), (early, _EARLY_LEVEL)):
        part *= np.sqrt(share / (np.square(part).sum(axis=1, keepdims=True) + 1e-30))
    response = tail + early
    return response / np.linalg.norm(response, axis=1, keepdims=True)


def _tail(
    n: int, sample_rate: float, seconds: float, damping: float, rng: np.random.Generator
) -> np.ndarray:
    """Return noise on each side that decays faster the higher it is."""
    spectrum = fft.rfft(rng.standard_normal((2, n)), 2 * n, axis=1)
    frequency = fft.rfftfreq(2 * n, 1 / sample_rate)
    octave = np.log2(np.maximum(frequency, 1) / 1000)
    time, tail = np.arange(n) / sample_rate, np.zeros((2, n))
    for centre in np.log2(_OCTAVES):
        # Triangles on the scale of octaves sum to 1; the outermost bands take what lies beyond.
        inside = np.clip(octave, np.log2(_OCTAVES[0]), np.log2(_OCTAVES[-1]))
        share = np.clip(1 - np.abs(inside - centre), 0, 1)
        share *= np.clip(frequency / _LOWEST, 0, 1) ** 2
        band = fft.irfft(spectrum * share, 2 * n, axis=1)[:, :n]
        decay_time = seconds / (1 + 1000 * 2**centre / damping)
        tail += band * 10 ** (-3 * time / decay_time)
    return tail


def _early(n: int, sample_rate: float, first: float, rng: np.random.Generator) -> np.ndarray:
    """Return a few single reflections on each side, softer the later they arrive."""
    early = np.zeros((2, n))
    for side in early:
        ways = 1 + 4 * (np.arange(_N_EARLY) + rng.random(_N_EARLY)) / _N_EARLY
        places = np.minimum((ways * first * sample_rate).astype(int), n - 1)
        np.add.at(side, places, rng.choice([-1.0, 1.0], _N_EARLY) / ways)
    return early
