"""Generators that are trained by epochs."""

from typing import Any

import numpy as np

from audiogen.generators._base import BaseGenerator
from audiogen.training._estimator import TrainedEstimator
from audiogen.training._fit_data import FitData
from audiogen.utils.columns import validated_conditions

__all__ = ["TrainedGenerator"]


class TrainedGenerator(TrainedEstimator, BaseGenerator):
    """Base class of generators that are trained by epochs.

    It has the training of `audiogen.training.TrainedEstimator` and the sampling of
    `BaseGenerator`. A subclass supplies `_architecture`, `_build`, `_batch` and
    `_generate`.
    """

    def _prepare(self, X: Any, y: Any, *, fresh: bool, seed: int) -> FitData:
        X = self._validated(X, reset=fresh)
        y = validated_conditions(X, y)
        rows, held_out = self._split(len(X), seed)
        used = np.concatenate([rows, held_out])
        scaling = self._new_scaling() if fresh else self._scaling
        scaling.check(X, np.sort(used))
        if fresh:
            self._scaling = scaling.fit(X, rows)
            self._set_up(X, None if y is None else self._new_conditions().fit(y))
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

    def _samples_so_far(self, data: FitData, n_samples: int) -> Any:
        """Return samples of what was learnt so far, and their conditions."""
        self._collect_weights()
        self._finish(data)
        return self.sample(n_samples, return_y=True, random_state=self._seed)
