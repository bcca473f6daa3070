"""A composed melody sung in the rhythms of a style: fewer notes, breath, syncopation."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from audiogen.io import Score, Section
from audiogen.music._bars import NEAR

__all__ = ["Phrasing", "rephrased"]

_SIXTEENTH = 0.25  # quarter notes
_LINE = 4  # bars
_BREATH = 1.0  # quarter notes that a last note has before the next section's pick-up
_PENTATONIC = {
    "major": (0, 2, 4, 7, 9), "lydian": (0, 2, 4, 7, 9), "mixolydian": (0, 4, 5, 7, 10),
    "minor": (0, 3, 5, 7, 10), "phrygian": (0, 3, 5, 7, 10),
    "dorian": (0, 3, 5, 7, 9, 10),  # without its sixth it would be minor
}  # fmt: skip
# What an interval costs, by semitones: steps are best, sevenths and tritones worst.
_INTERVAL = (0.8, 0.0, 0.0, 0.2, 0.3, 0.5, 2.5, 0.8, 1.8, 2.0, 3.0, 3.0, 2.2)
_WIDER = 4.0
_AT_THE_END = 2.0  # how much more the interval to the last note counts
_LEAP, _WIDE_LEAP = 5, 8
_FURTHER = 1.5  # what it costs to go on after a leap the way it went
_UNLIKE = 2.0  # what a pitch costs that is not heard there in the composed melody
_BY_STEP = 1.5  # and one a step beside it, between the beats
_OTHER_OCTAVE = 0.5
_FIRST, _ON_BEAT = 2.0, 1.5  # how much more a composed note says that begins there


@dataclass(frozen=True)
class Phrasing:
    """How melodies of a style are sung, where that is written by hand.

    Parameters
    ----------
    phrases : dict of (int, int) to tuple of tuple of str
        Rhythms of a metre: phrases of some bars, of which each section gets one that is
        repeated, and a second one if it has more than eight bars. A bar is a string with a
        character for each sixteenth note; "x" begins a note, "-" holds what sounds and "." is
        silent.
    closes : dict of (int, int) to tuple of str
        Rhythms of the last bar of a section.
    scale : {"mode", "pentatonic"}
        The notes that are sung: those that were composed, or the nearest of five (dorian: six).
    span : int
        Semitones from the lowest note to the highest, at most.
    """

    phrases: dict[tuple[int, int], tuple[tuple[str, ...], ...]]
    closes: dict[tuple[int, int], tuple[str, ...]]
    scale: str = "mode"
    span: int = 24


class _Slot(NamedTuple):
    """A note of a rhythm, in quarter notes from the start of its section."""

    start: float
    end: float


def rephrased(
    melody: Score, phrasing: Phrasing, metre: tuple[int, int], rng: np.random.Generator
) -> Score:
    """Return a melody with the rhythms of a style.

    Each note takes a pitch that the composed melody has there, such that the line moves by steps
    where it can. Sections of one letter have one rhythm, and end on the note they ended on.

    Parameters
    ----------
    melody : Score
        A melody with its sections.
    phrasing : Phrasing
        The rhythms.
    metre : (int, int)
        The metre whose rhythms are taken; its bars are as long as the melody's.
    rng : numpy.random.Generator
        What draws them for each letter.

    Returns
    -------
    score : Score
        As long as the melody; the melody itself where there are no rhythms for the metre.
    """
    phrases = phrasing.phrases.get(metre, ())
    if not phrases or melody.notes.empty:
        return melody
    letters = list(dict.fromkeys(section.name for section in melody.sections))
    order = rng.permutation(len(phrases))
    closes = phrasing.closes[metre]
    close = closes[int(rng.integers(len(closes)))]
    rhythms = {
        letter: tuple(phrases[order[k % len(phrases)]] for k in (i, i + len(letters)))
        for i, letter in enumerate(letters)
    }
    fold = _Fold(melody, phrasing)
    rows: list[tuple[float, float, int]] = []
    for section in melody.sections:
        slots = _slots(rhythms[section.name], close, section, melody)
        upbeat = _upbeat(melody, section, slots, fold)
        if upbeat and (not rows or upbeat[0][0] - rows[-1][0] > _BREATH - NEAR):
            rows += upbeat
        rows += _sung(melody, section, slots, fold)
    return _of_rows(rows, melody)


class _Fold:
    """The pitches that are sung for those that were composed.

    Parameters
    ----------
    melody : Score
        The composed melody.
    phrasing : Phrasing
        Scale and span.
    """

    def __init__(self, melody: Score, phrasing: Phrasing) -> None:
        pitches = melody.notes.pitch.to_numpy().astype(int)
        scale = _PENTATONIC[melody.mode] if phrasing.scale == "pentatonic" else range(12)
        self._classes = {(melody.tonic + step) % 12 for step in scale}
        self._composed = sorted(set((pitches % 12).tolist()) & self._classes)
        middle = float(np.median(pitches))
        self._low, self._high = middle - phrasing.span / 2, middle + phrasing.span / 2

    def pitch(self, pitch: int) -> int:
        """Return the nearest pitch within scale and span; of two as near, the lower one."""
        near = (pitch + sign * step for step in range(12) for sign in (-1, 1))
        found = next(p for p in near if p % 12 in self._classes)
        while found > self._high and found - 12 >= self._low:
            found -= 12
        while found < self._low and found + 12 <= self._high:
            found += 12
        return found

    def octaves(self, pitch: int) -> list[int]:
        """Return the pitches within the span that are octaves from one."""
        return [p for p in (pitch - 12, pitch + 12) if self._low <= p <= self._high]

    def beside(self, pitch: int) -> list[int]:
        """Return the notes a step above and below, of those that the melody has."""
        up = next((pitch + k for k in range(1, 5) if (pitch + k) % 12 in self._composed), pitch)
        down = next((pitch - k for k in range(1, 5) if (pitch - k) % 12 in self._composed), pitch)
        return [p for p in (up, down) if self._low <= p <= self._high]


def _slots(
    phrases: Sequence[Sequence[str]], close: str, section: Section, melody: Score
) -> list[_Slot]:
    """Return the notes of a section's rhythm, which ends with the close.

    A phrase comes again and again; of sixteen bars, the third four have another one.
    """
    n_bars = round((section.end - _start(section, melody)) / melody.bar)
    rhythm = (phrases[bar // _LINE % 4 == 2] for bar in range(n_bars - 1))
    steps = "".join([*(phrase[bar % len(phrase)] for bar, phrase in enumerate(rhythm)), close])
    starts = [i for i, step in enumerate(steps) if step == "x"]
    slots = []
    for start, following in zip(starts, [*starts[1:], len(steps)], strict=True):
        rest = steps.find(".", start, following)
        slots.append(_Slot(start * _SIXTEENTH, (following if rest < 0 else rest) * _SIXTEENTH))
    return slots


def _start(section: Section, melody: Score) -> float:
    """Return the first bar line of a section; the first one's pick-up stands before it."""
    return max(section.start, melody.pickup)


def _upbeat(
    melody: Score, section: Section, slots: Sequence[_Slot], fold: _Fold
) -> list[tuple[float, float, int]]:
    """Return the composed pick-up of a section, if the rhythm begins where it leads to."""
    start = _start(section, melody)
    if slots[0].start > NEAR:
        return []
    notes = melody.notes
    here = notes[(notes.onset > start - melody.pickup - NEAR) & (notes.onset < start - NEAR)]
    return [
        (float(onset), float(min(onset + duration, start)), fold.pitch(int(pitch)))
        for onset, duration, pitch in zip(here.onset, here.duration, here.pitch, strict=True)
    ]


def _sung(
    melody: Score, section: Section, slots: list[_Slot], fold: _Fold
) -> list[tuple[float, float, int]]:
    """Return start, end and pitch of the notes of a section."""
    start, notes = _start(section, melody), melody.notes
    end = section.end
    if end < melody.sections[-1].end - NEAR:  # the next section's pick-up is not of this one
        end -= melody.pickup
    here = notes[(notes.onset > start - NEAR) & (notes.onset < end - NEAR)]
    if here.empty:
        return []
    heard = here.assign(
        start=here.onset - start, end=here.onset + here.duration - start,
        pitch=[fold.pitch(int(pitch)) for pitch in here.pitch],
    )  # fmt: skip
    choices = [_choices(slot, heard, melody, fold) for slot in slots[:-1]]
    last = int(heard.pitch.iloc[-1])
    choices.append({last: 0.0} | dict.fromkeys(fold.octaves(last), _OTHER_OCTAVE))
    return [
        (start + slot.start, start + slot.end, pitch)
        for slot, pitch in zip(slots, _smoothest(choices), strict=True)
    ]


def _choices(slot: _Slot, heard: pd.DataFrame, melody: Score, fold: _Fold) -> dict[int, float]:
    """Return the pitches that a note may have, and what each costs."""
    starts, ends = heard.start.to_numpy(), heard.end.to_numpy()
    sounds = np.minimum(ends, slot.end) - np.maximum(starts, slot.start)
    if sounds.max() <= NEAR:  # a rest: the note before it, or the first one
        before = max(0, int(np.searchsorted(starts, slot.start + NEAR, side="right")) - 1)
        sounds = (np.arange(len(starts)) == before).astype(float)
    place = starts % melody.bar
    first = (place < NEAR) & (starts > slot.start - NEAR)
    on_beat = (starts % melody.beat < NEAR) & (starts > slot.start - NEAR)
    worth = np.maximum(sounds, 0) * np.where(first, _FIRST, np.where(on_beat, _ON_BEAT, 1.0))
    costs: dict[int, float] = {}
    for pitch, share in zip(heard.pitch.tolist(), worth / worth.sum(), strict=True):
        if share > 0:
            costs[pitch] = costs.get(pitch, _UNLIKE) - _UNLIKE * share
    for pitch in list(costs):
        for other in fold.octaves(pitch):
            costs.setdefault(other, costs[pitch] + _OTHER_OCTAVE)
    if slot.start % melody.beat > NEAR:
        for pitch in list(costs):
            for other in fold.beside(pitch):
                costs.setdefault(other, costs[pitch] + _BY_STEP)
    return costs


def _smoothest(choices: Sequence[dict[int, float]]) -> list[int]:
    """Return the line that costs least: its notes, its intervals, and what follows leaps."""
    best: dict[tuple[int, int], tuple[float, list[int]]] = {
        (pitch, pitch): (cost, [pitch]) for pitch, cost in choices[0].items()
    }
    for number, here in enumerate(choices[1:], 2):
        weight = _AT_THE_END if number == len(choices) else 1.0
        following: dict[tuple[int, int], tuple[float, list[int]]] = {}
        for (before, last), (so_far, line) in best.items():
            for pitch, cost in here.items():
                total = so_far + cost + weight * _motion(last - before, pitch - last)
                key = (last, pitch)
                if key not in following or total < following[key][0]:
                    following[key] = total, [*line, pitch]
        best = following
    return min(best.values())[1]


@functools.cache
def _motion(before: int, interval: int) -> float:
    """Return what an interval costs after another one, in semitones."""
    size = abs(interval)
    cost = _INTERVAL[size] if size < len(_INTERVAL) else _WIDER
    onward = before * interval > 0
    if onward and abs(before) >= _LEAP and size > 2:
        cost += _FURTHER
    elif abs(before) >= _WIDE_LEAP and (onward or size >= _LEAP):
        cost += _FURTHER / 2
    return cost


def _of_rows(rows: Sequence[tuple[float, float, int]], melody: Score) -> Score:
    """Return a melody of notes, none of which sounds on into the next one."""
    starts, ends, pitches = zip(*rows, strict=True)
    stops = np.minimum(ends, [*starts[1:], np.inf])
    notes = pd.DataFrame({"onset": starts, "duration": stops - starts, "pitch": pitches})
    return melody.replace(notes=notes)
