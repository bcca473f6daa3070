"""Sound files read into rows of one length."""

import pathlib
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from joblib import Parallel, delayed

from audiogen.exceptions import AudioFileError, AudioFileWarning
from audiogen.io import read_beginning
from audiogen.signal import limit_peak
from audiogen.utils.validation import warn_user

# The first of these is read where a note of a corpus has several files.
SOUND_SUFFIXES = (
    ".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aif", ".aiff", ".au", ".wave", ".aifc",
    ".snd", ".caf", ".w64", ".rf64", ".bwf", ".mp2", ".voc", ".sph", ".nist", ".ircam", ".sf",
    ".svx", ".8svx", ".avr", ".paf", ".pvf", ".sds", ".wve",
)  # fmt: skip


def read_audio(
    path: pathlib.Path, n_timesteps: int, sample_rate: int, *, resample: bool = False
) -> tuple[np.ndarray, float]:
    """Read the beginning of a sound file as one channel.

    Parameters
    ----------
    path : pathlib.Path
        The file; any format that libsndfile reads.
    n_timesteps : int
        Largest number of samples to return.
    sample_rate : int
        Sampling rate of what is returned, in Hz.
    resample : bool, default=False
        Whether a file of another rate is resampled rather than refused.

    Returns
    -------
    audio : ndarray of shape (at most n_timesteps,), float32
        Mean of the channels, scaled down to a peak of 1 if it was higher.
    seconds : float
        Length of the whole file.

    Raises
    ------
    AudioFileError
        If the file cannot be used; the message names it and says why.
    """
    wanted = sample_rate if resample else None
    audio, rate, seconds = read_beginning(path, wanted, n_timesteps / sample_rate, mono=True)
    check_rate(path, rate, sample_rate)
    return limit_peak(audio), seconds


def check_rate(path: pathlib.Path, rate: int, sample_rate: int) -> None:
    """Raise AudioFileError if a file has another sampling rate."""
    if rate != sample_rate:
        raise AudioFileError(f"{path} is sampled at {rate} Hz instead of {sample_rate} Hz.")


class Rows(NamedTuple):
    """What was read of files.

    Attributes
    ----------
    X : ndarray of shape (n_rows, n_timesteps), float32
        The sound.
    kept : list of int
        Positions of the files that the rows were read from.
    beyond : list of float
        Seconds of each of these files, once for each file, that lie beyond its rows.
    """

    X: np.ndarray
    kept: list[int]
    beyond: list[float]


def read_rows(
    paths: Sequence[pathlib.Path],
    n_timesteps: int,
    sample_rate: int,
    *,
    resample: bool = False,
    n_rows: Sequence[int] | None = None,
    n_jobs: int | None = None,
    errors: str = "raise",
) -> Rows:
    """Read files into the rows of one array, padded with zeros or cut.

    Parameters
    ----------
    paths : sequence of pathlib.Path
        The files.
    n_timesteps, sample_rate, resample
        As in `read_audio`.
    n_rows : sequence of int, default=None
        Number of rows that each file fills, at least 1, one after the other; None is one each.
    n_jobs : int, default=None
        Number of threads that read files; None is 1.
    errors : {"raise", "warn"}, default="raise"
        Whether a bad file raises or is left out with a warning.

    Returns
    -------
    rows : Rows
        The sound, and what it was read from.
    """
    places = np.cumsum([0, *([1] * len(paths) if n_rows is None else n_rows)])
    X = np.empty((places[-1], n_timesteps), dtype=np.float32)
    beyond = np.zeros(len(paths))

    def fill(i: int) -> AudioFileError | None:
        row = X[places[i] : places[i + 1]].reshape(-1)
        try:
            audio, seconds = read_audio(paths[i], len(row), sample_rate, resample=resample)
        except AudioFileError as error:
            if errors == "raise":
                raise
            return error
        row[: len(audio)] = audio
        row[len(audio) :] = 0
        beyond[i] = max(0.0, seconds - len(row) / sample_rate)
        return None

    # Threads: libsndfile works without the interpreter's lock, and X is shared.
    faults = Parallel(n_jobs=n_jobs, require="sharedmem")(
        delayed(fill)(i) for i in range(len(paths))
    )
    for fault in filter(None, faults):
        report(fault, errors)
    good = [i for i, fault in enumerate(faults) if fault is None]
    if not good:
        raise AudioFileError(f"None of the {len(paths)} files can be used; the warnings say why.")
    kept = [i for i in good for _ in range(places[i], places[i + 1])]
    sources = [row for i in good for row in range(places[i], places[i + 1])]
    for row, source in enumerate(sources):  # in place: a copy could double the memory
        if row != source:
            X[row] = X[source]
    return Rows(X[: len(kept)], kept, beyond[good].tolist())


def report(fault: AudioFileError, errors: str) -> None:
    """Raise a fault, or warn that a file is left out because of it."""
    if errors == "raise":
        raise fault
    warn_user(f"Left out: {fault}", AudioFileWarning)
