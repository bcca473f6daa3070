"""Windows over frames that follow each other, without a copy."""

import numbers
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils import check_array
from sklearn.utils.validation import check_is_fitted, validate_data

from audiogen.utils.validation import Interval, check_parameters, warn_user

__all__ = ["SlidingWindow"]

_FLOATS = (np.float32, np.float64)


class SlidingWindow(TransformerMixin, BaseEstimator):
    """Make every run of frames that follow each other a row.

    Parameters
    ----------
    length : int, default=16
        Number of frames that a generator sees.
    horizon : int, default=1
        Number of frames after those that the generator learns to predict. A row has
        ``length + horizon`` frames.
    step : int, default=1
        Number of frames from the start of a window to the start of the next.
    axis : {0, 1}, default=0
        Axis along which frames follow each other: 0 takes each row of X as a frame; 1 takes
        X as one recording, of shape (1, n_frames, ...).

    Attributes
    ----------
    frame_shape_ : tuple of int
        The shape of one frame.
    n_features_in_ : int
        ``X.shape[1]`` in `fit`.

    Notes
    -----
    `transform` returns a read-only view of X: overlapping windows take no memory until
    they are copied. Frames after the last whole window are left out.

    It changes the number of rows, so no `y` can go with it: a pipeline that has it must be
    fitted without. Of scikit-learn's common checks it fails the four that hold each row of
    the output to one row of the input.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.preprocessing import SlidingWindow
    >>> frames = np.arange(2000.0).reshape(1000, 2)
    >>> windows = SlidingWindow().fit_transform(frames)
    >>> windows.shape, np.shares_memory(windows, frames)
    ((984, 17, 2), True)
    >>> SlidingWindow().fit(frames).inverse_transform(windows).shape
    (1000, 2)
    """

    def __init__(self, length: int = 16, horizon: int = 1, step: int = 1, axis: int = 0) -> None:
        self.length = length
        self.horizon = horizon
        self.step = step
        self.axis = axis

    def fit(self, X: npt.ArrayLike, y: Any = None) -> "SlidingWindow":
        """Check the parameters and remember the shape of a frame.

        Parameters
        ----------
        X : array-like of shape (n_frames, ...), or (1, n_frames, ...) for ``axis=1``
            Frames in their order.
        y : None
            Ignored.

        Returns
        -------
        self : SlidingWindow

        Raises
        ------
        ValueError
            For several recordings with ``axis=1``.
        """
        check_parameters(
            self,
            {
                "length": Interval(numbers.Integral, 1, None),
                "horizon": Interval(numbers.Integral, 1, None),
                "step": Interval(numbers.Integral, 1, None),
                "axis": Interval(numbers.Integral, 0, 1, closed="both"),
            },
        )
        checked = validate_data(self, X, dtype=_FLOATS, allow_nd=True)
        self.frame_shape_ = self._frames(checked).shape[1:]
        return self

    def transform(self, X: npt.ArrayLike) -> np.ndarray:
        """Return the windows.

        Parameters
        ----------
        X : array-like of shape (n_frames, ...), or (1, n_frames, ...) for ``axis=1``
            Frames in their order.

        Returns
        -------
        windows : ndarray of shape (n_windows, length + horizon, ...)
            A read-only view of X where that is a float array.

        Raises
        ------
        ValueError
            Where there are fewer frames than one window has, or frames have another shape
            than in `fit`.
        """
        check_is_fitted(self)
        if self.axis == 0:
            checked = validate_data(self, X, dtype=_FLOATS, allow_nd=True, reset=False)
        else:  # a recording may have another number of frames
            checked = check_array(X, dtype=_FLOATS, allow_nd=True, estimator=self)
        frames = self._frames(checked)
        self._check_frame_shape(frames.shape[1:])
        width = self.length + self.horizon
        if len(frames) < width:
            raise ValueError(
                f"SlidingWindow needs at least length + horizon = {width} frames along axis "
                f"{self.axis}. Got {len(frames)}; give more frames, or shorter windows."
            )
        windows = np.lib.stride_tricks.sliding_window_view(frames, width, axis=0)
        return np.moveaxis(windows, -1, 1)[:: self.step]

    def inverse_transform(self, X: npt.ArrayLike) -> np.ndarray:
        """Return the frames of windows.

        Where windows overlap, a frame is taken from the last window that starts at or
        before it, so all frames come back exactly where the windows agree. With a
        `step` beyond the width of a window the frames between windows are lost, and
        those of the windows are returned one after the other.

        Parameters
        ----------
        X : array-like of shape (n_windows, length + horizon, ...)
            Windows in their order.

        Returns
        -------
        frames : ndarray of shape (n_frames, ...), or (1, n_frames, ...) for ``axis=1``
            Without the frames that no window had.
        """
        check_is_fitted(self)
        X = np.asarray(X)
        width = self.length + self.horizon
        if X.ndim < 2 or X.shape[0] == 0 or X.shape[1] != width:
            raise ValueError(
                f"SlidingWindow.inverse_transform needs windows of length + horizon = {width} "
                f"frames, of shape (n_windows, {width}, ...). Got {X.shape}."
            )
        self._check_frame_shape(X.shape[2:])
        starts = X[:-1, : self.step].reshape(-1, *self.frame_shape_)
        frames = np.concatenate([starts, X[-1]])
        return frames if self.axis == 0 else frames[np.newaxis]

    @property
    def joins_along_time(self) -> bool:
        """Whether generated frames are moments of one recording, to be joined as they are."""
        return self.axis == 1

    def inverse_transform_sequence(self, X: npt.ArrayLike) -> np.ndarray:
        """Return generated frames as they are: they are frames, not windows.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_frames, ...)
            The frames that a generator adds.

        Returns
        -------
        X : ndarray of shape (n_samples, n_frames, ...)
            For ``axis=1``, one recording for each sample.

        Warns
        -----
        UserWarning
            For ``axis=1``, as such recordings fade: `audiogen.recipes.continuation` goes on with
            them better.
        """
        if self.axis == 1:
            warn_user(
                "Frames of a recording that are predicted one after the other, each as the mean "
                "of what may follow, fade. audiogen.recipes.continuation draws what follows."
            )
        return np.asarray(X)

    def _frames(self, X: np.ndarray) -> np.ndarray:
        """Return X as (n_frames, ...), a view."""
        if self.axis == 1 and len(X) > 1:
            raise ValueError(
                f"SlidingWindow(axis=1) takes one recording of shape (1, n_frames, ...). Got "
                f"{len(X)} recordings: fit on one, then give the others to the generator's "
                "partial_fit one by one."
            )
        return X if self.axis == 0 else X[0]

    def _check_frame_shape(self, shape: tuple[int, ...]) -> None:
        if shape != self.frame_shape_:
            raise ValueError(
                f"SlidingWindow was fitted on frames of shape {self.frame_shape_}. Got {shape}."
            )

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags
