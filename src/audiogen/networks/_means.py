"""The figures of an epoch: means over batches, all in one variable."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

__all__ = ["Means"]


class Means(keras.metrics.Metric):
    """Weighted means of several figures.

    A ``keras.metrics.Mean`` for each would be a tenth of the operations of a small network's step.

    Parameters
    ----------
    names : sequence of str
        Names of the figures.
    """

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(name="means", dtype="float32")
        self.names = tuple(names)
        zeros = keras.initializers.Zeros()
        self.totals, self.weights = (
            self.add_variable((len(self.names),), initializer=zeros, name=name, dtype="float32")
            for name in ("totals", "weights")
        )

    def update_state(self, figures: dict[str, Any], size: Any, **shares: Any) -> None:
        """Take the figures of a batch in.

        Parameters
        ----------
        figures : dict of str to scalar tensor
            All figures, by their names.
        size : scalar tensor
            Number of samples in the batch.
        **shares : bool tensor
            Whether the batch counts, of figures for which it may not.
        """
        values = ops.stack([ops.cast(figures[name], "float32") for name in self.names])
        weights = ops.cast(size, "float32")
        if shares:
            counts = [ops.cast(shares.get(name, True), "float32") for name in self.names]
            weights = weights * ops.stack(counts)
        self.totals.assign_add(weights * values)
        self.weights.assign_add(ops.broadcast_to(weights, (len(self.names),)))

    def result(self) -> dict[str, Any]:
        """Return the means so far, by the figures' names; 0 for those that nothing counted in."""
        means = ops.divide_no_nan(self.totals.value, self.weights.value)
        return {name: means[i] for i, name in enumerate(self.names)}
