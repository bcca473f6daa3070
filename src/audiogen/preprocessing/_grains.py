"""Sound put together from grains of recordings: unit selection."""

from typing import NamedTuple

import numpy as np

from audiogen.signal import crossfade, likeness

__all__ = ["Grains", "choose_grains", "described", "join_grains"]

_LONGEST_RUN = 0.8  # seconds of a recording that may follow each other
_AWAY = 0.25  # seconds between where a run ends and the grain that comes next
_JOIN = 0.5  # weight of how well a grain goes on from the one before, over that of its sound
_NOTICED = 0.3  # seconds: runs beyond it are counted as copied


class Grains(NamedTuple):
    """Grains of the recordings that a sound is put together from.

    Attributes
    ----------
    starts : ndarray of shape (n_patches,), int64
        Where each grain starts in the recordings laid end to end, in samples.
    longest_run : float
        Longest stretch of a recording that is kept in one piece, in seconds.
    copied_share : float
        Share of the sound in stretches of more than 0.3 s.
    """

    starts: np.ndarray
    longest_run: float
    copied_share: float


def choose_grains(
    wanted: np.ndarray, sounds: np.ndarray, ends: np.ndarray, n_frames: int, hop: float
) -> np.ndarray:
    """Choose a grain for each patch: like what is wanted, and like what would have come next.

    Parameters
    ----------
    wanted : ndarray of shape (n_patches, n_components)
        Sounds that are wanted.
    sounds : ndarray of shape (n_grains, n_components)
        Sounds of all grains, one for each frame of the recordings.
    ends : ndarray of shape (n_recordings,), int
        Number of grains in the recordings up to the end of each.
    n_frames : int
        Frames in a patch.
    hop : float
        Seconds from the start of a frame to the start of the next.

    Returns
    -------
    chosen : ndarray of shape (n_patches,), int
    """
    longest = max(1, int(_LONGEST_RUN / (n_frames * hop)))
    away = round(_AWAY / hop)
    power = np.square(sounds).sum(axis=1)
    has_next = np.ones(len(sounds), bool)
    for end in ends:
        has_next[max(0, end - n_frames) : end] = False
    chosen = np.empty(len(wanted), np.int64)
    run = 0
    for i, sound in enumerate(wanted):
        cost = power - 2 * sounds @ sound
        follows = int(chosen[i - 1]) + n_frames if i and has_next[chosen[i - 1]] else -1
        if follows >= 0:
            cost = cost + _JOIN * (power - 2 * sounds @ sounds[follows])
            if run >= longest and len(sounds) > 2 * away + 1:  # else there is nowhere to go
                cost[max(0, follows - away) : follows + away + 1] = np.inf
        chosen[i] = cost.argmin()
        run = run + 1 if chosen[i] == follows else 1
    return chosen


def join_grains(audio: np.ndarray, starts: np.ndarray, length: int, overlap: int) -> np.ndarray:
    """Put grains one after the other, each faded into the next where their waves agree.

    Parameters
    ----------
    audio : ndarray of shape (n_timesteps,), float32
        The recordings.
    starts : ndarray of shape (n_patches,), int
        Where grains start.
    length : int
        Samples in a grain.
    overlap : int
        Samples over which one fades into the next.

    Returns
    -------
    joined : ndarray of shape (n_patches * length,), float32
    """
    half = overlap // 2
    padded = np.pad(audio, (overlap, length + 2 * overlap))  # a grain may begin before the sound
    joined = np.zeros(len(starts) * length + overlap, np.float32)
    place = int(starts[0]) + overlap - half
    joined[: length + overlap] = padded[place : place + length + overlap]
    for i, start in enumerate(starts[1:], start=1):
        at = i * length
        tail = joined[at : at + overlap].copy()
        place += length
        if start != starts[i - 1] + length:
            place = int(start) + overlap - half
            place += _best_shift(tail, padded, place, half)
        grain = padded[place : place + length + overlap]
        joined[at : at + length + overlap] = grain
        joined[at : at + overlap] = crossfade(tail, grain[:overlap])
    return joined[half : half + len(starts) * length]


def _best_shift(tail: np.ndarray, audio: np.ndarray, place: int, most: int) -> int:
    """Return by how much a grain is shifted for its beginning to be most like the tail."""
    first = max(0, place - most)
    alike = likeness(audio[first : place + most + len(tail)], tail)
    return first + int(alike.argmax()) - place


def described(chosen: np.ndarray, n_frames: int, hop_length: int, sample_rate: int) -> Grains:
    """Return what is told of chosen grains."""
    breaks = np.flatnonzero(np.diff(chosen) != n_frames) + 1
    runs = np.diff([0, *breaks, len(chosen)]) * n_frames * hop_length / sample_rate
    copied = runs[runs > _NOTICED].sum() / runs.sum()
    return Grains(chosen * hop_length, float(runs.max()), float(copied))
