"""How much less generated samples vary than data do."""

import numpy as np

__all__ = ["check_few_features", "missing_spread"]

_MOST_FEATURES = 2048  # whose covariance is estimated


def missing_spread(data: np.ndarray, generated: np.ndarray) -> np.ndarray:
    """Return a root of the covariance that generated samples lack.

    Parameters
    ----------
    data, generated : ndarray of shape (n_samples, n_features)
        Two sets of samples.

    Returns
    -------
    root : ndarray of shape (n_features, n_features), float32
        The symmetric root of the covariance of `data` minus that of `generated`, where the
        difference is positive: normal noise multiplied with it has that covariance.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.generators._observation_noise import missing_spread
    >>> wide, narrow = np.array([[-5.0], [5.0]]), np.array([[-3.0], [3.0]])
    >>> missing_spread(wide, narrow)  # the variances are 25 and 9
    array([[4.]], dtype=float32)
    """
    wanted, found = (np.atleast_2d(np.cov(x, rowvar=False, bias=True)) for x in (data, generated))
    missing, directions = np.linalg.eigh(wanted - found)
    # The symmetric root: that of eigenvectors alone would depend on their signs.
    root = directions * np.sqrt(np.maximum(missing, 0)) @ directions.T
    return root.astype(np.float32)


def check_few_features(shape: tuple[int, ...]) -> None:
    """Refuse samples of a shape whose covariance is too large to estimate."""
    if len(shape) > 1 or shape[0] > _MOST_FEATURES:
        raise ValueError(
            f"observation_noise=True is for (n_samples, n_features) of up to {_MOST_FEATURES} "
            f"features, such as those of a PCA. Got samples of shape {shape}; put a PCA before, "
            "or leave observation_noise at False."
        )
