"""The entry point of the command line."""

import atexit
import contextlib
import gc
import logging
import os
import sys
import warnings
from collections.abc import Iterator, Sequence
from typing import Any

from audiogen.cli.parser import build_parser

__all__ = ["main"]

_SELDOM = (200_000, 20, 20)  # as of `gc.set_threshold`: libraries make 250,000 objects to stay


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    argv : list of str, default=None
        Arguments of the command; None takes those of the process.

    Returns
    -------
    status : int
        Exit status: 0 on success, 2 for an error, 130 after Ctrl-C, 141 where what reads the
        output has ended.
    """
    arguments = build_parser().parse_args(argv)
    try:
        with _logging_plainly(arguments.quiet), _seldom_collected():
            arguments.run(arguments)
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        # What is left to write goes nowhere, or Python complains as it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except KeyboardInterrupt:
        _complain("stopped.")
        return 130
    except Exception as error:
        if arguments.debug:
            raise
        _complain(_sentence(error))
        return 2
    return 0


def _complain(words: str) -> None:
    """Write a line to the standard error stream."""
    print(f"audiogen: {words}", file=sys.stderr)


def _sentence(error: Exception) -> str:
    """Return what is wrong, in one line; errors that audiogen does not raise with their type."""
    words = " ".join(str(error).split())
    if isinstance(error, ValueError | TypeError | OSError | ImportError) and words:
        return words
    kind = type(error).__name__
    return f"{kind}: {words}" if words else f"{kind}; --debug shows where."


@contextlib.contextmanager
def _seldom_collected() -> Iterator[None]:
    """Look for garbage seldom, and not as the process ends: both would take half a second."""
    often = gc.get_threshold()
    gc.set_threshold(*_SELDOM)
    atexit.unregister(gc.freeze)
    atexit.register(gc.freeze)
    try:
        yield
    finally:
        gc.set_threshold(*often)


@contextlib.contextmanager
def _logging_plainly(quiet: bool) -> Iterator[None]:
    """Write log messages and warnings to the standard error stream, without prefixes."""
    logger = logging.getLogger("audiogen")
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(message)s"))
    before = logger.handlers, logger.level
    logger.handlers = [handler]
    logger.setLevel(logging.WARNING if quiet else logging.INFO)

    def show(message: Any, *_: Any, **__: Any) -> None:
        logger.warning("warning: %s", message)

    shown, warnings.showwarning = warnings.showwarning, show
    try:
        yield
    finally:
        warnings.showwarning = shown
        logger.handlers, level = before
        logger.setLevel(level)
