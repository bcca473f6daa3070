"""Folders of sounds that commands train on, and the conditions that recipes learn them by."""

import argparse
from typing import Any

from audiogen.cli._options import count, hertz

__all__ = ["CONDITIONS", "add_reading", "read_training_set"]

CONDITIONS = {
    "harmonic_cvae": ["pitch", "instrument_family"],
    "harmonic_gmm": ["pitch", "instrument_family"],
    "harmonic_gan": ["pitch", "instrument_family"],
    "captioned_notes": ["pitch", "caption"],
    "voices": ["instrument", "pitch"],
    "drum_kit": ["drum", "kit", "velocity"],
    "spectral_cvae": ["instrument_family"],
    "spectral_gan": ["pitch", "instrument_family"],
    "classic_cvae": ["instrument_family"],
    "classic_gan": ["instrument_family"],
    "classic_wavenet": ["instrument_family"],
    "classic_lstm": [],
}


def add_reading(command: argparse.ArgumentParser) -> None:
    """Add the options of how a folder is read."""
    command.add_argument("--split", metavar="NAME", help="split of an NSynth corpus (train)")
    command.add_argument(
        "--sample-rate", type=hertz, metavar="HZ",
        help="rate to resample files to (that of most files; of recordings 22050); an NSynth "
        "corpus keeps its own",
    )  # fmt: skip
    command.add_argument(
        "--segment", action="store_true", help="cut files longer than 4 s into pieces of as much"
    )
    command.add_argument("--max-notes", type=count, help="use at most so many notes, at random")


def read_training_set(arguments: argparse.Namespace) -> tuple[Any, Any, int]:
    """Return the sounds of the folder, their table and their sample rate."""
    from audiogen.cli._notes import read_notes

    data, split, rate = arguments.data, arguments.split, arguments.sample_rate
    if split is not None and not (data / f"nsynth-{split}" / "examples.json").is_file():
        raise FileNotFoundError(
            f"There is no {data / f'nsynth-{split}' / 'examples.json'}: leave --split {split} "
            "out, or give the folder of an NSynth corpus that has it."
        )
    X, frame, sample_rate = read_notes(
        data, split or "train", arguments.max_notes, arguments.seed, rate, not arguments.quiet,
        arguments.segment,
    )  # fmt: skip
    if rate not in (None, sample_rate):
        raise ValueError(
            f"{data} is an NSynth corpus at {sample_rate} Hz and is learnt at that rate: leave "
            f"--sample-rate {rate} out, or give its audio folder, whose files are resampled."
        )
    return X, frame, sample_rate
