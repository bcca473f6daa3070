"""Samples of any shape as rows of features, and back."""

import math
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from audiogen.utils.large import validate_rows

__all__ = ["Flatten"]


class Flatten(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    """Turn samples of any shape into rows of features.

    Put it between a spectrogram and scikit-learn's PCA, scalers and other transformers, which
    take two-dimensional arrays only.

    Attributes
    ----------
    sample_shape_ : tuple of int
        The shape of one sample in `fit`.
    n_features_in_ : int
        Length of the first axis of a sample seen in `fit`.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.decomposition import PCA
    >>> from sklearn.pipeline import make_pipeline
    >>> from audiogen.preprocessing import Flatten
    >>> X = np.random.default_rng(0).normal(size=(6, 4, 3, 2))
    >>> reduced = make_pipeline(Flatten(), PCA(n_components=5)).fit(X)
    >>> reduced.transform(X).shape
    (6, 5)
    >>> bool(np.allclose(reduced.inverse_transform(reduced.transform(X)), X))
    True
    """

    def fit(self, X: npt.ArrayLike, y: Any = None) -> "Flatten":
        """Remember the shape of a sample.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            Samples of two dimensions or more.
        y : None
            Ignored.

        Returns
        -------
        self : Flatten
        """
        self.sample_shape_ = self._validated(X, reset=True).shape[1:]
        return self

    def transform(self, X: npt.ArrayLike) -> np.ndarray:
        """Return the samples as rows of features.

        Parameters
        ----------
        X : array-like of shape (n_samples, *sample_shape_)
            Samples.

        Returns
        -------
        X : ndarray of shape (n_samples, n_features)
            Of the same dtype; a view of X where its memory allows one.

        Raises
        ------
        ValueError
            If samples have another shape than those of `fit`.
        """
        check_is_fitted(self)
        X = self._validated(X, reset=False)
        if X.shape[1:] != self.sample_shape_:
            raise ValueError(
                f"Flatten was fitted on samples of shape {self.sample_shape_}. Got {X.shape[1:]}."
            )
        return X.reshape(len(X), -1)

    def inverse_transform(self, X: npt.ArrayLike) -> np.ndarray:
        """Return rows of features in the shape that samples had in `fit`.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Flat samples.

        Returns
        -------
        X : ndarray of shape (n_samples, *sample_shape_)

        Raises
        ------
        ValueError
            If the number of features is another.
        """
        check_is_fitted(self)
        X = np.asarray(X)
        n_features = math.prod(self.sample_shape_)
        if X.ndim != 2 or X.shape[1] != n_features:
            raise ValueError(
                f"Flatten.inverse_transform needs the shape (n_samples, {n_features}), to make "
                f"samples of shape {self.sample_shape_}. Got {X.shape}."
            )
        return X.reshape(len(X), *self.sample_shape_)

    def _validated(self, X: npt.ArrayLike, reset: bool) -> np.ndarray:
        return validate_rows(self, X, dtype=(np.float32, np.float64), allow_nd=True, reset=reset)

    @property
    def _n_features_out(self) -> int:
        """Number of columns, from which scikit-learn makes their names."""
        return math.prod(self.sample_shape_)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags
