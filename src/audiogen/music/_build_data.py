"""What models are built from: files and folders of a user's, read and checked."""

import os
import pathlib
import warnings
import zipfile
from typing import Any

import numpy as np
import pandas as pd

from audiogen.datasets import load_audio_folder, load_nsynth, track_missing_pitch
from audiogen.exceptions import AudioFileWarning
from audiogen.io import Score, open_clip, read_tunes
from audiogen.signal import resample
from audiogen.utils.folders import check_folder
from audiogen.utils.validation import warn_user

__all__ = ["RATE", "read_grooves", "read_melodies", "read_songs", "read_voice_notes"]

RATE = 44_100  # Hz, at which voices and drums are learnt
_LAST_YEAR = 1930  # of songs: what is older is out of copyright in the US
_TRAINING = ("train", "")  # splits; what has none is for training too
_FEWEST_CHORDS = 4  # of a tune: old books often print the first one alone
_PATTERN = (32, 9)  # sixteenth notes, drums
_SECONDS = 4.0  # of a note
_SPLITS = (".", "train", "nsynth-train")


def read_melodies(path: str | os.PathLike[str]) -> tuple[list[Score], pd.DataFrame]:
    """Return the tunes of a file that are for training, and their genre, metre and mode."""
    both = [(s, about) for s, about in _tunes(path) if (about["split"] or "") in _TRAINING]
    if not both:
        raise ValueError(
            f"{path} holds no tunes to train on; of tunes with a split, 'train' is learnt from."
        )
    scores = [score for score, _ in both]
    y = pd.DataFrame(
        {
            "genre": [about["genre"] for _, about in both],
            "metre": ["/".join(map(str, score.metre)) for score in scores],
            "mode": [score.mode for score in scores],
        }
    )
    return scores, y


def read_songs(
    leadsheets: str | os.PathLike[str], tunes: str | os.PathLike[str] | None = None
) -> list[Score]:
    """Return songs with chords that are old enough, and other tunes that have some."""
    songs = [s for s, about in _tunes(leadsheets) if _is_old(leadsheets, s, about["year"])]
    if tunes is not None:
        songs += [score for score, _ in _tunes(tunes)]
    songs = [score for score in songs if len(score.chords) >= _FEWEST_CHORDS]
    if not songs:
        raise ValueError(
            f"{leadsheets} holds no song with chords and a year up to {_LAST_YEAR}. Lines of "
            "JSON state the year of a song; songs without one are left out."
        )
    return songs


def _tunes(path: str | os.PathLike[str]) -> list[tuple[Score, dict[str, Any]]]:
    """Return the tunes of a file, and what it says of each; a book may have a few bad ones."""
    if os.path.isdir(path):
        raise IsADirectoryError(f"{path} is a folder; give one file, such as a book in ABC.")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        tunes = read_tunes(path, errors="warn")
    faults = [str(one.message).removeprefix("Left out: ") for one in caught]
    if faults and not tunes:
        raise ValueError(faults[0])
    if faults:
        n_tunes = len(faults) + len(tunes)
        message = f"{len(faults)} of {n_tunes} tunes are left out. The first: {faults[0]}"
        warn_user(message, AudioFileWarning)
    return tunes


def _is_old(path: str | os.PathLike[str], score: Score, year: Any) -> bool:
    if year is not None and (not isinstance(year, int) or isinstance(year, bool)):
        raise ValueError(f"{path}: the year of {score.title!r} is no whole number, but {year!r}.")
    return (year or _LAST_YEAR + 1) <= _LAST_YEAR


def read_grooves(path: str | os.PathLike[str]) -> tuple[np.ndarray, np.ndarray]:
    """Return the drum patterns of a file that are for training, and their styles."""
    arrays = _arrays(path)
    missing = sorted({"hits", "offsets", "style"} - set(arrays))
    if missing:
        raise ValueError(f"{path} has no array {', '.join(missing)}.")
    n_patterns = len(np.atleast_1d(arrays["style"]))
    arrays.setdefault("split", np.full(n_patterns, ""))
    shapes = {"hits": _PATTERN, "offsets": _PATTERN, "style": (), "split": ()}
    for name, inner in shapes.items():
        if arrays[name].shape != (n_patterns, *inner):
            raise ValueError(
                f"{path}: the array {name} must have the shape {(n_patterns, *inner)}, as there "
                f"are {n_patterns} styles. Got {arrays[name].shape}."
            )
    kept = np.isin(arrays["split"].astype(str), _TRAINING)
    if not kept.any():
        raise ValueError(f"{path} holds no patterns of the split 'train' to learn from.")
    X = np.stack([_numbers(path, name, arrays[name][kept]) for name in ("hits", "offsets")], -1)
    return X, arrays["style"].astype(str)[kept]


def _arrays(path: str | os.PathLike[str]) -> dict[str, np.ndarray]:
    """Return the arrays of an ``.npz`` file."""
    try:
        with np.load(path, allow_pickle=False) as file:
            return dict(file)
    except FileNotFoundError as error:
        raise FileNotFoundError(f"There is no file {path}.") from error
    except (OSError, ValueError, EOFError, AttributeError, TypeError, zipfile.BadZipFile) as error:
        raise ValueError(
            f"{path} is no .npz file of arrays of numbers and text, as "
            "numpy.savez(path, hits=..., offsets=..., style=...) writes them."
        ) from error


def _numbers(path: str | os.PathLike[str], name: str, array: np.ndarray) -> np.ndarray:
    """Return velocities or offsets, refused beyond their range."""
    low, high = (0.0, 1.0) if name == "hits" else (-0.5, 0.5)
    if array.dtype.kind not in "biuf":
        raise ValueError(f"{path}: the array {name} must hold numbers. Got {array.dtype}.")
    array = array.astype(np.float32)
    wrong = array[~((array >= low) & (array <= high))]
    if len(wrong):
        raise ValueError(
            f"{path}: the array {name} must lie in [{low:g}, {high:g}]. Got {wrong[0]:g}: "
            "velocities of MIDI are divided by 127, offsets are parts of a sixteenth note."
        )
    return array


def read_voice_notes(folder: str | os.PathLike[str]) -> tuple[np.ndarray, pd.DataFrame]:
    """Return the notes of a folder at 44.1 kHz, and their instrument, pitch and velocity.

    Velocity is left out where some notes have none. Files at lower rates are resampled, with a
    warning, as nothing is in them above half their rate.
    """
    root = pathlib.Path(folder)
    check_folder(root)
    corpus = _corpus(root)
    if corpus is None:
        bunch = load_audio_folder(root, sample_rate=RATE, duration=_SECONDS)
    else:
        bunch = load_nsynth(corpus)
    _refuse_unusable(root, bunch)
    X, frame = track_missing_pitch(bunch.data, bunch.frame, bunch.sample_rate)
    if bunch.sample_rate != RATE:
        X = np.stack([resample(note, bunch.sample_rate, RATE) for note in X])
    _warn_of_low_rates(bunch.filenames)
    velocity = ["velocity"] if frame["velocity"].notna().all() else []
    return X, frame[["instrument", "pitch", *velocity]]


def _corpus(root: pathlib.Path) -> pathlib.Path | None:
    """Return the folder that holds NSynth's ``examples.json``; None for a plain folder."""
    for name in _SPLITS:
        if (root / name / "examples.json").is_file():
            return root / name
    others = sorted(path.parent for path in root.glob("*/examples.json"))
    if others:
        raise FileNotFoundError(
            f"{root} has no notes to train on in the layout of NSynth, which are in 'train' or "
            f"'nsynth-train'. Give one of its folders: {', '.join(map(str, others))}."
        )
    if (root.parent / "examples.json").is_file():
        raise ValueError(f"{root} is a part of notes in the layout of NSynth; give {root.parent}.")
    return None


def _refuse_unusable(root: pathlib.Path, bunch: Any) -> None:
    """Refuse notes that are silent, or of no instrument."""
    silent = [name for name, row in zip(bunch.filenames, bunch.data, strict=True) if not row.any()]
    if silent:
        raise ValueError(f"{silent[0]} is silent, one of {len(silent)} files; remove them.")
    unnamed = bunch.frame["note"][bunch.frame["instrument"].isna()]
    if len(unnamed):
        raise ValueError(
            f"{root}: examples.json has no 'instrument_str' for {len(unnamed)} of "
            f"{len(bunch.frame)} notes, such as {unnamed.iloc[0]}."
        )


def _warn_of_low_rates(filenames: list[str]) -> None:
    low = {}
    for name in filenames:
        with open_clip(name) as sound:
            if sound.samplerate < RATE:
                low[name] = sound.samplerate
    if low:
        first, rate = next(iter(low.items()))
        warn_user(
            f"{len(low)} of {len(filenames)} files are resampled to {RATE} Hz, such as {first}, "
            f"which is at {rate} Hz: voices will have nothing above {rate // 2} Hz."
        )
