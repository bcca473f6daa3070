"""Residual vector quantisation: vectors as sums of centroids, one of each codebook."""

import numpy as np
from sklearn.cluster import kmeans_plusplus

from audiogen.utils.blocks import row_blocks

__all__ = ["decode_residual", "encode_residual", "fit_codebooks"]

_N_ITER = 25  # of k-means at each level; the error changes by a thousandth thereafter
_N_SEEDED = 4096  # rows that k-means++ chooses the first centroids from
_N_PATHS = 8  # sums of centroids that a search goes on from at each level


def fit_codebooks(X: np.ndarray, n_levels: int, n_codes: int, seed: int) -> np.ndarray:
    """Learn codebooks by k-means, each on what those before it left of the rows.

    Parameters
    ----------
    X : ndarray of shape (n_rows, n_features), float32
        The rows.
    n_levels : int
        Number of codebooks.
    n_codes : int
        Number of centroids in each, at most n_rows.
    seed : int
        Seed of the first centroids and of those put in the place of unused ones.

    Returns
    -------
    codebooks : ndarray of shape (n_levels, n_codes, n_features), float32
    """
    residual = X.copy()
    rng = np.random.default_rng(seed)
    codebooks = np.empty((n_levels, n_codes, X.shape[1]), np.float32)
    for codebook in codebooks:
        codebook[:], codes = _k_means(residual, n_codes, rng)
        residual -= codebook[codes]
    return codebooks


def encode_residual(X: np.ndarray, codebooks: np.ndarray) -> np.ndarray:
    """Return the codes whose sum of centroids is nearest to each row, of those searched.

    Parameters
    ----------
    X : ndarray of shape (n_rows, n_features), float32
        The rows.
    codebooks : ndarray of shape (n_levels, n_codes, n_features), float32
        Centroids of each level.

    Returns
    -------
    codes : ndarray of shape (n_rows, n_levels), int32
        Codes of the best of eight sums that are gone on with from level to level.
    """
    codes = np.empty((len(X), len(codebooks)), np.int32)
    for rows in row_blocks(len(X), _N_PATHS * codebooks.shape[1]):
        codes[rows] = _search(X[rows], codebooks)
    return codes


def decode_residual(codes: np.ndarray, codebooks: np.ndarray) -> np.ndarray:
    """Return the sums of centroids that codes stand for.

    Parameters
    ----------
    codes : ndarray of int, of shape (..., n_levels)
        One code of each level; fewer levels than there are codebooks make a coarser sum.
    codebooks : ndarray of shape (n_levels, n_codes, n_features)
        Centroids of each level.

    Returns
    -------
    X : ndarray of shape (..., n_features)
    """
    total = codebooks[0][codes[..., 0]]
    for level in range(1, codes.shape[-1]):
        total = total + codebooks[level][codes[..., level]]
    return total


def _search(X: np.ndarray, codebooks: np.ndarray) -> np.ndarray:
    """Return the codes of rows by a beam search over levels."""
    n_rows, n_features = X.shape
    residual = X[:, np.newaxis]  # (n_rows, n_paths, n_features)
    paths = np.empty((n_rows, 1, 0), np.int32)
    for level, codebook in enumerate(codebooks):
        is_last = level == len(codebooks) - 1
        power = np.square(residual).sum(axis=2)[..., np.newaxis]
        products = residual.reshape(-1, n_features) @ codebook.T
        error = power - 2 * products.reshape(*residual.shape[:2], -1)
        error += np.square(codebook).sum(axis=1)
        flat = error.reshape(n_rows, -1)
        kept = _smallest(flat, 1 if is_last else min(_N_PATHS, flat.shape[1]))
        parents, codes = np.divmod(kept, len(codebook))
        paths = np.concatenate(
            [np.take_along_axis(paths, parents[..., np.newaxis], 1), codes[..., np.newaxis]],
            axis=2,
        )
        residual = np.take_along_axis(residual, parents[..., np.newaxis], 1) - codebook[codes]
    return paths[:, 0]


def _smallest(values: np.ndarray, n: int) -> np.ndarray:
    """Return the places of the n smallest values of each row, in no order."""
    if n == 1:
        return values.argmin(axis=1)[:, np.newaxis]
    return np.argpartition(values, n - 1, axis=1)[:, :n]


def _k_means(
    X: np.ndarray, n_codes: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Return centroids, none of them without a row, and the nearest one of each row.

    scikit-learn's own adds rows up in the order in which threads end, so that its last bits
    change from one call to the next.
    """
    seed = int(rng.integers(2**31))
    few = X if len(X) <= _N_SEEDED else X[rng.choice(len(X), max(_N_SEEDED, n_codes), False)]
    centroids = kmeans_plusplus(few, n_codes, random_state=seed)[0]
    for _ in range(_N_ITER):
        codes, error = _nearest(X, centroids)
        centroids, counts = _means(X, codes, n_codes)
        unused = np.flatnonzero(counts == 0)
        if len(unused):  # restarted at the rows that are worst off
            centroids[unused] = X[np.argsort(-error, kind="stable")[: len(unused)]]
    return centroids, _nearest(X, centroids)[0]


def _nearest(X: np.ndarray, centroids: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the nearest centroid of each row, and the squared distance from it."""
    codes, error = np.empty(len(X), np.int32), np.empty(len(X), np.float32)
    power = np.square(centroids).sum(axis=1)
    for rows in row_blocks(len(X), len(centroids)):
        distances = power - 2 * (X[rows] @ centroids.T)
        codes[rows] = distances.argmin(axis=1)
        error[rows] = distances.min(axis=1)
    return codes, error + np.square(X).sum(axis=1)


def _means(X: np.ndarray, codes: np.ndarray, n_codes: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean of the rows of each code, and how many there are."""
    counts = np.bincount(codes, minlength=n_codes)
    used = np.flatnonzero(counts)
    order = np.argsort(codes, kind="stable")
    starts = np.concatenate([[0], np.cumsum(counts[used])[:-1]])
    means = np.zeros((n_codes, X.shape[1]), np.float32)
    means[used] = np.add.reduceat(X[order], starts, axis=0) / counts[used, np.newaxis]
    return means, counts
