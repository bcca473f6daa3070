"""Rows that a fitted estimator can be asked for."""

from typing import Any

import numpy as np
from sklearn.pipeline import Pipeline

from audiogen.utils.columns import take_rows
from audiogen.utils.validation import warn_user

__all__ = ["known_rows"]


def known_rows(estimator: Any, X: np.ndarray, y: Any) -> tuple[np.ndarray, Any]:
    """Leave out the rows whose conditions a fitted estimator would refuse, and say so.

    Parameters
    ----------
    estimator : estimator
        A fitted generator, or a pipeline that ends in one.
    X : ndarray of shape (n_samples, ...)
        Audio.
    y : DataFrame, record array, dict of columns, array-like or None
        Its conditions.

    Returns
    -------
    X, y : ndarray, table
        The rows that are left.

    Raises
    ------
    ValueError
        Where none is.

    Warns
    -----
    UserWarning
        Where rows are left out; it names the categories.
    """
    while isinstance(estimator, Pipeline):
        estimator = estimator.steps[-1][1]
    encoder: Any = getattr(estimator, "conditions_", None)
    if y is None or not hasattr(encoder, "find_refused"):
        return X, y
    refused, values = encoder.find_refused(y)
    if not refused.any():
        return X, y
    listed = ", ".join(values[:5]) + (", ..." if len(values) > 5 else "")
    if refused.all():
        raise ValueError(
            f"None of the {len(X)} rows can be scored: the estimator was not trained on {listed}. "
            "Folds that are stratified by that column hold what the others do."
        )
    warn_user(
        f"{np.count_nonzero(refused)} of {len(X)} rows are left out of the score, for the "
        f"estimator was not trained on {listed}."
    )
    return X[~refused], take_rows(y, ~refused)
