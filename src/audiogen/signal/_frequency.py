"""MIDI pitch and frequency in Hz."""

import numpy as np
import numpy.typing as npt

from audiogen.signal._note_names import named_pitches

__all__ = ["hz_to_midi", "midi_to_hz"]

_A4, _A4_HZ = 69, 440.0


def midi_to_hz(pitch: npt.ArrayLike) -> np.ndarray:
    """Return the frequency of MIDI pitches.

    Parameters
    ----------
    pitch : array-like of float or str
        MIDI pitch in semitones; 69 is A4, and fractions are allowed. Or names such as "A4".

    Returns
    -------
    frequency : ndarray of the shape of pitch, float64
        Frequency in Hz, in equal temperament with A4 at 440 Hz.

    See Also
    --------
    hz_to_midi : The inverse.

    Examples
    --------
    >>> from audiogen.signal import midi_to_hz
    >>> midi_to_hz([57, 60, 69]).round(2)
    array([220.  , 261.63, 440.  ])
    """
    return _A4_HZ * np.exp2((np.asarray(named_pitches(pitch), dtype=np.float64) - _A4) / 12)


def hz_to_midi(frequency: npt.ArrayLike) -> np.ndarray:
    """Return the MIDI pitch of frequencies.

    Parameters
    ----------
    frequency : array-like of float
        Frequency in Hz, above 0.

    Returns
    -------
    pitch : ndarray of the shape of frequency, float64
        MIDI pitch in semitones, with its fraction; 69 is A4 at 440 Hz.

    See Also
    --------
    midi_to_hz : The inverse.

    Examples
    --------
    >>> from audiogen.signal import hz_to_midi
    >>> hz_to_midi([220, 440, 466.16]).round(2)
    array([57., 69., 70.])
    """
    return _A4 + 12 * np.log2(np.asarray(frequency, dtype=np.float64) / _A4_HZ)
