"""Names of chords, read and written."""

import functools
import re

__all__ = ["CHORD_QUALITIES", "chord_name", "parse_chord"]

CHORD_QUALITIES = {
    "": (0, 4, 7),
    "m": (0, 3, 7),
    "7": (0, 4, 7, 10),
    "m7": (0, 3, 7, 10),
    "maj7": (0, 4, 7, 11),
    "dim": (0, 3, 6),
    "m7b5": (0, 3, 6, 10),
    "aug": (0, 4, 8),
    "6": (0, 4, 7, 9),
    "sus4": (0, 5, 7),
}
ROOTS = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_ACCIDENTALS = {"": 0, "#": 1, "##": 2, "b": -1, "bb": -2}
_NAME = re.compile(r"([A-G])(##|#|bb|b|)(.*)")
_ALTERED = re.compile(r"\(?(add|omit|no|[#b+-])(2|3|4|5|6|9|11|13)\)?")
# How else a quality is written, after its extensions and alterations were taken off.
_SPELLINGS = {
    "": "M maj major ma 5 2 add9",
    "m": "min mi minor - m6 min6 -6 mmaj7 minmaj7 mM7 m(maj7)",
    "7": "dom 9 11 13 dom7 7alt",
    "m7": "min7 mi7 -7 m9 min9 m11 m13 -9",
    "maj7": "M7 ma7 j7 Δ Δ7 maj maj9 M9 maj11 maj13 maj7th",
    "dim": "o ° dim7 o7 °7 d",
    "m7b5": "ø ø7 h hdim min7b5 -7b5 mi7b5 half-diminished",
    "aug": "+ aug7 +7 7+ augmented",
    "6": "69 6/9 maj6 M6 ma6 add6",
    "sus4": "sus sus2 7sus4 7sus 9sus4 9sus 13sus4 4 sus24",
}
_QUALITIES = {word: quality for quality, words in _SPELLINGS.items() for word in words.split()}
_QUALITIES |= {"maj": "", **{quality: quality for quality in CHORD_QUALITIES}}


def parse_chord(name: str) -> tuple[int, tuple[int, ...]]:
    """Read the name of a chord.

    Parameters
    ----------
    name : str
        A root from "C" to "B" with or without "#" or "b", and a quality: none for a major
        triad, or "m", "7", "m7", "maj7", "dim", "m7b5", "aug", "6" or "sus4". Other usual
        spellings ("Gmin7", "F#ø", "Bb+") are understood. What goes beyond these qualities is
        left out: ninths, alterations, and the bass after a slash.

    Returns
    -------
    root : int
        The pitch class of the root; 0 is C.
    intervals : tuple of int
        Semitones of the chord's notes above the root, 0 first.

    Raises
    ------
    ValueError
        For what is no such name.

    Examples
    --------
    >>> from audiogen.io import parse_chord
    >>> parse_chord("Ebm7"), parse_chord("G9/B")
    ((3, (0, 3, 7, 10)), (7, (0, 4, 7, 10)))
    """
    root, quality = split_chord(name)
    return root, CHORD_QUALITIES[quality]


def chord_name(root: int, quality: str = "") -> str:
    """Return the name of a chord.

    Parameters
    ----------
    root : int
        The pitch class of the root; 0 is C. Any other int is taken modulo 12.
    quality : {"", "m", "7", "m7", "maj7", "dim", "m7b5", "aug", "6", "sus4"}, default=""
        What stands after the root.

    Returns
    -------
    name : str
        Its root is one of C, C#, D, Eb, E, F, F#, G, Ab, A, Bb and B.

    Raises
    ------
    ValueError
        For another quality.

    Examples
    --------
    >>> from audiogen.io import chord_name
    >>> chord_name(2, "m7"), chord_name(13)
    ('Dm7', 'C#')
    """
    if quality not in CHORD_QUALITIES:
        known = ", ".join(map(repr, CHORD_QUALITIES))
        raise ValueError(
            f"The 'quality' parameter of chord_name must be one of {known}. Got {quality!r}."
        )
    return ROOTS[int(root) % 12] + quality


def split_chord(name: str) -> tuple[int, str]:
    """Return the pitch class of a chord's root and its quality."""
    match = _NAME.fullmatch(str(name).strip().replace("♯", "#").replace("♭", "b"))
    quality = _quality(match[3]) if match else None
    if not match or quality is None:
        raise ValueError(
            f"{name!r} is no name of a chord. Give a root and a quality, such as 'Dm7'; the "
            f"qualities are {', '.join(map(repr, CHORD_QUALITIES))}."
        )
    return (LETTERS[match[1]] + _ACCIDENTALS[match[2]]) % 12, quality


@functools.lru_cache(maxsize=1024)
def usual_name(name: str) -> str:
    """Return the name of a chord as `chord_name` spells it."""
    return chord_name(*split_chord(name))


def transpose_chord(name: str, semitones: int) -> str:
    """Return the name of a chord moved by semitones; "" stays as it is."""
    if not name:
        return ""
    root, quality = split_chord(name)
    return chord_name(root + semitones, quality)


def _quality(text: str) -> str | None:
    """Return the quality that a chord's name ends in, or None."""
    text = text.strip()
    if text not in _QUALITIES:
        text = re.sub(r"/[A-G](#|b)?$", "", text).strip()
    if text not in _QUALITIES:
        text = text[1:-1] if re.fullmatch(r"\(.*\)", text) else text
    if text not in _QUALITIES:
        text = _ALTERED.sub("", text)
    return _QUALITIES.get(text)
