"""The command ``recipes``: a table of ready pipelines."""

import argparse
from typing import Any

__all__ = ["add_parser", "run"]


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """Add the command to the command line."""
    command = commands.add_parser(
        "recipes",
        help="list ready pipelines, what each needs and gave",
        description="List the pipelines of audiogen.recipes: what each learns from, the "
        "conditions y that it needs, and what it gave, measured. demo, fit and clip take "
        "harmonic_cvae; the others are for Python: audiogen.recipes.NAME().fit(X, y).",
    )
    return command


def run(arguments: argparse.Namespace) -> None:
    """Print the table of recipes."""
    from audiogen.cli._recipe_results import format_results

    print(format_results())
