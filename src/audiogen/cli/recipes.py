"""The command ``recipes``: a table of ready pipelines."""

import argparse
import json
from typing import Any

__all__ = ["add_parser", "run"]


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """Add the command to the command line."""
    command = commands.add_parser(
        "recipes",
        help="list ready pipelines, what each needs and gave",
        description="List the pipelines of audiogen.recipes: what each learns from, the "
        "conditions y that it needs, and what it gave, measured. demo and fit take "
        "harmonic_cvae, and fit others by --recipe; all are for Python: "
        "audiogen.recipes.NAME().fit(X, y).",
    )
    command.add_argument("--json", action="store_true", help="print the table as JSON")
    return command


def run(arguments: argparse.Namespace) -> None:
    """Print the table of recipes."""
    from audiogen.cli._recipe_results import RESULTS, format_results

    if arguments.json:
        print(json.dumps({name: row._asdict() for name, row in RESULTS.items()}, indent=2))
    else:
        print(format_results())
