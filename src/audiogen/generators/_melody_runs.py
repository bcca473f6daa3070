"""An index of the runs of notes in tunes, so that none is copied at length."""

from collections.abc import Iterable, Sequence

import numpy as np

from audiogen.generators._melody_features import Strain

__all__ = ["LONGEST_RUN", "index_runs", "shares_run"]

LONGEST_RUN = 16  # pairs of interval and duration that a melody may share with a tune
_GRAM = 13  # pairs that are hashed together
_WINDOW = LONGEST_RUN + 1 - _GRAM + 1
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)


def index_runs(tunes: Iterable[Sequence[Strain]]) -> np.ndarray:
    """Return hashes from which `shares_run` finds every run of more than 16 pairs.

    Of each few runs of 13 pairs that follow each other the one with the smallest hash is kept
    (winnowing, by Schleimer et al. [1]_): any run of 17 contains one that is.

    Parameters
    ----------
    tunes : iterable of lists of Strain
        What may not be copied.

    Returns
    -------
    index : ndarray of uint32, ascending

    References
    ----------
    .. [1] S. Schleimer, D. Wilkerson, A. Aiken, "Winnowing: local algorithms for document
       fingerprinting", ACM SIGMOD 2003.
    """
    kept = [_winnowed(_hashes(strains)) for strains in tunes]
    return np.unique(np.concatenate([np.zeros(0, np.uint32), *kept]))


def shares_run(index: np.ndarray, strains: Sequence[Strain]) -> bool:
    """Tell whether a melody has a run of more than 16 pairs that a tune of an index has.

    Shorter runs, from 13 on, are found where they were kept.
    """
    found = _winnowed(_hashes(strains))
    at = np.minimum(np.searchsorted(index, found), len(index) - 1)
    return len(index) > 0 and bool((index[at] == found).any())


def _pairs(strains: Sequence[Strain]) -> np.ndarray:
    """Return one number for each note after the first: its interval and the duration before."""
    notes = [
        (pitch, ticks)
        for strain in strains
        for pitch, ticks in zip(strain.pitch, strain.duration, strict=True)
        if pitch
    ]
    if len(notes) < 2:
        return np.zeros(0, np.uint64)
    pitch, ticks = np.array(notes).T
    return ((np.diff(pitch) + 128) * 4096 + ticks[:-1]).astype(np.uint64)


def _hashes(strains: Sequence[Strain]) -> np.ndarray:
    """Return the hash of each run of 13 pairs."""
    pairs = _pairs(strains)
    n = len(pairs) - _GRAM + 1
    if n < 1:
        return np.zeros(0, np.uint32)
    total = np.zeros(n, np.uint64)
    for i in range(_GRAM):
        total = (total ^ pairs[i : i + n]) * _MULTIPLIER
        total ^= total >> np.uint64(29)
    return (total >> np.uint64(32)).astype(np.uint32)


def _winnowed(hashes: np.ndarray) -> np.ndarray:
    if len(hashes) < _WINDOW:
        return np.zeros(0, np.uint32)
    return np.unique(np.lib.stride_tricks.sliding_window_view(hashes, _WINDOW).min(axis=1))
