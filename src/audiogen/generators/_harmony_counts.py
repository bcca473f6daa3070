"""How often chords follow each other and which notes sound with them, and chains of chords."""

import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from scipy.special import log_softmax

from audiogen.generators._harmony_slots import N_CHORDS, QUALITIES, TRIAD_OF_CHORD, Slots
from audiogen.io import CHORD_QUALITIES

__all__ = [
    "Chain",
    "chain_of",
    "chances_of",
    "chord_counts",
    "posteriors_by_notes",
    "without_long_runs",
]

# Tuned by cross-validation on songs of 1855 to 1930 with chords.
_NOTES_A_SLOT = 2.0
_PRIOR = 20.0  # counts
_LEAST, _LEAST_PROBABILITY = 0.1, 1e-5
_NEVER = -1e9
_STEP, _MOST_TRIES = 0.5, 16  # by which long runs are made less likely
_TRIADS = ("", "m", "dim", "aug")


class Chain(NamedTuple):
    """What a path of chords is found in: see `audiogen.generators._chain`."""

    chords: np.ndarray
    emissions: np.ndarray
    transitions: np.ndarray


def chord_counts(slots: Sequence[Slots]) -> dict[str, np.ndarray]:
    """Count chords.

    Parameters
    ----------
    slots : sequence of Slots
        Melodies with chords.

    Returns
    -------
    counts : dict
        "follow" (2, 96, 96), how often a chord follows another where a bar begins and inside; and
        "notes" (96, 12), how long pitch classes sound with a chord, in slots.
    """
    follow, notes = np.zeros((2, N_CHORDS, N_CHORDS)), np.zeros((N_CHORDS, 12))
    for one in slots:
        before, after = one.chords[:-1], one.chords[1:]
        both = (before >= 0) & (after >= 0)
        np.add.at(follow, (one.first[1:][both], before[both], after[both]), 1)
        known = one.chords >= 0
        np.add.at(notes, one.chords[known], one.sounding[known])
    return {"follow": follow, "notes": notes}


def posteriors_by_notes(counts: Mapping[str, np.ndarray], slots: Slots) -> np.ndarray:
    """Return log p(chord | notes) of slots, each note having been drawn on its own."""
    notes = counts["notes"] + _LEAST
    usual = notes.sum(axis=0) / notes.sum()
    likely = (notes + _PRIOR * usual) / (notes.sum(axis=1, keepdims=True) + _PRIOR)
    joint = _NOTES_A_SLOT * slots.sounding @ np.log(likely).T
    return log_softmax(joint + np.log(_usual(counts["follow"])), axis=1)


def chain_of(
    counts: Mapping[str, np.ndarray],
    slots: Slots,
    posteriors: np.ndarray,
    *,
    vocabulary: str,
    weight: float,
) -> Chain:
    """Return the chain of a melody's chords.

    Parameters
    ----------
    counts : dict
        What `chord_counts` returned.
    slots : Slots
        The melody.
    posteriors : ndarray of shape (n_slots, 96)
        log p(chord | melody).
    vocabulary : {"sevenths", "triads"}
        As of `Harmonizer`.
    weight : float
        Power of the probabilities that a chord follows another; with 1 and posteriors by the
        notes of slots alone, the chain is a hidden Markov model.

    Returns
    -------
    chain : Chain
    """
    chords, share = _merged(vocabulary)
    follow = share.T @ counts["follow"] @ share
    usual = share.T @ _usual(counts["follow"])
    following = (follow + _PRIOR * usual) / (follow.sum(axis=2, keepdims=True) + _PRIOR)
    found = np.log(_for_mode(np.exp(posteriors), slots) @ share + _LEAST_PROBABILITY)
    emissions = found - weight * np.log(usual)
    emissions[0] += weight * np.log(usual)
    emissions[-1, chords != slots.final] = _NEVER
    return Chain(chords, emissions, weight * np.log(following)[slots.first])


def chances_of(
    counts: Mapping[str, np.ndarray], slots: Slots, posteriors: np.ndarray, share: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return how likely chords are in the slots of a melody, in all of music, and after others.

    Parameters
    ----------
    counts, slots, posteriors : object
        As of `chain_of`.
    share : ndarray of shape (96, n_chords)
        Which chords are summed into which.

    Returns
    -------
    fits, usual : ndarray of shape (n_slots, n_chords)
        p(chord | melody) and p(chord), the tonic being the melody's.
    follow : ndarray of shape (2, n_chords, n_chords)
        log p(chord | chord before) - log p(chord), where a bar begins and inside.
    """
    usual = _usual(counts["follow"])
    fits = _for_mode(np.exp(posteriors), slots) @ share + _LEAST_PROBABILITY
    own = _for_mode(np.broadcast_to(usual, posteriors.shape), slots) @ share
    pairs, usual = share.T @ counts["follow"] @ share, share.T @ usual
    following = (pairs + _PRIOR * usual) / (pairs.sum(axis=2, keepdims=True) + _PRIOR)
    return fits, own, np.log(following) - np.log(usual)


def without_long_runs(
    find: Callable[[np.ndarray, np.ndarray], np.ndarray],
    chain: Chain,
    longest: int,
    cuts: Sequence[int] = (),
) -> np.ndarray:
    """Return a path in which no state lasts longer than so many steps, if it can be had.

    Parameters
    ----------
    find : callable
        From emissions and transitions to a path.
    chain : Chain
        The chain.
    longest : int
        Number of steps.
    cuts : sequence of int, default=()
        Steps with which a run begins anew.

    Returns
    -------
    path : ndarray of shape (n_steps,), int
        Inside a run that is too long its state is made less likely, again and again: it is left
        where others fit best.
    """
    emissions = chain.emissions.copy()
    for _ in range(_MOST_TRIES):
        path = find(emissions, chain.transitions)
        edges = np.union1d(np.flatnonzero(np.diff(path, prepend=-1, append=-1)), cuts).astype(int)
        long = [(a, b) for a, b in itertools.pairwise(edges) if b - a > longest]
        if not long:
            break
        for start, end in long:
            emissions[start + 1 : end - 1, path[start]] -= _STEP
    return path


def _for_mode(probabilities: np.ndarray, slots: Slots) -> np.ndarray:
    """Return probabilities in which a tonic that is not the major one takes the part of it.

    Songs are learnt from in the major key with their notes. In other modes, the tonic's chord
    gets what the major one has, as far as its notes sound in the slot.
    """
    if slots.final == 0:
        return probabilities
    own, other = (_sounding(slots, chord) for chord in (slots.final, 0))
    part = (2 * own**2 + 1e-9) / (2 * own**2 + other**2 + 2e-9)
    changed = probabilities.copy()
    changed[:, slots.final] += part * probabilities[:, 0]
    changed[:, 0] *= 1 - part
    return changed


def _sounding(slots: Slots, chord: int) -> np.ndarray:
    """Return how long the notes of a chord sound in each slot."""
    root, quality = divmod(chord, len(QUALITIES))
    intervals = CHORD_QUALITIES[QUALITIES[quality]]
    return slots.sounding[:, [(root + i) % 12 for i in intervals]].sum(axis=1)


def _usual(follow: np.ndarray) -> np.ndarray:
    counts = follow.sum(axis=(0, 1)) + _LEAST
    return counts / counts.sum()


def _merged(vocabulary: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the chords that there may be, and a matrix that sums all chords into them."""
    chords = np.arange(N_CHORDS)
    if vocabulary == "sevenths":
        return chords, np.eye(N_CHORDS)
    triads = chords[np.isin(chords % len(QUALITIES), [QUALITIES.index(q) for q in _TRIADS])]
    share = TRIAD_OF_CHORD[:, np.newaxis] == TRIAD_OF_CHORD[triads]
    return triads, share.astype(float)
