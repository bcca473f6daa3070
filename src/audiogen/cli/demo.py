"""The command ``demo``: from real notes to new ones, and how they measure."""

import time

from audiogen.cli._options import add_out, add_seed

__all__ = ["add_parser", "run"]


def add_parser(commands):
    """Add the command to those of the command line."""
    command = commands.add_parser(
        "demo",
        help="train on the notes that come with audiogen and make new ones",
        description="Train on the real notes that come with audiogen, make a new note for the "
        "pitch and family of each held-out one, and measure how good they are. Downloads nothing.",
    )
    add_out(command, "audiogen-demo")
    add_seed(command)
    return command


def run(arguments):
    """Train, sample and measure on the bundled notes."""
    from audiogen import datasets
    from audiogen.cli._notes import (
        LEGEND,
        as_many,
        format_figures,
        new_folder,
        train_on_notes,
        write_notes,
    )
    from audiogen.persistence import save

    started = time.monotonic()
    folder = new_folder(arguments.out)
    train, held_out = datasets.load_notes("train"), datasets.load_notes("valid")
    print(
        f"Training on {len(train.data)} notes of {train.frame.instrument.nunique()} instruments."
    )
    model = train_on_notes(train.data, train.frame[["pitch", "instrument_family"]], arguments)
    save(model, folder / "model.skops")
    wanted = held_out.frame[["pitch", "instrument_family"]]
    print(f"Making {len(wanted)} new notes, at the pitch and family of the held-out real ones.")
    notes = model.sample(y=wanted, random_state=arguments.seed)
    write_notes(folder / "generated", notes, wanted, arguments)
    datasets.save_nsynth(folder / "real", held_out.data, held_out.frame)
    print(f"\nMeasured against the {len(held_out.data)} held-out real notes:\n")
    print(format_figures({"generated": (notes, wanted), "training": as_many(train, len(notes))},
                 held_out.data, held_out.frame, "held-out"))  # fmt: skip
    print(LEGEND)
    generated = folder / "generated"
    print(
        f"\nDone in {time.monotonic() - started:.0f} s. Listen to {generated / 'audio'}, look at "
        f"{generated / 'pictures'},\nand make more: "
        f"audiogen sample {folder / 'model.skops'} --pitch 60 64 67 --family organ"
    )
