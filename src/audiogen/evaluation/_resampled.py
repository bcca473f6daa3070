"""Intervals where both listeners and sounds are a sample of all there are."""

import numpy as np

__all__ = ["interval", "resampled_sums"]


def resampled_sums(cells: np.ndarray, n_resamples: int, rng: np.random.Generator) -> np.ndarray:
    """Return sums over listeners and sounds, both drawn again with replacement.

    Parameters
    ----------
    cells : ndarray of shape (n_cells, n_raters, n_items)
        What is summed, such as ratings, or their number.
    n_resamples : int
        How often all are drawn.
    rng : numpy.random.Generator
        What draws.

    Returns
    -------
    sums : ndarray of shape (n_resamples, n_cells)
        A rating is in a sum as often as its rater was drawn, times as often as its item was.

    Notes
    -----
    This is the pigeonhole bootstrap [1]_, whose intervals hold for other listeners and other
    sounds. One less is drawn of each than there are, as the variance of a mean is otherwise
    too small by that share [2]_. Of few the intervals of 95 % hold about nine times of ten.

    References
    ----------
    .. [1] A. B. Owen, "The pigeonhole bootstrap", Annals of Applied Statistics 1(2), 2007.
    .. [2] J. N. K. Rao and C. F. J. Wu, "Resampling inference with complex survey data", Journal
       of the American Statistical Association 83(401), 1988.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.evaluation._resampled import resampled_sums
    >>> sums = resampled_sums(np.ones((1, 3, 4)), 5, np.random.default_rng(0))
    >>> sums.ravel().tolist()
    [6.0, 6.0, 6.0, 6.0, 6.0]
    """
    raters, items = (
        rng.multinomial(max(n - 1, 1), np.full(n, 1 / n), n_resamples).astype(float)
        for n in cells.shape[1:]
    )
    return np.stack([((raters @ cell) * items).sum(axis=1) for cell in cells], axis=1)


def interval(draws: np.ndarray, confidence_level: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends of intervals of so much confidence.

    Parameters
    ----------
    draws : ndarray of shape (n_resamples, n_figures)
        Figures of each resample; NaN where it has none.
    confidence_level : float
        Share of the draws that is inside.

    Returns
    -------
    low, high : ndarray of shape (n_figures,)
        Percentiles.
    """
    outside = (1 - confidence_level) / 2
    low, high = np.nanquantile(draws, [outside, 1 - outside], axis=0)
    return low, high
