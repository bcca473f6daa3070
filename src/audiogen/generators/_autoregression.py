"""Autoregression over mu-law levels: what is trained on, and how audio is drawn."""

from collections.abc import Sequence

import numpy as np

from audiogen.generators._forward import StepwiseDecoder
from audiogen.signal import mu_law_decode, mu_law_encode

__all__ = ["draw_audio", "teacher_forced"]


def draw_audio(
    decoder: StepwiseDecoder, streams: Sequence[np.random.Generator], n_levels: int
) -> np.ndarray:
    """Draw audio step by step, each mu-law level given those before it.

    Parameters
    ----------
    decoder : StepwiseDecoder
        At its first step, with the codes of some rows.
    streams : sequence of Generator
        One for each row, so that what a row draws depends on no other.
    n_levels : int
        Number of levels.

    Returns
    -------
    audio : ndarray of shape (n_rows, n_timesteps), float32
    """
    values = mu_law_decode(np.arange(n_levels), n_levels)
    audio = np.zeros((decoder.n_steps + 1, len(streams)), dtype=np.float32)
    chances = np.stack([rng.random(decoder.n_steps, np.float32) for rng in streams], axis=1)
    for t in range(decoder.n_steps):
        logits = decoder.step(audio[t])
        shares = np.exp(logits - logits.max(axis=1, keepdims=True)).cumsum(axis=1)
        drawn = chances[t, :, np.newaxis] * shares[:, -1:]
        audio[t + 1] = values[(shares < drawn).sum(axis=1)]
    return audio[1:].T


def teacher_forced(x: np.ndarray, n_levels: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the audio before each time step, and the level of each.

    Parameters
    ----------
    x : ndarray of shape (n_samples, n_timesteps, 1)
        Audio in [-1, 1].
    n_levels : int
        Number of levels.

    Returns
    -------
    previous : ndarray of shape (n_samples, n_timesteps, 1), float32
        Zero for the first time step.
    levels : ndarray of shape (n_samples, n_timesteps), int
    """
    levels = mu_law_encode(x[..., 0], n_levels)
    previous = np.zeros_like(x)
    previous[:, 1:, 0] = mu_law_decode(levels[:, :-1], n_levels)
    return previous, levels
