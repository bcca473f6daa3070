"""The Fréchet distance of embeddings."""

import functools

import numpy as np
import scipy.linalg

from audiogen.metrics import frechet_distance
from benchmarks._row import Row


def embeddings(n_features):
    """Return two sets of 8 rows a feature whose features are correlated."""
    rng = np.random.default_rng(0)
    A, B = rng.standard_normal((2, 8 * n_features, n_features), dtype=np.float32)
    mixing = rng.standard_normal((n_features, n_features), dtype=np.float32)
    return A @ mixing, B


def by_torch_fidelity(sets):
    import torch
    from torch_fidelity.metric_fid import fid_features_to_statistics, fid_statistics_to_metric

    statistics = [fid_features_to_statistics(torch.from_numpy(rows)) for rows in sets]
    return fid_statistics_to_metric(*statistics, verbose=False)


def by_eigenvalues(sets):
    """Do it by a Cholesky factor, with no care for singular covariances."""
    A, B = sets
    cov_a, cov_b = np.cov(A, rowvar=False), np.cov(B, rowvar=False)
    root = scipy.linalg.cholesky(cov_a, check_finite=False)
    values = scipy.linalg.eigvalsh(root @ cov_b @ root.T, check_finite=False)
    shift = A.mean(axis=0) - B.mean(axis=0)
    return shift @ shift + np.trace(cov_a) + np.trace(cov_b) - 2 * np.sqrt(values).sum()


def difference(sets):
    """Compare with the definition: a matrix's square root."""
    A, B = sets
    cov_a, cov_b = np.cov(A, rowvar=False), np.cov(B, rowvar=False)
    root = scipy.linalg.sqrtm(cov_a @ cov_b).real
    shift = A.mean(axis=0) - B.mean(axis=0)
    exact = shift @ shift + np.trace(cov_a) + np.trace(cov_b) - 2 * np.trace(root)
    return f"relative difference {abs(frechet_distance(*sets) - exact) / exact:.0e}"


ROWS = [
    Row(
        f"Fréchet distance, d = {n_features}",
        functools.partial(embeddings, n_features),
        lambda sets: frechet_distance(*sets),
        {"torch-fidelity": by_torch_fidelity, "Cholesky and eigvalsh": by_eigenvalues},
        aim=">= 0.9",
        remark=difference,
    )
    for n_features in (13, 128, 512, 2048)
]
