"""Trained estimators made small, for files that are handed on."""

from typing import Any, Self

import numpy as np
from sklearn.utils.validation import check_is_fitted

__all__ = ["CompactMixin"]


class CompactMixin:
    """Adds `compact` to a `audiogen.training.TrainedEstimator` that samples in NumPy."""

    _weights: dict[str, dict[str, list[np.ndarray]]]
    _live_model: Any
    _training_state: Any

    def compact(self) -> Self:
        """Forget what only further training needs, and keep half the bits of the weights.

        The file that `audiogen.save` writes shrinks to an eighth. What is drawn with a seed
        changes a little; `partial_fit` goes on, with a new optimizer.

        Returns
        -------
        self : estimator
        """
        check_is_fitted(self)
        self._live_model, self._training_state = None, None
        self._weights = {
            network: {
                layer: [np.asarray(values, dtype=np.float16) for values in arrays]
                for layer, arrays in layers.items()
            }
            for network, layers in self._weights.items()
        }
        return self

    def _sampling_weights(self, network: str) -> dict[str, list[np.ndarray]]:
        """Return a network's weights as float32, which NumPy multiplies faster than float16."""
        return {
            layer: [np.asarray(values, dtype=np.float32) for values in arrays]
            for layer, arrays in self._weights[network].items()
        }
