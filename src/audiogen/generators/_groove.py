"""The composer of drum patterns."""

import numbers
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.utils.validation import check_is_fitted

from audiogen.generators._compact import CompactMixin
from audiogen.generators._groove_context import (
    N_LEVELS,
    N_OFFSETS,
    around_step,
    classes_of,
    context_of_step,
    refuse_other_shapes,
    refuse_other_values,
    touch_of,
)
from audiogen.generators._groove_draw import (
    compose,
    fill_end,
    first_usual,
    nats_of_hits,
    usual_counts,
)
from audiogen.generators._trained import TrainedGenerator
from audiogen.training import FitData
from audiogen.utils.blocks import blocks_of
from audiogen.utils.seeds import Stream, draw_seed, make_rng
from audiogen.utils.validation import Interval, Options, check_parameters

__all__ = ["GrooveComposer"]

_SILENT = 0.1  # share of the conditions that training leaves out, for guidance
_DRAWING = {
    "temperature": Interval(numbers.Real, 0, None, closed="neither"),
    "guidance": Interval(numbers.Real, 0, None),
    "n_draws": Interval(numbers.Integral, 1, None),
}
_SAMPLE = _DRAWING | {"n_samples": (Options(None), Interval(numbers.Integral, 1, None))}


class GrooveComposer(CompactMixin, TrainedGenerator):
    """Drum patterns, learnt and composed step by step and drum by drum.

    A pattern is two bars of sixteenths. Which drums are hit at a step follows from all hits before
    it, from how far these have repeated what was a beat, half a bar and a bar before, and from
    the drums of the step that were decided already [1]_. A second network then plays the hits: it
    draws how hard each is and how early or late, from the hits around it and from what it played
    before [2]_.

    Parameters
    ----------
    units : int, default=320
        Units of each dense layer; half as many in the network that plays.
    width : int, default=32
        Hidden units of each drum.
    dropout : float, default=0.4
        Share of the dense layers' outputs that is dropped while training.
    epochs : int, default=16
        Largest number of passes over the data.
    batch_size : int, default=64
        Number of patterns in a batch.
    learning_rate : float, default=2e-3
        Learning rate of the Adam optimizer.
    max_samples : int, float or None, default=None
        Number (int) or share (float) of the patterns that are used, drawn at random; None uses
        all.
    validation_fraction : float, default=0.0
        Share of the patterns held out to measure "val_loss".
    patience : int or None, default=None
        Number of epochs without a lower "val_loss" ("loss" where nothing is held out) after
        which training stops and the best weights are restored; None never stops.
    plateau_patience : int or None, default=None
        Number of such epochs after which the learning rate is halved; None leaves it.
    ema : float, default=0.99
        Decay, for each step, of the exponential moving average of the weights that samples
        are made with; 0 uses the weights themselves.
    precision : {"float32", "mixed_bfloat16"}, default="float32"
        Precision that layers compute in; weights, losses and outputs stay float32.
    warm_start : bool, default=False
        Whether `fit` continues the last training instead of starting anew.
    temperature : float, default=1.0
        What log odds and logits are divided by: below 1, patterns are more usual.
    guidance : float, default=0.0
        How far odds are moved away from what they are without the condition: above 0,
        patterns are more typical of it.
    n_draws : int, default=1
        Number of patterns drawn for each that is returned: the first whose numbers of hits
        of kick, snare, toms and cymbals are usual under the condition, from the 35th to the
        95th percentile, or the one that is nearest to that. Recordings hold breaks and
        fills too; 8 draws leave most of these out.
    random_state : int, RandomState or None, default=None
        Seed of weights, order, dropout and samples. The same int gives the same bits on the same
        machine.
    verbose : int, default=0
        1 shows progress.

    Attributes
    ----------
    history_ : dict of str to list of float
        "loss" (nats of a pattern) and "hits" (those of its hits alone), and those of the held-out
        patterns, with "val_" before; one value an epoch.
    n_iter_ : int
        Number of epochs trained.
    n_features_in_ : int
        Steps of a pattern.
    sample_shape_ : tuple of int
        (n_steps, n_drums, 2).
    conditions_, condition_names_, categories_
        What encodes the conditions, their names and categories, as of `BaseGenerator`.

    Notes
    -----
    The drums are kick, snare, closed hi-hat, open hi-hat, low tom, mid tom, high tom, crash and
    ride. Velocities and offsets are drawn from classes (12 and 16), evenly within each. In a tenth
    of the patterns of a batch the condition is left out, for guidance [3]_. Samples need no Keras.

    References
    ----------
    .. [1] H. Larochelle, I. Murray, "The Neural Autoregressive Distribution Estimator", AISTATS
       2011.
    .. [2] J. Gillick et al., "Learning to Groove with Inverse Sequence Transformations", ICML
       2019.
    .. [3] J. Ho, T. Salimans, "Classifier-Free Diffusion Guidance", arXiv:2207.12598, 2022.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.generators import GrooveComposer
    >>> X = np.zeros((8, 32, 9, 2), dtype=np.float32)
    >>> X[:, ::8, 0, 0], X[:, 4::8, 1, 0], X[:, ::2, 2, 0] = 0.9, 0.8, 0.5
    >>> composer = GrooveComposer(units=8, width=4, epochs=2, random_state=0)
    >>> composer.fit(X, y=["rock"] * 8).sample(3, y="rock").shape
    (3, 32, 9, 2)
    """

    _constraints = {
        **TrainedGenerator._constraints,
        "units": Interval(numbers.Integral, 1, None),
        "width": Interval(numbers.Integral, 1, None),
        "dropout": Interval(numbers.Real, 0, 1),
        **_DRAWING,
    }

    def __init__(
        self,
        units: int = 320,
        *,
        width: int = 32,
        dropout: float = 0.4,
        epochs: int = 16,
        batch_size: int = 64,
        learning_rate: float = 2e-3,
        max_samples: float | None = None,
        validation_fraction: float = 0.0,
        patience: int | None = None,
        plateau_patience: int | None = None,
        ema: float = 0.99,
        precision: str = "float32",
        warm_start: bool = False,
        temperature: float = 1.0,
        guidance: float = 0.0,
        n_draws: int = 1,
        random_state: Any = None,
        verbose: int = 0,
    ) -> None:
        self.units = units
        self.width = width
        self.dropout = dropout
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.max_samples = max_samples
        self.validation_fraction = validation_fraction
        self.patience = patience
        self.plateau_patience = plateau_patience
        self.ema = ema
        self.precision = precision
        self.warm_start = warm_start
        self.temperature = temperature
        self.guidance = guidance
        self.n_draws = n_draws
        self.random_state = random_state
        self.verbose = verbose

    # -------------------------------------------------------------- composing

    def sample(
        self,
        n_samples: int | None = None,
        y: Any = None,
        *,
        temperature: float | None = None,
        guidance: float | None = None,
        n_draws: int | None = None,
        return_y: bool = False,
        random_state: Any = None,
    ) -> Any:
        """Compose patterns.

        Parameters
        ----------
        n_samples : int, default=None
            Number of patterns; None takes as many as `y` has rows, or 1.
        y : array-like, DataFrame, scalar or dict, default=None
            The conditions wanted, as in `fit`; one row, a scalar or a dict of scalars serves
            all patterns. None draws conditions as often as they were trained on.
        temperature, guidance : float, default=None
            Replace the parameters of these names; None takes those of the composer.
        n_draws : int, default=None
            Replaces the parameter of this name; None takes that of the composer.
        return_y : bool, default=False
            Whether the conditions are returned as well.
        random_state : int, RandomState or None, default=None
            Seed of the patterns; None takes the estimator's own `random_state`. The same
            int gives the same first patterns, whatever `n_samples` is.

        Returns
        -------
        X : ndarray of shape (n_samples, n_steps, n_drums, 2), float32
            Velocities, 0 for no hit, and offsets in steps, 0 where there is no hit.
        y : DataFrame, ndarray or None
            Their conditions, only if `return_y` is True.

        Raises
        ------
        ValueError
            For a condition never trained on, or `y` for a model without conditions.
        """
        check_is_fitted(self)
        given: dict[str, Any] = {"temperature": temperature, "guidance": guidance}
        given |= {"n_draws": n_draws}
        options = {k: getattr(self, k) if v is None else v for k, v in given.items()}
        check_parameters("GrooveComposer.sample", _SAMPLE, {"n_samples": n_samples} | options)
        drawn_each = options.pop("n_draws")
        seed = draw_seed(self.random_state if random_state is None else random_state)
        y = self._wanted(n_samples, y, make_rng(seed, Stream.CONDITION))
        n_samples = (n_samples or 1) if y is None else len(y)
        condition = None if self.conditions_ is None else self.conditions_.encode(y)
        tried = None if condition is None else np.repeat(condition, drawn_each, axis=0)
        empty = np.zeros((n_samples * drawn_each, *self.sample_shape_), dtype=np.float32)
        rng = make_rng(seed, Stream.SAMPLE)
        drawn = compose(self._networks(), empty, 0, tried, rng, **options)
        X = first_usual(
            drawn.reshape(n_samples, drawn_each, *empty.shape[1:]), condition, self._usual
        )
        return (X, y) if return_y else X

    def fill(
        self,
        X: npt.ArrayLike,
        y: Any = None,
        *,
        n_steps: int = 8,
        temperature: float | None = None,
        random_state: Any = None,
    ) -> np.ndarray:
        """Replace the end of patterns by fills, as drummers play them where a section ends.

        The end is drawn 16 times with more of snare and toms, and the draw with the most of them
        is taken.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_steps, 9, 2)
            Patterns.
        y : array-like, DataFrame, scalar or dict, default=None
            Their conditions; None leaves them out, as training did now and then.
        n_steps : int, default=8
            Number of steps at the end that are replaced.
        temperature : float, default=None
            Replaces the parameter of this name; None takes that of the composer.
        random_state : int, RandomState or None, default=None
            Seed of the fills; None takes the estimator's own `random_state`.

        Returns
        -------
        X : ndarray of shape (n_samples, n_steps, 9, 2), float32
        """
        check_is_fitted(self)
        patterns = np.asarray(self._validated(X, reset=False), dtype=np.float32)
        rules = {
            "n_steps": Interval(numbers.Integral, 1, patterns.shape[1], closed="both"),
            "temperature": _SAMPLE["temperature"],
        }
        temperature = self.temperature if temperature is None else temperature
        given = {"n_steps": n_steps, "temperature": temperature}
        check_parameters("GrooveComposer.fill", rules, given)
        condition = self._known(len(patterns), y)
        seed = draw_seed(self.random_state if random_state is None else random_state)
        rng, start = make_rng(seed, Stream.SAMPLE), patterns.shape[1] - int(n_steps)
        return fill_end(self._networks(), patterns, start, condition, rng, temperature=temperature)

    def nats(self, X: npt.ArrayLike, y: Any = None) -> np.ndarray:
        """Return how surprising the hits of patterns are.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_steps, 9, 2)
            Patterns; which drums are hit counts, not how.
        y : array-like, DataFrame, scalar or dict, default=None
            Their conditions; None leaves them out, as training did now and then.

        Returns
        -------
        nats : ndarray of shape (n_samples,)
            Minus the log-likelihood of all hits and rests of a pattern. Lower is better.
        """
        check_is_fitted(self)
        patterns = self._validated(X, reset=False)
        condition = self._known(len(patterns), y)
        found, networks = np.zeros(len(patterns)), self._networks()
        for rows in blocks_of(np.arange(len(patterns)), patterns):
            hits = (patterns[rows, :, :, 0] > 0).astype(np.float32)
            own = None if condition is None else condition[rows]
            for step in range(hits.shape[1]):
                found[rows] += nats_of_hits(networks, hits, step, own)
        return found

    def score(self, X: npt.ArrayLike, y: Any = None) -> float:
        """Return the mean log-likelihood of the hits of a pattern.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_steps, 9, 2)
            Patterns.
        y : array-like, DataFrame, scalar or dict, default=None
            Their conditions; None leaves them out, as training did now and then.

        Returns
        -------
        score : float
            In nats a pattern. Higher is better.
        """
        return -float(np.mean(self.nats(X, y)))

    # ------------------------------------------------------------------ pieces

    def _networks(self) -> dict[str, Any]:
        return {name: self._sampling_weights(name) for name in self._weights}

    def _known(self, n_samples: int, y: Any) -> np.ndarray | None:
        """Return encoded conditions, zeros where they are left out, None without any in `fit`."""
        if y is None and self.conditions_ is not None:
            return np.zeros((n_samples, self.conditions_.width_), dtype=np.float32)
        return self._encoded(n_samples, y)

    # ------------------------------------------------------------------- hooks

    def _validated(self, X: Any, *, reset: bool) -> Any:
        refuse_other_shapes(X)
        X = super()._validated(X, reset=reset)
        refuse_other_values(X)
        return X

    def _architecture(self, data: FitData) -> dict[str, Any]:
        n_steps, n_drums, _ = self.sample_shape_
        hits = np.zeros((1, n_steps, n_drums))
        return {
            "n_steps": n_steps,
            "n_drums": n_drums,
            "n_context": context_of_step(hits, 0).shape[1],
            "n_around": around_step(hits, np.zeros((*hits.shape, 2)), 0).shape[1],
            "n_levels": N_LEVELS,
            "n_offsets": N_OFFSETS,
            "units": self.units,
            "width": self.width,
            "dropout": self.dropout,
            "condition_width": self._condition_width(),
        }

    @staticmethod
    def _build(**architecture: Any) -> Any:
        from audiogen.networks import build_groove

        return build_groove(**architecture)

    def _batch(self, x: Any, condition: np.ndarray | None, rng: np.random.Generator) -> Any:
        hits, touch = (x[..., 0] > 0).astype(np.float32), touch_of(x)
        steps = range(hits.shape[1])
        context = np.stack([context_of_step(hits, step) for step in steps], axis=1)
        around = np.stack([around_step(hits, touch, step) for step in steps], axis=1)
        inputs = [context, around, hits[..., np.newaxis], touch]
        if condition is not None:
            inputs.append(condition * (rng.random((len(x), 1)) >= _SILENT).astype(np.float32))
        return tuple(inputs), (hits, classes_of(x))

    def _finish(self, data: FitData) -> None:
        condition = None if data.codes is None else data.codes[data.rows]
        self._usual = usual_counts(data.read(data.rows), condition)

    def __sklearn_tags__(self) -> Any:
        """Tell scikit-learn that X is no table of numbers."""
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = tags.input_tags.three_d_array = False
        return tags
