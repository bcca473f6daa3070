"""The command ``demo``: from real notes to new ones, and how they measure."""

import argparse
import contextlib
import time
from functools import partial
from typing import Any

from audiogen.cli._options import add_out, add_seed
from audiogen.cli.report import add_report, write_page

__all__ = ["add_parser", "run"]


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """Add the command to the command line."""
    command = commands.add_parser(
        "demo",
        help="train on the notes that come with audiogen and make new ones",
        description="Train on the real notes that come with audiogen, generate a new note at the "
        "pitch and family of each held-out one, and measure how good they are. Downloads nothing.",
    )
    add_out(command, "audiogen-demo")
    add_seed(command)
    command.add_argument("--json", action="store_true", help="print the figures alone, as JSON")
    add_report(command, "report.html in the folder")
    return command


def run(arguments: argparse.Namespace) -> None:
    """Train, sample and measure on the bundled notes."""
    from audiogen import datasets
    from audiogen.cli._background import in_background
    from audiogen.cli._notes import (
        LEGEND,
        as_many,
        figures_as_json,
        format_figures,
        refuse_full,
        train_on_notes,
        write_notes,
    )
    from audiogen.evaluation import measure_sets
    from audiogen.persistence import save
    from audiogen.utils.files import atomic_folder

    def say(words: str) -> None:
        if not arguments.json:
            print(words)

    started = time.monotonic()
    folder = arguments.out
    refuse_full(folder)
    train, held_out = datasets.load_notes("train"), datasets.load_notes("valid")
    say(f"Training on {len(train.data)} notes of {train.frame.instrument.nunique()} instruments.")
    with contextlib.ExitStack() as background:
        real = held_out.data, held_out.frame
        measure = partial(measure_sets, sample_rate=held_out.sample_rate)
        sets = {"training": as_many(train, len(held_out.data))}
        of_others = background.enter_context(
            in_background(partial(measure, real_name="held-out"), sets, real)
        )
        y = train.frame[["pitch", "instrument_family"]]
        model = train_on_notes(train.data, y, train.sample_rate, arguments)
        wanted = held_out.frame[["pitch", "instrument_family"]]
        say(f"Generating {len(wanted)} notes, at the pitch and family of the held-out real ones.")
        notes = model.sample(y=wanted, random_state=arguments.seed)
        sets = {"generated": (notes, wanted)}
        of_generated = background.enter_context(in_background(measure, sets, real))
        with atomic_folder(folder) as temporary:
            save(model, temporary / "model.skops")
            write_notes(temporary / "generated", notes, wanted, model.sample_rate, arguments)
            datasets.save_nsynth(
                temporary / "real", held_out.data, held_out.frame, sample_rate=held_out.sample_rate
            )
        columns = {**next(of_generated), **next(of_others)}
    if arguments.json:
        print(figures_as_json(columns))
    say(f"\nMeasured against the {len(held_out.data)} held-out real notes:\n")
    say(format_figures(columns))
    say(LEGEND)
    if arguments.report:
        page, subjects = folder / "report.html", [("model.skops", model)]
        written = write_page(page, subjects, real=held_out, title="demo", seed=arguments.seed)
        say(f"\n{written}")
    generated = folder / "generated"
    say(
        f"\nDone in {time.monotonic() - started:.0f} s. Listen to {generated / 'audio'}, look at "
        f"{generated / 'pictures'},\nand make more: "
        f"audiogen sample {folder / 'model.skops'} --pitch 60 64 67 --family organ"
    )
