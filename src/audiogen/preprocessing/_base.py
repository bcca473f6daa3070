"""The base of transformers of clips."""

from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from audiogen.utils.large import map_rows, validate_rows
from audiogen.utils.validation import check_audio, check_parameters

__all__ = ["ClipTransformer"]


class ClipTransformer(TransformerMixin, BaseEstimator):
    """Base class of transformers that take clips, one to a row.

    It checks parameters and clips and has the methods of a scikit-learn transformer; a subclass
    supplies what is done. Integer clips are scaled by the full scale of their type; bools and
    audio of the shape (n_timesteps, n_channels) are refused.

    A subclass has a constructor whose parameters have the constraints in ``_constraints``, and
    any of three hooks: ``_fit(X, y)`` learns from clips, ``_transform(X)`` returns what becomes
    of them, and ``_inverse(X)`` returns clips from that. By default nothing is learnt and both
    others return X itself. Where X is larger than some 256 MB, both are called with a few of its
    rows at a time, each of which becomes one row. A subclass that learns nothing sets
    ``_learns = False``, and can then transform without a fit.

    Attributes
    ----------
    n_features_in_ : int
        Number of time steps in a clip seen in `fit`.

    Examples
    --------
    >>> from audiogen.preprocessing import ClipTransformer
    >>> class Reverse(ClipTransformer):
    ...     _learns = False
    ...
    ...     def _transform(self, X):
    ...         return X[:, ::-1]
    ...
    ...     _inverse = _transform
    >>> Reverse().fit_transform([[0.0, 0.25, 0.5]])
    array([[0.5 , 0.25, 0.  ]], dtype=float32)
    """

    _constraints: ClassVar[dict] = {}
    _learns: ClassVar[bool] = True
    _out_dtypes: ClassVar[tuple[str, ...]] = ("float64", "float32")

    def fit(self, X: npt.ArrayLike, y: Any = None) -> "ClipTransformer":
        """Check the parameters, and learn from clips what there is to learn.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps)
            Clips.
        y : object, default=None
            Ignored, unless the class says otherwise.

        Returns
        -------
        self : object
            The fitted transformer.
        """
        self._check_parameters()
        self._fit(self._validated(X, reset=True), y)
        return self

    def transform(self, X: npt.ArrayLike) -> np.ndarray:
        """Transform clips.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps)
            Clips, as long as those in `fit`.

        Returns
        -------
        X : ndarray of shape (n_samples, ...)
            Transformed clips.
        """
        check_is_fitted(self)
        self._check_parameters()
        return map_rows(self._transform, self._validated(X, reset=False))

    def inverse_transform(self, X: npt.ArrayLike) -> np.ndarray:
        """Transform back to clips.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            What `transform` returns, or a generator of such.

        Returns
        -------
        X : ndarray of shape (n_samples, n_timesteps)
            Clips.
        """
        check_is_fitted(self)
        return map_rows(self._inverse, X) if isinstance(X, np.ndarray) else self._inverse(X)

    def _fit(self, X: np.ndarray, y: Any) -> None:
        """Learn from clips."""

    def _transform(self, X: np.ndarray) -> np.ndarray:
        """Return transformed clips."""
        return X

    def _inverse(self, X: npt.ArrayLike) -> np.ndarray:
        """Return the clips of what was transformed."""
        return np.asarray(X)

    def _check_parameters(self) -> None:
        """Raise ValueError or TypeError for a parameter that is out of range."""
        check_parameters(self, self._constraints)

    def _validated(self, X: npt.ArrayLike, *, reset: bool) -> np.ndarray:
        """Return clips as an array of float32 or float64."""
        wanted = "numeric" if hasattr(X, "__array__") else (np.float32, np.float64)
        X = validate_rows(self, X, dtype=wanted, reset=reset)
        return check_audio(X, name="X", any_level=True)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.requires_fit = self._learns
        tags.transformer_tags.preserves_dtype = list(self._out_dtypes)
        return tags
