"""Clips brought to one peak."""

import numbers

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import validate_data

from audiogen.utils.validation import Interval, check_parameters

__all__ = ["PeakNormalizer"]


class PeakNormalizer(TransformerMixin, BaseEstimator):
    """Scale each clip to the same peak; silence stays silence.

    Parameters
    ----------
    peak : float, default=1.0
        The largest absolute sample of every clip, in (0, 1]; full scale is 1.

    Attributes
    ----------
    n_features_in_ : int
        ``X.shape[1]`` in `fit`.

    Examples
    --------
    >>> from audiogen.preprocessing import PeakNormalizer
    >>> PeakNormalizer().fit_transform([[0.0, 0.25, -0.5], [0.0, 0.0, 0.0]])
    array([[ 0. ,  0.5, -1. ],
           [ 0. ,  0. ,  0. ]], dtype=float32)
    """

    def __init__(self, peak=1.0):
        self.peak = peak

    def fit(self, X, y=None):
        """Check the parameters; nothing is learnt.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps)
            Audio.
        y : None
            Ignored.

        Returns
        -------
        self : PeakNormalizer
        """
        self._validated(X, reset=True)
        return self

    def transform(self, X):
        """Return the clips at the same peak.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps)
            Audio.

        Returns
        -------
        X : ndarray of shape (n_samples, n_timesteps)
            A new array of the same dtype.
        """
        X = self._validated(X, reset=False)
        peaks = np.maximum(X.max(axis=1), -X.min(axis=1))[:, np.newaxis]
        # Below the smallest normal number the quotient is too coarse to mean anything.
        scaled = X / np.where(peaks < np.finfo(X.dtype).tiny, 1, peaks)
        scaled *= self.peak
        return scaled

    def inverse_transform(self, X):
        """Turn down to full scale what exceeds it; the old peaks are not kept.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps)
            Audio, as generators may make it.

        Returns
        -------
        X : ndarray of shape (n_samples, n_timesteps)
            A new array, within [-1, 1]; clips that were so already are the same.
        """
        X = np.asarray(X)
        return X / np.maximum(np.abs(X).max(axis=1, keepdims=True), 1).astype(X.dtype)

    def _validated(self, X, reset):
        check_parameters(self, {"peak": Interval(numbers.Real, 0, 1, closed="right")})
        return validate_data(self, X, dtype=(np.float32, np.float64), reset=reset)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags
