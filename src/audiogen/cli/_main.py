"""The entry point of the command line."""

import atexit
import contextlib
import gc
import logging
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
        Exit status: 0 on success, 2 for an error in the input, 130 after Ctrl-C.
    """
    arguments = build_parser().parse_args(argv)
    _log_plainly(arguments.quiet)
    try:
        with _seldom_collected():
            arguments.run(arguments)
    except (ValueError, TypeError, OSError) as error:
        print(f"audiogen: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("audiogen: stopped.", file=sys.stderr)
        return 130
    return 0


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


def _log_plainly(quiet: bool) -> None:
    """Write log messages and warnings to the standard error stream, without prefixes."""
    logger = logging.getLogger("audiogen")
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(message)s"))
    logger.handlers = [handler]
    logger.setLevel(logging.WARNING if quiet else logging.INFO)

    def show(message: Any, *_: Any, **__: Any) -> None:
        logger.warning("warning: %s", message)

    warnings.showwarning = show
