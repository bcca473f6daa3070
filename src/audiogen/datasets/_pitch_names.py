"""Pitches and velocities in file names."""

import re

from audiogen.signal import named_pitches

_START, _END = r"(?<![^\W_])", r"(?![^\W_])"  # no letter or digit beside it
# "A-1" among hyphens, as in "1-26806-A-1", is no octave below 0.
_NOTE = re.compile(rf"{_START}([A-Ga-g])([#♯sb♭]?)((?<!-[A-Ga-g])-1|\d)(?:(?=v\d)|{_END})")
# Three digits between hyphens that are no tempo or take, and three that may follow them.
_NUMBER = re.compile(
    rf"(?<!take-)(?<!bpm-)(?<!tempo-)(?<=-)(\d{{3}})(?=-)(?!-bpm)(?:-(\d{{3}}){_END})?",
    re.IGNORECASE,
)
_VELOCITY = re.compile(rf"(?:{_START}|(?<=\d))v(?:el)?(\d{{1,3}}){_END}", re.IGNORECASE)
_DYNAMIC = re.compile(rf"{_START}(p{{1,3}}|mp|mf|f{{1,3}}){_END}")
# As notation programs play them.
_LOUDNESS = {
    "ppp": 16, "pp": 33, "p": 49, "mp": 64, "mf": 80, "f": 96, "ff": 112, "fff": 126,
}  # fmt: skip


def pitch_from_name(name: str) -> int | None:
    """Return the MIDI pitch that is written in a file name.

    Parameters
    ----------
    name : str
        File name without its suffix. Either it has a note with its octave, such as "C#4",
        "Bb3", "fs2" or "A0v12", with no other letter or digit next to it, or else three digits
        between hyphens, "-060-", of which the first count that are no tempo or take.

    Returns
    -------
    pitch : int or None
        MIDI pitch; C4 is 60. None for a name without a pitch, or with different ones.
    """
    found = _notes(name)
    if not found and (number := _NUMBER.search(name)):
        found = {int(number[1])}
    return _only(found, lowest=0)


def velocity_from_name(name: str) -> int | None:
    """Return the velocity that is written in a file name.

    Parameters
    ----------
    name : str
        File name without its suffix. It has three digits after those of the pitch,
        "-060-100", or else a number after a "v", or else a dynamic from "ppp" to "fff".

    Returns
    -------
    velocity : int or None
        From 1 to 127. None for a name without one, or with different ones.
    """
    number, notes = _NUMBER.search(name), _notes(name)
    of_pitch = number and number[2] and (not notes or notes == {int(number[1])})
    found = {int(number[2])} if number and of_pitch else set()
    found = found or {int(number) for number in _VELOCITY.findall(name)}
    found = found or {_LOUDNESS[dynamic] for dynamic in _DYNAMIC.findall(name)}
    return _only(found, lowest=1)


def _notes(name: str) -> set[int]:
    """Return the pitches of the notes that a name has."""
    return {int(named_pitches("".join(note))) for note in _NOTE.findall(name)}


def _only(found: set[int], *, lowest: int) -> int | None:
    value = found.pop() if len(found) == 1 else -1
    return value if lowest <= value <= 127 else None
