"""Notes written in the layout of NSynth."""

import json
import numbers
import os
import pathlib
import re

import numpy as np
import numpy.typing as npt
import pandas as pd
import soundfile

from audiogen.datasets._bunch import check_known
from audiogen.datasets._nsynth_format import QUALITIES, SAMPLE_RATE, to_examples
from audiogen.signal import named_pitches
from audiogen.utils.files import atomic_folder, atomic_path
from audiogen.utils.names import unique_names
from audiogen.utils.validation import Interval, check_audio, check_parameters

_DEFAULTS = {"velocity": 100, "instrument_family": "synth_lead", "instrument_source": "synthetic"}
_FILE_NAME = re.compile(r"[^./\\:*?\"<>|\0][^/\\:*?\"<>|\0]*")
_FULL_SCALE = 32768


def save_nsynth(
    root: str | os.PathLike[str],
    X: npt.ArrayLike,
    frame: pd.DataFrame,
    *,
    sample_rate: int = SAMPLE_RATE,
) -> list[pathlib.Path]:
    """Write notes in the layout of NSynth.

    The layout is ``audio/<note>.wav``, of 16 bits, and ``examples.json`` with NSynth's keys
    and codes, which is written last. `load_nsynth` reads it.

    Parameters
    ----------
    root : str or path-like
        Folder to write to, which is made if it does not exist. A folder that holds a corpus
        already is refused.
    X : array-like of shape (n_notes, n_timesteps)
        Notes in [-1, 1], or integers, which are scaled by the full scale of their type.
    frame : DataFrame
        One row for each note, with the column pitch (whole MIDI pitches) and any of note,
        velocity, instrument, instrument_family, instrument_source and qualities, as the
        loaders return them. Missing values become velocity 100, family "synth_lead",
        source "synthetic", instrument "<family>_<source>_000", and note
        "<instrument>-<pitch>-<velocity>", with "-1", "-2" appended if it is taken.
        A family or source that NSynth does not have gets the next free code.
    sample_rate : int, default=16000
        Sampling rate of the notes, in Hz; that of NSynth is 16,000.

    Returns
    -------
    paths : list of pathlib.Path
        The WAV files, in the order of the notes.

    Raises
    ------
    FileExistsError
        If `root` holds ``examples.json`` or a filled folder ``audio`` already.
    ValueError
        If samples lie beyond [-1, 1], lengths differ, pitches are missing or no whole numbers
        in [0, 127], or names of notes repeat or are no file names.

    Examples
    --------
    >>> import tempfile
    >>> from audiogen.datasets import make_notes, save_nsynth
    >>> X, y = make_notes(2, pitch=60, family="organ", random_state=0, return_X_y=True)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     [path.name for path in save_nsynth(folder, X, y)]
    ['organ_synthetic_000-060-100.wav', 'organ_synthetic_000-060-100-1.wav']
    """
    check_parameters(
        "save_nsynth",
        {"sample_rate": Interval(numbers.Integral, 1, None)},
        {"sample_rate": sample_rate},
    )
    root = pathlib.Path(root)
    _refuse_existing(root)
    X = check_audio(X, name="X")
    frame = _completed(frame, len(X))
    loud = np.flatnonzero(np.abs(X).max(axis=1) > 1)
    if len(loud):
        raise ValueError(
            f"X must lie in [-1, 1], but row {loud[0]} ({frame['note'][loud[0]]}) reaches "
            f"{np.abs(X[loud[0]]).max():g}. Scale it, with PeakNormalizer for instance."
        )
    _write_audio(root, X, frame["note"], sample_rate)
    with atomic_path(root / "examples.json") as path:
        path.write_text(json.dumps(to_examples(frame, sample_rate), indent=4), encoding="utf-8")
    return [root / "audio" / f"{note}.wav" for note in frame["note"]]


def _refuse_existing(root: pathlib.Path) -> None:
    audio = root / "audio"
    if (root / "examples.json").exists() or (audio.is_dir() and any(audio.iterdir())):
        raise FileExistsError(
            f"{root} holds examples.json or sounds already; give another folder, or remove it."
        )


def _write_audio(root: pathlib.Path, X: np.ndarray, names: pd.Series, sample_rate: int) -> None:
    """Write all files to a folder that is then renamed, so that none is half there."""
    with atomic_folder(root / "audio") as folder:
        for name, wave in zip(names, X, strict=True):
            # Rounded here: libsndfile multiplies by 32,767 and divides by 32,768.
            whole = np.clip(np.rint(wave * _FULL_SCALE), -_FULL_SCALE, _FULL_SCALE - 1)
            path = folder / f"{name}.wav"
            try:
                soundfile.write(path, whole.astype(np.int16), sample_rate, subtype="PCM_16")
            except soundfile.LibsndfileError as error:
                reason = error.error_string
                raise OSError(f"The sounds cannot be written to {root}: {reason}") from error


def _completed(frame: pd.DataFrame, n_notes: int) -> pd.DataFrame:
    """Return a frame with all columns, checked."""
    if not isinstance(frame, pd.DataFrame) or "pitch" not in frame or len(frame) != n_notes:
        raise ValueError(
            f"frame must be a DataFrame of {n_notes} rows, as many as X has, with a column "
            f"'pitch'. Got {type(frame).__name__} of {len(frame)} rows."
        )
    frame = frame.reset_index(drop=True).copy()
    for column, default in _DEFAULTS.items():
        given = frame[column] if column in frame else pd.Series([None] * n_notes, dtype=object)
        frame[column] = given.astype(object).where(given.notna(), default)
    for column in ("instrument_family", "instrument_source"):
        frame[column] = frame[column].map(str)
    for column in ("pitch", "velocity"):
        frame[column] = _whole(frame[column], column)
    built = frame["instrument_family"] + "_" + frame["instrument_source"] + "_000"
    if "instrument" in frame:
        built = frame["instrument"].astype(object).where(frame["instrument"].notna(), built)
    frame["instrument"] = built
    if "qualities" not in frame:
        frame["qualities"] = [()] * n_notes
    check_known("qualities", {q for row in frame["qualities"] for q in row}, list(QUALITIES))
    frame["note"] = _names(frame)
    return frame


def _whole(column: pd.Series, name: str) -> np.ndarray:
    """Return a column as whole numbers from 0 to 127."""
    if name == "pitch":
        column = pd.Series(named_pitches(column.to_numpy(dtype=object)))
    values = pd.to_numeric(column, errors="coerce").to_numpy(dtype=float)
    bad = np.flatnonzero(~((values >= 0) & (values <= 127) & (values == np.rint(values))))
    if len(bad):
        raise ValueError(
            f"In NSynth's layout a {name} is a whole number from 0 to 127. "
            f"Row {bad[0]} has {column.tolist()[bad[0]]!r}; round it, fill it in, or drop the row."
        )
    return values.astype(np.int64)


def _names(frame: pd.DataFrame) -> list[str]:
    """Return the notes' names, given or built."""
    if "note" not in frame:
        parts = zip(frame["instrument"], frame["pitch"], frame["velocity"], strict=True)
        names = unique_names([f"{i}-{pitch:03d}-{velocity:03d}" for i, pitch, velocity in parts])
    else:
        names = frame["note"].tolist()
        repeated = frame["note"][frame["note"].duplicated()]
        if len(repeated):
            raise ValueError(
                f"The note name {repeated.iloc[0]!r} appears more than once in frame."
            )
    for name in names:
        if not (isinstance(name, str) and _FILE_NAME.fullmatch(name)):
            raise ValueError(f"The note name {name!r} cannot be the name of a file.")
    return names
