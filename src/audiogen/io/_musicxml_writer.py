"""Scores written as MusicXML."""

import itertools
import math
import pathlib
from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple
from xml.etree import ElementTree

from audiogen.io._chords import split_chord
from audiogen.io._keys import signature, spell
from audiogen.io._layout import Event, Marks, bar_lines, exact, layout, marks, odd_part
from audiogen.io._score import Score
from audiogen.utils.files import atomic_path

Element = ElementTree.Element
_FORTE = 90  # the velocity that MusicXML's dynamics are per cent of
_TYPES = {
    Fraction(4): "whole",
    Fraction(2): "half",
    Fraction(1): "quarter",
    Fraction(1, 2): "eighth",
    Fraction(1, 4): "16th",
    Fraction(1, 8): "32nd",
    Fraction(1, 16): "64th",
}
KINDS = {
    "": "major",
    "m": "minor",
    "7": "dominant",
    "m7": "minor-seventh",
    "maj7": "major-seventh",
    "dim": "diminished",
    "m7b5": "half-diminished",
    "aug": "augmented",
    "6": "major-sixth",
    "sus4": "suspended-fourth",
}
_DOCTYPE = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE score-partwise PUBLIC '
    '"-//Recordare//DTD MusicXML 4.0 Partwise//EN" '
    '"http://www.musicxml.org/dtds/partwise.dtd">\n'
)


class Piece(NamedTuple):
    """A part of a duration that one note's sign can show."""

    duration: Fraction
    kind: str
    dots: int
    tuplet: tuple[int, int] | None


def write_musicxml(score: Score, path: pathlib.Path) -> None:
    """Write a partwise score; drums are unpitched, chords and sections stand in the first part."""
    root = Element("score-partwise", version="4.0")
    if score.title:
        _put(_put(root, "work"), "work-title", _plain(score.title))
    names = score.parts or ["melody"]
    parts = _put(root, "part-list")
    for i, name in enumerate(names, 1):
        _list_part(parts, f"P{i}", name, score)
    for i, name in enumerate(names, 1):
        part = _put(root, "part")
        part.set("id", f"P{i}")
        _Part(score, name, f"P{i}", first=i == 1).write(part)
    ElementTree.indent(root, " ")
    text = _DOCTYPE + ElementTree.tostring(root, encoding="unicode") + "\n"
    with atomic_path(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def _put(parent: Element, tag: str, text: object = None) -> Element:
    child = ElementTree.SubElement(parent, tag)
    if text is not None:
        child.text = str(text)
    return child


def _plain(text: str) -> str:
    """Return text without the control characters that XML has no way to write."""
    return "".join(c if c.isprintable() else " " for c in text)


def _list_part(parts: Element, identity: str, name: str, score: Score) -> None:
    entry = _put(parts, "score-part")
    entry.set("id", identity)
    _put(entry, "part-name", _plain(name))
    if name != "drums":
        return
    pitches = sorted(set(score.notes.pitch[score.notes.part == name]))
    for pitch in pitches:
        instrument = _put(entry, "score-instrument")
        instrument.set("id", f"{identity}-I{pitch}")
        _put(instrument, "instrument-name", f"drum {pitch}")
    for pitch in pitches:
        midi = _put(entry, "midi-instrument")
        midi.set("id", f"{identity}-I{pitch}")
        _put(midi, "midi-channel", 10)
        _put(midi, "midi-unpitched", pitch + 1)


def pieces(duration: Fraction) -> list[Piece]:
    """Return durations that add up to one, each of which a note with dots can show."""
    odd = odd_part(duration)
    tuplet = (odd, 1 << (odd.bit_length() - 1)) if odd > 1 else None
    factor = Fraction(*tuplet) if tuplet else Fraction(1)
    left = duration * factor
    found: list[Piece] = []
    while left:
        fits = [
            (base * (2 - Fraction(1, 2**dots)), base, dots) for base in _TYPES for dots in (0, 1)
        ]
        whole = max((fit for fit in fits if fit[0] <= left), default=None)
        if whole is None:  # shorter than a 64th
            return [*found, Piece(left / factor, "64th", 0, tuplet)]
        found.append(Piece(whole[0] / factor, _TYPES[whole[1]], whole[2], tuplet))
        left -= whole[0]
    return found


class _Part:
    """Writes the measures of a part."""

    def __init__(self, score: Score, name: str, identity: str, *, first: bool) -> None:
        self.score, self.name, self.identity, self.first = score, name, identity, first
        self.marks = marks(score) if first else Marks({}, {}, {})
        self.layers = layout(score, name, self.marks.times)
        times = [t for layer in self.layers for bar in layer for e in bar for t in e[:2]]
        shown = {e.end - e.start for layer in self.layers for bar in layer for e in bar}
        times += [piece.duration for duration in shown for piece in pieces(duration)]
        self.divisions = math.lcm(*(time.denominator for time in times))

    def write(self, part: Element) -> None:
        lines = bar_lines(self.score)
        number = 0 if self.score.pickup else 1
        anew = {exact(restart) for restart in self.score.restarts}
        for i, (start, end) in enumerate(itertools.pairwise(lines)):
            measure = _put(part, "measure")
            measure.set("number", str(number + i))
            if (i == 0 and self.score.pickup) or end in anew:
                measure.set("implicit", "yes")
            if i == 0:
                self._attributes(measure)
            for voice, layer in enumerate(self.layers, 1):
                if voice > 1:
                    _put(_put(measure, "backup"), "duration", self._units(end - start))
                self._events(measure, layer[i], voice)

    def _units(self, duration: Fraction) -> int:
        return int(duration * self.divisions)

    def _attributes(self, measure: Element) -> None:
        attributes = _put(measure, "attributes")
        _put(attributes, "divisions", self.divisions)
        key = _put(attributes, "key")
        _put(key, "fifths", signature(self.score.tonic, self.score.mode))
        _put(key, "mode", self.score.mode)
        time = _put(attributes, "time")
        _put(time, "beats", self.score.metre[0])
        _put(time, "beat-type", self.score.metre[1])
        clef = _put(attributes, "clef")
        median = self.score.notes.pitch[self.score.notes.part == self.name].median()
        sign = "percussion" if self.name == "drums" else "F" if median < 57 else "G"
        _put(clef, "sign", sign)
        if sign != "percussion":
            _put(clef, "line", 4 if sign == "F" else 2)
        if self.first:
            self._tempo(measure, self.score.tempo)

    def _tempo(self, measure: Element, tempo: float) -> None:
        direction = _put(measure, "direction")
        direction.set("placement", "above")
        metronome = _put(_put(direction, "direction-type"), "metronome")
        _put(metronome, "beat-unit", "quarter")
        _put(metronome, "per-minute", f"{tempo:.6f}".rstrip("0").rstrip("."))
        _put(direction, "sound").set("tempo", repr(tempo))

    def _events(self, measure: Element, events: Sequence[Event], voice: int) -> None:
        for event in events:
            if voice == 1 and event.start in self.marks.tempos:
                self._tempo(measure, self.marks.tempos[event.start])
            if voice == 1 and event.start in self.marks.sections:
                direction = _put(measure, "direction")
                direction.set("placement", "above")
                kind = _put(direction, "direction-type")
                _put(kind, "rehearsal", _plain(self.marks.sections[event.start]))
            if voice == 1 and event.start in self.marks.chords:
                self._harmony(measure, self.marks.chords[event.start])
            self._event(measure, event, voice)

    def _harmony(self, measure: Element, name: str) -> None:
        harmony = _put(measure, "harmony")
        root, quality = split_chord(name) if name else (0, "")
        letter, accidental, _ = spell(root, signature(self.score.tonic, self.score.mode))
        step = _put(harmony, "root")
        _put(step, "root-step", letter)
        if accidental:
            _put(step, "root-alter", accidental)
        kind = _put(harmony, "kind", KINDS[quality] if name else "none")
        kind.set("text", quality if name else "N.C.")

    def _event(self, measure: Element, event: Event, voice: int) -> None:
        shown = pieces(event.end - event.start)
        for i, piece in enumerate(shown):
            ties = ["stop"] * (i > 0 or event.continued)
            ties += ["start"] * (i + 1 < len(shown) or event.tied)
            for j, pitch in enumerate(event.pitches):
                note = _put(measure, "note")
                note.set("dynamics", f"{event.velocity / _FORTE * 100:.2f}")
                if j:
                    _put(note, "chord")
                self._pitch(note, pitch)
                self._length(note, piece, voice, ties, pitch)
            if not event.pitches:
                note = _put(measure, "note")
                _put(note, "rest")
                self._length(note, piece, voice)

    def _pitch(self, note: Element, pitch: int) -> None:
        letter, accidental, octave = spell(pitch, signature(self.score.tonic, self.score.mode))
        if self.name == "drums":
            unpitched = _put(note, "unpitched")
            _put(unpitched, "display-step", letter)
            _put(unpitched, "display-octave", octave)
            return
        element = _put(note, "pitch")
        _put(element, "step", letter)
        if accidental:
            _put(element, "alter", accidental)
        _put(element, "octave", octave)

    def _length(
        self, note: Element, piece: Piece, voice: int, ties: Sequence[str] = (), pitch: int = 0
    ) -> None:
        _put(note, "duration", self._units(piece.duration))
        for kind in ties:
            _put(note, "tie").set("type", kind)
        if pitch and self.name == "drums":
            _put(note, "instrument").set("id", f"{self.identity}-I{pitch}")
        _put(note, "voice", voice)
        _put(note, "type", piece.kind)
        for _ in range(piece.dots):
            _put(note, "dot")
        if piece.tuplet:
            modification = _put(note, "time-modification")
            _put(modification, "actual-notes", piece.tuplet[0])
            _put(modification, "normal-notes", piece.tuplet[1])
        if ties:
            notations = _put(note, "notations")
            for kind in ties:
                _put(notations, "tied").set("type", kind)
