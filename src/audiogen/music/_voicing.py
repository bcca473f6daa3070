"""Chords as pitches, each near the one before."""

import itertools
from collections.abc import Sequence

from audiogen.io import parse_chord

__all__ = ["LOWEST", "coloured", "next_voicing"]

LOWEST = 48  # below C3 chords are mud
_CENTRE = 59.0
_WIDEST = 16  # semitones from the lowest to the highest note
_CENTRE_WEIGHT = 0.15
_GAP_COST = 0.05
_SCALES = {
    "major": {0, 2, 4, 5, 7, 9, 11},
    "minor": {0, 2, 3, 5, 7, 8, 10},
    "dorian": {0, 2, 3, 5, 7, 9, 10},
    "mixolydian": {0, 2, 4, 5, 7, 9, 10},
    "lydian": {0, 2, 4, 6, 7, 9, 11},
    "phrygian": {0, 1, 3, 5, 7, 8, 10},
}
_SEVENTHS = {"": "maj7", "m": "m7", "dim": "m7b5"}


def coloured(name: str, colour: str, tonic: int, mode: str, melody: set[int]) -> str:
    """Return a chord with the seventh that its place in the key gives it.

    Parameters
    ----------
    name : str
        Name of the chord.
    colour : {"triads", "sevenths", "power"}
        Only "sevenths" changes anything.
    tonic : int
        Pitch class of the tonic.
    mode : str
        Mode of the key.
    melody : set of int
        Pitch classes that the melody plays meanwhile: against the root a major seventh grates,
        and a sixth takes its place.
    """
    if colour != "sevenths" or not name:
        return name
    scale = _SCALES[mode]
    letters = 2 if name[1:2] in ("#", "b") else 1
    quality = name[letters:]
    root, _ = parse_chord(name)
    degree = (root - tonic) % 12
    if quality == "" and (degree + 10) % 12 in scale:
        quality = "7"
    elif quality == "" and root in melody:
        quality = "6"
    return name[:letters] + _SEVENTHS.get(quality, quality)


def next_voicing(
    name: str, before: Sequence[int], ceiling: int, colour: str = "triads"
) -> tuple[int, ...]:
    """Return the pitches of a chord that lie nearest to those of the chord before.

    Parameters
    ----------
    name : str
        Name of the chord.
    before : sequence of int
        Pitches of the chord before; empty for the first.
    ceiling : int
        The highest pitch, that below the melody.
    colour : {"triads", "sevenths", "power"}, default="triads"
        "power" leaves the third out and doubles the root.

    Returns
    -------
    pitches : tuple of int
        From the lowest; notes are left out where they do not fit, the root first, for the bass
        has it. Empty where nothing fits.
    """
    root, intervals = parse_chord(name)
    classes = [(root + interval) % 12 for interval in intervals]
    # Without room for all, those that say most: third and seventh, then root and fifth.
    ways = [classes, classes[1:], [classes[1], classes[-1]], classes[:2]]
    ways += [list(pair) for pair in itertools.combinations(classes, 2)]
    ways += [[pitch] for pitch in (classes[1], classes[0], *classes[2:])]
    if colour == "power" and intervals[2] == 7:
        low = LOWEST + (root - LOWEST) % 12
        if low + 12 <= ceiling:
            return low, low + 7, low + 12
        ways = [[classes[0], classes[2]], [classes[2]], [classes[0]]]
    if len(classes) == 3 and colour == "triads":
        doubled = _positions([*classes, classes[0]], ceiling)
        if doubled:
            return min(doubled, key=lambda pitches: (_cost(pitches, before), pitches))
    for kept in ways:
        options = _positions(kept, ceiling)
        if options:
            return min(options, key=lambda pitches: (_cost(pitches, before), pitches))
    return ()


def _positions(classes: list[int], ceiling: int) -> list[tuple[int, ...]]:
    """Return all ways to lay out pitch classes between the lowest pitch and a ceiling."""
    places = [range(LOWEST + (pitch - LOWEST) % 12, ceiling + 1, 12) for pitch in classes]
    options = {tuple(sorted(set(pitches))) for pitches in itertools.product(*places)}
    return [
        pitches
        for pitches in options
        if len(pitches) == len(classes)
        and pitches[-1] - pitches[0] <= _WIDEST
        and (len(pitches) < 2 or pitches[1] - pitches[0] >= 3 or pitches[0] >= LOWEST + 7)
    ]


def _cost(pitches: tuple[int, ...], before: Sequence[int]) -> float:
    """Return how far voices move, and how far they lie from the middle of the register."""
    centre = sum(pitches) / len(pitches)
    cost = _CENTRE_WEIGHT * abs(centre - _CENTRE) * len(pitches)
    cost += _GAP_COST * max((b - a for a, b in itertools.pairwise(pitches)), default=0)
    if before:
        cost += sum(min(abs(pitch - other) for other in before) for pitch in pitches)
        cost += sum(min(abs(pitch - other) for pitch in pitches) for other in before)
        cost += abs(pitches[-1] - before[-1])
    return cost
