"""The command ``sample``: new notes, or more of a recording, of a trained model."""

import argparse
import itertools
import pathlib
import re
from typing import Any

from audiogen.cli._options import BeforeWords, add_out, add_seed, add_sound_file, count, within

__all__ = ["add_parser", "run"]

_OPUS_RATE = 48000
_NEAR, _DRAWN = 6, 1000  # semitones from a pitch; conditions of which some are so near
_NAME = r"[A-Ga-g][#b]?-?\d"


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """Add the command to the command line."""
    command = commands.add_parser(
        "sample",
        help="make new notes, or more of a recording, with a trained model",
        description="Generate notes, or more of the recordings that were learnt. Without --pitch "
        "and --family notes are drawn as often as they were trained on; with several of both, "
        "every family plays every pitch. WAV files of notes are an NSynth corpus; other formats, "
        "and recordings, lie in a folder for each family.",
    )
    command.add_argument(
        "model", nargs="*", action="extend", metavar="MODEL",
        help="what fit wrote; after --family its name must end in .skops",
    )  # fmt: skip
    command.add_argument(
        "-n", "--number", type=count,
        help="notes to make (8), or notes of each --pitch (1); recordings (1)",
    )  # fmt: skip
    command.add_argument(
        "--pitch", action=BeforeWords, read=_pitch, looks=rf"-?\d+|{_NAME}", words="model",
        default=[], help="MIDI pitches or their names; 60 and C4 are middle C",
    )  # fmt: skip
    command.add_argument(
        "--family", action=BeforeWords, read=str, looks=r".*(?<!\.skops)", words="model",
        default=[], help="instrument families, such as organ; of recordings, styles",
    )  # fmt: skip
    command.add_argument(
        "--seconds", type=within(0.1, 3600), metavar="S",
        help="length of what is made by a model of recordings (30)",
    )  # fmt: skip
    command.add_argument(
        "--prompt", type=pathlib.Path, metavar="FILE",
        help="sound file that a model of recordings goes on with",
    )  # fmt: skip
    command.add_argument(
        "--words", metavar="TEXT",
        help='what the notes are like, such as "a dark soft bell", for a model of captions '
        "(fit --recipe captioned_notes); without --pitch they are those of notes like it",
    )  # fmt: skip
    add_sound_file(command, rate="that of the model; for opus 48000", loudness=None)
    add_out(command, "audiogen-out")
    add_seed(command)
    return command


def run(arguments: argparse.Namespace) -> None:
    """Sample a saved model into a folder."""
    from audiogen.cli._notes import load_model, refuse_full, write_notes
    from audiogen.cli._recordings import is_recording_model, sample_recordings
    from audiogen.io import check_clip_format
    from audiogen.utils.files import atomic_folder

    folder = arguments.out
    refuse_full(folder)
    model = load_model(_path(arguments.model))
    usual = _OPUS_RATE if arguments.format == "opus" else model.sample_rate
    rate = arguments.sample_rate or usual
    check_clip_format(f"A sound as .{arguments.format}", rate)
    sample = sample_recordings if is_recording_model(model) else _sample_notes
    sounds, wanted = sample(model, arguments)
    sounds = [_finished(sound, model.sample_rate, rate, arguments.loudness) for sound in sounds]
    with atomic_folder(folder) as temporary:
        write_notes(temporary, sounds, wanted, rate, arguments, arguments.format)
    plural = "s" if len(sounds) > 1 else ""
    print(
        f"Wrote {len(sounds)} sound{plural} to {folder / 'audio'}, pictures to "
        f"{folder / 'pictures'}."
    )


def _sample_notes(model: Any, arguments: argparse.Namespace) -> tuple[Any, Any]:
    """Return notes, and the table of their conditions."""
    from audiogen.cli._captions import named_by_words
    from audiogen.cli._notes import family_column
    from audiogen.exceptions import UnknownWordsWarning
    from audiogen.utils.silence import silenced

    given = {"--seconds": arguments.seconds, "--prompt": arguments.prompt}
    if words := [name for name, value in given.items() if value is not None]:
        raise ValueError(
            f"The model was trained on notes, which are as long as those learnt and follow none: "
            f"leave {' and '.join(words)} out, or fit recordings with --recipe continuation."
        )
    pitches = arguments.pitch * (arguments.number or 1)
    number = len(pitches) or arguments.number or 8
    drawn = _drawn(model[-1].conditions_, number, pitches, arguments.words, arguments.seed)
    wanted = _wanted(drawn, pitches, arguments.family, family_column(drawn))
    asked = {"n_samples": number} if wanted.empty else {"y": wanted}
    with silenced(UnknownWordsWarning):  # what was understood has been printed
        notes = model.sample(**asked, random_state=arguments.seed)
    return notes, named_by_words(wanted, model[-1].text)


def _drawn(conditions: Any, number: int, pitches: list[int], words: str | None, seed: int) -> Any:
    """Return conditions of notes, as often as trained on: near pitches, or like words."""
    import pandas as pd

    from audiogen.utils.seeds import Stream, make_rng

    text = None if conditions is None else conditions.text
    if words is not None and text is None:
        raise ValueError(
            "The model was trained without captions: leave --words out, or train one by "
            "audiogen fit --recipe captioned_notes."
        )
    if conditions is None:
        return pd.DataFrame(index=range(number))
    rng = make_rng(seed, Stream.CONDITION)
    drawn = conditions.draw(number, rng)
    if words is not None:
        drawn = _like(conditions.draw(_DRAWN, rng), words, conditions, number, rng)
    if pitches and "pitch" in conditions.ranges_:
        drawn = _near(conditions.draw(_DRAWN, rng), pitches, rng)
    return drawn if words is None else drawn.assign(**{str(text): words})


def _like(drawn: Any, words: str, conditions: Any, number: int, rng: Any) -> Any:
    """Return conditions whose captions are like words, of those drawn; say what they mean."""
    from audiogen.cli._captions import nearest_conditions, understood

    print(understood(words, conditions.text_encoder_))
    near = nearest_conditions(drawn, words, conditions)
    return near.iloc[rng.integers(len(near), size=number)].reset_index(drop=True)


def _near(drawn: Any, pitches: list[int], rng: Any) -> Any:
    """Return for each pitch one of the conditions drawn that was trained on near it."""
    import numpy as np

    rows = []
    for pitch in pitches:
        away = np.abs(drawn["pitch"].to_numpy() - pitch)
        rows.append(rng.choice(np.flatnonzero(away <= max(_NEAR, away.min()))))
    return drawn.iloc[rows].reset_index(drop=True)


def _finished(note: Any, rate: int, wanted_rate: int, wanted_loudness: float | None) -> Any:
    """Return a sound at another sample rate and loudness, within full scale."""
    from audiogen.signal import limit_peak, master, resample

    note = resample(note, rate, wanted_rate)
    if wanted_loudness is None:
        return limit_peak(note, 1.0)
    return master(note, wanted_rate, loudness=wanted_loudness, ratio=1).audio


def _pitch(text: str) -> int:
    """Return a MIDI pitch."""
    from audiogen.signal import named_pitches

    try:
        return int(text) if re.fullmatch(r"-?\d+", text) else int(named_pitches(text))
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"must be whole numbers or names such as C4 and F#3, not {text!r}"
        ) from None


def _path(models: list[str]) -> pathlib.Path:
    """Return the path of the one model."""
    if len(models) != 1:
        given = f"Got {', '.join(models)}" if models else "Got none"
        raise ValueError(
            f"sample needs one MODEL, what fit wrote. {given}: give it before the options, or by "
            "a name that ends in .skops."
        )
    return pathlib.Path(models[0])


def _wanted(drawn: Any, pitches: list[int], families: list[str], column: str | None) -> Any:
    """Return the conditions wanted: every family at every pitch, the rest as drawn."""
    import pandas as pd

    if pitches and "pitch" not in drawn:
        raise ValueError("The model was trained on sounds without a pitch: leave --pitch out.")
    if families and column is None:
        raise ValueError("The model was trained on no families: leave --family out.")
    if pitches and families:
        drawn = pd.concat([drawn] * len(families), ignore_index=True)
        families = [family for family in families for _ in pitches]
        pitches = pitches * (len(families) // len(pitches))
    if pitches:
        drawn = drawn.assign(pitch=pitches)
    if families:
        drawn = drawn.assign(**{str(column): _cycled(families, len(drawn))})
    return drawn


def _cycled(values: list[str], n_rows: int) -> list[str]:
    """Return values one after the other, as many as there are rows."""
    return list(itertools.islice(itertools.cycle(values), n_rows))
