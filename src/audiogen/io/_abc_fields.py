"""Fields of a tune in ABC notation: key, metre, lengths, tempo and the order of sections."""

import re
from fractions import Fraction
from typing import NamedTuple

from audiogen.io._chords import split_chord
from audiogen.io._keys import MODES, signature_accidentals

MODE_NAMES = {
    "major": "",
    "minor": "m",
    "dorian": "dor",
    "mixolydian": "mix",
    "lydian": "lyd",
    "phrygian": "phr",
}
_MODES = {"maj": "major", "ion": "major", "min": "minor", "aeo": "minor", "loc": "phrygian"} | {
    short: mode for mode, short in MODE_NAMES.items() if short
}
_KEY = re.compile(r"([A-G])([#b]?)\s*(maj|ion|min|aeo|mix|dor|phr|lyd|loc|m(?![a-z]))?", re.I)
_ALTERED = re.compile(r"(?<![\w^_=])(\^\^|\^|__|_|=)([A-Ga-g])(?![\w])")
ACCIDENTALS = {"^^": 2, "^": 1, "=": 0, "_": -1, "__": -2}
_MOST_PARTS = 1000


class Key(NamedTuple):
    """A key and the accidental of each letter in its signature."""

    tonic: int
    mode: str
    accidentals: dict[str, int]


def read_key(text: str) -> Key | None:
    """Read what stands after "K:"; None where it names no key, only a clef or the like."""
    text = text.strip()
    if text.startswith(("HP", "Hp")):  # the Highland pipe: A mixolydian, two sharps
        return Key(9, "mixolydian", signature_accidentals(2))
    match = _KEY.match(text)
    if match and match[1].isupper():
        mode = _MODES.get((match[3] or "major").lower(), "major")
        root = split_chord(match[1] + match[2])[0]
        fifths = _fifths(match[1], match[2]) - MODES[mode]
        if (match[3] or "").lower() == "loc":
            fifths -= 1
        accidentals = signature_accidentals(fifths)
    elif text.lower().startswith("none") or not text:
        root, mode, accidentals = 0, "major", signature_accidentals(0)
    elif "=" in text or text.lower() in ("bass", "treble", "alto", "tenor", "perc"):
        return None
    else:
        raise ValueError(f"K:{text} is no key")
    for sign, letter in _ALTERED.findall(text[match.end() :] if match else text):
        accidentals[letter.upper()] = ACCIDENTALS[sign]
    return Key(root, mode, accidentals)


def _fifths(letter: str, accidental: str) -> int:
    return "FCGDAEB".index(letter) - 1 + {"": 0, "#": 7, "b": -7}[accidental]


def read_metre(text: str) -> tuple[int, int] | None:
    """Read what stands after "M:"; None for free metre."""
    text = text.strip()
    if text in ("C", "C|"):
        return (4, 4) if text == "C" else (2, 2)
    if text.lower() in ("none", ""):
        return None
    match = re.fullmatch(r"\(?\s*(\d+(?:\s*\+\s*\d+)*)\s*\)?\s*/\s*(\d+)", text)
    if not match or int(match[2]) == 0:
        raise ValueError(f"M:{text} is no metre")
    return sum(map(int, match[1].split("+"))), int(match[2])


def read_unit(text: str) -> Fraction:
    """Read what stands after "L:", in quarter notes."""
    match = re.match(r"\s*(\d+)\s*/\s*(\d+)", text)
    if not match or not int(match[1]) or not int(match[2]):
        raise ValueError(f"L:{text} is no length of a note")
    return 4 * Fraction(int(match[1]), int(match[2]))


def default_unit(metre: tuple[int, int] | None) -> Fraction:
    """Return the length of a note where nothing says it, in quarter notes."""
    short = metre is not None and Fraction(*metre) < Fraction(3, 4)
    return Fraction(1, 4) if short else Fraction(1, 2)


def read_tempo(text: str, unit: Fraction) -> float | None:
    """Read what stands after "Q:", in quarter notes a minute; None for words alone."""
    text = re.sub(r'"[^"]*"', "", text).strip()
    match = re.fullmatch(r"((?:\d+/\d+\s*)+)=\s*(\d+(?:\.\d+)?)", text)
    if match:
        parts = [Fraction(part) for part in match[1].split()]
        return float(4 * sum(parts)) * float(match[2])
    match = re.fullmatch(r"(?:[CL]\d*\s*=\s*)?(\d+(?:\.\d+)?)", text)  # an older way
    return float(match[1]) * float(unit) if match else None


def read_order(text: str) -> list[str]:
    """Read the order of sections that a header gives after "P:", such as "A(AB)2"."""
    levels: list[list[str]] = [[]]
    group: list[str] = []
    for sign, closed, times in re.findall(r"([A-Za-z(])|(\))|(\d+)", text):
        if sign == "(":
            levels.append([])
        elif sign:
            group = [sign]
            levels[-1] += group
        elif closed and len(levels) > 1:
            group = levels.pop()
            levels[-1] += group
        elif times and levels[-1]:
            if len(levels[-1]) + len(group) * int(times) > _MOST_PARTS:
                raise ValueError(f"P:{text} asks for more than {_MOST_PARTS} sections")
            levels[-1] += group * (int(times) - 1)
    return [name for level in levels for name in level]
