"""Sounds read from a folder of any kind."""

import contextlib
import math
import numbers
import os
import pathlib
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pandas as pd

from audiogen.datasets._bunch import as_dataset, check_conditions, number_column
from audiogen.datasets._nsynth_format import unique_names
from audiogen.datasets._pitch_names import pitch_from_name, velocity_from_name
from audiogen.datasets._reading import SOUND_SUFFIXES, read_rows
from audiogen.datasets._walk import listed_files, printable
from audiogen.exceptions import AudioFileError
from audiogen.io import open_clip
from audiogen.utils.validation import Interval, Options, check_parameters

_USUAL_RATE = 16_000  # where no file can be opened, which reading them says
# libsndfile cannot read these: an error names them, rather than silently skip them.
_UNREADABLE = (".aac", ".m4a", ".wma")
_SUFFIXES = (*SOUND_SUFFIXES, *_UNREADABLE)


def load_audio_folder(
    root: str | os.PathLike[str],
    *,
    sample_rate: int | None = 16_000,
    duration: float = 4.0,
    n_jobs: int | None = None,
    errors: str = "raise",
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
    n_jobs : int, default=None
        Number of files that are read at the same time; None is 1, -1 one for each core.
    errors : {"raise", "warn"}, default="raise"
        Whether a file that is no sound, empty, truncated, without permission or holds NaN
        raises, or is left out with a warning.
    return_X_y : bool, default=False
        Whether to return ``(X, y)`` instead of a Bunch.
    conditions : list of str, default=("pitch", "instrument_family")
        Columns of `frame` that make up y.

    Returns
    -------
    data : Bunch
        With the attributes

        data : ndarray of shape (n_files, sample_rate * duration), float32
            The sounds, in [-1, 1].
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
    AudioFileError
        For bad files, with ``errors="raise"``, and wherever none is left.

    Warns
    -----
    AudioFileWarning
        For each bad file, with ``errors="warn"``.

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
    check_parameters(
        "load_audio_folder",
        {
            "sample_rate": (Options(None), Interval(numbers.Integral, 1, None)),
            "duration": Interval(numbers.Real, 0, math.inf, closed="neither"),
            "errors": Options("raise", "warn"),
        },
        {"sample_rate": sample_rate, "duration": duration, "errors": errors},
    )
    check_conditions("load_audio_folder", conditions)
    root = pathlib.Path(root)
    paths = listed_files(root, _SUFFIXES, errors, kind="sound file")
    sample_rate = _usual_rate(paths) if sample_rate is None else sample_rate
    n_timesteps = max(1, round(sample_rate * duration))
    X, kept = read_rows(
        paths, n_timesteps, sample_rate, resample=True, n_jobs=n_jobs, errors=errors
    )
    paths = [paths[i] for i in kept]
    return as_dataset(
        X,
        _frame(root, paths),
        sample_rate=sample_rate,
        filenames=[str(path) for path in paths],
        descr=f"{len(X)} sound files below {root}.",
        return_X_y=return_X_y,
        conditions=conditions,
    )


def _usual_rate(paths: list[pathlib.Path]) -> int:
    """Return the sampling rate of most files, the highest of several."""
    rates: Counter[int] = Counter()
    for path in paths:
        with contextlib.suppress(AudioFileError), open_clip(path) as sound:
            rates[sound.samplerate] += 1
    return max(rates, key=lambda rate: (rates[rate], rate), default=_USUAL_RATE)


def _frame(root: pathlib.Path, paths: list[pathlib.Path]) -> pd.DataFrame:
    inner = [pathlib.Path(printable(str(path.relative_to(root)))) for path in paths]
    own = printable(root.resolve().name)
    frame = pd.DataFrame(
        {
            "note": unique_names(["-".join(path.with_suffix("").parts) for path in inner]),
            "pitch": number_column(pitch_from_name(path.stem) for path in inner),
            "velocity": number_column(velocity_from_name(path.stem) for path in inner),
            "instrument": ["/".join(path.parts[:-1]) or own for path in inner],
            "instrument_family": [path.parts[0] if len(path.parts) > 1 else own for path in inner],
        }
    )
    frame["instrument_source"] = None
    frame["qualities"] = [()] * len(frame)
    return frame
