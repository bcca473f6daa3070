"""What was heard in training, looked up by what comes before: nearest contexts."""

from typing import Any, NamedTuple

import numpy as np

from audiogen.generators._clock import CLOCK_PERIODS
from audiogen.generators._sequence_draw import SequencePredictor
from audiogen.generators._sequences import CodeSequences, sequence_latents

__all__ = ["CodeMemory", "KernelPredictor"]

_DOUBT = (
    0.3  # of a context as near as the nearest: the weight of codes as often as they were there
)
# Of the squared distance of two places in a beat, of that of two steps; less in longer groups
# (tuned on three recordings with a beat).
_CLOCK = 0.03
_LEAST = 1e-12


class CodeMemory(NamedTuple):
    """Codes of training.

    Parameters
    ----------
    codes : ndarray of shape (n_steps, n_levels), int64
        All of them, one sequence after the other.
    lengths : ndarray of shape (n_sequences,), int64
        Number of steps of each sequence.
    codebooks : ndarray of shape (n_levels, n_codes, n_components) or None
        What they stand for.
    n_codes : int
        Number of codes of a level.
    condition : ndarray of shape (n_sequences, width) or None
        The encoded conditions of the sequences.
    clock : ndarray of shape (n_steps, n_features) or None
        What `clock_features` says of each step.
    """

    codes: np.ndarray
    lengths: np.ndarray
    codebooks: np.ndarray | None
    n_codes: int
    condition: np.ndarray | None = None
    clock: np.ndarray | None = None


class KernelPredictor(SequencePredictor):
    """Codes as often as they followed contexts like the one heard, the nearer the oftener.

    Parameters
    ----------
    memory : CodeMemory
        What is looked up.
    n_rows : int
        Number of rows.
    decay : float
        Weight of a step in a context, of that of the step after it.
    bandwidth : float
        Distance at which the weight of a context is 1/e, as a part of the mean distance of two
        steps.
    condition : ndarray of shape (n_rows, width) or None
        Encoded conditions.
    clock : callable or None
        ``clock(step)`` returns what `clock_features` says of a step of each row.
    """

    def __init__(
        self,
        memory: CodeMemory,
        n_rows: int,
        *,
        decay: float,
        bandwidth: float,
        condition: np.ndarray | None = None,
        clock: Any = None,
    ) -> None:
        self._memory, self._decay, self._bandwidth = memory, decay, bandwidth
        sequences = CodeSequences(memory.codes, memory.lengths, (), "")
        self._is_first = sequences.places == 0
        self._distances = _Distances(memory)
        self._away = np.zeros((n_rows, len(memory.codes)))
        self._weight = 0.0
        self._elsewhere: Any = 0.0
        if condition is not None and memory.condition is not None:
            away = np.square(condition[:, np.newaxis] - memory.condition).sum(axis=2)
            self._elsewhere = away[:, sequences.sequence]
        self._clock, self._step = clock, 0
        self._nearness = self._near()
        self._usual = [_usual_shares(memory, level) for level in range(memory.codes.shape[1])]

    def log_probabilities(self, level: int, chosen: np.ndarray) -> np.ndarray:
        """Return how likely each code of a level is in the step to come."""
        codes, usual = self._memory.codes, self._usual[level]
        shares = np.empty((len(chosen), self._memory.n_codes))
        for row, own in enumerate(chosen):
            weights, followed = self._nearness[row], codes[:, level]
            if level:
                agree = (codes[:, :level] == own).all(axis=1)
                weights, followed = weights[agree], followed[agree]
            expected = usual[own[-1] if level else 0]
            shares[row] = np.bincount(followed, weights, len(expected)) + _DOUBT * expected
        return np.log(shares / shares.sum(axis=1, keepdims=True))

    def append(self, codes: np.ndarray) -> None:
        """Go on to the next step."""
        self._step += 1
        away = np.roll(self._away, 1, axis=1)
        self._weight = 1 + self._decay * self._weight
        for row, code in enumerate(codes):
            self._away[row] = np.roll(self._distances.from_codes(code), 1)
        self._away += self._decay * away
        self._away[:, self._is_first] = self._weight  # as far as two steps are in the mean
        self._nearness = self._near()

    def _near(self) -> np.ndarray:
        """Return the weight of each context of training."""
        away = self._away / max(self._weight, 1)
        away = away + self._elsewhere
        if self._clock is not None:
            # Of all rows at once the differences would need several times the room.
            for row, now in zip(away, self._clock(self._step), strict=True):
                row += np.square(now - self._memory.clock) @ (_CLOCK / CLOCK_PERIODS)
        away -= away.min(axis=1, keepdims=True)
        return np.exp(-away / self._bandwidth**2)


class _Distances:
    """Squared distances of steps, 1 in the mean."""

    def __init__(self, memory: CodeMemory) -> None:
        self._codes, self._books = memory.codes, None
        if memory.codebooks is None:
            counts = [np.bincount(c) / len(c) for c in self._codes.T]
            mean = sum(1 - float(np.square(shares).sum()) for shares in counts)
        else:
            self._books = memory.codebooks.astype(float)
            latents = sequence_latents(self._codes, self._books)
            self._squares = np.square(latents).sum(axis=1)
            mean = 2 * float(latents.var(axis=0).sum())
        self._scale = 1 / max(mean, _LEAST)

    def from_codes(self, code: np.ndarray) -> np.ndarray:
        """Return the squared distance of each step of training from one of these codes."""
        if self._books is None:
            return self._scale * (self._codes != code).sum(axis=1)
        latent = sequence_latents(code[np.newaxis], self._books)[0]
        along = np.einsum("lcd,d->lc", self._books, latent)
        products = sum(along[i][codes] for i, codes in enumerate(self._codes.T))
        square = float(np.square(latent).sum())
        return self._scale * np.maximum(self._squares - 2 * products + square, 0)


def _usual_shares(memory: CodeMemory, level: int) -> np.ndarray:
    """Return how often codes were there, given the one of the level before; a row for each."""
    target, n_codes = memory.codes[:, level], memory.n_codes
    shares = (np.bincount(target, minlength=n_codes) + 0.5) / (len(target) + 0.5 * n_codes)
    if not level:
        return shares[np.newaxis]
    counts = np.zeros((n_codes, n_codes))
    np.add.at(counts, (memory.codes[:, level - 1], target), 1)
    n_kinds = 1 + np.count_nonzero(counts, axis=1)[:, np.newaxis]
    return (counts + n_kinds * shares) / (counts.sum(axis=1, keepdims=True) + n_kinds)
