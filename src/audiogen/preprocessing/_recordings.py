"""Recordings of any length: rows of an array, or a list of them."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, TransformerMixin

from audiogen.signal import spectral_patches
from audiogen.utils.large import forget_pages, slabs, validate_rows
from audiogen.utils.validation import as_floating_point, check_audio

__all__ = ["Patches", "RecordingTransformer", "Stretch", "arrays_or_list", "stretches"]

_AT_ONCE = 1024  # patches of a recording that are in memory
_MOST_PATCHES = 8192  # that a codec is learnt from: six minutes at the defaults
_SPAN = 128  # patches in a stretch of longer recordings


class RecordingTransformer(TransformerMixin, BaseEstimator):
    """Base class of transformers that take recordings: rows of an array, or a list."""

    def _recordings(self, X: npt.ArrayLike, *, reset: bool) -> list[np.ndarray]:
        """Return recordings, each with one axis; those of a list may be of any length."""
        if isinstance(X, list | tuple) and any(isinstance(item, np.ndarray) for item in X):
            return [_checked(np.asarray(item), i) for i, item in enumerate(X)]
        wanted = "numeric" if hasattr(X, "__array__") else (np.float32, np.float64)
        try:
            X = validate_rows(self, X, dtype=wanted, reset=reset)
        except ValueError as error:
            if "features, but" not in str(error):
                raise
            raise ValueError(f"{error} Give a list for recordings of any length.") from error
        return list(check_audio(X, name="X", any_level=True))


def _checked(recording: np.ndarray, number: int) -> np.ndarray:
    if recording.ndim != 1:
        raise ValueError(
            f"Each recording of a list must have the shape (n_timesteps,). Recording {number} "
            f"has {recording.shape}; take the mean of its channels."
        )
    name = f"recording {number} of X"
    check_audio(recording[:1], name=name)
    for part in slabs(recording):
        check_audio(recording[part], name=name)
    return as_floating_point(recording)


def arrays_or_list(parts: list[np.ndarray]) -> Any:
    """Return arrays as one, or as a list where their lengths differ."""
    return np.stack(parts) if len({len(part) for part in parts}) == 1 else parts


class Patches(NamedTuple):
    """How a recording is cut into patches.

    Attributes
    ----------
    frame_length, hop_length, n_frames, power
        As `audiogen.signal.spectral_patches` takes them.
    """

    frame_length: int
    hop_length: int
    n_frames: int
    power: float

    @property
    def length(self) -> int:
        """Samples from the start of a patch to the start of the next."""
        return self.n_frames * self.hop_length

    def count(self, recording: np.ndarray) -> int:
        """Return how many patches a recording has."""
        return -(-len(recording) // self.length)

    def of(
        self, recording: np.ndarray, first: int, last: int, step: int | None = None
    ) -> np.ndarray:
        """Return some patches of a recording, as they are among all of it."""
        margin = -(-self.frame_length // self.length)
        start, stop = max(0, first - margin), min(self.count(recording), last + margin)
        audio = recording[start * self.length : stop * self.length]
        step = step or self.n_frames
        patches = spectral_patches(audio, *self, step)[0]
        before, after = ((k - start) * self.n_frames // step for k in (first, last))
        return patches[before:after]

    def blocks(self, recording: np.ndarray) -> Iterator[np.ndarray]:
        """Yield the patches of a recording, a part of them at a time."""
        n_patches = self.count(recording)
        for first in range(0, n_patches, _AT_ONCE):
            yield self.of(recording, first, min(first + _AT_ONCE, n_patches))
            forget_pages(recording)


class Stretch(NamedTuple):
    """Some patches of a recording.

    Attributes
    ----------
    recording : ndarray of shape (n_timesteps,)
        The recording.
    first, last : int
        The first of its patches, and the one after the last.
    """

    recording: np.ndarray
    first: int
    last: int


def stretches(recordings: list[np.ndarray], cut: Patches) -> list[Stretch]:
    """Return recordings in stretches, evenly spread where they are longer than needed.

    Parameters
    ----------
    recordings : list of ndarray of shape (n_timesteps,)
        The recordings.
    cut : Patches
        How they are cut.

    Returns
    -------
    chosen : list of Stretch
    """
    counts = [cut.count(recording) for recording in recordings]
    if sum(counts) <= _MOST_PATCHES:
        return [Stretch(r, 0, n) for r, n in zip(recordings, counts, strict=True)]
    parts = [
        Stretch(recording, first, min(first + _SPAN, n))
        for recording, n in zip(recordings, counts, strict=True)
        for first in range(0, n, _SPAN)
    ]
    n_chosen = max(1, _MOST_PATCHES // _SPAN)
    places = np.linspace(0, len(parts) - 1, min(n_chosen, len(parts))).round().astype(int)
    return [parts[i] for i in places]
