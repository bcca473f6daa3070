"""Generators that are trained by epochs."""

import math
from typing import Any

import numpy as np

from audiogen.generators._base import BaseGenerator
from audiogen.training import FitData, TrainedEstimator
from audiogen.utils.blocks import block_length
from audiogen.utils.columns import validated_conditions

__all__ = ["TrainedGenerator"]

_MOST_PREDICTED_AT_ONCE = 16  # twice as many take twice as long


class TrainedGenerator(TrainedEstimator, BaseGenerator):
    """Base class of generators that are trained by epochs.

    It has the training of `audiogen.training.TrainedEstimator` and the sampling of
    `BaseGenerator`. A subclass supplies `_architecture`, `_build`, `_batch` and
    `_generate`.
    """

    _constraints = {**TrainedEstimator._constraints, **BaseGenerator._constraints}

    def _prepare(self, X: Any, y: Any, *, fresh: bool, seed: int) -> FitData:
        X = self._validated(X, reset=fresh)
        y = validated_conditions(X, y)
        rows, held_out = self._split(len(X), seed)
        used = np.concatenate([rows, held_out])
        scaling = self._new_scaling() if fresh else self._scaling
        scaling.check(X, np.sort(used))
        if fresh:
            self._scaling = scaling.fit(X, rows)
            self._set_up(tuple(X.shape[1:]), self._fitted_conditions(y))
        elif (y is None) != (self.conditions_ is None):
            raise ValueError("y must be given now if, and only if, it was given at first.")
        return FitData(
            X=X,
            rows=rows,
            held_out=held_out,
            read=self._scaling.reader(X, used),
            content=self._scaling.content(X, used),
            seed=seed,
            codes=None if self.conditions_ is None else self.conditions_.encode(y),
        )

    def _condition_width(self) -> int:
        """Return how many numbers encode a condition, 0 without conditions."""
        return 0 if self.conditions_ is None else self.conditions_.width_

    def _predict(
        self, network: Any, *inputs: np.ndarray | None, values_per_row: int | None = None
    ) -> Any:
        """Return a network's outputs as arrays, computed a block of rows at a time.

        All blocks have one length, the last filled up with zeros: the last bits of a row would
        otherwise depend on how many there are.

        Parameters
        ----------
        network : keras.Model
            The network.
        *inputs : ndarray of shape (n_rows, ...) or None
            Its inputs, without those that are None.
        values_per_row : int, default=None
            Number of values that the largest layer holds of a row. None takes the size of a
            sample.

        Returns
        -------
        outputs : ndarray of shape (n_rows, ...), or list of them
        """
        from audiogen.networks import to_numpy

        given = [values for values in inputs if values is not None]
        n_rows = len(given[0])
        length = block_length(values_per_row or math.prod(self.sample_shape_))
        length = min(length, _MOST_PREDICTED_AT_ONCE)
        blocks: list[list[np.ndarray]] = []
        several = False
        for start in range(0, n_rows, length):
            block = [_filled_up(values[start : start + length], length) for values in given]
            out = network(block, training=False)
            several = isinstance(out, list | tuple)
            blocks.append([to_numpy(o) for o in (out if several else [out])])
        joined = [np.concatenate(parts)[:n_rows] for parts in zip(*blocks, strict=True)]
        return joined if several else joined[0]

    def _samples_so_far(self, data: FitData, n_samples: int) -> Any:
        """Return samples of what was learnt so far, and their conditions."""
        self._collect_weights()
        self._finish(data)
        return self.sample(n_samples, return_y=True, random_state=self._seed)


def _filled_up(values: np.ndarray, length: int) -> np.ndarray:
    """Return rows with rows of zeros after them, so many in all."""
    missing = length - len(values)
    if not missing:
        return values
    return np.concatenate([values, np.zeros((missing, *values.shape[1:]), values.dtype)])
