"""Sounds read from a folder of any kind."""

import contextlib
import math
import numbers
import os
import pathlib
from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
import pandas as pd

from audiogen.datasets._bunch import as_dataset, check_conditions, number_column
from audiogen.datasets._filters import NAMES, drawn, filtered
from audiogen.datasets._labels import with_labels
from audiogen.datasets._pitch_names import pitch_from_name, velocity_from_name
from audiogen.datasets._reading import SOUND_SUFFIXES, read_rows
from audiogen.datasets._walk import listed_files, printable
from audiogen.exceptions import AudioFileError
from audiogen.io import open_clip
from audiogen.utils.names import unique_names
from audiogen.utils.validation import Instance, Interval, Options, check_parameters, warn_user

_LEAST_REST = 0.1  # seconds; MP3 pads by less
_USUAL_RATE = 16_000  # where no file can be opened, which reading them says
# libsndfile cannot read these: an error names them, rather than silently skip them.
_UNREADABLE = (".aac", ".m4a", ".wma")
_SUFFIXES = (*SOUND_SUFFIXES, *_UNREADABLE)


def load_audio_folder(
    root: str | os.PathLike[str],
    *,
    sample_rate: int | None = 16_000,
    duration: float = 4.0,
    segment: bool | float = False,
    labels: Any = None,
    families: Collection[str] | None = None,
    instruments: Collection[str] | None = None,
    pitch_range: tuple[float | str, float | str] | None = None,
    max_files: int | None = None,
    random_state: Any = None,
    n_jobs: int | None = None,
    errors: str = "raise",
    verbose: int = 0,
    return_X_y: bool = False,
    conditions: Sequence[str] = ("pitch", "instrument_family"),
) -> Any:
    """Load a folder of sound files of any kind.

    Every WAV, FLAC, Ogg, MP3, AIFF, AU, CAF or W64 file below `root`, and other files that
    libsndfile reads, at any depth and in linked folders too, becomes a row: the mean of its
    channels, resampled, cut to its first `duration` seconds or padded with zeros, and scaled
    down to a peak of 1 if it is louder.

    Parameters
    ----------
    root : str or path-like
        Folder whose sub-folders are named after instrument families.
    sample_rate : int or None, default=16000
        Sampling rate to which all files are resampled, in Hz; None takes that of most files.
    duration : float, default=4.0
        Length of each row, in seconds.
    segment : bool or float, default=False
        Whether recordings are cut into pieces of `duration` seconds, one after the other, each of
        which is a row; a number is their length in seconds instead. The last piece is padded with
        zeros, and left out where it is less than half as long, unless it is the only one.
    labels : str, path-like or table, default=None
        Which files are read, and what they are: the path of a CSV file, or a DataFrame of any
        library, with a column "file" (or "filename", or "file_name") of paths below `root`, or of
        file names where each is there once. Its other columns replace those of `frame` where
        they are not empty, or join them. Its pitches may be names of notes, such as "C4".
    families : list of str, default=None
        Instrument families to keep; None keeps all.
    instruments : list of str, default=None
        Instruments to keep, such as "guitar/soft".
    pitch_range : tuple (low, high), default=None
        MIDI pitches to keep, or names of notes such as "C4"; both ends are included. Files without
        a pitch are left out.
    max_files : int, default=None
        Largest number of files, which are drawn at random from those that pass the filters.
    random_state : int, RandomState or None, default=None
        Seed of the draw of `max_files`.
    n_jobs : int, default=None
        Number of files that are read at the same time; None is 1, -1 one for each core, which is
        also what None is for more than 1 GB.
    errors : {"raise", "warn"}, default="raise"
        Whether a file that is no sound, empty, truncated, without permission or holds NaN
        raises, or is left out with a warning.
    verbose : int, default=0
        1 shows the progress of decoding more than 1 GB.
    return_X_y : bool, default=False
        Whether to return ``(X, y)`` instead of a Bunch.
    conditions : list of str, default=("pitch", "instrument_family")
        Columns of `frame` that make up y.

    Returns
    -------
    data : Bunch
        With the attributes

        data : ndarray of shape (n_rows, sample_rate * duration), float32
            The sounds, in [-1, 1]. Of more than 1 GB they are a memory map, as `load_nsynth`
            describes it.
        frame : DataFrame
            instrument_family is the name of the folder directly below `root`, or of `root`
            for files in it; instrument is the whole path of folders. pitch is read from the
            file name: a note such as "C#4" (C4 is 60), or else three digits between hyphens,
            "-060-"; without one it is NaN, which `track_missing_pitch` fills in. So is
            velocity: three digits after the pitch's, "-060-100", or "v100", or a dynamic
            from "ppp" (16) to "fff" (126), else NaN. note is the path of the file without its
            suffix, instrument_source None, qualities ().
        sample_rate : int
            Sampling rate of the sounds, in Hz.
        filenames : list of str
            File that each row was read from.
        DESCR : str
            Description of the data.
    (X, y) : tuple of ndarray and DataFrame
        ``data`` and ``frame[conditions]``, if `return_X_y` is True.

    Raises
    ------
    FileNotFoundError
        If there is no such folder, or no sound file in it.
    ValueError
        For a family or an instrument that is not there (the message lists what is), labels that
        cannot be used, and where nothing passes the filters.
    AudioFileError
        For bad files, with ``errors="raise"``, and wherever none is left.

    Warns
    -----
    AudioFileWarning
        For each bad file, with ``errors="warn"``.
    UserWarning
        Where recordings are longer than their rows, with how many seconds are left out.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import soundfile
    >>> from audiogen.datasets import load_audio_folder, make_notes
    >>> note = make_notes(1, pitch=61, sample_rate=44100, random_state=0).data[0]
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     (pathlib.Path(folder) / "bells").mkdir()
    ...     soundfile.write(f"{folder}/bells/first C#4.wav", note, 44100)
    ...     X, y = load_audio_folder(folder, return_X_y=True)
    >>> X.shape, y.pitch.tolist(), y.instrument_family.tolist()
    ((1, 64000), [61], ['bells'])
    """
    check_parameters("load_audio_folder", _RULES, locals())
    root = pathlib.Path(root)
    paths = listed_files(root, _SUFFIXES, errors, kind="sound file")
    frame = _frame(root, paths)
    if labels is not None:
        frame, paths = with_labels(frame, root, paths, labels, errors)
    check_conditions("load_audio_folder", conditions, list(map(str, frame.columns)))
    named = {
        "families": ("instrument_family", families),
        "instruments": ("instrument", instruments),
    }
    frame = drawn(filtered(frame, named, pitch_range), max_files, random_state)
    paths = [paths[i] for i in frame.index]
    sample_rate = _usual_rate(paths) if sample_rate is None else sample_rate
    length = float(duration if isinstance(segment, bool | np.bool_) else segment)
    X, kept, beyond = read_rows(
        paths,
        max(1, round(sample_rate * length)),
        sample_rate,
        resample=True,
        n_rows=[_n_pieces(path, length) for path in paths] if segment else None,
        n_jobs=n_jobs,
        errors=errors,
        verbose=verbose,
    )
    if not segment:
        _warn_of_rest(beyond, length)
    return as_dataset(
        X,
        _completed(frame.iloc[kept]),
        sample_rate=sample_rate,
        filenames=[str(paths[i]) for i in kept],
        descr=f"{len(X)} rows of {len(set(kept))} sound files below {root}.",
        return_X_y=return_X_y,
        conditions=conditions,
    )


def _n_pieces(path: pathlib.Path, length: float) -> int:
    """Return how many pieces a recording is cut into; one for a file that reading will refuse."""
    n_pieces = 1
    with contextlib.suppress(AudioFileError), open_clip(path) as sound:
        n_pieces = max(1, math.floor(sound.frames / sound.samplerate / length + 0.5))
    return n_pieces


def _warn_of_rest(beyond: list[float], length: float) -> None:
    """Say how much of the recordings lies beyond their rows."""
    longer = [seconds for seconds in beyond if seconds >= _LEAST_REST]
    if longer:
        warn_user(
            f"{sum(longer):.1f} s of {len(longer)} of {len(beyond)} files are left out, for they "
            f"are longer than duration={length:g} s. Give a longer duration, or segment=True, "
            "which cuts recordings into pieces."
        )


def _usual_rate(paths: list[pathlib.Path]) -> int:
    """Return the sampling rate of most files, the highest of several."""
    rates: Counter[int] = Counter()
    for path in paths:
        with contextlib.suppress(AudioFileError), open_clip(path) as sound:
            rates[sound.samplerate] += 1
    return max(rates, key=lambda rate: (rates[rate], rate), default=_USUAL_RATE)


def _frame(root: pathlib.Path, paths: list[pathlib.Path]) -> pd.DataFrame:
    """Return what the names of files say of them."""
    inner = [pathlib.Path(printable(str(path.relative_to(root)))) for path in paths]
    own = printable(root.resolve().name)
    frame = pd.DataFrame(
        {
            "note": ["-".join(path.with_suffix("").parts) for path in inner],
            # None becomes NaN.
            "pitch": np.array([pitch_from_name(path.stem) for path in inner], np.float64),
            "velocity": np.array([velocity_from_name(path.stem) for path in inner], np.float64),
            "instrument": ["/".join(path.parts[:-1]) or own for path in inner],
            "instrument_family": [path.parts[0] if len(path.parts) > 1 else own for path in inner],
            "instrument_source": None,
        }
    )
    frame["qualities"] = [()] * len(frame)
    return frame


def _completed(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame of the rows that were read, numbered anew."""
    frame = frame.reset_index(drop=True)
    for name in ("pitch", "velocity"):
        frame[name] = number_column(frame[name])
    frame["note"] = unique_names(list(map(str, frame["note"])))
    return frame


_RULES = {
    "sample_rate": (Options(None), Interval(numbers.Integral, 1, None)),
    "duration": Interval(numbers.Real, 0, None, closed="neither"),
    "segment": (
        Instance((bool, np.bool_), "a bool"),
        Interval(numbers.Real, 0, None, closed="neither"),
    ),
    "families": NAMES,
    "instruments": NAMES,
    "pitch_range": (Options(None), Instance((list, tuple), "a pair (low, high)")),
    "max_files": (Options(None), Interval(numbers.Integral, 1, None)),
    "errors": Options("raise", "warn"),
}
