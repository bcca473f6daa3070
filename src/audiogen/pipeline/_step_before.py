"""The step before a generator, for generators that ask what their codes stand for."""

from typing import Any

import numpy as np
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import has_fit_parameter

from audiogen.pipeline._inverse import call_with_y, is_passthrough

__all__ = ["StepBefore", "asks_for_codec"]


def asks_for_codec(pipeline: Pipeline) -> bool:
    """Tell whether the last step's ``fit`` has a parameter `codec` that a step can be."""
    *before, (_, generator) = pipeline.steps
    nested = isinstance(generator, Pipeline) or is_passthrough(generator)
    return bool(before) and not nested and has_fit_parameter(generator, "codec")


class StepBefore:
    """The step before the generator, read when the generator is fitted.

    A pipeline with a cache replaces its transformers by copies while it is fitted.

    Parameters
    ----------
    pipeline : Pipeline
        The pipeline, whose ``fit`` is under way.
    X : array-like of shape (n_samples, ...) or list
        What its first step is fitted on.
    y : DataFrame or array-like
        The conditions, or None.
    """

    def __init__(self, pipeline: Pipeline, X: Any, y: Any) -> None:
        self._pipeline, self._X, self._y = pipeline, X, y

    @property
    def codebooks_(self) -> np.ndarray | None:
        """What codes stand for; None where the step is no codec."""
        return getattr(self._step, "codebooks_", None)

    def shifted_codes(self) -> list[Any]:
        """Return the codes of the same sounds, cut into patches elsewhere.

        Returns
        -------
        codes : list
            For each of the step's ``shift_lengths``, in time steps, the codes of sounds that
            begin so much later; none where the step has no such attribute.
        """
        lengths = getattr(self._step, "shift_lengths", [])
        if not lengths:
            return []
        X = self._X
        for _, step in self._pipeline.steps[:-2]:
            if not is_passthrough(step) and not hasattr(step, "select"):  # rows were selected
                X = call_with_y(step.transform, X, self._y)
        rows = [np.asarray(row) for row in X]
        return [
            list(self._step.transform([row[n:] if len(row) > n else row for row in rows]))
            for n in lengths
        ]

    @property
    def _step(self) -> Any:
        return self._pipeline.steps[-2][1]
