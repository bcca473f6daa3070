"""Tunes as lines of JSON, a compact format for corpora."""

import functools
import gzip
import itertools
import json
import pathlib
from collections.abc import Callable, Iterator
from typing import Any

from audiogen.io._chords import chord_name
from audiogen.io._score import Score
from audiogen.io._spans import Section

About = dict[str, Any]
_TICKS = 24  # a quarter note
_LONGEST = 1 << 24  # bytes of a line
_MODES = {
    "maj": "major",
    "min": "minor",
    "dor": "dorian",
    "mix": "mixolydian",
    "lyd": "lydian",
    "phr": "phrygian",
}
_QUALITIES = {
    "maj": "",
    "min": "m",
    "dom": "7",
    "min7": "m7",
    "maj7": "maj7",
    "dim": "dim",
    "hdim": "m7b5",
    "aug": "aug",
}


def json_tunes(path: pathlib.Path) -> Iterator[Callable[[], tuple[Score, About]]]:
    """Yield a reader of each line that is a tune, for its faults to be its own.

    A line is an object with metre ([6, 8]), tonic (pitch class), mode ("maj", "min", "dor",
    "mix", "lyd" or "phr") and sections, and optionally genre, title, source, split and year. A
    section has a pickup and bars, each a list of notes [position, duration, pitch, chord, tied].
    Positions in the bar and durations are ticks, 24 a quarter note; the pitch of a rest is null;
    chord is null or [root, quality] with quality one of "maj", "min", "dom", "min7", "maj7",
    "dim", "hdim" and "aug"; tied is 1 where the note goes on from the one before.

    Sections follow each other as they are written, and are played once even where they say
    "repeat". The pickup of a section replaces the end of the section before it; that of the
    first is the score's. Sections of the score start at bar lines, the first at 0.
    """
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rb") as file:
        for number in itertools.count(1):
            line = file.readline(_LONGEST + 1)  # a small file may hold one of many gigabytes
            if not line:
                return
            if len(line) > _LONGEST:
                raise ValueError(f"line {number} is longer than {_LONGEST >> 20} MiB")
            if line.strip():
                yield functools.partial(_read_line, number, line)


def _read_line(number: int, line: bytes) -> tuple[Score, About]:
    try:
        return _tune(json.loads(line.decode("utf-8")))
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        raise ValueError(f"line {number} is no tune, {error!r}") from error


def _tune(line: dict[str, Any]) -> tuple[Score, About]:
    numerator, denominator = line["metre"]
    mode = _MODES[line["mode"]]
    melody = _Melody(96 * numerator // denominator)
    for section in line["sections"]:
        melody.add_section(section["pickup"], section["bars"])
    _check_words(line)
    score = melody.score(
        metre=(numerator, denominator),
        tonic=line["tonic"],
        mode=mode,
        title=line.get("title") or "",
    )
    return score, line  # of which `read_tunes` keeps what is said about the tune


def _check_words(line: dict[str, Any]) -> None:
    """Raise where what a line says of its tune is no text that can be written."""
    for name in ("genre", "title", "source", "split", "year"):
        value = line.get(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, str | int)):
            raise TypeError(f"its {name} must be text")
        str(value).encode("utf-8")  # half of a character, as JSON's escapes can have it, is none


class _Melody:
    """Notes and chords of sections that are put one after the other, in ticks."""

    def __init__(self, bar: int) -> None:
        self.bar = bar
        self.now = self.pickup = 0  # where the next bar starts
        self.notes: list[list[int]] = []
        self.chords: dict[int, str] = {}
        self.starts: list[int] = []

    def add_section(self, pickup: list, bars: list) -> None:
        if pickup:
            first = pickup[0][0]
            if not self.starts:
                self.now = (self.bar - first) % self.bar
                self.pickup = self.now
            self._cut(self.now - self.bar + first)
            self._add_notes(pickup, self.now - self.bar)
        self.starts.append(self.now if self.starts else 0)
        for bar in bars:
            self._add_notes(bar, self.now)
            self.now += self.bar

    def _cut(self, end: int) -> None:
        """Take away what lies after a time."""
        self.notes = [[on, min(off, end), pitch] for on, off, pitch in self.notes if on < end]
        self.chords = {start: name for start, name in self.chords.items() if start < end}

    def _add_notes(self, notes: list, start: int) -> None:
        for position, duration, pitch, chord, tied in notes:
            onset = start + position
            if chord is not None:
                self.chords[onset] = chord_name(chord[0], _QUALITIES[chord[1]])
            if pitch is None:
                continue
            if tied and self.notes and self.notes[-1][1:] == [onset, pitch]:
                self.notes[-1][1] = onset + duration
            else:
                self.notes.append([onset, onset + duration, pitch])

    def score(self, **about: Any) -> Score:
        ends = [*list(self.chords)[1:], self.now]
        edges = [*self.starts[1:], self.now]
        names = [_section_name(i) for i in range(len(self.starts))]
        return Score(
            {
                "onset": [on / _TICKS for on, _, _ in self.notes],
                "duration": [(off - on) / _TICKS for on, off, _ in self.notes],
                "pitch": [pitch for _, _, pitch in self.notes],
            },
            sections=[
                Section(name, start / _TICKS, end / _TICKS)
                for name, start, end in zip(names, self.starts, edges, strict=True)
            ],
            chords=[
                (start / _TICKS, end / _TICKS, name)
                for (start, name), end in zip(self.chords.items(), ends, strict=False)
            ],
            pickup=self.pickup / _TICKS,
            **about,
        )


def _section_name(index: int) -> str:
    """Return A, B, ... Z, and A2 after that."""
    round_, letter = divmod(index, 26)
    return chr(ord("A") + letter) + (str(round_ + 1) if round_ else "")
