"""Curves of gain, worked on in place and in blocks, so that long clips need little memory."""

from collections.abc import Callable, Iterator
from typing import Literal

import numpy as np
from scipy.signal import lfilter

__all__ = ["decay", "filter_in_blocks", "padded_blocks", "smooth_attack"]

_BLOCK = 1 << 16


def padded_blocks(
    audio: np.ndarray, gain: np.ndarray | None, halo: int, wrap: bool
) -> Iterator[tuple[int, int, np.ndarray]]:
    """Yield blocks of a clip times a gain, channels first, and what is `halo` samples around.

    Parameters
    ----------
    audio : ndarray of shape (n_timesteps, n_channels)
        The clip.
    gain : ndarray of shape (n_timesteps,) or None
        What it is multiplied by.
    halo : int
        Samples before and after each block; beyond a clip that does not wrap they are 0.
    wrap : bool
        Whether the clip is one period of a loop.

    Yields
    ------
    start, stop : int
        Which samples the block consists of.
    block : ndarray of shape (n_channels, stop - start + 2 * halo), float32
    """
    n = len(audio)
    for start in range(0, n, _BLOCK):
        stop = min(start + _BLOCK, n)
        first, last = start - halo, stop + halo
        missing = (0, 0) if wrap else (max(0, -first), max(0, last - n))
        inside = slice(first + missing[0], last - missing[1])
        rows = np.arange(first, last) % n if wrap and (first < 0 or last > n) else inside
        block = audio[rows] if gain is None else audio[rows] * gain[rows, np.newaxis]
        yield start, stop, np.pad(block.T.astype(np.float32), [(0, 0), missing])


def filter_in_blocks(
    values: np.ndarray, function: Callable[[np.ndarray], np.ndarray], halo: int, wrap: bool
) -> None:
    """Apply a filter that reaches `halo` samples to either side, block by block, in place.

    Parameters
    ----------
    values : ndarray of shape (n_timesteps,)
        The curve.
    function : callable (ndarray) -> ndarray of the same length
        The filter.
    halo : int
        How far it reaches.
    wrap : bool
        Whether the curve is periodic; one that is not goes on with its first and last value.
    """
    n = len(values)
    mode: Literal["wrap", "clip"] = "wrap" if wrap else "clip"
    before = values.take(np.arange(-halo, 0), mode=mode)
    beyond = values.take(np.arange(n, n + halo), mode=mode)
    for start in range(0, n, _BLOCK):
        stop = min(start + _BLOCK, n)
        after = values[stop : stop + halo]
        after = np.concatenate([after, beyond[: halo - len(after)]])
        padded = np.concatenate([before, values[start:stop], after])
        before = padded[len(padded) - 2 * halo : len(padded) - halo]
        values[start:stop] = function(padded)[halo : halo + stop - start]


def decay(values: np.ndarray, n_samples: float, wrap: bool) -> None:
    """Let each value of a curve fall exponentially, unless a greater one follows, in place.

    ``held[n] = max(values[n], exp(-1 / n_samples) * held[n - 1])``, which is a running maximum of
    logarithms.

    Parameters
    ----------
    values : ndarray of shape (n_timesteps,), float32
        The curve, not negative.
    n_samples : float
        Samples in which a value falls to 1 / e.
    wrap : bool
        Whether the curve is periodic.
    """
    carry = -np.inf
    for _ in range(
        2 if wrap else 1
    ):  # what the first round ends with is what the loop begins with
        for start in range(0, len(values), _BLOCK):
            block = values[start : start + _BLOCK]
            ramp = np.arange(len(block)) / n_samples
            with np.errstate(divide="ignore"):
                level = np.log(block, dtype=np.float64)
            level += ramp
            level[0] = max(level[0], carry - 1 / n_samples)
            np.maximum.accumulate(level, out=level)
            level -= ramp
            carry = level[-1]
            np.exp(level, out=block, casting="same_kind")


def smooth_attack(values: np.ndarray, n_samples: float, wrap: bool) -> None:
    """Smooth a curve with a filter of one pole, in place.

    Parameters
    ----------
    values : ndarray of shape (n_timesteps,), float32
        The curve.
    n_samples : float
        The filter's time constant, in samples.
    wrap : bool
        Whether the curve is periodic.
    """
    pole, n = np.exp(-1 / n_samples), len(values)
    state = np.zeros(1)
    for start in range(0, n, _BLOCK):
        block = values[start : start + _BLOCK]
        block[:], state = lfilter([1 - pole], [1, -pole], block.astype(np.float64), zi=state)
    if wrap:  # the filter is linear: what an endless past adds is a geometric series
        n_heard = min(n, int(40 * n_samples) + 1)
        added = state[0] / (1 - pole**n) * pole ** np.arange(n_heard)
        values[:n_heard] += added.astype(values.dtype)
