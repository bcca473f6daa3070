"""Chords, pads and counter-melodies."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from audiogen.io import parse_chord
from audiogen.music._bars import NEAR, Bar, Chord, Note, pattern_hits
from audiogen.music._instruments import Instrument
from audiogen.music._styles import Patterns
from audiogen.music._voicing import LOWEST, next_voicing

__all__ = ["Voiced", "comped", "counter_line", "held", "voiced_chords"]

_HIGHEST = 72
_LOW_MELODY, _LEAST_ROOM = LOWEST + 4, LOWEST + 8
_LOUDNESS = {"X": 78.0, "x": 66.0, "o": 52.0}
_ARPEGGIO, _PAD, _COUNTER = 62.0, 54.0, 64.0
_LOWEST_COUNTER, _FIRST_COUNTER = 50, 60
_DRONE = 6  # semitones that a note may be farther away than the same one again
_RESTRIKE = 0.5  # quarter notes that a new chord must last under a held one to be struck
Voiced = list[tuple[Chord, tuple[int, ...], int]]  # chord, its pitches and the ceiling


def voiced_chords(
    chords: Sequence[Chord], bars: Sequence[Bar], melody: pd.DataFrame, colour: str
) -> Voiced:
    """Return the chords of each bar with pitches near those before and below the melody."""
    onsets, ends = melody.onset.to_numpy(), (melody.onset + melody.duration).to_numpy()
    pitches = melody.pitch.to_numpy()
    voiced: Voiced = []
    before: tuple[int, ...] = ()
    for chord in _by_bars(chords, bars):
        sounding = pitches[(onsets < chord.end - NEAR) & (ends > chord.start + NEAR)]
        ceiling = min(int(np.min(sounding, initial=_HIGHEST + 1)) - 1, _HIGHEST)
        if ceiling < _LOW_MELODY:  # chords lie above a low melody, and under one that dips
            usual = int(np.median(sounding)) - 1
            ceiling = usual if usual >= _LEAST_ROOM else _HIGHEST
        pitched = next_voicing(chord.name, before, ceiling, colour)
        voiced.append((chord, pitched, ceiling))
        before = pitched or before
    return voiced


def _by_bars(chords: Sequence[Chord], bars: Sequence[Bar]) -> list[Chord]:
    """Return chords cut at bar lines."""
    return [
        Chord(max(chord.start, bar.start), min(chord.end, bar.end), chord.name)
        for bar in bars
        for chord in chords
        if chord.end > bar.start + NEAR and chord.start < bar.end - NEAR
    ]


def chosen_patterns(patterns: Patterns, density: float) -> tuple[str, ...]:
    """Return the bars of comping for a density."""
    if density < 0.34 and patterns.sparse:
        return patterns.sparse
    if density > 0.67 and patterns.full:
        return patterns.full
    return patterns.comping


def comped(voiced: Voiced, bars: Sequence[Bar], patterns: tuple[str, ...]) -> list[Note]:
    """Return the chords as a pattern strikes them."""
    notes: list[Note] = []
    hit = 0
    for bar in bars:
        for onset, end, character in pattern_hits(patterns[bar.place % len(patterns)], bar):
            for number, (start, stop, pitches, ceiling) in enumerate(_within(voiced, onset, end)):
                hit += 1
                if number and stop - start < _RESTRIKE - NEAR:
                    continue
                sounding, loudness = _struck(character, pitches, ceiling)
                notes += [Note(start, stop - start, p, loudness, "chords", hit) for p in sounding]
    return notes


def _within(
    voiced: Voiced, onset: float, end: float
) -> list[tuple[float, float, tuple[int, ...], int]]:
    """Return the chords between two times, cut to these."""
    return [
        (max(onset, chord.start), min(end, chord.end), pitches, ceiling)
        for chord, pitches, ceiling in voiced
        if chord.end > onset + NEAR and chord.start < end - NEAR
    ]


def _struck(
    character: str, pitches: tuple[int, ...], ceiling: int
) -> tuple[tuple[int, ...], float]:
    """Return the pitches that a character of a pattern strikes, and how hard."""
    if not character.isdigit():
        return pitches, _LOUDNESS[character]
    if not pitches:
        return (), 0.0
    octave, place = divmod(int(character) - 1, len(pitches))
    pitch = pitches[place] + 12 * octave
    return ((pitch if pitch <= ceiling else pitches[place]),), _ARPEGGIO


def held(voiced: Voiced, bars: Sequence[Bar], part: str = "pad") -> list[Note]:
    """Return chords that are held as long as they last, bar lines or not."""
    notes = []
    whole: list[tuple[Chord, tuple[int, ...]]] = []
    for chord, pitches, _ in voiced:
        if whole and whole[-1][0].name == chord.name and whole[-1][1] == pitches:
            whole[-1] = (whole[-1][0]._replace(end=chord.end), pitches)
        else:
            whole.append((chord, pitches))
    for low, high in _runs(bars):
        for number, (chord, pitches) in enumerate(whole):
            start, end = max(chord.start, low), min(chord.end, high)
            if end - start > NEAR:
                notes += [Note(start, end - start, p, _PAD, part, number, False) for p in pitches]
    return notes


def _runs(bars: Sequence[Bar]) -> list[tuple[float, float]]:
    """Return where bars follow each other without a gap."""
    runs: list[tuple[float, float]] = []
    for bar in bars:
        if runs and abs(runs[-1][1] - bar.start) < NEAR:
            runs[-1] = (runs[-1][0], bar.end)
        else:
            runs.append((bar.start, bar.end))
    return runs


def counter_line(voiced: Voiced, bars: Sequence[Bar], instrument: Instrument) -> list[Note]:
    """Return a second voice of long notes: thirds and sevenths of the chords, by small steps."""
    notes: list[Note] = []
    low = max(instrument.low, _LOWEST_COUNTER)
    for bar in bars:
        for chord, _, ceiling in voiced:
            start, end = max(chord.start, bar.start), min(chord.end, bar.end)
            root, intervals = parse_chord(chord.name)
            classes = {(root + i) % 12 for i in (intervals[1], intervals[-1])}
            highest = min(ceiling, instrument.high)
            options = [p for p in range(low, highest + 1) if p % 12 in classes]
            if end - start > NEAR and options:
                at = notes[-1].pitch if notes else _FIRST_COUNTER
                # Another note than before where one is near: a line, not a drone.
                pitch = min(options, key=lambda p: (abs(p - at) + _DRONE * (p == at), p))
                notes.append(Note(start, end - start, pitch, _COUNTER, "counter", len(notes)))
    return notes
