"""The principal axes of rows, and rows along them, computed a block at a time."""

from typing import Any

import numpy as np
from scipy import linalg

from audiogen.utils.blocks import blocks_of, row_blocks

__all__ = ["principal_axes", "project"]

_SMALLEST = 1e-9  # of the largest variance: axes of float32 data below it are noise


def principal_axes(X: Any, rows: np.ndarray, n_axes: int) -> tuple[np.ndarray, np.ndarray, float]:
    """Find the orthonormal axes along which rows vary most.

    This is an exact principal component analysis that holds no more than a block of X,
    the axes, and a square matrix of the smaller side of the data: where there are
    fewer rows than columns, by the method of snapshots [1]_.

    Parameters
    ----------
    X : ndarray of shape (n, n_features)
        The data; may be a memory map.
    rows : ndarray of int
        The rows that count.
    n_axes : int
        How many axes at most; there are no more than directions in which the rows vary.

    Returns
    -------
    axes : ndarray of shape (at most n_axes, n_features), float32
        Those of the largest variance first. Where all rows are alike, one of zeros.
    centre : ndarray of shape (n_features,), float64
        The mean row.
    power : float
        The variance along all these axes together.

    References
    ----------
    .. [1] L. Sirovich, "Turbulence and the dynamics of coherent structures", Quarterly of
       Applied Mathematics 45, 1987.
    """
    by = _by_snapshots if len(rows) <= X.shape[1] else _by_covariance
    axes, centre, variances = by(X, rows, n_axes)
    if not len(axes):
        axes = np.zeros((1, X.shape[1]), dtype=np.float32)
    return axes, centre, float(variances.sum())


def project(
    X: Any, rows: np.ndarray, axes: np.ndarray, centre: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return rows along orthonormal axes, and the length of what the axes leave out.

    Parameters
    ----------
    X : ndarray of shape (n, n_features)
        The data; may be a memory map.
    rows : ndarray of int
        The rows that count.
    axes : ndarray of shape (n_axes, n_features), float32
        The axes.
    centre : ndarray of shape (n_features,)
        Where the axes begin.

    Returns
    -------
    components : ndarray of shape (n_rows, n_axes), float32
    rest : ndarray of shape (n_rows,), float32
    """
    components = np.zeros((len(rows), len(axes)), dtype=np.float32)
    squares = np.zeros(len(rows))
    for columns in row_blocks(X.shape[1], len(rows)):  # by columns, so that axes are read once
        block = (X[rows, columns] - centre[columns]).astype(np.float32)
        components += block @ axes[:, columns].T
        squares += np.einsum("ij,ij->i", block, block)
    rest = np.maximum(squares - np.square(components, dtype=np.float64).sum(axis=1), 0)
    return components, np.sqrt(rest).astype(np.float32)


def _by_snapshots(X: Any, rows: np.ndarray, n_axes: int) -> tuple[np.ndarray, ...]:
    n, n_features = len(rows), X.shape[1]
    centre, products = np.empty(n_features), np.zeros((n, n))
    for columns in row_blocks(n_features, n):
        block = X[rows, columns].astype(np.float64)
        centre[columns] = block.mean(axis=0)
        block -= centre[columns]
        products += block @ block.T
    variances, vectors = _largest(products / n, n_axes)
    vectors /= np.sqrt(n * variances)
    axes = np.empty((len(variances), n_features), dtype=np.float32)
    for columns in row_blocks(n_features, n):
        axes[:, columns] = vectors.T @ (X[rows, columns] - centre[columns])
    return axes, centre, variances


def _by_covariance(X: Any, rows: np.ndarray, n_axes: int) -> tuple[np.ndarray, ...]:
    n, n_features = len(rows), X.shape[1]
    first = np.asarray(X[rows[0]], dtype=np.float64)  # near the mean: no digits are lost
    total, products = np.zeros(n_features), np.zeros((n_features, n_features))
    for numbers in blocks_of(rows, X):
        block = X[numbers] - first
        total += block.sum(axis=0)
        products += block.T @ block
    shift = total / n
    variances, vectors = _largest(products / n - np.outer(shift, shift), n_axes)
    return vectors.T.astype(np.float32), first + shift, variances


def _largest(products: np.ndarray, n_axes: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the largest eigenvalues, from the first down, and their eigenvectors."""
    size = len(products)
    most = [size - min(n_axes, size), size - 1]
    values, vectors = linalg.eigh(products, subset_by_index=most, overwrite_a=True)
    values, vectors = values[::-1], vectors[:, ::-1]
    kept = values > _SMALLEST * max(values[0], 0)
    return values[kept], vectors[:, kept]
