"""How alike the distances within a set and between two sets are."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter1d
from scipy.spatial.distance import cdist, pdist

from audiogen.metrics._features import check_features

__all__ = ["distance_divergence", "overlapped_area"]

_STEPS = 8  # of the grid, in a kernel's width
_REACH = 4  # widths of the kernel
_NARROWEST = 1e-3  # width of a kernel, as a share of the longest distance
_FLAT = 1e-4  # share of the inter-set distances that is spread evenly, so that none is impossible


def overlapped_area(
    real: npt.ArrayLike,
    generated: npt.ArrayLike,
    *,
    groups: tuple[npt.ArrayLike, npt.ArrayLike] | None = None,
) -> float:
    """Return how much the distances among real samples and those to generated ones overlap.

    The density of the Euclidean distances between any two real samples (intra-set) is compared
    with that of the distances from real to generated samples (inter-set), after Yang and
    Lerch [1]_.

    Parameters
    ----------
    real, generated : array-like of shape (n_samples, n_features) or (n_samples,)
        A measure of samples, such as one of `tune_features`; at least 3 real samples.
    groups : tuple of two array-like of shape (n_samples,), default=None
        Labels of the real and of the generated samples, such as genres. Distances are taken
        between samples of one label, and each counts as often as among the generated samples.
        None takes all distances.

    Returns
    -------
    area : float
        The area below both densities, from 0 to 1, where the distances are spread alike.

    Raises
    ------
    ValueError
        Where the sets have different features, values that are not finite or too few samples,
        or a group too few real ones.

    Notes
    -----
    The kernel is a Gaussian, of a width by Scott's rule for the intra-set distances. A set
    beside itself gets at least 1 - 1 / n_samples, for each sample is at no distance from itself.

    References
    ----------
    .. [1] L.-C. Yang, A. Lerch, "On the evaluation of generative models in music", Neural
       Computing and Applications 32, 2020. https://doi.org/10.1007/s00521-018-3849-7

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.metrics import overlapped_area
    >>> rng = np.random.default_rng(0)
    >>> real, same, other = rng.normal(size=200), rng.normal(size=200), rng.normal(3, size=200)
    >>> round(overlapped_area(real, same), 2), round(overlapped_area(real, other), 2)
    (0.99, 0.38)
    """
    intra, inter = _densities(real, generated, groups)
    return float(np.minimum(intra, inter).sum())


def distance_divergence(
    real: npt.ArrayLike,
    generated: npt.ArrayLike,
    *,
    groups: tuple[npt.ArrayLike, npt.ArrayLike] | None = None,
) -> float:
    """Return the divergence of the distances to generated samples from those among real ones.

    The Kullback-Leibler divergence KL(intra-set || inter-set) of the densities that
    `overlapped_area` compares.

    Parameters
    ----------
    real, generated : array-like of shape (n_samples, n_features) or (n_samples,)
        A measure of samples, such as one of `tune_features`; at least 3 real samples.
    groups : tuple of two array-like of shape (n_samples,), default=None
        Labels of the real and of the generated samples, such as genres. Distances are taken
        between samples of one label, and each counts as often as among the generated samples.
        None takes all distances.

    Returns
    -------
    divergence : float
        In nats, 0 or more; the lower, the more alike.

    Raises
    ------
    ValueError
        Where the sets have different features, values that are not finite or too few samples,
        or a group too few real ones.

    Notes
    -----
    One in 10,000 of the inter-set distances is taken to be spread evenly, so that the
    divergence is finite.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.metrics import distance_divergence
    >>> rng = np.random.default_rng(0)
    >>> real, same, other = rng.normal(size=200), rng.normal(size=200), rng.normal(3, size=200)
    >>> distance_divergence(real, same) < 0.01 < 1 < distance_divergence(real, other)
    True
    """
    intra, inter = _densities(real, generated, groups)
    inter = (1 - _FLAT) * inter + _FLAT / len(inter)
    some = intra > 0
    return float((intra[some] * np.log(intra[some] / inter[some])).sum())


def _densities(real: Any, generated: Any, groups: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return the densities of intra-set and inter-set distances, each of sum 1, on one grid."""
    sets = list(_grouped(real, generated, groups))
    intra, inter = [pdist(A) for A, _ in sets], [cdist(A, B).ravel() for A, B in sets]
    spread = np.concatenate(intra)
    longest = max(distances.max() for distances in [*intra, *inter])
    scott = spread.std(ddof=1) * len(spread) ** -0.2 if len(spread) > 1 else 0.0
    width = max(scott, _NARROWEST * longest) or 1.0
    n_points = int(np.ceil(_STEPS * (longest / width + 2 * _REACH))) + 1
    shares = np.array([len(B) for _, B in sets]) / sum(len(B) for _, B in sets)
    return (_density(intra, shares, width, n_points), _density(inter, shares, width, n_points))


def _density(
    parts: Sequence[np.ndarray], shares: np.ndarray, width: float, n_points: int
) -> np.ndarray:
    """Return the density of distances, of groups each of which has its share."""
    counts = np.zeros(n_points)
    for distances, share in zip(parts, shares, strict=True):
        place = np.rint(_STEPS * (distances / width + _REACH)).astype(int)
        counts += share / len(distances) * np.bincount(place, minlength=n_points)
    density = gaussian_filter1d(counts, _STEPS, mode="constant", truncate=_REACH)
    return density / density.sum()


def _grouped(real: Any, generated: Any, groups: Any) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield the real and the generated samples of each group, checked."""
    A = check_features(real, "real", 3).astype(np.float64)
    B = check_features(generated, "generated", 1).astype(np.float64)
    if A.shape[1] != B.shape[1]:
        raise ValueError(
            "real and generated must have the same features. "
            f"Got {A.shape[1]} and {B.shape[1]} of them."
        )
    if groups is None:
        yield A, B
        return
    of_real, of_generated = (np.asarray(labels) for labels in groups)
    if (of_real.shape, of_generated.shape) != ((len(A),), (len(B),)):
        raise ValueError(
            f"groups must be the labels of {len(A)} real and of {len(B)} generated samples. "
            f"Got arrays of shapes {of_real.shape} and {of_generated.shape}."
        )
    for label in np.unique(of_generated):
        alike = A[of_real == label]
        if len(alike) < 2:
            raise ValueError(
                f"The group {str(label)!r} of generated samples has {len(alike)} real samples; "
                "leave it out, or give 2 or more."
            )
        yield alike, B[of_generated == label]
