"""Means and deviations of log-mel spectra, one row of features for each clip."""

import numpy as np
import numpy.typing as npt
import scipy.fft

from audiogen.signal import mfcc, scale_to_peak
from audiogen.utils.large import map_rows
from audiogen.utils.validation import check_audio

__all__ = ["N_BANDS", "N_MELS", "band_levels_of", "log_mel_statistics"]

N_MELS = 128
N_BANDS = 32


def log_mel_statistics(
    audio: npt.ArrayLike, sample_rate: float, *, scaled: bool = False
) -> np.ndarray:
    """Return means and standard deviations over time of the log-mel spectrum of each clip.

    Parameters
    ----------
    audio : array-like of shape (n_samples, n_timesteps)
        Clips.
    sample_rate : float
        Sampling rate of the audio, in Hz.
    scaled : bool, default=False
        Whether each clip is scaled to a peak of 1 before.

    Returns
    -------
    statistics : ndarray of shape (n_samples, 64), float32
        The means of 32 bands in dB, each of 4 mel bands of `mfcc`, then their standard
        deviations.

    See Also
    --------
    mfcc_frames : Coefficients of each frame.
    """

    def statistics(rows: np.ndarray) -> np.ndarray:
        rows = scale_to_peak(rows) if scaled else rows
        levels = band_levels_of(mfcc(rows, sample_rate, N_MELS))
        return np.concatenate([levels.mean(axis=1), levels.std(axis=1)], axis=1)

    return map_rows(statistics, check_audio(audio))


def band_levels_of(cepstrum: np.ndarray) -> np.ndarray:
    """Return the levels of bands in each frame, from all cepstral coefficients."""
    levels = scipy.fft.idct(cepstrum, norm="ortho", axis=2)  # exact, with all of them
    return levels.reshape(*levels.shape[:2], N_BANDS, -1).mean(axis=3)
