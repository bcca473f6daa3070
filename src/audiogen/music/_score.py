"""The table of notes to play, checked, from a DataFrame or from MIDI."""

import logging
import os
from typing import Any

import numpy as np
import pandas as pd

from audiogen.io import midi_files, read_midi
from audiogen.signal import named_pitches
from audiogen.utils.columns import is_named, read_columns
from audiogen.utils.names import did_you_mean
from audiogen.utils.validation import check_midi_pitch

__all__ = ["family_of_program", "read_score"]

# NSynth's family for each General MIDI program: that of the nearest key at or below it.
_FAMILIES = {
    0: "keyboard", 8: "mallet", 16: "organ", 24: "guitar", 32: "bass", 40: "string",
    47: "mallet", 48: "string", 52: "vocal", 55: "string", 56: "brass", 64: "reed",
    72: "flute", 80: "synth_lead", 104: "guitar", 108: "mallet", 109: "reed", 110: "string",
    111: "reed", 112: "mallet", 120: "synth_lead",
}  # fmt: skip
_BETWEEN = 1.0  # seconds of silence between the tunes of a folder
_REQUIRED = ("onset", "duration", "pitch")


def read_score(
    notes: Any,
    conditions: list[str],
    categories: dict[str, Any],
    programs: dict | None = None,
) -> pd.DataFrame:
    """Return notes as a table, in the order of their onsets.

    Parameters
    ----------
    notes : DataFrame, record array, dict of columns, list of dict, str, path-like or \
            pretty_midi.PrettyMIDI
        As `audiogen.render` takes them.
    conditions : list of str
        Names of the generator's conditions.
    categories : dict of str to ndarray or None
        The categories of each condition that has any.
    programs : dict, default=None
        For MIDI: categories of General MIDI programs, by number or by name.

    Returns
    -------
    score : DataFrame
        With the columns onset, duration, pitch, velocity (NaN where it is not given), gain, voice
        (str), pan, where `notes` has it, and the conditions. Where a voice repeats a pitch that
        still sounds, the earlier note ends.

    Raises
    ------
    ValueError
        Where there are no notes, columns are missing, or values cannot be played.
    """
    chosen = [name for name in conditions if name not in ("pitch", "velocity")]
    if isinstance(notes, list):
        notes = pd.DataFrame(notes)
    if is_named(notes):
        notes = _as_pandas(notes)
        score = notes if notes.empty else _from_frame(notes, chosen)
    else:
        programs = _checked_programs(programs or {})
        score = _one_by_one([_from_midi(t, chosen, categories, programs) for t in _tunes(notes)])
    if score.empty:
        raise ValueError("There are no notes to play: give at least one; drums do not count.")
    _refuse_unplayable(score)
    score["voice"] = score["voice"].astype(str)
    return _end_repeated(score.sort_values(["onset", "duration"], kind="stable"))


def _as_pandas(notes: Any) -> pd.DataFrame:
    """Return a table as a DataFrame of pandas; a scalar of a dict holds for all notes."""
    columns = {name: column.values for name, column in read_columns(notes).items()}
    if "pitch" in columns:
        columns["pitch"] = np.asarray(named_pitches(columns["pitch"]))
    n_notes = max(map(len, columns.values()), default=0)
    scalars = [name for name, values in columns.items() if len(values) == 1]
    return pd.DataFrame({**columns, **{name: columns[name].repeat(n_notes) for name in scalars}})


def _from_frame(notes: pd.DataFrame, chosen: list[str]) -> pd.DataFrame:
    """Return the score of a table of notes."""
    missing = [name for name in (*_REQUIRED, *chosen) if name not in notes]
    if missing:
        raise ValueError(
            f"notes has no column {', '.join(map(repr, missing))}. It needs "
            f"{', '.join((*_REQUIRED, *chosen))}; it has {', '.join(map(str, notes.columns))}."
        )
    score = notes[[*_REQUIRED, *chosen]].copy()
    for name in chosen:
        lost = np.flatnonzero(score[name].isna())
        if len(lost):
            raise ValueError(
                f"The {name} of note {lost[0]} is missing; fill it in or drop that row."
            )
    score["velocity"] = notes.get("velocity", np.nan)
    score["gain"] = notes.get("gain", 1.0)
    if "pan" in notes:
        score["pan"] = notes["pan"]
    if "voice" in notes:
        score["voice"] = notes["voice"]
    else:
        score["voice"] = score[chosen].astype(str).agg("/".join, axis=1) if chosen else ""
    return score.reset_index(drop=True)


def _tunes(source: Any) -> list:
    """Return the tunes of a folder, or the one that there is."""
    if not (isinstance(source, str | os.PathLike) and os.path.isdir(source)):
        return [read_midi(source)]
    return [read_midi(path) for path in midi_files(source)]


def _one_by_one(scores: list[pd.DataFrame]) -> pd.DataFrame:
    """Return scores one after the other."""
    begin = 0.0
    for score in scores:
        if not score.empty:
            score["onset"] += begin
            begin = (score["onset"] + score["duration"]).max() + _BETWEEN
    return pd.concat(scores, ignore_index=True)


def _from_midi(
    tune: Any, chosen: list[str], categories: dict[str, Any], programs: dict
) -> pd.DataFrame:
    """Return the score of a MIDI tune."""
    rows = []
    for i, track in enumerate(tune.instruments):
        if track.is_drum:
            logging.getLogger("audiogen").info("Drums have no pitch and are left out.")
            continue
        names = {name: _category(track, name, categories.get(name), programs) for name in chosen}
        for note in track.notes:
            rows.append(
                {
                    "onset": note.start,
                    "duration": note.end - note.start,
                    "pitch": note.pitch,
                    "velocity": note.velocity,
                    "gain": 1.0,
                    "voice": f"{i}/{'/'.join(map(str, names.values()))}",
                    **names,
                }
            )
    return pd.DataFrame(rows)


def family_of_program(program: int) -> str:
    """Return the family of instruments of NSynth that is most like a General MIDI program."""
    return _FAMILIES[max(first for first in _FAMILIES if first <= program)]


def _checked_programs(programs: dict) -> dict:
    """Return programs; refuse keys that are no General MIDI program, which would do nothing."""
    from pretty_midi.constants import INSTRUMENT_MAP

    for key in programs:
        if key not in range(128) and key not in INSTRUMENT_MAP:
            raise ValueError(
                f"programs has {key!r}, which is no General MIDI program. Give a number from 0 to "
                f"127, or a name such as 'Violin'.{did_you_mean(key, INSTRUMENT_MAP)}"
            )
    return programs


def _category(track: Any, condition: str, known: np.ndarray | None, programs: dict) -> Any:
    """Return the category of a generator's condition for a MIDI track's program."""
    import pretty_midi

    program = track.program
    title = pretty_midi.program_to_instrument_name(program)
    if program in programs or title in programs:
        found = programs.get(program, programs.get(title))
    elif condition == "instrument_family":
        found = family_of_program(program)
    else:
        found = title
    if known is not None and found not in known.tolist():
        raise ValueError(
            f"MIDI program {program} ({title}) stands for the {condition} {found!r}, which the "
            f"generator was not trained on. Say with programs what {program} is to be played by: "
            f"{', '.join(map(str, known[:40]))}{', ...' if len(known) > 40 else ''}."
            f"{did_you_mean(found, known)}"
        )
    return found


def _refuse_unplayable(score: pd.DataFrame) -> None:
    """Refuse numbers that cannot be played."""
    for name, low, strict, high in (
        ("onset", 0, False, np.inf),
        ("duration", 0, True, np.inf),
        ("pitch", -np.inf, False, np.inf),
        ("velocity", 0, False, 127),
        ("pan", -1, False, 1),
    ):
        if name not in score:
            continue
        values = pd.to_numeric(score[name], errors="coerce").astype(float)
        allowed = np.isfinite(values) & (values > low if strict else values >= low)
        allowed &= values <= high
        if name == "velocity":
            allowed |= score[name].isna()
        if not allowed.all():
            row = int(np.flatnonzero(~allowed)[0])
            bounds = {"pitch": "", "velocity": " from 0 to 127", "pan": " from -1 to 1"}
            bound = bounds.get(name, f" {'above' if strict else 'of at least'} 0")
            raise ValueError(
                f"The {name} of note {row} must be a finite number{bound}. Got "
                f"{score[name].iloc[row]}; repair that row or drop it."
            )
        score[name] = values
    check_midi_pitch(score["pitch"])


def _end_repeated(score: pd.DataFrame) -> pd.DataFrame:
    """Return notes that end where their voice repeats their pitch."""
    following = score.groupby(["voice", "pitch"], sort=False)["onset"].shift(-1)
    score["duration"] = np.fmin(score["duration"], following - score["onset"])
    return score[score["duration"] > 0].reset_index(drop=True)
