"""Lists of texts, checked."""

from typing import Any

import numpy as np

from audiogen.utils.names import shortened

__all__ = ["checked_texts"]

_LONGEST = 10_000  # characters of a text: arrays of texts are as wide as the longest


def checked_texts(X: Any, name: str = "X") -> np.ndarray:
    """Return texts as an array of str.

    Parameters
    ----------
    X : array-like of shape (n_texts,)
        What should be texts.
    name : str, default="X"
        What messages call them.

    Returns
    -------
    texts : ndarray of shape (n_texts,), str

    Raises
    ------
    ValueError
        If they have another shape, are none, or one is no text or a very long one.

    Examples
    --------
    >>> from audiogen.utils.texts import checked_texts
    >>> checked_texts(["a dark bell", "a flute"])
    array(['a dark bell', 'a flute'], dtype='<U11')
    """
    texts = np.asarray(X, dtype=object)
    if texts.ndim != 1 or not len(texts):
        raise ValueError(
            f"{name} must be a list of texts, one at least. Got {shortened(repr(X), 80)}."
        )
    for row, text in enumerate(texts):
        if not isinstance(text, str):
            raise ValueError(
                f"{name} must be texts. Got {shortened(repr(text), 80)} in row {row}: give it "
                "words, the empty text '' where there are none, or drop the row."
            )
        if len(text) > _LONGEST:
            raise ValueError(
                f"{name} must be texts of at most {_LONGEST} characters, a sentence or two. Got "
                f"{len(text)} in row {row}."
            )
    return texts.astype(str)
