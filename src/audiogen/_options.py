"""The words of the command line."""

import argparse
import pathlib

from audiogen import __version__

__all__ = ["parser"]

_EPILOG = """\
examples:
  audiogen demo                                   real notes in, new notes out, in a few minutes
  audiogen fit my-notes --out model.skops         learn your own folder of notes
  audiogen sample model.skops --pitch 60 64 67    a C major triad, note by note
  audiogen evaluate my-notes audiogen-out         how near the new notes are to the real ones
  audiogen clip --seconds 15 --seed 7             a tune of its own, played, as a WAV and MIDI
  audiogen clip --model model.skops --midi my.mid your tune, played by your model
  audiogen recipes                                ready pipelines, what each needs and gave
"""


def parser():
    """Return what takes the words of the command line apart.

    Returns
    -------
    parser : argparse.ArgumentParser
        Of the command, by its name, and of its options.

    Examples
    --------
    >>> from audiogen._options import parser
    >>> arguments = parser().parse_args(["clip", "--seconds", "15"])
    >>> arguments.command, arguments.seconds, arguments.sample_rate
    ('clip', 15.0, 44100)
    """
    parser = argparse.ArgumentParser(
        prog="audiogen",
        description="Learn to generate notes from real ones, and measure what comes out.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"audiogen {__version__}")
    commands = parser.add_subparsers(required=True, dest="command", metavar="COMMAND")
    for build in (_add_demo, _add_fit, _add_sample, _add_evaluate, _add_clip, _add_recipes):
        command = build(commands)
        command.add_argument("--quiet", action="store_true", help="show no progress")
    return parser


def _add_demo(commands):
    command = commands.add_parser(
        "demo",
        help="train on the notes that come with audiogen and make new ones",
        description="Train on the real notes that come with audiogen, make a new note for the "
        "pitch and family of each held-out one, and measure how good they are. Downloads nothing.",
    )
    _add_out(command, "audiogen-demo")
    _add_seed(command)
    return command


def _add_fit(commands):
    command = commands.add_parser(
        "fit",
        help="train on a folder of notes",
        description="Train on a folder: NSynth's own (examples.json beside audio/), or any folder "
        "of WAV, FLAC, Ogg or MP3 files, whose sub-folders are the instrument families. Pitch is "
        "read from file names such as piano_C#4.wav or piano-060-.wav, and tracked where it is "
        "not in them.",
    )
    command.add_argument("data", type=pathlib.Path, metavar="DATA", help="the folder")
    command.add_argument(
        "--out",
        type=pathlib.Path,
        default="audiogen-model.skops",
        metavar="MODEL",
        help="file to write the model to (%(default)s)",
    )
    command.add_argument(
        "--split", default="train", help="split of an NSynth corpus (%(default)s)"
    )
    command.add_argument("--epochs", type=_count, help="epochs to train for; more takes longer")
    command.add_argument("--max-notes", type=_count, help="use at most so many notes, at random")
    _add_seed(command)
    return command


def _add_sample(commands):
    command = commands.add_parser(
        "sample",
        help="make new notes with a trained model",
        description="Make new notes. Without --pitch and --family they are drawn as often as they "
        "were trained on; with several of both, every family plays every pitch.",
    )
    command.add_argument("model", type=pathlib.Path, metavar="MODEL", help="what fit wrote")
    command.add_argument("-n", "--number", type=_count, default=8,
                         help="notes to draw where no pitch is given (%(default)s)")  # fmt: skip
    command.add_argument("--pitch", type=int, nargs="+", help="MIDI pitches; 60 is middle C")
    command.add_argument("--family", nargs="+", help="instrument families, such as organ")
    _add_out(command, "audiogen-out")
    _add_seed(command)
    return command


def _add_evaluate(commands):
    command = commands.add_parser(
        "evaluate",
        help="measure generated notes against real ones",
        description="Measure a folder of generated notes against a folder of real ones.",
    )
    command.add_argument("real", type=pathlib.Path, metavar="REAL", help="folder of real notes")
    command.add_argument("generated", type=pathlib.Path, metavar="GENERATED",
                         help="folder of generated notes")  # fmt: skip
    return command


def _add_clip(commands):
    command = commands.add_parser(
        "clip",
        help="make a finished clip of music",
        description="Make a finished clip: a sound file, the MIDI that it plays and a picture. "
        "Without --midi a network learns the tunes that come with audiogen and draws a new one, "
        "which gets chords and a bass. Without --model one learns the notes that come with "
        "audiogen first. The clip is as loud as platforms ask, or as peaks allow.",
    )
    command.add_argument(
        "--seconds",
        type=_within(2, 3600),
        help="length of the clip (15, or that of the MIDI file)",
    )
    command.add_argument("--model", type=pathlib.Path, help="what fit wrote")
    command.add_argument("--midi", type=pathlib.Path, metavar="FILE", help="the tune to play")
    command.add_argument("--sample-rate", type=_count, default=44100, help="in Hz (%(default)s)")
    command.add_argument("--format", choices=("wav", "flac", "ogg"), default="wav")
    command.add_argument(
        "--bit-depth", type=int, choices=(16, 24), default=16, help="of WAV and FLAC (%(default)s)"
    )
    command.add_argument(
        "--loudness", type=_within(-70, 0), default=-14.0, metavar="LUFS", help="(%(default)g)"
    )
    fade = {"type": _within(0, 3600), "metavar": "SECONDS"}
    command.add_argument("--fade-in", default=0.0, help="(%(default)g)", **fade)
    command.add_argument("--fade-out", help="(0.5; of a loop, 0)", **fade)
    command.add_argument("--loop", action="store_true", help="make it repeat without a seam")
    command.add_argument(
        "--programs",
        type=_program,
        nargs="+",
        default=[],
        metavar="N=FAMILY",
        help="families that play General MIDI programs, such as 0=organ 40=flute",
    )
    _add_out(command, "audiogen-clip")
    _add_seed(command)
    return command


def _add_recipes(commands):
    command = commands.add_parser(
        "recipes",
        help="list ready pipelines, what each needs and gave",
        description="List the pipelines of audiogen.recipes: what each learns from, the "
        "conditions y that it needs, and what it gave, measured. demo, fit and clip take "
        "harmonic_cvae; the others are for Python: audiogen.recipes.NAME().fit(X, y).",
    )
    return command


def _add_out(command, default):
    command.add_argument("--out", type=pathlib.Path, default=default, metavar="FOLDER",
                         help="folder to write to (%(default)s)")  # fmt: skip


def _add_seed(command):
    command.add_argument(
        "--seed", type=_seed, default=0, help="same seed, same bits (%(default)s)"
    )


def _count(text):
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"must be a whole number of at least 1, not {text!r}")
    return int(text)


def _within(low, high):
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


def _program(text):
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
