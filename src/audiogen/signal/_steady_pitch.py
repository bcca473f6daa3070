"""The slow drift of a note's pitch, taken out."""

import numpy as np
import numpy.typing as npt
from scipy.interpolate import CubicSpline

from audiogen.signal._note_names import named_pitches
from audiogen.signal._pitch import track_pitch
from audiogen.signal._resampling import resample

__all__ = ["steady_pitch"]

_FRAME, _HOP = 0.5, 0.125  # seconds; a frame has some periods of a vibrato, which stays
_FEWEST = 4  # frames
_MOST = 0.5  # semitones; what is further off is no drift
_HEARD_DB = 30.0  # below the loudest frame; the pitch of what is softer is that of noise
_OVERSAMPLED = 2  # times, so that interpolation keeps what is high


def steady_pitch(audio: npt.ArrayLike, pitch: float | str, *, sample_rate: int) -> np.ndarray:
    """Return a note whose pitch does not drift from the one it should have.

    Parameters
    ----------
    audio : array-like of shape (n_timesteps,)
        A note.
    pitch : float or str
        MIDI pitch that it should have, or the name of a note such as "A4".
    sample_rate : int
        Sampling rate of the audio, in Hz.

    Returns
    -------
    steady : ndarray of shape (n_steady,), float32
        The note, read faster where it is flat and slower where it is sharp; as it was where no
        pitch is found within half a semitone.

    Notes
    -----
    The pitch is that of half a second, so that a vibrato remains.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.signal import steady_pitch, track_pitch
    >>> t = np.arange(32000) / 16000
    >>> rising = np.sin(2 * np.pi * (440 * t + t**2))
    >>> ends = np.stack([rising[:8000], rising[-8000:]])
    >>> track_pitch(ends, 16000).round(2)
    array([69.02, 69.14])
    >>> steady = steady_pitch(rising, 69.0, sample_rate=16000)
    >>> track_pitch(np.stack([steady[:8000], steady[-8000:]]), 16000).round(2)
    array([69., 69.])
    """
    audio = np.asarray(audio, dtype=np.float32)
    size, hop = round(_FRAME * sample_rate), round(_HOP * sample_rate)
    if len(audio) < size:
        return audio
    frames = np.lib.stride_tricks.sliding_window_view(audio, size)[::hop]
    away = track_pitch(frames, sample_rate) - named_pitches(pitch)
    power = np.square(frames).mean(axis=1)
    heard = power >= power.max() * 10 ** (-_HEARD_DB / 10)
    found = heard & (np.abs(away) <= _MOST)  # which NaN is not
    if np.count_nonzero(found) < _FEWEST:
        return audio
    middles = np.flatnonzero(found) * hop + size // 2
    read = np.arange(len(audio))
    written = np.cumsum(2 ** (np.interp(read, middles, away[found]) / 12))
    places = np.interp(np.arange(int(written[-1])), written, read)
    finer = resample(audio, sample_rate, _OVERSAMPLED * sample_rate)
    spline = CubicSpline(np.arange(len(finer)) / _OVERSAMPLED, finer)
    return spline(places).astype(np.float32)
