"""Augmentation that a discriminator sees, of real and generated samples alike."""

import math
from typing import Any

from keras import ops, random

__all__ = ["augment"]

# Left as they are, most samples of each change tell the generator what is real [1]_.
_SHARE = 0.4
_LARGEST_SHIFT = 0.05  # of the length
_LARGEST_GAIN = math.log(2)  # 6 dB
_LARGEST_LEVEL = 0.1  # of a log magnitude in [-1, 1]


def augment(x: Any, draws: Any) -> Any:
    """Change some samples, so that few data last longer.

    Each change is made to 40 % of the samples, chosen anew: a generator that made
    changed samples would be found out [1]_.

    Parameters
    ----------
    x : tensor of shape (n, n_timesteps), (n, n, channels) or (n, rows, columns, channels)
        Waveforms are turned in time by up to 5 % of their length, made up to 6 dB softer or
        louder, and turned upside down; sequences of frames are turned in time and scaled;
        spectrograms are turned in time, and the first channel, the log magnitude, is
        raised or lowered by up to 0.1.
    draws : SeedGenerator
        Where the changes come from.

    Returns
    -------
    x : tensor of the same shape

    References
    ----------
    .. [1] T. Karras et al., "Training Generative Adversarial Networks with Limited Data",
       NeurIPS 2020.
    """
    x = _turned(x, draws)
    rank = len(x.shape)
    if rank == 4:
        level = _chosen(x, _LARGEST_LEVEL * _symmetric(x, draws), draws)
        first = ops.arange(x.shape[-1]) == 0
        return x + level * ops.cast(first, x.dtype)
    x = x * ops.exp(_chosen(x, _LARGEST_GAIN * _symmetric(x, draws), draws))
    if rank == 2:
        x = x * (1 - 2 * _chosen(x, 1.0, draws))
    return x


def _turned(x: Any, draws: Any) -> Any:
    """Turn samples round in time, each by a number of steps of its own."""
    length = x.shape[1]
    shift = _chosen(x, _LARGEST_SHIFT * length * _symmetric(x, draws), draws)
    shift = ops.cast(ops.round(ops.reshape(shift, (-1, 1))), "int32")
    steps = ops.mod(ops.arange(length, dtype="int32") - shift, length)
    rows = length * ops.arange(ops.shape(x)[0], dtype="int32")[:, None] + steps
    flat = ops.take(ops.reshape(x, (-1, *x.shape[2:])), ops.reshape(rows, (-1,)), axis=0)
    return ops.reshape(flat, (-1, *x.shape[1:]))


def _per_sample(x: Any) -> tuple:
    return (ops.shape(x)[0],) + (1,) * (len(x.shape) - 1)


def _symmetric(x: Any, draws: Any) -> Any:
    """Return one number in [-1, 1] for each sample."""
    return random.uniform(_per_sample(x), -1.0, 1.0, dtype=x.dtype, seed=draws)


def _chosen(x: Any, values: Any, draws: Any) -> Any:
    """Return the values for a share of the samples, 0 for the others."""
    chance = random.uniform(_per_sample(x), dtype=x.dtype, seed=draws)
    return ops.where(chance < _SHARE, values, 0.0)
