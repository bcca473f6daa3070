"""Clips brought to one peak."""

import numbers
from typing import ClassVar

import numpy as np
import numpy.typing as npt
from sklearn.base import OneToOneFeatureMixin

from audiogen.preprocessing._base import ClipTransformer
from audiogen.signal import limit_peak, scale_to_peak
from audiogen.utils.validation import Interval

__all__ = ["PeakNormalizer"]


class PeakNormalizer(OneToOneFeatureMixin, ClipTransformer):
    """Scale each clip to the same peak; silence stays silence.

    The old peaks are not kept: ``inverse_transform`` turns down to full scale those generated
    clips that exceed it, and returns all others as they are.

    Parameters
    ----------
    peak : float, default=1.0
        Largest absolute sample of every clip, in (0, 1]; full scale is 1.

    Attributes
    ----------
    n_features_in_ : int
        Number of time steps in a clip seen in `fit`.

    Examples
    --------
    >>> from audiogen.preprocessing import PeakNormalizer
    >>> PeakNormalizer().fit_transform([[0.0, 0.25, -0.5], [0.0, 0.0, 0.0]])
    array([[ 0. ,  0.5, -1. ],
           [ 0. ,  0. ,  0. ]], dtype=float32)
    """

    _constraints: ClassVar[dict] = {"peak": Interval(numbers.Real, 0, 1, closed="right")}
    _learns = False

    def __init__(self, peak: float = 1.0) -> None:
        self.peak = peak

    def _transform(self, X: np.ndarray) -> np.ndarray:
        return scale_to_peak(X, self.peak)

    def _inverse(self, X: npt.ArrayLike) -> np.ndarray:
        return limit_peak(X)
