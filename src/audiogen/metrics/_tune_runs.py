"""The longest runs of notes that tunes share with others."""

from collections.abc import Iterator, Sequence

import numpy as np

from audiogen.io import Score
from audiogen.metrics._tunes import Line, lines_of

__all__ = ["longest_shared_runs"]


def longest_shared_runs(tunes: Sequence[Score], training: Sequence[Score]) -> np.ndarray:
    """Return the length of the longest run of notes that each tune shares with another.

    Parameters
    ----------
    tunes : sequence of Score
        Tunes of one part, such as generated ones; of notes that start together the highest
        counts.
    training : sequence of Score
        Tunes that may have been copied.

    Returns
    -------
    longest : ndarray of shape (n_tunes,), int
        The most successive pairs (interval to the next note in semitones, duration) that also
        follow each other in one of the tunes of `training`.

    Raises
    ------
    TypeError, ValueError
        If there are no tunes, something else is among them, or a tune has no notes or several
        parts.

    Notes
    -----
    The key does not matter. Longer runs than unseen real tunes share with the same `training`
    are a sign of copying.

    Examples
    --------
    >>> from audiogen.datasets import load_tunes
    >>> from audiogen.metrics import longest_shared_runs
    >>> twinkle, *others = reversed(load_tunes().scores)
    >>> int(longest_shared_runs([twinkle], [twinkle.transpose(5)])[0])  # 42 notes
    41
    >>> int(longest_shared_runs([twinkle], others)[0])
    3
    """
    known, asked = lines_of(training, "training"), lines_of(tunes, "tunes")
    sequences = [_pairs(line) for line in [*known, *asked]]
    lengths = [len(pairs) for pairs in sequences]
    owner = np.repeat(np.arange(len(lengths)), lengths)
    left = np.concatenate([np.arange(n, 0, -1) for n in lengths])
    symbols = np.unique(np.concatenate(sequences), return_inverse=True)[1]
    longest = np.zeros(len(sequences), int)
    for n, reached in _growing_runs(symbols, owner < len(known), left):
        longest[owner[reached]] = n
    return longest[len(known) :]


def _pairs(line: Line) -> np.ndarray:
    """Return one number for each note but the last: its duration and the interval that follows."""
    return (np.diff(line.pitch) + 128) << 32 | line.duration[:-1]


def _growing_runs(
    symbols: np.ndarray, known: np.ndarray, left: np.ndarray
) -> Iterator[tuple[int, np.ndarray]]:
    """Yield each length of runs, and where those start that are both known and not.

    Parameters
    ----------
    symbols : ndarray of shape (n_symbols,), int
        Sequences, one after the other.
    known : ndarray of shape (n_symbols,), bool
        Whether the sequence of each is a known one.
    left : ndarray of shape (n_symbols,), int
        How many symbols there are from each to the end of its sequence.
    """
    places, names, n = np.arange(len(symbols)), symbols, 1
    while len(places):
        sides = np.zeros((2, names.max() + 1), bool)
        sides[known[places].astype(int), names] = True
        shared = (sides[0] & sides[1])[names]
        places, names = places[shared], names[shared]
        yield n, places
        longer = left[places] > n
        places, names = places[longer], names[longer]
        names = names * (len(symbols) + 1) + symbols[places + n]
        names = np.unique(names, return_inverse=True)[1]
        n += 1
