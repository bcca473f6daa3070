"""The command ``evaluate``: generated notes measured against real ones."""

import argparse
import pathlib
import warnings
from typing import Any

from audiogen.cli._recordings import refuse_to_measure

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
    command.add_argument("--json", action="store_true", help="print the figures as JSON")
    return command


def run(arguments: argparse.Namespace) -> None:
    """Print how two folders of notes compare."""
    from audiogen.cli._notes import (
        LEGEND,
        figures_as_json,
        format_figures,
        read_both,
    )
    from audiogen.evaluation import measure_sets

    for path in (arguments.real, arguments.generated):
        refuse_to_measure(path)
    real, generated, sample_rate = read_both(
        arguments.real, arguments.generated, not arguments.quiet
    )
    _warn_of_other_kinds(real[0], generated[0], sample_rate)
    columns = measure_sets(
        {"generated": generated}, real, sample_rate=sample_rate, real_name="real"
    )
    if arguments.json:
        print(figures_as_json(columns))
        return
    print(format_figures(columns))
    print(LEGEND)
    if "half of real" not in columns:
        print(f"\nThe {len(real[0])} real sounds are too few to measure half of them.")


def _warn_of_other_kinds(real: Any, generated: Any, sample_rate: int) -> None:
    """Warn where one set is of notes and the other is not."""
    from audiogen.cli._notes import PITCHED, pitched_share

    shares = [pitched_share(sounds, sample_rate) for sounds in (real, generated)]
    if min(shares) < PITCHED <= max(shares):
        warnings.warn(
            f"{shares[0]:.0%} of the real sounds have a pitch that can be found, and "
            f"{shares[1]:.0%} of the generated ones: these are two kinds of sounds, such as notes "
            "and drums, and the figures say little.",
            stacklevel=2,
        )
