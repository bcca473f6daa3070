"""Scaling between data and what a model sees, learnt from the data."""

from collections.abc import Callable
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from audiogen.utils.blocks import blocks_of

__all__ = ["Scaling", "refuse_not_finite"]


class Scaling:
    """Leave data within [-1, 1] as they are; centre and scale any other.

    Each feature is centred on its own mean, and all are divided by one standard
    deviation, so that features keep their sizes relative to each other (after a PCA,
    a squared error then is one of the data before it).

    Attributes
    ----------
    bounded_ : bool
        Whether the data lie within [-1, 1].
    mean_ : ndarray of the shape of one sample, or float
        What is subtracted from data.
    scale_ : float
        What they are divided by then.
    """

    bounded_: bool
    mean_: Any
    scale_: Any

    def check(self, X: Any, rows: np.ndarray) -> None:
        """Refuse rows with NaN or infinite values.

        Parameters
        ----------
        X : array of shape (n_samples, ...)
            The data; may be a memory map.
        rows : ndarray of int
            The rows that count.

        Raises
        ------
        ValueError
            Naming the first such row.
        """
        for block in blocks_of(rows, X):
            refuse_not_finite(X[block], block)

    def fit(self, X: Any, rows: np.ndarray) -> Self:
        """Read the rows, block by block.

        Parameters
        ----------
        X : array of shape (n_samples, ...)
            The data; may be a memory map.
        rows : ndarray of int
            The rows that count, all finite.

        Returns
        -------
        self : Scaling
        """
        low, high = np.inf, -np.inf
        for block in blocks_of(rows, X):
            values = X[block]
            low, high = min(low, values.min()), max(high, values.max())
        self.bounded_ = bool(low >= -1 and high <= 1)
        self.mean_, self.scale_ = np.float32(0), np.float32(1)
        if not self.bounded_:
            mean, variance = _moments(X, rows)
            self.mean_ = mean.astype(np.float32)
            self.scale_ = np.float32(np.sqrt(variance.mean())) or np.float32(1)
        return self

    def content(self, X: Any, rows: np.ndarray) -> tuple[Any, np.ndarray]:
        """Return what the rows consist of.

        Parameters
        ----------
        X : array of shape (n_samples, ...)
            The data.
        rows : ndarray of int
            The rows that count.

        Returns
        -------
        content : array of shape (n, ...)
            What is scaled.
        rows : ndarray of int
            The numbers of its rows that count.
        """
        return X, rows

    def reader(self, X: Any, rows: np.ndarray) -> Callable[..., np.ndarray]:
        """Return a function from rows to data as the network sees them.

        Parameters
        ----------
        X : array of shape (n_samples, ...)
            The data; may be a memory map.
        rows : ndarray of int
            All rows that will be asked for.

        Returns
        -------
        read : callable
            From row numbers to an array of shape (n, ...), float32.
        """
        return lambda rows: self.forward(X[rows])

    def forward(self, block: npt.ArrayLike) -> np.ndarray:
        """Return data as the network sees them.

        Parameters
        ----------
        block : array-like of shape (n, ...)
            Data.

        Returns
        -------
        block : ndarray of shape (n, ...), float32
        """
        block = np.asarray(block, dtype=np.float32)
        return block if self.bounded_ else (block - self.mean_) / self.scale_

    def inverse(self, block: npt.ArrayLike) -> np.ndarray:
        """Return the network's output as data.

        Parameters
        ----------
        block : array-like of shape (n, ...)
            The output.

        Returns
        -------
        block : ndarray of shape (n, ...), float32
        """
        block = np.asarray(block, dtype=np.float32)
        return block if self.bounded_ else block * self.scale_ + self.mean_


def refuse_not_finite(values: npt.ArrayLike, rows: np.ndarray) -> None:
    """Raise a ValueError that names the first row not of finite float32 numbers.

    Parameters
    ----------
    values : ndarray of shape (n_rows, ...)
        The data of those rows.
    rows : ndarray of int
        Their numbers.
    """
    with np.errstate(over="ignore"):  # what float32 cannot hold becomes infinite
        values = np.asarray(values, dtype=np.float32)
    good = np.isfinite(values).reshape(len(values), -1).all(axis=1)
    if not good.all():
        raise ValueError(
            "Input X contains NaN, infinity (inf) or a number too large for float32, first in "
            f"row {rows[np.argmin(good)]}. "
            "Remove such rows, or load with errors='warn', which leaves bad files out."
        )


def _moments(X: Any, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and variance of each feature, summed up in float64."""
    mean, squares, seen = np.zeros(X.shape[1:]), np.zeros(X.shape[1:]), 0
    for block in blocks_of(rows, X):
        values = np.asarray(X[block], dtype=np.float64)
        centre = values.mean(axis=0)
        squares += ((values - centre) ** 2).sum(axis=0)
        squares += (centre - mean) ** 2 * seen * len(block) / (seen + len(block))
        mean += (centre - mean) * len(block) / (seen + len(block))
        seen += len(block)
    return mean, squares / seen
