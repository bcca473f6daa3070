"""Which of several draws of a section is the most typical one."""

import itertools
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from audiogen.generators._melody_draw import DrawnStrain
from audiogen.generators._melody_features import Strain
from audiogen.io import SCALES

__all__ = ["described", "is_closed", "most_typical"]

# What of a section is compared, and how much of a difference counts as one. Tuned by
# benchmarks/melodies.py: with more of them, the choice falls on the middle of everything.
_UNITS = {
    "nats of a note": 0.3,
    "share of bars unlike all before": 0.12,
    "share of bars equal to the one four before": 0.2,
}
_WRONG_END = 100.0
_BAR_OF_REST = 10.0
_FOREIGN_NOTE = 1.0
_SHORT_END = 2.0
_OTHER_RHYTHM = 4.0
_AWKWARD = 1.0
_FAR_FROM_BEFORE = 1.0
_TONE, _FOURTH, _FIFTH, _SIXTH, _OCTAVE = 2, 5, 7, 8, 12  # semitones
_THREES = 36  # ticks that bars of three beats, or of beats of three, are multiples of
_QUARTER, _EIGHTH = 24, 12
_SEESAW = 6  # notes


def described(strain: Strain, log_likelihood: float) -> list[float]:
    """Return what of a section is compared with others, in the order of `_UNITS`."""
    bars = bars_of(strain)
    seen: set[frozenset] = set()
    n_distinct = 0
    for bar in bars:
        n_distinct += bar not in seen
        seen.add(bar)
    equal = [bars[b] == bars[b - 4] for b in range(4, len(bars)) if bars[b]]
    return [
        log_likelihood,
        n_distinct / max(len(bars), 1),
        sum(equal) / max(len(equal), 1),
    ]


def bars_of(strain: Strain) -> list[frozenset]:
    """Return the notes of each bar, as sets of place, duration and pitch."""
    bars: list[set] = [set() for _ in range(strain.n_bars)]
    for start, ticks, pitch in zip(strain.start, strain.duration, strain.pitch, strict=True):
        if start >= 0 and pitch:
            bars[start // strain.bar].add((start % strain.bar, ticks, pitch))
    return [frozenset(bar) for bar in bars]


def is_closed(strain: Strain, low: int) -> bool:
    """Tell whether the last note of a section is the tonic, of any octave."""
    last = next((p for p in reversed(strain.pitch) if p), None)
    return last is not None and (low + last - 1) % 12 == 0


def _last_duration(strain: Strain) -> int:
    """Return the ticks of the last note, and of the rest after it."""
    last = max((i for i, pitch in enumerate(strain.pitch) if pitch), default=0)
    return sum(strain.duration[last:])


def _n_awkward(strain: Strain) -> int:
    """Return how many turns a player would stumble over, which tunes seldom have.

    Those are a sixth or more that goes on the same way by more than a tone, two leaps one way
    beyond an octave, a leap beyond a fourth to the last note, where the bar is of three beats or
    of threes a pitch struck four times in a row, a bar of two pitches in turn, a note held over a
    bar line, and a last note shorter than an eighth.
    """
    pitches = [pitch for pitch in strain.pitch if pitch]
    steps = [b - a for a, b in itertools.pairwise(pitches)]
    n_awkward = int(bool(steps) and abs(steps[-1]) > _FOURTH)
    for first, second in itertools.pairwise(steps):
        goes_on = abs(first) >= _SIXTH and abs(second) > _TONE
        too_far = min(abs(first), abs(second)) >= _FOURTH and abs(first + second) > _OCTAVE
        n_awkward += first * second > 0 and (goes_on or too_far)
    if strain.bar % _THREES == 0:
        n_awkward += sum(
            not any(steps[i : i + 3]) and (i == 0 or steps[i - 1] != 0)
            for i in range(len(steps) - 2)
        )
    return n_awkward + _n_seesaws(strain) + _n_misplaced(strain)


def _n_seesaws(strain: Strain) -> int:
    """Return how many bars have two pitches in turn and nothing else, six notes or more."""
    bars: dict[int, list[int]] = {}
    for start, pitch in zip(strain.start, strain.pitch, strict=True):
        if pitch:
            bars.setdefault(start // strain.bar, []).append(pitch)
    return sum(
        len(bar) >= _SEESAW and len(set(bar)) == 2 and bar[0] != bar[1] and bar[2:] == bar[:-2]
        for bar in bars.values()
    )


def _n_misplaced(strain: Strain) -> int:
    """Return how many notes are held over a bar line, one more where the last note is short."""
    notes = [
        (start, ticks)
        for start, ticks, pitch in zip(strain.start, strain.duration, strain.pitch, strict=True)
        if pitch
    ]
    n_held = sum(start % strain.bar + ticks > strain.bar for start, ticks in notes)
    return n_held + int(bool(notes) and notes[-1][1] < _EIGHTH)


def _height(strain: Strain) -> float:
    """Return the mean pitch of a section's notes."""
    return float(np.mean([pitch for pitch in strain.pitch if pitch] or [0]))


def _unlike_rhythm(strain: Strain, other: Strain) -> float:
    """Return the share of notes whose durations would have to change to be as often as there."""
    found, wanted = Counter(strain.duration), Counter(other.duration)
    n, m = found.total(), wanted.total()
    return 1 - sum(min(found[ticks] / n, wanted[ticks] / m) for ticks in found)


def most_typical(
    draws: Sequence[DrawnStrain],
    wanted: np.ndarray,
    low: int,
    mode: str,
    before: Sequence[Strain] = (),
    *,
    closed: bool = True,
    final: bool = False,
) -> DrawnStrain:
    """Return the draw that is nearest to a description, among those that end as they should.

    Parameters
    ----------
    draws : list of DrawnStrain
        What to choose from.
    wanted : ndarray of shape (3,)
        As `described` returns it.
    low : int
        Semitones of the lowest class of pitch.
    mode : str
        Of whose scale notes should be.
    before : list of Strain, default=()
        The sections before, whose rhythm and height the section should have.
    closed : bool, default=True
        Whether the section has to end on the tonic; else it has to end elsewhere.
    final : bool, default=False
        Whether nothing follows, so that the last note had better be a quarter note or longer.
    """
    units, scale = np.array(list(_UNITS.values())), SCALES[mode]

    def cost(draw: DrawnStrain) -> Any:
        found = np.array(described(draw.strain, draw.log_likelihood))
        far = float(np.abs((found - wanted) / units).sum())
        empty = sum(not bar for bar in bars_of(draw.strain))
        foreign = sum((low + p - 1) % 12 not in scale for p in draw.strain.pitch if p)
        far += _BAR_OF_REST * empty + _FOREIGN_NOTE * foreign
        far += _AWKWARD * _n_awkward(draw.strain)
        if before:
            far += _OTHER_RHYTHM * _unlike_rhythm(draw.strain, before[0])
            apart = abs(_height(draw.strain) - _height(before[-1]))
            far += _FAR_FROM_BEFORE * (apart > _FIFTH)
        far += _SHORT_END * (final and _last_duration(draw.strain) < _QUARTER)
        return far + _WRONG_END * (closed != is_closed(draw.strain, low))

    return min(draws, key=cost)
