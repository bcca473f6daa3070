"""The mean and the covariance of a set, which the Fréchet distance needs of it."""

import functools
import math
import os
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from audiogen.metrics._features import check_embeddings, pooled
from audiogen.utils.blocks import row_blocks
from audiogen.utils.files import atomic_path
from audiogen.utils.large import slabs

__all__ = ["FrechetStatistics"]

_NAMES = ("mean", "covariance", "n")
# What NumPy raises for files of another kind, and for arrays in place of archives.
_NOT_OURS = (ValueError, TypeError, KeyError, EOFError, AttributeError, zipfile.BadZipFile)


@dataclass(frozen=True, eq=False)
class FrechetStatistics:
    """Mean and covariance of a set of embeddings, in place of the set.

    `frechet_distance` takes them for a set. So a large reference set is embedded once, or
    a few clips at a time, and only its statistics are kept.

    Parameters
    ----------
    mean : array-like of shape (n_features,)
        Mean of the rows.
    covariance : array-like of shape (n_features, n_features)
        Unbiased covariance of the rows, which is 0 for a single row.
    n : int
        Number of rows.

    Raises
    ------
    ValueError
        Where the shapes do not go together, the covariance is not symmetric, values are not
        finite or `n` is below 1.

    See Also
    --------
    frechet_distance : The distance between two sets, or their statistics.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.metrics import FrechetStatistics, frechet_distance
    >>> X = np.arange(20.0)
    >>> first, second = FrechetStatistics.from_data(X[:8]), FrechetStatistics.from_data(X[8:])
    >>> whole = first + second
    >>> whole.n, whole.mean
    (20, array([9.5]))
    >>> round(frechet_distance(whole, X + 3), 6)
    9.0
    """

    mean: np.ndarray
    covariance: np.ndarray
    n: int

    def __post_init__(self) -> None:
        mean = np.array(self.mean, dtype=np.float64)
        covariance = np.array(self.covariance, dtype=np.float64)
        if mean.ndim != 1 or not len(mean) or covariance.shape != (len(mean), len(mean)):
            raise ValueError(
                "mean must have the shape (n_features,) and covariance (n_features, n_features). "
                f"Got {mean.shape} and {covariance.shape}."
            )
        if not (np.isfinite(mean).all() and np.isfinite(covariance).all()):
            raise ValueError("mean or covariance holds NaN or infinite values.")
        if not np.allclose(covariance, covariance.T):
            raise ValueError("covariance must be symmetric.")
        if not 1 <= self.n < math.inf or int(self.n) != self.n:
            raise ValueError(f"n must be a number of rows, at least 1. Got {self.n}.")
        for name, value in (("mean", mean), ("covariance", covariance)):
            value.setflags(write=False)
            object.__setattr__(self, name, value)
        object.__setattr__(self, "n", int(self.n))

    @classmethod
    def from_data(cls, X: npt.ArrayLike) -> "FrechetStatistics":
        """Compute the statistics of embeddings.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features), (n_samples,) or \
                (n_samples, n_frames, n_features)
            Embeddings of clips, or of their frames, each of which counts as a row.

        Returns
        -------
        statistics : FrechetStatistics
        """
        rows = pooled(check_embeddings(X, "X", 1))
        n_rows, n_features = rows.shape
        mean, scatter = np.zeros(n_features), np.zeros((n_features, n_features))
        for few in slabs(rows):
            mean += rows[few].mean(axis=0, dtype=np.float64) * (len(rows[few]) / n_rows)
        for few in slabs(rows):
            for block in row_blocks(len(rows[few]), n_features):
                centred = rows[few][block].astype(np.float64)
                centred -= mean
                scatter += centred.T @ centred
        return cls(mean, scatter / max(1, n_rows - 1), n_rows)

    @classmethod
    def from_blocks(cls, blocks: Iterable[npt.ArrayLike]) -> "FrechetStatistics":
        """Compute the statistics of embeddings that come in blocks.

        Parameters
        ----------
        blocks : iterable of array-like
            Embeddings as `from_data` takes them, of one width; a generator is read once.

        Returns
        -------
        statistics : FrechetStatistics
            Those of all blocks together.

        Raises
        ------
        ValueError
            Where there is no block, or blocks are of different widths.
        """
        parts = (cls.from_data(block) for block in blocks)
        first = next(parts, None)
        if first is None:
            raise ValueError("blocks holds no block of embeddings.")
        return functools.reduce(cls.__add__, parts, first)

    def __add__(self, other: "FrechetStatistics") -> "FrechetStatistics":
        if not isinstance(other, FrechetStatistics):
            return NotImplemented
        if len(self.mean) != len(other.mean):
            raise ValueError(
                "Statistics of different embeddings cannot be added: they have "
                f"{len(self.mean)} and {len(other.mean)} features."
            )
        n, apart = self.n + other.n, other.mean - self.mean
        scatter = (self.n - 1) * self.covariance + (other.n - 1) * other.covariance
        scatter += np.outer(apart, apart) * (self.n * other.n / n)
        return FrechetStatistics(self.mean + apart * (other.n / n), scatter / (n - 1), n)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the statistics as an .npz file of NumPy, without pickled objects.

        Parameters
        ----------
        path : str or path-like
            Path of the file, which is replaced where it exists.
        """
        with atomic_path(path) as temporary, open(temporary, "wb") as file:
            np.savez(file, mean=self.mean, covariance=self.covariance, n=self.n)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> "FrechetStatistics":
        """Read statistics that `save` wrote.

        Parameters
        ----------
        path : str or path-like
            Path of the file.

        Returns
        -------
        statistics : FrechetStatistics

        Raises
        ------
        FileNotFoundError
            Where there is no such file.
        ValueError
            Where the file holds something else; pickled objects are refused.
        """
        try:
            with np.load(path, allow_pickle=False) as arrays:
                values = {name: arrays[name] for name in _NAMES}
            return cls(values["mean"], values["covariance"], values["n"].item())
        except _NOT_OURS as e:
            raise ValueError(
                f"{path} holds no statistics that FrechetStatistics.save wrote: {e}"
            ) from e
