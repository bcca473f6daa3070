"""Clips written as sound files."""

import numbers
import os
import pathlib

import numpy as np
import numpy.typing as npt
import soundfile

from audiogen.signal import peak
from audiogen.utils.files import atomic_path
from audiogen.utils.validation import Interval, check_audio, check_parameters

__all__ = ["write_clip"]

_FORMATS = {".wav": "WAV", ".flac": "FLAC", ".ogg": "OGG"}
_BLOCK = 1 << 16  # libsndfile's Vorbis encoder takes much stack for one long write


def write_clip(
    path: str | os.PathLike[str],
    audio: npt.ArrayLike,
    sample_rate: int,
    *,
    bit_depth: int = 16,
) -> pathlib.Path:
    """Write audio as WAV, FLAC or Ogg Vorbis.

    Parameters
    ----------
    path : str or path-like
        The file; its suffix, ".wav", ".flac" or ".ogg", decides the format. An existing file
        is replaced once the new one is complete.
    audio : array-like of shape (n_timesteps,) or (n_timesteps, n_channels)
        Samples in [-1, 1].
    sample_rate : int
        Sampling rate of the audio, in Hz.
    bit_depth : {16, 24}, default=16
        Bits per sample of WAV and FLAC; Ogg Vorbis has none.

    Returns
    -------
    path : pathlib.Path
        The file.

    Raises
    ------
    ValueError
        For another suffix or bit depth, samples beyond [-1, 1], NaN, or none at all.
    OSError
        Where the file cannot be written.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import numpy as np
    >>> from audiogen.io import write_clip
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_clip(pathlib.Path(folder) / "clip.flac", np.zeros(8), 48000).name
    'clip.flac'
    """
    rule = {"sample_rate": Interval(numbers.Integral, 1, None)}
    check_parameters("write_clip", rule, {"sample_rate": sample_rate})
    path = pathlib.Path(path)
    if path.suffix.lower() not in _FORMATS:
        raise ValueError(
            f"{path} must end in one of {', '.join(_FORMATS)}, which are the formats."
        )
    if bit_depth not in (16, 24):
        raise ValueError(
            f"The 'bit_depth' parameter of write_clip must be 16 or 24. Got {bit_depth!r} instead."
        )
    samples = check_audio(np.asarray(audio).T).T
    highest = peak(samples.T).max()
    if highest > 1:
        raise ValueError(
            f"audio must lie in [-1, 1], but reaches {highest:g}. Turn it down first."
        )
    kind = _FORMATS[path.suffix.lower()]
    subtype = "VORBIS" if kind == "OGG" else f"PCM_{bit_depth}"
    n_channels = samples.shape[1]
    if kind != "OGG":
        samples = _as_integers(samples, bit_depth)
    try:
        with atomic_path(path) as temporary, soundfile.SoundFile(
            temporary, "w", sample_rate, n_channels, subtype, format=kind
        ) as file:  # fmt: skip
            for start in range(0, len(samples), _BLOCK):
                file.write(samples[start : start + _BLOCK])
    except soundfile.LibsndfileError as error:
        raise OSError(
            f"{path} cannot be written with {n_channels} channel(s) at {sample_rate} Hz: "
            f"{error.error_string}"
        ) from error
    return path


def _as_integers(audio: np.ndarray, bit_depth: int) -> np.ndarray:
    """Return samples as the integers that are read back: libsndfile scales differently."""
    full = 2 ** (bit_depth - 1)
    whole = np.clip(np.rint(audio * float(full)), -full, full - 1)
    return whole.astype(np.int16) if bit_depth == 16 else whole.astype(np.int32) << 8
