"""Sound files, opened and read."""

import contextlib
import math
import numbers
import os
import pathlib
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import soundfile

from audiogen.exceptions import AudioFileError
from audiogen.io._sized_file import sized_file
from audiogen.io._truncation import truncation
from audiogen.signal import resample
from audiogen.utils.validation import Instance, Interval, Options, check_parameters

__all__ = ["open_clip", "read_beginning", "read_clip"]

_LOUDEST = 1e30  # full scale is 1; squares of more overflow
_MARGIN = 0.1  # seconds read beyond the cut, so that the resampler does not see an end
_BLOCK = 1 << 22  # samples of each channel
_SHORT, _SCALE = "PCM_16", np.float32(2**-15)
_INSPECTED = ("AIFF", "AU", "FLAC", "MP3", "OGG", "RF64", "W64", "WAV", "WAVEX")
_CUT = re.compile(r"should be|truncated")  # libsndfile's words of CAF, VOC and others
_CONSTRAINTS = {
    "sample_rate": (Options(None), Interval(numbers.Integral, 1, None)),
    "duration": (Options(None), Interval(numbers.Real, 0, math.inf, closed="right")),
    "mono": Instance((bool, np.bool_), "a bool"),
}


@contextlib.contextmanager
def open_clip(path: str | os.PathLike[str]) -> Iterator[soundfile.SoundFile]:
    """Open a sound file, to read it piece by piece.

    Parameters
    ----------
    path : str or path-like
        The file; any format that libsndfile reads.

    Yields
    ------
    sound : soundfile.SoundFile
        The open file, which has at least one sample. Of MP3 and FLAC files whose header has no
        length it is a copy in memory, as long as what decodes.

    Raises
    ------
    AudioFileError
        If the file is missing, empty, truncated, without permission or no sound; the message
        names it.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from audiogen.io import open_clip, write_clip
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = write_clip(pathlib.Path(folder) / "quiet.wav", [0.0] * 5, 8000)
    ...     with open_clip(path) as sound:
    ...         sound.frames, sound.samplerate
    (5, 8000)
    """
    file = _whole_file(pathlib.Path(path))
    try:
        with soundfile.SoundFile(file) as sound:
            if sound.frames == 0:
                raise AudioFileError(f"{path} holds no samples.")
            if sound.format not in _INSPECTED and _CUT.search(sound.extra_info):
                raise AudioFileError(f"{path} is truncated.")
            yield sound
    except soundfile.LibsndfileError as error:
        raise AudioFileError(f"{path} cannot be read as sound: {error.error_string}") from error


def _whole_file(path: pathlib.Path) -> Any:
    """Return what libsndfile can open, in a form that soundfile takes."""
    try:
        if not path.stat().st_size:
            raise AudioFileError(f"{path} is empty.")
        if not path.is_file():
            raise AudioFileError(f"{path} is no file.")
        if lost := truncation(path):
            raise AudioFileError(f"{path} is truncated: {lost}.")
        file = sized_file(path)
    except FileNotFoundError as error:
        words = "is a link to a file that is" if path.is_symlink() else "is"
        raise AudioFileError(f"{path} {words} missing.") from error
    except OSError as error:
        raise AudioFileError(f"{path} cannot be read: {error.strerror}.") from error
    # soundfile refuses names whose bytes are no UTF-8.
    return os.fsencode(file) if isinstance(file, pathlib.Path) and os.name == "posix" else file


def read_clip(
    path: str | os.PathLike[str],
    *,
    sample_rate: int | None = None,
    duration: float | None = None,
    mono: bool = False,
) -> tuple[np.ndarray, int]:
    """Read a sound file, or its beginning.

    Parameters
    ----------
    path : str or path-like
        The file; any format that libsndfile reads.
    sample_rate : int, default=None
        Sampling rate that the audio is resampled to, in Hz; None keeps that of the file.
    duration : float, default=None
        Longest duration that is read, in seconds; None reads all.
    mono : bool, default=False
        Whether the mean of the channels is returned.

    Returns
    -------
    audio : ndarray of shape (n_timesteps,) or (n_timesteps, n_channels), float32
        Its samples, with one axis where there is one channel.
    sample_rate : int
        Sampling rate of the audio, in Hz.

    Raises
    ------
    AudioFileError
        If the file is missing, empty, truncated, without permission or no sound, or holds NaN,
        infinite samples or some beyond 1e30; the message names it.

    See Also
    --------
    write_clip : Write audio.
    audiogen.datasets.load_audio_folder : Read a folder of notes.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from audiogen.io import read_clip, write_clip
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = write_clip(pathlib.Path(folder) / "a.wav", [[0.5, -0.5]] * 3, 8000)
    ...     audio, sample_rate = read_clip(path)
    >>> audio.tolist(), sample_rate
    ([[0.5, -0.5], [0.5, -0.5], [0.5, -0.5]], 8000)
    """
    given = {"sample_rate": sample_rate, "duration": duration, "mono": mono}
    check_parameters("read_clip", _CONSTRAINTS, given)
    audio, rate, _ = read_beginning(path, sample_rate, duration, mono=mono)
    return audio, rate


def read_beginning(
    path: str | os.PathLike[str],
    sample_rate: int | None,
    duration: float | None,
    *,
    mono: bool,
) -> tuple[np.ndarray, int, float]:
    """Read a sound file, or its beginning, and tell how long the file is.

    Parameters
    ----------
    path : str or path-like
        The file.
    sample_rate : int or None
        As in `read_clip`.
    duration : float or None
        As in `read_clip`.
    mono : bool
        As in `read_clip`.

    Returns
    -------
    audio : ndarray of shape (n_timesteps,) or (n_timesteps, n_channels), float32
        Its samples.
    sample_rate : int
        Sampling rate of the audio, in Hz.
    seconds : float
        Length of the whole file.

    Raises
    ------
    AudioFileError
        As `read_clip`.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from audiogen.io import read_beginning, write_clip
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = write_clip(pathlib.Path(folder) / "a.wav", [0.5] * 8000, 8000)
    ...     audio, _, seconds = read_beginning(path, None, 0.25, mono=True)
    >>> audio.shape, seconds
    ((2000,), 1.0)
    """
    with open_clip(path) as sound:
        rate = sound.samplerate
        seconds = sound.frames / rate
        wanted = rate if sample_rate is None else int(sample_rate)
        n_timesteps = None
        if duration is not None and duration * rate < sound.frames:
            n_timesteps = round(duration * wanted)
        if n_timesteps == 0:
            raise ValueError(f"duration={duration:g} is less than a sample at {wanted} Hz.")
        audio = _read(path, sound, n_timesteps, wanted)
    if mono and audio.shape[1] > 1:
        audio = audio.mean(axis=1, keepdims=True)
    if wanted != rate:
        audio = resample(audio, rate, wanted)
    audio = audio[:n_timesteps]
    return audio[:, 0] if audio.shape[1] == 1 else audio, wanted, seconds


def _read(
    path: str | os.PathLike[str],
    sound: soundfile.SoundFile,
    n_timesteps: int | None,
    sample_rate: int,
) -> np.ndarray:
    """Return the samples of an open file that so many of another rate are made of."""
    needed = sound.frames
    if n_timesteps is not None:
        needed = n_timesteps
        if sound.samplerate != sample_rate:
            needed = math.ceil((n_timesteps / sample_rate + _MARGIN) * sound.samplerate)
    parts = list(_blocks(sound, needed))
    audio = parts[0] if len(parts) == 1 else np.concatenate(parts)
    if len(audio) < min(needed, sound.frames):
        raise AudioFileError(
            f"{path} is truncated: {len(audio)} of {sound.frames} samples can be read."
        )
    if sound.subtype == _SHORT:
        return audio
    peak = max(audio.max(initial=0), -audio.min(initial=0))  # NaN where there is one
    if not np.isfinite(peak):
        raise AudioFileError(f"{path} holds NaN or infinite samples.")
    if peak > _LOUDEST:
        raise AudioFileError(f"{path} holds samples of {peak:.3g}, which are no sound.")
    return audio


def _blocks(sound: soundfile.SoundFile, needed: int) -> Iterator[np.ndarray]:
    """Yield samples piece by piece, for a damaged header may claim more than memory holds."""
    while True:
        wanted = min(needed, _BLOCK)
        if sound.subtype == _SHORT:  # scaled by NumPy, which is faster at it
            block = sound.read(wanted, dtype="int16", always_2d=True) * _SCALE
        else:
            block = sound.read(wanted, dtype="float32", always_2d=True)
        yield block
        needed -= len(block)
        if len(block) < wanted or not needed:
            return
