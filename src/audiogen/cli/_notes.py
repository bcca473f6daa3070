"""Notes and models read and written, for several commands."""

import argparse
import json
import math
import pathlib
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from audiogen.cli._interrupts import stopped_by_interrupts
from audiogen.utils.files import check_writable, remove_strays
from audiogen.utils.folders import check_folder
from audiogen.utils.seeds import Stream, make_rng

__all__ = [
    "FAMILIES",
    "LEGEND",
    "PITCHED",
    "as_many",
    "family_column",
    "figures_as_json",
    "format_figures",
    "is_nsynth",
    "known_conditions",
    "load_model",
    "pitched_share",
    "read_both",
    "read_notes",
    "refuse_full",
    "train_on_notes",
    "write_notes",
]

FAMILIES = ("instrument_family", "instrument", "drum", "style")  # conditions that say what plays
PITCHED = 0.5  # share of sounds with a pitch from which on they are notes
_TRIED = 100  # sounds that tell it
_USUAL_VELOCITY = 100
_FOLDER_RATE = 16000  # to which the files of a plain folder are resampled
LEGEND = """
frechet_audio_distance  from the real notes; less is nearer (compare the training notes')
kl_divergence           KL(real || these), an estimate that may be below 0; less is nearer
pitch_accuracy          share of notes within 50 cents of the pitch asked for
pitch_entropy           bits; how many pitches a note mixes
n_pitches, pitch_range  spectral peaks of all notes together, and how far apart in Hz
silent                  share of notes that are silent
half of ...             one half of the real notes against the other: as near as so few can be"""


def train_on_notes(
    X: Any,
    y: Any,
    sample_rate: int,
    arguments: argparse.Namespace,
    recipe: str = "harmonic_cvae",
    checkpoints: pathlib.Path | None = None,
) -> Any:
    """Return a recipe's pipeline, fitted."""
    from audiogen import recipes

    model = getattr(recipes, recipe)(
        sample_rate=sample_rate, random_state=arguments.seed, verbose=0 if arguments.quiet else 1
    )
    epochs, fit_parameters = getattr(arguments, "epochs", None), {}
    if not hasattr(model[-1], "epochs"):
        given = [("--epochs", epochs), ("--resume", checkpoints)]
        if words := [name for name, value in given if value is not None]:
            raise ValueError(
                f"{recipe} is not trained in epochs: leave {' and '.join(words)} out."
            )
    if epochs is not None:
        model[-1].set_params(epochs=epochs)
    if checkpoints is not None:
        fit_parameters[f"{model.steps[-1][0]}__checkpoint_dir"] = checkpoints
    with stopped_by_interrupts(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Training was interrupted")
        return model.fit(X, y, **fit_parameters)


def load_model(path: pathlib.Path) -> Any:
    """Return a pipeline of sounds, conditioned on pitch, families, drums or styles."""
    from sklearn.pipeline import Pipeline

    from audiogen.persistence import load

    model = load(path)
    generator = model[-1] if isinstance(model, Pipeline) else None
    names = getattr(generator, "condition_names_", [])
    known = {"pitch", "velocity", "kit", *FAMILIES, getattr(generator, "text", None)}
    if not hasattr(generator, "conditions_") or not {*names} <= known:
        raise ValueError(
            f"{path} is no pipeline trained on pitch and instrument_family, on drums or on "
            "recordings, whose condition is style, as fit trains it. Use it in Python: "
            "audiogen.generate(audiogen.load(...))."
        )
    if getattr(model, "sample_rate", None) is None:
        raise ValueError(
            f"{path} does not state the sample rate of its notes. Give it in Python, as "
            "GenerativePipeline(steps, sample_rate=...), before fit."
        )
    return model


def read_notes(
    root: pathlib.Path,
    split: str,
    max_notes: int | None,
    seed: int,
    rate: int | None = _FOLDER_RATE,
    verbose: int = 0,
    segment: bool = False,
) -> tuple[np.ndarray, Any, int]:
    """Return the notes of a folder, their table and their sample rate.

    NSynth's layout states its rate; the files of any other folder are resampled to `rate`, or for
    None to that of most of them.
    """
    from audiogen import datasets

    check_folder(root)
    if is_nsynth(root, split):
        bunch = datasets.load_nsynth(
            root, split, max_notes=max_notes, random_state=seed, n_jobs=-1, errors="warn",
            verbose=verbose,
        )  # fmt: skip
        return bunch.data, bunch.frame, bunch.sample_rate
    bunch = datasets.load_audio_folder(
        root, sample_rate=rate, segment=segment, n_jobs=-1, errors="warn", verbose=verbose
    )
    if max_notes is None or max_notes >= len(bunch.data):
        return bunch.data, bunch.frame, bunch.sample_rate
    rows = np.sort(make_rng(seed, Stream.SUBSET).permutation(len(bunch.data))[:max_notes])
    frame = bunch.frame.iloc[rows].reset_index(drop=True)
    return bunch.data[rows], frame, bunch.sample_rate


def read_both(
    real: pathlib.Path, generated: pathlib.Path, verbose: int = 0
) -> tuple[tuple[np.ndarray, Any], tuple[np.ndarray, Any], int]:
    """Return real and generated notes with their tables, and the sample rate of both."""
    rate, notes = _FOLDER_RATE, {}
    roots = dict.fromkeys((real, generated))
    for root in sorted(roots, key=lambda root: not is_nsynth(root, "test")):
        *notes[root], found = read_notes(root, "test", None, 0, rate, verbose)
        if len(notes) == 2 and found != rate:
            first = next(iter(notes))
            raise ValueError(
                f"{first} is at {rate} Hz and {root} at {found} Hz. Give the audio folder of "
                "one of them, whose files are resampled."
            )
        rate = found
    return tuple(notes[real]), tuple(notes[generated]), rate


def is_nsynth(root: pathlib.Path, split: str) -> bool:
    """Tell whether a folder has NSynth's layout."""
    return any((root / name / "examples.json").is_file() for name in (".", f"nsynth-{split}"))


def refuse_full(folder: pathlib.Path) -> None:
    """Refuse a folder that holds something, or that cannot be written to."""
    remove_strays(folder)
    if folder.exists() and not folder.is_dir():
        raise FileExistsError(f"{folder} is a file; give another folder with --out.")
    if folder.is_dir() and any(folder.iterdir()):
        raise FileExistsError(f"{folder} is not empty; give another with --out, or remove it.")
    check_writable(folder)


def known_conditions(frame: Any, data: pathlib.Path) -> Any:
    """Return a table of sounds with the columns that drums are learnt by."""
    return frame.assign(
        drum=frame.instrument_family, kit=data.resolve().name,
        velocity=frame.velocity.fillna(_USUAL_VELOCITY),
    )  # fmt: skip


def pitched_share(X: np.ndarray, sample_rate: int) -> float:
    """Return the share of sounds that have a pitch: of notes nearly all, of drum hits few."""
    from audiogen.datasets import has_pitch

    rows = make_rng(0, Stream.SUBSET).permutation(len(X))[:_TRIED]
    return float(has_pitch(X[rows], sample_rate).mean())


def family_column(names: Any) -> str | None:
    """Return the condition that says what plays, None where there is none."""
    return next((name for name in FAMILIES if name in names), None)


def write_notes(
    folder: pathlib.Path,
    notes: Sequence[np.ndarray],
    wanted: Any,
    sample_rate: int,
    arguments: argparse.Namespace,
    format: str = "wav",
) -> None:
    """Write sounds with a picture of each: WAV of notes as an NSynth corpus, else by family."""
    from audiogen import datasets, display
    from audiogen.utils.progress import Progress

    if "pitch" in wanted and format == "wav":
        paths = datasets.save_nsynth(folder, notes, wanted, sample_rate=sample_rate)
    else:
        paths = _write_by_family(folder / "audio", notes, wanted, sample_rate, format)
    with Progress(len(notes), "pictures", verbose=not arguments.quiet) as progress:
        for note, path in zip(notes, paths, strict=True):
            picture = display.NoteDisplay(note, sample_rate=sample_rate, name=path.stem)
            picture.save(folder / "pictures" / f"{path.stem}.png")
            progress.step()


def _write_by_family(
    folder: pathlib.Path, sounds: Sequence[np.ndarray], wanted: Any, sample_rate: int, format: str
) -> list[pathlib.Path]:
    """Write sounds into a folder for each family, and return their paths.

    Their names are those that `load_audio_folder` reads pitches and velocities from.
    """
    from audiogen.io import write_clip

    column = family_column(wanted)
    family = wanted[column].astype(str) if column else wanted.assign(family="note")["family"]
    names = family + "_" + family.groupby(family).cumcount().map("{:03d}".format)
    if "pitch" in wanted:
        table = wanted.assign(velocity=wanted.get("velocity", 100)).round()
        for number in ("pitch", "velocity"):
            names += table[number].astype(int).map("-{:03d}".format)
    return [
        write_clip(folder / kind / f"{name}.{format}", sound, sample_rate)
        for sound, kind, name in zip(sounds, family, names, strict=True)
    ]


def as_many(bunch: Any, n_notes: int) -> tuple[np.ndarray, Any]:
    """Return a number of notes, as figures depend on how many are measured."""
    rows = make_rng(0, Stream.SUBSET).permutation(len(bunch.data))[:n_notes]
    return bunch.data[rows], bunch.frame.iloc[rows]


def figures_as_json(columns: dict[str, dict[str, float]]) -> str:
    """Return metrics as JSON, which has no NaN: null instead."""
    known = {
        name: {figure: value if math.isfinite(value) else None for figure, value in own.items()}
        for name, own in columns.items()
    }
    return json.dumps(known, indent=2, allow_nan=False)


def format_figures(columns: dict[str, dict[str, float]]) -> str:
    """Return metrics as a table."""
    rows = [["", *columns]]
    for figure in next(iter(columns.values())):
        cells = [column.get(figure) for column in columns.values()]
        rows.append([figure, *("-" if cell is None else f"{cell:.3f}" for cell in cells)])
    widths = [max(map(len, cells)) for cells in zip(*rows, strict=True)]
    return "\n".join(_line(row, widths) for row in rows)


def _line(cells: list[str], widths: list[int]) -> str:
    """Return a row of the table."""
    first, *others = zip(cells, widths, strict=True)
    return first[0].ljust(first[1]) + "".join(f"  {cell:>{width}}" for cell, width in others)
