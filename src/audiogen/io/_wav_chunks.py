"""Chunks of WAV files that libsndfile does not write as they are wanted."""

import math
import pathlib
import struct
from collections.abc import Iterator
from typing import BinaryIO

__all__ = ["add_loop", "bytes_at", "forget_time", "wav_chunks"]

_MIDDLE_C = 60


def add_loop(
    path: pathlib.Path,
    sample_rate: int,
    n_timesteps: int,
    *,
    start: int | None = 0,
    pitch: float = _MIDDLE_C,
) -> None:
    """Append a sampler chunk that says to repeat the file to its end, from a place, without end.

    Parameters
    ----------
    path : pathlib.Path
        A complete WAV file.
    sample_rate : int
        In Hz.
    n_timesteps : int
        Its length in samples.
    start : int or None, default=0
        The sample where the loop begins; with None there is no loop, and the chunk has the pitch
        alone.
    pitch : float, default=60
        MIDI pitch at which it sounds.
    """
    forward, endless = 0, 0
    key = math.floor(pitch)
    part = min(round((pitch - key) * 2**32), 2**32 - 1)  # of a semitone above the key
    n_loops = int(start is not None)
    body = struct.pack("<9I", 0, 0, round(1e9 / sample_rate), key, part, 0, 0, n_loops, 0)
    if start is not None:
        body += struct.pack("<6I", 0, forward, start, n_timesteps - 1, 0, endless)
    with path.open("r+b") as file:
        size = file.seek(0, 2)
        file.write(b"\0" * (size % 2) + b"smpl" + struct.pack("<I", len(body)) + body)
        size = file.tell()
        file.seek(4)
        file.write(struct.pack("<I", size - 8))


def forget_time(path: pathlib.Path) -> None:
    """Set the time in the chunk of peaks to 0, so that the same clip is the same file.

    Parameters
    ----------
    path : pathlib.Path
        A complete WAV file of floating point.
    """
    with path.open("r+b") as file:
        for name, start in wav_chunks(file):
            if name == b"PEAK":
                file.seek(start + 4)  # after the version
                file.write(bytes(4))
                return


def wav_chunks(file: BinaryIO) -> Iterator[tuple[bytes, int]]:
    """Yield the name and the first byte of each chunk."""
    position = 12  # after RIFF, its size and WAVE
    while len(head := bytes_at(file, position, 8)) == 8:
        name, size = struct.unpack("<4sI", head)
        yield name, position + 8
        position += 8 + size + size % 2


def bytes_at(file: BinaryIO, position: int, n_bytes: int) -> bytes:
    """Return bytes of a file."""
    file.seek(position)
    return file.read(n_bytes)
