"""The command ``evaluate``: generated notes measured against real ones."""

import argparse
import pathlib
from typing import Any

__all__ = ["add_parser", "run"]


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """Add the command to the command line."""
    command = commands.add_parser(
        "evaluate",
        help="measure generated notes against real ones",
        description="Measure a folder of generated notes against a folder of real ones.",
    )
    command.add_argument("real", type=pathlib.Path, metavar="REAL", help="folder of real notes")
    command.add_argument("generated", type=pathlib.Path, metavar="GENERATED",
                         help="folder of generated notes")  # fmt: skip
    return command


def run(arguments: argparse.Namespace) -> None:
    """Print how two folders of notes compare."""
    from audiogen.cli._notes import LEGEND, format_figures, read_both

    (real, real_frame), generated, sample_rate = read_both(arguments.real, arguments.generated)
    print(format_figures({"generated": generated}, (real, real_frame), "real", sample_rate))
    print(LEGEND)
