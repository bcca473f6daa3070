"""Keys and the spelling of their notes, on the line of fifths (F is -1, C is 0, G is 1)."""

from audiogen.io._chords import LETTERS, ROOTS

# How many fifths the tonic lies above that of the major key with the same signature.
MODES = {"major": 0, "minor": 3, "dorian": 2, "mixolydian": 1, "lydian": -1, "phrygian": 4}
# Semitones above the tonic; minor has both sevenths.
SCALES = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10, 11),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "lydian": (0, 2, 4, 6, 7, 9, 11),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
}
MINOR_MODES = tuple(mode for mode, scale in SCALES.items() if 3 in scale)
_LINE = "FCGDAEB"


def signature(tonic: int, mode: str) -> int:
    """Return the sharps (flats are negative) of a key's signature, six at most."""
    fifths = (tonic * 7 - MODES[mode]) % 12
    if fifths == 6 and ROOTS[tonic].endswith("b"):
        return -6
    return fifths - 12 if fifths > 6 else fifths


def tonic_of(fifths: int, mode: str) -> int:
    """Return the pitch class of the tonic of a mode with this signature."""
    return (fifths + MODES[mode]) * 7 % 12


def tonic_name(tonic: int, mode: str) -> str:
    """Return the tonic as its signature spells it: "C#" in minor, "Db" in major."""
    letter, accidental = _at(signature(tonic, mode) + MODES[mode])
    return letter + ("#" * accidental if accidental >= 0 else "b" * -accidental)


def spell(pitch: int, fifths: int) -> tuple[str, int, int]:
    """Return the letter, accidental (in semitones) and octave of a pitch in a key.

    Notes outside of the key are a lowered seventh, third or sixth's neighbours up to a raised
    fifth: B flat, E flat, F sharp, C sharp and G sharp in C major.
    """
    lowest = fifths - 3
    letter, accidental = _at(lowest + (pitch * 7 - lowest) % 12)
    return letter, accidental, (pitch - accidental) // 12 - 1


def signature_accidentals(fifths: int) -> dict[str, int]:
    """Return the accidental of each letter in a signature."""
    return {letter: (fifths + 6 - _LINE.index(letter)) // 7 for letter in LETTERS}


def _at(position: int) -> tuple[str, int]:
    accidental, index = divmod(position + 1, 7)
    return _LINE[index], accidental
