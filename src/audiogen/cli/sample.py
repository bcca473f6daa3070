"""The command ``sample``: new notes of a trained model."""

import argparse
import itertools
import pathlib
from typing import Any

from audiogen.cli._options import BeforeWords, add_out, add_seed, count

__all__ = ["add_parser", "run"]


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """Add the command to the command line."""
    command = commands.add_parser(
        "sample",
        help="make new notes with a trained model",
        description="Generate notes. Without --pitch and --family these are drawn as often as "
        "they were trained on; with several of both, every family plays every pitch.",
    )
    command.add_argument(
        "model", nargs="*", action="extend", metavar="MODEL",
        help="what fit wrote; after --family its name must end in .skops",
    )  # fmt: skip
    command.add_argument("-n", "--number", type=count, default=8,
                         help="notes to draw where no pitch is given (%(default)s)")  # fmt: skip
    command.add_argument(
        "--pitch", action=BeforeWords, read=_pitch, looks=r"-?\d+", words="model", default=[],
        help="MIDI pitches; 60 is middle C",
    )  # fmt: skip
    command.add_argument(
        "--family", action=BeforeWords, read=str, looks=r".*(?<!\.skops)", words="model",
        default=[], help="instrument families, such as organ",
    )  # fmt: skip
    add_out(command, "audiogen-out")
    add_seed(command)
    return command


def run(arguments: argparse.Namespace) -> None:
    """Sample a saved model into a folder."""
    from audiogen.cli._notes import load_note_model, new_folder, write_notes
    from audiogen.utils.seeds import Stream, make_rng

    model = load_note_model(_path(arguments.model))
    rng = make_rng(arguments.seed, Stream.CONDITION)
    drawn = model[-1].conditions_.draw(arguments.number, rng)
    wanted = _wanted(drawn, arguments.pitch, arguments.family)
    folder = new_folder(arguments.out)
    notes = model.sample(y=wanted, random_state=arguments.seed)
    write_notes(folder, notes, wanted, model.sample_rate, arguments)
    print(f"Wrote {len(notes)} notes to {folder / 'audio'}, pictures to {folder / 'pictures'}.")


def _pitch(text: str) -> int:
    """Return a MIDI pitch."""
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be whole numbers, not {text!r}") from None


def _path(models: list[str]) -> pathlib.Path:
    """Return the path of the one model."""
    if len(models) != 1:
        given = f"Got {', '.join(models)}" if models else "Got none"
        raise ValueError(
            f"sample needs one MODEL, what fit wrote. {given}: give it before the options, or by "
            "a name that ends in .skops."
        )
    return pathlib.Path(models[0])


def _wanted(drawn: Any, pitches: list[int], families: list[str]) -> Any:
    """Return the conditions wanted: every family at every pitch, the rest as drawn."""
    import pandas as pd

    if pitches and families:
        rows = [(pitch, family) for family in families for pitch in pitches]
    elif pitches:
        rows = list(zip(pitches, itertools.cycle(drawn["instrument_family"]), strict=False))
    elif families:
        rows = list(zip(drawn["pitch"], itertools.cycle(families), strict=False))
    else:
        return drawn
    return pd.DataFrame(rows, columns=["pitch", "instrument_family"])
