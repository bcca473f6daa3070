"""Features and conditions between two latents."""

import numbers
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from audiogen.utils.validation import Interval, check_parameters

__all__ = ["interpolate"]


def interpolate(generator: Any, Z: npt.ArrayLike, y: Any, n_steps: int) -> tuple[np.ndarray, Any]:
    """Return a generator's features between two latents, and the conditions between them."""
    rule = {"n_steps": Interval(numbers.Integral, 2, None)}
    check_parameters("GenerativePipeline.interpolate", rule, {"n_steps": n_steps})
    Z = np.asarray(Z)
    if Z.ndim != 2 or len(Z) != 2:
        raise ValueError(f"Z must hold two latents, (2, latent_dim). Got the shape {Z.shape}.")
    share = np.linspace(0, 1, n_steps, dtype=np.float32)
    if y is None or generator.conditions_ is None:
        between = (1 - share[:, np.newaxis]) * Z[0] + share[:, np.newaxis] * Z[1]
        return generator.decode(between, y), y
    y = generator.conditions_.complete(y, 2)
    first, last = (_conditions_between(y, end, share) for end in (0, 1))
    a = generator.decode(np.repeat(Z[:1], n_steps, axis=0), first)
    b = generator.decode(np.repeat(Z[1:], n_steps, axis=0), last)
    share = share.reshape(-1, *[1] * (a.ndim - 1))
    return (1 - share) * a + share * b, first


def _conditions_between(y: Any, end: int, share: np.ndarray) -> Any:
    """Return conditions between two rows: numbers of both, categories of one end."""
    if not isinstance(y, pd.DataFrame):
        return y[[end] * len(share)]
    rows = y.iloc[[end] * len(share)].reset_index(drop=True)
    for name in rows.select_dtypes("number"):
        low, high = y[name]
        rows[name] = (1 - share) * low + share * high
    return rows
