"""Drums: from grooves, or from the patterns of a style."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from audiogen.music._bars import STEP, Bar, Note, pattern_hits
from audiogen.music._drum_names import DRUMS, GROOVE_DRUMS
from audiogen.music._styles import Patterns

__all__ = ["checked_grooves", "drummed"]

_LOUDNESS = {"X": 112.0, "x": 88.0, "o": 52.0}
_LENGTH = 0.25
_STEPS = 32
_GHOST = 0.3  # velocity below which a hit is left out where the accompaniment is sparse
_CRASH, _KICK = DRUMS["crash"], DRUMS["kick"]
_KEPT_IN_FILLS = (_KICK, DRUMS["shaker"], DRUMS["tambourine"])
_QUIETEST = 0.02


def checked_grooves(groove: Any) -> dict[str, np.ndarray]:
    """Return grooves by the section that they are for; "" is for all others.

    Raises
    ------
    ValueError
        For arrays of another shape than (32, 9, 2).
    """
    if groove is None:
        return {}
    grooves = dict(groove) if isinstance(groove, Mapping) else {"": groove}
    for name, array in grooves.items():
        array = np.asarray(array, dtype=float)
        if array.shape != (_STEPS, len(GROOVE_DRUMS), 2) or not np.isfinite(array).all():
            raise ValueError(
                "A groove must be a finite array of shape (32, 9, 2): steps, drums, velocity and "
                f"offset. Got shape {array.shape}."
            )
        grooves[name] = array
    grooves.setdefault("", next(iter(grooves.values())))
    return grooves


def drummed(
    bars: Sequence[Bar],
    patterns: Patterns,
    grooves: dict[str, np.ndarray],
    density: float,
    swings: bool,
) -> list[Note]:
    """Return the drums of bars: a groove, or the patterns where there is none.

    A groove has its own swing, unless `swings`.
    """
    notes: list[Note] = []
    for number, bar in enumerate(bars):
        if grooves:
            groove = grooves.get(bar.section, grooves[""])
            played = _from_groove(bar, groove, density, swings)
        else:
            played = _from_patterns(bar, patterns.percussion, density)
        if bar.closes and patterns.fill and number and not bar.is_last:
            played = _with_fill(played, bar, patterns.fill)
        if bar.opens and number and "kick" in patterns.percussion:
            played = _with_crash(played, bar)
        notes += played
    return [note._replace(hit=hit) for hit, note in enumerate(notes)]


def _from_groove(bar: Bar, groove: np.ndarray, density: float, swings: bool) -> list[Note]:
    """Return one of the two bars of a groove, whichever is next; a longer bar goes on."""
    count = max(1, round((bar.end - bar.start) / STEP - 0.3))
    sparse = density < 0.34 and groove[..., 0].max() > _GHOST
    notes = []
    for place in range(count):
        row = groove[(place + bar.place % 2 * (_STEPS // 2)) % _STEPS]
        for pitch, (velocity, offset) in zip(GROOVE_DRUMS, row, strict=True):
            if velocity <= (_GHOST if sparse else _QUIETEST):
                continue
            onset = bar.start + (place + float(np.clip(offset, -0.5, 0.5))) * STEP
            loudness = 20 + 100 * float(min(velocity, 1.0))
            notes.append(Note(max(0.0, onset), _LENGTH, pitch, loudness, "drums", 0, swings))
    return notes


def _from_patterns(
    bar: Bar, percussion: Mapping[str, Sequence[str]], density: float
) -> list[Note]:
    """Return the hits of patterns; soft ones are left out where it is sparse and others play."""
    plain = any(set(row) & {"X", "x"} for bars in percussion.values() for row in bars)
    return [
        Note(onset, _LENGTH, DRUMS[drum], _LOUDNESS[character], "drums", 0)
        for drum, bars in percussion.items()
        for onset, _, character in pattern_hits(bars[bar.place % len(bars)], bar)
        if density >= 0.34 or character != "o" or not plain
    ]


def _with_fill(notes: list[Note], bar: Bar, fill: Mapping[str, str]) -> list[Note]:
    """Return a bar whose end is replaced by a fill."""
    played = _from_patterns(bar, {drum: [row] for drum, row in fill.items()}, 1.0)
    if not played:
        return notes
    first = max(min(note.onset for note in played), (bar.start + bar.end) / 2)
    kept = [n for n in notes if n.onset < first - STEP / 2 or n.pitch in _KEPT_IN_FILLS]
    return [*kept, *(note for note in played if note.onset >= first - 1e-6)]


def _with_crash(notes: list[Note], bar: Bar) -> list[Note]:
    """Return a bar that begins with a crash cymbal and the bass drum."""
    struck = [
        Note(bar.start, _LENGTH, pitch, loudness, "drums", 0)
        for pitch, loudness in ((_CRASH, 96.0), (_KICK, 104.0))
    ]
    near = STEP / 2
    return [
        *struck,
        *(n for n in notes if n.onset > bar.start + near or n.pitch not in (_CRASH, _KICK)),
    ]
