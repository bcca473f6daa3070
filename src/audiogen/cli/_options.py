"""Options that several commands share, and the values that options take."""

import argparse
import pathlib

__all__ = ["add_out", "add_seed", "count", "program", "within"]


def add_out(command, default):
    command.add_argument("--out", type=pathlib.Path, default=default, metavar="FOLDER",
                         help="folder to write to (%(default)s)")  # fmt: skip


def add_seed(command):
    command.add_argument(
        "--seed", type=_seed, default=0, help="same seed, same bits (%(default)s)"
    )


def count(text):
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"must be a whole number of at least 1, not {text!r}")
    return int(text)


def within(low, high):
    def number(text):
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(
                f"must be a number from {low} to {high}, not {text!r}"
            )
        return value

    return number


def program(text):
    program, _, family = text.partition("=")
    if not (program.isdecimal() and family):
        raise argparse.ArgumentTypeError(
            f"must be the number of a program, =, and a family, not {text!r}"
        )
    return int(program), family


def _seed(text):
    if not text.isdecimal() or int(text) >= 2**32:
        raise argparse.ArgumentTypeError(f"must be a whole number below 2**32, not {text!r}")
    return int(text)
