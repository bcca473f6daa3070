"""Recordings of any length, read from a file or a folder."""

import itertools
import numbers
import os
import pathlib
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from sklearn.utils import Bunch

from audiogen.datasets._reading import SOUND_SUFFIXES, report
from audiogen.datasets._walk import listed_files, printable
from audiogen.exceptions import AudioFileError
from audiogen.io import key_of_files, open_clip, stored_rows
from audiogen.utils.large import forget_pages
from audiogen.utils.progress import Progress
from audiogen.utils.validation import Interval, Options, check_parameters

_MOST_IN_MEMORY = 1 << 28  # bytes; more is read into a file
_BLOCK = 1 << 20  # samples of each channel that are read at a time


class _File(NamedTuple):
    """A sound file, as its header has it."""

    path: pathlib.Path
    rate: int
    n_frames: int


def load_recordings(
    source: str | os.PathLike[str],
    *,
    sample_rate: int | None = None,
    trim: float | None = None,
    errors: str = "raise",
    verbose: int = 0,
) -> Bunch:
    """Load recordings at their own lengths, from a file or a folder.

    Every sound file below a folder, at any depth, becomes a recording: the mean of its channels,
    scaled down to a peak of 1 if it is louder. Files are read piece by piece, so that long ones
    take no more memory than what is returned.

    Parameters
    ----------
    source : str or path-like
        A sound file, or a folder; its sub-folders may be styles, as ``genres/jazz/a.wav`` is one
        of jazz.
    sample_rate : int, default=None
        Sampling rate to which all files are resampled, in Hz. None keeps theirs, which must then
        be the same.
    trim : float, default=None
        Level under which the beginnings and ends of recordings are left out, in dB of their
        peaks, such as -40. What learns how a recording goes on otherwise learns that
        silence, once there, stays. None leaves nothing out.
    errors : {"raise", "warn"}, default="raise"
        Whether a file that is no sound, empty, truncated, without permission or holds NaN
        raises, or is left out with a warning.
    verbose : int, default=0
        1 shows the progress of reading more than 256 MB.

    Returns
    -------
    recordings : Bunch
        With the attributes

        data : list of ndarray of shape (n_timesteps,), float32
            The recordings, in [-1, 1]. Of more than 256 MB in all they are parts of a memory map
            in the cache folder, which cannot be written to.
        frame : DataFrame
            file is the path below `source`; folder is the name of the folder directly below it,
            or of the folder that a file lies in if there is none between.
        sample_rate : int
            Sampling rate of all recordings, in Hz.
        filenames : list of str
            File that each recording was read from.
        DESCR : str
            Description of the data.

    Raises
    ------
    FileNotFoundError
        If there is no such file or folder, or no sound file in it.
    ValueError
        Where files have different sampling rates, and `sample_rate` is None.
    AudioFileError
        For bad files, with ``errors="raise"``, and wherever none is left.

    Warns
    -----
    AudioFileWarning
        For each bad file, with ``errors="warn"``.

    See Also
    --------
    load_audio_folder : Load notes, or pieces of recordings, of one length.
    audiogen.preprocessing.SpectralCodes : Writes recordings as codes.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from audiogen.datasets import load_recordings
    >>> from audiogen.io import write_clip
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for name, length in (("rain/a.wav", 16000), ("rain/b.wav", 8000)):
    ...         path = pathlib.Path(folder) / name
    ...         path.parent.mkdir(exist_ok=True)
    ...         path = write_clip(path, [0.5] * length, 16000)
    ...     recordings = load_recordings(folder)
    >>> [len(recording) for recording in recordings.data], recordings.frame.folder.tolist()
    ([16000, 8000], ['rain', 'rain'])
    """
    rules = {
        "sample_rate": (Options(None), Interval(numbers.Integral, 1, None)),
        "trim": (Options(None), Interval(numbers.Real, None, 0, closed="neither")),
        "errors": Options("raise", "warn"),
    }
    given = {"sample_rate": sample_rate, "trim": trim, "errors": errors}
    check_parameters("load_recordings", rules, given)
    root = pathlib.Path(source)
    files = list(_opened(_sound_files(root, errors), errors))
    if not files:
        raise AudioFileError(f"No file of {root} can be used; the warnings say why.")
    rate = _common_rate(files) if sample_rate is None else int(sample_rate)
    data, kept = _read(files, rate, errors, verbose)
    if trim is not None:
        data = [_trimmed(recording, trim) for recording in data]
    paths = [files[i].path for i in kept]
    base = root if root.is_dir() else root.parent
    frame = pd.DataFrame(
        {
            "file": [printable(path.relative_to(base).as_posix()) for path in paths],
            "folder": [printable(_folder(base, path)) for path in paths],
        }
    )
    seconds = sum(map(len, data)) / rate
    return Bunch(
        data=data,
        frame=frame,
        sample_rate=rate,
        filenames=[str(path) for path in paths],
        DESCR=f"{len(data)} recordings of {root}, {seconds:.1f} s in all.",
    )


def _sound_files(root: pathlib.Path, errors: str) -> list[pathlib.Path]:
    """Return the file, or the sound files below the folder."""
    if not root.exists():
        raise FileNotFoundError(f"There is no file or folder {root}.")
    return (
        listed_files(root, SOUND_SUFFIXES, errors, kind="recording") if root.is_dir() else [root]
    )


def _folder(base: pathlib.Path, path: pathlib.Path) -> str:
    parts = path.relative_to(base).parts
    return parts[0] if len(parts) > 1 else base.resolve().name


def _opened(paths: Sequence[pathlib.Path], errors: str) -> Iterator[_File]:
    """Yield what the headers of files say."""
    for path in paths:
        try:
            with open_clip(path) as sound:
                yield _File(path, sound.samplerate, sound.frames)
        except AudioFileError as fault:
            report(fault, errors)


def _common_rate(files: Sequence[_File]) -> int:
    rates = Counter(file.rate for file in files)
    if len(rates) > 1:
        firsts = {file.rate: file.path.name for file in reversed(files)}
        listed = ", ".join(
            f"{rate} Hz ({n} of {len(files)} files, such as {firsts[rate]})"
            for rate, n in rates.most_common()
        )
        raise ValueError(
            f"The recordings have different sampling rates: {listed}. Give sample_rate="
            f"{rates.most_common(1)[0][0]}, for one, and all are resampled to it."
        )
    return files[0].rate


def _read(
    files: Sequence[_File], rate: int, errors: str, verbose: int
) -> tuple[list[np.ndarray], list[int]]:
    """Return the recordings, and which of the files they are."""
    lengths = [max(1, round(file.n_frames * rate / file.rate)) for file in files]
    ends = list(itertools.accumulate(lengths, initial=0))

    def fill(X: np.ndarray) -> dict[str, Any]:
        faults: list[str | None] = []
        with Progress(len(files), "recordings", verbose=verbose) as progress:
            for file, first, last in zip(files, ends[:-1], ends[1:], strict=True):
                faults.append(_fill_from(X[0, first:last], file, rate, errors))
                forget_pages(X)
                progress.step(1)
        if None not in faults:
            raise AudioFileError(f"None of the {len(files)} files can be used: {faults[0]}")
        return {"faults": faults}

    if 4 * ends[-1] <= _MOST_IN_MEMORY:
        X = np.empty((1, ends[-1]), np.float32)
        found = fill(X)
    else:
        paths = [file.path for file in files]
        source = os.path.commonpath([path.absolute().parent for path in paths])
        X, found = stored_rows(
            key_of_files(paths, ["recordings", rate]), (1, ends[-1]), fill, source
        )
    kept = [i for i, fault in enumerate(found["faults"]) if fault is None]
    for fault in found["faults"]:
        if fault is not None:
            report(AudioFileError(fault), errors)
    return [X[0, ends[i] : ends[i + 1]] for i in kept], kept


def _fill_from(row: np.ndarray, file: _File, rate: int, errors: str) -> str | None:
    """Write a recording to a row; return why it cannot be used, None where it can."""
    done, peak = 0, 1.0
    try:
        for block in _blocks(file, rate):
            block = block[: len(row) - done]  # resampling may end a sample late
            row[done : done + len(block)] = block
            done += len(block)
            peak = max(peak, float(np.abs(block).max(initial=0)))
            forget_pages(row)
    except AudioFileError as fault:
        if errors == "raise":
            raise
        return str(fault)
    row[done:] = 0
    if peak > 1:
        for first in range(0, len(row), _BLOCK):
            row[first : first + _BLOCK] /= peak
    return None


def _trimmed(recording: np.ndarray, level: float) -> np.ndarray:
    """Return a recording without what is quieter at its ends, all of it where it is silence."""
    blocks = range(0, len(recording), _BLOCK)
    peak = max(float(np.abs(recording[first : first + _BLOCK]).max()) for first in blocks)
    least = peak * 10 ** (level / 20)
    ends = []
    for order in (1, -1):
        for first in blocks[::order]:
            loud = np.flatnonzero(np.abs(recording[first : first + _BLOCK]) >= least)
            if len(loud):
                ends.append(first + int(loud[0 if order > 0 else -1]))
                break
    forget_pages(recording)
    return recording[ends[0] : ends[1] + 1]


def _blocks(file: _File, rate: int) -> Iterator[np.ndarray]:
    """Yield a file's samples at a rate, the mean of channels, piece by piece."""
    import soxr  # slow to import

    resampler = soxr.ResampleStream(file.rate, rate, 1, dtype="float32", quality="HQ")
    left = file.n_frames
    with open_clip(file.path) as sound:
        while left > 0:
            block = sound.read(min(left, _BLOCK), dtype="float32", always_2d=True).mean(axis=1)
            if not len(block):
                raise AudioFileError(
                    f"{file.path} is truncated: {file.n_frames - left} of {file.n_frames} samples "
                    "can be read."
                )
            if not np.isfinite(block).all():
                raise AudioFileError(f"{file.path} holds NaN or infinite samples.")
            left -= len(block)
            same = file.rate == rate
            yield block if same else resampler.resample_chunk(block, last=left == 0)
