"""Tonality: how far the peaks of a spectrum rise above what is around them."""

import numpy as np
import numpy.typing as npt
from scipy.ndimage import median_filter

from audiogen.metrics._clips import check_timed_clips
from audiogen.signal import stft

__all__ = ["tonality"]

_FRAME_LENGTH, _HOP_LENGTH = 4096, 1024
_RANGE = 60.0, 8000.0  # Hz
_AROUND = 61  # bins
_N_PEAKS = 20
_LOUD = 45.0  # dB below the loudest bin
_FLOOR = 1e-7


def tonality(audio: npt.ArrayLike, *, sample_rate: float) -> float:
    """Compute how high the peaks of the spectra of clips are over what is around them.

    Parameters
    ----------
    audio : array-like of shape (n_samples, n_timesteps) or (n_timesteps,), or list of arrays
        Clips; those of a list may be of different lengths.
    sample_rate : float
        Sampling rate of the audio, in Hz.

    Returns
    -------
    tonality : float
        In dB: the mean height of the 20 highest peaks from 60 to 8,000 Hz above the median of the
        61 bins around each, over frames of 4,096 samples that are not 45 dB below the
        loudest. 8 to 9 for noise, 30 and more for sustained tones, 0 for silence.

    Raises
    ------
    ValueError
        Where a clip has another shape or is not finite.

    Notes
    -----
    What phases that do not go together blur, and what codecs and vocoders make of tones, is lower
    than the original, however near all levels are.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.metrics import tonality
    >>> rng = np.random.default_rng(0)
    >>> hiss = rng.standard_normal(32000)
    >>> tone = np.sign(np.sin(2 * np.pi * 220 * np.arange(32000) / 16000))
    >>> tonality(hiss, sample_rate=16000) < 12 < tonality(tone, sample_rate=16000)
    True
    """
    clips = check_timed_clips("tonality", audio, "audio", sample_rate)
    return float(np.concatenate([_peak_heights(clip, sample_rate) for clip in clips]).mean())


def _peak_heights(clip: np.ndarray, sample_rate: float) -> np.ndarray:
    """Return the heights of the highest peaks in each loud frame, in dB."""
    levels = 20 * np.log10(np.abs(stft(clip, _FRAME_LENGTH, _HOP_LENGTH)[0]) + _FLOOR)
    first, last = (round(hertz * _FRAME_LENGTH / sample_rate) for hertz in _RANGE)
    levels = levels[:, first:last]
    levels = levels[levels.max(axis=1) > levels.max() - _LOUD]
    over = levels - median_filter(levels, (1, _AROUND))
    inner = levels[:, 1:-1]
    peaks = (inner > levels[:, :-2]) & (inner >= levels[:, 2:])
    heights = np.where(peaks, over[:, 1:-1], 0)
    return np.sort(heights, axis=1)[:, -_N_PEAKS:]
