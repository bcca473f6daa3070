"""The sample rate of what a pipeline generates: stated by its steps, never inferred."""

import numbers
from collections.abc import Iterator
from typing import Any

from sklearn.pipeline import Pipeline

__all__ = ["sample_rate_of", "stated_rates"]


def sample_rate_of(estimator: Any) -> int | None:
    """Return the one sample rate that an estimator or its steps state, None where none does.

    Parameters
    ----------
    estimator : estimator
        A generator, or a Pipeline or `GenerativePipeline`, nested ones included.

    Returns
    -------
    sample_rate : int or None
        In Hz.

    Raises
    ------
    ValueError
        Where steps state different rates; the message names them.
    """
    rates = list(stated_rates(estimator))
    if len({rate for _, rate in rates}) > 1:
        listed = ", ".join(f"{name} at {rate} Hz" for name, rate in rates)
        raise ValueError(
            f"The steps of a pipeline must share one sample rate, but these differ: {listed}. "
            "Give each the sample_rate of the audio."
        )
    return rates[0][1] if rates else None


def stated_rates(estimator: Any) -> Iterator[tuple[str, Any]]:
    """Yield the name and the sample rate of each step that states one.

    A pipeline's own is read where it is kept, for its property asks the steps.
    """
    nested = isinstance(estimator, Pipeline)
    own = vars(estimator).get("sample_rate") if nested else getattr(estimator, "sample_rate", None)
    if isinstance(own, numbers.Real):
        yield type(estimator).__name__, own
    for name, step in _named_steps(estimator) if nested else ():
        for inner, rate in stated_rates(step):
            yield (f"{name}__{inner}" if isinstance(step, Pipeline) else name), rate


def _named_steps(pipeline: Pipeline) -> list[tuple[str, Any]]:
    """Return the steps of a pipeline that may hold anything: only `fit` checks them."""
    if not isinstance(pipeline.steps, list):
        return []
    return [step for step in pipeline.steps if isinstance(step, tuple) and len(step) == 2]
