"""Sound files read into rows of one length."""

import pathlib
from collections.abc import Sequence

import numpy as np
from joblib import Parallel, delayed

from audiogen.exceptions import AudioFileError, AudioFileWarning
from audiogen.io import read_clip
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
) -> np.ndarray:
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

    Raises
    ------
    AudioFileError
        If the file cannot be used; the message names it and says why.
    """
    audio, rate = read_clip(
        path,
        sample_rate=sample_rate if resample else None,
        duration=n_timesteps / sample_rate,
        mono=True,
    )
    check_rate(path, rate, sample_rate)
    return limit_peak(audio)


def check_rate(path: pathlib.Path, rate: int, sample_rate: int) -> None:
    """Raise AudioFileError if a file has another sampling rate."""
    if rate != sample_rate:
        raise AudioFileError(f"{path} is sampled at {rate} Hz instead of {sample_rate} Hz.")


def read_rows(
    paths: Sequence[pathlib.Path],
    n_timesteps: int,
    sample_rate: int,
    *,
    resample: bool = False,
    n_jobs: int | None = None,
    errors: str = "raise",
) -> tuple[np.ndarray, list[int]]:
    """Read files into the rows of one array, padded with zeros or cut.

    Parameters
    ----------
    paths : sequence of pathlib.Path
        The files.
    n_timesteps, sample_rate, resample
        As in `read_audio`.
    n_jobs : int, default=None
        Number of threads that read files; None is 1.
    errors : {"raise", "warn"}, default="raise"
        Whether a bad file raises or is left out with a warning.

    Returns
    -------
    X : ndarray of shape (n_kept, n_timesteps), float32
        The sound.
    kept : list of int
        Positions of the files that the rows were read from.
    """
    X = np.empty((len(paths), n_timesteps), dtype=np.float32)

    def fill(i: int) -> AudioFileError | None:
        try:
            audio = read_audio(paths[i], n_timesteps, sample_rate, resample=resample)
        except AudioFileError as error:
            if errors == "raise":
                raise
            return error
        X[i, : len(audio)] = audio
        X[i, len(audio) :] = 0
        return None

    # Threads: libsndfile works without the interpreter's lock, and X is shared.
    work = (delayed(fill)(i) for i in range(len(paths)))
    faults = Parallel(n_jobs=n_jobs, require="sharedmem")(work)
    kept = [i for i, fault in enumerate(faults) if fault is None]
    for fault in filter(None, faults):
        report(fault, errors)
    if not kept:
        raise AudioFileError(f"None of the {len(paths)} files can be used; the warnings say why.")
    for row, i in enumerate(kept):  # in place: a copy could double the memory
        if row != i:
            X[row] = X[i]
    return X[: len(kept)], kept


def report(fault: AudioFileError, errors: str) -> None:
    """Raise a fault, or warn that a file is left out because of it."""
    if errors == "raise":
        raise fault
    warn_user(f"Left out: {fault}", AudioFileWarning)
