"""Pitches that people write into file names."""

import re

_SEMITONES = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}
_NOTE = re.compile(r"(?<![^\W_])([A-Ga-g])([#♯sb♭]?)(-?\d)(?![^\W_])")
_NUMBER = re.compile(r"(?<=-)(\d{3})(?=-)")


def pitch_from_name(name):
    """Return the MIDI pitch that a file name holds.

    Parameters
    ----------
    name : str
        The file name without its suffix: a note with its octave, such as "C#4", "Bb3" or
        "fs2", that no letter or digit touches, or three digits between hyphens, "-060-",
        the first of them that there are.

    Returns
    -------
    pitch : int or None
        C4 is 60. None where there is no pitch, or several notes that differ.
    """
    number = _NUMBER.search(name)
    found = {int(number[0])} if number else {_midi(*note) for note in _NOTE.findall(name)}
    pitch = found.pop() if len(found) == 1 else -1
    return pitch if 0 <= pitch <= 127 else None


def _midi(letter, accidental, octave):
    shift = {"": 0, "b": -1, "♭": -1}.get(accidental, 1)
    return 12 * (int(octave) + 1) + _SEMITONES[letter.lower()] + shift
