"""MIDI pitches by the names of notes."""

import re
from typing import Any

import numpy as np

__all__ = ["named_pitches"]

_SEMITONES = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}
_ACCIDENTALS = {"": 0, "#": 1, "♯": 1, "s": 1, "b": -1, "♭": -1}
# A letter, an accidental and an octave.
_NAME = r"([A-Ga-g])([#♯sb♭]?)(-?\d)"


def named_pitches(values: Any) -> Any:
    """Return pitches in which the names of notes are MIDI pitches.

    Parameters
    ----------
    values : object
        A pitch, or an array-like of pitches. A name is a letter, an accidental ("#", "s" or "b",
        if any) and an octave, such as "C4", which is 60, "F#3" and "Bb-1".

    Returns
    -------
    values : object
        The same, if there is no text in it; else a float for a name, or an ndarray of float64 for
        an array-like of names and numbers.

    Raises
    ------
    ValueError
        For text that is no name; the message has it.

    Examples
    --------
    >>> from audiogen.signal import named_pitches
    >>> named_pitches("C4"), named_pitches(["A4", "Bb3", 60.5]).tolist(), named_pitches(60)
    (60.0, [69.0, 58.0, 60.5], 60)
    """
    if isinstance(values, str):
        return _midi(values)
    array = np.asarray(values)
    if array.dtype.kind not in "OUT" or not any(isinstance(v, str) for v in array.flat):
        return values
    listed = np.asarray(values, dtype=object)
    found = [_midi(v) if isinstance(v, str) else np.nan if v is None else v for v in listed.flat]
    return np.array(found, dtype=np.float64).reshape(listed.shape)


def _midi(name: str) -> float:
    """Return the MIDI pitch of a name."""
    found = re.fullmatch(_NAME, name.strip())
    if found is None:
        raise ValueError(f"{name!r} is no name of a note, such as 'C4', 'F#3' or 'Bb2'.")
    return float(_pitch_of(*found.groups()))


def _pitch_of(letter: str, accidental: str, octave: str) -> int:
    """Return the MIDI pitch of the parts of a name."""
    return 12 * (int(octave) + 1) + _SEMITONES[letter.lower()] + _ACCIDENTALS[accidental]
