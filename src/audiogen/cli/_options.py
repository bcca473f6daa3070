"""Options that several commands share, and parsers of values."""

import argparse
import pathlib
import re
from collections.abc import Callable
from typing import Any

__all__ = [
    "BeforeWords",
    "add_out",
    "add_seed",
    "add_sound_file",
    "count",
    "hertz",
    "program",
    "within",
]

_FORMATS = ("wav", "flac", "ogg", "mp3", "opus")


class BeforeWords(argparse.Action):
    """Take the values that an option is given, and leave the words that stand after them.

    Parameters
    ----------
    read : callable
        Returns the value of a text.
    looks : str
        Pattern that all values but the first match, and no word does.
    words : str, default="words"
        Name of the positional argument that the words are added to.
    """

    def __init__(
        self, *, read: Callable[[str], Any], looks: str, words: str = "words", **kwargs: Any
    ) -> None:
        super().__init__(nargs="+", **kwargs)
        self.read, self.looks, self.words = read, looks, words

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        option_string: str | None = None,
    ) -> None:
        """Add the first value and those after it that look alike; the rest are words."""
        own = [re.fullmatch(self.looks, value) is not None for value in values]
        end = own.index(False, 1) if False in own[1:] else len(values)
        try:
            found = [self.read(value) for value in values[:end]]
        except argparse.ArgumentTypeError as error:
            raise argparse.ArgumentError(self, str(error)) from error
        setattr(namespace, self.dest, [*getattr(namespace, self.dest), *found])
        words = getattr(namespace, self.words) or []
        setattr(namespace, self.words, [*words, *values[end:]])


def add_out(command: argparse.ArgumentParser, default: str) -> None:
    """Add the option ``--out``, a folder."""
    command.add_argument("--out", type=pathlib.Path, default=default, metavar="FOLDER",
                         help="folder to write to (%(default)s)")  # fmt: skip


def add_seed(command: argparse.ArgumentParser) -> None:
    """Add the option ``--seed``."""
    command.add_argument(
        "--seed", type=_seed, default=0, help="same seed, same bits (%(default)s)"
    )


def add_sound_file(command: argparse.ArgumentParser, *, rate: str, loudness: float | None) -> None:
    """Add the options of files of sound; `rate` says what theirs is where it is not given."""
    command.add_argument(
        "--rate", "--sample-rate", dest="sample_rate", type=hertz, metavar="HZ",
        help=f"sample rate ({rate})",
    )  # fmt: skip
    command.add_argument("--format", choices=_FORMATS, default="wav", help="(%(default)s)")
    usual = "as it is" if loudness is None else f"{loudness:g}"
    command.add_argument(
        "--loudness", type=within(-70, 0), default=loudness, metavar="LUFS",
        help=f"integrated loudness ({usual})",
    )  # fmt: skip


def count(text: str) -> int:
    """Return a whole number of at least 1."""
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"must be a whole number of at least 1, not {text!r}")
    return int(text)


def hertz(text: str) -> int:
    """Return a sample rate."""
    if not text.isdecimal() or not 1000 <= int(text) <= 768_000:
        raise argparse.ArgumentTypeError(
            f"must be a whole number from 1000 to 768000, not {text!r}"
        )
    return int(text)


def within(low: float, high: float) -> Callable[[str], float]:
    """Return a parser of numbers in a range."""

    def number(text: str) -> float:
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


def program(text: str) -> tuple[int, str]:
    """Return a General MIDI program and the family that plays it."""
    number, _, family = text.partition("=")
    if not (number.isdecimal() and family):
        raise argparse.ArgumentTypeError(
            f"must be the number of a program, =, and a family, not {text!r}"
        )
    return int(number), family


def _seed(text: str) -> int:
    """Return a whole number below 2**32."""
    if not text.isdecimal() or int(text) >= 2**32:
        raise argparse.ArgumentTypeError(f"must be a whole number below 2**32, not {text!r}")
    return int(text)
