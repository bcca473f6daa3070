"""N-grams of codes, smoothed by Witten and Bell."""

import numbers
from typing import Any

import numpy as np

from audiogen.generators._sequence_draw import SequencePredictor
from audiogen.generators._sequencer import BaseSequencer
from audiogen.generators._sequences import CodeSequences
from audiogen.utils.validation import Interval

__all__ = ["NgramSequencer"]

_BEFORE = -1  # the code of steps before the first


class NgramSequencer(BaseSequencer):
    """Codes drawn given the last few, as often as they followed these: n-grams.

    A code depends on the codes before it: those of the same step in the levels before, then those
    of the step before from the first level on, and so on. Where they were never seen together,
    fewer of them count, by Witten-Bell smoothing [1]_. It has no training, and is what a learnt
    sequencer has to beat.

    Parameters
    ----------
    order : int, default=3
        Number of codes that are seen together, the one drawn included: 1 takes each code as often
        as it was there.
    random_state : int, RandomState or None, default=None
        Seed of the samples.

    Attributes
    ----------
    codes_ : ndarray of shape (n_steps, n_levels), int64
        All codes of training, one sequence after the other.
    lengths_ : ndarray of shape (n_sequences,), int64
        Number of steps of each sequence.
    n_codes_ : int
        Number of codes of a level.
    codebooks_ : ndarray of shape (n_levels, n_codes, n_components) or None
        What each code stands for, which n-grams do not use; None without a codec.
    sample_shape_ : tuple of int
        Shape of a sequence in `fit`, the longest where they differ.
    n_features_in_ : int
        Number of steps of a sequence in `fit`, the largest where they differ.
    condition_names_, categories_ : list, dict
        Names of the conditions, and the categories of each, None for a quantity.

    Notes
    -----
    With conditions, counts under the condition come on top of those of the same codes whatever
    the condition. A combination of conditions that was not there takes the counts of the nearest
    that was.

    References
    ----------
    .. [1] I. H. Witten, T. C. Bell, "The zero-frequency problem: estimating the probabilities of
       novel events in adaptive text compression", IEEE Transactions on Information Theory 37,
       1991.

    Examples
    --------
    >>> from audiogen.generators import NgramSequencer
    >>> ngram = NgramSequencer(random_state=0).fit([[0, 1, 2] * 40])
    >>> ngram.sample(prompt=[0, 1], n_steps=6, top_p=0.5)
    array([[2, 0, 1, 2, 0, 1]])
    >>> ngram.score([[0, 1, 2] * 40]) > -0.1  # bits a code
    True
    """

    _constraints = {"order": Interval(numbers.Integral, 1, None)}

    def __init__(self, order: int = 3, *, random_state: Any = None) -> None:
        self.order = order
        self.random_state = random_state

    def _fit_codes(
        self, sequences: CodeSequences, condition: np.ndarray | None, rng: np.random.Generator
    ) -> None:
        self.codes_, self.lengths_ = sequences.codes, sequences.lengths
        self._conditions_seen, self._condition_of_step = None, None
        if condition is not None:
            seen, which = np.unique(condition, axis=0, return_inverse=True)
            self._conditions_seen = seen
            self._condition_of_step = which.reshape(-1)[sequences.sequence]

    def _predictor(
        self, condition: np.ndarray | None, clock: np.ndarray | None, n_rows: int
    ) -> SequencePredictor:
        told: Any = [None] * n_rows
        if condition is not None and self._conditions_seen is not None:
            away = np.square(condition[:, np.newaxis] - self._conditions_seen).sum(axis=2)
            told = [self._condition_of_step == nearest for nearest in away.argmin(axis=1)]
        return _NgramPredictor(self.codes_, self.lengths_, int(self.order), self.n_codes_, told)


class _NgramPredictor(SequencePredictor):
    """Look up what followed the same codes in training.

    Parameters
    ----------
    codes, lengths : ndarray
        The codes of training, and the lengths of their sequences.
    order : int
        Number of codes that are seen together.
    n_codes : int
        Number of codes of a level.
    told : list of (ndarray of bool, or None)
        For each row, which steps of training were under its condition.
    """

    def __init__(
        self, codes: np.ndarray, lengths: np.ndarray, order: int, n_codes: int, told: list[Any]
    ) -> None:
        self._codes, self._n_codes, self._told = codes, n_codes, told
        n_levels = codes.shape[1]
        self._n_context = order - 1
        depth = -(-self._n_context // n_levels)
        places = CodeSequences(codes, lengths, (), "").places
        self._past = [codes]  # and as it was one step before, two steps before, ...
        for back in range(1, depth + 1):
            earlier = np.roll(codes, back, axis=0)
            earlier[places < back] = _BEFORE
            self._past.append(earlier)
        self._heard = np.full((depth, len(told), n_levels), _BEFORE)

    def log_probabilities(self, level: int, chosen: np.ndarray) -> np.ndarray:
        """Return how likely each code of a level is in the step to come."""
        return np.log([self._shares(level, row, own) for row, own in enumerate(chosen)])

    def append(self, codes: np.ndarray) -> None:
        """Go on to the next step."""
        if len(self._heard):
            self._heard = np.concatenate([codes[np.newaxis], self._heard[:-1]])

    def _shares(self, level: int, row: int, chosen: np.ndarray) -> np.ndarray:
        """Return the probabilities of codes in a row."""
        target = self._codes[:, level]
        shares = np.full(self._n_codes, 1 / self._n_codes)
        same = np.ones(len(target), dtype=bool)
        context = [(0, i, chosen[i]) for i in reversed(range(level))]
        for back, heard in enumerate(self._heard[:, row], start=1):
            context += [(back, i, code) for i, code in enumerate(heard)]
        for back, i, code in [(0, None, None), *context[: self._n_context]]:
            if i is not None:
                same = same & (self._past[back][:, i] == code)
            for among in (same, None if self._told[row] is None else same & self._told[row]):
                if among is not None:
                    shares = _witten_bell(target[among], shares)
        return shares


def _witten_bell(followed: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Return the shares of codes that followed a context, smoothed by those of a shorter one."""
    if not len(followed):
        return shares
    counts = np.bincount(followed, minlength=len(shares))
    n_kinds = np.count_nonzero(counts)
    return (counts + n_kinds * shares) / (len(followed) + n_kinds)
