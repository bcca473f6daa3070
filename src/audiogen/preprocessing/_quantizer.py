"""Vectors as a few codes each: residual vector quantisation."""

import numbers
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils import check_array
from sklearn.utils.validation import check_is_fitted, validate_data

from audiogen.signal import decode_residual, encode_residual, fit_codebooks
from audiogen.utils.seeds import Stream, draw_seed, spawn_seed
from audiogen.utils.validation import Interval, check_parameters, warn_user

__all__ = ["ResidualVectorQuantizer"]

_FLOATS = (np.float32, np.float64)


class ResidualVectorQuantizer(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    """Write vectors as codes: the numbers of centroids whose sum is near.

    The centroids of the first level are those of k-means, and those of each further level are of
    what the levels before it left over [1]_. A few codes of many values so name far more sums
    than there could be centroids. Centroids that lie nearest to no row in `fit` are put
    elsewhere, so that each is used.

    Parameters
    ----------
    n_levels : int, default=4
        Number of codes of a vector.
    n_codes : int, default=256
        Maximum number of centroids of a level: no more are kept than there are rows in `fit`.
    random_state : int, RandomState or None, default=None
        Seed of the first centroids of k-means.

    Attributes
    ----------
    codebooks_ : ndarray of shape (n_levels, n_codes, n_features), float32
        Centroids of each level.
    n_features_in_ : int
        Number of features of a vector.

    Warns
    -----
    UserWarning
        In `fit`, where there are fewer rows than codes.

    Notes
    -----
    Codes are searched for along eight sums at once, which come nearer than the nearest centroid
    of one level after the other. Codes of a sum of centroids are nearly always those of it.

    References
    ----------
    .. [1] B. H. Juang and A. H. Gray, "Multiple stage vector quantization for speech coding",
       ICASSP 1982.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.preprocessing import ResidualVectorQuantizer
    >>> X = np.random.default_rng(0).normal(size=(500, 3))
    >>> quantizer = ResidualVectorQuantizer(2, 16, random_state=0).fit(X)
    >>> codes = quantizer.transform(X)
    >>> codes.shape, codes.max() < 16
    ((500, 2), np.True_)
    >>> bool(np.mean((quantizer.inverse_transform(codes) - X) ** 2) < 0.1)
    True
    """

    _constraints: ClassVar[dict] = {
        "n_levels": Interval(numbers.Integral, 1, None),
        "n_codes": Interval(numbers.Integral, 1, None),
    }

    def __init__(self, n_levels: int = 4, n_codes: int = 256, *, random_state: Any = None) -> None:
        self.n_levels = n_levels
        self.n_codes = n_codes
        self.random_state = random_state

    def fit(self, X: npt.ArrayLike, y: Any = None) -> "ResidualVectorQuantizer":
        """Learn the centroids.

        Parameters
        ----------
        X : array-like of shape (..., n_features), or list of such arrays
            Vectors.
        y : None
            Ignored.

        Returns
        -------
        self : ResidualVectorQuantizer
        """
        check_parameters(self, self._constraints)
        vectors = np.concatenate([part for part, _ in self._parts(X, reset=True)])
        n_codes = min(int(self.n_codes), len(vectors))
        if n_codes < self.n_codes:
            warn_user(
                f"ResidualVectorQuantizer keeps {n_codes} codes rather than n_codes="
                f"{self.n_codes}: X has {len(vectors)} vectors."
            )
        seed = spawn_seed(draw_seed(self.random_state), Stream.FIT)
        self.codebooks_ = fit_codebooks(vectors, int(self.n_levels), n_codes, seed)
        return self

    def transform(self, X: npt.ArrayLike) -> Any:
        """Return the codes of vectors.

        Parameters
        ----------
        X : array-like of shape (..., n_features), or list of such arrays
            Vectors.

        Returns
        -------
        codes : ndarray of shape (..., n_levels), int32, or list of such arrays
        """
        check_is_fitted(self)
        codes = [
            encode_residual(part, self.codebooks_).reshape(*shape, -1)
            for part, shape in self._parts(X, reset=False)
        ]
        return codes if _is_list_of_arrays(X) else codes[0]

    def inverse_transform(self, X: Any) -> Any:
        """Return the sums of centroids that codes stand for.

        Parameters
        ----------
        X : array-like of int, of shape (..., n_levels), or list of such arrays
            Codes. Of fewer levels, the sums are coarser.

        Returns
        -------
        vectors : ndarray of shape (..., n_features), float32, or list of such arrays
        """
        check_is_fitted(self)
        if _is_list_of_arrays(X):
            return [self.inverse_transform(part) for part in X]
        n_levels, n_codes, _ = self.codebooks_.shape
        return decode_residual(checked_codes(X, n_levels, n_codes), self.codebooks_)

    @property
    def _n_features_out(self) -> int:
        """Number of columns, from which scikit-learn makes their names."""
        return len(self.codebooks_)

    def _parts(self, X: Any, *, reset: bool) -> list[tuple[np.ndarray, tuple[int, ...]]]:
        """Return vectors as float32 rows, and the shape that each part had before."""
        parts = list(X) if _is_list_of_arrays(X) else [X]
        return [self._rows(part, reset and i == 0) for i, part in enumerate(parts)]

    def _rows(self, X: Any, reset: bool) -> tuple[np.ndarray, tuple[int, ...]]:
        shape = np.asarray(X).shape[:-1]
        if len(shape) > 1:
            X = check_array(X, dtype=_FLOATS, allow_nd=True, estimator=self)
            X = X.reshape(-1, X.shape[-1])
        rows = validate_data(self, X, dtype=_FLOATS, reset=reset)
        return rows.astype(np.float32, copy=False), shape

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = []  # codes are integers
        return tags


def checked_codes(X: npt.ArrayLike, n_levels: int, n_codes: int) -> np.ndarray:
    """Return codes as an array of integers; refuse others than there are.

    Parameters
    ----------
    X : array-like of shape (..., at most n_levels)
        Codes.
    n_levels, n_codes : int
        Size of the codebooks.

    Returns
    -------
    codes : ndarray of int
    """
    codes = np.asarray(X)
    if codes.dtype.kind not in "iu":
        raise ValueError(f"Codes must be integers. Got dtype {codes.dtype}.")
    if codes.ndim < 1 or not 1 <= codes.shape[-1] <= n_levels:
        raise ValueError(
            f"Codes must have the shape (..., n_levels) with at most {n_levels} levels. "
            f"Got {codes.shape}."
        )
    if codes.size and (codes.min() < 0 or codes.max() >= n_codes):
        wrong = codes.min() if codes.min() < 0 else codes.max()
        raise ValueError(f"Codes must be in the range [0, {n_codes}). Got {wrong}.")
    return codes


def _is_list_of_arrays(X: Any) -> bool:
    """Tell whether X is a list of arrays of vectors or codes, whose lengths may differ."""
    return isinstance(X, list | tuple) and any(np.ndim(item) > 1 for item in X[:1])
