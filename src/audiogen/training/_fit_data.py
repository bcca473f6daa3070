"""What one fit hands from hook to hook."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

__all__ = ["FitData"]


@dataclass
class FitData:
    """What one fit hands from hook to hook.

    Parameters
    ----------
    X : array of shape (n_samples, ...)
        The data, as validated; it may be a memory map.
    rows, held_out : ndarray of int
        Row numbers that are trained on, and those that are validated on.
    read : callable
        From row numbers to what `TrainedEstimator._batch` is given.
    content : tuple of (array, ndarray of int)
        What the used rows consist of: an array and the numbers of its rows.
    seed : int
        The seed of the fit.
    codes : ndarray of shape (n_samples, width) or None
        The encoded conditions, or None without any.
    callbacks : list
        The callbacks of the training, in their order.
    monitor : str or None
        The key of the history that the caller of fit named.
    """

    X: Any
    rows: np.ndarray
    held_out: np.ndarray
    read: Callable[..., Any]
    content: tuple[Any, np.ndarray]
    seed: int
    codes: np.ndarray | None = None
    callbacks: list[Any] = field(default_factory=list)
    monitor: str | None = None

    @property
    def used(self) -> np.ndarray:
        """Row numbers that are trained or validated on."""
        return np.concatenate([self.rows, self.held_out])
