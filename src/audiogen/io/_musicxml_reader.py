"""MusicXML read with music21."""

import contextlib
import pathlib
import threading
import warnings
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from audiogen.io._chords import chord_name
from audiogen.io._keys import MODES, tonic_of
from audiogen.io._musicxml_drums import pitched_drums
from audiogen.io._repeats import Bar, Note, joined_bars, spans
from audiogen.io._score import Score
from audiogen.io._tempos import changing_tempo

_INSTALL = (
    "MusicXML is read with music21, which is not installed. "
    "Type: pip install 'audiogen-learn[scores]'"
)
_one_at_a_time = threading.Lock()  # filters of warnings are the whole process's
# The beginnings of music21's kinds of chords, the longer ones first.
_KINDS = (
    ("minor-major", "m"),
    ("minor-sixth", "m"),
    ("minor-", "m7"),
    ("minor", "m"),
    ("major-sixth", "6"),
    ("major-", "maj7"),
    ("major", ""),
    ("dominant", "7"),
    ("half-diminished", "m7b5"),
    ("diminished", "dim"),
    ("augmented", "aug"),
    ("suspended", "sus4"),
    ("power", ""),
)


def read_musicxml(path: pathlib.Path) -> Score:
    """Read a file; what is played is read: repeats, D.C. and transposing instruments."""
    with _music21() as music21:
        written = music21.converter.parseData(pitched_drums(path), format="musicxml")
        try:
            played = written.expandRepeats().toSoundingPitch()
        except music21.repeat.ExpanderException as error:
            raise ValueError(f"its repeats cannot be unfolded, {error}") from error
        return _score(played)


@contextlib.contextmanager
def _music21() -> Iterator[Any]:
    """Yield the package, its warnings silent: they are about layout, mostly."""
    with _one_at_a_time, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            import music21
        except ModuleNotFoundError as error:
            raise ModuleNotFoundError(_INSTALL, name="music21") from error
        yield music21


def _score(played: Any) -> Score:
    parts = list(played.parts)
    names = _part_names(parts)
    rows = [row for part, name in zip(parts, names, strict=True) for row in _rows(part, name)]
    columns = ("onset", "duration", "pitch", "velocity", "part")
    first = parts[0].flatten() if parts else played.flatten()
    length = _exact(played.highestTime)
    signature = _first(first, "TimeSignature")
    metre = (signature.numerator, signature.denominator) if signature else (4, 4)
    tonic, mode = _key(first)
    tempo, tempos = _tempos(played, float(length))
    marks = [(_exact(m.offset), str(m.content)) for m in first.getElementsByClass("RehearsalMark")]
    return Score(
        {name: [row[i] for row in rows] for i, name in enumerate(columns)},
        metre=metre,
        tonic=tonic,
        mode=mode,
        tempo=tempo,
        tempos=tempos,
        pickup=_pickup(parts, metre),
        title=_title(played),
        chords=spans([event for part in parts for event in _chords(part)], length),
        sections=[(name, start, end) for start, end, name in spans(marks, length)],
    )


def _exact(time: Any) -> Fraction:
    return Fraction(time).limit_denominator(10_000)


def _first(stream: Any, kind: str) -> Any:
    return next(iter(stream.getElementsByClass(kind)), None)


def _title(played: Any) -> str:
    about = played.metadata
    return str((about.title or about.movementName or "") if about else "")


def _part_names(parts: list[Any]) -> list[str]:
    """Return names of parts; staves of one part share its name."""
    alone = len(parts) == 1
    return [
        str(part.partName or ("melody" if alone else f"part {i}"))
        for i, part in enumerate(parts, 1)
    ]


def _rows(part: Any, name: str) -> Iterator[tuple]:
    """Yield onset, duration, pitch, velocity and part of what sounds; no grace notes."""
    bar = Bar()
    for element in part.recurse().notes:
        if element.quarterLength == 0 or "Harmony" in element.classes:
            continue
        site = element.activeSite
        voice = str(site.id) if "Voice" in site.classes else ""
        onset = _exact(element.getOffsetInHierarchy(part))
        duration = _exact(element.quarterLength)
        for note in element.notes if "ChordBase" in element.classes else [element]:
            velocity = note.volume.velocity or element.volume.velocity or 80
            tie = note.tie or element.tie
            kind = "" if tie is None else tie.type
            loud = min(127, max(1, velocity))
            tied, continued = kind in ("start", "continue"), kind in ("stop", "continue")
            bar.notes.append(Note(onset, duration, note.pitch.midi, loud, tied, continued, voice))
    for n in joined_bars([bar]).notes:
        yield float(n.onset), float(n.duration), n.pitch, n.velocity, name


def _key(flat: Any) -> tuple[int, str]:
    signature = _first(flat, "KeySignature")
    if signature is None:
        return 0, "major"
    mode = getattr(signature, "mode", "major")
    mode = {"aeolian": "minor", "ionian": "major"}.get(mode, mode)
    mode = mode if mode in MODES else "major"
    return tonic_of(signature.sharps, mode), mode


def _tempos(played: Any, length: float) -> tuple[float, list[tuple[float, float]]]:
    """Return the tempo at the start and its changes."""
    marks = [
        (float(_exact(start)), round(mark.getQuarterBPM() or 120.0, 6))
        for start, _, mark in played.metronomeMarkBoundaries()
    ]
    return changing_tempo(marks, length)


def _pickup(parts: list[Any], metre: tuple[int, int]) -> float:
    """Return the length of the first measure of several where it is shorter than a bar."""
    measures = list(parts[0].getElementsByClass("Measure")) if parts else []
    length = float(measures[0].duration.quarterLength) if len(measures) > 1 else 0.0
    return length if length < 4 * metre[0] / metre[1] else 0.0


def _chords(part: Any) -> Iterator[tuple[Fraction, str]]:
    for symbol in part.flatten().getElementsByClass("Harmony"):
        onset = _exact(symbol.offset)
        kind = getattr(symbol, "chordKind", None)
        if "NoChord" in symbol.classes or kind == "none":
            yield onset, ""
        elif symbol.root() is not None:
            found = (quality for start, quality in _KINDS if str(kind).startswith(start))
            yield onset, chord_name(symbol.root().pitchClass, next(found, ""))
