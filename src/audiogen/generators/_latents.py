"""The contract of generators that decode latents."""

import numbers
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.utils.validation import check_is_fitted

from audiogen.generators._base import BaseGenerator
from audiogen.generators._conditions import ConditionEncoder
from audiogen.generators._scaling import refuse_not_finite
from audiogen.utils.validation import Interval, check_parameters

__all__ = ["EncoderMixin", "LatentMixin", "conditions_between"]


class LatentMixin(BaseGenerator):
    """Mixin of generators whose samples are decoded from standard normal latents.

    A subclass sets `latent_dim_` in `fit` and supplies ``_decode(Z, condition)``, which
    returns x, scaled, for latents of shape (n_samples, latent_dim_).

    Attributes
    ----------
    latent_dim_ : int
        Numbers in a latent.
    """

    latent_dim_: int

    def _decode(self, Z: np.ndarray, condition: np.ndarray | None) -> np.ndarray:
        raise NotImplementedError(f"{type(self).__name__} must supply _decode.")

    def _generate(
        self, n_samples: int, condition: np.ndarray | None, rng: np.random.Generator
    ) -> np.ndarray:
        return self._decode(rng.standard_normal((n_samples, self.latent_dim_)), condition)

    def decode(self, Z: npt.ArrayLike, y: Any = None) -> np.ndarray:
        """Return the sounds of latents.

        Parameters
        ----------
        Z : array-like of shape (n_samples, latent_dim_)
            Latents. Those drawn from a standard normal distribution give new sounds; where
            they move smoothly, so does the sound.
        y : array-like, DataFrame, scalar or dict, default=None
            The conditions; needed where there were any in `fit`.

        Returns
        -------
        X : ndarray of shape (n_samples, *sample_shape_), float32
        """
        check_is_fitted(self)
        Z = _checked_latents(Z, self.latent_dim_)
        return self._scaling.inverse(self._decode(Z, self._encoded(len(Z), y)))

    def interpolate(self, Z: npt.ArrayLike, y: Any = None, n_steps: int = 8) -> np.ndarray:
        """Return sounds between two latents, both ends included.

        Parameters
        ----------
        Z : array-like of shape (2, latent_dim_)
            The latents of the two ends: `encode`, where there is one, gives those of real
            sounds, standard normal numbers are those of new ones.
        y : array-like, DataFrame or dict, default=None
            The conditions of the two ends, two rows, or one for both; needed where there
            were any in `fit`.
        n_steps : int, default=8
            Number of sounds, at least 2.

        Returns
        -------
        X : ndarray of shape (n_steps, *sample_shape_), float32

        Notes
        -----
        Without conditions, latents on a straight line are decoded. With conditions, quantities
        such as the pitch go straight from one end to the other, and at every step the latents
        of both ends are decoded, each under its own categories, for there is nothing between
        two categories; the results are mixed.
        """
        check_is_fitted(self)
        rule = {"n_steps": Interval(numbers.Integral, 2, None)}
        check_parameters(f"{type(self).__name__}.interpolate", rule, {"n_steps": n_steps})
        Z = _checked_latents(Z, self.latent_dim_)
        if len(Z) != 2:
            raise ValueError(f"Z must hold two latents, (2, {self.latent_dim_}). Got {Z.shape}.")
        share = np.linspace(0, 1, n_steps)[:, np.newaxis]
        if self.conditions_ is None:
            self._wanted(2, y, None)
            return self.decode((1 - share) * Z[0] + share * Z[1])
        if y is None:
            self._encoded(2, None)
        y = self.conditions_.complete(y, 2)
        first, last = (conditions_between(self.conditions_, y, end, share[:, 0]) for end in (0, 1))
        a = self.decode(np.repeat(Z[:1], n_steps, axis=0), first)
        b = self.decode(np.repeat(Z[1:], n_steps, axis=0), last)
        weight = share.reshape(-1, *[1] * (a.ndim - 1)).astype(np.float32)
        return (1 - weight) * a + weight * b


class EncoderMixin(LatentMixin):
    """Mixin of generators that find the latents of sounds.

    A subclass supplies ``_encode(x, condition)``, which returns latents of shape (n_samples,
    latent_dim_) for scaled data.
    """

    def _encode(self, x: np.ndarray, condition: np.ndarray | None) -> np.ndarray:
        raise NotImplementedError(f"{type(self).__name__} must supply _encode.")

    def encode(self, X: npt.ArrayLike, y: Any = None) -> np.ndarray:
        """Return the latents of sounds.

        Parameters
        ----------
        X : array-like of shape (n_samples, *sample_shape_)
            Sounds.
        y : array-like, DataFrame, scalar or dict, default=None
            Their conditions; needed where there were any in `fit`.

        Returns
        -------
        Z : ndarray of shape (n_samples, latent_dim_), float32
        """
        x = self._validated_forward(X)
        return self._encode(x, self._encoded(len(x), y)).astype(np.float32, copy=False)

    def _validated_forward(self, X: Any) -> np.ndarray:
        """Return data as the model sees them, checked."""
        check_is_fitted(self)
        X = self._validated(X, reset=False)
        refuse_not_finite(X, np.arange(len(X)))
        return self._scaling.forward(X)


def conditions_between(conditions: ConditionEncoder, y: Any, end: int, share: np.ndarray) -> Any:
    """Return conditions between two rows: quantities of both, categories of one end.

    Parameters
    ----------
    conditions : ConditionEncoder
        What has learnt which conditions are quantities.
    y : DataFrame or ndarray of two rows
        The conditions of the two ends, as `ConditionEncoder.complete` returns them.
    end : {0, 1}
        The end whose categories are kept.
    share : ndarray of shape (n_steps,)
        How far each step is from the first end, from 0 to 1.

    Returns
    -------
    y : DataFrame or ndarray of n_steps rows
    """
    if not isinstance(y, pd.DataFrame):
        return y[[end] * len(share)]
    rows = y.iloc[[end] * len(share)].reset_index(drop=True)
    for name, categories in conditions.categories_.items():
        if categories is None:
            low, high = y[name]
            rows[name] = (1 - share) * low + share * high
    return rows


def _checked_latents(Z: npt.ArrayLike, width: int) -> np.ndarray:
    latents = np.asarray(Z, dtype=np.float64)
    if latents.ndim != 2 or latents.shape[1] != width:
        raise ValueError(f"Z must have the shape (n_samples, {width}). Got {latents.shape}.")
    if not np.isfinite(latents).all():
        raise ValueError("Z holds NaN or infinite values; latents are finite numbers.")
    return latents
