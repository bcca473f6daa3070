"""Ranges of quantities under each combination of categories."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

__all__ = ["clip_conditions", "group_ranges", "ranges_under"]


def group_ranges(
    places: np.ndarray, quantities: dict[str, np.ndarray]
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Find the range of each quantity under each combination of categories.

    Parameters
    ----------
    places : ndarray of shape (n_rows, n_categories), int
        The category of each row in each category column, as its place among all.
    quantities : dict of name to ndarray of shape (n_rows,)
        Numbers.

    Returns
    -------
    groups : ndarray of shape (n_groups, n_categories)
        The distinct combinations.
    ranges : dict of name to ndarray of shape (n_groups, 2)
        Lowest and highest value of each quantity in each of them.
    """
    groups, which = np.unique(places, axis=0, return_inverse=True)
    ranges = {name: np.tile([np.inf, -np.inf], (len(groups), 1)) for name in quantities}
    for name, values in quantities.items():
        np.minimum.at(ranges[name][:, 0], which.ravel(), values)
        np.maximum.at(ranges[name][:, 1], which.ravel(), values)
    return groups, ranges


def ranges_under(
    places: np.ndarray, groups: np.ndarray, ranges: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the range of a quantity that was learnt under the categories of each row.

    Parameters
    ----------
    places : ndarray of shape (n_rows, n_categories), int
        The categories asked for.
    groups, ranges : ndarray of shape (n_groups, n_categories) and (n_groups, 2)
        What `group_ranges` returned, of one quantity.

    Returns
    -------
    low, high : ndarray of shape (n_rows,)
        The range under that combination of categories; for a combination that was not
        learnt, what the ranges under each of its categories have in common, or all of them
        where they have nothing in common.
    """
    asked, which = np.unique(places, axis=0, return_inverse=True)
    found = np.empty((len(asked), 2))
    for i, group in enumerate(asked):
        same = (groups == group).all(axis=1)
        if same.any():
            found[i] = ranges[same][0]
        else:
            each = [ranges[groups[:, k] == place] for k, place in enumerate(group)]
            lows, highs = [r[:, 0].min() for r in each], [r[:, 1].max() for r in each]
            shared = max(lows) <= min(highs)
            found[i] = (max(lows), min(highs)) if shared else (min(lows), max(highs))
    low, high = found[which.ravel()].T
    return low, high


def clip_conditions(generator: Any, y: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Return conditions whose quantities lie within what a generator learnt of their categories.

    For whoever plays a score: an instrument learnt at one velocity plays others with that one,
    at a level of the player's.

    Parameters
    ----------
    generator : BaseGenerator
        A generator fitted with named conditions.
    y : DataFrame
        The conditions wanted, one row a sample.
    names : sequence of str
        Quantities to clip; those that the generator was not fitted with are left alone.

    Returns
    -------
    y : DataFrame
        A new table.

    Examples
    --------
    >>> import pandas as pd
    >>> from audiogen.generators import ConditionalKernelSmoother, clip_conditions
    >>> y = pd.DataFrame({"instrument": ["harp", "harp", "flute"], "velocity": [20, 90, 64]})
    >>> smoother = ConditionalKernelSmoother().fit([[0.0], [3.0], [5.0]], y)
    >>> clip_conditions(smoother, y.assign(velocity=100), ["velocity"]).velocity.tolist()
    [90, 90, 64]
    """
    encoder = generator.conditions_
    known = encoder.group_names_
    places = np.zeros((len(y), len(known)), dtype=np.intp)
    for column, name in zip(places.T, known, strict=True):
        place = {category: i for i, category in enumerate(encoder.categories_[name].tolist())}
        column[:] = [place[value] for value in y[name]]
    clipped = y.copy()
    for name in names:
        if name in encoder.group_ranges_:
            low, high = ranges_under(places, encoder.groups_, encoder.group_ranges_[name])
            clipped[name] = y[name].clip(low, high).astype(y[name].dtype)
    return clipped
