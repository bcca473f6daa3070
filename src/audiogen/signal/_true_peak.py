"""True peaks: those between the samples, too."""

import math
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from scipy.signal import firwin

from audiogen.signal._channels import as_channels
from audiogen.signal._gain_curves import padded_blocks

__all__ = ["highest_between_samples", "true_peak"]

_UP = 4
_REACH = 10  # samples to either side
_HALO = _REACH + 1
_AT_ONCE = 16  # samples oversampled by one product with a matrix, ten times as fast as a filter
_WINDOW = _AT_ONCE + 2 * _REACH


def _oversampling_matrix() -> np.ndarray:
    """Return what oversamples a window of samples: the filter of scipy.signal.resample_poly."""
    taps = _UP * firwin(2 * _REACH * _UP + 1, 1 / _UP, window=("kaiser", 5.0))
    matrix = np.zeros((_WINDOW, _UP, _AT_ONCE), np.float32)
    for phase in range(_UP):
        heard = taps[phase::_UP][::-1]  # by how much the samples before and after are heard
        first = 2 * _REACH + 1 - len(heard)
        for place in range(_AT_ONCE):
            matrix[place + first : place + first + len(heard), phase, place] = heard
    return matrix.reshape(_WINDOW, -1)


_MATRIX = _oversampling_matrix()


def true_peak(audio: npt.ArrayLike, *, wrap: bool = False) -> float:
    """Return the true peak of a clip: that of its waveform, not only of its samples.

    Parameters
    ----------
    audio : array-like of shape (n_timesteps,) or (n_timesteps, n_channels)
        One clip; full scale is 1.
    wrap : bool, default=False
        Whether the clip is one period of a loop, rather than silent before and after.

    Returns
    -------
    level : float
        The highest peak of all channels after oversampling to the fourfold rate, as in ITU-R
        BS.1770-4, annex 2 [1]_, in dB of full scale (dBTP); -inf for silence.

    Raises
    ------
    ValueError
        For audio without samples, or with NaN.

    Notes
    -----
    The oversampling filter is that of `scipy.signal.resample_poly`. The recommendation leaves the
    filter open; other meters may read up to some 0.1 dB more or less.

    References
    ----------
    .. [1] ITU-R BS.1770-4, "Algorithms to measure audio programme loudness and true-peak
       audio level", 2015.

    Examples
    --------
    A tone at a quarter of the sampling rate whose samples miss its peaks:

    >>> import numpy as np
    >>> from audiogen.signal import true_peak
    >>> tone = np.sin(np.pi / 2 * np.arange(1000) + np.pi / 4)
    >>> print(f"{20 * np.log10(tone.max()):.2f}, {true_peak(tone, wrap=True):.2f}")
    -3.01, 0.02
    """
    clip = as_channels(audio)
    highest = max(float(peaks.max()) for _, _, peaks in highest_between_samples(clip, None, wrap))
    return 20 * math.log10(highest) if highest > 0 else -math.inf


def highest_between_samples(
    clip: np.ndarray, gain: np.ndarray | None, wrap: bool
) -> Iterator[tuple[int, int, np.ndarray]]:
    """Yield the highest magnitude round each sample, oversampled fourfold, in blocks.

    Parameters
    ----------
    clip : ndarray of shape (n_timesteps, n_channels)
        The clip.
    gain : ndarray of shape (n_timesteps,) or None
        What it is multiplied by.
    wrap : bool
        Whether the clip is one period of a loop.

    Yields
    ------
    start, stop : int
        Which samples.
    peaks : ndarray of shape (stop - start,), float32
        The highest magnitude of all channels from the sample before until the sample after.
    """
    for start, stop, block in padded_blocks(clip, gain, _HALO, wrap):
        steps = _highest_of_steps(block)[: stop - start + 1]
        if start == 0 and not wrap:
            steps[0] = 0  # before the clip there is nothing to play
        yield start, stop, np.maximum(steps[:-1], steps[1:])


def _highest_of_steps(block: np.ndarray) -> np.ndarray:
    """Return the highest magnitude from each sample until before the next, of all channels.

    The first of them is at the place `_REACH` of the block.
    """
    block = np.pad(block, [(0, 0), (0, _AT_ONCE)])
    windows = np.lib.stride_tricks.sliding_window_view(block, _WINDOW, axis=1)[:, ::_AT_ONCE]
    highest = np.float32(0)
    for channel in windows:
        fine = (np.ascontiguousarray(channel) @ _MATRIX).reshape(-1, _UP, _AT_ONCE)
        np.abs(fine, out=fine)
        for phase in range(_UP):
            highest = np.maximum(highest, fine[:, phase])
    return highest.ravel()
