"""How data and a network's output relate, learnt in one pass over the data."""

import numpy as np

__all__ = ["Scaling"]

_BLOCK_BYTES = 2**26


class Scaling:
    """Leave data within [-1, 1] as they are; centre and scale any other.

    Each feature is centred on its own mean, and all are divided by one standard
    deviation, so that features keep their sizes relative to each other (after a PCA,
    a squared error then is one of the data before it).

    Attributes
    ----------
    bounded_ : bool
        Whether the data lie within [-1, 1].
    mean_ : ndarray of the shape of one sample, or float
    scale_ : float
    """

    def fit(self, X, rows):
        """Read the rows once, block by block.

        Parameters
        ----------
        X : array of shape (n_samples, ...)
            The data; may be a memory map.
        rows : ndarray of int
            The rows that count.

        Returns
        -------
        self : Scaling

        Raises
        ------
        ValueError
            Where a row holds NaN or infinite values.
        """
        low, high = np.inf, -np.inf
        mean = np.zeros(X.shape[1:])
        squares = np.zeros(X.shape[1:])
        size = max(1, _BLOCK_BYTES // (4 * max(1, int(np.prod(X.shape[1:])))))
        for start in range(0, len(rows), size):
            block = np.asarray(X[rows[start : start + size]], dtype=np.float32)
            _refuse_not_finite(block, rows[start : start + size])
            low, high = min(low, block.min()), max(high, block.max())
            total = start + len(block)
            centre = block.mean(axis=0, dtype=np.float64)
            squares += ((block - centre) ** 2).sum(axis=0, dtype=np.float64)
            squares += (centre - mean) ** 2 * start * len(block) / total
            mean += (centre - mean) * len(block) / total
        self.bounded_ = bool(low >= -1 and high <= 1)
        self.mean_, self.scale_ = np.float32(0), np.float32(1)
        if not self.bounded_:
            self.mean_ = mean.astype(np.float32)
            self.scale_ = np.float32(np.sqrt(squares.mean() / len(rows))) or np.float32(1)
        return self

    def forward(self, block):
        """Return data as the network sees them, float32."""
        block = np.asarray(block, dtype=np.float32)
        return block if self.bounded_ else (block - self.mean_) / self.scale_

    def inverse(self, block):
        """Return the network's output as data, float32."""
        block = np.asarray(block, dtype=np.float32)
        return block if self.bounded_ else block * self.scale_ + self.mean_


def _refuse_not_finite(block, rows):
    good = np.isfinite(block.reshape(len(block), -1)).all(axis=1)
    if not good.all():
        raise ValueError(
            f"Input X contains NaN or infinity (inf), first in row {rows[np.argmin(good)]}. "
            "Remove such rows, or load with errors='warn', which leaves bad files out."
        )
