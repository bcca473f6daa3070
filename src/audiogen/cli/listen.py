"""The command ``listen``: a blind listening test made, and what listeners answered."""

import argparse
import json
import pathlib
from typing import Any

from audiogen.cli._options import add_out, add_seed, count, hertz, within

__all__ = ["add_parser", "run"]


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """Add the command to the command line."""
    command = commands.add_parser(
        "listen",
        help="make a blind listening test, or read what listeners answered",
        description="Make a page that plays sounds of several folders blind, as loud as each "
        "other, and asks which is better; or, with --collect, read the answers. The page is one "
        "file without network and server: send index.html, and keep key.json.",
    )
    command.add_argument(
        "sets", nargs="*", type=pathlib.Path, metavar="SET",
        help="folders of sounds, or sound files, each a set",
    )  # fmt: skip
    command.add_argument(
        "--kind", choices=("preference", "mos", "mushra"), default="preference",
        help="which of two is better; opinions from 1 to 5; or 0 to 100 beside a reference, with "
        "a hidden reference and anchor (%(default)s)",
    )  # fmt: skip
    command.add_argument("-n", "--number", type=count, default=20,
                         help="questions at most (%(default)s)")  # fmt: skip
    command.add_argument(
        "--reference", type=pathlib.Path, metavar="SET",
        help="what --kind mushra compares to, such as the real notes",
    )  # fmt: skip
    command.add_argument(
        "--paired", action="store_true",
        help="compare the first of each set, the second, and so on, by file names",
    )  # fmt: skip
    command.add_argument("--question", metavar="TEXT", help="what listeners are asked")
    command.add_argument("--format", choices=("flac", "mp3", "wav"), default="flac",
                         help="of the sounds in the page (%(default)s)")  # fmt: skip
    command.add_argument("--rate", "--sample-rate", dest="sample_rate", type=hertz, metavar="HZ",
                         help="sample rate (the highest of the sets)")  # fmt: skip
    command.add_argument(
        "--loudness", type=within(-70, 0), default=-23.0, metavar="LUFS",
        help="of all sounds; less where one would clip (%(default)g)",
    )  # fmt: skip
    command.add_argument("--collect", nargs="+", type=pathlib.Path, default=[], metavar="JSON",
                         help="read these files of answers instead")  # fmt: skip
    command.add_argument(
        "--key", type=pathlib.Path, metavar="JSON",
        help="of --collect: key.json of the test (that beside the answers)",
    )  # fmt: skip
    command.add_argument("--json", action="store_true", help="of --collect: print JSON")
    add_out(command, "audiogen-listen")
    add_seed(command)
    return command


def run(arguments: argparse.Namespace) -> None:
    """Make a listening test, or print what was answered."""
    if arguments.collect:
        _collect(arguments)
    else:
        _make(arguments)


def _make(arguments: argparse.Namespace) -> None:
    """Write a listening test."""
    from audiogen.cli._notes import refuse_full
    from audiogen.evaluation import make_listening_test
    from audiogen.io import open_clip

    if arguments.key or arguments.json:
        raise ValueError("--key and --json go with --collect: leave them out, or give answers.")
    paths = [*arguments.sets, *([arguments.reference] if arguments.reference else [])]
    if not paths:
        raise ValueError("Give two folders of sounds or more, or --collect and files of answers.")
    refuse_full(arguments.out)
    sets = dict(zip(_names(paths), map(_sounds, paths), strict=True))
    rate = arguments.sample_rate
    if rate is None:
        for first, *_ in sets.values():
            with open_clip(first) as sound:
                rate = max(rate or 0, sound.samplerate)
    page = make_listening_test(
        sets, arguments.out, sample_rate=rate, kind=arguments.kind, n_trials=arguments.number,
        reference=[*sets][-1] if arguments.reference else None, paired=arguments.paired,
        question=arguments.question, loudness=arguments.loudness, format=arguments.format,
        random_state=arguments.seed,
    )  # fmt: skip
    key = json.loads((page.parent / "key.json").read_text(encoding="utf-8"))
    print(
        f"Wrote {page}, {len(key['trials'])} questions of {len(sets)} sets at "
        f"{key['loudness']:.1f} LUFS: open it, or send it to listeners. Keep "
        f"{page.parent / 'key.json'}, which tells what is which.\n"
        f"Then: audiogen listen --collect ANSWERS.json ... --key {page.parent / 'key.json'}"
    )


def _names(paths: list[pathlib.Path]) -> list[str]:
    """Return names of sets: of their folders, or where these are alike the whole paths."""
    names = [path.absolute().name for path in paths]
    if len({*names}) < len(names):
        names = [str(path) for path in paths]
    if len({*names}) < len(names):
        raise ValueError("A set is given twice: leave one out.")
    return names


def _sounds(path: pathlib.Path) -> list[pathlib.Path]:
    """Return the sound files of a set."""
    from audiogen.datasets import SOUND_SUFFIXES
    from audiogen.utils.folders import check_folder, files_below

    if path.is_file():
        return [path]
    check_folder(path)
    paths = files_below(path, SOUND_SUFFIXES)
    if not paths:
        raise FileNotFoundError(f"There is no sound file below {path}.")
    return paths


def _collect(arguments: argparse.Namespace) -> None:
    """Print what listeners answered."""
    from audiogen.evaluation import collect_ratings

    if arguments.sets or arguments.reference:
        raise ValueError("--collect reads answers: leave the sets out, or give them to --collect.")
    key = arguments.key or arguments.collect[0].with_name("key.json")
    if arguments.key is None and not key.exists():
        raise FileNotFoundError(f"There is no {key}: give the key.json of the test with --key.")
    result = collect_ratings(
        [path for path in arguments.collect if path != key], key, random_state=arguments.seed
    )
    if arguments.json:
        print(json.dumps(result.to_dict(), indent=2, allow_nan=False))
        return
    print(result)
    if out := result.raters.index[result.raters["excluded"]].tolist():
        print(
            f"\nLeft out, as they rated the hidden reference below 90 in more than 15 % of the "
            f"questions: {', '.join(out)}."
        )
