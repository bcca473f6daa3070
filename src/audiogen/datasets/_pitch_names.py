"""Pitches in file names."""

import re

_SEMITONES = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}
_NOTE = re.compile(r"(?<![^\W_])([A-Ga-g])([#♯sb♭]?)(-?\d)(?![^\W_])")
_NUMBER = re.compile(r"(?<=-)(\d{3})(?=-)")


def pitch_from_name(name: str) -> int | None:
    """Return the MIDI pitch that is written in a file name.

    Parameters
    ----------
    name : str
        File name without its suffix. Either it has a note with its octave, such as "C#4",
        "Bb3" or "fs2", with no letter or digit next to it, or three digits between hyphens,
        "-060-", of which the first count.

    Returns
    -------
    pitch : int or None
        MIDI pitch; C4 is 60. None for a name without a pitch, or with different ones.
    """
    number = _NUMBER.search(name)
    found = {int(number[0])} if number else {_midi(*note) for note in _NOTE.findall(name)}
    pitch = found.pop() if len(found) == 1 else -1
    return pitch if 0 <= pitch <= 127 else None


def _midi(letter: str, accidental: str, octave: str) -> int:
    shift = {"": 0, "b": -1, "♭": -1}.get(accidental, 1)
    return 12 * (int(octave) + 1) + _SEMITONES[letter.lower()] + shift
