"""The inverse of a pipeline's steps, applied to samples of its generator."""

import inspect
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from sklearn.pipeline import Pipeline

from audiogen.utils.columns import take_rows

__all__ = [
    "call_with_y",
    "crossfade_clips",
    "inverse_transform_steps",
    "invert_samples",
    "is_passthrough",
    "makes_frames",
    "refuse_frames",
    "split_steps",
]


def split_steps(estimator: Any) -> tuple[list, Any]:
    """Divide a pipeline, nested ones unrolled, into its steps and its generator.

    Parameters
    ----------
    estimator : estimator
        A pipeline, or a generator alone.

    Returns
    -------
    steps : list of transformers
        Those before the generator.
    generator : estimator
        The last step.
    """
    if not isinstance(estimator, Pipeline):
        return [], estimator
    steps = [step for _, step in estimator.steps[:-1]]
    inner, generator = split_steps(estimator.steps[-1][1])
    return steps + inner, generator


def is_passthrough(step: Any) -> bool:
    """Tell whether a pipeline leaves a step out."""
    return step is None or (isinstance(step, str) and step == "passthrough")


def makes_frames(step: Any) -> bool:
    """Tell whether the rows of a step's output are frames, or windows of them."""
    return hasattr(step, "inverse_transform_sequence")


def refuse_frames(steps: Iterable[Any]) -> None:
    """Refuse steps that change the rows of X where there are conditions of each row."""
    for step in steps:
        if makes_frames(step):
            raise ValueError(
                f"{type(step).__name__} changes the rows of X, so y must be None with it."
            )


def call_with_y(method: Callable[..., Any], X: Any, y: Any, **others: Any) -> Any:
    """Call a step's method, with y and other arguments where its signature names them."""
    named = inspect.signature(method).parameters
    offered = {"y": y, **others}
    return method(X, **{k: v for k, v in offered.items() if v is not None and k in named})


def inverse_transform_steps(
    steps: Iterable[Any],
    X: Any,
    y: Any = None,
    random_state: Any = None,
    n_timesteps: int | None = None,
) -> Any:
    """Apply the inverse of fitted steps, the last one first.

    Parameters
    ----------
    steps : iterable of transformers
        The steps.
    X : ndarray
        What the generator's samples are.
    y : DataFrame or array-like, default=None
        Conditions, for those that take them.
    random_state : int, default=None
        Seed of the draw, for those that take it.
    n_timesteps : int, default=None
        How much of each sound is wanted, from its beginning, for those that take it.

    Returns
    -------
    X : ndarray
        What the first step was given.
    """
    for step in reversed(list(steps)):
        if is_passthrough(step):
            continue
        if not hasattr(step, "inverse_transform"):
            raise TypeError(
                f"{type(step).__name__} has no inverse_transform, so samples cannot be inverted "
                "through it; take it out of the pipeline or apply it before."
            )
        offered = {"random_state": random_state, "n_timesteps": n_timesteps}
        X = call_with_y(step.inverse_transform, X, y, **offered)
    return X


def invert_samples(
    steps: Sequence[Any],
    generator: Any,
    X: Any,
    y: Any = None,
    join: str = "audio",
    crossfade: int = 0,
    random_state: Any = None,
) -> Any:
    """Return a generator's samples in the form that the first of the steps was given."""
    if getattr(generator, "generates_frames", False):
        return _invert_frames(steps, X, y, join, crossfade, random_state)
    return inverse_transform_steps(steps, X, y, random_state)


def _invert_frames(
    steps: Sequence[Any], frames: np.ndarray, y: Any, join: str, crossfade: int, seed: Any
) -> Any:
    """Return what frames (n_samples, n_frames, *frame_shape) are, joined along time."""
    n_samples, n_frames = frames.shape[:2]
    along_time = any(getattr(step, "joins_along_time", False) for step in steps)
    if join == "spectrogram" and not along_time:
        plain = [step for step in steps if not makes_frames(step)]
        joined = frames.reshape(n_samples, -1, *frames.shape[3:])
        return inverse_transform_steps(plain, joined, y, seed)
    X, y_frames = frames, take_rows(y, np.repeat(np.arange(n_samples), n_frames))
    for i, step in reversed(list(enumerate(steps))):
        if makes_frames(step):
            X = step.inverse_transform_sequence(X)
            if getattr(step, "joins_along_time", False):
                return inverse_transform_steps(steps[:i], X, y, seed)
        else:
            rows = X.reshape(-1, *X.shape[2:])
            rows = inverse_transform_steps([step], rows, y_frames, seed)
            X = rows.reshape(n_samples, n_frames, *rows.shape[1:])
    clips = X.reshape(n_samples, n_frames, -1)
    return crossfade_clips(clips, crossfade).reshape(n_samples, -1)


def crossfade_clips(clips: np.ndarray, n_timesteps: int) -> np.ndarray:
    """Crossfade the beginning of each clip with a mirror image of the end of the one before.

    The fade begins at the seam rather than before it: most sounds begin with an attack
    and end in silence, and it is the attack that a seam makes harsh.

    Parameters
    ----------
    clips : ndarray of shape (n_samples, n_clips, n_timesteps)
        Clips that follow each other along axis 1.
    n_timesteps : int
        Length of the crossfade; at most that of a clip.

    Returns
    -------
    clips : ndarray of the same shape
    """
    n_timesteps = min(n_timesteps, clips.shape[2])
    fade = np.sin(np.linspace(0, np.pi / 2, n_timesteps, dtype=np.float32)) ** 2
    out = np.array(clips)
    mirrored = clips[:, :-1, ::-1][..., :n_timesteps]
    out[:, 1:, :n_timesteps] = mirrored * (1 - fade) + clips[:, 1:, :n_timesteps] * fade
    return out
