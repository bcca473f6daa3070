"""Tunes as frames of a piano roll, and the inverse."""

import numbers
import os
import warnings
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from audiogen.exceptions import AudioFileWarning
from audiogen.io import MIDI_SUFFIXES, read_midi
from audiogen.utils.folders import files_below
from audiogen.utils.validation import Interval, Options, check_parameters, warn_user

__all__ = ["PianoRoll"]

_LIBRARIES = ("mido", "music21", "pretty_midi", "symusic")
_THRESHOLD = 0.5  # numbers above it count as 1


class PianoRoll(TransformerMixin, BaseEstimator):
    """Turn MIDI files into frames, one for each step of time.

    A frame has two numbers for each pitch: first whether the pitch sounds (1 or 0), then whether
    it begins, so that a repeated note differs from a held one. Tempo, velocities, drums and the
    assignment of notes to tracks are not kept.

    Parameters
    ----------
    steps_per_beat : int, default=4
        Number of steps of time in a quarter note. Onsets and ends are rounded to the nearest.
    silence : int, default=16
        Number of silent frames before each tune, which separate it from the end of the tune
        before: at least the `length` of the `SlidingWindow` that follows.
    tempo : float, default=120.0
        Tempo of the tunes that `inverse_transform` returns, in beats per minute.
    program : int, default=0
        General MIDI program of these tunes, 0 to 127.
    errors : {"raise", "warn"}, default="raise"
        Whether a tune that cannot be read raises, or is left out with a warning.

    Attributes
    ----------
    low_, high_ : int
        The lowest and the highest pitch of the tunes seen in `fit`; frames have numbers for
        these and the pitches between.

    See Also
    --------
    audiogen.preprocessing.SlidingWindow : Makes windows of frames rows.

    Examples
    --------
    >>> from audiogen.datasets import load_tunes
    >>> from audiogen.preprocessing import PianoRoll
    >>> tunes = load_tunes().data
    >>> roll = PianoRoll()
    >>> frames = roll.fit_transform(tunes)
    >>> frames.shape, (roll.low_, roll.high_)
    ((2528, 54), (55, 81))
    >>> float(roll.inverse_transform(frames).get_end_time())
    316.0
    """

    joins_along_time = True

    def __init__(
        self,
        steps_per_beat: int = 4,
        silence: int = 16,
        tempo: float = 120.0,
        program: int = 0,
        errors: str = "raise",
    ) -> None:
        self.steps_per_beat = steps_per_beat
        self.silence = silence
        self.tempo = tempo
        self.program = program
        self.errors = errors

    def fit(self, X: Any, y: Any = None) -> "PianoRoll":
        """Learn the range of the tunes.

        Parameters
        ----------
        X : str, path-like, or list of str, path-like, binary file, pretty_midi.PrettyMIDI, \
                mido.MidiFile, symusic.Score or music21 stream
            MIDI files or their paths, or tunes; a folder stands for the ".mid" and ".midi" files
            in it, at any depth.
        y : None
            Ignored.

        Returns
        -------
        self : PianoRoll

        Raises
        ------
        FileNotFoundError, ValueError
            Where a file cannot be read, with its path, or none has a note.

        Warns
        -----
        AudioFileWarning
            For each tune that cannot be read, with ``errors="warn"``.
        """
        self.fit_transform(X)
        return self

    def fit_transform(self, X: Any, y: Any = None) -> np.ndarray:
        """Learn the range of tunes, and return their frames; files are read once.

        Parameters
        ----------
        X : str, path-like, or list of tunes
            As in `fit`.
        y : None
            Ignored.

        Returns
        -------
        frames : ndarray of shape (n_frames, 2 * (high_ - low_ + 1)), float32
            As `transform` returns them.
        """
        check_parameters(self, _CONSTRAINTS)
        tunes = self._all_steps(X)
        pitches = np.concatenate([steps[:, 2] for steps in tunes])
        if len(pitches) == 0:
            raise ValueError("None of the tunes has a note that is no drum.")
        self.low_, self.high_ = int(pitches.min()), int(pitches.max())
        return self._frames(tunes)

    def transform(self, X: Any) -> np.ndarray:
        """Return the frames of tunes, one after the other.

        Parameters
        ----------
        X : str, path-like, or list of tunes
            As in `fit`.

        Returns
        -------
        frames : ndarray of shape (n_frames, 2 * (high_ - low_ + 1)), float32
            Of 0 and 1.

        Warns
        -----
        UserWarning
            Where notes lie outside the range of `fit`; they are left out.
        """
        check_is_fitted(self)
        check_parameters(self, _CONSTRAINTS)
        tunes = self._all_steps(X)
        n_outside = sum(np.sum((s[:, 2] < self.low_) | (s[:, 2] > self.high_)) for s in tunes)
        if n_outside:
            warnings.warn(
                f"{n_outside} note(s) lie outside the pitches {self.low_} to {self.high_} of the "
                "tunes that PianoRoll was fitted on, and are left out.",
                stacklevel=2,
            )
        return self._frames(tunes)

    def inverse_transform(self, X: npt.ArrayLike) -> Any:
        """Return the tune of frames.

        Parameters
        ----------
        X : array-like of shape (n_frames, d) or (n_samples, n_frames, d)
            Frames; numbers above 0.5 count as 1. A pitch begins where its second number is 1,
            or where it sounds and did not sound in the frame before.

        Returns
        -------
        tune : pretty_midi.PrettyMIDI, or list of them
            One for each sample. Velocities are 100.
        """
        check_is_fitted(self)
        X = np.asarray(X)
        n_pitches = self.high_ - self.low_ + 1
        if X.ndim not in (2, 3) or X.shape[-1] != 2 * n_pitches:
            raise ValueError(
                f"PianoRoll.inverse_transform needs frames of {2 * n_pitches} numbers, of shape "
                f"(n_frames, d) or (n_samples, n_frames, d). Got {X.shape}."
            )
        return self._tune(X) if X.ndim == 2 else [self._tune(frames) for frames in X]

    def inverse_transform_sequence(self, X: npt.ArrayLike) -> list:
        """Return the tunes of generated frames.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_frames, d)
            The frames of each sample, in their order.

        Returns
        -------
        tunes : list of pretty_midi.PrettyMIDI
            One for each sample.
        """
        X = np.asarray(X)
        return self.inverse_transform(X.reshape(*X.shape[:2], -1))

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Return the names of a frame's numbers.

        Parameters
        ----------
        input_features : None
            Ignored.

        Returns
        -------
        names : ndarray of str
            "sounds_60" and so on for each pitch, then "begins_60" and so on.
        """
        check_is_fitted(self)
        pitches = range(self.low_, self.high_ + 1)
        names = [f"{what}_{pitch}" for what in ("sounds", "begins") for pitch in pitches]
        return np.array(names, dtype=object)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        tags.transformer_tags.preserves_dtype = []
        return tags

    def _all_steps(self, X: Any) -> list[np.ndarray]:
        """Return the steps of all tunes that can be read."""
        found, tunes = [], _listed(X, self.errors)
        for tune in tunes:
            try:
                found.append(self._steps(tune))
            except (OSError, ValueError) as error:
                if self.errors == "raise":
                    raise
                _left_out(error)
        if not found:
            raise ValueError(f"None of the {len(tunes)} tunes can be read; the warnings say why.")
        return found

    def _steps(self, source: Any) -> np.ndarray:
        """Return a tune's notes as rows of first step, step after the last, and pitch."""
        tune = read_midi(source)
        notes = [note for track in tune.instruments if not track.is_drum for note in track.notes]
        step = tune.resolution / self.steps_per_beat
        ticks = [(tune.time_to_tick(n.start), tune.time_to_tick(n.end), n.pitch) for n in notes]
        rows = np.array(ticks, dtype=float).reshape(-1, 3)
        rows[:, :2] = np.rint(rows[:, :2] / step)
        rows[:, 1] = np.maximum(rows[:, 1], rows[:, 0] + 1)  # the shortest note is one step
        return rows[np.argsort(rows[:, 0], kind="stable")].astype(int)

    def _frames(self, tunes: list[np.ndarray]) -> np.ndarray:
        """Return the frames of tunes, given as rows of steps, one after the other."""
        lengths = [self.silence + int(steps[:, 1].max(initial=0)) for steps in tunes]
        n_pitches = self.high_ - self.low_ + 1
        frames = np.zeros((sum(lengths), 2, n_pitches), np.float32)
        starts = np.cumsum([0, *lengths[:-1]]) + self.silence
        for start, steps in zip(starts, tunes, strict=True):
            for first, last, pitch in steps:
                if self.low_ <= pitch <= self.high_:
                    frames[start + first : start + last, 0, pitch - self.low_] = 1
                    frames[start + first, 1, pitch - self.low_] = 1
        return frames.reshape(len(frames), -1)

    def _tune(self, frames: np.ndarray) -> Any:
        """Return the PrettyMIDI of frames."""
        import pretty_midi

        check_parameters(self, _CONSTRAINTS)
        present = frames.reshape(len(frames), 2, -1) > _THRESHOLD
        begins = present[:, 1]
        sounds = present[:, 0] | begins
        before = np.concatenate([np.zeros_like(sounds[:1]), sounds[:-1]])
        begins = begins | (sounds & ~before)
        stops = np.concatenate([begins[1:] | ~sounds[1:], np.ones_like(sounds[:1])])
        tune = pretty_midi.PrettyMIDI(initial_tempo=self.tempo)
        track = pretty_midi.Instrument(self.program)
        second = 60 / self.tempo / self.steps_per_beat
        for first, pitch in zip(*np.nonzero(begins), strict=True):
            last = first + int(np.argmax(stops[first:, pitch])) + 1
            note = pretty_midi.Note(100, int(self.low_ + pitch), first * second, last * second)
            track.notes.append(note)
        tune.instruments.append(track)
        return tune


def _listed(X: Any, errors: str) -> list:
    """Return tunes as a list, in which a folder is its files; refuse a single tune.

    A path would be read letter by letter, and others note by note.
    """
    if isinstance(X, str | os.PathLike) and os.path.isdir(X):
        X = [X]
    library = type(X).__module__.partition(".")[0]
    is_one = isinstance(X, str | os.PathLike) or hasattr(X, "read") or library in _LIBRARIES
    if is_one or not hasattr(X, "__iter__"):
        raise ValueError(
            "X must be a list of tunes (paths of MIDI files, or pretty_midi.PrettyMIDI objects) "
            f"or a folder. Got {type(X).__name__}; put it into a list."
        )
    tunes = [tune for source in X for tune in _in_folder(source, errors)]
    if not tunes:
        raise ValueError("X has no tunes: give at least one.")
    return tunes


def _left_out(fault: Exception) -> None:
    """Warn of a file or folder that is not read."""
    warn_user(f"Left out: {fault}", AudioFileWarning)


def _in_folder(tune: Any, errors: str) -> list:
    """Return the MIDI files of a folder, or what is none as it is."""
    if isinstance(tune, str | os.PathLike) and os.path.isdir(tune):
        return files_below(tune, MIDI_SUFFIXES, None if errors == "raise" else _left_out)
    return [tune]


_CONSTRAINTS = {
    "steps_per_beat": Interval(numbers.Integral, 1, None),
    "silence": Interval(numbers.Integral, 0, None),
    "tempo": Interval(numbers.Real, 0, None, closed="neither"),
    "program": Interval(numbers.Integral, 0, 127, closed="both"),
    "errors": Options("raise", "warn"),
}
