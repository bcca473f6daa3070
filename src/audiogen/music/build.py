"""The models that come with the package, made again from files.

The command line is ``python -m audiogen.music.build``.
"""

import argparse
import os
import pathlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from audiogen import datasets
from audiogen.generators import GrooveComposer, Harmonizer, MelodyComposer
from audiogen.io import Score, read_tunes
from audiogen.music._build_sounds import build_drums, build_voices
from audiogen.persistence import save

__all__ = ["build_chords", "build_drums", "build_groove", "build_melody", "build_voices", "main"]

_LAST_YEAR = 1930  # of songs: what is older is out of copyright in the US
_TRAINING = ("train", "")  # splits; what has none is for training too
_FEWEST_CHORDS = 4  # of a tune: old books often print the first one alone


def build_melody(tunes: str | os.PathLike[str], random_state: int = 0, **parameters: Any) -> Any:
    """Train the composer of melodies.

    Parameters
    ----------
    tunes : str or path-like
        A file that `audiogen.io.read_tunes` reads, such as one of dance tunes; those of another
        split than "train" are left out.
    random_state : int, default=0
        Seed of the training.
    **parameters : object
        Further parameters of `MelodyComposer`.

    Returns
    -------
    composer : MelodyComposer
        Fitted, with the conditions genre, metre and mode.
    """
    scores, about = _training_tunes(tunes)
    y = pd.DataFrame(
        {
            "genre": [row["genre"] for row in about],
            "metre": ["/".join(map(str, score.metre)) for score in scores],
            "mode": [score.mode for score in scores],
        }
    )
    return MelodyComposer(random_state=random_state, **parameters).fit(scores, y).compact()


def build_chords(
    leadsheets: str | os.PathLike[str],
    tunes: str | os.PathLike[str] | None = None,
    random_state: int = 0,
    **parameters: Any,
) -> Any:
    """Train the harmonizer.

    Parameters
    ----------
    leadsheets : str or path-like
        A file of songs with chords, as `audiogen.io.read_tunes` reads them. Those without a year,
        and those after 1930, are left out.
    tunes : str or path-like, default=None
        A file of other tunes, of which those with four chords or more are learnt too.
    random_state : int, default=0
        Seed of the training.
    **parameters : object
        Further parameters of `Harmonizer`.

    Returns
    -------
    harmonizer : Harmonizer
        Fitted.
    """
    both = read_tunes(leadsheets)
    songs = [score for score, about in both if (about.get("year") or 9999) <= _LAST_YEAR]
    if tunes is not None:
        songs += [score for score, _ in read_tunes(tunes)]
    songs = [score for score in songs if len(score.chords) >= _FEWEST_CHORDS]
    if not songs:
        raise ValueError(f"{leadsheets} holds no song with chords and a year up to {_LAST_YEAR}.")
    return Harmonizer(random_state=random_state, **parameters).fit(songs).compact()


def build_groove(grooves: str | os.PathLike[str], random_state: int = 0, **parameters: Any) -> Any:
    """Train the composer of drum patterns.

    Parameters
    ----------
    grooves : str or path-like
        An ``.npz`` file with the arrays hits and offsets (n, 32, 9), style (n,) and perhaps
        split (n,), of which rows of another split than "train" are left out. Hits are velocities
        from 0 to 1 on 32 sixteenth notes, offsets steps early or late.
    random_state : int, default=0
        Seed of the training.
    **parameters : object
        Further parameters of `GrooveComposer`.

    Returns
    -------
    composer : GrooveComposer
        Fitted, with the condition style.
    """
    with np.load(grooves, allow_pickle=False) as file:
        missing = {"hits", "offsets", "style"} - set(file.files)
        if missing:
            raise ValueError(f"{grooves} has no array {', '.join(sorted(missing))}.")
        X = np.stack([file["hits"], file["offsets"]], axis=-1).astype(np.float32)
        style = file["style"].astype(str)
        split = file["split"].astype(str) if "split" in file.files else np.full(len(X), "")
        kept = np.isin(split, _TRAINING)
    if not kept.any():
        raise ValueError(f"{grooves} holds no patterns of the split 'train' to learn from.")
    composer = GrooveComposer(random_state=random_state, **parameters)
    return composer.fit(X[kept], style[kept]).compact()


def _notes(folder: pathlib.Path) -> tuple[np.ndarray, pd.DataFrame]:
    """Return the notes of a folder in the layout of NSynth, and their conditions."""
    bunch = datasets.load_nsynth(folder.parent, folder.name)
    return bunch.data, bunch.frame[["instrument", "pitch", "velocity"]]


def _training_tunes(path: str | os.PathLike[str]) -> tuple[list[Score], list[dict[str, Any]]]:
    """Return the tunes of a file that are for training, and what is known about them."""
    both = [(s, about) for s, about in read_tunes(path) if (about.get("split") or "") in _TRAINING]
    if not both:
        raise ValueError(f"{path} holds no tunes to train on.")
    return [score for score, _ in both], [about for _, about in both]


def main(arguments: Sequence[str] | None = None) -> None:
    """Build the models that files are given for, and the voices and drums.

    Parameters
    ----------
    arguments : sequence of str, default=None
        Command-line arguments; None takes those of the process.
    """
    parser = argparse.ArgumentParser(prog="python -m audiogen.music.build", description=__doc__)
    file: dict[str, Any] = {"type": pathlib.Path, "metavar": "FILE"}
    parser.add_argument("--tunes", help="tunes: melody (and chords)", **file)
    parser.add_argument("--leadsheets", help="songs with chords: chords", **file)
    parser.add_argument("--grooves", help="drum patterns: groove", **file)
    parser.add_argument("--notes", help="notes as NSynth has them: voices (bundled)", **file)
    parser.add_argument("--out", type=pathlib.Path, required=True, metavar="FOLDER")
    parser.add_argument("--only", nargs="+", help="names of the models to build")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args(arguments)
    builders: dict[str, Callable[[], Any]] = {}
    if given.tunes:
        builders["melody"] = lambda: build_melody(given.tunes, given.seed, verbose=1)
    if given.leadsheets:
        builders["chords"] = lambda: build_chords(given.leadsheets, given.tunes, given.seed)
    if given.grooves:
        builders["groove"] = lambda: build_groove(given.grooves, given.seed, verbose=1)
    notes = _notes(given.notes) if given.notes else (None, None)
    builders["voices"] = lambda: build_voices(*notes, random_state=given.seed)
    builders["drums"] = lambda: build_drums(random_state=given.seed)
    given.out.mkdir(parents=True, exist_ok=True)
    for name, build in builders.items():
        if given.only is None or name in given.only:
            path = given.out / f"{name}.skops"
            save(build(), path)
            print(f"Wrote {path}, {path.stat().st_size / 1e6:.2f} MB.")


if __name__ == "__main__":
    main()
