"""The contract of whatever makes new sounds."""

import numbers
from abc import ABC
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted, validate_data

from audiogen.generators._conditions import ConditionEncoder
from audiogen.generators._scaling import Scaling, refuse_not_finite
from audiogen.utils.columns import validated_conditions
from audiogen.utils.seeds import Stream, draw_seed, make_rng
from audiogen.utils.validation import (
    Instance,
    Interval,
    Options,
    as_floating_point,
    check_parameters,
)

__all__ = ["BaseGenerator"]


class BaseGenerator(BaseEstimator, ABC):
    """Base class of all generators: validation, conditions, scaling and seeds.

    To write a generator, subclass it, give the constructor a parameter `random_state`,
    and supply two methods that see scaled data and encoded conditions only:

    * ``_fit(x, condition, rng)`` learns from x, an array of shape (n_samples, ...), float32,
      within [-1, 1] or of mean 0 and variance 1, and from condition, an array of shape
      (n_samples, width), or None where there are no conditions.
    * ``_generate(n_samples, condition, rng)`` returns as many new x. Everything random is
      drawn from rng, row by row, so that the first samples are the same however many
      follow.

    `fit`, `sample`, checks of parameters (``_constraints``) and of data, conditions of any
    kind, and the way from x back to data come with the base class. A generator that decodes
    latents inherits from `LatentMixin` too; one that is trained by epochs inherits from
    `TrainedGenerator` instead.

    Attributes
    ----------
    sample_shape_ : tuple of int
        Shape of one sample.
    conditions_ : ConditionEncoder or None
        What encodes the conditions; None without y.
    condition_names_ : list
        Names of the conditions; empty without y.
    categories_ : dict
        Categories of each condition, None for a quantity.
    n_features_in_ : int
        Length of the second axis of X.

    Examples
    --------
    A generator that repeats what it has seen, with a little noise:

    >>> from audiogen.generators import BaseGenerator
    >>> class Echo(BaseGenerator):
    ...     def __init__(self, noise=0.01, random_state=None):
    ...         self.noise = noise
    ...         self.random_state = random_state
    ...
    ...     def _fit(self, x, condition, rng):
    ...         self.seen_ = x
    ...
    ...     def _generate(self, n_samples, condition, rng):
    ...         rows = rng.integers(len(self.seen_), size=n_samples)
    ...         (noise,) = rng.spawn(1)
    ...         shape = (n_samples, *self.sample_shape_)
    ...         return self.seen_[rows] + self.noise * noise.standard_normal(shape)
    >>> Echo(random_state=0).fit([[0.0, 2.0], [1.0, 3.0]]).sample(3).shape
    (3, 2)
    """

    conditions_: ConditionEncoder | None
    condition_names_: list[Any]
    categories_: dict[Any, Any]
    sample_shape_: tuple[int, ...]
    _scaling: Any

    text: str | None = None  # of generators without that parameter
    _constraints: dict[str, Any] = {"text": (Options(None), Instance(str, "the name of a column"))}

    # ------------------------------------------------------------------ hooks

    def _fit(self, x: np.ndarray, condition: np.ndarray | None, rng: np.random.Generator) -> Any:
        """Learn from scaled data and their encoded conditions."""
        raise NotImplementedError(f"{type(self).__name__} must supply _fit or a fit of its own.")

    def _generate(
        self, n_samples: int, condition: np.ndarray | None, rng: np.random.Generator
    ) -> np.ndarray:
        """Return new samples, scaled; `condition` is encoded, or None."""
        raise NotImplementedError(f"{type(self).__name__} must supply _generate.")

    def _new_conditions(self) -> ConditionEncoder:
        """Return what is to learn the conditions."""
        return ConditionEncoder(text=self.text)

    def _new_scaling(self) -> Scaling:
        """Return what is to learn how data and x relate."""
        return Scaling()

    # ------------------------------------------------------------ the contract

    def fit(self, X: Any, y: Any = None) -> Self:
        """Learn to generate sounds like those given.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps), (n_samples, n_features) or \
                (n_samples, ...)
            Audio, features or spectrograms. With two dimensions, integers of 8, 16 and 32 bits
            are samples of audio, and are scaled to [-1, 1].
        y : array-like or DataFrame with n_samples rows, default=None
            The conditions. Number columns of a DataFrame are quantities, everything
            else is a category.

        Returns
        -------
        self : estimator
        """
        check_parameters(self, self._constraints)
        X = self._validated(X, reset=True)
        y = validated_conditions(X, y)
        refuse_not_finite(X, np.arange(len(X)))
        conditions = self._fitted_conditions(y)
        condition = None if conditions is None else conditions.encode(y)
        return self._fit_encoded(X, conditions, condition)

    def sample(
        self,
        n_samples: int | None = None,
        y: Any = None,
        *,
        return_y: bool = False,
        random_state: Any = None,
    ) -> Any:
        """Generate new sounds.

        Parameters
        ----------
        n_samples : int, default=None
            Number of samples; None takes as many as `y` has rows, or 1.
        y : array-like, DataFrame, scalar or dict, default=None
            The conditions wanted, as in `fit`; one row, a scalar or a dict of scalars serves
            all samples. None draws conditions as often as they were trained on.
        return_y : bool, default=False
            Whether the conditions are returned as well.
        random_state : int, RandomState or None, default=None
            Seed of the samples; None takes the estimator's own `random_state`. The same
            int gives the same first samples, whatever `n_samples` is.

        Returns
        -------
        X : ndarray of shape (n_samples, *sample_shape_), float32
            New samples.
        y : DataFrame, ndarray or None
            Their conditions, only if `return_y` is True.

        Raises
        ------
        ValueError
            For a condition never trained on, or `y` for a model without conditions.
        """
        check_is_fitted(self)
        if n_samples is not None:
            rule = Interval(numbers.Integral, 1, None)
            owner = f"{type(self).__name__}.sample"
            check_parameters(owner, {"n_samples": rule}, {"n_samples": n_samples})
        seed = draw_seed(self.random_state if random_state is None else random_state)
        y = self._wanted(n_samples, y, make_rng(seed, Stream.CONDITION))
        if y is not None:
            n_samples = len(y)
        condition = None if self.conditions_ is None else self.conditions_.encode(y)
        x = self._generate(n_samples or 1, condition, make_rng(seed, Stream.SAMPLE))
        X = self._scaling.inverse(x)
        return (X, y) if return_y else X

    # ------------------------------------------------------------------ pieces

    def _fit_encoded(
        self, X: Any, conditions: ConditionEncoder | None, condition: np.ndarray | None
    ) -> Self:
        """Fit to data whose conditions have been encoded."""
        self._set_up(tuple(X.shape[1:]), conditions)
        self._scaling = self._new_scaling().fit(X, np.arange(len(X)))
        rng = make_rng(draw_seed(self.random_state), Stream.FIT)
        self._fit(self._scaling.forward(X), condition, rng)
        return self

    def _fitted_conditions(self, y: Any) -> ConditionEncoder | None:
        """Return what has learnt the conditions of training, None without any."""
        if y is not None:
            return self._new_conditions().fit(y)
        if self.text is not None:
            raise ValueError(f"The 'text' parameter is {self.text!r}, but there is no y to read.")
        return None

    def _set_up(self, shape: tuple[int, ...], conditions: ConditionEncoder | None) -> None:
        self.sample_shape_ = shape
        self.conditions_ = conditions
        self.condition_names_ = [] if conditions is None else conditions.names_
        self.categories_ = {} if conditions is None else conditions.categories_

    def _wanted(self, n_samples: int | None, y: Any, rng: Any) -> Any:
        """Return the conditions of the samples to come, one row each."""
        if self.conditions_ is None:
            if y is not None:
                raise ValueError(
                    f"y was given, but this {type(self).__name__} was fitted without conditions. "
                    "Leave y out, or fit with y."
                )
            return None
        if y is None:
            return self.conditions_.draw(n_samples or 1, rng)
        return self.conditions_.complete(y, n_samples)

    def _encoded(self, n_samples: int, y: Any) -> np.ndarray | None:
        """Return the encoded conditions of given samples, or None without conditions."""
        if self.conditions_ is not None and y is None:
            raise ValueError(
                f"This {type(self).__name__} was fitted with the conditions "
                f"{self.condition_names_}; give y."
            )
        y = self._wanted(n_samples, y, None)
        return None if self.conditions_ is None else self.conditions_.encode(y)

    def _validated(self, X: Any, *, reset: bool) -> Any:
        X = validate_data(
            self, X, reset=reset, dtype="numeric", allow_nd=True, ensure_all_finite=False
        )
        if not reset and tuple(X.shape[1:]) != self.sample_shape_:
            raise ValueError(
                f"X has samples of shape {X.shape[1:]}, but {type(self).__name__} was fitted on "
                f"samples of shape {self.sample_shape_}."
            )
        is_pcm = X.ndim == 2 and X.dtype.kind in "iu" and X.dtype.itemsize < 8
        return as_floating_point(X) if is_pcm else X

    def __sklearn_tags__(self) -> Any:
        """Tell scikit-learn that X may have more than two dimensions."""
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        return tags
