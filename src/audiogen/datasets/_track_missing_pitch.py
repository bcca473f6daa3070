"""Pitches tracked for the notes of a corpus that has none for them."""

import logging
import numbers
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy.signal

from audiogen.datasets._bunch import number_column
from audiogen.signal import hz_to_midi, midi_to_hz, named_pitches, track_pitch
from audiogen.utils.large import copy_rows
from audiogen.utils.librosa import import_librosa
from audiogen.utils.validation import (
    Interval,
    check_audio,
    check_midi_pitch,
    check_parameters,
    warn_user,
)

__all__ = ["has_pitch", "track_missing_pitch"]

_AGREED = 0.75  # semitones between two estimates
# Of 186 real notes, rightly tracked ones have up to 37 % of their partials elsewhere.
_INHARMONIC = 0.4
_SOUNDING = 10 ** (-30 / 20)  # of a note's peak
_PARTIAL = 10 ** (-30 / 20)  # of the loudest partial
_ONSET_SECONDS, _LONGEST_SECONDS = 0.05, 2.0
_LOWEST_HZ, _HIGHEST_HZ, _HUM_HZ = 24.0, 4700.0, 60.0
_NAMED = 20


def has_pitch(X: npt.ArrayLike, sample_rate: float) -> np.ndarray:
    """Tell which sounds have a pitch that can be found for certain, as notes do and drums do not.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_timesteps)
        Sounds.
    sample_rate : float
        Sampling rate of the audio, in Hz.

    Returns
    -------
    pitched : ndarray of shape (n_samples,), bool
        Where `track_missing_pitch` would keep the sound: 183 of the 186 notes of `load_notes`,
        and 12 of the 88 hits of `load_drums`.

    Examples
    --------
    >>> from audiogen.datasets import has_pitch, load_drums
    >>> drums = load_drums()
    >>> has_pitch(drums.data[drums.frame.drum == "snare"], drums.sample_rate).mean()
    np.float64(0.0)
    """
    rule = Interval(numbers.Real, 0, None, closed="neither")
    check_parameters("has_pitch", {"sample_rate": rule}, {"sample_rate": sample_rate})
    X = check_audio(X, name="X")
    tracked = track_pitch(X, sample_rate)
    return np.array([not _doubt(*one, sample_rate) for one in zip(X, tracked, strict=True)])


def track_missing_pitch(
    X: npt.ArrayLike, frame: pd.DataFrame, sample_rate: float
) -> tuple[np.ndarray, pd.DataFrame]:
    """Track the pitch of the notes that have none, and leave out those in doubt.

    A tracked pitch is kept, rounded to a whole MIDI pitch, where a second method (YIN [1]_)
    finds the same and most partials of the note are multiples of its frequency. One wrong
    pitch would widen the range that a generator learns.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_timesteps)
        Notes.
    frame : DataFrame with n_samples rows
        The column pitch holds MIDI pitches or names of notes, NaN where they are unknown.
        Messages name notes by the column note, or by row number without one.
    sample_rate : float
        Sampling rate of the audio, in Hz.

    Returns
    -------
    X : ndarray of shape (n_kept, n_timesteps)
        The notes that have a pitch.
    frame : DataFrame with n_kept rows
        Their rows, numbered anew, with every pitch filled in.

    Raises
    ------
    ValueError
        Where no note is left, lengths differ, or a given pitch is none.

    Warns
    -----
    UserWarning
        Names the notes that are left out, and the pitches that were found for them.

    Notes
    -----
    Pitches that were tracked are logged to the logger "audiogen", at level INFO.

    References
    ----------
    .. [1] A. de Cheveigné and H. Kawahara, "YIN, a fundamental frequency estimator for speech
       and music", Journal of the Acoustical Society of America 111(4), 2002.

    Examples
    --------
    >>> from audiogen.datasets import make_notes, track_missing_pitch
    >>> notes = make_notes(3, pitch=[50, 60, 70], duration=1, random_state=0)
    >>> frame = notes.frame.assign(pitch=[50, None, None])
    >>> X, frame = track_missing_pitch(notes.data, frame, notes.sample_rate)
    >>> frame.pitch.tolist()
    [50, 60, 70]
    """
    rule = Interval(numbers.Real, 0, None, closed="neither")
    check_parameters("track_missing_pitch", {"sample_rate": rule}, {"sample_rate": sample_rate})
    X = check_audio(X, name="X")
    if len(X) != len(frame):
        raise ValueError(f"X has {len(X)} notes but frame has {len(frame)} rows.")
    given = frame["pitch"].to_numpy(dtype=object, na_value=np.nan)
    pitch = np.array(named_pitches(given), dtype=np.float64)
    check_midi_pitch(pitch)
    missing = np.flatnonzero(np.isnan(pitch))
    if len(missing) == 0:
        return X, frame.reset_index(drop=True).assign(pitch=number_column(pitch))
    names = list(map(str, frame.get("note", frame.index)))
    tracked = track_pitch(X, sample_rate, missing)
    doubts = {
        row: doubt
        for row, found in zip(missing, tracked, strict=True)
        if (doubt := _doubt(X[row], found, sample_rate))
    }
    pitch[missing] = tracked.round()
    _tell(names, pitch, [row for row in missing if row not in doubts], doubts)
    kept = np.setdiff1d(np.arange(len(X)), list(doubts))
    if len(kept) == 0:
        raise ValueError("No note is left: none has a pitch that could be found.")
    frame = frame.iloc[kept].reset_index(drop=True)
    return copy_rows(X, kept), frame.assign(pitch=number_column(pitch[kept]))


def _tell(names: list[str], pitch: np.ndarray, tracked: list, doubts: dict) -> None:
    """Say what was tracked, and warn of what is left out."""
    if tracked:
        listed = _listed(f"{names[row]} {pitch[row]:g}" for row in tracked)
        logging.getLogger("audiogen").info(
            "Tracked the pitch of %d note(s): %s.", len(tracked), listed
        )
    if doubts:
        listed = _listed(f"{names[row]} ({doubt})" for row, doubt in doubts.items())
        warn_user(
            f"{len(doubts)} note(s) have no pitch that could be found for certain, and are left "
            f"out: {listed}. Write their pitch into the file name, or the column pitch, to keep "
            "them."
        )


def _listed(items: Iterable[str]) -> str:
    listed = list(items)
    more = f" and {len(listed) - _NAMED} more" if len(listed) > _NAMED else ""
    return ", ".join(listed[:_NAMED]) + more


def _doubt(note: np.ndarray, pitch: float, sample_rate: float) -> str:
    """Return why a tracked pitch may be wrong, "" where nothing speaks against it."""
    if np.isnan(pitch):
        return "silent, noisy or too short"
    sounding = _sounding_part(note, sample_rate)
    second = _yin(sounding, sample_rate)
    if abs(second - pitch) > _AGREED:
        return f"{pitch:.0f} or {second:.0f}"
    if not 0 <= round(pitch) <= 127 or _inharmonic(sounding, pitch, sample_rate) > _INHARMONIC:
        return f"hardly {pitch:.0f}"
    return ""


def _sounding_part(note: np.ndarray, sample_rate: float) -> np.ndarray:
    """Return at most two seconds of a note, its attack left out."""
    loud = np.flatnonzero(np.abs(note) > _SOUNDING * np.abs(note).max())
    first = loud[0] + int(_ONSET_SECONDS * sample_rate)
    last = min(loud[-1] + 1, first + int(_LONGEST_SECONDS * sample_rate))
    size = _frame_length(sample_rate)
    part = note[first : max(last, first + size)]
    return np.pad(part, (0, max(0, size - len(part))))


def _frame_length(sample_rate: float) -> int:
    return 1 << int(np.ceil(np.log2(0.2 * sample_rate)))


def _yin(sounding: np.ndarray, sample_rate: float) -> float:
    """Return the median of the MIDI pitches that YIN finds, frame by frame."""
    librosa = import_librosa()

    hertz = librosa.yin(
        sounding.astype(np.float64),
        fmin=_LOWEST_HZ,
        fmax=min(_HIGHEST_HZ, 0.45 * sample_rate),
        sr=sample_rate,
        frame_length=_frame_length(sample_rate),
    )
    return float(np.median(hz_to_midi(hertz)))


def _inharmonic(sounding: np.ndarray, pitch: float, sample_rate: float) -> float:
    """Return the share of the partials' amplitude that is at no multiple of a pitch."""
    fundamental = float(midi_to_hz(pitch))
    size = _frame_length(sample_rate)
    hertz, power = scipy.signal.welch(
        sounding, sample_rate, nperseg=size, nfft=2 * size, detrend=False, scaling="spectrum"
    )
    amplitude = np.where(hertz < _HUM_HZ, 0, np.sqrt(power))
    peaks, _ = scipy.signal.find_peaks(amplitude, height=_PARTIAL * amplitude.max())
    order = np.rint(hertz[peaks] / fundamental)
    distance = np.abs(hertz[peaks] - order * fundamental)
    resolution = np.maximum(2 * sample_rate / size, 0.02 * hertz[peaks])
    elsewhere = (order < 1) | (distance > resolution)
    return float(amplitude[peaks][elsewhere].sum() / max(amplitude[peaks].sum(), 1e-12))
