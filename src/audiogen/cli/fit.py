"""The command ``fit``: a folder of notes, or a recording, becomes a model."""

import argparse
import pathlib
import shutil
from typing import Any

from audiogen.cli._options import add_seed, count
from audiogen.cli._recordings import (
    RECORDING_RECIPES,
    print_training,
    read_recordings,
    refuse_recordings,
)
from audiogen.cli._training_sets import CONDITIONS, add_reading, read_training_set
from audiogen.cli.report import add_report, refuse_there, write_page

__all__ = ["add_parser", "run"]


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """Add the command to the command line."""
    command = commands.add_parser(
        "fit",
        help="train on a folder of notes, or on recordings",
        description="Train on a folder: NSynth's own (examples.json beside audio/), or any folder "
        "of WAV, FLAC, Ogg or MP3 files, whose sub-folders are the instrument families. Pitch is "
        "read from file names such as piano_C#4.wav or piano-060-.wav, and tracked where it is "
        "not in them; sounds without one, such as drums, are learnt by folder. Recordings, a "
        "file or a folder, are learnt by the recipes continuation, for music, texture, for rain "
        "and the like, and style_codes, whose sub-folders are styles.",
    )
    command.add_argument("data", type=pathlib.Path, metavar="DATA",
                         help="the folder, or a file of a recording")  # fmt: skip
    command.add_argument(
        "--out",
        type=pathlib.Path,
        default="audiogen-model.skops",
        metavar="MODEL",
        help="file to write the model to (%(default)s)",
    )
    command.add_argument(
        "--recipe", choices=(*CONDITIONS, *RECORDING_RECIPES),
        help="what learns (harmonic_cvae, or drum_kit where the sounds have no pitch)",
    )  # fmt: skip
    command.add_argument("--epochs", type=count, help="epochs to train for; more takes longer")
    command.add_argument(
        "--resume", action="store_true",
        help="keep checkpoints in MODEL.checkpoint until the model is written, and go on from "
        "those of a run that ended early",
    )  # fmt: skip
    add_reading(command)
    add_report(command, "MODEL.html")
    add_seed(command)
    return command


def run(arguments: argparse.Namespace) -> None:
    """Train on a folder and save the model."""
    from sklearn.utils import Bunch

    from audiogen.cli._captions import with_captions
    from audiogen.cli._notes import family_column, known_conditions
    from audiogen.datasets import track_missing_pitch
    from audiogen.utils.files import check_writable

    if arguments.out.exists():
        raise FileExistsError(f"{arguments.out} is there already; give another --out.")
    check_writable(arguments.out)
    if arguments.report:
        refuse_there(_page(arguments.out))
    if arguments.recipe in RECORDING_RECIPES:
        _fit_recordings(arguments)
        return
    refuse_recordings(arguments.data, arguments.recipe, arguments.segment)
    X, frame, sample_rate = read_training_set(arguments)
    recipe = arguments.recipe or _fitting_recipe(X, frame, sample_rate)
    columns = CONDITIONS[recipe]
    pitches = ""
    if "pitch" in columns:
        X, frame = track_missing_pitch(X, frame, sample_rate)
        pitches = f", pitches {frame.pitch.min():g} to {frame.pitch.max():g}"
    frame = known_conditions(frame, arguments.data)
    column = family_column(columns)
    families = sorted(frame[column].unique()) if column else []
    of_families = f" of {len(families)} families" if column else ""
    print(
        f"Training {recipe} on {len(X)} {'notes' if pitches else 'sounds'}{of_families} "
        f"at {sample_rate} Hz{pitches}."
    )
    if "caption" in columns:
        X, frame = with_captions(X, frame, arguments.seed)
    y = frame[columns] if columns else None
    model = _train(X, y, sample_rate, arguments, recipe)
    known = f", which knows the families {', '.join(families)}" if families else ""
    if "caption" in columns:
        known = f", which knows the words {', '.join(model[-1].conditions_.text_encoder_.words_)}"
    print(f"Wrote {arguments.out}{known}.")
    if arguments.report:
        descr = f"{len(X)} sounds of {arguments.data}."
        real = Bunch(data=X, frame=frame, sample_rate=sample_rate, DESCR=descr)
        print(_write_page(arguments, model, real))
    asked = ' --words "a dark soft bell"' if "caption" in columns else ""
    print(f"Next: audiogen sample {arguments.out}{asked}")


def _fit_recordings(arguments: argparse.Namespace) -> None:
    """Train on recordings and save the model."""
    recordings, y = read_recordings(arguments, arguments.recipe)
    X, sample_rate = recordings.data, recordings.sample_rate
    print_training(arguments.recipe, X, y, sample_rate)
    model = _train(X, y, sample_rate, arguments, arguments.recipe)
    known = "" if y is None else f", which knows the styles {', '.join(sorted(set(y['style'])))}"
    print(f"Wrote {arguments.out}{known}.")
    if arguments.report:
        print(_write_page(arguments, model, recordings))
    print(f"Next: audiogen sample {arguments.out} --seconds 30")


def _page(out: pathlib.Path) -> pathlib.Path:
    """Return the path of the page on a model."""
    return out.with_name(f"{out.stem}.html")


def _write_page(arguments: argparse.Namespace, model: Any, real: Any) -> str:
    """Write a page on the model and what it was trained on; return a sentence that says so."""
    name = arguments.out.name
    return write_page(
        _page(arguments.out), [(name, model)], real=real, title=name, seed=arguments.seed
    )


def _train(X: Any, y: Any, sample_rate: int, arguments: argparse.Namespace, recipe: str) -> Any:
    """Train a recipe, save the model, and remove checkpoints; return the model."""
    from audiogen.cli._notes import train_on_notes
    from audiogen.persistence import save

    checkpoints = _checkpoints(arguments)
    model = train_on_notes(X, y, sample_rate, arguments, recipe, checkpoints)
    save(model, arguments.out)
    if checkpoints is not None:  # there are none where the disk was full
        shutil.rmtree(checkpoints, ignore_errors=True)
    return model


def _checkpoints(arguments: argparse.Namespace) -> pathlib.Path | None:
    """Return the folder of checkpoints, None without any."""
    name = f"{arguments.out.name}.checkpoint"
    return arguments.out.with_name(name) if arguments.resume else None


def _fitting_recipe(X: Any, frame: Any, sample_rate: int) -> str:
    """Return the recipe for notes, or for sounds of which hardly any has a pitch."""
    from audiogen.cli._notes import PITCHED, pitched_share

    if frame.pitch.notna().mean() >= PITCHED:
        return "harmonic_cvae"
    share = pitched_share(X, sample_rate)
    if share >= PITCHED:
        return "harmonic_cvae"
    print(
        f"{frame.pitch.notna().mean():.0%} of the file names have a pitch, and {share:.0%} of the "
        "sounds have one that can be found: they are learnt as drums, by folder. For notes, give "
        "--recipe harmonic_cvae."
    )
    return "drum_kit"
