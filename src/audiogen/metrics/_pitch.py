"""Pitch metrics: notes in tune, and how many pitches there are and how they are spread."""

import numbers
from collections.abc import Iterator
from typing import Any, overload

import numpy as np
import numpy.typing as npt

from audiogen.metrics._pitch_sets import (
    count_of,
    entropy_of,
    midi_counts,
    note_pitches,
    range_of,
    spectral_pitches,
)
from audiogen.metrics._rarefaction import rarefied_count, rarefied_entropy, rarefied_range
from audiogen.signal import hz_to_midi, named_pitches, track_pitch
from audiogen.utils.validation import (
    Instance,
    Interval,
    Options,
    check_audio,
    check_midi_pitch,
    check_parameters,
)

__all__ = ["n_pitches", "pitch_accuracy", "pitch_entropy", "pitch_range"]


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


@overload
def n_pitches(
    audio: npt.ArrayLike, *, sample_rate: float, tracker: str = ..., rarefied_to: None = ...
) -> int: ...
@overload
def n_pitches(
    audio: npt.ArrayLike, *, sample_rate: float, tracker: str = ..., rarefied_to: int
) -> float: ...
def n_pitches(
    audio: npt.ArrayLike,
    *,
    sample_rate: float,
    tracker: str = "piptrack",
    rarefied_to: int | None = None,
) -> float:
    """Count the distinct pitches of clips.

    By default, pitches are the spectral peaks that ``librosa.piptrack`` finds with its defaults,
    between 150 and 4,000 Hz, in Hz without rounding. So this is a measure of how rich a sound
    is, and no number of notes. By the other tracker, it is the number of semitones that notes are
    at.

    Parameters
    ----------
    audio : array-like of shape (n_samples, n_timesteps) or (n_timesteps,)
        Clips; their pitches are counted together.
    sample_rate : float
        Sampling rate of the audio, in Hz.
    tracker : {"piptrack", "track_pitch"}, default="piptrack"
        How pitches are found: all spectral peaks that ``librosa.piptrack`` finds with its
        defaults, or the one pitch of each note by `audiogen.signal.track_pitch`.
    rarefied_to : int, default=None
        Number of pitches that are drawn without replacement; what is returned is the mean over all
        such draws [1]_. So sets with more pitches and with fewer are compared. None takes all.

    Returns
    -------
    n_pitches : int, or float where it is rarefied
        0 for silence.

    Raises
    ------
    ValueError
        Where the audio has another shape or is not finite, or fewer pitches than `rarefied_to`.

    References
    ----------
    .. [1] S. H. Hurlbert, "The nonconcept of species diversity: A critique and alternative
       parameters", Ecology 52(4), 1971.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.metrics import n_pitches
    >>> n_pitches(np.zeros(16000), sample_rate=16000)
    0
    >>> time = np.arange(16000) / 16000
    >>> notes = [np.sin(2 * np.pi * hertz * time) for hertz in (440, 442, 880)]
    >>> n_pitches(notes, sample_rate=16000, tracker="track_pitch")
    2
    """
    found = _found("n_pitches", audio, sample_rate, tracker, rarefied_to)
    if tracker == "track_pitch":
        found = (np.rint(hz_to_midi(pitches)) for pitches in found)
    if rarefied_to is None:
        return count_of(found)
    values = np.concatenate(list(found))
    return rarefied_count(np.unique(values, return_counts=True)[1], rarefied_to)


def pitch_range(
    audio: npt.ArrayLike,
    *,
    sample_rate: float,
    tracker: str = "piptrack",
    rarefied_to: int | None = None,
) -> float:
    """Compute the distance from the lowest to the highest pitch of clips.

    Parameters
    ----------
    audio : array-like of shape (n_samples, n_timesteps) or (n_timesteps,)
        Clips; the pitches of all of them count.
    sample_rate : float
        Sampling rate of the audio, in Hz.
    tracker : {"piptrack", "track_pitch"}, default="piptrack"
        How pitches are found: all spectral peaks that ``librosa.piptrack`` finds with its
        defaults, or the one pitch of each note by `audiogen.signal.track_pitch`.
    rarefied_to : int, default=None
        Number of pitches that are drawn without replacement; what is returned is the mean over all
        such draws [1]_. So sets with more pitches and with fewer are compared. None takes all.

    Returns
    -------
    pitch_range : float
        In Hz; of spectral peaks about 3,850 at most. 0 for silence.

    Raises
    ------
    ValueError
        Where the audio has another shape or is not finite, or fewer pitches than `rarefied_to`.

    See Also
    --------
    n_pitches : What counts as a pitch.

    References
    ----------
    .. [1] S. H. Hurlbert, "The nonconcept of species diversity: A critique and alternative
       parameters", Ecology 52(4), 1971.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.metrics import pitch_range
    >>> time = np.arange(16000) / 16000
    >>> chord = np.sin(2 * np.pi * 500 * time) + np.sin(2 * np.pi * 1500 * time)
    >>> round(pitch_range(chord[2000:14000], sample_rate=16000), -2)
    1000.0
    """
    found = _found("pitch_range", audio, sample_rate, tracker, rarefied_to)
    if rarefied_to is None:
        return range_of(found)
    return rarefied_range(np.concatenate(list(found)), rarefied_to)


def pitch_entropy(
    audio: npt.ArrayLike,
    *,
    sample_rate: float,
    tracker: str = "piptrack",
    corrected: bool = False,
    rarefied_to: int | None = None,
) -> float:
    """Compute the entropy of the pitches of clips over the 128 MIDI pitches.

    Parameters
    ----------
    audio : array-like of shape (n_samples, n_timesteps) or (n_timesteps,)
        Clips; the pitches of all of them count.
    sample_rate : float
        Sampling rate of the audio, in Hz.
    tracker : {"piptrack", "track_pitch"}, default="piptrack"
        How pitches are found: all spectral peaks that ``librosa.piptrack`` finds with its
        defaults, or the one pitch of each note by `audiogen.signal.track_pitch`.
    corrected : bool, default=False
        Whether the bias of few pitches is taken off by the correction of Miller and Madow [2]_:
        the number of different pitches less one, over twice the number of all and log 2, is
        added.
    rarefied_to : int, default=None
        Number of pitches that are drawn without replacement; what is returned is the mean over all
        such draws [1]_. So sets with more pitches and with fewer are compared. None takes all.

    Returns
    -------
    entropy : float
        In bits: 0 for a single pitch, at most 7 where it is not corrected. NaN for audio without
        any pitch, such as silence.

    Raises
    ------
    ValueError
        Where the audio has another shape or is not finite, or fewer pitches than `rarefied_to`,
        or it is to be both corrected and rarefied.

    See Also
    --------
    n_pitches : What counts as a pitch.

    Notes
    -----
    The entropy of few pitches is biased low. For the pitches of a hundred notes the correction
    counts; for spectral peaks, of which each clip has thousands, it is next to nothing.

    References
    ----------
    .. [1] S. H. Hurlbert, "The nonconcept of species diversity: A critique and alternative
       parameters", Ecology 52(4), 1971.
    .. [2] G. A. Miller, "Note on the bias of information estimates", Information Theory in
       Psychology, Free Press, 1955.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.metrics import pitch_entropy
    >>> tone = np.sin(2 * np.pi * 440 * np.arange(16000) / 16000)
    >>> noise = np.random.default_rng(0).standard_normal(16000)
    >>> pitch_entropy(tone, sample_rate=16000) < pitch_entropy(noise, sample_rate=16000)
    True
    """
    rules = {"corrected": Instance(bool | np.bool_, "a bool")}
    check_parameters("pitch_entropy", rules, {"corrected": corrected})
    if corrected and rarefied_to is not None:
        raise ValueError("pitch_entropy is either corrected or rarefied. Leave one of them out.")
    counts = midi_counts(_found("pitch_entropy", audio, sample_rate, tracker, rarefied_to))
    if rarefied_to is not None:
        return rarefied_entropy(counts, rarefied_to)
    bias = (np.count_nonzero(counts) - 1) / (2 * max(1, counts.sum()) * np.log(2))
    return entropy_of(counts) + (float(bias) if corrected else 0.0)


def _found(
    caller: str, audio: npt.ArrayLike, sample_rate: float, tracker: str, rarefied_to: Any
) -> Iterator[np.ndarray]:
    """Return the pitches of clips, in Hz, one clip at a time."""
    rules = {
        "tracker": Options("piptrack", "track_pitch"),
        "rarefied_to": (Interval(numbers.Integral, 1, None), Options(None)),
    }
    check_parameters(caller, rules, {"tracker": tracker, "rarefied_to": rarefied_to})
    find = spectral_pitches if tracker == "piptrack" else note_pitches
    return find(audio, sample_rate, caller)
