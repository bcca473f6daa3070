"""Sound files read into rows of one length."""

import os
import pathlib
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from joblib import Parallel, delayed

from audiogen.exceptions import AudioFileError, AudioFileWarning
from audiogen.io import key_of_files, read_beginning, stored_rows
from audiogen.signal import limit_peak, peak
from audiogen.utils.large import forget_pages
from audiogen.utils.progress import Progress
from audiogen.utils.validation import warn_user

_MOST_IN_MEMORY = 10**9  # bytes of rows; more are read into a file
_AT_ONCE = 16  # files that a thread reads one after the other

# The first of these is read where a note of a corpus has several files.
SOUND_SUFFIXES = (
    ".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aif", ".aiff", ".au", ".wave", ".aifc",
    ".snd", ".caf", ".w64", ".rf64", ".bwf", ".mp2", ".voc", ".sph", ".nist", ".ircam", ".sf",
    ".svx", ".8svx", ".avr", ".paf", ".pvf", ".sds", ".wve", ".mpga", ".htk", ".xi",
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
    return audio if peak(audio) <= 1 else limit_peak(audio), seconds


def check_rate(path: pathlib.Path, rate: int, sample_rate: int) -> None:
    """Raise AudioFileError if a file has another sampling rate."""
    if rate != sample_rate:
        raise AudioFileError(f"{path} is sampled at {rate} Hz instead of {sample_rate} Hz.")


class Rows(NamedTuple):
    """What was read of files.

    Attributes
    ----------
    X : ndarray of shape (n_rows, n_timesteps), float32
        The sound; of more than 1 GB a memory map, which cannot be written to.
    kept : list of int
        Positions of the files that the rows were read from.
    beyond : list of float
        Seconds of each of these files, once for each file, that lie beyond its rows.
    """

    X: np.ndarray
    kept: list[int]
    beyond: list[float]


class _Files(NamedTuple):
    """Files, and the rows that each of them fills."""

    paths: Sequence[pathlib.Path]
    places: np.ndarray
    sample_rate: int
    resample: bool

    def read_into(self, X: np.ndarray, chosen: range, errors: str) -> list[Any]:
        """Fill rows; return for each file the seconds beyond them, or why it cannot be used."""
        found: list[Any] = []
        for i in chosen:
            row = X[self.places[i] : self.places[i + 1]].reshape(-1)
            try:
                audio, seconds = read_audio(
                    self.paths[i], len(row), self.sample_rate, resample=self.resample
                )
            except AudioFileError as error:
                if errors == "raise":
                    raise
                found.append(str(error))
                continue
            row[: len(audio)] = audio
            row[len(audio) :] = 0
            found.append(max(0.0, seconds - len(row) / self.sample_rate))
        return found


def read_rows(
    paths: Sequence[pathlib.Path],
    n_timesteps: int,
    sample_rate: int,
    *,
    resample: bool = False,
    n_rows: Sequence[int] | None = None,
    n_jobs: int | None = None,
    errors: str = "raise",
    verbose: int = 0,
) -> Rows:
    """Read files into the rows of one array, padded with zeros or cut.

    Rows of more than 1 GB are decoded once, into a file of the cache folder.

    Parameters
    ----------
    paths : sequence of pathlib.Path
        The files.
    n_timesteps, sample_rate, resample
        As in `read_audio`.
    n_rows : sequence of int, default=None
        Number of rows that each file fills, at least 1, one after the other; None is one each.
    n_jobs : int, default=None
        Number of threads that read files; None is 1, or for more than 1 GB one for each core.
    errors : {"raise", "warn"}, default="raise"
        Whether a bad file raises or is left out with a warning.
    verbose : int, default=0
        1 shows the progress of decoding more than 1 GB.

    Returns
    -------
    rows : Rows
        The sound, and what it was read from.
    """
    places = np.cumsum([0, *([1] * len(paths) if n_rows is None else n_rows)])
    files = _Files(paths, places, sample_rate, resample)
    shape = int(places[-1]), n_timesteps

    if 4 * shape[0] * shape[1] <= _MOST_IN_MEMORY:
        X = np.empty(shape, dtype=np.float32)
        found = _filled(X, files, n_jobs, errors)
    else:
        threads = -1 if n_jobs is None else n_jobs

        def fill(X: np.ndarray) -> dict[str, Any]:
            return _filled(X, files, threads, errors, verbose)

        how = [n_timesteps, sample_rate, resample, places.tolist()]
        source = os.path.commonpath([path.absolute().parent for path in paths])
        X, found = stored_rows(key_of_files(paths, how), shape, fill, source)
    for fault in found["faults"]:
        report(AudioFileError(fault), errors)
    return Rows(X[: len(found["kept"])], found["kept"], found["beyond"])


def _filled(
    X: np.ndarray, files: _Files, n_jobs: int | None, errors: str, verbose: int = 0
) -> dict[str, Any]:
    """Read files into rows, those of good files first; return which these are, and the faults."""
    n_files, results = len(files.paths), []
    chunks = [range(i, min(i + _AT_ONCE, n_files)) for i in range(0, n_files, _AT_ONCE)]
    # Threads: libsndfile works without the interpreter's lock, and X is shared.
    reading = Parallel(n_jobs=n_jobs, require="sharedmem", return_as="generator")(
        delayed(files.read_into)(X, chunk, errors) for chunk in chunks
    )
    with Progress(n_files, "sounds", verbose=verbose) as progress:
        for found in reading:
            results += found
            forget_pages(X)
            progress.step(len(found))
    faults = [found for found in results if isinstance(found, str)]
    good = [i for i, found in enumerate(results) if not isinstance(found, str)]
    if not good:
        for fault in faults:
            report(AudioFileError(fault), errors)
        raise AudioFileError(f"None of the {n_files} files can be used; the warnings say why.")
    places = files.places
    sources = [row for i in good for row in range(places[i], places[i + 1])]
    for row, source in enumerate(sources):  # in place: a copy could double the memory
        if row != source:
            X[row] = X[source]
        if row % _AT_ONCE == 0:
            forget_pages(X)
    kept = [i for i in good for _ in range(places[i], places[i + 1])]
    return {"kept": kept, "beyond": [results[i] for i in good], "faults": faults}


def report(fault: AudioFileError, errors: str) -> None:
    """Raise a fault, or warn that a file is left out because of it."""
    if errors == "raise":
        raise fault
    warn_user(f"Left out: {fault}", AudioFileWarning)
