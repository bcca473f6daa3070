"""The command ``evaluate``: generated notes measured against real ones."""

import pathlib

__all__ = ["add_parser", "run"]


def add_parser(commands):
    """Add the command to those of the command line."""
    command = commands.add_parser(
        "evaluate",
        help="measure generated notes against real ones",
        description="Measure a folder of generated notes against a folder of real ones.",
    )
    command.add_argument("real", type=pathlib.Path, metavar="REAL", help="folder of real notes")
    command.add_argument("generated", type=pathlib.Path, metavar="GENERATED",
                         help="folder of generated notes")  # fmt: skip
    return command


def run(arguments):
    """Print how two folders of notes compare."""
    from audiogen.cli._notes import LEGEND, format_figures, read_notes

    real, real_frame = read_notes(arguments.real, "test", None, 0)
    generated, frame = read_notes(arguments.generated, "test", None, 0)
    print(format_figures({"generated": (generated, frame)}, real, real_frame, "real"))
    print(LEGEND)
