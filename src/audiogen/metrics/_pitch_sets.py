"""Pitches of clips, and how many there are, how far apart and how evenly spread."""

import numbers
from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt

from audiogen.signal import hz_to_midi, midi_to_hz, track_pitch
from audiogen.utils.large import slabs
from audiogen.utils.librosa import import_librosa
from audiogen.utils.validation import Interval, check_audio, check_parameters

__all__ = [
    "DistinctPitches", "count_of", "entropy_of", "midi_counts", "note_pitches", "range_of",
    "spectral_pitches",
]  # fmt: skip

_N_MIDI = 128
_MOST_NEW = 1 << 22  # pitches: 16 MB


def spectral_pitches(
    audio: npt.ArrayLike, sample_rate: float, caller: str
) -> Iterator[np.ndarray]:
    """Find the spectral peaks of clips, one clip at a time.

    Parameters
    ----------
    audio : array-like of shape (n_samples, n_timesteps) or (n_timesteps,)
        Clips.
    sample_rate : float
        Sampling rate of the audio, in Hz.
    caller : str
        Name of the function that messages are about.

    Yields
    ------
    pitches : ndarray of shape (n_pitches,)
        All pitches of a clip, in Hz.
    """
    librosa = import_librosa()

    rate = {"sample_rate": Interval(numbers.Real, 0, None, closed="neither")}
    check_parameters(caller, rate, {"sample_rate": sample_rate})
    clips = check_audio(audio)
    for rows in slabs(clips):
        for clip in clips[rows]:
            found, _ = librosa.piptrack(y=clip.astype(np.float32, copy=False), sr=sample_rate)
            yield found[found > 0]


def note_pitches(audio: npt.ArrayLike, sample_rate: float, caller: str) -> Iterator[np.ndarray]:
    """Find the one pitch of each note, where it has one.

    Parameters
    ----------
    audio : array-like of shape (n_samples, n_timesteps) or (n_timesteps,)
        Notes.
    sample_rate : float
        Sampling rate of the audio, in Hz.
    caller : str
        Name of the function that messages are about.

    Yields
    ------
    pitches : ndarray of shape (1,) or (0,)
        In Hz.
    """
    rate = {"sample_rate": Interval(numbers.Real, 1000, None)}
    check_parameters(caller, rate, {"sample_rate": sample_rate})
    for pitch in midi_to_hz(track_pitch(check_audio(audio), sample_rate)):
        yield np.array([pitch])[~np.isnan([pitch])]


def count_of(found: Iterable[np.ndarray]) -> int:
    """Return how many distinct pitches clips have together."""
    distinct = DistinctPitches()
    for pitches in found:
        distinct.add(pitches)
    return distinct.count()


class DistinctPitches:
    """The distinct pitches of many clips, held in memory once."""

    def __init__(self) -> None:
        self._known = np.empty(0, np.float32)
        self._new: list[np.ndarray] = []
        self._n_new = 0

    def add(self, pitches: np.ndarray) -> None:
        """Take in the pitches of a clip.

        Parameters
        ----------
        pitches : ndarray of shape (n_pitches,), float32
            In Hz.
        """
        self._new.append(np.unique(pitches))
        self._n_new += len(self._new[-1])
        if self._n_new > max(_MOST_NEW, len(self._known)):  # so that each is sorted a few times
            self.count()

    def count(self) -> int:
        """Return how many distinct pitches there are.

        Returns
        -------
        n_pitches : int
        """
        self._known = np.unique(np.concatenate([self._known, *self._new]))
        self._new, self._n_new = [], 0
        return len(self._known)


def range_of(found: Iterable[np.ndarray]) -> float:
    """Return how far the highest pitch of clips is above the lowest, in Hz."""
    bounds = [(pitches.min(), pitches.max()) for pitches in found if len(pitches)]
    if not bounds:
        return 0.0
    lowest, highest = np.transpose(bounds)
    return float(highest.max()) - float(lowest.min())


def midi_counts(found: Iterable[np.ndarray]) -> np.ndarray:
    """Return how often each of the 128 MIDI pitches is there."""
    counts = np.zeros(_N_MIDI, dtype=np.int64)
    for pitches in found:
        midi = np.rint(hz_to_midi(pitches)).astype(int)
        counts += np.bincount(midi, minlength=_N_MIDI)
    return counts


def entropy_of(counts: np.ndarray) -> float:
    """Return the entropy of shares, in bits; NaN where there is nothing."""
    if not counts.any():
        return float("nan")
    shares = counts[counts > 0] / counts.sum()
    return float(abs(shares @ np.log2(shares)))
