"""Rhythm: at which distances in time onsets repeat."""

import numpy as np
import numpy.typing as npt

from audiogen.metrics._clips import HOP_LENGTH, check_timed_clips, windows_of
from audiogen.signal import band_levels

__all__ = ["onset_autocorrelation", "rhythm_likeness"]

_LAGS = 0.2, 2.5  # seconds
_SECONDS = 8.0  # of a window
_SHORTEST = 3.0  # seconds
_LEAST = 1e-12


def onset_autocorrelation(audio: npt.ArrayLike, *, sample_rate: float) -> np.ndarray:
    """Compute how alike the onsets of clips are to those a while later.

    Parameters
    ----------
    audio : array-like of shape (n_samples, n_timesteps) or (n_timesteps,), or list of arrays
        Clips of 3 s at least; those of a list may be of different lengths.
    sample_rate : float
        Sampling rate of the audio, in Hz.

    Returns
    -------
    likeness : ndarray of shape (n_lags,)
        Autocorrelation of the onset strength at lags from 0.2 to 2.5 s, 256 samples apart, the
        mean over windows of 8 s that overlap by half. 0 for silence. Its highest peaks are at
        the beat and at multiples of it.

    Raises
    ------
    ValueError
        Where a clip is too short, has another shape or is not finite.

    Notes
    -----
    Onset strength is the mean rise of the levels of bands from one frame to the next.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.metrics import onset_autocorrelation
    >>> clicks = np.zeros(8 * 16000)
    >>> clicks[::8000] = 1  # two a second
    >>> likeness = onset_autocorrelation(clicks, sample_rate=16000)
    >>> lags = 0.2 + np.arange(len(likeness)) * 256 / 16000
    >>> round(float(lags[likeness.argmax()]) % 0.5, 1) in (0.0, 0.5)
    True
    """
    clips = check_timed_clips("onset_autocorrelation", audio, "audio", sample_rate, _SHORTEST)
    repeats: list[np.ndarray] = []
    for clip in clips:
        rises = np.maximum(np.diff(band_levels(clip, sample_rate)[0], axis=0), 0).mean(axis=1)
        repeats.extend(_autocorrelations(windows_of(rises, _SECONDS, sample_rate)))
    first, last = (round(lag * sample_rate / HOP_LENGTH) for lag in _LAGS)
    return np.mean([window[first:last] for window in repeats], axis=0)


def rhythm_likeness(real: npt.ArrayLike, generated: npt.ArrayLike, *, sample_rate: float) -> float:
    """Compute how alike the rhythms of real and of generated clips are.

    Parameters
    ----------
    real, generated : array-like of shape (n_samples, n_timesteps) or (n_timesteps,), or list of \
            arrays
        Clips of 3 s at least; those of a list may be of different lengths.
    sample_rate : float
        Sampling rate of the audio, in Hz.

    Returns
    -------
    likeness : float
        Correlation of the onset autocorrelations of both, from -1 to 1; 0 where one is silent.
        Compare with what other real clips reach: where there is no beat, that is little.

    Raises
    ------
    ValueError
        Where a clip is too short, has another shape or is not finite.

    See Also
    --------
    onset_autocorrelation : What is compared.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.metrics import rhythm_likeness
    >>> clicks = np.zeros((3, 8 * 16000))
    >>> clicks[0, ::8000], clicks[1, 4000::8000], clicks[2, ::5500] = 1, 1, 1
    >>> rhythm_likeness(clicks[0], clicks[1], sample_rate=16000) > 0.9  # wherever it begins
    True
    >>> rhythm_likeness(clicks[0], clicks[2], sample_rate=16000) < 0.5  # at another tempo
    True
    """
    check_timed_clips("rhythm_likeness", real, "real", sample_rate, _SHORTEST)
    check_timed_clips("rhythm_likeness", generated, "generated", sample_rate, _SHORTEST)
    known = onset_autocorrelation(real, sample_rate=sample_rate)
    made = onset_autocorrelation(generated, sample_rate=sample_rate)
    if np.ptp(known) == 0 or np.ptp(made) == 0:
        return 0.0
    return float(np.corrcoef(known, made)[0, 1])


def _autocorrelations(windows: np.ndarray) -> np.ndarray:
    """Return the autocorrelation of each window, 1 at no lag."""
    windows = windows - windows.mean(axis=1, keepdims=True)
    n = windows.shape[1]
    products = np.fft.irfft(np.square(np.abs(np.fft.rfft(windows, 2 * n))))
    return products / (products[:, :1] + _LEAST) / (1 - np.arange(2 * n) / (2 * n))
