"""The real notes that come with the package."""

import pathlib
import zlib
from collections.abc import Sequence
from typing import Any

import pandas as pd

from audiogen.datasets._bunch import as_dataset, check_conditions, check_sample_rate
from audiogen.datasets._captions import captioned, known_columns
from audiogen.datasets._nsynth_examples import read_examples
from audiogen.datasets._reading import read_rows
from audiogen.utils.validation import Instance, Options, check_parameters

_DATA = pathlib.Path(__file__).parent / "data"
_SECONDS = 4
# What folders, sound files and the statement of their origins are called at each sampling rate.
_NAMES = {
    16_000: ("notes", "flac", "LICENSES.md"),
    44_100: ("notes-44100", "ogg", "LICENSES-44100.md"),
}


def load_notes(
    split: str = "train",
    *,
    sample_rate: int = 16_000,
    return_X_y: bool = False,
    conditions: Sequence[str] = ("pitch", "instrument_family"),
    captions: bool = False,
) -> Any:
    """Load real recorded notes that come with the package.

    Notes of eleven instrument families, of 4 s: 148 to train on and 38 to judge by at
    16 kHz, 164 and 25 at 44.1 kHz. Every pitch of a family in "valid" lies within the range of
    that family in "train". At 16 kHz many instruments have a few notes each, and four of those
    in "valid" are not in "train"; at 44.1 kHz 31 instruments have four to nine notes each in
    "train", spread over their range, from which a voice can be learnt.

    Rows come in a mixed order, always the same, in which families and instruments are spread
    evenly. So the folds that scikit-learn makes by default, which it does not shuffle,
    leave some notes of every family in "train" to learn from.

    Parameters
    ----------
    split : {"train", "valid"}, default="train"
        Which part of the notes.
    sample_rate : {16000, 44100}, default=16000
        Sampling rate of the notes, in Hz: each has a set of its own.
    return_X_y : bool, default=False
        Return ``(X, y)`` instead of a Bunch.
    conditions : list of str, default=("pitch", "instrument_family")
        The columns of `frame` that make up y.
    captions : bool, default=False
        Whether `frame` has a further column, caption, that says in words what each note is like,
        as `make_captions` does with the seed 0.

    Returns
    -------
    data : Bunch
        With the attributes

        data : ndarray of shape (n_notes, 4 * sample_rate), float32
            Audio in [-1, 1]. A note sounds as long as its instrument does; zeros follow.
        frame : DataFrame
            The columns note, pitch (MIDI, 60 is C4), velocity (25, 50, 75, 100 or 127),
            instrument, instrument_family, instrument_source and qualities (a tuple of str), and
            caption if asked for.
        sample_rate : int
            Sampling rate of the notes, in Hz.
        filenames : list of str
            Where each note was read from.
        DESCR : str
            Where the notes come from, who made them, and under which licences.
    (X, y) : tuple of ndarray and DataFrame
        ``data`` and ``frame[conditions]``, if `return_X_y` is True.

    Notes
    -----
    For folds that hold equal shares of the categories of one column, here and with notes in
    any order, give ``cv=StratifiedKFold(5).split(X, y["instrument_family"])``.

    The sounds are in the public domain, or under CC0 or CC-BY; `DESCR` names the authors,
    who must be named wherever the CC-BY notes are passed on.

    The notes at 16 kHz are stored without loss, those at 44.1 kHz as Ogg Vorbis, whose errors are
    below those of an analysis into harmonics and noise. They may differ in the last bits where
    another release of the decoder reads them.

    Examples
    --------
    >>> from audiogen.datasets import load_notes
    >>> notes = load_notes("valid")
    >>> notes.data.shape
    (38, 64000)
    >>> sorted(notes.frame.instrument_family.unique())[:4]
    ['bass', 'brass', 'flute', 'guitar']
    """
    rules = {"split": Options("train", "valid"), "captions": Instance(bool, "a bool")}
    check_parameters("load_notes", rules, {"split": split, "captions": captions})
    check_sample_rate("load_notes", sample_rate, tuple(_NAMES))
    check_conditions("load_notes", conditions, known_columns(captions))
    name, suffix, origins = _NAMES[int(sample_rate)]
    folder = _DATA / f"{name}-{split}"
    frame, sample_rate = read_examples(folder / "examples.json")
    frame = _mixed(frame)
    paths = [folder / "audio" / f"{note}.{suffix}" for note in frame["note"]]
    X, *_ = read_rows(paths, _SECONDS * sample_rate, sample_rate)
    return as_dataset(
        X,
        captioned(frame, captions),
        sample_rate=sample_rate,
        filenames=[str(path) for path in paths],
        descr=(_DATA / origins).read_text(encoding="utf-8"),
        return_X_y=return_X_y,
        conditions=conditions,
    )


def _mixed(frame: pd.DataFrame) -> pd.DataFrame:
    """Return rows in an order in which families, and instruments in them, are spread evenly.

    A checksum of the names decides the rest: it is the same on every machine for all time.
    """
    chance = frame["note"].map(lambda note: zlib.crc32(note.encode()) / 2**32)
    place = chance
    for column in ("instrument", "instrument_family"):
        groups = place.groupby(frame[column])
        place = (groups.rank(method="first") - chance) / groups.transform("size")
    return frame.iloc[place.argsort(kind="stable")].reset_index(drop=True)
