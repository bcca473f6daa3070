"""Whether features can be those of a transformer."""

import numpy as np

from audiogen.utils.large import slabs

__all__ = ["check_features"]


def check_features(X: np.ndarray, shape: tuple[int, ...]) -> None:
    """Check that features have the shape that `transform` gives them, and are finite.

    Parameters
    ----------
    X : ndarray of shape (n_samples, ...)
        Features, which may be larger than memory.
    shape : tuple of int
        The shape of the features of one sample.

    Raises
    ------
    ValueError
        For another shape, or for NaN or infinite features.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.preprocessing._check_features import check_features
    >>> check_features(np.zeros((3, 5)), (4,))
    Traceback (most recent call last):
        ...
    ValueError: X must have the shape (n_samples, 4), as transform returns it. Got (3, 5).
    """
    if X.shape[1:] != shape:
        wanted = ", ".join(["n_samples", *map(str, shape)])
        raise ValueError(
            f"X must have the shape ({wanted}), as transform returns it. Got {X.shape}."
        )
    for rows in slabs(X):
        finite = np.isfinite(X[rows]).all(axis=tuple(range(1, X.ndim)))
        if not finite.all():
            row = rows.start + int(np.argmin(finite))
            raise ValueError(f"X holds NaN or infinite features, first in row {row}.")
