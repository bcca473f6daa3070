"""Labels of notes: the columns of a table, or one unnamed label, and their classes."""

from typing import Any, NamedTuple

import numpy as np
from sklearn.utils.multiclass import check_classification_targets

from audiogen.utils.columns import is_named, read_columns, refuse_missing, validated_conditions

__all__ = ["Labels", "classes_of", "encoded", "labels_of", "share_right"]


class Labels(NamedTuple):
    """Labels of notes.

    Attributes
    ----------
    names : list
        Names of the labels; numbers where they have none.
    columns : list of ndarray of shape (n_samples,)
        The values of each.
    """

    names: list[Any]
    columns: list[np.ndarray]

    def find_numbers(self, name: str) -> int | None:
        """Return which label has a name and is of numbers, None where there is none."""
        if name not in self.names:
            return None
        found = self.names.index(name)
        return found if self.columns[found].dtype.kind in "iuf" else None


def labels_of(y: Any) -> Labels:
    """Return the labels of a table or array.

    Parameters
    ----------
    y : DataFrame, record array, dict, or array-like of shape (n_samples,) or (n_samples, k)
        Labels.

    Returns
    -------
    labels : Labels

    Raises
    ------
    ValueError
        Where values are missing, are no classes but quantities, or are of several types without
        columns. The message names the column.
    """
    if not is_named(y):
        y = np.asarray(y)
        try:
            check_classification_targets(y)
        except TypeError as error:  # which it raises where it cannot sort them
            raise ValueError(
                "y without names must hold labels of one type. Give those of several as a "
                "DataFrame, with a column for each."
            ) from error
        columns = list(y.reshape(len(y), -1).T)
        return Labels(list(range(len(columns))), columns)
    columns = []
    for name, column in read_columns(y).items():
        refuse_missing(name, column.values)
        if not _are_classes(column.values):
            raise ValueError(
                f"The column {name!r} of y must hold labels: text, bools or whole numbers. Round "
                "its numbers, or leave it out."
            )
        columns.append(column.values)
    if not columns:
        raise ValueError("y has no columns; give one of labels at least.")
    return Labels(list(read_columns(y)), columns)


def share_right(found: np.ndarray, y: Any, names: list[Any]) -> float:
    """Return the share of notes of which all labels are right.

    Parameters
    ----------
    found : ndarray of shape (n_samples,) or (n_samples, k)
        Labels that were predicted.
    y : DataFrame, record array, dict, or array-like of shape (n_samples,) or (n_samples, k)
        The true ones.
    names : list
        Names of the labels in fit.

    Returns
    -------
    share : float

    Raises
    ------
    ValueError
        Where `y` has other names, or without names another number of columns.
    """
    true = labels_of(validated_conditions(found, y))
    if true.names not in (names, [*range(len(names))]):
        raise ValueError(f"y must have the labels {names}, as in fit. Got {true.names}.")
    columns = found.reshape(len(found), -1).T
    right = [a == b for a, b in zip(columns, true.columns, strict=True)]
    return float(np.mean(np.all(right, axis=0)))


def classes_of(labels: Labels, classes: Any) -> list[np.ndarray]:
    """Return the classes of labels.

    Parameters
    ----------
    labels : Labels
        The labels.
    classes : array-like, list of them or None
        What the caller says that they are, of the only label or of each; None takes those there
        are.

    Returns
    -------
    classes : list of ndarray of shape (n_classes,)
        Sorted.

    Raises
    ------
    ValueError
        Where the caller does not say them of each label.
    """
    if classes is None:
        return [np.unique(values) for values in labels.columns]
    said = [classes] if len(labels.names) == 1 else list(classes)
    if len(said) != len(labels.names):
        raise ValueError(
            f"classes must be a list of those of each label: {labels.names}. Got {len(said)}."
        )
    return [np.unique(values) for values in said]


def encoded(labels: Labels, names: list[Any], classes: list[np.ndarray]) -> np.ndarray:
    """Return the numbers of the classes of labels.

    Parameters
    ----------
    labels : Labels
        The labels.
    names : list
        Names that they must have.
    classes : list of ndarray of shape (n_classes,)
        The classes of each, sorted.

    Returns
    -------
    codes : ndarray of shape (n_samples, n_labels), int32

    Raises
    ------
    ValueError
        Where labels have other names, or a class is unknown; the message says which.
    """
    if labels.names != names:
        raise ValueError(f"y must have the labels {names}, as at first. Got {labels.names}.")
    codes = []
    for name, values, known in zip(names, labels.columns, classes, strict=True):
        unknown = np.setdiff1d(values, known)
        if len(unknown):
            listed = ", ".join(map(repr, unknown[:5].tolist()))
            raise ValueError(
                f"The label {name!r} has classes that the first call did not have: {listed}. Fit "
                "anew with all of them."
            )
        codes.append(np.searchsorted(known, values))
    return np.stack(codes, axis=1).astype(np.int32)


def _are_classes(values: np.ndarray) -> bool:
    """Tell whether values of a column are text, bools or whole numbers."""
    if values.dtype.kind == "f":
        return bool((values == np.rint(values)).all())
    return values.dtype.kind in "biuU"
