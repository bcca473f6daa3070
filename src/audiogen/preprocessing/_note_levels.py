"""The level at which a resynthesised note is played."""

import numpy as np

from audiogen.signal import (
    HarmonicNote,
    amplitude_to_db,
    compress_peaks,
    db_to_amplitude,
    limit_peak,
    peak,
    rms,
)

__all__ = ["level_of_beginning", "levelled"]

_LEAST = 1e-6  # of full scale
_TRIALS = 4  # after which a note whose peaks were turned down is left softer than it should be


def levelled(
    audio: np.ndarray, level: float, lowest: float, highest: float, width: int
) -> np.ndarray:
    """Return a note at a level, with peaks that are not too high.

    By half of what they would be too high, the whole note is softer, if not below the lowest
    level; by the rest, the peaks alone are.

    Parameters
    ----------
    audio : ndarray of shape (n_timesteps,)
        The note.
    level, lowest : float
        Root mean square that it should have, and the least that it may be turned down to, in dB
        of full scale.
    highest : float
        Highest peak, in the unit of the audio.
    width : int
        Samples in which the gain changes about a peak.

    Returns
    -------
    audio : ndarray of shape (n_timesteps,)
        A new array.
    """
    crest = peak(audio) / max(float(rms(audio)), _LEAST)
    excess = max(level + float(amplitude_to_db(crest) - amplitude_to_db(highest)), 0.0)
    level = max(level - excess / 2, min(level, lowest))
    for _ in range(_TRIALS):
        audio = audio * np.float32(db_to_amplitude(level) / max(float(rms(audio)), _LEAST))
        if peak(audio) <= highest:
            return audio
        audio = compress_peaks(audio, highest, width)
    return limit_peak(audio, highest)


def level_of_beginning(
    note: HarmonicNote, n_timesteps: int, n_whole: int, sample_rate: int, hop_length: int
) -> float:
    """Return by how many dB the beginning of a note is louder than the whole note.

    Parameters
    ----------
    note : HarmonicNote
        The note.
    n_timesteps, n_whole : int
        Number of samples of the beginning, and of the whole note with the silence after it.
    sample_rate : int
        Sampling rate of the audio, in Hz.
    hop_length : int
        Samples between frames.

    Returns
    -------
    level : float
        In dB, by the energy that the levels of the frames stand for.
    """
    if n_timesteps == n_whole:
        return 0.0
    power = np.square(db_to_amplitude(note.levels.ravel().astype(np.float64)))
    ends = np.arange(len(power) + 1) * (hop_length / note.levels.shape[1])
    sounding = np.minimum([n_timesteps, n_whole], note.duration * sample_rate)
    begun, all_of_it = np.interp(sounding, ends, np.append(0.0, np.cumsum(power)))
    share = begun * n_whole / max(all_of_it * n_timesteps, _LEAST)
    return float(10 * np.log10(max(share, _LEAST)))
