"""The contract of whatever goes on with sequences of codes."""

import numbers
from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.utils.validation import check_is_fitted

from audiogen.generators._base import BaseGenerator
from audiogen.generators._conditions import ConditionEncoder
from audiogen.generators._sequence_draw import (
    GuidedPredictor,
    SequencePredictor,
    draw_codes,
    log_likelihoods,
)
from audiogen.generators._sequences import (
    CodeSequences,
    as_codes,
    checked_sequences,
    codebooks_of,
    prompt_for_each,
)
from audiogen.utils.columns import validated_conditions
from audiogen.utils.seeds import Stream, draw_seed, make_rng
from audiogen.utils.validation import Interval, Options, check_parameters

__all__ = ["BaseSequencer"]

_ROWS_AT_ONCE = 16
_COUNT = (Options(None), Interval(numbers.Integral, 1, None))
_SAMPLING = {
    "n_samples": _COUNT,
    "n_steps": _COUNT,
    "temperature": Interval(numbers.Real, 0, None, closed="neither"),
    "top_p": Interval(numbers.Real, 0, 1, closed="right"),
    "guidance": Interval(numbers.Real, 0, None),
}


class BaseSequencer(BaseGenerator):
    """Base class of generators of codes, each drawn given those before it.

    To write a sequencer, subclass it, give the constructor a parameter `random_state`, and
    supply two methods:

    * ``_fit_codes(sequences, condition, rng)`` learns from sequences whose attributes `codes`,
      of shape (n_steps, n_levels), and `lengths` hold all of them end to end, and from condition,
      an array with a row for each sequence, or None without conditions.
    * ``_predictor(condition, clock, n_rows)`` returns a `SequencePredictor` of so many rows at
      their first step. Its ``log_probabilities(level, chosen)`` are of shape (n_rows, n_codes),
      its ``append(codes)`` goes on to the next step. The condition is None where there are none,
      and where what comes next is asked for whatever the condition may be. The clock is None
      but for a `ClockedSequencer`.

    `fit`, `sample`, `score`, prompts, temperature, guidance, conditions of any kind and checks
    come with the base class.

    Attributes
    ----------
    n_codes_ : int
        Number of codes of a level.
    codebooks_ : ndarray of shape (n_levels, n_codes, n_components) or None
        What each code stands for; None without a codec.
    sample_shape_ : tuple of int
        Shape of a sequence in `fit`, the longest where they differ.
    conditions_ : ConditionEncoder or None
        What encodes the conditions; None without y.
    condition_names_ : list
        Names of the conditions; empty without y.
    categories_ : dict
        Categories of each condition, None for a quantity.
    n_features_in_ : int
        Number of steps of a sequence in `fit`, the largest where they differ.

    Examples
    --------
    A sequencer that draws each code as often as it was there, whatever came before:

    >>> import numpy as np
    >>> from audiogen.generators import BaseSequencer, SequencePredictor
    >>> class Shares(SequencePredictor):
    ...     def __init__(self, logs, n_rows):
    ...         self.logs, self.n_rows = logs, n_rows
    ...
    ...     def log_probabilities(self, level, chosen):
    ...         return np.tile(self.logs[level], (self.n_rows, 1))
    ...
    ...     def append(self, codes):
    ...         pass
    >>> class Unigram(BaseSequencer):
    ...     def __init__(self, random_state=None):
    ...         self.random_state = random_state
    ...
    ...     def _fit_codes(self, sequences, condition, rng):
    ...         counts = [np.bincount(c, minlength=self.n_codes_) for c in sequences.codes.T]
    ...         self.logs_ = np.log((np.array(counts) + 0.5) / (len(sequences.codes) + 1))
    ...
    ...     def _predictor(self, condition, clock, n_rows):
    ...         return Shares(self.logs_, n_rows)
    >>> Unigram(random_state=0).fit([[0, 1, 0, 0], [1, 0, 1, 1]]).sample(2, n_steps=6).shape
    (2, 6)
    """

    codebooks_: np.ndarray | None
    n_codes_: int
    _dtype: str

    # ------------------------------------------------------------------ hooks

    def _fit_codes(
        self, sequences: CodeSequences, condition: np.ndarray | None, rng: np.random.Generator
    ) -> None:
        """Learn from sequences of codes and their encoded conditions."""
        raise NotImplementedError(f"{type(self).__name__} must supply _fit_codes.")

    @abstractmethod
    def _predictor(
        self, condition: np.ndarray | None, clock: np.ndarray | None, n_rows: int
    ) -> SequencePredictor:
        """Return what predicts rows from their first step on."""

    def _clock_starts(
        self,
        heard: Sequence[np.ndarray] | None,
        condition: np.ndarray | None,
        streams: Sequence[np.random.Generator],
    ) -> np.ndarray | None:
        """Return where rows of codes begin on the clock; nothing was heard of new ones."""
        return None

    def _clock_bits(self) -> float:
        """Return how many bits tell where a sequence begins on the clock."""
        return 0.0

    # ------------------------------------------------------------ the contract

    def fit(self, X: Any, y: Any = None, *, codec: Any = None) -> Self:
        """Learn how codes follow each other.

        Parameters
        ----------
        X : array-like of shape (n_sequences, length) or (n_sequences, length, n_levels), or list
            Codes, integers of 0 and above. A list holds an array of shape (length, n_levels) for
            each sequence, and their lengths may differ.
        y : array-like or DataFrame with n_sequences rows, default=None
            The conditions. Number columns of a DataFrame are quantities, everything
            else is a category.
        codec : fitted SpectralCodes or ResidualVectorQuantizer, default=None
            What made the codes; only its ``codebooks_`` are read. `GenerativePipeline` hands
            on the step before. None takes codes for names: none is nearer to another.

        Returns
        -------
        self : estimator

        Raises
        ------
        ValueError
            Where X holds anything but codes, or others than the codec has.
        """
        check_parameters(self, self._constraints)
        sequences = checked_sequences(self, X, reset=True)
        y = validated_conditions(sequences, y)
        conditions = self._fitted_conditions(y)
        self._set_up_codes(sequences, conditions, codec)
        condition = None if conditions is None else conditions.encode(y)
        sequences, condition = self._with_shifted(sequences, condition, codec)
        rng = make_rng(draw_seed(self.random_state), Stream.FIT)
        self._fit_codes(sequences, condition, rng)
        return self

    def sample(
        self,
        n_samples: int | None = None,
        y: Any = None,
        *,
        n_steps: int | None = None,
        prompt: npt.ArrayLike | None = None,
        temperature: float = 1.0,
        top_p: float = 1.0,
        guidance: float = 1.0,
        return_y: bool = False,
        random_state: Any = None,
    ) -> Any:
        """Draw new sequences of codes.

        Parameters
        ----------
        n_samples : int, default=None
            Number of sequences; None takes as many as `y` has rows or there are prompts, or 1.
        y : array-like, DataFrame, scalar or dict, default=None
            The conditions wanted, as in `fit`; one row, a scalar or a dict of scalars serves
            all. None draws conditions as often as they were trained on.
        n_steps : int, default=None
            Number of steps of a sequence; None takes as many as in `fit`, of the longest there.
        prompt : array-like of shape (length, n_levels) or (n_samples, length, n_levels), \
                default=None
            Codes to go on from, without the last axis where X had none: one for all, or one for
            each. None begins from nothing.
        temperature : float, default=1.0
            Below 1 likely codes become likelier, above 1 all become more alike.
        top_p : float, default=1.0
            Only the likeliest codes are drawn whose probabilities reach this sum.
        guidance : float, default=1.0
            How much the condition counts: 0 leaves it out, above 1 what it changes is
            exaggerated.
        return_y : bool, default=False
            Whether the conditions are returned as well.
        random_state : int, RandomState or None, default=None
            Seed of the draws; None takes the estimator's own `random_state`. The same
            int gives the same first samples, whatever `n_samples` is.

        Returns
        -------
        X : ndarray of shape (n_samples, n_steps) or (n_samples, n_steps, n_levels)
            New codes, of the type of those in `fit`, without the prompt.
        y : DataFrame, ndarray or None
            Their conditions, only if `return_y` is True.

        Raises
        ------
        ValueError
            For a condition never trained on, `y` for a model without conditions, or a prompt that
            is none.
        """
        check_is_fitted(self)
        check_parameters(f"{type(self).__name__}.sample", _SAMPLING, locals())
        heard = None if prompt is None else self._checked_prompt(prompt)
        if n_samples is None and heard is not None and len(heard) > 1:
            n_samples = len(heard)
        seed = draw_seed(self.random_state if random_state is None else random_state)
        y = self._wanted(n_samples, y, make_rng(seed, Stream.CONDITION))
        n_samples = (n_samples or 1) if y is None else len(y)
        condition = None if self.conditions_ is None else self.conditions_.encode(y)
        heard = None if heard is None else prompt_for_each(heard, n_samples)
        streams = make_rng(seed, Stream.SAMPLE).spawn(n_samples)
        shape = (int(n_steps or self.sample_shape_[0]), self._n_levels)
        drawing = {"temperature": float(temperature), "top_p": float(top_p)}
        found = []
        for rows in _blocks(n_samples):
            told, before = _rows(condition, rows), _rows(heard, rows)
            predictor = self._prompted(told, before, streams[rows], guidance)
            found.append(draw_codes(predictor, streams[rows], shape, **drawing))
        X = np.concatenate(found).astype(self._dtype)
        X = X if len(self.sample_shape_) > 1 else X[..., 0]
        return (X, y) if return_y else X

    def score(self, X: Any, y: Any = None) -> float:
        """Return minus the number of bits that a code of sequences takes.

        Parameters
        ----------
        X : array-like of shape (n_sequences, length) or (n_sequences, length, n_levels), or list
            Codes. Those of an array without levels are as long as in `fit`, others of any length.
        y : array-like, DataFrame, scalar or dict, default=None
            Their conditions; needed where there were any in `fit`.

        Returns
        -------
        score : float
            Mean, over all steps and levels, of the binary logarithm of the probability of a
            code given those before it. Higher is better; minus ``log2(n_codes_)`` is chance.
        """
        check_is_fitted(self)
        sequences = checked_sequences(self, X, reset=False)
        self._refuse_other_codes(sequences.codes, sequences.shape[1:])
        condition = self._encoded(len(sequences), y)
        nats = 0.0
        order, each = np.argsort(sequences.lengths, kind="stable"), list(sequences)
        for rows in _blocks(len(order)):
            block = [each[i] for i in order[rows]]
            nats += self._log_likelihood(block, _rows(condition, order[rows]))
        return float(nats / np.log(2) / sequences.codes.size)

    # ------------------------------------------------------------------ pieces

    @property
    def _n_levels(self) -> int:
        return self.sample_shape_[1] if len(self.sample_shape_) > 1 else 1

    def _log_likelihood(self, rows: list[np.ndarray], condition: np.ndarray | None) -> float:
        """Return the logarithm of the probability of some sequences of about one length."""
        codes = np.zeros((len(rows), max(map(len, rows)), self._n_levels), dtype=np.int64)
        for padded, row in zip(codes, rows, strict=True):
            padded[: len(row)] = row
        clock = self._clock_starts(rows, condition, ())
        logs = log_likelihoods(self._predictor(condition, clock, len(rows)), codes)
        told = len(rows) * self._clock_bits() * np.log(2)
        parts = (float(log[: len(row)].sum()) for log, row in zip(logs, rows, strict=True))
        return sum(parts) - told

    def _prompted(
        self,
        condition: np.ndarray | None,
        prompt: np.ndarray | None,
        streams: Sequence[np.random.Generator],
        guidance: float,
    ) -> SequencePredictor:
        """Return what predicts the step after the prompts."""
        heard = None if prompt is None else list(prompt)
        clock = self._clock_starts(heard, condition, streams)
        predictor = self._predictor(condition, clock, len(streams))
        if condition is not None and guidance != 1:
            untold = self._predictor(None, clock, len(streams))
            predictor = GuidedPredictor(predictor, untold, float(guidance))
        if prompt is not None:
            for step in prompt.swapaxes(0, 1):
                predictor.append(step)
        return predictor

    def _checked_prompt(self, prompt: npt.ArrayLike) -> np.ndarray:
        """Return prompts of shape (n_prompts, length, n_levels)."""
        codes = as_codes(prompt, f"The prompt of {type(self).__name__}.sample")
        n_axes = len(self.sample_shape_)
        if codes.ndim not in (n_axes, n_axes + 1) or 0 in codes.shape:
            one = "(length, n_levels)" if n_axes > 1 else "(length,)"
            raise ValueError(
                f"prompt must be codes of shape {one}, or one such for each sample. "
                f"Got {codes.shape}."
            )
        codes = codes[np.newaxis] if codes.ndim == n_axes else codes
        self._refuse_other_codes(codes, codes.shape[2:])
        return codes.reshape(*codes.shape[:2], -1).astype(np.int64)

    def _set_up_codes(
        self, sequences: CodeSequences, conditions: ConditionEncoder | None, codec: Any
    ) -> None:
        """Take over what sequences, conditions and the codec say of themselves."""
        self._set_up(sequences.shape, conditions)
        self._dtype = sequences.dtype
        self.codebooks_ = books = codebooks_of(codec)
        self.n_codes_ = int(sequences.codes.max()) + 1 if books is None else books.shape[1]
        if books is not None and len(books) != self._n_levels:
            raise ValueError(
                f"X has {self._n_levels} level(s) of codes, but the codec has {len(books)}. Give "
                "the codec that made X."
            )
        self._refuse_other_codes(sequences.codes, sequences.shape[1:])

    def _with_shifted(
        self, sequences: CodeSequences, condition: np.ndarray | None, codec: Any
    ) -> tuple[CodeSequences, np.ndarray | None]:
        """Add the codes of the same sounds cut at other places, where the codec has them."""
        if not hasattr(codec, "shifted_codes"):
            return sequences, condition
        others = [checked_sequences(self, X, reset=False) for X in codec.shifted_codes()]
        if condition is not None:
            condition = np.tile(condition, (1 + len(others), 1))
        return sequences.with_more(others), condition

    def __sklearn_tags__(self) -> Any:
        """Tell scikit-learn that X is integers of 0 and above."""
        tags = super().__sklearn_tags__()
        tags.input_tags.categorical = True
        tags.input_tags.positive_only = True
        return tags

    def _refuse_other_codes(self, codes: np.ndarray, levels: tuple[int, ...]) -> None:
        """Refuse codes that were not there in fit, or that the codec has not."""
        if levels != self.sample_shape_[1:]:
            raise ValueError(
                f"{type(self).__name__} was fitted on sequences of the shape "
                f"{self.sample_shape_}. Got steps of the shape {levels}, not "
                f"{self.sample_shape_[1:]}."
            )
        if codes.max() >= self.n_codes_:
            raise ValueError(
                f"The code {codes.max()} is unknown: there are {self.n_codes_} codes, from 0 on. "
                "Encode with the codec that was fitted, or fit with codec=."
            )


def _rows(values: Any, rows: Any) -> Any:
    return None if values is None else values[rows]


def _blocks(n_rows: int) -> list[slice]:
    starts = range(0, n_rows, _ROWS_AT_ONCE)
    return [slice(start, min(start + _ROWS_AT_ONCE, n_rows)) for start in starts]
