"""Sounds of a listening test: as loud as each other, and the anchor of MUSHRA."""

import numpy as np
from scipy.signal import firwin, kaiserord, oaconvolve

from audiogen.signal import loudness, true_peak

__all__ = ["low_pass_anchor", "match_loudness"]

_CEILING = -1.0  # dBTP
_MEASURED = 0.4  # seconds of the shortest sound that loudness is measured of
_PASS_HZ, _STOP_HZ, _STOP_DB = 3500.0, 4000.0, 55.0  # 25 dB at 4 kHz and 50 dB at 4.5 are asked


def match_loudness(
    sounds: list[np.ndarray], sample_rate: int, wanted: float
) -> tuple[list[np.ndarray], float]:
    """Return sounds at one loudness, at which none of them clips.

    Parameters
    ----------
    sounds : list of ndarray of shape (n_timesteps, n_channels)
        The sounds. Silence stays as it is. Those shorter than 0.4 s are measured with silence
        after them.
    sample_rate : int
        Sampling rate, in Hz.
    wanted : float
        The loudness to reach, in LUFS.

    Returns
    -------
    matched : list of ndarray, float32
        The sounds, each times one factor: none is limited or compressed.
    level : float
        The loudness of all, less than `wanted` where a sound would be above -1 dBTP.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.evaluation._listening_sounds import match_loudness
    >>> tone = np.sin(np.arange(16000))[:, np.newaxis]
    >>> (soft, loud), level = match_loudness([0.01 * tone, tone], 16000, -23.0)
    >>> bool(np.allclose(soft, loud)), level
    (True, -23.0)
    """
    shortest = int(np.ceil(_MEASURED * sample_rate))
    own: list[float | None] = []
    level = wanted
    for sound in sounds:
        highest = float(np.abs(sound).max())
        measured = None
        if highest > 0:
            padded = np.pad(sound / highest, ((0, max(0, shortest - len(sound))), (0, 0)))
            measured = loudness(padded, sample_rate) + 20 * np.log10(highest)
            level = min(level, measured + _CEILING - true_peak(sound))
        own.append(measured)
    gains = [1.0 if was is None else 10 ** ((level - was) / 20) for was in own]
    matched = [
        (gain * sound).astype(np.float32) for gain, sound in zip(gains, sounds, strict=True)
    ]
    return matched, float(level)


def low_pass_anchor(sound: np.ndarray, sample_rate: int) -> np.ndarray:
    """Return a sound without what is above 3.5 kHz: the low anchor of ITU-R BS.1534-3.

    Parameters
    ----------
    sound : ndarray of shape (n_timesteps, n_channels)
        The sound.
    sample_rate : int
        Sampling rate, in Hz; above 8000.

    Returns
    -------
    anchor : ndarray of the same shape
        It is not delayed.
    """
    nyquist = sample_rate / 2
    n_taps, beta = kaiserord(_STOP_DB, (_STOP_HZ - _PASS_HZ) / nyquist)
    taps = firwin(n_taps | 1, (_PASS_HZ + _STOP_HZ) / 2, window=("kaiser", beta), fs=sample_rate)
    return oaconvolve(sound, taps[:, np.newaxis], mode="same", axes=0)
