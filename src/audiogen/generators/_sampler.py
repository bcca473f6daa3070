"""The contract of whatever makes new sounds, conditions included."""

import numbers
from abc import ABC, abstractmethod
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted, validate_data

from audiogen.utils.columns import validated_conditions
from audiogen.utils.seeds import draw_seed, make_rng
from audiogen.utils.validation import Interval, check_parameters

__all__ = ["BaseSampler", "conditions_of", "latents_of"]

_SAMPLE = 4  # what a seed is spawned for, beside those of BaseGenerator


class BaseSampler(BaseEstimator, ABC):
    """Base of all that has `sample`: validation, conditions and seeds.

    A subclass has the parameter `random_state`; its `fit` sets `sample_shape_`,
    `conditions_` (a fitted `ConditionEncoder`, or None), `condition_names_` and
    `_scaling` (a fitted `Scaling`); and it supplies `_generate`.
    """

    conditions_: Any
    sample_shape_: tuple
    _scaling: Any

    @abstractmethod
    def _generate(self, n_samples, condition, rng):
        """Return new samples, scaled; `condition` is encoded, or None."""

    def sample(self, n_samples=None, y=None, *, return_y=False, random_state=None):
        """Generate new sounds.

        Parameters
        ----------
        n_samples : int, default=None
            How many; None takes as many as `y` has rows, or 1.
        y : array-like, DataFrame, scalar or dict, default=None
            What is wanted, as in `fit`; one row, a scalar or a dict of scalars serves
            all samples. None draws conditions as often as they were trained on.
        return_y : bool, default=False
            Whether the conditions are returned as well.
        random_state : int, RandomState or None, default=None
            Decides the samples; None takes the estimator's own `random_state`.

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
        rng = make_rng(seed, _SAMPLE)
        y = self._wanted(n_samples, y, rng)
        if y is not None:
            n_samples = len(y)
        codes = None if y is None else self.conditions_.encode(y)
        X = self._scaling.inverse(self._generate(n_samples or 1, codes, rng))
        return (X, y) if return_y else X

    def _wanted(self, n_samples, y, rng):
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

    def _encoded(self, n_samples, y):
        """Return the encoded conditions of given samples, or None without conditions."""
        if self.conditions_ is not None and y is None:
            raise ValueError(
                f"This {type(self).__name__} was fitted with the conditions "
                f"{self.condition_names_}; give y."
            )
        y = self._wanted(n_samples, y, None)
        return None if y is None else self.conditions_.encode(y)

    def _validated(self, X, *, reset):
        X = validate_data(
            self, X, reset=reset, dtype="numeric", allow_nd=True, ensure_all_finite=False
        )
        if not reset and tuple(X.shape[1:]) != self.sample_shape_:
            raise ValueError(
                f"X has samples of shape {X.shape[1:]}, but {type(self).__name__} was fitted on "
                f"samples of shape {self.sample_shape_}."
            )
        return X

    def __sklearn_tags__(self):
        """Tell scikit-learn that X may have more than two dimensions."""
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        return tags


def conditions_of(X, y):
    """Return the conditions that training is given, one row for each sample.

    Parameters
    ----------
    X : array of shape (n_samples, ...)
        The data.
    y : array-like, DataFrame or None
        Their conditions.

    Returns
    -------
    y : ndarray, DataFrame or None

    Raises
    ------
    ValueError
        Where y has not as many rows as X.
    """
    return validated_conditions(X, y)


def latents_of(Z, width, dtype=np.float32):
    """Return latents as an array.

    Parameters
    ----------
    Z : array-like of shape (n_samples, width)
        Latents.
    width : int
        Numbers in a latent.
    dtype : dtype, default=float32
        Of the array.

    Returns
    -------
    Z : ndarray of shape (n_samples, width)

    Raises
    ------
    ValueError
        Where they have another shape or are not finite.
    """
    Z = np.asarray(Z, dtype=dtype)
    if Z.ndim != 2 or Z.shape[1] != width:
        raise ValueError(f"Z must have the shape (n_samples, {width}). Got {Z.shape}.")
    if not np.isfinite(Z).all():
        raise ValueError("Z holds NaN or infinite values; latents are finite numbers.")
    return Z
