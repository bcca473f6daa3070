"""The notes of a MIDI file by parts, with pedal, bends and volume."""

import copy
import itertools
from collections.abc import Iterable, Iterator
from operator import itemgetter
from typing import Any

import numpy as np
import pandas as pd

from audiogen.io import read_midi
from audiogen.music._controls import Controls
from audiogen.music._instruments import Instrument, instrument_names, load_instrument
from audiogen.music._score import family_of_program

__all__ = ["midi_parts", "named_tune"]

_PEDAL, _VOLUME, _EXPRESSION = 64, 7, 11
_DOWN = 64  # of the pedal
_FULL, _USUAL = 127.0, 100.0  # of controllers: expression and volume where none is set
_FULL_BEND = 8192.0  # value of the pitch wheel
_NUMBER_HIGH, _NUMBER_LOW, _DATA, _DATA_FINE = 101, 100, 6, 38  # what sets a bend's range
_OTHER_NUMBERS = (98, 99)  # of parameters that are not registered
_NONE = 127  # the number of no parameter
# Programs that are more like another instrument than like the nearest of their family.
_LIKE = {
    14: "vibraphone", 23: "accordion", 44: "strings", 59: "trumpet", 67: "saxophone",
    110: "violin", 112: "glockenspiel",
}  # fmt: skip


def midi_parts(source: Any) -> tuple[pd.DataFrame, dict[str, Instrument], dict[str, int]]:
    """Return the notes of a MIDI file, and the instrument and the program of each part.

    Parameters
    ----------
    source : str, path-like or pretty_midi.PrettyMIDI
        The tune.

    Returns
    -------
    notes : DataFrame
        Onset and duration in seconds, pitch (with the bend at the onset), velocity, gain (of
        volume and expression at the onset), controls (what changes while a note sounds) and
        part. Notes sound for as long as the pedal is down. Names of parts differ in more than
        case, as those of files must.
    instruments : dict of str to Instrument
        The instrument that is most like the program of each part but the drums.
    programs : dict of str to int
        The General MIDI program of each part but the drums.

    Raises
    ------
    ValueError
        Where there are no notes.
    """
    tracks = list(_named_tracks(read_midi(source)))
    if not tracks:
        raise ValueError("There are no notes to play in the MIDI file: give one that has some.")
    programs = {part: track.program for part, track in tracks if not track.is_drum}
    instruments = {part: _instrument_of(program) for part, program in programs.items()}
    tables = [_notes_of(track).assign(part=part) for part, track in tracks]
    return pd.concat(tables, ignore_index=True), instruments, programs


def named_tune(tune: Any) -> Any:
    """Return a tune whose tracks, those with notes, have the names of their parts.

    Parameters
    ----------
    tune : pretty_midi.PrettyMIDI
        The tune, which is not changed.

    Returns
    -------
    named : pretty_midi.PrettyMIDI
    """
    named = copy.copy(tune)
    named.instruments = []
    for part, track in _named_tracks(tune):
        named.instruments.append(copy.copy(track))
        named.instruments[-1].name = part
    return named


def _named_tracks(tune: Any) -> Iterator[tuple[str, Any]]:
    """Yield the tracks of a tune that have notes, with the names of their parts."""
    taken: list[str] = []
    for number, track in enumerate(tune.instruments):
        if track.notes:
            part = "drums" if track.is_drum else _part_name(track.name, number, taken)
            taken.append(part)
            yield part, track


def _part_name(name: str, number: int, others: Iterable[str]) -> str:
    """Return the name of a track, or its number, or a later one, where it has none of its own."""
    name = "".join(c if c.isalnum() or c in " -_" else "_" for c in name).strip()
    taken = {"", "drums", *(other.casefold() for other in others)}
    names = itertools.chain([name], (f"track {n}" for n in itertools.count(number + 1)))
    return next(free for free in names if free.casefold() not in taken)


def _instrument_of(program: int) -> Instrument:
    """Return the instrument of a program, or the nearest one of its family."""
    if program in _LIKE:
        return load_instrument(_LIKE[program])
    known = [load_instrument(name) for name in instrument_names()]
    family = family_of_program(program)
    return min(
        known,
        key=lambda i: (i.program != program, i.family != family, abs(i.program - program)),
    )


def _notes_of(track: Any) -> pd.DataFrame:
    """Return the notes of a track."""
    onset = np.array([note.start for note in track.notes])
    end = np.array([note.end for note in track.notes])
    pitch = np.array([note.pitch for note in track.notes], dtype=float)
    velocity = np.array([note.velocity for note in track.notes], dtype=float)
    controls = _controls(track)
    if not track.is_drum:
        end = _pedalled(end, track.control_changes)
        pitch = pitch + controls.bend(onset)
    return pd.DataFrame(
        {
            "onset": onset, "duration": np.maximum(end - onset, 1e-3), "pitch": pitch,
            "velocity": velocity, "gain": controls.gain(onset), "controls": controls,
        }
    )  # fmt: skip


def _controls(track: Any) -> Controls:
    """Return the controllers of a track."""
    values = {
        number: [(c.time, c.value / usual) for c in track.control_changes if c.number == number]
        for number, usual in ((_VOLUME, _USUAL), (_EXPRESSION, _FULL))
    }
    wheel = [(bend.time, bend.pitch / _FULL_BEND) for bend in track.pitch_bends]
    return Controls(wheel, _bend_ranges(track), values[_VOLUME], values[_EXPRESSION])


def _bend_ranges(track: Any) -> list[tuple[float, float]]:
    """Return when registered parameter 0 sets the range of bends, and to how many semitones."""
    number = {_NUMBER_HIGH: _NONE, _NUMBER_LOW: _NONE}
    data = {_DATA: 2, _DATA_FINE: 0}
    ranges = []
    for change in sorted(track.control_changes, key=lambda c: c.time):
        if change.number in _OTHER_NUMBERS:
            number = dict.fromkeys(number, _NONE)
        elif change.number in number:
            number[change.number] = change.value
        elif change.number in data and not any(number.values()):
            data[change.number] = change.value
            ranges.append((change.time, data[_DATA] + data[_DATA_FINE] / 100))
    return ranges


def _pedalled(ends: np.ndarray, changes: list[Any]) -> np.ndarray:
    """Return when notes end: where the pedal is down, as it comes up."""
    pedal = [(c.time, c.value >= _DOWN) for c in changes if c.number == _PEDAL]
    pedal.sort(key=itemgetter(0))  # by time alone: of two at once the later holds
    ends = ends.copy()
    down = None
    for time, is_down in [*pedal, (np.inf, False)]:
        if down is None:
            down = time if is_down else None
        elif not is_down:
            held = (ends >= down) & (ends < time)
            ends[held] = time if np.isfinite(time) else ends.max()
            down = None
    return ends
