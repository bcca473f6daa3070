"""The command ``sample``: new notes of a trained model."""

import itertools
import pathlib

from audiogen.cli._options import add_out, add_seed, count

__all__ = ["add_parser", "run"]


def add_parser(commands):
    """Add the command to those of the command line."""
    command = commands.add_parser(
        "sample",
        help="make new notes with a trained model",
        description="Make new notes. Without --pitch and --family they are drawn as often as they "
        "were trained on; with several of both, every family plays every pitch.",
    )
    command.add_argument("model", type=pathlib.Path, metavar="MODEL", help="what fit wrote")
    command.add_argument("-n", "--number", type=count, default=8,
                         help="notes to draw where no pitch is given (%(default)s)")  # fmt: skip
    command.add_argument("--pitch", type=int, nargs="+", help="MIDI pitches; 60 is middle C")
    command.add_argument("--family", nargs="+", help="instrument families, such as organ")
    add_out(command, "audiogen-out")
    add_seed(command)
    return command


def run(arguments):
    """Sample a saved model into a folder."""
    from audiogen.cli._notes import load_note_model, new_folder, write_notes

    model = load_note_model(arguments.model)
    from audiogen.utils.seeds import make_rng

    drawn = model[-1].conditions_.draw(arguments.number, make_rng(arguments.seed))
    wanted = _asked(drawn, arguments.pitch, arguments.family)
    folder = new_folder(arguments.out)
    notes = model.sample(y=wanted, random_state=arguments.seed)
    rates = [step.sample_rate for _, step in model.steps if hasattr(step, "sample_rate")]
    write_notes(folder, notes, wanted, arguments, *rates[:1])
    print(f"Wrote {len(notes)} notes to {folder / 'audio'}, pictures to {folder / 'pictures'}.")


def _asked(drawn, pitches, families):
    """Return the conditions asked for: every family at every pitch, the rest as drawn."""
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
