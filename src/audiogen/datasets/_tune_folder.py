"""Tunes read from a file or a folder of files."""

import os
import pathlib
from typing import Any

import pandas as pd
from sklearn.utils import Bunch

from audiogen.datasets._reading import report
from audiogen.datasets._walk import listed_files, printable
from audiogen.exceptions import AudioFileError
from audiogen.io import SCORE_SUFFIXES, Score, read_tunes
from audiogen.utils.names import unique_names
from audiogen.utils.validation import Options, check_parameters


def read_tune_folder(source: str | os.PathLike[str], errors: str) -> Bunch:
    """Return all tunes of a file or below a folder, as `load_tunes` does."""
    check_parameters("load_tunes", {"errors": Options("raise", "warn")}, {"errors": errors})
    root = pathlib.Path(source)
    scores, rows, filenames = [], [], []
    for path in _tune_files(root, errors):
        tunes = _tunes_of(path, errors) if root.is_dir() else read_tunes(path, errors=errors)
        for number, (score, about) in enumerate(tunes, 1):
            score = with_melody(score)
            scores.append(score)
            name = _name(root, path) + (f"-{number}" if len(tunes) > 1 else "")
            rows.append(_row(score, name, about["genre"] or _folder(root, path)))
            filenames.append(str(path))
    if not scores:
        raise ValueError(f"No tune of {root} can be read; the warnings say why.")
    frame = pd.DataFrame(rows)
    frame["name"] = unique_names(list(frame["name"]))
    frame["genre"] = pd.Series([row["genre"] for row in rows], dtype=object)  # keeps None
    descr = f"{len(scores)} tunes of {root}."
    return Bunch(data=scores, scores=scores, frame=frame, filenames=filenames, DESCR=descr)


def with_melody(score: Score) -> Score:
    """Return a score whose only part besides drums is called "melody"."""
    others = [part for part in score.parts if part != "drums"]
    if len(others) != 1 or others == ["melody"]:
        return score
    notes = score.notes.assign(part=score.notes.part.replace(others[0], "melody"))
    return score.replace(notes=notes, title=score.title or others[0])


def _tune_files(root: pathlib.Path, errors: str) -> list[pathlib.Path]:
    """Return the file, or all files of tunes below the folder."""
    if not root.exists():
        raise FileNotFoundError(f"There is no file or folder {root}.")
    return listed_files(root, SCORE_SUFFIXES, errors, kind="tune") if root.is_dir() else [root]


def _tunes_of(path: pathlib.Path, errors: str) -> list[tuple[Score, dict[str, Any]]]:
    """Return the tunes of a file of a folder, which may have gone or be shut."""
    try:
        return read_tunes(path, errors=errors)
    except OSError as error:
        report(AudioFileError(f"{path} cannot be read: {error}."), errors)
        return []


def _name(root: pathlib.Path, path: pathlib.Path) -> str:
    inner = path.relative_to(root) if root.is_dir() else pathlib.Path(path.name)
    stem = inner.name[: -len(next(s for s in SCORE_SUFFIXES[::-1] if _ends_in(inner, s)))]
    return printable("-".join([*inner.parts[:-1], stem]))


def _ends_in(path: pathlib.Path, suffix: str) -> bool:
    return path.name.lower().endswith(suffix)


def _folder(root: pathlib.Path, path: pathlib.Path) -> str | None:
    """Return the name of the folder directly below the root, None for files in the root."""
    parts = path.relative_to(root).parts if root.is_dir() else ()
    return parts[0] if len(parts) > 1 else None


def _row(score: Score, name: str, genre: str | None) -> dict[str, Any]:
    return {
        "name": name,
        "title": score.title or name,
        "key": score.key,
        "tonic": score.tonic,
        "mode": score.mode,
        "metre": f"{score.metre[0]}/{score.metre[1]}",
        "genre": genre,
        "tempo": score.tempo,
    }
