"""Codes for a gap in a sequence, drawn given those on both sides."""

import numbers
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import softmax
from sklearn.utils.validation import check_is_fitted

from audiogen.generators._sequence_draw import draw_codes, log_likelihoods
from audiogen.generators._sequencer import BaseSequencer
from audiogen.utils.seeds import Stream, draw_seed, make_rng
from audiogen.utils.validation import Interval, check_parameters

__all__ = ["infill_codes"]

_REDRAWN = (64, 32, 16, 8)  # steps before the end of the gap, round after round
_CANDIDATES = 8
_BEFORE, _AFTER = 128, 8  # steps on both sides that count


def infill_codes(
    sequencer: BaseSequencer,
    before: npt.ArrayLike | None,
    after: npt.ArrayLike | None,
    n_steps: int,
    y: Any = None,
    *,
    random_state: Any = None,
) -> np.ndarray:
    """Draw codes for a gap in a sequence, given those before and after it.

    Codes are drawn forward. Their end is then drawn anew several times; of these candidates and
    the one there was, one is chosen with probabilities in proportion to how likely the codes
    after the gap are to follow it: iterated sampling importance resampling [1]_, of which the
    codes given both sides are the stationary distribution.

    Parameters
    ----------
    sequencer : BaseSequencer
        A fitted sequencer.
    before, after : array-like of shape (length, n_levels), or None
        Codes before and after the gap, without the last axis where the sequencer was fitted
        without it. The last 128 and the first 8 steps count.
    n_steps : int
        Number of steps in the gap.
    y : array-like, DataFrame, scalar or dict, default=None
        The condition, one row; None draws it where there are conditions.
    random_state : int, RandomState or None, default=None
        Seed of the draws; None takes that of the sequencer.

    Returns
    -------
    codes : ndarray of shape (n_steps, n_levels) or (n_steps,)

    Raises
    ------
    ValueError
        Where `before` or `after` are no codes that the sequencer knows, or several sequences.

    References
    ----------
    .. [1] C. Andrieu, A. Lee, M. Vihola, "Uniform ergodicity of the iterated conditional SMC and
       geometric ergodicity of particle Gibbs samplers", Bernoulli 24 (2), 2018.

    Examples
    --------
    >>> from audiogen.generators import KernelSequencer, infill_codes
    >>> kernel = KernelSequencer(random_state=0).fit([[0, 1, 2, 3] * 30])
    >>> infill_codes(kernel, [0, 1, 2, 3, 0, 1], [0, 1, 2, 3], 2)
    array([2, 3])
    """
    check_is_fitted(sequencer)
    check_parameters("infill_codes", {"n_steps": Interval(numbers.Integral, 1, None)}, locals())
    seed = draw_seed(sequencer.random_state if random_state is None else random_state)
    y = sequencer._wanted(1, y, make_rng(seed, Stream.CONDITION))
    condition = None if sequencer.conditions_ is None else sequencer.conditions_.encode(y)
    ends = _Ends(sequencer, _one_side(sequencer, after)[:_AFTER], condition, seed)
    heard = _one_side(sequencer, before)[-_BEFORE:]
    (codes,), (log,) = ends.drawn(heard, n_steps, 1)
    for n_redrawn in _REDRAWN if len(ends.after) else ():
        kept = codes[: max(0, n_steps - n_redrawn)]
        others, logs = ends.drawn(np.concatenate([heard, kept]), n_steps - len(kept), _CANDIDATES)
        shares = softmax([log, *logs])
        chosen = ends.rng.choice(len(shares), p=shares)
        if chosen:
            codes, log = np.concatenate([kept, others[chosen - 1]]), logs[chosen - 1]
    codes = codes.astype(sequencer._dtype)
    return codes if len(sequencer.sample_shape_) > 1 else codes[:, 0]


class _Ends:
    """Draw codes up to the end of a gap, and tell how likely those after it are to follow.

    Parameters
    ----------
    sequencer : BaseSequencer
        What draws.
    after : ndarray of shape (length, n_levels)
        The codes after the gap.
    condition : ndarray of shape (1, width) or None
        The encoded condition.
    seed : int
        Decides all draws.
    """

    def __init__(
        self, sequencer: BaseSequencer, after: np.ndarray, condition: Any, seed: int
    ) -> None:
        self.sequencer, self.after, self.condition = sequencer, after, condition
        self.rng = make_rng(seed, Stream.SAMPLE)

    def drawn(self, heard: np.ndarray, n_steps: int, n_rows: int) -> tuple[np.ndarray, np.ndarray]:
        """Return codes of shape (n_rows, n_steps, n_levels), and a logarithm for each row."""
        streams = self.rng.spawn(n_rows)
        told = None if self.condition is None else np.repeat(self.condition, n_rows, axis=0)
        prompt = np.repeat(heard[np.newaxis], n_rows, axis=0) if len(heard) else None
        predictor = self.sequencer._prompted(told, prompt, streams, 1.0)
        shape = (n_steps, heard.shape[1])
        codes = draw_codes(predictor, streams, shape, temperature=1.0, top_p=1.0)
        follows = np.repeat(self.after[np.newaxis], n_rows, axis=0)
        return codes, log_likelihoods(predictor, follows).sum(axis=(1, 2))


def _one_side(sequencer: BaseSequencer, side: Any) -> np.ndarray:
    """Return codes on one side of a gap, (length, n_levels), checked; there may be none."""
    if side is None or not len(side):
        return np.zeros((0, sequencer._n_levels), np.int64)
    codes = sequencer._checked_prompt(side)
    if len(codes) > 1:
        raise ValueError(
            f"infill_codes fills a gap of one sequence. Got {len(codes)} on one side of it."
        )
    return codes[0]
