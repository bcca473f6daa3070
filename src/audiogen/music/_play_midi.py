"""A MIDI file played, mixed and mastered."""

import numbers
import os
import pathlib
import tempfile
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from audiogen.io import Score, read_midi, write_midi
from audiogen.music._casting import (
    Role,
    cast_drums,
    cast_parts,
    is_played,
    kit_generator,
    voices_of,
    warn_of_moved,
)
from audiogen.music._checks import gap_faults, level_faults
from audiogen.music._clip import Clip
from audiogen.music._clip_info import describe_sound, describe_tune
from audiogen.music._finish import refuse_fades_of_loop, refuse_too_long, seconds_of
from audiogen.music._instruments import Instrument
from audiogen.music._midi_parts import midi_parts, named_tune
from audiogen.music._mix import pitched_generator
from audiogen.music._mixdown import SOUND, mix_down
from audiogen.music._named_voices import named_voices
from audiogen.music._pretrained import own_sounds, pretrained
from audiogen.music._styles import Voice
from audiogen.utils.seeds import draw_seed
from audiogen.utils.validation import Instance, Interval, Options, check_parameters, warn_user

__all__ = ["play_midi"]

_TAIL = 1.5  # seconds after the last note
_BYTES, _BYTES_OF_PART = 40, 8  # of memory that a sample of the clip takes
_PANS = (0.0, -0.3, 0.3, -0.5, 0.5)  # of the parts in turn; basses and drums stay in the middle
_LOW = 50.0  # mean pitch below which a part is a bass
_OF_NO_KIND = {47, 55, *range(96, 104), *range(112, 128)}  # programs that no voice is like
_CONSTRAINTS = {
    "seconds": (Options(None), Interval(numbers.Real, 0.4, None)),  # loudness needs so much
    "loop": Instance((bool, np.bool_), "a bool"),
    **SOUND,
}


def play_midi(
    source: Any,
    *,
    seconds: float | None = None,
    loop: bool = False,
    model: Any = None,
    drum_kit: Any = None,
    programs: Mapping[int, str] | None = None,
    sample_rate: int = 44100,
    loudness: float = -14.0,
    fade_in: float = 0.0,
    fade_out: float | None = None,
    random_state: Any = None,
) -> Clip:
    """Play a MIDI file as a mixed and mastered stereo clip.

    Drums, the sustain pedal, pitch bends, volume and expression are heard. Each part is played
    by the voice most like its instrument, of several the one that reaches most of its notes;
    notes out of reach are moved by octaves.

    Parameters
    ----------
    source : str, path-like or pretty_midi.PrettyMIDI
        The tune.
    seconds : float, default=None
        Length of the clip; None takes that of the tune, and 1.5 s after it unless it loops. The
        voices are chosen for the whole tune, even if the clip is shorter.
    loop : bool, default=False
        Whether the clip repeats without a seam.
    model, drum_kit : estimator, default=None
        Fitted pipelines that play the notes and the drums; None takes the pretrained ones.
    programs : dict of int to str, default=None
        What plays General MIDI programs, in place of the most similar: categories of the model,
        or words for instruments or families, as in `sample_instrument`.
    sample_rate : int, default=44100
        Sampling rate of the clip, in Hz.
    loudness : float, default=-14.0
        Integrated loudness of the clip, in LUFS.
    fade_in : float, default=0.0
        Length of the fade at the beginning, in seconds.
    fade_out : float, default=None
        Length of the fade at the end, in seconds; None lets each part die away there, in 0.3 to
        1.4 s after its last onset.
    random_state : int, RandomState or None, default=None
        Seed of the sounds.

    Returns
    -------
    clip : Clip
        It has a stem for each track that begins within its length, named after the track. Its
        MIDI file has what is heard of the tune, with all controllers and changes of tempo; its
        score is that file as `audiogen.io.Score.read` reads it. The "key" and "metre" of its
        `info` are those that `source` states, and None where it states none.

    Raises
    ------
    ValueError
        Where the file cannot be read or has no notes, or none that begins within `seconds`; for
        names that the model has no voice for; for models of an unknown sample rate; and for a
        clip that takes more memory than the machine has: at 44100 Hz two megabytes a second, and
        for each part a third of one.

    Warns
    -----
    UserWarning
        Once for all programs that the model has no voice for, with what plays them, and once
        for all notes that are moved by octaves.

    Examples
    --------
    >>> from audiogen.datasets import load_tunes
    >>> from audiogen.music import play_midi
    >>> clip = play_midi(load_tunes().filenames[8], seconds=3, random_state=0)
    >>> clip.audio.shape
    (132300, 2)
    """
    check_parameters("play_midi", _CONSTRAINTS, locals())
    refuse_fades_of_loop(loop, fade_in, fade_out)
    tune = read_midi(source)
    notes, instruments, program_of = midi_parts(tune)
    model = pretrained("voices") if model is None else model
    kit = pretrained("drums") if drum_kit is None else drum_kit
    conditions = pitched_generator(model, "play_midi").conditions_
    drum_conditions = kit_generator(kit, "play_midi").conditions_
    fixed, words = _fixed(program_of, programs or {}, voices_of(conditions))
    instruments |= words
    roles = cast_parts(notes, instruments, conditions, fixed=fixed, model=model)
    places = _places(notes)
    if seconds is None:
        seconds = seconds_of(notes, 0.0 if loop else _TAIL)
    notes = _parts_heard(notes, seconds, round(seconds * sample_rate) / sample_rate)
    refuse_too_long(seconds, sample_rate * (_BYTES + _BYTES_OF_PART * notes.part.nunique()))
    roles = {part: role for part, role in roles.items() if part in set(notes.part)}
    _warn_of_lacking(
        (program_of[part], role.voice)
        for part, role in roles.items()
        if part not in fixed
        and (program_of[part] in _OF_NO_KIND or not is_played(instruments[part], conditions))
    )
    warn_of_moved(notes, roles)
    seed = draw_seed(random_state)
    drums = None
    if "drums" in set(notes.part):
        drums = cast_drums(notes, drum_conditions)
    mixed = mix_down(
        notes, places, roles, drums, model, kit, sample_rate=sample_rate,
        n_timesteps=round(seconds * sample_rate), target=loudness,
        fades=(fade_in, fade_out), loop=loop, seed=seed,
    )  # fmt: skip
    score, midi = _score_and_file(tune, _title_of(source), seconds)
    info = describe_tune(score, tune, seconds=seconds, loop=loop) | describe_sound(
        mixed.mastered, roles=roles, instruments={p: i.name for p, i in instruments.items()},
        drums=drums, models=(), own=own_sounds(model, kit), sample_rate=sample_rate,
        faults=[
            *level_faults(mixed.mastered, loudness), *gap_faults(mixed.mastered.audio, sample_rate)
        ], seed=seed,
    )  # fmt: skip
    own = {part: program_of[part] for part in roles}
    return Clip(mixed.mastered.audio, sample_rate, mixed.stems, score, info, own, midi)


def _title_of(source: Any) -> str:
    """Return what the clip of a tune is called."""
    return pathlib.Path(source).stem if isinstance(source, str | os.PathLike) else "MIDI"


def _score_and_file(tune: Any, title: str, seconds: float) -> tuple[Score, bytes]:
    """Return what is heard of a tune, as a score and as a MIDI file."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "clip.mid"
        write_midi(named_tune(tune), path, title=title, seconds=seconds)
        return Score.read(path), path.read_bytes()


def _parts_heard(notes: pd.DataFrame, seconds: float, end: float) -> pd.DataFrame:
    """Return the notes of the parts that begin before the end of the clip."""
    begins = notes.groupby("part").onset.transform("min")
    if begins.min() >= end:
        raise ValueError(
            f"No note begins before seconds={seconds:g}: the first one begins at "
            f"{begins.min():.3f} s. Give play_midi more seconds."
        )
    return notes[begins < end].reset_index(drop=True)


def _fixed(
    own: Mapping[str, int], programs: Mapping[int, str], voices: list[Role]
) -> tuple[dict[str, list[Role]], dict[str, Instrument]]:
    """Return the voices of each part whose program has some by the caller's word.

    Where that is a word for an instrument, there is that instrument too.
    """
    for program in programs:
        if program not in own.values():
            raise ValueError(
                f"programs has {program}, which no part of the tune has: it has "
                f"{', '.join(map(str, sorted(set(own.values()))))}."
            )
    named = {
        part: named_voices(programs[program], voices)
        for part, program in own.items()
        if program in programs
    }
    words = {part: word for part, (_, word) in named.items() if word is not None}
    return {part: able for part, (able, _) in named.items()}, words


def _warn_of_lacking(lacking: Iterable[tuple[int, str]]) -> None:
    """Say which programs the model has no voice for, and what plays them."""
    from pretty_midi import program_to_instrument_name

    named = [
        f"{program} ({program_to_instrument_name(program)}) by {voice}"
        for program, voice in sorted(set(lacking))
    ]
    if named:
        warn_user(
            "The model has no voice for some programs of the tune, which others play: "
            f"{', '.join(named)}. Say with programs what else should play them."
        )


def _places(notes: pd.DataFrame) -> dict[str, Voice]:
    """Return where parts stand: spread out, as loud as their notes say."""
    places, number = {}, 0
    for part, own in notes.groupby("part", sort=False):
        strength = np.mean(np.square(own.velocity / 100) * own.gain)
        level = 20 * np.log10(max(float(strength), 1e-3))
        middle = part == "drums" or own.pitch.mean() < _LOW
        places[str(part)] = Voice((), 0.0 if middle else _PANS[number % len(_PANS)], level)
        number += not middle
    return places
