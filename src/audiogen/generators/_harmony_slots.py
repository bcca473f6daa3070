"""What a chord is chosen from: the melody in slots of half a bar, relative to the key."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from audiogen.io import CHORD_QUALITIES, MINOR_MODES, Score, chord_name, parse_chord

__all__ = [
    "BEGUN",
    "N_CHORDS",
    "QUALITIES",
    "TRIAD_OF_CHORD",
    "Slots",
    "checked_scores",
    "key_of",
    "named_chords",
    "quality_of",
    "rooted",
    "slots_of",
    "triads_of",
]

QUALITIES = ("", "m", "7", "m7", "maj7", "dim", "m7b5", "aug")
_TRIADS = ("", "m", "dim", "aug")
_LIKE = {"6": "", "sus4": ""}  # qualities that are learnt as another
N_CHORDS = 12 * len(QUALITIES)
_TRIAD_OF_QUALITY = [
    [CHORD_QUALITIES[t] for t in _TRIADS].index(CHORD_QUALITIES[q][:3]) for q in QUALITIES
]
TRIAD_OF_CHORD = np.array([4 * root + t for root in range(12) for t in _TRIAD_OF_QUALITY])
# Semitones from the tonic up to that of the major key with the same notes.
_TO_MAJOR = {"major": 0, "minor": 3, "dorian": 10, "mixolydian": 5, "lydian": 7, "phrygian": 8}
_NEAR = 1e-6  # quarter notes
BEGUN = 6  # block of `Slots.pitches`: what sounds where the slot begins
_SPAN = 2  # slots before and after whose notes are seen one by one
_WIDE = (4, 8)  # slots before and after whose notes are seen together


class Slots(NamedTuple):
    """A melody in slots.

    Attributes
    ----------
    pitches : ndarray of shape (n_slots, n_blocks, 12), float32
        How long each pitch class, above the tonic of the major key, sounds: in the slots around,
        at their beginnings, in the bar, in wider spans and in all of the melody.
    place : ndarray of shape (n_slots, n_places), float32
        Where the slot is in bar, section and melody.
    sounding : ndarray of shape (n_slots, 12)
        How long each pitch class sounds in the slot itself, as a share of it.
    first : ndarray of shape (n_slots,), int
        1 for slots in the middle of a bar, 0 for others.
    chords : ndarray of shape (n_slots,), int
        The chord that sounds for most of the slot, root and quality; -1 for none.
    starts : ndarray of shape (n_slots + 1,)
        Where slots start, and the last ends, in quarter notes.
    final : int
        The chord of the tonic.
    per_bar : int
        Slots in a bar.
    section : ndarray of shape (n_slots,), int
        A number for the name of the section that a slot is in.
    since, left : ndarray of shape (n_slots,), int
        Slots of the section before and after each.
    """

    pitches: np.ndarray
    place: np.ndarray
    sounding: np.ndarray
    first: np.ndarray
    chords: np.ndarray
    starts: np.ndarray
    final: int
    per_bar: int
    section: np.ndarray
    since: np.ndarray
    left: np.ndarray


def checked_scores(X: Any, *, with_chords: bool) -> list[Score]:
    """Return scores as a list; anything else is refused, as are scores without chords."""
    if isinstance(X, Score) or not isinstance(X, Sequence | np.ndarray) or len(X) == 0:
        raise TypeError(f"X must be a sequence of one or more Scores. Got {X!r:.80}.")
    for i, score in enumerate(X):
        if not isinstance(score, Score):
            raise TypeError(f"X must hold Scores. Got {type(score).__name__} in row {i}.")
        if with_chords and (triads_of(score) < 0).all():
            raise ValueError(f"The score in row {i} of X has no chords; leave it out.")
    return list(X)


def key_of(score: Score) -> int:
    """Return the tonic of the major key that has the notes of a score's key."""
    return (score.tonic + _TO_MAJOR[score.mode]) % 12


def slots_of(score: Score) -> Slots:
    """Return a melody in slots: half bars, or bars where a half has no whole beats."""
    key, per_bar = key_of(score), 1 if score.metre[0] % 2 else 2
    notes = score.notes[score.notes.part != "drums"]
    starts = _starts(score, score.bar / per_bar)
    sounding = _sounding(notes, starts, key)
    minor = score.mode in MINOR_MODES
    section, since, left = _sections(score, starts)
    return Slots(
        pitches=_blocks(sounding, _beginnings(notes, starts, key), per_bar),
        place=_places(since, left, per_bar),
        sounding=sounding,
        first=(np.arange(len(sounding)) % per_bar).astype(int),
        chords=_chords(score, starts, key),
        starts=starts,
        final=len(QUALITIES) * ((score.tonic - key) % 12) + int(minor),
        per_bar=per_bar,
        section=section,
        since=since,
        left=left,
    )


def triads_of(score: Score) -> np.ndarray:
    """Return the triad that sounds for most of each half bar, 4 * root + kind; -1 for none."""
    chords = _chords(score, _starts(score, score.bar / 2), 0)
    return np.where(chords < 0, -1, TRIAD_OF_CHORD[chords])


def named_chords(
    chords: np.ndarray, slots: Slots, key: int, end: float
) -> list[tuple[float, float, str]]:
    """Return chords of slots as spans with names; the last lasts until the end."""
    edges = [*slots.starts[:-1], end]
    names = [
        chord_name(key + chord // len(QUALITIES), QUALITIES[chord % len(QUALITIES)])
        for chord in chords
    ]
    return list(zip(edges[:-1], edges[1:], names, strict=True))


def rooted(pitches: np.ndarray) -> np.ndarray:
    """Return blocks of pitch classes above each of the twelve roots.

    Parameters
    ----------
    pitches : ndarray of shape (n_slots, n_blocks, 12)
        Above the tonic.

    Returns
    -------
    rooted : ndarray of shape (n_slots, 12, n_blocks * 12)
    """
    above = (np.arange(12)[:, np.newaxis] + np.arange(12)) % 12
    turned = pitches[:, :, above].transpose(0, 2, 1, 3)
    return turned.reshape(len(pitches), 12, -1)


def _starts(score: Score, length: float) -> np.ndarray:
    n_slots = max(1, int(np.ceil((score.length - score.pickup - _NEAR) / length)))
    return score.pickup + length * np.arange(n_slots + 1)


def _sounding(notes: pd.DataFrame, starts: np.ndarray, key: int) -> np.ndarray:
    """Return how long each pitch class sounds in each slot, as a share of it."""
    found = np.zeros((len(starts) - 1, 12))
    onsets = notes.onset.to_numpy()[:, np.newaxis]
    ends = onsets + notes.duration.to_numpy()[:, np.newaxis]
    shared = np.minimum(ends, starts[1:]) - np.maximum(onsets, starts[:-1])
    classes = (notes.pitch.to_numpy() - key) % 12
    np.add.at(found.T, classes, np.maximum(shared, 0))
    return found / (starts[1] - starts[0])


def _beginnings(notes: pd.DataFrame, starts: np.ndarray, key: int) -> np.ndarray:
    """Return which pitch class sounds where each slot begins."""
    found = np.zeros((len(starts) - 1, 12))
    onsets = notes.onset.to_numpy()[:, np.newaxis]
    ends = onsets + notes.duration.to_numpy()[:, np.newaxis]
    sounds = (onsets <= starts[:-1] + _NEAR) & (ends > starts[:-1] + _NEAR)
    np.add.at(found.T, (notes.pitch.to_numpy() - key) % 12, sounds)
    return np.minimum(found, 1)


def _blocks(sounding: np.ndarray, beginnings: np.ndarray, per_bar: int) -> np.ndarray:
    """Return what each slot sees of the notes."""
    n_slots = len(sounding)
    near = [_moved(sounding, step) for step in range(-_SPAN, _SPAN + 1)]
    begun = [_moved(beginnings, step) for step in (-1, 0, 1)]
    bars = np.add.reduceat(sounding, np.arange(0, n_slots, per_bar))
    bar = np.repeat(bars, per_bar, axis=0)[:n_slots] / per_bar
    summed = np.concatenate([np.zeros((1, 12)), np.cumsum(sounding, axis=0)])
    slot = np.arange(n_slots)
    wide = [
        (summed[np.minimum(slot + w + 1, n_slots)] - summed[np.maximum(slot - w, 0)]) / (2 * w)
        for w in _WIDE
    ]
    whole = np.broadcast_to(sounding.mean(axis=0), sounding.shape)
    return np.stack([*near, *begun, bar, *wide, whole], axis=1).astype(np.float32)


def _moved(values: np.ndarray, step: int) -> np.ndarray:
    """Return the rows so many places on, zeros where there are none."""
    moved = np.zeros_like(values)
    if abs(step) < len(values):
        kept = slice(max(step, 0), len(values) + min(step, 0))
        moved[max(-step, 0) : len(values) - max(step, 0)] = values[kept]
    return moved


def _sections(score: Score, starts: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the number of each slot's section, and the slots of it before and after."""
    n_slots = len(starts) - 1
    slot = np.arange(n_slots)
    times = [score.pickup, *(section.start for section in score.sections), starts[-1]]
    edges = np.rint((np.array(times) - starts[0]) / (starts[1] - starts[0])).astype(int)
    edges = np.unique(np.clip(edges, 0, n_slots))
    which = np.searchsorted(edges, slot, side="right") - 1
    middles = (starts[edges[:-1]] + starts[edges[1:]]) / 2
    names = [_name_at(score, float(middle)) for middle in middles]
    numbers = np.array([names.index(name) if name else -1 - i for i, name in enumerate(names)])
    return numbers[which], slot - edges[which], edges[which + 1] - 1 - slot


def _name_at(score: Score, time: float) -> str:
    return next((name for name, start, end in score.sections if start <= time < end), "")


def _places(since: np.ndarray, left: np.ndarray, per_bar: int) -> np.ndarray:
    """Return where each slot is in its bar, its section and the melody."""
    n_slots = len(since)
    slot = np.arange(n_slots)
    bar = since // per_bar
    columns = [
        np.eye(2)[slot % per_bar],
        np.eye(4)[bar % 4],
        np.eye(8)[bar % 8],
        np.eye(5)[np.minimum(left, 4)][:, :4],
        np.eye(5)[np.minimum(slot, 4)][:, :4],
        np.eye(5)[np.minimum(n_slots - 1 - slot, 4)][:, :4],
        np.eye(2)[np.full(n_slots, per_bar - 1)],
    ]
    return np.concatenate(columns, axis=1).astype(np.float32)


def _chords(score: Score, starts: np.ndarray, key: int) -> np.ndarray:
    """Return the chord that sounds for most of each slot, its root above a key; -1 for none."""
    covered = np.zeros((len(starts) - 1, N_CHORDS))
    for start, end, name in score.chords:
        root, intervals = parse_chord(name)
        chord = len(QUALITIES) * ((root - key) % 12) + quality_of(intervals)
        shared = np.minimum(end, starts[1:]) - np.maximum(start, starts[:-1])
        covered[:, chord] += np.maximum(shared, 0)
    return np.where(covered.max(axis=1) > _NEAR, covered.argmax(axis=1), -1)


def quality_of(intervals: tuple[int, ...]) -> int:
    """Return which of the qualities that are learnt has these intervals, or is most like it."""
    (name,) = [name for name, known in CHORD_QUALITIES.items() if known == intervals]
    return QUALITIES.index(_LIKE.get(name, name))
