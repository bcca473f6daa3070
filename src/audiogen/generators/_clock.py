"""A clock of beats: where each step of a sequence stands between beats, and in groups of them."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from audiogen.signal import find_beat_length

__all__ = [
    "CLOCK_PERIODS",
    "BeatClock",
    "beats_of",
    "clock_features",
    "learn_clock",
]

# Beats; what is a beat and what a bar may be any of them. Of longer groups a recording has so few
# that a network learns them by heart.
_CYCLES = (1, 2, 4)
_LONGEST = _CYCLES[-1]
_PER_BEAT = 16  # places that a sequence can begin at
_SPREAD = 1.5  # places over which what is usual there is smoothed
_NEAR = 0.6  # of the power of its own beat: a sequence that has so much at another takes that
_LEAST = 1e-9

CLOCK_PERIODS = np.tile(_CYCLES, 2)  # in beats, of each feature


def clock_features(beats: np.ndarray) -> np.ndarray:
    """Return the hands of the clock: sines and cosines of the place in each group of beats.

    Parameters
    ----------
    beats : ndarray of shape (...)
        Places, in beats.

    Returns
    -------
    features : ndarray of shape (..., n_features), float32
        As many as there are `CLOCK_PERIODS`.
    """
    turns = 2 * np.pi * beats[..., np.newaxis] / np.array(_CYCLES)
    return np.concatenate([np.sin(turns), np.cos(turns)], axis=-1).astype(np.float32)


class BeatClock(NamedTuple):
    """Beats that were learnt.

    Parameters
    ----------
    lengths : ndarray of shape (n_beats,)
        Steps of a beat.
    usual : ndarray of shape (n_beats, n_places, n_components), float32
        The mean latent at each place of the longest group of beats.
    """

    lengths: np.ndarray
    usual: np.ndarray

    @property
    def bits(self) -> float:
        """How many bits tell where a sequence stands."""
        return float(np.log2(len(self.lengths) * self.usual.shape[1]))

    def starts_of(self, latents: Sequence[np.ndarray]) -> np.ndarray:
        """Return where sequences begin.

        Parameters
        ----------
        latents : sequence of ndarray of shape (n_steps, n_components)
            The sequences.

        Returns
        -------
        starts : ndarray of shape (n_sequences, 2)
            Beats in a step, and the place of the first step in beats.
        """
        starts = np.empty((len(latents), 2))
        for start, each in zip(starts, latents, strict=True):
            found = [
                (*_best_place(each, 1 / length, usual), 1 / length)
                for length, usual in zip(self.lengths, self.usual, strict=True)
            ]
            _, place, rate = min(found)
            start[:] = rate, place / _PER_BEAT
        return starts


def learn_clock(latents: Sequence[np.ndarray], beat_length: float | None) -> BeatClock:
    """Learn the beats of sequences, and what is usual where between them.

    Parameters
    ----------
    latents : sequence of ndarray of shape (n_steps, n_components)
        The sequences.
    beat_length : float or None
        Steps of a beat; None finds it.

    Returns
    -------
    clock : BeatClock
    """
    order = sorted(range(len(latents)), key=lambda i: -len(latents[i]))
    groups: dict[float, _Usual] = {}
    for i in order:
        length = beat_length or _own_length(_novelty(latents[i]), list(groups))
        usual, place = groups.get(length), 0
        if usual is None:
            usual = groups[length] = _Usual(latents[i].shape[1])
        else:
            place = _best_place(latents[i], 1 / length, usual.means())[1]
        usual.add(latents[i], 1 / length, place)
    means = np.stack([usual.means() for usual in groups.values()])
    return BeatClock(np.array(list(groups)), means)


def beats_of(starts: np.ndarray) -> Callable[[int], np.ndarray]:
    """Return a function from a step's number to the hands of the clock, a row for each start."""
    return lambda step: clock_features(starts[:, 1] + step * starts[:, 0])


class _Usual:
    """The mean latent at each place of the longest group of beats."""

    def __init__(self, n_components: int) -> None:
        n_places = _LONGEST * _PER_BEAT
        self._sums = np.zeros((n_places, n_components))
        self._counts = np.zeros((n_places, 1))
        apart = np.abs(np.arange(n_places)[:, np.newaxis] - np.arange(n_places))
        apart = np.minimum(apart, n_places - apart)
        self._near = np.exp(-0.5 * np.square(apart / _SPREAD))

    def add(self, latents: np.ndarray, rate: float, place: int) -> None:
        """Add a sequence that begins at a place."""
        at = _places(len(latents), rate, place)
        np.add.at(self._sums, at, latents)
        np.add.at(self._counts, at, 1)

    def means(self) -> np.ndarray:
        """Return the means of neighbouring places."""
        mean = self._sums.sum(axis=0) / self._counts.sum()
        sums = self._near @ self._sums + _LEAST * mean
        return (sums / (self._near @ self._counts + _LEAST)).astype(np.float32)


def _novelty(latents: np.ndarray) -> np.ndarray:
    """Return how much each step differs from the one before."""
    return np.linalg.norm(np.diff(latents, axis=0, prepend=latents[:1]), axis=1)


def _own_length(novelty: np.ndarray, known: list[float]) -> float:
    """Return the length of a beat that is known if the sequence has it, or else its own."""
    own = find_beat_length(novelty)
    least = _NEAR * _power(novelty, 1 / own)
    near = [(_power(novelty, 1 / length), length) for length in known]
    near = [pair for pair in near if pair[0] >= least]
    return max(near)[1] if near else own


def _power(novelty: np.ndarray, rate: float) -> float:
    turns = np.exp(2j * np.pi * rate * np.arange(len(novelty)))
    return float(np.abs((novelty - novelty.mean()) @ turns))


def _places(n_steps: int, rate: float, place: int) -> np.ndarray:
    """Return the place of each step of a sequence that begins at one."""
    exact = place + np.arange(n_steps) * rate * _PER_BEAT
    return np.rint(exact).astype(int) % (_LONGEST * _PER_BEAT)


def _best_place(latents: np.ndarray, rate: float, usual: np.ndarray) -> tuple[float, int]:
    """Return how far a sequence is from what is usual where it fits best, and that place."""
    n_places, at = len(usual), _places(len(latents), rate, 0)
    sums = np.zeros(usual.shape)
    np.add.at(sums, at, latents)
    counts, squares = np.bincount(at, minlength=n_places), np.square(usual).sum(axis=1)
    products = sums @ usual.T
    own = np.arange(n_places)
    there = (own[:, np.newaxis] + own) % n_places  # of a sequence that begins there
    away = squares[there] @ counts - 2 * products[own, there].sum(axis=1)
    place = int(np.argmin(away))
    return float(away[place]) / len(latents), place
