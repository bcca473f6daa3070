"""The entry point: words in, exit status out."""

import logging
import sys
import warnings

from audiogen.cli.parser import build_parser

__all__ = ["main"]


def main(argv=None):
    """Run the command line.

    Parameters
    ----------
    argv : list of str, default=None
        The words of the command; None takes the program's own.

    Returns
    -------
    status : int
        0 if all went well, 2 if the input was at fault, 130 after Ctrl-C.
    """
    arguments = build_parser().parse_args(argv)
    _log_plainly(arguments.quiet)
    try:
        arguments.run(arguments)
    except (ValueError, TypeError, OSError) as error:
        print(f"audiogen: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("audiogen: stopped.", file=sys.stderr)
        return 130
    return 0


def _log_plainly(quiet):
    """Show log lines and warnings as plain sentences on the standard error stream."""
    logger = logging.getLogger("audiogen")
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(message)s"))
    logger.handlers = [handler]
    logger.setLevel(logging.WARNING if quiet else logging.INFO)
    warnings.showwarning = lambda message, *_, **__: logger.warning("warning: %s", message)
