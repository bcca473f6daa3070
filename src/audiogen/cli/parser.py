"""The parser of the command line."""

import argparse

from audiogen import __version__
from audiogen.cli import (
    cache,
    clip,
    demo,
    evaluate,
    export,
    fit,
    listen,
    recipes,
    report,
    sample,
    sweep,
)

__all__ = ["build_parser"]

_EPILOG = """\
examples:
  audiogen demo                                   real notes in, new notes out, in a few minutes
  audiogen fit my-notes --out model.skops         learn your own folder of notes
  audiogen sample model.skops --pitch 60 64 67    a C major triad, note by note
  audiogen fit rain.wav --recipe texture          learn a recording; of music, continuation
  audiogen sample model.skops --seconds 40        more of it; --prompt FILE goes on with that
  audiogen sweep my-notes --epochs 10 40 120      how long to train, on how much, by which recipe
  audiogen evaluate my-notes audiogen-out         how near the new notes are to the real ones
  audiogen report model.skops --real my-notes     a page to read and hear how near they are
  audiogen listen my-notes audiogen-out           a blind listening test of the two, as a page
  audiogen clip "sad waltz with piano"            a finished clip: WAV, MIDI, picture, credits
  audiogen clip --model model.skops --midi my.mid your tune, played by your model
  audiogen export --instrument flute              a SoundFont to play in other programs
  audiogen recipes                                ready pipelines, what each needs and gave
"""


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line.

    Returns
    -------
    parser : argparse.ArgumentParser
        Its namespaces have the attribute ``run``, the function of the command.

    Examples
    --------
    >>> from audiogen.cli.parser import build_parser
    >>> arguments = build_parser().parse_args(["clip", "jig", "--seconds", "15"])
    >>> arguments.command, arguments.seconds, arguments.bit_depth
    ('clip', 15.0, 16)
    """
    parser = argparse.ArgumentParser(
        prog="audiogen",
        description="Learn to generate notes from real ones, and make clips of music with them.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"audiogen {__version__}")
    commands = parser.add_subparsers(required=True, dest="command", metavar="COMMAND")
    for module in (
        demo,
        fit,
        sweep,
        sample,
        evaluate,
        report,
        listen,
        clip,
        export,
        recipes,
        cache,
    ):
        command = module.add_parser(commands)
        command.set_defaults(run=module.run)
        command.add_argument("--quiet", action="store_true", help="show no progress")
        command.add_argument("--debug", action="store_true", help="show where an error arose")
    return parser
