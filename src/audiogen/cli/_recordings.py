"""Recordings learnt, and more of them made, from the command line."""

import argparse
import contextlib
import pathlib
import statistics
from typing import Any

__all__ = [
    "RECORDING_RECIPES",
    "are_recordings",
    "is_recording_model",
    "print_training",
    "read_recordings",
    "refuse_recordings",
    "refuse_to_measure",
    "sample_recordings",
]

RECORDING_RECIPES = ("texture", "continuation", "style_codes")
_RATE = 22050  # that the recipes were tuned at
_NOTE = 8.0  # seconds; hardly any note is longer
_TRIED = 50  # files that tell how long most are
_SECONDS = 30.0
_GUIDANCE = 3.0
_SILENCE = -40.0  # dB of the peak; more of it at the end of a recording is learnt as its going on
_LATE = 0.02  # seconds in which peaks above full scale are turned down


def usual_seconds(source: pathlib.Path) -> float:
    """Return the median length of sounds of a file or folder, 0 where there is none."""
    from audiogen.exceptions import AudioFileError
    from audiogen.io import open_clip

    files = sorted(source.rglob("*")) if source.is_dir() else [source]
    seconds: list[float] = []
    for path in files:
        if len(seconds) < _TRIED and path.is_file():
            with contextlib.suppress(AudioFileError), open_clip(path) as sound:
                seconds.append(sound.frames / sound.samplerate)
    return statistics.median(seconds) if seconds else 0.0


def are_recordings(source: pathlib.Path) -> bool:
    """Tell whether a path is a recording, or a folder of such rather than of notes."""
    return source.is_file() or usual_seconds(source) > _NOTE


def refuse_recordings(source: pathlib.Path, recipe: str | None, segment: bool) -> None:
    """Say what to do with a recording, or a folder of them, where notes are learnt."""
    if not source.is_file() and (segment or recipe is not None):
        return
    seconds = usual_seconds(source)
    advice = (
        "Give --recipe continuation to go on with music, or --recipe texture for more of rain, "
        "wind and the like"
    )
    if source.is_file() and seconds:
        raise ValueError(f"{source} is a recording of {seconds:.1f} s, not a folder. {advice}.")
    if source.is_dir() and seconds > _NOTE:
        raise ValueError(
            f"{source} has recordings, of {seconds:.1f} s or so, rather than notes. {advice}; "
            "--recipe style_codes to learn its folders as styles; or --segment to cut pieces of "
            "4 s, as notes."
        )


def refuse_to_measure(path: pathlib.Path) -> None:
    """Refuse what evaluate would compare by a beginning of 4 s alone."""
    seconds = usual_seconds(path)
    if path.is_file() or seconds > _NOTE:
        what = f"has recordings, of {seconds:.1f} s" if seconds else "is none"
        raise ValueError(
            f"evaluate compares folders of notes, and {path} {what}. How well a model of "
            "recordings predicts others is told in Python: audiogen.load(MODEL).score(recordings) "
            "is minus the bits that a code of them takes."
        )


def read_recordings(arguments: argparse.Namespace, recipe: str) -> tuple[Any, Any]:
    """Return the recordings of a file or folder, and their styles for a recipe that takes them."""
    from audiogen.datasets import load_recordings

    given = {"--split": arguments.split, "--segment": arguments.segment,
             "--max-notes": arguments.max_notes}  # fmt: skip
    if words := [name for name, value in given.items() if value]:
        raise ValueError(
            f"{recipe} learns recordings as they are: leave {' and '.join(words)} out."
        )
    source = arguments.data
    for inner in ("genres", "genres_original"):  # GTZAN's layout
        source = source / inner if (source / inner).is_dir() else source
    bunch = load_recordings(
        source,
        sample_rate=arguments.sample_rate or _RATE,
        trim=_SILENCE,
        errors="warn",
    )
    styles = bunch.frame[["folder"]].rename(columns={"folder": "style"})
    if recipe == "style_codes" and styles["style"].nunique() < 2:
        raise ValueError(
            f"style_codes learns the styles that sub-folders are, and {source} has one. Give "
            "--recipe continuation, or a folder with more."
        )
    bunch.frame = bunch.frame.join(styles)
    return bunch, styles if recipe == "style_codes" else None


def print_training(recipe: str, X: list, y: Any, sample_rate: int) -> None:
    """Print what is learnt."""
    seconds = sum(map(len, X)) / sample_rate
    of_styles = "" if y is None else f" of {y['style'].nunique()} styles"
    print(
        f"Training {recipe} on {len(X)} recording{'s' if len(X) > 1 else ''}{of_styles}, "
        f"{seconds:.1f} s at {sample_rate} Hz."
    )


def is_recording_model(model: Any) -> bool:
    """Tell whether a model goes on with sound: one of its steps makes codes of it."""
    return any(hasattr(step, "patch_length_") for _, step in model.steps[:-1])


def sample_recordings(model: Any, arguments: argparse.Namespace) -> tuple[list[Any], Any]:
    """Return sounds of a model of recordings, each after its prompt, and a table of styles."""
    import numpy as np
    import pandas as pd

    from audiogen.io import read_clip
    from audiogen.signal import compress_peaks

    given = {"--pitch": arguments.pitch or None, "--words": arguments.words}
    if words := [name for name, value in given.items() if value is not None]:
        raise ValueError(
            "The model was trained on recordings, which have no pitch and no captions: leave "
            f"{' and '.join(words)} out."
        )
    styles, known = arguments.family, model[-1].categories_.get("style")
    if styles and known is None:
        raise ValueError("The model was trained on no styles: leave --family out.")
    rate, prompt = model.sample_rate, None
    options: dict[str, Any] = {}
    if arguments.prompt is not None:
        prompt, _ = read_clip(arguments.prompt, sample_rate=rate, mono=True)
        options["prompt"] = prompt
    if known is not None:
        options["guidance"] = _GUIDANCE
    wanted = {"y": pd.DataFrame({"style": styles * (arguments.number or 1)})} if styles else {}
    made, y = model.sample(
        None if styles else arguments.number or 1,
        **wanted,
        duration=arguments.seconds or _SECONDS,
        random_state=arguments.seed,
        return_y=True,
        **options,
    )
    if prompt is not None:
        made = [np.concatenate([prompt, sound]) for sound in made]
    name = "recording" if arguments.prompt is None else arguments.prompt.stem
    table = pd.DataFrame({"style": [name] * len(made)}) if y is None else y
    return [compress_peaks(sound, 1.0, round(_LATE * rate)) for sound in made], table
