"""Sequences of codes, checked and laid end to end."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.utils.validation import validate_data

__all__ = [
    "CodeSequences",
    "as_codes",
    "checked_sequences",
    "codebooks_of",
    "prompt_for_each",
    "sequence_latents",
]


@dataclass
class CodeSequences:
    """Sequences of codes, laid end to end.

    Parameters
    ----------
    codes : ndarray of shape (n_steps, n_levels), int64
        The codes of all sequences, one sequence after the other.
    lengths : ndarray of shape (n_sequences,), int64
        Number of steps of each sequence.
    shape : tuple of int
        Shape of one sequence as it was given, the longest where they differ.
    dtype : str
        Integer type of the codes as they were given.
    n_copies : int, default=1
        How many times each sequence is there, cut into steps at other places; the sequences as
        they were given come first.
    """

    codes: np.ndarray
    lengths: np.ndarray
    shape: tuple[int, ...]
    dtype: str
    n_copies: int = 1

    def __len__(self) -> int:
        return len(self.lengths)

    def __iter__(self) -> Iterator[np.ndarray]:
        return iter(np.split(self.codes, np.cumsum(self.lengths)[:-1]))

    @property
    def places(self) -> np.ndarray:
        """Number of steps that precede each step in its sequence."""
        ends = np.cumsum(self.lengths)
        return np.arange(len(self.codes)) - np.repeat(ends - self.lengths, self.lengths)

    @property
    def sequence(self) -> np.ndarray:
        """Number of the sequence of each step."""
        return np.repeat(np.arange(len(self.lengths)), self.lengths)

    def with_more(self, others: Sequence["CodeSequences"]) -> "CodeSequences":
        """Return these sequences, and copies that are cut into steps at other places."""
        parts = [self, *others]
        return CodeSequences(
            np.concatenate([part.codes for part in parts]),
            np.concatenate([part.lengths for part in parts]),
            self.shape,
            self.dtype,
            len(parts),
        )


def checked_sequences(estimator: Any, X: Any, *, reset: bool) -> CodeSequences:
    """Return sequences of codes, checked.

    Parameters
    ----------
    estimator : BaseSequencer
        What they are for.
    X : array-like of shape (n_sequences, length) or (n_sequences, length, n_levels), or list
        Codes; a list holds an array of shape (length,) or (length, n_levels) for each sequence.
    reset : bool
        Whether the estimator takes over the length of the sequences. Otherwise those of an array
        without levels must have it.

    Returns
    -------
    sequences : CodeSequences

    Raises
    ------
    ValueError
        For anything but integers of 0 and above, or sequences of several shapes.
    """
    name = type(estimator).__name__
    if _lists_sequences(X):
        rows = [as_codes(row, name) for row in X]
        _refuse_unlike(rows)
        if reset:
            estimator.n_features_in_ = max(map(len, rows))
    else:
        X = validate_data(estimator, X, reset=reset, dtype="numeric", allow_nd=True)
        if X.ndim > 3 or 0 in X.shape:
            raise ValueError(
                "X must be codes of shape (n_sequences, length) or (n_sequences, length, "
                f"n_levels), with at least one in each. Got {X.shape}."
            )
        rows = list(as_codes(X, name))
    lengths = np.array([len(row) for row in rows])
    joined = np.concatenate(rows)
    shape = (int(lengths.max()), *joined.shape[1:])
    codes = joined.reshape(len(joined), -1).astype(np.int64)
    return CodeSequences(codes, lengths, shape, joined.dtype.str)


def as_codes(values: Any, name: str) -> np.ndarray:
    """Return an array of codes; refuse what is none.

    Parameters
    ----------
    values : array-like
        Codes; whole numbers of another type count as integers.
    name : str
        What they are for, for the message.

    Returns
    -------
    codes : ndarray of int

    Raises
    ------
    ValueError
        For anything but integers of 0 and above.
    """
    codes = np.asarray(values)
    whole = codes.dtype.kind in "iu" or (
        codes.dtype.kind == "f" and bool(np.all(np.isfinite(codes) & (codes == np.floor(codes))))
    )
    if not whole:
        example = codes.ravel()[:1].tolist()
        raise ValueError(
            f"{name} takes codes, which are integers of 0 and above, as SpectralCodes and "
            f"ResidualVectorQuantizer return them. Got {codes.dtype} such as {example}."
        )
    if codes.size and codes.min() < 0:
        raise ValueError(
            f"Negative values in data passed to {name}: codes are integers of 0 and above. "
            f"Got {codes.min()}."
        )
    return codes if codes.dtype.kind in "iu" else codes.astype(np.int64)


def codebooks_of(codec: Any) -> np.ndarray | None:
    """Return the codebooks of a codec, float32, None without any; refuse what is no codec."""
    if codec is None:
        return None
    if not hasattr(codec, "codebooks_"):
        raise ValueError(
            "codec must be fitted and have codebooks_, as SpectralCodes and "
            f"ResidualVectorQuantizer do. Got {codec!r}."
        )
    books = codec.codebooks_
    return None if books is None else np.asarray(books, dtype=np.float32)


def sequence_latents(codes: np.ndarray, books: np.ndarray) -> np.ndarray:
    """Return what codes stand for: sums of centroids.

    Parameters
    ----------
    codes : ndarray of shape (..., n_levels), int64
        The codes.
    books : ndarray of shape (n_levels, n_codes, n_components)
        Centroids, whose type the sums have.

    Returns
    -------
    latents : ndarray of shape (..., n_components)
    """
    latents = books[0][codes[..., 0]]
    for level in range(1, len(books)):
        latents += books[level][codes[..., level]]  # an hour has no room for copies
    return latents


def prompt_for_each(prompt: np.ndarray, n_samples: int) -> np.ndarray:
    """Return a prompt for each sample."""
    if len(prompt) not in (1, n_samples):
        raise ValueError(
            f"There are {len(prompt)} prompts for {n_samples} sample(s); give one, or as many as "
            "samples."
        )
    return np.repeat(prompt, n_samples // len(prompt), axis=0)


def _lists_sequences(X: Any) -> bool:
    """Tell whether X is a list of sequences, or has the shape of codes with levels.

    The length of those says nothing: a codec makes one array of recordings of one length.
    """
    if isinstance(X, np.ndarray) and X.ndim == 3 and X.size:
        return True
    if not isinstance(X, list | tuple) or not X or isinstance(X[0], str):
        return False
    arrays = all(isinstance(row, np.ndarray) and row.ndim for row in X)
    nested = all(isinstance(row, list | tuple) for row in X)
    return arrays or (nested and any(len(row) != len(X[0]) for row in X))


def _refuse_unlike(rows: list[np.ndarray]) -> None:
    """Refuse a list whose sequences are empty or differ in more than their lengths."""
    for i, row in enumerate(rows):
        if row.ndim not in (1, 2) or not row.size:
            raise ValueError(
                "X must list codes of shape (length,) or (length, n_levels) with at least one "
                f"step. Got {row.shape} in place {i}."
            )
        if row.shape[1:] != rows[0].shape[1:]:
            raise ValueError(
                "The sequences of X must have as many levels each. Got the shapes "
                f"{rows[0].shape} in place 0 and {row.shape} in place {i}."
            )
