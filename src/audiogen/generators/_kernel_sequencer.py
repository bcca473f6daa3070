"""Codes as they followed the nearest contexts: a sequencer without training."""

import numbers
from typing import Any

import numpy as np

from audiogen.generators._clocked import ClockedSequencer
from audiogen.generators._sequence_draw import SequencePredictor
from audiogen.generators._sequences import CodeSequences
from audiogen.utils.validation import Interval

__all__ = ["KernelSequencer"]


class KernelSequencer(ClockedSequencer):
    """Codes drawn as they followed contexts of training that sound like the one at hand.

    A context is what codes stand for, step before step, each step back counting less. The
    contexts of training have weights that fall with their distance, as in a Nadaraya-Watson
    estimate [1]_, and the codes that followed them are drawn in these shares. It has no training
    and keeps all codes that it was given.

    Parameters
    ----------
    decay : float, default=0.8
        How much a step of a context counts, of what the step after it counts.
    bandwidth : float, default=0.2
        Root of the mean squared distance of two contexts at which the weight has fallen to 1/e,
        in units of that of two steps drawn at random.
    clock : float, "auto" or None, default=None
        Steps of a beat, for music with a beat that stays the same: contexts count more where they
        stand at the same place of a beat and of groups of up to four beats. "auto" finds the
        length of a beat in the codes; None has no clock.
    random_state : int, RandomState or None, default=None
        Seed of the samples.

    Attributes
    ----------
    codes_ : ndarray of shape (n_steps, n_levels), int64
        All codes of training, one sequence after the other.
    lengths_ : ndarray of shape (n_sequences,), int64
        Number of steps of each sequence.
    beat_lengths_ : ndarray of shape (n_beats,) or None
        Steps of a beat, of each beat that some sequences share; None without a clock.
    n_codes_ : int
        Number of codes of a level.
    codebooks_ : ndarray of shape (n_levels, n_codes, n_components) or None
        What each code stands for. Without a codec it is None, and codes are equal or not.
    sample_shape_ : tuple of int
        Shape of a sequence in `fit`, the longest where they differ.
    n_features_in_ : int
        Number of steps of a sequence in `fit`, the largest where they differ.
    condition_names_, categories_ : list, dict
        Names of the conditions, and the categories of each, None for a quantity.

    Notes
    -----
    With conditions, the distance of two contexts grows with that of their conditions, so that
    those of other categories have next to no weight.

    Every step of `sample` and `score` compares with all steps of training: its time, and its
    memory for each of up to 16 rows, grow in proportion to them.

    References
    ----------
    .. [1] E. A. Nadaraya, "On estimating regression", Theory of Probability and its
       Applications 9 (1), 1964.

    Examples
    --------
    >>> from audiogen.generators import KernelSequencer
    >>> kernel = KernelSequencer(random_state=0).fit([[0, 0, 1, 0, 2, 1] * 40])
    >>> kernel.sample(prompt=[0, 0, 1, 0], n_steps=6, top_p=0.5)
    array([[2, 1, 0, 0, 1, 0]])
    """

    _constraints = {
        **ClockedSequencer._constraints,
        "decay": Interval(numbers.Real, 0, 1),
        "bandwidth": Interval(numbers.Real, 0, None, closed="neither"),
    }

    def __init__(
        self,
        decay: float = 0.8,
        *,
        bandwidth: float = 0.2,
        clock: float | str | None = None,
        random_state: Any = None,
    ) -> None:
        self.decay = decay
        self.bandwidth = bandwidth
        self.clock = clock
        self.random_state = random_state

    def _fit_codes(
        self, sequences: CodeSequences, condition: np.ndarray | None, rng: np.random.Generator
    ) -> None:
        self.codes_, self.lengths_ = sequences.codes, sequences.lengths
        self._learn_clock(sequences, condition)

    def _predictor(
        self, condition: np.ndarray | None, clock: np.ndarray | None, n_rows: int
    ) -> SequencePredictor:
        options = {"decay": float(self.decay), "bandwidth": float(self.bandwidth)}
        return self._memory_predictor(condition, clock, n_rows, **options)
