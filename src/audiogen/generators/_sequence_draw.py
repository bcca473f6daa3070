"""Codes drawn one after the other, and how likely given ones are."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np
from scipy.special import log_softmax, logsumexp

__all__ = [
    "GuidedPredictor",
    "MixedPredictor",
    "SequencePredictor",
    "draw_codes",
    "log_likelihoods",
]


# How much the lead that a model has in the logarithms of probabilities counts, and how much of it
# is left a step later (tuned on a recording with a beat).
_TRUST, _LASTING = 0.15, 0.9


class SequencePredictor(ABC):
    """What comes next in some rows of codes, predicted from what was appended to them."""

    @abstractmethod
    def log_probabilities(self, level: int, chosen: np.ndarray) -> np.ndarray:
        """Return how likely each code of a level is in the step to come.

        Parameters
        ----------
        level : int
            The level.
        chosen : ndarray of shape (n_rows, level), int64
            The codes of this step in the levels before.

        Returns
        -------
        log_probabilities : ndarray of shape (n_rows, n_codes)
            Natural logarithms.
        """

    @abstractmethod
    def append(self, codes: np.ndarray) -> None:
        """Go on to the next step.

        Parameters
        ----------
        codes : ndarray of shape (n_rows, n_levels), int64
            What the last one came to be.
        """


class GuidedPredictor(SequencePredictor):
    """Classifier-free guidance: away from what is likely without the condition.

    Parameters
    ----------
    conditional, unconditional : SequencePredictor
        The same model with and without the condition.
    guidance : float
        How far: 0 is without the condition, 1 with it, above that exaggerates.
    """

    def __init__(
        self, conditional: SequencePredictor, unconditional: SequencePredictor, guidance: float
    ) -> None:
        self._both = conditional, unconditional
        self._guidance = guidance

    def log_probabilities(self, level: int, chosen: np.ndarray) -> np.ndarray:
        """Return how likely each code of a level is in the step to come."""
        told, untold = (p.log_probabilities(level, chosen) for p in self._both)
        return log_softmax(untold + self._guidance * (told - untold), axis=1)

    def append(self, codes: np.ndarray) -> None:
        """Go on to the next step."""
        for predictor in self._both:
            predictor.append(codes)


class MixedPredictor(SequencePredictor):
    """A mixture of two models, of which the one counts more that did better of late.

    Parameters
    ----------
    first, second : SequencePredictor
        The models.
    n_rows, n_levels : int
        Rows, and levels of codes. Each level of a row is mixed on its own.
    """

    def __init__(
        self, first: SequencePredictor, second: SequencePredictor, n_rows: int, n_levels: int
    ) -> None:
        self._both = first, second
        self._lead = np.zeros((n_rows, n_levels))
        self._found: dict[int, tuple[np.ndarray, ...]] = {}

    def log_probabilities(self, level: int, chosen: np.ndarray) -> np.ndarray:
        """Return how likely each code of a level is in the step to come."""
        found = tuple(p.log_probabilities(level, chosen) for p in self._both)
        self._found[level] = found
        lead = _TRUST * self._lead[:, level, np.newaxis]
        first, second = found
        return np.logaddexp(first - np.logaddexp(0, lead), second - np.logaddexp(0, -lead))

    def append(self, codes: np.ndarray) -> None:
        """Go on to the next step."""
        rows = np.arange(len(codes))
        for level, came in enumerate(codes.T):
            if level not in self._found:  # of a prompt nothing was asked
                self.log_probabilities(level, codes[:, :level])
            first, second = (logs[rows, came] for logs in self._found[level])
            self._lead[:, level] = _LASTING * self._lead[:, level] + second - first
        self._found = {}
        for predictor in self._both:
            predictor.append(codes)


def draw_codes(
    predictor: SequencePredictor,
    streams: Sequence[np.random.Generator],
    shape: tuple[int, int],
    *,
    temperature: float,
    top_p: float,
) -> np.ndarray:
    """Draw steps of codes, each given those before it.

    Parameters
    ----------
    predictor : SequencePredictor
        Where the prompts end.
    streams : sequence of Generator
        One for each row, so that what a row draws depends on no other.
    shape : tuple (n_steps, n_levels)
        Number of steps, and of codes in each.
    temperature : float
        Below 1 likely codes become likelier, above 1 all become more alike.
    top_p : float
        Only the likeliest codes are drawn whose probabilities reach this sum.

    Returns
    -------
    codes : ndarray of shape (n_rows, n_steps, n_levels), int64
    """
    n_steps, n_levels = shape
    chances = np.stack([rng.random(shape) for rng in streams])
    codes = np.zeros((len(streams), n_steps, n_levels), dtype=np.int64)
    for step in range(n_steps):
        for level in range(n_levels):
            logs = predictor.log_probabilities(level, codes[:, step, :level])
            shares = _nucleus(logs / temperature, top_p).cumsum(axis=1)
            drawn = chances[:, step, level, np.newaxis] * shares[:, -1:]
            codes[:, step, level] = (shares < drawn).sum(axis=1)
        predictor.append(codes[:, step])
    return codes


def log_likelihoods(predictor: SequencePredictor, codes: np.ndarray) -> np.ndarray:
    """Return how likely codes are, each given those before it.

    Parameters
    ----------
    predictor : SequencePredictor
        At its first step.
    codes : ndarray of shape (n_rows, n_steps, n_levels), int64
        The codes.

    Returns
    -------
    logs : ndarray of the same shape
        Natural logarithms of probabilities.
    """
    logs = np.zeros(codes.shape)
    rows = np.arange(len(codes))
    for step in range(codes.shape[1]):
        for level in range(codes.shape[2]):
            found = predictor.log_probabilities(level, codes[:, step, :level])
            logs[:, step, level] = found[rows, codes[:, step, level]]
        predictor.append(codes[:, step])
    return logs


def _nucleus(logits: np.ndarray, top_p: float) -> np.ndarray:
    """Return the probabilities of the likeliest codes, zero for all others."""
    shares = np.exp(logits - logsumexp(logits, axis=1, keepdims=True))
    if top_p < 1:
        ranked = -np.sort(-shares, axis=1)
        before = ranked.cumsum(axis=1) - ranked
        least = np.where(before < top_p, ranked, np.inf).min(axis=1, keepdims=True)
        shares = np.where(shares >= least, shares, 0)
    return shares
