"""The last bar of a clip."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from audiogen.io import Score, parse_chord
from audiogen.music._bars import NEAR, Bar, Chord, Note
from audiogen.music._comping import Voiced
from audiogen.music._drum_names import DRUMS

__all__ = ["ended"]

_LEAST_LEFT = 0.4  # of a beat, from a last stroke to the end
_STOPPED, _RUNG = 0.3, 0.5  # seconds likewise, at least: of a cold ending, and of one that rings
_MOST = 1.1  # seconds likewise: in more, a room falls silent
_STROKE = 0.25  # seconds that the last stroke of a cold ending lasts, or half of what is left
_EIGHTH = 0.5  # quarter notes
_ACCENT = 110.0
_KIT = (DRUMS["kick"], DRUMS["crash"])


class Final(NamedTuple):
    """The last chord."""

    name: str
    pitches: tuple[int, ...]


def ended(
    notes: Sequence[Note], bars: Sequence[Bar], voiced: Voiced, score: Score, ending: str
) -> list[Note]:
    """Return notes whose last bar ends the clip.

    Parameters
    ----------
    notes : sequence of Note
        All notes.
    bars : sequence of Bar
        All bars.
    voiced : list of tuple
        All chords with their pitches.
    score : Score
        The melody, for its metre.
    ending : {"ring", "cold"}
        "ring" strikes the accompaniment once in the last bar, and lets it ring under the melody,
        whose last note comes early enough to ring, too; "cold" plays on to the last beat, which
        all strike and let go at once. So do drums alone, which cannot ring for a bar.

    Returns
    -------
    notes : list of Note
        The notes.
    """
    last = bars[-1]
    quarters_per_second = (score.tempos[-1][1] if score.tempos else score.tempo) / 60
    if ending == "ring" and any(note.part != "drums" for note in notes):
        rung = _rung(notes, last, [chord for chord, _, _ in voiced])
        latest = _last_stroke(last, score.beat, quarters_per_second, _RUNG)
        return _with_long_last_note(rung, last, latest)
    final = Final(voiced[-1][0].name, voiced[-1][1])
    stroke = _last_stroke(last, score.beat, quarters_per_second, _STOPPED)
    end = stroke + min(_STROKE * quarters_per_second, (last.end - stroke) / 2)
    return _stopped(notes, stroke, end, final)


def _last_stroke(last: Bar, beat: float, quarters_per_second: float, seconds: float) -> float:
    """Return the last beat that leaves so many seconds, or an eighth note that is nearer."""
    for step, least in ((beat, _LEAST_LEFT * beat), (_EIGHTH, 0.0)):
        room = last.end - last.start - max(least, seconds * quarters_per_second)
        stroke = last.start + max(0, math.floor(room / step + NEAR)) * step
        if last.end - stroke <= _MOST * quarters_per_second:
            break
    return stroke


def _rung(notes: Sequence[Note], last: Bar, chords: Sequence[Chord]) -> list[Note]:
    """Strike each chord of the last bar once."""
    changes = [max(c.start, last.start) for c in chords if c.end > last.start + NEAR]
    kept: list[Note] = []
    for note in notes:
        if note.part == "melody" or note.onset < last.start - NEAR:
            kept.append(_until(note, last.start) if note.part in ("chords", "bass") else note)
    for part in ("chords", "bass", "pad", "counter", "drums"):
        kept += _struck(notes, part, changes, last)
    return kept


def _with_long_last_note(notes: list[Note], last: Bar, latest: float) -> list[Note]:
    """Return notes with the melody's last one held to the end, from a time on at the latest."""
    tune = [n for n in notes if n.part == "melody"]
    if not tune:
        return notes
    final = max(tune, key=lambda n: (n.onset, n.pitch))
    is_alone = all(n.part in ("melody", "drums") for n in notes if n.onset >= last.start - NEAR)
    if final.onset < last.start - NEAR and not is_alone:
        return notes
    start = min(final.onset, latest)
    before = [_until(n, start) for n in tune if n.onset < start - NEAR]
    held = final._replace(onset=start, duration=last.end - start)
    return [*(n for n in notes if n.part != "melody"), *before, held]


def _until(note: Note, time: float) -> Note:
    return note._replace(duration=min(note.duration, time - note.onset))


def _struck(notes: Sequence[Note], part: str, changes: list[float], last: Bar) -> list[Note]:
    """Return one stroke of a part at each change, as far as it plays in the last bar."""
    own = [n for n in notes if n.part == part and n.onset >= last.start - NEAR]
    hits = max((n.hit for n in notes if n.part == part), default=0)
    if not own:
        return []
    if part == "drums":
        pitches = _KIT if any(n.pitch in _KIT for n in own) else (min(n.pitch for n in own),)
        first = own[0]._replace(onset=last.start, velocity=100.0)
        return [first._replace(pitch=p, hit=hits + 1 + i) for i, p in enumerate(pitches)]
    strokes: list[Note] = []
    for number, (start, end) in enumerate(zip(changes, [*changes[1:], last.end], strict=True)):
        inside = [n for n in own if start - NEAR <= n.onset < end - NEAR]
        seen: dict[int, Note] = {}
        for note in inside:
            seen.setdefault(note.pitch, note)
        if part == "bass":
            seen = dict(list(seen.items())[:1])
        strokes += [
            n._replace(onset=start, duration=end - start, hit=hits + 1 + number)
            for n in seen.values()
        ]
    return strokes


def _stopped(notes: Sequence[Note], stroke: float, end: float, final: Final) -> list[Note]:
    """Cut all at the last stroke, and have all parts strike it and let go at its end."""
    before = [n for n in notes if n.onset < stroke - NEAR]
    kept = [n if n.part == "drums" else _until(n, stroke) for n in before]
    for part in dict.fromkeys(n.part for n in notes):
        own = [n for n in notes if n.part == part]
        near = [n for n in own if n.onset < stroke - NEAR] or own
        pitches = _last_pitches(part, near, final)
        hit = max(n.hit for n in own) + 1
        sounding = near[-1]._replace(onset=stroke, duration=end - stroke, hit=hit, swings=False)
        if part == "drums":
            sounding = sounding._replace(velocity=_ACCENT)
        kept += [sounding._replace(pitch=pitch) for pitch in pitches]
    return kept


def _last_pitches(part: str, near: Sequence[Note], final: Final) -> tuple[int, ...]:
    """Return the pitches of a part in the last chord, near what it played before."""
    latest = near[-1].pitch
    root, intervals = parse_chord(final.name)
    if part == "drums":
        return _KIT if any(n.pitch in _KIT for n in near) else (latest,)
    if part in ("chords", "pad"):
        return final.pitches
    if part == "counter":
        return (
            min((_nearest(latest, root + i) for i in intervals), key=lambda p: abs(p - latest)),
        )
    return (_nearest(latest, root),)


def _nearest(pitch: int, pitch_class: int) -> int:
    return pitch + (pitch_class - pitch + 5) % 12 - 5
