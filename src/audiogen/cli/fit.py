"""The command ``fit``: a folder of notes becomes a model."""

import argparse
import pathlib
from typing import Any

from audiogen.cli._options import add_seed, count

__all__ = ["add_parser", "run"]


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """Add the command to the command line."""
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
    command.add_argument("--split", metavar="NAME", help="split of an NSynth corpus (train)")
    command.add_argument(
        "--sample-rate", type=count, metavar="HZ",
        help="rate to resample files to (that of most files); an NSynth corpus keeps its own",
    )  # fmt: skip
    command.add_argument("--epochs", type=count, help="epochs to train for; more takes longer")
    command.add_argument("--max-notes", type=count, help="use at most so many notes, at random")
    add_seed(command)
    return command


def run(arguments: argparse.Namespace) -> None:
    """Train on a folder and save the model."""
    from audiogen.cli._notes import read_notes, train_on_notes
    from audiogen.datasets import track_missing_pitch
    from audiogen.persistence import save
    from audiogen.utils.files import check_writable

    if arguments.out.exists():
        raise FileExistsError(f"{arguments.out} is there already; give another --out.")
    check_writable(arguments.out)
    data, split, rate = arguments.data, arguments.split, arguments.sample_rate
    if split is not None and not (data / f"nsynth-{split}" / "examples.json").is_file():
        raise FileNotFoundError(
            f"There is no {data / f'nsynth-{split}' / 'examples.json'}: leave --split {split} "
            "out, or give the folder of an NSynth corpus that has it."
        )
    X, frame, sample_rate = read_notes(
        data, split or "train", arguments.max_notes, arguments.seed, rate
    )
    if rate not in (None, sample_rate):
        raise ValueError(
            f"{data} is an NSynth corpus at {sample_rate} Hz and is learnt at that rate: leave "
            f"--sample-rate {rate} out, or give its audio folder, whose files are resampled."
        )
    X, frame = track_missing_pitch(X, frame, sample_rate)
    print(
        f"Training on {len(X)} notes of {frame.instrument_family.nunique()} families at "
        f"{sample_rate} Hz, pitches {frame.pitch.min():g} to {frame.pitch.max():g}."
    )
    model = train_on_notes(X, frame[["pitch", "instrument_family"]], sample_rate, arguments)
    save(model, arguments.out)
    families = ", ".join(sorted(frame.instrument_family.unique()))
    print(f"Wrote {arguments.out}, which knows the families {families}.")
    print(f"Next: audiogen sample {arguments.out}")
