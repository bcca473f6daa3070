"""Density and coverage: whether generated clips lie among real ones, and reach all of them."""

import numbers

import numpy as np
import numpy.typing as npt
from sklearn.neighbors import KDTree

from audiogen.metrics._features import check_pair
from audiogen.utils.validation import Interval, check_parameters

__all__ = ["density_and_coverage"]

_ROUNDING = 1e-12  # of a radius, so that a row at the very distance is within it


def density_and_coverage(
    real: npt.ArrayLike, generated: npt.ArrayLike, *, k: int = 5
) -> dict[str, float]:
    """Compute how densely generated clips lie among real ones, and how many of these they reach.

    Around each real clip lies a ball that reaches to its k-th nearest real neighbour [1]_.

    Parameters
    ----------
    real, generated : array-like of shape (n_samples, n_features), (n_samples,) or \
            (n_samples, n_frames, n_features)
        Embeddings; of three dimensions, the means over frames count. There must be more
        than `k` real clips.
    k : int, default=5
        Number of the neighbour.

    Returns
    -------
    figures : dict of str to float
        "density": the mean number of balls that a generated clip lies in, over `k`. About 1 for
        sets of one kind, 0 where none lies near a real one; it may be above 1.
        "coverage": the share of balls with a generated clip in them, from 0 to 1. It is low
        where generated clips lack variety. For sets of one kind and size it is about
        ``1 - 2 ** -k``, .97 for 5.

    Raises
    ------
    ValueError
        Where the sets have different features or real clips are too few.

    Notes
    -----
    A clip at the very distance of the neighbour is within the ball. Coverage grows with the number
    of generated clips: compare sets of one size.

    References
    ----------
    .. [1] M. F. Naeem, S. J. Oh, Y. Uh, Y. Choi and J. Yoo, "Reliable fidelity and diversity
       metrics for generative models", ICML 2020.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.metrics import density_and_coverage
    >>> real = np.random.default_rng(0).normal(size=(200, 2))
    >>> figures = density_and_coverage(real, 0.1 * real)  # in the middle alone
    >>> figures["density"] > 0.5, figures["coverage"] < 0.3
    (True, True)
    """
    check_parameters("density_and_coverage", {"k": Interval(numbers.Integral, 1, None)}, {"k": k})
    P, Q = (X.astype(np.float64) for X in check_pair(real, generated, (k + 1, 1)))
    # Not by products, as brute force has it: these round, and ties would be lost.
    radii = KDTree(P).query(P, k + 1)[0][:, -1] * (1 + _ROUNDING)  # a row's nearest is itself
    counts = KDTree(Q).query_radius(P, radii, count_only=True)
    return {
        "density": float(counts.sum() / (k * len(Q))),
        "coverage": float(np.mean(counts > 0)),
    }
