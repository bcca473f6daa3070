"""Clips written as sound files."""

import numbers
import os
import pathlib

import numpy as np
import numpy.typing as npt
import soundfile

from audiogen.io._wav_chunks import add_loop, forget_time
from audiogen.utils.files import atomic_path
from audiogen.utils.validation import Instance, Interval, check_audio, check_parameters

__all__ = ["CLIP_SUFFIXES", "as_integers", "check_clip_format", "write_clip"]

# What libsndfile calls the format and, where the bit depth does not decide, the subtype.
_FORMATS = {
    ".wav": ("WAV", None),
    ".flac": ("FLAC", None),
    ".ogg": ("OGG", "VORBIS"),
    ".mp3": ("MP3", "MPEG_LAYER_III"),
    ".opus": ("OGG", "OPUS"),
}
CLIP_SUFFIXES = tuple(_FORMATS)
_SUBTYPES = {16: "PCM_16", 24: "PCM_24", 32: "FLOAT"}
_RATES = {
    ".mp3": (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000),
    ".opus": (8000, 12000, 16000, 24000, 48000),
}
_BLOCK = 1 << 16  # libsndfile's Vorbis encoder takes much stack for one long write
_CONSTRAINTS = {
    "sample_rate": Interval(numbers.Integral, 1, None),
    "title": Instance(str, "a str"),
    "comment": Instance(str, "a str"),
    "loop": Instance((bool, np.bool_), "a bool"),
}


def write_clip(
    path: str | os.PathLike[str],
    audio: npt.ArrayLike,
    sample_rate: int,
    *,
    bit_depth: int = 16,
    title: str = "",
    comment: str = "",
    loop: bool = False,
) -> pathlib.Path:
    """Write audio as WAV, FLAC, Ogg Vorbis, MP3 or Opus.

    Parameters
    ----------
    path : str or path-like
        The file; its suffix, ".wav", ".flac", ".ogg", ".mp3" or ".opus", decides the format. An
        existing file is replaced once the new one is complete.
    audio : array-like of shape (n_timesteps,) or (n_timesteps, n_channels)
        Samples in [-1, 1]; those of 32-bit floats may lie beyond.
    sample_rate : int
        Sampling rate of the audio, in Hz. Opus knows 8000, 12000, 16000, 24000 and 48000; MP3
        also 11025, 22050, 32000 and 44100.
    bit_depth : {16, 24, 32}, default=16
        Bits per sample of WAV and FLAC; 32 is floating point, and WAV's alone. Lossy formats have
        none: for them it stays 16.
    title, comment : str, default=""
        What the file says about itself: in a list of WAV, comments of FLAC, Ogg and Opus, and
        ID3 of MP3.
    loop : bool, default=False
        Whether a WAV file says that all of it is to be repeated, in a sampler chunk as samplers
        and game engines read it.

    Returns
    -------
    path : pathlib.Path
        The file.

    Raises
    ------
    ValueError
        For another suffix or bit depth, also one of a lossy format, a sample rate that the format
        does not know, samples beyond [-1, 1], NaN, or none at all, and for loop points in another
        format than WAV.
    OSError
        Where the file cannot be written.

    Notes
    -----
    Samples of 16 and 24 bits are rounded, without dither: the error is at most half a step, 96 dB
    below full scale with 16 bits. The same audio is the same file, but Ogg's, whose streams are
    numbered at random.

    Loop points of FLAC, Ogg, MP3 and Opus are no standard, and libsndfile writes none.
    Lossy formats do not keep peaks: leave 1 dB, as `audiogen.signal.master` does.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import numpy as np
    >>> from audiogen.io import write_clip
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_clip(pathlib.Path(folder) / "clip.flac", np.zeros(8), 48000).name
    'clip.flac'
    """
    check_parameters("write_clip", _CONSTRAINTS, locals())
    path = pathlib.Path(path)
    kind, subtype = _format_of(path, sample_rate, bit_depth, loop)
    samples = check_audio(np.asarray(audio).T).T
    highest = max(samples.max(), -samples.min())
    if highest > 1 and subtype != "FLOAT":
        raise ValueError(
            f"audio must lie in [-1, 1], but reaches {highest:g}. Turn it down first, or write "
            "WAV with bit_depth=32, whose floats hold it."
        )
    n_channels = samples.shape[1]
    is_integer = subtype.startswith("PCM")
    try:
        with atomic_path(path) as temporary:
            with soundfile.SoundFile(
                temporary, "w", sample_rate, n_channels, subtype, format=kind
            ) as file:
                for name, text in (("title", title), ("comment", comment)):
                    if text:
                        setattr(file, name, text)
                for start in range(0, len(samples), _BLOCK):
                    block = samples[start : start + _BLOCK]
                    file.write(as_integers(block, bit_depth) if is_integer else block)
            if subtype == "FLOAT":
                forget_time(temporary)
            if loop:
                add_loop(temporary, sample_rate, len(samples))
    except soundfile.LibsndfileError as error:
        raise OSError(
            f"{path} cannot be written with {n_channels} channel(s) at {sample_rate} Hz: "
            f"{error.error_string}"
        ) from error
    return path


def check_clip_format(
    path: str | os.PathLike[str], sample_rate: int, *, bit_depth: int = 16, loop: bool = False
) -> None:
    """Refuse what `write_clip` cannot write, before there is any audio.

    Parameters
    ----------
    path : str or path-like
        The file, whose suffix decides the format.
    sample_rate : int
        Sampling rate, in Hz.
    bit_depth : {16, 24, 32}, default=16
        Bits per sample of WAV and FLAC.
    loop : bool, default=False
        Whether there are loop points.

    Raises
    ------
    ValueError
        As `write_clip`.

    Examples
    --------
    >>> from audiogen.io import check_clip_format
    >>> check_clip_format("clip.opus", 44100)
    Traceback (most recent call last):
        ...
    ValueError: clip.opus cannot have 44100 Hz: the format knows 8000, 12000, 16000,...
    """
    _format_of(pathlib.Path(path), sample_rate, bit_depth, loop)


def _format_of(
    path: pathlib.Path, sample_rate: int, bit_depth: int, loop: bool
) -> tuple[str, str]:
    """Return libsndfile's format and subtype of a file; refuse what the format cannot hold."""
    suffix = path.suffix.lower()
    if suffix not in _FORMATS:
        raise ValueError(
            f"{path} must end in one of {', '.join(CLIP_SUFFIXES)}, which are the formats."
        )
    if bit_depth not in _SUBTYPES:
        raise ValueError(
            "The 'bit_depth' parameter of write_clip must be 16, 24 or 32. "
            f"Got {bit_depth!r} instead."
        )
    if bit_depth == 32 and suffix == ".flac":
        raise ValueError(f"{path} cannot hold 32 bits of floating point: take .wav, or 24 bits.")
    if bit_depth != 16 and _FORMATS[suffix][1] is not None:
        raise ValueError(
            f"{path} cannot hold {bit_depth} bits: lossy formats have no bit depth. Take .wav or "
            ".flac, or leave the bit depth out."
        )
    if loop and suffix != ".wav":
        raise ValueError(f"{path} cannot hold loop points: take .wav, or leave loop out.")
    known = _RATES.get(suffix, (sample_rate,))
    if sample_rate not in known:
        raise ValueError(
            f"{path} cannot have {sample_rate} Hz: the format knows "
            f"{', '.join(map(str, known))}. Take one of these, or .flac."
        )
    kind, subtype = _FORMATS[suffix]
    subtype = subtype or _SUBTYPES[bit_depth]
    if not soundfile.check_format(kind, subtype):
        raise ValueError(
            f"{path} cannot be written: libsndfile {soundfile.__libsndfile_version__}, which is "
            f"installed here, has no {subtype}. Take .flac or .ogg, or install 1.1 or later."
        )
    return kind, subtype


def as_integers(audio: np.ndarray, bit_depth: int) -> np.ndarray:
    """Return samples as the integers that are read back: libsndfile scales differently.

    Parameters
    ----------
    audio : ndarray of any shape
        Samples in [-1, 1].
    bit_depth : {16, 24}
        Bits per sample.

    Returns
    -------
    whole : ndarray of the same shape, int16 or int32
        Of 24 bits, those are the upper ones.
    """
    full = 2 ** (bit_depth - 1)
    whole = np.clip(np.rint(audio * float(full)), -full, full - 1)
    return whole.astype(np.int16) if bit_depth == 16 else whole.astype(np.int32) << 8
