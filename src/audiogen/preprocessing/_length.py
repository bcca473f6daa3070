"""Clips brought to one length."""

import numbers

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import validate_data

from audiogen.utils.validation import Interval, check_parameters

__all__ = ["FixedLength"]


class FixedLength(TransformerMixin, BaseEstimator):
    """Cut clips, or pad them with zeros at their end, to a length.

    Parameters
    ----------
    n_timesteps : int, default=64000
        Samples in a clip: the default is 4 s at 16 kHz, as NSynth has it.

    Attributes
    ----------
    n_features_in_ : int
        ``X.shape[1]`` in `fit`.

    Examples
    --------
    >>> from audiogen.preprocessing import FixedLength
    >>> FixedLength(n_timesteps=4).fit_transform([[0.5, 0.25]])
    array([[0.5 , 0.25, 0.  , 0.  ]], dtype=float32)
    """

    def __init__(self, n_timesteps=64000):
        self.n_timesteps = n_timesteps

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
        self : FixedLength
        """
        self._validated(X, reset=True)
        return self

    def transform(self, X):
        """Return the clips at that length.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps)
            Audio, of the length that `fit` saw.

        Returns
        -------
        X : ndarray of shape (n_samples, n_timesteps)
            Of the same dtype; a view of X where nothing had to be padded.
        """
        X = self._validated(X, reset=False)
        if X.shape[1] >= self.n_timesteps:
            return X[:, : self.n_timesteps]
        padded = np.zeros((len(X), self.n_timesteps), dtype=X.dtype)
        padded[:, : X.shape[1]] = X
        return padded

    def inverse_transform(self, X):
        """Return X as it is: what was cut is gone, and padding may be sound by now.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps)
            Audio.

        Returns
        -------
        X : the same
        """
        return X

    def _validated(self, X, reset):
        check_parameters(self, {"n_timesteps": Interval(numbers.Integral, 1, None)})
        return validate_data(self, X, dtype=(np.float32, np.float64), reset=reset)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags
