"""Levels of frequency bands, frame after frame."""

import numbers

import numpy as np
import numpy.typing as npt

from audiogen.signal._stft import stft
from audiogen.utils.validation import Interval, check_parameters

__all__ = ["band_levels"]

_FRAME_LENGTH, _HOP_LENGTH = 1024, 256
_N_BANDS = 30
_LOWEST = 40.0  # Hz
_FLOOR = 1e-8  # of the power: silence is at -80 dB


def band_levels(audio: npt.ArrayLike, sample_rate: float) -> np.ndarray:
    """Compute the levels of up to 30 frequency bands in each frame of clips.

    Parameters
    ----------
    audio : array-like of shape (n_samples, n_timesteps) or (n_timesteps,)
        Clips.
    sample_rate : float
        Sampling rate of the audio, in Hz, above 80.

    Returns
    -------
    levels : ndarray of shape (n_samples, n_frames, n_bands)
        In dB, -80 for silence. Bands are equally wide on a logarithmic axis from 40 Hz to half
        the sampling rate; where several lie within one bin of the spectrum, they are one. Frames
        are those of `stft`, 1,024 samples long and 256 apart.

    Raises
    ------
    ValueError
        Where the audio has another shape or is not finite.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.signal import band_levels
    >>> levels = band_levels(np.sin(2 * np.pi * 1000 * np.arange(16000) / 16000), 16000)
    >>> levels.shape
    (1, 66, 29)
    """
    rule = {"sample_rate": Interval(numbers.Real, 2 * _LOWEST, None, closed="neither")}
    check_parameters("band_levels", rule, {"sample_rate": sample_rate})
    power = np.square(np.abs(stft(audio, _FRAME_LENGTH, _HOP_LENGTH)))
    edges = np.geomspace(_LOWEST, sample_rate / 2, _N_BANDS + 1) * _FRAME_LENGTH / sample_rate
    firsts = np.unique(np.maximum(1, edges[:-1].astype(int)))
    return 10 * np.log10(np.add.reduceat(power, firsts, axis=2) + _FLOOR)
