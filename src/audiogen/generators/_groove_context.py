"""What is known of a step of a drum pattern before it is played."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from audiogen.utils.products import affine

__all__ = [
    "N_DRUMS",
    "N_LEVELS",
    "N_OFFSETS",
    "around_step",
    "classes_of",
    "context_of_step",
    "drum_logits",
    "hidden_of_step",
    "refuse_other_shapes",
    "refuse_other_values",
    "touch_of",
    "values_of",
]

_LAGS = (4, 8, 16)  # a beat, half a bar and a bar of sixteenths
_SPANS = (1, 2, 4, 8)
_TOUCH_LAGS = (1, 2, 4, 8, 16)
_REACH = 4
N_DRUMS = 9
N_LEVELS = 12
N_OFFSETS = 16


def context_of_step(hits: np.ndarray, step: int) -> np.ndarray:
    """Describe the steps before a step.

    Parameters
    ----------
    hits : ndarray of shape (n_samples, n_steps, n_drums)
        1 for a hit; what is at the step and after it is not looked at.
    step : int
        The step.

    Returns
    -------
    context : ndarray of shape (n_samples, n_context), float32
        Every step before, the last first; how far the last 1, 2, 4 and 8 steps are those of a
        beat, half a bar and a bar before; and which step it is.
    """
    n_samples, n_steps, n_drums = hits.shape
    past = np.zeros((n_samples, n_steps - 1, n_drums), dtype=np.float32)
    past[:, :step] = hits[:, step - 1 :: -1] if step else 0
    agreement = [_agreement(hits[:, :step], lag) for lag in _LAGS]
    return np.concatenate(
        [past.reshape(n_samples, -1), *agreement, _place(n_samples, n_steps, step)], axis=1
    )


def around_step(hits: np.ndarray, touch: np.ndarray, step: int) -> np.ndarray:
    """Describe the hits around a step, and how those before were played.

    Parameters
    ----------
    hits : ndarray of shape (n_samples, n_steps, n_drums)
        1 for a hit.
    touch : ndarray of shape (n_samples, n_steps, n_drums, 2)
        Velocities and offsets as the network sees them, `touch_of`; what is at the step and after
        it is not looked at.
    step : int
        The step.

    Returns
    -------
    around : ndarray of shape (n_samples, n_around), float32
        Hits from four steps before to four after; the touch 1, 2, 4, 8 and 16 steps before; and
        which step it is.
    """
    n_samples, n_steps, _ = hits.shape
    near = [_at(hits, step + i) for i in range(-_REACH, _REACH + 1)]
    before = [_at(touch, step - lag) for lag in _TOUCH_LAGS]
    return np.concatenate([*near, *before, _place(n_samples, n_steps, step)], axis=1)


def touch_of(pattern: np.ndarray) -> np.ndarray:
    """Return velocities and offsets as the network sees them, 0 where nothing is hit."""
    hit = pattern[..., :1] > 0
    scale = np.array([1.0, 2.0], dtype=np.float32)
    return np.where(hit, pattern * scale, np.float32(0)).astype(np.float32)


def classes_of(pattern: np.ndarray) -> np.ndarray:
    """Return the classes of velocities and offsets."""
    scaled = (pattern + np.array([0.0, 0.5])) * np.array([N_LEVELS, N_OFFSETS])
    return np.clip(scaled, 0, [N_LEVELS - 1, N_OFFSETS - 1]).astype(np.int32)


def values_of(classes: np.ndarray, within: np.ndarray) -> np.ndarray:
    """Return velocities and offsets of classes; `within`, from 0 to 1, is where in the class."""
    values = (classes + within) / [N_LEVELS, N_OFFSETS] - [0.0, 0.5]
    return np.clip(values, [1 / 127, -0.5], [1.0, 0.5]).astype(np.float32)


def hidden_of_step(
    weights: Mapping[str, Sequence[np.ndarray]], context: np.ndarray, condition: np.ndarray | None
) -> np.ndarray:
    """Return what the drums' own hidden units get of a step.

    Parameters
    ----------
    weights : dict of str to list of ndarray
        Weights of one of the networks of `audiogen.networks.build_groove`.
    context : ndarray of shape (n_samples, n_inputs)
        The step.
    condition : ndarray of shape (n_samples, width) or None
        The encoded condition.

    Returns
    -------
    hidden : ndarray of shape (n_samples, n_drums * width), float32
    """
    if condition is not None:
        context = np.concatenate([context, condition], axis=1)
    hidden = np.maximum(affine(context, *weights["dense_0"]), 0)
    hidden = hidden + np.maximum(affine(hidden, *weights["dense_1"]), 0)
    step, _, bias, *_ = weights["drum_by_drum"]
    return affine(hidden, step, bias)


def drum_logits(
    weights: Mapping[str, Sequence[np.ndarray]], hidden: np.ndarray, values: np.ndarray, drum: int
) -> np.ndarray:
    """Return the logits of one drum.

    Parameters
    ----------
    weights : dict of str to list of ndarray
        As in `hidden_of_step`.
    hidden : ndarray of shape (n_samples, n_drums * width)
        What that returned.
    values : ndarray of shape (n_samples, n_drums, n_values)
        Of the drums; those of this one and of the drums after it are not looked at.
    drum : int
        Which drum.

    Returns
    -------
    logits : ndarray of shape (n_samples, n_outputs), float32
    """
    _, drums, _, outputs, start = weights["drum_by_drum"]
    width = outputs.shape[1]
    own = slice(drum * width, (drum + 1) * width)
    known = values[:, :drum].reshape(len(values), -1)
    units = hidden[:, own] + affine(known, drums[: known.shape[1], own])
    return affine(np.maximum(units, 0), outputs[drum], start[drum])


def _agreement(hits: np.ndarray, lag: int) -> np.ndarray:
    """Return the shares of the last steps that are just like those a lag before."""
    n_samples, step, _ = hits.shape
    same = np.zeros((n_samples, step), dtype=np.float32)
    same[:, lag:] = (hits[:, lag:] == hits[:, : max(step - lag, 0)]).all(axis=2)
    shares = [same[:, max(step - n, 0) :].sum(axis=1) / np.float32(n) for n in _SPANS]
    return np.stack(shares, axis=1)


def _at(values: np.ndarray, step: int) -> np.ndarray:
    """Return the values at a step, zeros outside the pattern."""
    if 0 <= step < values.shape[1]:
        return values[:, step].reshape(len(values), -1).astype(np.float32)
    return np.zeros((len(values), int(np.prod(values.shape[2:]))), dtype=np.float32)


def _place(n_samples: int, n_steps: int, step: int) -> np.ndarray:
    place = np.zeros((n_samples, n_steps), dtype=np.float32)
    place[:, step] = 1
    return place


def refuse_other_shapes(X: Any) -> None:
    """Refuse what is no array of shape (n_samples, n_steps, N_DRUMS, 2)."""
    shape = np.shape(X)
    if len(shape) != 4 or shape[2:] != (N_DRUMS, 2):
        raise ValueError(
            f"X must have the shape (n_samples, n_steps, {N_DRUMS}, 2): velocities and offsets of "
            f"{N_DRUMS} drums. Got an array of shape {shape} instead."
        )


def refuse_other_values(X: np.ndarray) -> None:
    """Refuse velocities and offsets that are out of their range."""
    if X[..., 0].min() < 0 or X[..., 0].max() > 1 or np.abs(X[..., 1]).max() > 0.5:
        raise ValueError(
            "X must hold velocities within [0, 1] and offsets within [-0.5, 0.5] steps. "
            "Divide MIDI velocities by 127, and move hits to their nearest step."
        )
