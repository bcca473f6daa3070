"""Clips brought to one length."""

import numbers
from typing import ClassVar

import numpy as np
from sklearn.base import ClassNamePrefixFeaturesOutMixin

from audiogen.preprocessing._base import ClipTransformer
from audiogen.utils.validation import Interval

__all__ = ["FixedLength"]


class FixedLength(ClassNamePrefixFeaturesOutMixin, ClipTransformer):
    """Cut clips, or pad them with zeros at their end, to a length.

    ``inverse_transform`` returns clips as they are: what was cut is gone, and in generated clips
    there may be sound where there was padding.

    Parameters
    ----------
    n_timesteps : int, default=64000
        Number of samples in a clip: the default is 4 s at 16 kHz, as in NSynth.

    Attributes
    ----------
    n_features_in_ : int
        Number of time steps in a clip seen in `fit`.

    Examples
    --------
    >>> from audiogen.preprocessing import FixedLength
    >>> FixedLength(n_timesteps=4).fit_transform([[0.5, 0.25]])
    array([[0.5 , 0.25, 0.  , 0.  ]], dtype=float32)
    """

    _constraints: ClassVar[dict] = {"n_timesteps": Interval(numbers.Integral, 1, None)}
    _learns = False

    def __init__(self, n_timesteps: int = 64000) -> None:
        self.n_timesteps = n_timesteps

    def _transform(self, X: np.ndarray) -> np.ndarray:
        if X.shape[1] >= self.n_timesteps:
            return X[:, : self.n_timesteps]
        padded = np.zeros((len(X), self.n_timesteps), dtype=X.dtype)
        padded[:, : X.shape[1]] = X
        return padded

    @property
    def _n_features_out(self) -> int:
        """Number of columns, from which scikit-learn makes their names."""
        return self.n_timesteps
