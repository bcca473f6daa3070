"""Frames and the windows over them: each frame read once, whatever windows hold it."""

from collections.abc import Callable
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from audiogen.generators._principal_axes import principal_axes, project
from audiogen.generators._scaling import Scaling, refuse_not_finite
from audiogen.utils.blocks import blocks_of

__all__ = ["FrameScaling", "distinct_frames"]


def distinct_frames(X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Find the frames that windows are views of, by the strides.

    Parameters
    ----------
    X : ndarray of shape (n_windows, width, ...)
        Windows. Only where their strides lead to no common frames, which no
        `SlidingWindow` does, are they copied.

    Returns
    -------
    frames : ndarray of shape (n_frames, ...)
        A read-only view. Frames that lie between windows are there as well.
    starts : ndarray of shape (n_windows,)
        ``X[i]`` is ``frames[starts[i] : starts[i] + width]``.
    """
    n_windows, width = X.shape[:2]
    step = _step(X)
    if step is None:
        X, step = np.ascontiguousarray(X), width
    frames = np.lib.stride_tricks.as_strided(
        X,
        ((n_windows - 1) * step + width, *X.shape[2:]),
        X.strides[1:],
        writeable=False,
    )
    return frames, step * np.arange(n_windows)


def _step(X: np.ndarray) -> int | None:
    """Return the frames from one window to the next, None where that is no number."""
    if len(X) == 1:
        return X.shape[1]  # its stride means nothing
    across, along = X.strides[:2]
    if along == 0 or across % along or across // along < 0:
        return None
    return across // along


class FrameScaling(Scaling):
    """Scaling of the frames in windows, and their components where these are wanted.

    The network sees either scaled frames or their components along orthonormal axes.
    Components are divided by one number, so that they are 1 on average; beside them
    stands the length of what the axes leave out.

    Parameters
    ----------
    n_components : int or None
        How many axes at most; None for the frames themselves.

    Attributes
    ----------
    frame_shape_ : tuple of int
        The shape of a frame.
    network_shape_ : tuple of int
        The shape of a frame as the network sees it.
    error_scale_ : float or None
        What turns a sum of squared errors of components into their mean over a scaled
        frame; None without components.
    axes_ : ndarray of shape (n_axes, frame size) or None
        Orthonormal, float32.
    centre_ : ndarray of shape (frame size,)
        The mean frame; only with axes.
    unit_ : float
        What components are divided by; only with axes.
    """

    axes_: Any

    def __init__(self, n_components: int | None) -> None:
        self.n_components = n_components

    def check(self, X: Any, rows: np.ndarray) -> None:
        """Refuse rows with NaN or infinite values.

        Parameters
        ----------
        X : ndarray of shape (n_windows, width, ...)
            Windows.
        rows : ndarray of int
            The rows that count.
        """
        frames, starts = distinct_frames(X)
        for block in blocks_of(_held(starts, rows, X.shape[1]), frames):
            # A frame is named after the last window that starts at or before it.
            refuse_not_finite(frames[block], np.searchsorted(starts, block, side="right") - 1)

    def fit(self, X: Any, rows: np.ndarray) -> Self:
        """Read the frames of the rows, each once.

        Parameters
        ----------
        X : ndarray of shape (n_windows, width, ...)
            Windows; may be views of a memory map.
        rows : ndarray of int
            The rows that count, all finite.

        Returns
        -------
        self : FrameScaling
        """
        frames, held = self.content(X, rows)
        super().fit(frames, held)
        self.frame_shape_ = frames.shape[1:]
        self.axes_, self.network_shape_, self.error_scale_ = None, self.frame_shape_, None
        if self.n_components is not None:
            flat = frames.reshape(len(frames), -1)
            self.axes_, centre, power = principal_axes(flat, held, self.n_components)
            self.centre_ = centre.astype(np.float32)
            self.unit_ = np.float32(np.sqrt(power / len(self.axes_))) or np.float32(1)
            self.network_shape_ = (len(self.axes_),)
            self.error_scale_ = float(self.unit_ / self.scale_) ** 2 / flat.shape[1]
        return self

    def content(self, X: Any, rows: np.ndarray) -> tuple[Any, np.ndarray]:
        """Return frames, and the numbers of those that rows hold, each once.

        Parameters
        ----------
        X : ndarray of shape (n_windows, width, ...)
            Windows.
        rows : ndarray of int
            The rows that count.

        Returns
        -------
        frames : ndarray of shape (n_frames, ...)
        numbers : ndarray of int
        """
        frames, starts = distinct_frames(X)
        return frames, _held(starts, rows, X.shape[1])

    def reader(self, X: Any, rows: np.ndarray) -> Callable[..., np.ndarray]:
        """Return a function from rows to windows as the network sees them.

        Parameters
        ----------
        X : ndarray of shape (n_windows, width, ...)
            Windows.
        rows : ndarray of int
            All rows that will be asked for.

        Returns
        -------
        read : callable
            ``read(rows, part)``, with a slice of a window's frames, returns an array of shape
            (n, n_frames, *network_shape_), float32; components have one more number, the
            length of what they leave out.
        """
        if self.axes_ is None:
            return lambda rows, part: self.forward(X[rows, part])
        frames, starts = distinct_frames(X)
        held = _held(starts, rows, X.shape[1])
        components = np.column_stack(self._projected(frames, held))
        offsets = np.arange(X.shape[1])

        def read(rows: np.ndarray, part: slice) -> np.ndarray:
            wanted = starts[rows][:, np.newaxis] + offsets[part]
            return components[np.searchsorted(held, wanted)]

        return read

    def forward(self, block: npt.ArrayLike) -> np.ndarray:
        """Return frames as the network sees them.

        Parameters
        ----------
        block : array-like of shape (..., *frame_shape_)
            Frames.

        Returns
        -------
        block : ndarray of shape (..., *network_shape_), float32
        """
        if self.axes_ is None:
            return super().forward(block)
        block = np.asarray(block)
        leading = block.shape[: block.ndim - len(self.frame_shape_)]
        frames = np.reshape(block, (-1, *self.frame_shape_))
        components, _ = self._projected(frames, np.arange(len(frames)))
        return components.reshape(*leading, -1)

    def inverse(self, block: npt.ArrayLike) -> np.ndarray:
        """Return the network's output as frames.

        Parameters
        ----------
        block : array-like of shape (..., *network_shape_)
            The output.

        Returns
        -------
        frames : ndarray of shape (..., *frame_shape_), float32
            Those of data within [-1, 1] are clipped to that range.
        """
        values = np.asarray(block, dtype=np.float32)
        if self.axes_ is None:
            values = super().inverse(values)
        else:
            frames = values.reshape(-1, len(self.axes_)) * self.unit_ @ self.axes_ + self.centre_
            values = frames.reshape(*values.shape[:-1], *self.frame_shape_)
        return np.clip(values, -1, 1) if self.bounded_ else values

    def _projected(self, frames: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return components of frames, and the length of the rest, in their unit."""
        flat = frames.reshape(len(frames), -1)
        components, rest = project(flat, rows, self.axes_, self.centre_)
        return components / self.unit_, rest / self.unit_


def _held(starts: np.ndarray, rows: np.ndarray, width: int) -> np.ndarray:
    """Return the numbers of the frames that rows hold, in order."""
    return np.unique(starts[rows][:, np.newaxis] + np.arange(width))
