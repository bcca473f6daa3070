"""Principal components, as many as the data have at most."""

import numbers
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import linalg
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.decomposition import PCA
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from audiogen.utils.large import empty_rows, is_large, map_rows, slabs, validate_rows
from audiogen.utils.validation import Instance, Interval, check_parameters, warn_user

__all__ = ["PrincipalComponents"]

_FLOATS = (np.float64, np.float32)
_MANY = 500  # features: of fewer, a decomposition of the features themselves is as fast
_N_PASSES = 8  # over features that are larger than memory
_N_MORE = 10  # directions beside those wanted, which make these converge
_FEW_OF = 0.8  # share of the rows: more components are nearly all there are
_WEAKEST = 100  # times the rounding of the largest variance that each one must have


class _Found(NamedTuple):
    """What `sklearn.decomposition.PCA` names alike."""

    components_: np.ndarray
    mean_: np.ndarray
    explained_variance_ratio_: np.ndarray


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
        Seed of randomised solvers, which are given more than some 256 MB of features, and by PCA
        many that have more rows than features, or fewer directions than components.

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

    Notes
    -----
    Of many features in fewer rows, the components are found by the eigenvectors of the products
    of rows [1]_. This is exact, and several times as fast as a randomised solver. Of more than
    some 256 MB of features, a memory map for one, no more than a few rows are in memory at a time:
    a random subspace is multiplied with their covariance eight times [2]_.

    References
    ----------
    .. [1] L. Sirovich, "Turbulence and the dynamics of coherent structures", Quarterly of
       Applied Mathematics 45, 1987.
    .. [2] N. Halko, P. G. Martinsson, J. A. Tropp, "Finding structure with randomness:
       Probabilistic algorithms for constructing approximate matrix decompositions", SIAM Review
       53, 2011.

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
        features = validate_rows(self, X, dtype=_FLOATS, ensure_min_samples=2)
        n_samples, n_features = features.shape
        self.n_components_ = min(int(self.n_components), n_samples, n_features)
        if self.n_components_ < self.n_components:
            warn_user(
                f"PrincipalComponents keeps {self.n_components_} components rather than "
                f"n_components={self.n_components}: X has {n_samples} rows of {n_features} "
                "features."
            )
        # Arrays are kept, not a PCA: other releases of scikit-learn read them as well.
        pca: Any
        if is_large(features):
            pca = _by_iteration(features, self.n_components_, self.random_state)
        else:
            pca = _through_gram(features, self.n_components_)
        if pca is None:
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
        features = validate_rows(self, X, dtype=_FLOATS, reset=False)
        directions = self.components_.T
        origin = self.mean_[np.newaxis] @ directions
        return map_rows(lambda rows: rows @ directions - origin, features)

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
        features = empty_rows((len(components), len(self.mean_)), np.float64)
        for rows in slabs(features):
            # Not by BLAS, which rounds a row alone in other ways than among others.
            np.einsum("ni,io->no", components[rows], directions, out=features[rows])
            features[rows] += self.mean_
        return features

    @property
    def _n_features_out(self) -> int:
        """Number of columns, from which scikit-learn makes their names."""
        return self.n_components_

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags


def _through_gram(X: np.ndarray, n_components: int) -> _Found | None:
    """Return components from the products of rows, None where another way is better."""
    n_samples, n_features = X.shape
    if n_features <= max(_MANY, n_samples) or n_components >= _FEW_OF * n_samples:
        return None
    mean = X.mean(axis=0)
    centred = X - mean
    products = (centred @ centred.T).astype(np.float64)
    power = np.trace(products)
    kept = [n_samples - n_components, n_samples - 1]
    values, vectors = linalg.eigh(products, subset_by_index=kept, overwrite_a=True)
    if not values[0] > _WEAKEST * np.finfo(X.dtype).eps * values[-1]:
        return None
    values, shares = values[::-1], vectors[:, ::-1] / np.sqrt(values[::-1])
    components = shares.T.astype(X.dtype) @ centred
    # They are orthonormal but for the rounding of products, which grows the weaker they are.
    root = linalg.cholesky((components @ components.T).astype(np.float64), lower=True)
    components = linalg.inv(root).astype(X.dtype) @ components
    return _Found(_signed(components), mean, (values / power).astype(X.dtype))


def _by_iteration(X: np.ndarray, n_components: int, random_state: Any) -> _Found:
    """Return components from some passes over the rows, by subspace iteration."""
    n_samples, n_features = X.shape
    total = np.zeros(n_features)
    for rows in slabs(X):
        total += X[rows].sum(axis=0, dtype=np.float64)
    mean = (total / n_samples).astype(X.dtype)
    size = min(n_components + _N_MORE, n_samples, n_features)
    axes = check_random_state(random_state).normal(size=(n_features, size)).astype(X.dtype)
    for _ in range(_N_PASSES):
        axes = linalg.qr(axes, mode="economic", overwrite_a=True)[0].astype(X.dtype)
        wide, axes, power = axes, *_times_covariance(X, mean, axes)
    values, vectors = linalg.eigh(wide.T.astype(np.float64) @ axes)
    values, vectors = values[: -n_components - 1 : -1], vectors[:, : -n_components - 1 : -1]
    components = vectors.T.astype(X.dtype) @ wide.T
    return _Found(_signed(components), mean, (values / power).astype(X.dtype))


def _times_covariance(
    X: np.ndarray, mean: np.ndarray, axes: np.ndarray
) -> tuple[np.ndarray, float]:
    """Return n times the covariance of rows multiplied with axes, and n times their variance."""
    product, power = np.zeros(axes.shape), 0.0
    for rows in slabs(X):
        centred = X[rows] - mean
        product += centred.T @ (centred @ axes)
        power += float(np.vdot(centred, centred))
    return product, power


def _signed(components: np.ndarray) -> np.ndarray:
    """Return components whose strongest entries are positive, as scikit-learn has them."""
    strongest = np.abs(components).argmax(axis=1)
    signs = np.sign(components[np.arange(len(components)), strongest])
    components *= signs[:, np.newaxis]
    return components
