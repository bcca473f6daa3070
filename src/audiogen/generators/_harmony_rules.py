"""How chords go in a style: which there are, how long they last and when they return."""

import functools
import numbers
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from audiogen.generators._chain import tied
from audiogen.generators._harmony_counts import Chain, chances_of, without_long_runs
from audiogen.generators._harmony_slots import (
    BEGUN,
    QUALITIES,
    TRIAD_OF_CHORD,
    Slots,
    quality_of,
)
from audiogen.io import CHORD_QUALITIES, parse_chord
from audiogen.utils.validation import Interval, Options, check_parameters

__all__ = ["ChordRules", "path_by_rules"]

_NEVER = -1e9
_HOME = 4.0  # nats by which sections rather begin and end with the tonic
_CADENCE = 1.5  # nats by which what leads to that end is rather a dominant
_TONE, _GRATES = 1.0, 1.0  # nats for and against notes, twice for one that begins a slot
_DOMINANT, _FLAT_SEVENTH = 7, 10  # semitones above the tonic
_RARE = 0.01  # share of a chord below which it counts as no rarer
_TRIES = 8  # paths of which the one nearest to the shares wanted is taken
_BALANCE = 2.0  # nats from one to the next, against a chord that takes all of the time
_CLOSE = 2  # bars at the end of a section in which chords may change twice as often


@dataclass(frozen=True)
class ChordRules:
    """How chords go in a style.

    Parameters
    ----------
    chords : dict of str to float
        Chords that there may be, as they are called where the tonic is C ("C", "Am7", "Bb"),
        and how much each is wanted: its weight over the sum of all is the share of time that it
        is to take, and takes as nearly as the melody lets it. One or more must have C as their
        root: a melody begins and ends with them. The qualities are those that are learnt: none
        for a major triad, "m", "7", "m7", "maj7", "dim", "m7b5" or "aug".
    shortest : float, default=0.5
        Bars that a chord lasts at least; in the last two bars of a section half as many.
    longest : float, default=6.0
        Bars of a section for which a chord lasts at most, where that can be had.
    period : int or None, default=None
        Bars after which the chords of a section return, but for its last two bars; None has
        them go on freely.

    See Also
    --------
    Harmonizer.predict : Writes chords by such rules.

    Examples
    --------
    >>> from audiogen.generators import ChordRules
    >>> ChordRules({"C": 4, "F": 3, "G": 3, "Bb": 1}, shortest=1, longest=2, period=4).period
    4
    """

    chords: Mapping[str, float]
    shortest: float = 0.5
    longest: float = 6.0
    period: int | None = None

    def __post_init__(self) -> None:
        """Check all values."""
        rules = {
            "shortest": Interval(numbers.Real, 0, None, closed="neither"),
            "longest": Interval(numbers.Real, 0, None, closed="neither"),
            "period": (Options(None), Interval(numbers.Integral, 1, None)),
        }
        check_parameters(self, rules)
        _refuse_not_learnt(self.chords)
        if self.shortest > self.longest:
            raise ValueError(
                "The 'shortest' parameter of ChordRules must be at most 'longest', which is "
                f"{self.longest:g}. Got {self.shortest:g}."
            )
        if not any(parse_chord(name)[0] == 0 for name in self.chords):
            raise ValueError(
                "The 'chords' parameter of ChordRules must hold a chord whose root is C, the "
                f"tonic. Got {list(self.chords)}."
            )
        if not all(weight > 0 for weight in self.chords.values()):
            raise ValueError(
                "The 'chords' parameter of ChordRules must hold weights above 0. Got "
                f"{dict(self.chords)}."
            )


def _refuse_not_learnt(chords: Mapping[str, float]) -> None:
    """Refuse chords that would be taken for others, such as a ninth for its seventh."""
    for name in chords:
        parse_chord(name)  # refuses what is no chord at all
        if re.sub("^[A-G][#b]?", "", name) not in QUALITIES:
            known = ", ".join(quality or "major triads" for quality in QUALITIES)
            raise ValueError(
                "The 'chords' parameter of ChordRules must hold chords that are learnt: "
                f"{known}. Got {name!r}."
            )


def path_by_rules(
    find: Callable[[np.ndarray, np.ndarray], np.ndarray],
    counts: Mapping[str, np.ndarray],
    slots: Slots,
    posteriors: np.ndarray,
    rules: ChordRules,
    weight: float,
) -> np.ndarray:
    """Return the chords of a melody by the rules of a style.

    Parameters
    ----------
    find : callable
        From emissions and transitions to a path.
    counts : dict
        What `chord_counts` returned.
    slots : Slots
        The melody.
    posteriors : ndarray of shape (n_slots, 96)
        log p(chord | melody). How frequent chords were in training is divided out, for the rules
        say how frequent they are to be.
    rules : ChordRules
        The rules.
    weight : float
        Power of the probabilities that a chord follows another.

    Returns
    -------
    chords : ndarray of shape (n_slots,), int
    """
    groups = _groups(slots, rules.period)
    _, first = np.unique(groups, return_index=True)
    chain = _chain(counts, slots, posteriors, rules, weight, groups)

    def find_one(emissions: np.ndarray, transitions: np.ndarray) -> np.ndarray:
        return find(tied(emissions, groups[:, np.newaxis]), transitions)[first][groups]

    longest = max(1, round(rules.longest * slots.per_bar))
    cuts = np.flatnonzero(slots.since == 0).tolist()
    path = _as_wanted(
        lambda balanced: without_long_runs(find_one, balanced, longest, cuts), chain, rules
    )
    return chain.chords[path]


def _as_wanted(find: Callable[[Chain], np.ndarray], chain: Chain, rules: ChordRules) -> np.ndarray:
    """Return a path whose chords take about the shares of time that are wanted.

    Chords that take more than their share are made less likely, again and again, and the others
    likelier: how often they come is the style's, where they stand the melody's.
    """
    weights = np.array(list(rules.chords.values()))
    wanted = weights / weights.sum()
    paths, distances = [], []
    for _ in range(_TRIES):
        path = find(chain)
        excess = np.bincount(path, minlength=len(wanted)) / len(path) - wanted
        paths.append(path)
        distances.append(round(float(np.abs(excess).sum()), 9))
        chain = chain._replace(emissions=chain.emissions - _BALANCE * excess)
    return paths[int(np.argmin(distances))]


def _chain(
    counts: Mapping[str, np.ndarray],
    slots: Slots,
    posteriors: np.ndarray,
    rules: ChordRules,
    weight: float,
    groups: np.ndarray,
) -> Chain:
    """Return the chain of the chords that there may be."""
    up = slots.final // len(QUALITIES)  # from the key's tonic to the melody's
    chords = np.array([_chord_of(name, up) for name in rules.chords])
    share = (TRIAD_OF_CHORD[:, np.newaxis] == TRIAD_OF_CHORD[chords]).astype(float)
    fits, usual, follow = chances_of(counts, slots, posteriors, share)
    wanted = np.log(list(rules.chords.values()))
    emissions = np.log(fits) - np.log(usual + _RARE) + wanted + _agreement(chords, slots)
    degree = (chords // len(QUALITIES) - up) % 12
    is_home = degree == 0
    opens = np.isin(groups, groups[slots.since == 0])
    emissions[np.ix_(opens | (slots.left == 0), is_home)] += _HOME
    leads = degree == (_DOMINANT if _has_dominant(chords, degree) else _FLAT_SEVENTH)
    emissions[np.ix_(slots.left == slots.per_bar, leads)] += _CADENCE
    emissions[np.ix_([0, -1], ~is_home)] = _NEVER
    transitions = weight * follow[slots.first]
    held = slots.since % _cells(slots, rules.shortest) != 0
    transitions[held] += np.where(np.eye(len(chords), dtype=bool), 0, _NEVER)
    return Chain(chords, emissions, transitions)


def _agreement(chords: np.ndarray, slots: Slots) -> np.ndarray:
    """Return how well chords go with the notes of each slot, that which begins it above all."""
    tones, grating = np.zeros((2, len(chords), 12))
    for row, chord in enumerate(chords):
        root, quality = divmod(chord, len(QUALITIES))
        intervals = CHORD_QUALITIES[QUALITIES[quality]]
        tones[row, [(root + i) % 12 for i in intervals]] = 1
        grating[row, [(root + i + 1) % 12 for i in intervals]] = 1  # a semitone above
        grating[row, (root + 7 - intervals[1]) % 12] = 1  # the third of the other mode
    grating *= 1 - tones
    heard = slots.pitches[:, BEGUN] + slots.sounding
    return heard @ (_TONE * tones - _GRATES * grating).T


def _has_dominant(chords: np.ndarray, degree: np.ndarray) -> bool:
    """Tell whether there is a major triad on the fifth, with or without its seventh."""
    is_major = TRIAD_OF_CHORD[chords] % 4 == 0
    return bool((is_major & (degree == _DOMINANT)).any())


def _groups(slots: Slots, period: int | None) -> np.ndarray:
    """Return a number for each slot, the same for those that must have the same chord.

    Sections of a name have the same chords; with a period, so have the bars before the last two.
    """
    bar, place = np.divmod(slots.since, slots.per_bar)
    to_come = slots.left // slots.per_bar
    size = bar + to_come + 1
    number = bar
    if period is not None:
        loops = to_come >= np.minimum(_CLOSE, size // 2)
        number = np.where(loops, bar % period, -1 - to_come)
    rows = np.stack([slots.section, number, place], axis=1)
    return np.unique(rows, axis=0, return_inverse=True)[1].ravel()


def _cells(slots: Slots, shortest: float) -> np.ndarray:
    """Return for how many slots a chord lasts at least."""
    usual = max(1, round(shortest * slots.per_bar))
    in_close = slots.left < _CLOSE * slots.per_bar
    return np.where(in_close, max(1, usual // 2), usual)


@functools.cache
def _chord_of(name: str, up: int) -> int:
    """Return a chord by its name over C, moved up by semitones."""
    root, intervals = parse_chord(name)
    return len(QUALITIES) * ((root + up) % 12) + quality_of(intervals)
