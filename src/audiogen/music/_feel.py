"""What makes notes sound played: swing, dynamics, and small differences in time and force."""

from collections.abc import Callable, Sequence

import numpy as np

from audiogen.music._bars import NEAR, Bar, Note
from audiogen.music._styles import Style

__all__ = ["played"]

_FARTHEST = 2.0  # standard deviations
_STEADY = {"drums": 0.6, "bass": 0.6}  # how much less than others these parts vary in time
_DOWNBEAT, _OFFBEAT = 5.0, -4.0


def played(
    notes: Sequence[Note],
    bars: Sequence[Bar],
    style: Style,
    *,
    tempo: float,
    intensity: float,
    swing: float,
    rng_of: Callable[[str], np.random.Generator],
) -> list[Note]:
    """Return notes as somebody would play them.

    Parameters
    ----------
    notes : sequence of Note
        Notes as they are written.
    bars : sequence of Bar
        All bars of the clip.
    style : Style
        The style: levels of sections, and how far notes stray.
    tempo : float
        Quarter notes a minute.
    intensity : float
        From 0 to 1; velocities grow with it.
    swing : float
        Share of a beat at which its second half begins.
    rng_of : callable
        Returns the generator of random numbers of a part.

    Returns
    -------
    notes : list of Note
        What is struck together stays together, but for the strum of chords. No note begins
        before the clip or ends after it.
    """
    result: list[Note] = []
    length = bars[-1].end
    starts = np.array([bar.start for bar in bars])
    swung = abs(swing - 0.5) > NEAR
    for part in dict.fromkeys(note.part for note in notes):
        own = [note for note in notes if note.part == part]
        hits = list(dict.fromkeys(note.hit for note in own))
        rng = rng_of(part)
        draws = dict(
            zip(hits, rng.standard_normal((len(hits), 2)).clip(-_FARTHEST, _FARTHEST), strict=True)
        )
        spread = style.timing * tempo / 60 * _STEADY.get(part, 1.0)
        order = _strum_order(own) if part == "chords" and style.strum else {}
        for note in own:
            bar = bars[max(0, int(np.searchsorted(starts, note.onset + NEAR, side="right")) - 1)]
            onset, end = note.onset, note.onset + note.duration
            if swung and note.swings:
                onset, end = (_swung(t, bar, swing, style.swing_unit) for t in (onset, end))
            late = draws[note.hit][0] * spread + order.get(note, 0) * style.strum * tempo / 60
            onset = min(max(0.0, onset + late), length - NEAR * 10)
            velocity = _velocity(note, bar, style, intensity) + draws[note.hit][1] * style.velocity
            result.append(note._replace(
                onset=onset, duration=max(min(end, length) - onset, NEAR),
                velocity=float(np.clip(round(velocity), 1, 127)),
            ))  # fmt: skip
    return result


def _swung(time: float, bar: Bar, swing: float, unit: float) -> float:
    """Return a time moved as swing moves it; beats stay where they are."""
    beats, place = divmod((time - bar.start) / unit + NEAR, 1.0)
    place = max(0.0, place - NEAR)
    moved = place * 2 * swing if place < 0.5 else swing + (place - 0.5) * 2 * (1 - swing)
    return bar.start + (beats + moved) * unit


def _strum_order(notes: Sequence[Note]) -> dict[Note, int]:
    """Return each note's place in the strum of its chord: down on beats, up between them."""
    order: dict[Note, int] = {}
    by_hit: dict[int, list[Note]] = {}
    for note in notes:
        by_hit.setdefault(note.hit, []).append(note)
    for chord in by_hit.values():
        up = abs(chord[0].onset * 2 - round(chord[0].onset * 2)) < NEAR and (
            round(chord[0].onset * 2) % 2 == 1
        )
        for place, note in enumerate(sorted(chord, key=lambda n: -n.pitch if up else n.pitch)):
            order[note] = place
    return order


def _velocity(note: Note, bar: Bar, style: Style, intensity: float) -> float:
    """Return a note's velocity within its bar, its section and the clip."""
    accent = 0.0
    if note.part in ("melody", "chords"):
        place = note.onset - bar.start
        if abs(place) < NEAR:
            accent = _DOWNBEAT
        elif abs(place - round(place)) > NEAR:
            accent = _OFFBEAT
    return (note.velocity + accent) * style.section(bar.section).level * (0.75 + 0.45 * intensity)
