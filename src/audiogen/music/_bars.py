"""The bars of a clip, the chords that sound in them, and notes on their way into a score."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from audiogen.io import MINOR_MODES, Score, Section, chord_name, parse_chord

if TYPE_CHECKING:
    from audiogen.music._plan import Plan

__all__ = ["NEAR", "Bar", "Chord", "Note", "bars_of", "filled_chords", "pattern_hits"]

NEAR = 1e-6  # quarter notes: sums of thirds end this close to a bar line
STEP = 0.25  # quarter notes, a sixteenth


class Bar(NamedTuple):
    """A bar, in quarter notes of the clip."""

    start: float
    end: float
    section: str
    place: int  # within its section
    closes: bool  # whether a section ends with it
    opens: bool  # whether a section begins with it
    is_last: bool  # whether the clip ends with it


class Chord(NamedTuple):
    """A chord from one time to another."""

    start: float
    end: float
    name: str


class Note(NamedTuple):
    """A note of an arrangement; `hit` is one number for what is struck together."""

    onset: float
    duration: float
    pitch: int
    velocity: float
    part: str
    hit: int
    swings: bool = True


def bars_of(score: Score, plan: "Plan | None") -> list[Bar]:
    """Return the bars of a plan, or those of a score by its sections."""
    if plan is not None:
        sections = [(s.name, list(s.bars)) for s in plan.sections]
    else:
        spans = score.sections or [Section("A", score.pickup, score.length)]
        sections = [
            (name, _even_bars(max(start, score.pickup), end, score.bar))
            for name, start, end in spans
        ]
    bars = [
        Bar(start, end, name, place, place == len(spans) - 1, place == 0, False)
        for name, spans in sections
        for place, (start, end) in enumerate(spans)
    ]
    return [*bars[:-1], bars[-1]._replace(is_last=True)]


def _even_bars(start: float, end: float, bar: float) -> list[tuple[float, float]]:
    count = max(1, round((end - start) / bar + 0.49))
    return [(start + i * bar, start + (i + 1) * bar) for i in range(count)]


def filled_chords(score: Score, bars: Sequence[Bar]) -> list[Chord]:
    """Return chords for every moment: those of a score, and others where it has none."""
    given = [Chord(*chord) for chord in score.chords if chord[2]]
    chords: list[Chord] = []
    for number, bar in enumerate(bars):
        if bar.section in ("intro", "outro") and not _has_chord(given, bar):
            count = sum(1 for other in bars if other.section == bar.section)
            chords.append(Chord(bar.start, bar.end, _framing(score, bar, count)))
            continue
        inside = [c for c in given if c.end > bar.start + NEAR and c.start < bar.end - NEAR]
        at = bar.start
        for chord in inside:
            if chord.start > at + NEAR:
                chords.append(Chord(at, chord.start, _before(chords, chord.name)))
            at = min(bar.end, chord.end)
            chords.append(Chord(max(bar.start, chord.start), at, chord.name))
        if at < bar.end - NEAR:
            following = next((c.name for c in given if c.start >= at - NEAR), "")
            sung = [c for c in chords if number and c.end <= at + NEAR]
            name = sung[-1].name if sung and bars[number - 1].section != "intro" else following
            chords.append(Chord(at, bar.end, name or tonic_chord(score)))
    return _with_home(_joined(chords), score, bars)


def tonic_chord(score: Score) -> str:
    """Return the triad on the tonic."""
    return chord_name(score.tonic, "m" if score.mode in MINOR_MODES else "")


def _has_chord(given: Sequence[Chord], bar: Bar) -> bool:
    return any(c.start < bar.start + NEAR and c.end > bar.start + NEAR for c in given)


def _before(chords: list[Chord], name: str) -> str:
    return chords[-1].name if chords else name


def _framing(score: Score, bar: Bar, count: int) -> str:
    """Return the chord of a bar before or after the melody."""
    if bar.section == "outro":
        if count > 1 and bar.place == 0:
            return chord_name(score.tonic + 5, "m" if score.mode == "minor" else "")
        return tonic_chord(score)
    if count > 1 and bar.closes:
        if score.mode in ("dorian", "mixolydian"):
            return chord_name(score.tonic + 10, "")
        return chord_name(score.tonic + 7, "7")
    if count >= 4 and bar.place == count - 2:
        return chord_name(score.tonic + 5, "m" if score.mode in ("minor", "phrygian") else "")
    return tonic_chord(score)


def _with_home(chords: list[Chord], score: Score, bars: Sequence[Bar]) -> list[Chord]:
    """Return chords that end on the tonic, if the melody's last note allows it."""
    melody = score.notes[score.notes.part == "melody"]
    third = 3 if score.mode in MINOR_MODES else 4
    home = {(score.tonic + interval) % 12 for interval in (0, third, 7)}
    if len(melody) and bars[-1].section != "outro" and int(melody.pitch.iloc[-1]) % 12 in home:
        last = chords[-1]
        if last.name and parse_chord(last.name)[0] == score.tonic:
            return chords
        begin = max(last.start, bars[-1].start)
        kept = [] if begin <= last.start else [last._replace(end=begin)]
        return _joined([*chords[:-1], *kept, Chord(begin, last.end, tonic_chord(score))])
    return chords


def _joined(chords: list[Chord]) -> list[Chord]:
    joined: list[Chord] = []
    for chord in chords:
        if joined and joined[-1].name == chord.name:
            joined[-1] = joined[-1]._replace(end=chord.end)
        else:
            joined.append(chord)
    return joined


def pattern_hits(pattern: str, bar: Bar) -> list[tuple[float, float, str]]:
    """Return onset, end and character of what a bar of a pattern strikes.

    A bar that is longer than the pattern goes on with its beginning.
    """
    count = max(1, round((bar.end - bar.start) / STEP - 0.3))
    steps = (pattern * (count // len(pattern) + 1))[:count]
    hits: list[tuple[float, float, str]] = []
    for place, character in enumerate(steps):
        if character in ".-":
            continue
        length = 1
        while place + length < count and steps[place + length] == "-":
            length += 1
        onset = bar.start + place * STEP
        end = bar.end if place + length == count else onset + length * STEP
        hits.append((onset, end, character))
    return hits
