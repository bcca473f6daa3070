"""The way back: from a generator's samples through the steps before it, to audio."""

import inspect

import numpy as np
from sklearn.pipeline import Pipeline

from audiogen.preprocessing import PianoRoll, SlidingWindow

__all__ = ["back", "blended", "call", "inverted", "taken_apart"]


def taken_apart(estimator):
    """Return the steps before the generator, nested pipelines unrolled, and the generator."""
    if not isinstance(estimator, Pipeline):
        return [], estimator
    steps = [step for _, step in estimator.steps[:-1]]
    inner, generator = taken_apart(estimator.steps[-1][1])
    return steps + inner, generator


def call(method, X, y):
    """Call a step's method, with y where its signature names it."""
    if y is not None and "y" in inspect.signature(method).parameters:
        return method(X, y=y)
    return method(X)


def back(steps, X, y):
    """Walk back through steps that have been fitted, y handed to those that take it."""
    for step in reversed(steps):
        if step in (None, "passthrough"):
            continue
        if not hasattr(step, "inverse_transform"):
            raise TypeError(
                f"{type(step).__name__} has no inverse_transform, so there is no way back "
                "through it; take it out of the pipeline or apply it before."
            )
        X = call(step.inverse_transform, X, y)
    return X


def inverted(steps, generator, X, y, join="audio", crossfade=0):
    """Return what samples are before the steps that lead to the generator."""
    if hasattr(generator, "extra_frames"):
        return _joined(steps, X, join, crossfade)
    return back(steps, X, y)


def _joined(steps, frames, join, crossfade):
    """Return the audio of frames (n_samples, extra_frames, *frame_shape), joined in time."""
    n_samples, n_frames = frames.shape[:2]
    along_time = any(isinstance(step, SlidingWindow) and step.axis == 1 for step in steps)
    steps = [step for step in steps if not isinstance(step, SlidingWindow)]
    if steps and isinstance(steps[0], PianoRoll):
        rows = back(steps[1:], frames.reshape(-1, *frames.shape[2:]), None)
        return steps[0].inverse_transform(rows.reshape(n_samples, n_frames, -1))
    if along_time:  # frames are moments of one recording: they are joined as they are
        return back(steps, frames, None)
    if join == "spectrogram":
        return back(steps, frames.reshape(n_samples, -1, *frames.shape[3:]), None)
    audio = back(steps, frames.reshape(-1, *frames.shape[2:]), None)
    audio = audio.reshape(n_samples, n_frames, -1)
    return blended(audio, crossfade).reshape(n_samples, -1)


def blended(clips, n_blended):
    """Blend the beginnings of clips (n_samples, n_clips, n_timesteps) with those before.

    The fade begins at the seam rather than before it: most sounds begin with an attack
    and end in silence, and it is the attack that a seam makes harsh.
    """
    n_blended = min(n_blended, clips.shape[2])
    fade = np.sin(np.linspace(0, np.pi / 2, n_blended, dtype=np.float32)) ** 2
    out = np.array(clips)
    mirrored = clips[:, :-1, ::-1][..., :n_blended]
    out[:, 1:, :n_blended] = mirrored * (1 - fade) + clips[:, 1:, :n_blended] * fade
    return out
