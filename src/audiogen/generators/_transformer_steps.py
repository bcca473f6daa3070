"""The transformer over codes in NumPy, one step after the other."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from scipy.special import log_softmax

from audiogen.generators._sequence_draw import SequencePredictor
from audiogen.generators._sequences import sequence_latents
from audiogen.utils.products import affine

__all__ = ["TransformerPredictor"]

_EPSILON = 1e-5
_WAVELENGTH = 1000.0

Weights = Mapping[str, Sequence[np.ndarray]]


class TransformerPredictor(SequencePredictor):
    """What `build_transformer` builds, with the keys and values of the last steps kept.

    Parameters
    ----------
    weights : dict of str to list of ndarray
        Weights of the "network" of `build_transformer`.
    n_rows : int
        Number of rows.
    n_heads : int
        Heads of attention.
    n_steps : int
        Steps that attention reaches back, the present one included.
    clock : callable or None
        ``clock(step)`` returns what the clock says of a step of each row.
    condition : ndarray of shape (n_rows, width) or None
        Encoded conditions.
    """

    def __init__(
        self,
        weights: Weights,
        n_rows: int,
        *,
        n_heads: int,
        n_steps: int,
        clock: Callable[[int], np.ndarray] | None = None,
        condition: np.ndarray | None = None,
    ) -> None:
        self._weights, self._n_heads = weights, n_heads
        self._books = weights["books"][0]
        self._clock, self._condition = clock, condition
        self._n_layers = sum(name.startswith("qkv_") for name in weights)
        units = weights["entry"][0].shape[1]
        shape = (self._n_layers, n_rows, n_steps, n_heads, units // n_heads)
        self._keys = np.zeros(shape, dtype=np.float32)
        self._values = np.zeros(shape, dtype=np.float32)
        self._heard = np.zeros((n_rows, self._books.shape[2] + 1), dtype=np.float32)
        self._heard[:, -1] = 1
        self._step = 0
        self._told: np.ndarray | None = None

    def log_probabilities(self, level: int, chosen: np.ndarray) -> np.ndarray:
        """Return how likely each code of a level is in the step to come."""
        if self._told is None:
            self._told = self._forward()
        told = self._told
        if level:
            own = sequence_latents(chosen, self._books[:level])
            told = np.concatenate([told, own], axis=1)
        inner = np.maximum(affine(told, *self._weights[f"level_{level}"]), 0)
        wanted = affine(inner, *self._weights[f"wanted_{level}"])
        bias, book = _in_order(self._weights[f"logits_{level}"])
        logits = affine(wanted, book.T, bias).astype(np.float64)
        return log_softmax(logits, axis=1)

    def append(self, codes: np.ndarray) -> None:
        """Go on to the next step."""
        if self._told is None:  # the keys and values of this step are needed
            self._forward()
        latents = sequence_latents(codes, self._books)
        self._heard = np.concatenate([latents, np.zeros_like(self._heard[:, :1])], axis=1)
        self._step += 1
        self._told = None

    def _forward(self) -> np.ndarray:
        """Return the residual stream of this step, normalised; keep its keys and values."""
        weights, heard = self._weights, [self._heard]
        if self._clock is not None:
            heard.append(self._clock(self._step))
        if self._condition is not None:
            heard.append(self._condition)
        x = affine(np.concatenate(heard, axis=1), *weights["entry"])
        for i in range(self._n_layers):
            inner = affine(_normalized(x, weights[f"attention_norm_{i}"]), *weights[f"qkv_{i}"])
            x = x + affine(self._attention(i, inner), *weights[f"attention_{i}"])
            inner = affine(_normalized(x, weights[f"units_norm_{i}"]), *weights[f"units_{i}"])
            x = x + affine(np.maximum(inner, 0), *weights[f"out_{i}"])
        return _normalized(x, weights["norm"])

    def _attention(self, layer: int, inner: np.ndarray) -> np.ndarray:
        """Return what is found at the steps that attention reaches."""
        n_rows, size = len(inner), self._keys.shape[-1]
        queries, keys, values = inner.reshape(n_rows, 3, self._n_heads, size).swapaxes(0, 1)
        place = self._step % self._keys.shape[2]
        self._keys[layer, :, place] = _turned(keys, self._step)
        self._values[layer, :, place] = values
        kept = slice(min(self._step + 1, self._keys.shape[2]))
        query = _turned(queries, self._step) / np.float32(np.sqrt(size))
        scores = np.einsum("rhd,rkhd->rhk", query, self._keys[layer, :, kept])
        scores = np.exp(scores - scores.max(axis=2, keepdims=True))
        scores /= scores.sum(axis=2, keepdims=True)
        found = np.einsum("rhk,rkhd->rhd", scores, self._values[layer, :, kept])
        return found.reshape(n_rows, -1)


def _in_order(arrays: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Return the vector and the matrix among two arrays."""
    first, second = arrays
    return (first, second) if first.ndim == 1 else (second, first)


def _normalized(x: np.ndarray, weights: Sequence[np.ndarray]) -> np.ndarray:
    gamma, beta = weights
    apart = x - x.mean(axis=1, keepdims=True)
    variance = np.square(apart).mean(axis=1, keepdims=True)
    return apart / np.sqrt(variance + np.float32(_EPSILON)) * gamma + beta


def _turned(x: np.ndarray, step: int) -> np.ndarray:
    half = x.shape[-1] // 2
    turns = step * _WAVELENGTH ** (-np.arange(half) / half)
    cos, sin = np.cos(turns).astype(np.float32), np.sin(turns).astype(np.float32)
    a, b = x[..., :half], x[..., half:]
    return np.concatenate([a * cos - b * sin, a * sin + b * cos], axis=-1)
