"""A smooth one-to-one map between standard normal points and those of a Gaussian mixture."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from scipy.special import log_ndtr, log_softmax, logsumexp, ndtr, ndtri_exp, softmax

__all__ = ["mixture_of_normal", "normal_of_mixture"]

_HALVINGS = 40  # of the bracket: to 1e-12 of it


def mixture_of_normal(
    Z: np.ndarray, log_weights: np.ndarray, means: np.ndarray, roots: np.ndarray
) -> np.ndarray:
    """Map standard normal points to those of a Gaussian mixture.

    The map is the Knothe-Rosenblatt rearrangement [1]_: one coordinate after another, the
    quantile of a normal becomes that of the mixture, given the coordinates before. It is
    smooth, one-to-one and onto, and for a single Gaussian it is affine.

    Parameters
    ----------
    Z : ndarray of shape (n_samples, n_dims)
        Points.
    log_weights : ndarray of shape (n_samples, n_components)
        Logarithms of the mixture's weights, at each point.
    means : ndarray of shape (n_components, n_dims)
        Of the Gaussians.
    roots : ndarray of shape (n_components, n_dims, n_dims)
        Lower Cholesky factors of their covariances.

    Returns
    -------
    X : ndarray of shape (n_samples, n_dims)

    References
    ----------
    .. [1] M. Rosenblatt, "Remarks on a multivariate transformation", Annals of
       Mathematical Statistics 23, 1952.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.generators._mixture_latents import mixture_of_normal
    >>> one = np.zeros((1, 1)), np.array([[5.0]]), np.array([[[2.0]]])
    >>> mixture_of_normal(np.array([[1.5]]), *one)
    array([[8.]])
    """
    X = np.empty(Z.shape)
    for i, centres, scales, log_shares, condition_on in _coordinates(log_weights, means, roots):
        X[:, i] = _quantiles(Z[:, i], softmax(log_shares, axis=1), centres, scales)
        condition_on(X[:, i])
    return X


def normal_of_mixture(
    X: np.ndarray, log_weights: np.ndarray, means: np.ndarray, roots: np.ndarray
) -> np.ndarray:
    """Map points of a Gaussian mixture to standard normal ones, as `mixture_of_normal` undoes it.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_dims)
        Points.
    log_weights, means, roots : ndarray
        As for `mixture_of_normal`.

    Returns
    -------
    Z : ndarray of shape (n_samples, n_dims)
    """
    Z = np.empty(X.shape)
    for i, centres, scales, log_shares, condition_on in _coordinates(log_weights, means, roots):
        away = (X[:, i, np.newaxis] - centres) / scales
        shares = log_softmax(log_shares, axis=1)
        below, above = (logsumexp(shares + log_ndtr(side * away), axis=1) for side in (1, -1))
        # The smaller tail is the exact one.
        Z[:, i] = np.where(below < above, ndtri_exp(below), -ndtri_exp(above))
        condition_on(X[:, i])
    return Z


def _coordinates(log_weights: np.ndarray, means: np.ndarray, roots: np.ndarray) -> Iterator[Any]:
    """Yield, coordinate by coordinate, each Gaussian's law given those before, and its share.

    The last of each is to be called with the coordinate's values before going on.
    """
    n_samples, (n_components, n_dims) = len(log_weights), means.shape
    whitened = np.empty((n_samples, n_components, n_dims))
    log_shares = log_weights.astype(np.float64)
    for i in range(n_dims):
        centres = means[:, i] + np.einsum("nkj,kj->nk", whitened[..., :i], roots[:, i, :i])
        scales = roots[:, i, i]

        def condition_on(
            values: np.ndarray,
            i: int = i,
            centres: np.ndarray = centres,
            scales: np.ndarray = scales,
        ) -> None:
            whitened[..., i] = (values[:, np.newaxis] - centres) / scales
            log_shares[...] -= 0.5 * whitened[..., i] ** 2 + np.log(scales)

        yield i, centres, scales, log_shares, condition_on


def _quantiles(
    z: np.ndarray, shares: np.ndarray, centres: np.ndarray, scales: np.ndarray
) -> np.ndarray:
    """Return where mixtures in one dimension have the quantile that a normal has at z."""
    ends = centres + scales * z[:, np.newaxis]  # each Gaussian's own lies on either side
    low, high = ends.min(axis=1), ends.max(axis=1)
    side = np.where(z > 0, -1.0, 1.0)  # the smaller tail is the exact one
    wanted = ndtr(side * z)
    for _ in range(_HALVINGS if len(scales) > 1 else 0):
        middle = 0.5 * (low + high)
        away = side[:, np.newaxis] * (middle[:, np.newaxis] - centres) / scales
        under = side * ((shares * ndtr(away)).sum(axis=1) - wanted) < 0
        low, high = np.where(under, middle, low), np.where(under, high, middle)
    return 0.5 * (low + high)
