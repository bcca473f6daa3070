"""The Fréchet distance between two sets of embeddings, and of audio."""

import numbers
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import scipy.linalg
from scipy.linalg.lapack import dpstrf

from audiogen.metrics._features import check_features, mfcc_frames
from audiogen.utils.blocks import row_blocks
from audiogen.utils.large import map_rows, slabs
from audiogen.utils.validation import Interval, check_audio, check_parameters, warn_user

__all__ = ["frechet_audio_distance", "frechet_distance"]

_ROWS_PER_DIMENSION = 8
_SURE = 1e-7  # of the largest eigenvalue: the roots of smaller ones have lost digits


def frechet_distance(A: npt.ArrayLike, B: npt.ArrayLike) -> float:
    r"""Compute the Fréchet distance between Gaussians fitted to two sets.

    .. math:: |\mu_A - \mu_B|^2 + \mathrm{tr}(C_A + C_B - 2 (C_A C_B)^{1/2})

    with the means and the (unbiased) covariances of the sets.

    Parameters
    ----------
    A, B : array-like of shape (n_samples, n_features) or (n_samples,)
        Two sets of embeddings, of at least two rows each; one dimension means one
        feature.

    Returns
    -------
    distance : float
        At least 0, in the square of the features' unit.

    Raises
    ------
    ValueError
        Where the sets have different features, fewer than two rows or values that are
        not finite.

    Warns
    -----
    UserWarning
        Where a set has fewer than 8 rows for each feature: the distance is biased
        upward, so that only sets of one size can be compared.

    Notes
    -----
    No matrix square root is computed. The trace of :math:`(C_A C_B)^{1/2}` is the sum of the
    square roots of the eigenvalues of :math:`C_A C_B`. Where covariances are singular, or nearly
    so, it is that of the singular values of :math:`R_A R_B^T`, with factors :math:`C = R^T R`,
    which stays real and accurate.

    References
    ----------
    D. C. Dowson and B. V. Landau, "The Fréchet distance between multivariate normal
    distributions", Journal of Multivariate Analysis 12(3), 1982.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.metrics import frechet_distance
    >>> A = np.arange(20.0)
    >>> round(frechet_distance(A, A + 3), 6)
    9.0
    """
    A, B = check_features(A, "A", 2), check_features(B, "B", 2)
    if A.shape[1] != B.shape[1]:
        raise ValueError(
            f"A and B must have the same features. Got {A.shape[1]} and {B.shape[1]} of them."
        )
    n_rows, n_features = min(len(A), len(B)), A.shape[1]
    if n_rows < _ROWS_PER_DIMENSION * n_features:
        warn_user(
            f"{n_rows} rows are few for {n_features} features: the Fréchet distance is biased "
            f"upward below {_ROWS_PER_DIMENSION * n_features} rows."
        )
    if n_rows > n_features:
        (mean_a, covariance_a), (mean_b, covariance_b) = map(_mean_and_covariance, (A, B))
        spread = np.trace(covariance_a) + np.trace(covariance_b)
        spread -= 2 * _overlap(covariance_a, covariance_b)
    else:
        (mean_a, factor_a), (mean_b, factor_b) = map(_mean_and_factor, (A, B))
        spread = np.vdot(factor_a, factor_a) + np.vdot(factor_b, factor_b)
        spread -= 2 * scipy.linalg.svdvals(factor_a @ factor_b.T).sum()
    return float(np.sum((mean_a - mean_b) ** 2) + max(spread, 0.0))


def frechet_audio_distance(
    real: npt.ArrayLike,
    generated: npt.ArrayLike,
    *,
    sample_rate: float,
    embedding: Callable[[np.ndarray], npt.ArrayLike] | None = None,
) -> float:
    """Compute the Fréchet distance between embeddings of real and generated audio.

    Parameters
    ----------
    real, generated : array-like of shape (n_samples, n_timesteps)
        Clips; integers are scaled by the full scale of their type.
    sample_rate : float
        Sampling rate of the audio, in Hz.
    embedding : callable, default=None
        Function that takes audio of shape (n_samples, n_timesteps) and returns embeddings of
        shape (n_samples, n_features), or (n_samples, n_frames, n_features), where every
        frame counts as a row; of more than some 256 MB of audio, it is called with a few clips
        at a time. None takes the first 13 of 40 mel-frequency cepstral
        coefficients of each frame.

    Returns
    -------
    distance : float
        At least 0. It depends on the embedding and on the number of clips: compare
        distances only where both are the same.

    Raises
    ------
    ValueError
        Where the audio has another shape or is not finite.

    See Also
    --------
    frechet_distance : The distance between features of any kind.

    References
    ----------
    K. Kilgour, M. Zuluaga, D. Roblek and M. Sharifi, "Fréchet Audio Distance: A
    reference-free metric for evaluating music enhancement algorithms", Interspeech 2019.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.metrics import frechet_audio_distance
    >>> rng = np.random.default_rng(0)
    >>> noise = rng.standard_normal((4, 32000)).astype(np.float32)
    >>> other = rng.standard_normal((4, 32000)).astype(np.float32)
    >>> tone = np.sin(np.arange(4 * 32000, dtype=np.float32)).reshape(4, 32000)
    >>> near = frechet_audio_distance(noise, other, sample_rate=16000)
    >>> near < frechet_audio_distance(noise, tone, sample_rate=16000)
    True
    """
    rate = {"sample_rate": Interval(numbers.Real, 0, None, closed="neither")}
    check_parameters("frechet_audio_distance", rate, {"sample_rate": sample_rate})
    sets = []
    for name, audio in (("real", real), ("generated", generated)):
        clips = check_audio(audio, name=name)
        if embedding is None:
            rows = mfcc_frames(clips, sample_rate)
        else:
            rows = map_rows(lambda few: np.asarray(embedding(few)), clips)
        sets.append(rows.reshape(-1, rows.shape[-1]) if rows.ndim == 3 else rows)
    return frechet_distance(*sets)


def _mean_and_factor(X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean and a factor R with ``R.T @ R`` the covariance, in float64."""
    n_rows, n_features = X.shape
    if n_rows <= n_features:
        mean = X.mean(axis=0, dtype=np.float64)
        return mean, (X - mean) / np.sqrt(n_rows - 1)
    mean, covariance = _mean_and_covariance(X)
    return mean, _factor(covariance)


def _mean_and_covariance(X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean and the covariance, in float64."""
    n_rows, n_features = X.shape
    mean, covariance = np.zeros(n_features), np.zeros((n_features, n_features))
    for few in slabs(X):
        mean += X[few].mean(axis=0, dtype=np.float64) * (len(X[few]) / n_rows)
    for few in slabs(X):
        for rows in row_blocks(len(X[few]), n_features):
            block = X[few][rows].astype(np.float64)
            block -= mean
            covariance += block.T @ block
    return mean, covariance / (n_rows - 1)


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
