"""Notes laid out in bars and layers, as staff notation and ABC write them."""

import itertools
import math
from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from audiogen.io._score import Score

_FINEST = 960  # the largest denominator of a time, in parts of a quarter note
_HALF = Fraction(1, 2)


class Event(NamedTuple):
    """What sounds from one time to another; a rest has no pitches."""

    start: Fraction
    end: Fraction
    pitches: tuple[int, ...] = ()
    velocity: int = 80
    tied: bool = False  # to the event that follows
    continued: bool = False  # from the event before


def exact(quarters: float) -> Fraction:
    """Return a time as a fraction."""
    return Fraction(quarters).limit_denominator(_FINEST)


def bar_lines(score: Score) -> list[Fraction]:
    """Return the times of all bar lines, the start and the end among them."""
    bar, pickup = exact(score.bar), exact(score.pickup)
    end = exact(score.length) or bar
    anew = [line for line in map(exact, score.restarts) if pickup < line < end]
    lines = [Fraction(0)] if pickup else []
    for start, stop in itertools.pairwise([pickup, *anew]):
        lines += [start + i * bar for i in range(max(1, math.floor((stop - start) / bar + _HALF)))]
    line = anew[-1] if anew else pickup
    while line < end:
        lines.append(line)
        line += bar
    return [*lines, end]


def layout(score: Score, part: str, cuts: Sequence[Fraction] = ()) -> list[list[list[Event]]]:
    """Return the layers of a part, each a list of bars of events one after the other.

    Notes that overlap and are no chord go into different layers. Events of the first layer
    are cut where `cuts` say, too; what a cut or a bar line divides is tied.
    """
    lines = bar_lines(score)
    laid = []
    for index, layer in enumerate(_layers(score, part)):
        edges = sorted({*lines, *(cuts if index == 0 else ())})
        pieces = [piece for event in _with_rests(layer, lines[-1]) for piece in _cut(event, edges)]
        bars: list[list[Event]] = [[] for _ in lines[1:]]
        i = 0
        for piece in pieces:
            while piece.start >= lines[i + 1]:
                i += 1
            bars[i].append(piece)
        laid.append(bars)
    return laid


def _layers(score: Score, part: str) -> list[list[Event]]:
    """Return events without overlaps: notes of one onset, end and velocity are a chord."""
    notes = score.notes[score.notes.part == part]
    last = (exact(score.length) or exact(score.bar)) - Fraction(1, _FINEST)
    chords: dict[tuple[Fraction, Fraction, int], list[int]] = {}
    for onset, duration, pitch, velocity in zip(
        notes.onset, notes.duration, notes.pitch, notes.velocity, strict=True
    ):
        start = min(exact(onset), last)
        end = max(exact(onset + duration), start + Fraction(1, _FINEST))
        chords.setdefault((start, end, int(velocity)), []).append(int(pitch))
    layers: list[list[Event]] = []
    for (start, end, velocity), pitches in sorted(chords.items()):
        event = Event(start, end, tuple(pitches), velocity)
        layer = next((layer for layer in layers if layer[-1].end <= start), None)
        if layer is None:
            layers.append([event])
        else:
            layer.append(event)
    return layers or [[]]


def _with_rests(layer: Sequence[Event], end: Fraction) -> list[Event]:
    """Return the events of a layer with rests between them."""
    filled, now = [], Fraction(0)
    for event in [*layer, Event(end, end)]:
        if event.start > now:
            filled.append(Event(now, event.start))
        if event.end > event.start:
            filled.append(event)
        now = event.end
    return filled


def _cut(event: Event, edges: Sequence[Fraction]) -> list[Event]:
    """Return the pieces of an event between edges, tied."""
    inner = [edge for edge in edges if event.start < edge < event.end]
    times = [event.start, *inner, event.end]
    return [
        event._replace(
            start=start,
            end=end,
            tied=bool(event.pitches) and end < event.end,
            continued=bool(event.pitches) and start > event.start,
        )
        for start, end in itertools.pairwise(times)
    ]


def odd_part(duration: Fraction) -> int:
    """Return what of a denominator is no power of two: 3 for triplets."""
    denominator = duration.denominator
    while denominator % 2 == 0:
        denominator //= 2
    return denominator


class Marks(NamedTuple):
    """The times at which chords change ("" where one ends), sections start and tempos change."""

    chords: dict[Fraction, str]
    sections: dict[Fraction, str]
    tempos: dict[Fraction, float]

    @property
    def times(self) -> list[Fraction]:
        """All times at which there is a mark."""
        return [*self.chords, *self.sections, *self.tempos]


def marks(score: Score) -> Marks:
    """Return what stands above the notes of the first part."""
    chords: dict[Fraction, str] = {}
    for start, end, name in score.chords:
        chords[exact(start)] = name
        chords[exact(end)] = ""
    chords.pop(exact(score.length), None)
    sections = {exact(section.start): section.name for section in score.sections}
    return Marks(chords, sections, {exact(start): tempo for start, tempo in score.tempos})
