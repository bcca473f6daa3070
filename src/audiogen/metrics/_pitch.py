"""Pitch metrics: notes in tune, and how many pitches there are and how they are spread."""

import numbers
from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt

from audiogen.signal import hz_to_midi, named_pitches, track_pitch
from audiogen.utils.large import slabs
from audiogen.utils.librosa import import_librosa
from audiogen.utils.validation import Interval, check_audio, check_midi_pitch, check_parameters

__all__ = [
    "DistinctPitches", "entropy_of", "n_pitches", "pitch_accuracy", "pitch_entropy", "pitch_range",
    "range_of", "spectral_pitches",
]  # fmt: skip

_N_MIDI = 128
_MOST_NEW = 1 << 22  # pitches: 16 MB


def pitch_accuracy(
    generated: npt.ArrayLike,
    pitch: npt.ArrayLike,
    *,
    sample_rate: float,
    tolerance: float = 50.0,
) -> float:
    """Compute the share of notes that sound the pitch that was asked for.

    Parameters
    ----------
    generated : array-like of shape (n_samples, n_timesteps)
        Notes, one in each row.
    pitch : array-like of shape (n_samples,), a number or a str
        MIDI pitch of each note, or of all of them, or names such as "C4".
    sample_rate : float
        Sampling rate of the audio, in Hz.
    tolerance : float, default=50.0
        Largest deviation of a note that is in tune, in cents.

    Returns
    -------
    accuracy : float
        From 0 to 1. A note whose pitch cannot be judged, such as silence, is not in tune.

    Raises
    ------
    ValueError
        Where there is not one pitch for each note, or a pitch is missing or none.

    See Also
    --------
    audiogen.signal.track_pitch : How the pitch is found; no tracker is always right, so
        compare with the accuracy of real notes.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.metrics import pitch_accuracy
    >>> time = np.arange(16000) / 16000
    >>> notes = [np.sin(2 * np.pi * 440 * time), np.zeros(16000)]
    >>> pitch_accuracy(notes, [69, 69], sample_rate=16000)
    0.5
    """
    rules = {"tolerance": Interval(numbers.Real, 0, None)}
    check_parameters("pitch_accuracy", rules, {"tolerance": tolerance})
    generated = check_audio(generated, name="generated")
    pitch = np.asarray(named_pitches(pitch), dtype=np.float64)
    if pitch.ndim and pitch.shape != (len(generated),):
        raise ValueError(
            f"pitch must have one number for each of the {len(generated)} notes. "
            f"Got the shape {pitch.shape}."
        )
    if not np.isfinite(pitch).all():
        raise ValueError("pitch holds NaN or infinite values; leave those notes out.")
    check_midi_pitch(pitch)
    found = track_pitch(generated, sample_rate)
    cents = 100 * np.abs(found - pitch)
    return float(np.mean(cents <= tolerance))  # NaN is no match


def n_pitches(audio: npt.ArrayLike, *, sample_rate: float) -> int:
    """Count the distinct pitches of clips.

    Pitches are the spectral peaks that ``librosa.piptrack`` finds with its defaults,
    between 150 and 4,000 Hz, in Hz without rounding. So this is a measure of how rich a sound
    is, and no number of notes.

    Parameters
    ----------
    audio : array-like of shape (n_samples, n_timesteps) or (n_timesteps,)
        Clips; their pitches are counted together.
    sample_rate : float
        Sampling rate of the audio, in Hz.

    Returns
    -------
    n_pitches : int
        0 for silence.

    Raises
    ------
    ValueError
        Where the audio has another shape or is not finite.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.metrics import n_pitches
    >>> n_pitches(np.zeros(16000), sample_rate=16000)
    0
    """
    return count_of(spectral_pitches(audio, sample_rate, "n_pitches"))


def pitch_range(audio: npt.ArrayLike, *, sample_rate: float) -> float:
    """Compute the distance from the lowest to the highest pitch of clips.

    Parameters
    ----------
    audio : array-like of shape (n_samples, n_timesteps) or (n_timesteps,)
        Clips; the pitches of all of them count.
    sample_rate : float
        Sampling rate of the audio, in Hz.

    Returns
    -------
    pitch_range : float
        In Hz, about 3,850 at most; 0 for silence.

    Raises
    ------
    ValueError
        Where the audio has another shape or is not finite.

    See Also
    --------
    n_pitches : What counts as a pitch.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.metrics import pitch_range
    >>> time = np.arange(16000) / 16000
    >>> chord = np.sin(2 * np.pi * 500 * time) + np.sin(2 * np.pi * 1500 * time)
    >>> round(pitch_range(chord[2000:14000], sample_rate=16000), -2)
    1000.0
    """
    return range_of(spectral_pitches(audio, sample_rate, "pitch_range"))


def pitch_entropy(audio: npt.ArrayLike, *, sample_rate: float) -> float:
    """Compute the entropy of the pitches of clips over the 128 MIDI pitches.

    Parameters
    ----------
    audio : array-like of shape (n_samples, n_timesteps) or (n_timesteps,)
        Clips; the pitches of all of them count.
    sample_rate : float
        Sampling rate of the audio, in Hz.

    Returns
    -------
    entropy : float
        In bits: 0 for a single pitch, at most 7. NaN for audio without any pitch, such as
        silence.

    Raises
    ------
    ValueError
        Where the audio has another shape or is not finite.

    See Also
    --------
    n_pitches : What counts as a pitch.

    Notes
    -----
    The entropy of few pitches is biased low; compare audio of one length.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.metrics import pitch_entropy
    >>> tone = np.sin(2 * np.pi * 440 * np.arange(16000) / 16000)
    >>> noise = np.random.default_rng(0).standard_normal(16000)
    >>> pitch_entropy(tone, sample_rate=16000) < pitch_entropy(noise, sample_rate=16000)
    True
    """
    return entropy_of(spectral_pitches(audio, sample_rate, "pitch_entropy"))


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


def entropy_of(found: Iterable[np.ndarray]) -> float:
    """Return the entropy of the pitches of clips over all MIDI pitches, in bits."""
    counts = np.zeros(_N_MIDI, dtype=np.int64)
    for pitches in found:
        midi = np.rint(hz_to_midi(pitches)).astype(int)
        counts += np.bincount(midi, minlength=_N_MIDI)
    if not counts.any():
        return float("nan")
    shares = counts[counts > 0] / counts.sum()
    return float(abs(shares @ np.log2(shares)))
