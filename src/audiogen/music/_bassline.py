"""Bass lines."""

from collections.abc import Sequence

import numpy as np

from audiogen.io import parse_chord
from audiogen.music._bars import NEAR, Bar, Chord, Note, pattern_hits
from audiogen.music._instruments import Instrument

__all__ = ["bass_line"]

_LOWEST_ROOT = 33  # A1, what small speakers still play
_LOUD, _MEDIUM, _SOFT = 94.0, 84.0, 70.0  # fifths are soft: the root says what the key is
_BELOW, _ABOVE = 5, 14  # semitones from there that lines reach down and up
_SHORTEST = 0.5  # quarter notes that a chord lasts at least to have a root of its own
_STEPS = (-1, -2, 2, 1, -5, 7)  # from the next root to what leads to it, the best first


def bass_line(
    chords: Sequence[Chord],
    bars: Sequence[Bar],
    patterns: tuple[str, ...],
    instrument: Instrument,
    rngs: Sequence[np.random.Generator],
) -> list[Note]:
    """Return the bass as a pattern plays it.

    Parameters
    ----------
    chords : sequence of Chord
        Chords for every moment.
    bars : sequence of Bar
        The bars that the bass plays in.
    patterns : tuple of str
        Bars of a pattern, as `Patterns` describes them.
    instrument : Instrument
        What plays the bass.
    rngs : sequence of numpy.random.Generator
        One for each bar.

    Returns
    -------
    notes : list of Note
        A chord's first note is its root, whatever the pattern says.
    """
    notes: list[Note] = []
    low = max(instrument.low, _LOWEST_ROOT)
    for bar, rng in zip(bars, rngs, strict=True):
        going = _within(chords, bar.start, bar.start + 2 * NEAR)[0]
        went_on = going.start < bar.start - NEAR and not (bar.opens or bar.is_last)
        heard = going.name if went_on else ""  # its root was played
        for start, stop, character, chord in _strokes(chords, bar, patterns):
            new = chord.name != heard
            heard = chord.name
            kind = ("R" if character == "R" else "r") if new and character != "a" else character
            before = [note.pitch for note in notes[-2:]]
            pitch = _pitch(kind, chord, _at(chords, stop), low, before, rng)
            pitch -= 12 * (pitch > instrument.high)
            loudness = _LOUD if kind == "R" or abs(start - bar.start) < NEAR else _MEDIUM
            loudness = _SOFT if kind == "f" else loudness
            notes.append(Note(start, stop - start, pitch, loudness, "bass", len(notes)))
    return notes


def _strokes(
    chords: Sequence[Chord], bar: Bar, patterns: tuple[str, ...]
) -> list[tuple[float, float, str, Chord]]:
    """Return what is struck in a bar: start, end, character and chord.

    A note that is held over a change of chords is struck again there, and a root is added where
    a chord begins while the pattern is silent.
    """
    strokes = []
    for onset, end, character in pattern_hits(patterns[bar.place % len(patterns)], bar):
        for number, chord in enumerate(_within(chords, onset, end)):
            start, stop = max(onset, chord.start), min(end, chord.end)
            if not number or stop - start >= _SHORTEST - NEAR:
                strokes.append((start, stop, character, chord))
    for chord in _within(chords, bar.start, bar.end):
        start = max(chord.start, bar.start)
        if not any(a < start + _SHORTEST / 2 and b > start + NEAR for a, b, _, _ in strokes):
            stops = [a for a, _, _, _ in strokes if a > start] + [chord.end, bar.end, start + 1.0]
            strokes.append((start, min(stops), "r", chord))
    return sorted(strokes)


def _within(chords: Sequence[Chord], onset: float, end: float) -> list[Chord]:
    return [c for c in chords if c.end > onset + NEAR and c.start < end - NEAR]


def _at(chords: Sequence[Chord], time: float) -> Chord:
    """Return the chord that sounds from a time on; after the last comes the first."""
    return next((chord for chord in chords if chord.end > time + NEAR), chords[0])


def _pitch(
    kind: str,
    chord: Chord,
    following: Chord,
    low: int,
    before: Sequence[int],
    rng: np.random.Generator,
) -> int:
    """Return the pitch for a character of a pattern, after the last two."""
    root, intervals = parse_chord(chord.name)
    lowest = low + (root - low) % 12
    third, fifth = intervals[1], intervals[2]
    if kind in "rR":
        return lowest
    if kind == "f":
        return lowest + fifth - (12 if lowest + fifth - 12 >= low else 0)
    if kind == "t":
        return lowest + third
    if kind == "o":
        return lowest + 12
    if kind == "a":
        return _leading(chord, following, low, before)
    return _walked(lowest, intervals, low, before, rng)


def _walked(
    lowest: int,
    intervals: tuple[int, ...],
    low: int,
    before: Sequence[int],
    rng: np.random.Generator,
) -> int:
    """Return a note of the chord other than the last two, in the octave nearest to the last."""
    played = {(pitch - lowest) % 12 for pitch in before}
    options = [interval for interval in intervals if interval not in played]
    pitch = lowest + options[int(rng.integers(len(options)))]
    octaves = [p for p in (pitch - 12, pitch, pitch + 12) if low - _BELOW <= p <= low + _ABOVE]
    return min(octaves, key=lambda p: abs(p - (before[-1] if before else lowest)))


def _leading(chord: Chord, following: Chord, low: int, before: Sequence[int]) -> int:
    """Return another note, which leads to the next root and does not grate on the chord."""
    root, intervals = parse_chord(chord.name)
    classes = {(root + interval) % 12 for interval in intervals}
    target = low + (parse_chord(following.name)[0] - low) % 12
    for step in _STEPS:
        pitch = target + step
        beside = {(pitch - 1) % 12, (pitch + 1) % 12}
        if pitch % 12 in {p % 12 for p in before[-1:]}:
            continue
        if pitch % 12 in classes or not beside & classes:
            return pitch
    return low + (root + intervals[2] - low) % 12
