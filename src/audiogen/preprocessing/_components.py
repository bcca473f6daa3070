"""Principal components, as many as the data have at most."""

import numbers
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.decomposition import PCA
from sklearn.utils.validation import check_is_fitted, validate_data

from audiogen.utils.validation import Instance, Interval, check_parameters, warn_user

__all__ = ["PrincipalComponents"]

_FLOATS = (np.float64, np.float32)


class PrincipalComponents(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    """Project features on their first principal components, as many as there can be.

    It is `sklearn.decomposition.PCA`, but that `n_components` is a maximum: where there are
    fewer rows, or fewer features, it warns and keeps that many. A pipeline that was written
    for hundreds of notes can so be fitted on the folds of a cross-validation.

    Parameters
    ----------
    n_components : int, default=64
        Maximum number of components.
    half_precision : bool, default=False
        Whether to keep the components as float16: a saved model is half as large, or a quarter
        after float64 features. Features come back to about a thousandth of their size.
    random_state : int, RandomState or None, default=None
        Seed of PCA's randomised solver, which large data are given to.

    Attributes
    ----------
    n_components_ : int
        Number of components kept.
    components_ : ndarray of shape (n_components_, n_features_in_)
        The principal components, as rows.
    mean_ : ndarray of shape (n_features_in_,)
        Mean of the features.
    explained_variance_ratio_ : ndarray of shape (n_components_,)
        Share of the variance that each component holds.
    n_features_in_ : int
        Number of features seen in `fit`.

    Warns
    -----
    UserWarning
        In `fit`, where fewer than `n_components` are kept.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.preprocessing import PrincipalComponents
    >>> X = np.random.default_rng(0).normal(size=(20, 5))
    >>> components = PrincipalComponents(2).fit(X)
    >>> components.transform(X).shape
    (20, 2)
    >>> components.inverse_transform(components.transform(X)).shape
    (20, 5)
    """

    def __init__(
        self, n_components: int = 64, *, half_precision: bool = False, random_state: Any = None
    ) -> None:
        self.n_components = n_components
        self.half_precision = half_precision
        self.random_state = random_state

    def fit(self, X: npt.ArrayLike, y: Any = None) -> "PrincipalComponents":
        """Learn the principal components.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Features.
        y : None
            Ignored.

        Returns
        -------
        self : PrincipalComponents
        """
        rules = {
            "n_components": Interval(numbers.Integral, 1, None),
            "half_precision": Instance((bool, np.bool_), "a bool"),
        }
        check_parameters(self, rules)
        features = validate_data(self, X, dtype=_FLOATS, ensure_min_samples=2)
        n_samples, n_features = features.shape
        self.n_components_ = min(int(self.n_components), n_samples, n_features)
        if self.n_components_ < self.n_components:
            warn_user(
                f"PrincipalComponents keeps {self.n_components_} components rather than "
                f"n_components={self.n_components}: X has {n_samples} rows of {n_features} "
                "features."
            )
        # Arrays are kept, not the PCA: other releases of scikit-learn read them as well.
        pca = PCA(self.n_components_, random_state=self.random_state).fit(features)
        self.components_ = pca.components_
        if self.half_precision:
            self.components_ = self.components_.astype(np.float16)
        self.mean_, self.explained_variance_ratio_ = pca.mean_, pca.explained_variance_ratio_
        return self

    def transform(self, X: npt.ArrayLike) -> np.ndarray:
        """Return the principal components of features.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Features.

        Returns
        -------
        components : ndarray of shape (n_samples, n_components_)
        """
        check_is_fitted(self)
        features = validate_data(self, X, dtype=_FLOATS, reset=False)
        return features @ self.components_.T - self.mean_[np.newaxis] @ self.components_.T

    def inverse_transform(self, X: npt.ArrayLike) -> np.ndarray:
        """Return the features of principal components.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_components_)
            Principal components.

        Returns
        -------
        features : ndarray of shape (n_samples, n_features), float64
            Whatever the type of X, for phases computed from features add up errors of rounding.
            Row i depends on row i of X alone, to the last bit.
        """
        check_is_fitted(self)
        components = np.ascontiguousarray(X, dtype=np.float64)
        directions = self.components_.astype(np.float64)
        # Not by BLAS, which rounds a row alone in other ways than among others.
        return np.einsum("ni,io->no", components, directions) + self.mean_

    @property
    def _n_features_out(self) -> int:
        """Number of columns, from which scikit-learn makes their names."""
        return self.n_components_

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags
