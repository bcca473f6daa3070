"""The command ``report``: a page to read and hear what models, sounds and clips are like."""

import argparse
import pathlib
from collections.abc import Sequence
from typing import Any

from audiogen.cli._options import add_seed, count

__all__ = [
    "add_parser", "add_report", "refuse_there", "run", "write_clips_page", "write_page",
]  # fmt: skip


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """Add the command to the command line."""
    command = commands.add_parser(
        "report",
        help="write a page to read and hear what models, sounds and clips are like",
        description="Write one page of HTML that holds all it shows: players, pictures, figures "
        "with intervals, loss curves, parameters, sources and licences. A MODEL is what fit "
        "wrote, a FOLDER has notes or recordings, and a CLIP is what audiogen clip wrote: a file "
        "of it, or the folder. Beside sounds of models and folders stand the nearest of --real.",
    )
    command.add_argument(
        "subjects", nargs="+", type=pathlib.Path, metavar="MODEL|FOLDER|CLIP",
        help="what the page is on, one section each",
    )  # fmt: skip
    command.add_argument(
        "--real", type=pathlib.Path, metavar="FOLDER", help="real sounds to compare with"
    )
    command.add_argument(
        "--out", type=pathlib.Path, default="audiogen-report.html", metavar="FILE",
        help="file to write (%(default)s)",
    )  # fmt: skip
    command.add_argument(
        "-n", "--number", type=count,
        help="sounds that a model makes (as many as real ones; without those 8)",
    )  # fmt: skip
    command.add_argument(
        "--shown", type=count, default=8, metavar="N", help="sounds with a player (%(default)s)"
    )
    add_seed(command)
    return command


def add_report(command: argparse.ArgumentParser, path: str) -> None:
    """Add the option ``--report`` to another command."""
    command.add_argument("--report", action="store_true",
                         help=f"write a page to read and hear what was made, {path}")  # fmt: skip


def run(arguments: argparse.Namespace) -> None:
    """Write a page on models, folders and clips."""
    refuse_there(arguments.out)
    from audiogen.cli._notes import load_model

    kinds = {path: _kind(path) for path in arguments.subjects}
    models = {path: load_model(path) for path, kind in kinds.items() if kind == "model"}
    rate = next((model.sample_rate for model in models.values()), None)
    real = None
    if arguments.real is not None:
        real = _read_sounds(arguments.real, rate, arguments)
        if any("pitch" in model[-1].condition_names_ for model in models.values()):
            real.update(_with_pitches(real, arguments.real))
        rate = real.sample_rate
    subjects: list[tuple[str, Any]] = []
    for path, kind in kinds.items():
        if kind == "clip":
            subjects += _load_clips(path)
        else:
            found = models[path] if kind == "model" else _read_sounds(path, rate, arguments)
            subjects.append((path.name, found))
    title = ", ".join(path.name for path in kinds)
    written = write_page(
        arguments.out, subjects, real=real, title=title, n_samples=arguments.number,
        max_shown=arguments.shown, seed=arguments.seed,
    )  # fmt: skip
    print(written)


def refuse_there(path: pathlib.Path) -> None:
    """Refuse a page that is there already, or that cannot be written."""
    from audiogen.utils.files import check_writable

    if path.exists():
        raise FileExistsError(f"{path} is there already; give another --out, or remove it.")
    check_writable(path)


def write_page(
    path: pathlib.Path, subjects: Sequence[tuple[str, Any]], *, seed: int, **how: Any
) -> str:
    """Write a page on subjects by their names, and return a sentence that says so."""
    from audiogen.evaluation import write_report

    names, things = zip(*subjects, strict=True)
    write_report(path, *things, names=names, random_state=seed, **how)
    return f"Wrote {path} ({path.stat().st_size / 1e6:.1f} MB): open it in a browser."


def write_clips_page(folder: pathlib.Path) -> str:
    """Write a page on the clips in a folder into it, and return a sentence that says so."""
    return write_page(folder / "report.html", _load_clips(folder), title=folder.name, seed=0)


def _kind(path: pathlib.Path) -> str:
    """Return what a path is: "model", "clip" or "sounds"."""
    from audiogen.datasets import SOUND_SUFFIXES

    if not path.exists():
        raise FileNotFoundError(f"There is no {path}.")
    if _descriptions(path):
        return "clip"
    return "sounds" if path.is_dir() or path.suffix.lower() in SOUND_SUFFIXES else "model"


def _descriptions(path: pathlib.Path) -> Sequence[pathlib.Path]:
    """Return the JSON files of clips that a path names or holds."""
    files = sorted(path.rglob("*.json")) if path.is_dir() else [path.with_suffix(".json")]
    return [file for file in files if file.is_file() and _has_sound(file)]


def _has_sound(description: pathlib.Path) -> bool:
    from audiogen.io import CLIP_SUFFIXES

    return any(description.with_suffix(suffix).is_file() for suffix in CLIP_SUFFIXES)


def _load_clips(path: pathlib.Path) -> list[tuple[str, Any]]:
    """Return the clips that a path names or holds, with the names of their files."""
    from audiogen.music import load_clip

    clips = {file: load_clip(file) for file in _descriptions(path)}
    return [(f"{file.stem}: {clip.info['title']}", clip) for file, clip in clips.items()]


def _with_pitches(notes: Any, path: pathlib.Path) -> dict[str, Any]:
    """Return those notes whose pitch is known or can be tracked, with it."""
    from audiogen.datasets import track_missing_pitch

    if "pitch" not in notes.frame:
        raise ValueError(
            f"{path} has recordings, and a model that makes notes by their pitch cannot be "
            "compared with them: give --real a folder of notes."
        )
    X, frame = track_missing_pitch(notes.data, notes.frame, notes.sample_rate)
    return {"data": X, "frame": frame}


def _read_sounds(path: pathlib.Path, rate: int | None, arguments: argparse.Namespace) -> Any:
    """Return the notes of a folder, or recordings, with the conditions that models learn."""
    from sklearn.utils import Bunch

    from audiogen.cli._notes import known_conditions, read_notes
    from audiogen.cli._recordings import are_recordings
    from audiogen.datasets import load_recordings

    if are_recordings(path):
        return load_recordings(path, sample_rate=rate, errors="warn")
    X, frame, sample_rate = read_notes(
        path, "test", None, arguments.seed, rate, not arguments.quiet
    )
    frame = known_conditions(frame, path)
    descr = f"{len(X)} notes of {path}."
    return Bunch(data=X, frame=frame, sample_rate=sample_rate, DESCR=descr)
