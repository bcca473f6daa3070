"""What processes see of memory maps that they are given."""

import sys

import numpy as np
from sklearn.base import BaseEstimator


def map_behind(X):
    """Return the file that an array is a map of, None for one in memory."""
    while isinstance(X, np.ndarray) and not isinstance(X, np.memmap):
        X = X.base
    return str(X.filename) if isinstance(X, np.memmap) else None


class Told(BaseEstimator):
    """An estimator whose score is 1 where the search's own X is, in its process, a map of a file.

    What it is fitted on are the rows of a fold, which scikit-learn copies.
    """

    def __init__(self, name="", mode=0):
        self.name = name
        self.mode = mode

    def fit(self, X, y=None):
        frame = sys._getframe()
        while frame.f_code.co_name != "_fit_and_score":
            frame = frame.f_back
        self.whole_ = map_behind(frame.f_locals["X"])
        return self

    def score(self, X, y=None):
        return float(self.whole_ == self.name)
