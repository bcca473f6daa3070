"""Gaps in a recording, closed with other sound so that no seam is heard."""

import numbers

import numpy as np
import numpy.typing as npt
from scipy.signal import lfilter, lfiltic

from audiogen.signal._joins import crossfade, likeness
from audiogen.utils.validation import Interval, check_audio, check_parameters

__all__ = ["extrapolate", "fill_gap"]

_TINY = np.finfo(np.float64).tiny
_HEARD = 4096  # samples that prediction coefficients are found in
_MOST_GAIN = 2.0
_SETTLED = 8  # fades after which levels are no longer matched


def extrapolate(audio: npt.ArrayLike, n_timesteps: int, *, order: int = 256) -> np.ndarray:
    """Return how a clip would go on if nothing new happened.

    It is predicted linearly, by coefficients that Burg's method finds in the last 4,096 samples:
    tones ring on and slowly fade.

    Parameters
    ----------
    audio : array-like of shape (n_timesteps,)
        The clip.
    n_timesteps : int
        Number of samples to return.
    order : int, default=256
        Number of samples that each is predicted from, fewer for clips of less than three times
        as many.

    Returns
    -------
    beyond : ndarray of shape (n_timesteps,), float32

    References
    ----------
    .. [1] J. P. Burg, "Maximum entropy spectral analysis", 37th meeting of the Society of
       Exploration Geophysicists, 1967.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.signal import extrapolate
    >>> tone = np.sin(0.3 * np.arange(3000))
    >>> bool(np.abs(extrapolate(tone[:2000], 1000) - tone[2000:]).max() < 0.1)
    True
    """
    rules = {
        "n_timesteps": Interval(numbers.Integral, 0, None),
        "order": Interval(numbers.Integral, 1, None),
    }
    check_parameters("extrapolate", rules, {"n_timesteps": n_timesteps, "order": order})
    heard = check_audio(audio)[0, -_HEARD:].astype(np.float64)
    coefficients = _burg(heard, min(order, len(heard) // 3))
    state = lfiltic([1.0], coefficients, heard[::-1])
    return lfilter([1.0], coefficients, np.zeros(n_timesteps), zi=state)[0].astype(np.float32)


def fill_gap(
    audio: npt.ArrayLike,
    place: int,
    n_timesteps: int,
    before: npt.ArrayLike,
    after: npt.ArrayLike = (),
    *,
    overlap: int = 1024,
) -> np.ndarray:
    """Return sound for a gap that goes on from what is before it and leads to what is after it.

    What is before rings on, extrapolated, and fades into the new sound; what is after is
    extrapolated backwards. The new sound is shifted by up to a quarter of a fade to where waves
    agree best, and its level is matched at both ends, where it overlaps what is there.

    Parameters
    ----------
    audio : array-like of shape (n_other,)
        New sound, with some more on the sides where there is sound around the gap.
    place : int
        Where in it the gap begins.
    n_timesteps : int
        Length of the gap.
    before, after : array-like of shape (n_before,), (n_after,)
        What is around the gap; nothing where a recording begins or ends.
    overlap : int, default=1024
        Length of a fade, in samples.

    Returns
    -------
    filling : ndarray of shape (n_timesteps,), float32

    Raises
    ------
    ValueError
        Where the gap is empty or does not lie in `audio`.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.signal import fill_gap
    >>> tone = np.sin(0.1 * np.arange(20000))
    >>> filling = fill_gap(0.7 * tone[500:], 6000, 3000, tone[:8000], tone[11000:])
    >>> bool(np.abs(filling - tone[8000:11000]).max() < 0.1)
    True
    """
    audio, before, after = (np.asarray(part, dtype=np.float32) for part in (audio, before, after))
    rules = {
        "place": Interval(numbers.Integral, 0, None),
        "n_timesteps": Interval(numbers.Integral, 1, None),
        "overlap": Interval(numbers.Integral, 1, None),
    }
    given = {"place": place, "n_timesteps": n_timesteps, "overlap": overlap}
    check_parameters("fill_gap", rules, given)
    if place + n_timesteps > len(audio):
        raise ValueError(
            f"audio must go on to the end of the gap, for {place + n_timesteps} samples. "
            f"Got {len(audio)}."
        )
    overlap = min(overlap, n_timesteps)
    into = extrapolate(before, overlap) if len(before) else None
    out_of = extrapolate(after[::-1], overlap)[::-1] if len(after) else None
    place += _best_shift(audio, place, n_timesteps, into, out_of, overlap // 4)
    gains = (
        _gain(before[::-1], audio[:place][::-1]),
        _gain(after, audio[place + n_timesteps :]),
    )
    filling = audio[place : place + n_timesteps] * _curve(gains, n_timesteps, _SETTLED * overlap)
    if into is not None:
        filling[:overlap] = crossfade(into, filling[:overlap])
    if out_of is not None:
        end = n_timesteps - overlap
        filling[end:] = crossfade(out_of[::-1], filling[end:][::-1])[::-1]
    return filling


def _burg(audio: np.ndarray, order: int) -> np.ndarray:
    """Return the coefficients of the filter that whitens audio, the first of which is 1."""
    coefficients = np.ones(1)
    forward, backward = audio[1:], audio[:-1]
    for _ in range(order):
        power = forward @ forward + backward @ backward
        reflection = -2 * (forward @ backward) / max(power, _TINY)
        padded = np.append(coefficients, 0)
        coefficients = padded + reflection * padded[::-1]
        forward, backward = (
            (forward + reflection * backward)[1:],
            (backward + reflection * forward)[:-1],
        )
    return coefficients


def _best_shift(
    audio: np.ndarray,
    place: int,
    n_timesteps: int,
    into: np.ndarray | None,
    out_of: np.ndarray | None,
    most: int,
) -> int:
    """Return by how much audio is shifted for its ends to be most like what they fade into."""
    first = max(0, place - most)
    last = min(place + most, len(audio) - n_timesteps)
    total = np.zeros(max(1, last - first + 1))
    for wanted, away in ((into, 0), (out_of, n_timesteps)):
        if wanted is not None:
            start = first + away - (len(wanted) if away else 0)
            total += likeness(audio[start : start + len(wanted) + len(total) - 1], wanted)
    return first + int(total.argmax()) - place


def _gain(real: np.ndarray, ours: np.ndarray) -> float:
    """Return the gain that makes our sound as loud as what was there; 1 where either is silent."""
    n = min(len(real), len(ours))
    powers = [float(np.square(part[:n], dtype=np.float64).sum()) for part in (real, ours)]
    if min(powers) <= 1e-9 * n:
        return 1.0
    return float(np.clip(np.sqrt(powers[0] / powers[1]), 1 / _MOST_GAIN, _MOST_GAIN))


def _curve(gains: tuple[float, float], n_timesteps: int, settled: int) -> np.ndarray:
    """Return the gain of each sample: what the ends need, and 1 far from them."""
    settled = min(settled, n_timesteps // 2)
    knots = [0, settled, n_timesteps - settled, n_timesteps]
    middle = 0.5 * np.log(gains).sum() if settled == n_timesteps // 2 else 0.0
    logs = [np.log(gains[0]), middle, middle, np.log(gains[1])]
    return np.exp(np.interp(np.arange(n_timesteps), knots, logs)).astype(np.float32)
