"""Principal components of the features of notes, more of these than notes."""

import functools

import numpy as np
import scipy.linalg
from sklearn.decomposition import PCA

from audiogen.preprocessing import PrincipalComponents
from benchmarks._row import Row

N_COMPONENTS, N_FEATURES, N_DIRECTIONS = 64, 31500, 200


def features(n_notes):
    rng = np.random.default_rng(0)
    shares = rng.standard_normal((n_notes, N_DIRECTIONS), np.float32)
    return shares @ rng.standard_normal((N_DIRECTIONS, N_FEATURES), np.float32)


def ours(X):
    return PrincipalComponents(N_COMPONENTS, random_state=0).fit(X)


def scikit_learn(X):
    return PCA(N_COMPONENTS, random_state=0).fit(X)


def all_axes(X):
    return PCA(N_COMPONENTS, svd_solver="full").fit(X)


def by_torch(X):
    import torch

    return torch.pca_lowrank(torch.from_numpy(X), q=N_COMPONENTS)


def eigenvectors(X):
    """Return axes by the shortest way, orthonormal or not."""
    centred = X - X.mean(axis=0)
    kept = [len(X) - N_COMPONENTS, len(X) - 1]
    vectors = scipy.linalg.eigh(centred @ centred.T, subset_by_index=kept)[1]
    axes = vectors[:, ::-1].T @ centred
    return axes / np.linalg.norm(axes, axis=1, keepdims=True)


def left_out(X):
    """Tell by how much more variance is left out than need be."""
    centred = (X - X.mean(axis=0)).astype(np.float64)
    least = np.sort(scipy.linalg.eigvalsh(centred @ centred.T))[:-N_COMPONENTS].sum()
    shares = []
    for way in (ours, scikit_learn):
        axes = way(X).components_.astype(np.float64)
        rest = centred - centred @ axes.T @ axes
        shares.append(f"{np.vdot(rest, rest) / least - 1:.0e}")
    return f"variance left out above the least: {shares[0]}, scikit-learn's {shares[1]}"


ROWS = [
    Row(
        f"PCA of {n_notes} x {N_FEATURES}",
        functools.partial(features, n_notes),
        ours,
        {
            "scikit-learn's PCA": scikit_learn,
            "scikit-learn's, all axes": all_axes,
            "torch.pca_lowrank": by_torch,
        },
        aim=">= 2",
        remark=left_out,
        limits={"eigenvectors alone": eigenvectors},
    )
    for n_notes in (148, 750)
]
