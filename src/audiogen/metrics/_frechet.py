"""The Fréchet distance between two sets of embeddings."""

from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.linalg
from scipy.linalg.lapack import dpstrf

from audiogen.metrics._features import check_embeddings, pooled
from audiogen.metrics._halves import FEWEST, halves
from audiogen.metrics._statistics import FrechetStatistics
from audiogen.utils.seeds import Stream, draw_seed, make_rng
from audiogen.utils.validation import Instance, check_parameters, warn_user

__all__ = ["check_set", "distance_of", "frechet_distance", "shape_of", "statistics_of"]

_ROWS_PER_DIMENSION = 8
_SURE = 1e-7  # of the largest eigenvalue: the roots of smaller ones have lost digits
_N_SPLITS = 8


def frechet_distance(
    A: npt.ArrayLike | FrechetStatistics,
    B: npt.ArrayLike | FrechetStatistics,
    *,
    corrected: bool = False,
    random_state: Any = 0,
) -> float:
    r"""Compute the Fréchet distance between Gaussians fitted to two sets.

    .. math:: |\mu_A - \mu_B|^2 + \mathrm{tr}(C_A + C_B - 2 (C_A C_B)^{1/2})

    with the means and the (unbiased) covariances of the sets.

    Parameters
    ----------
    A, B : FrechetStatistics or array-like of shape (n_samples, n_features), (n_samples,) or \
            (n_samples, n_frames, n_features)
        Two sets of embeddings, of at least two rows each, or their statistics. One dimension
        means one feature; of three, every frame of every clip counts as a row.
    corrected : bool, default=False
        Whether the bias of small sets is taken off, from the distances of halves of the sets;
        see the notes. It needs the sets themselves, of at least four clips.
    random_state : int, RandomState or None, default=0
        Seed of the halves; only `corrected` uses it.

    Returns
    -------
    distance : float
        In the square of the features' unit. At least 0, but a corrected distance of sets that
        are alike may be a little below.

    Raises
    ------
    ValueError
        Where the sets have different features, fewer than two rows or values that are
        not finite, or statistics are to be corrected.

    Warns
    -----
    UserWarning
        Where a set has fewer than 8 rows for each feature: the distance is biased
        upward, so that only sets of one size can be compared, or corrected ones.

    Notes
    -----
    No matrix square root is computed. The trace of :math:`(C_A C_B)^{1/2}` is the sum of the
    square roots of the eigenvalues of :math:`C_A C_B`. Where covariances are singular, or nearly
    so, it is that of the singular values of :math:`R_A R_B^T`, with factors :math:`C = R^T R`,
    which stays real and accurate.

    The bias of the distance is nearly proportional to one over the number of clips, so that of
    halves of both sets, drawn without replacement, is twice as large. A corrected distance is
    twice that of the sets less the mean of 16 such distances. Frames of one clip stay together,
    for they are alike. This holds for sets that were drawn independently: sets that share clips
    are nearer than their halves are, and get a distance far below 0.

    References
    ----------
    D. C. Dowson and B. V. Landau, "The Fréchet distance between multivariate normal
    distributions", Journal of Multivariate Analysis 12(3), 1982.

    M. J. Chong and D. Forsyth, "Effectively unbiased FID and Inception Score and where to find
    them", CVPR 2020, on the bias.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.metrics import frechet_distance
    >>> A = np.arange(20.0)
    >>> round(frechet_distance(A, A + 3), 6)
    9.0
    """
    rules = {"corrected": Instance(bool | np.bool_, "a bool")}
    check_parameters("frechet_distance", rules, {"corrected": corrected})
    A, B = check_set(A, "A"), check_set(B, "B")
    (n_a, n_features), (n_b, n_others) = map(shape_of, (A, B))
    if n_features != n_others:
        raise ValueError(
            f"A and B must have the same features. Got {n_features} and {n_others} of them."
        )
    if min(n_a, n_b) < _ROWS_PER_DIMENSION * n_features and not corrected:
        warn_user(
            f"{min(n_a, n_b)} rows are few for {n_features} features: the Fréchet distance is "
            f"biased upward below {_ROWS_PER_DIMENSION * n_features} rows."
        )
    distance = distance_of(A, B)
    return 2 * distance - _mean_of_halves(A, B, random_state) if corrected else distance


def check_set(X: npt.ArrayLike | FrechetStatistics, name: str) -> np.ndarray | FrechetStatistics:
    """Return embeddings as an array of two rows at least, statistics as they are."""
    X = X if isinstance(X, FrechetStatistics) else check_embeddings(X, name, 1)
    if shape_of(X)[0] < 2:
        raise ValueError(f"{name} must have at least 2 rows. Got 1.")
    return X


def distance_of(A: np.ndarray | FrechetStatistics, B: np.ndarray | FrechetStatistics) -> float:
    """Return the distance between sets that were checked."""
    if all(n_rows > n_features for n_rows, n_features in map(shape_of, (A, B))):
        of_a, of_b = map(statistics_of, (A, B))
        mean_a, mean_b = of_a.mean, of_b.mean
        spread = np.trace(of_a.covariance) + np.trace(of_b.covariance)
        spread -= 2 * _overlap(of_a.covariance, of_b.covariance)
    else:
        (mean_a, factor_a), (mean_b, factor_b) = map(_mean_and_factor, (A, B))
        spread = np.vdot(factor_a, factor_a) + np.vdot(factor_b, factor_b)
        spread -= 2 * scipy.linalg.svdvals(factor_a @ factor_b.T).sum()
    return float(np.sum((mean_a - mean_b) ** 2) + max(spread, 0.0))


def _mean_of_halves(A: Any, B: Any, random_state: Any) -> float:
    """Return the mean distance of halves of the sets."""
    for name, X in (("A", A), ("B", B)):
        if isinstance(X, FrechetStatistics):
            raise ValueError(
                f"{name} must be the embeddings themselves for corrected=True, as halves of them "
                "are drawn. Got statistics."
            )
        if len(X) < FEWEST:
            raise ValueError(
                f"{name} must have at least {FEWEST} clips for corrected=True. Got {len(X)}."
            )
    rng = make_rng(draw_seed(random_state), Stream.METRIC)
    pairs = halves((len(A), len(B)), _N_SPLITS, rng)
    return float(np.mean([distance_of(A[rows], B[others]) for rows, others in pairs]))


def shape_of(X: np.ndarray | FrechetStatistics) -> tuple[int, int]:
    """Return the number of rows and of features."""
    if isinstance(X, FrechetStatistics):
        return X.n, len(X.mean)
    return pooled(X).shape


def statistics_of(X: np.ndarray | FrechetStatistics) -> FrechetStatistics:
    """Return the statistics of a set."""
    return X if isinstance(X, FrechetStatistics) else FrechetStatistics.from_data(X)


def _mean_and_factor(X: np.ndarray | FrechetStatistics) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean and a factor R with ``R.T @ R`` the covariance, in float64."""
    n_rows, n_features = shape_of(X)
    if isinstance(X, np.ndarray) and n_rows <= n_features:
        rows = pooled(X)
        mean = rows.mean(axis=0, dtype=np.float64)
        return mean, (rows - mean) / np.sqrt(n_rows - 1)
    statistics = statistics_of(X)
    return statistics.mean, _factor(statistics.covariance)


def _overlap(covariance_a: np.ndarray, covariance_b: np.ndarray) -> float:
    """Return the trace of the square root of the product of covariances."""
    try:
        how = {"type": 2, "driver": "gv", "eigvals_only": True, "check_finite": False}
        values = scipy.linalg.eigh(covariance_a, covariance_b, **how)
    except scipy.linalg.LinAlgError:
        values = np.zeros(1)
    if values[0] > _SURE * values[-1]:
        return float(np.sqrt(values).sum())
    return float(scipy.linalg.svdvals(_factor(covariance_a) @ _factor(covariance_b).T).sum())


def _factor(covariance: np.ndarray) -> np.ndarray:
    """Return R with ``R.T @ R`` equal to a covariance, singular ones too."""
    try:
        return scipy.linalg.cholesky(covariance, check_finite=False)
    except scipy.linalg.LinAlgError:
        pivoted, order, rank, _ = dpstrf(covariance)
        factor = np.zeros_like(covariance)
        factor[:rank, order - 1] = np.triu(pivoted)[:rank]
        return factor
