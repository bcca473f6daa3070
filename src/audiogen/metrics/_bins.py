"""The number of statistically different bins."""

import numbers
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.stats

from audiogen.metrics._features import check_pair
from audiogen.signal import encode_residual, fit_codebooks
from audiogen.utils.seeds import Stream, draw_seed, spawn_seed
from audiogen.utils.validation import Interval, check_parameters

__all__ = ["n_different_bins"]

_LEVEL = 0.05


def n_different_bins(
    real: npt.ArrayLike, generated: npt.ArrayLike, *, n_bins: int = 100, random_state: Any = 0
) -> int:
    """Count the bins of real clips that hold too many or too few generated ones.

    Bins are the clusters that k-means finds in the real set. For each, the shares of real and of
    generated clips are compared by a two-proportion z-test at the level of 5 % [1]_.

    Parameters
    ----------
    real, generated : array-like of shape (n_samples, n_features), (n_samples,) or \
            (n_samples, n_frames, n_features)
        Embeddings; of three dimensions, the means over frames count.
    n_bins : int, default=100
        Number of bins, at most that of different real clips. Give about a tenth of the number of
        clips for small sets: bins of few clips hardly differ.
    random_state : int, RandomState or None, default=0
        Seed of k-means.

    Returns
    -------
    n_different : int
        From 0 to `n_bins`. At most about a twentieth of the bins for sets of one kind, fewer
        where there are few clips in a bin: rarely one of 15 for 150 clips, one of 30 for 1,500.

    Raises
    ------
    ValueError
        Where the sets have different features, or there are fewer real clips than bins.

    References
    ----------
    .. [1] E. Richardson and Y. Weiss, "On GANs and GMMs", NeurIPS 2018.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.metrics import n_different_bins
    >>> real, other = np.random.default_rng(0).normal(size=(2, 1000, 2))
    >>> n_different_bins(real, other, n_bins=20) < 6
    True
    >>> n_different_bins(real, 0.5 * other, n_bins=20) > 12  # the outer bins are empty
    True
    """
    rule = {"n_bins": Interval(numbers.Integral, 2, None)}
    check_parameters("n_different_bins", rule, {"n_bins": n_bins})
    P, Q = check_pair(real, generated, (n_bins, 1))
    n_distinct = len(np.unique(P, axis=0))
    if n_distinct < n_bins:
        raise ValueError(
            f"real has {n_distinct} different rows; give n_bins={n_distinct} at most."
        )
    centre = P.mean(axis=0, dtype=np.float64)
    P, Q = ((X - centre).astype(np.float32) for X in (P, Q))
    seed = spawn_seed(draw_seed(random_state), Stream.METRIC)
    codebooks = fit_codebooks(P, 1, n_bins, seed)
    of_real, of_generated = (
        np.bincount(encode_residual(X, codebooks)[:, 0], minlength=n_bins) / len(X) for X in (P, Q)
    )
    share = (len(P) * of_real + len(Q) * of_generated) / (len(P) + len(Q))
    error = np.sqrt(share * (1 - share) * (1 / len(P) + 1 / len(Q)))
    apart = np.abs(of_real - of_generated)
    return int(np.sum(apart > scipy.stats.norm.isf(_LEVEL / 2) * error))
