"""Truncated sound files, some of which libsndfile reads without an error."""

import pathlib
import struct
from typing import BinaryIO

_UNKNOWN = 0xFFFFFFFF  # what a program writes that streams, and cannot know the length
_LARGEST_PAGE = 65_307  # bytes of an Ogg page
_LAST_PAGE = 4


def truncation(path: pathlib.Path) -> str:
    """Tell by its headers whether a sound file is truncated.

    Parameters
    ----------
    path : pathlib.Path
        Any file; only WAV, AU, AIFF and Ogg files are inspected, for libsndfile itself notices
        truncated FLAC and MP3 files.

    Returns
    -------
    words : str
        Description of what is missing; empty if the file is whole, or its header has no length.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        start = file.read(12)
        if start[:4] == b"OggS":
            file.seek(max(0, size - _LARGEST_PAGE))
            return "" if _ends_stream(file.read()) else "its last page is not the stream's last"
        missing = _promised(start, file) - size
    return f"its header promises {missing} bytes more than it holds" if missing > 0 else ""


def _promised(start: bytes, file: BinaryIO) -> int:
    """Return how long the file should be at least; 0 where that is not known."""
    if len(start) < 12:
        return 0
    if start[:4] in (b"RIFF", b"RF64") and start[8:] == b"WAVE":
        return _end_of_wav(file)
    if start[:4] == b".snd":
        offset, length = struct.unpack(">II", start[4:])
        return 0 if length == _UNKNOWN else offset + length
    if start[:4] == b"FORM" and start[8:] in (b"AIFF", b"AIFC"):
        return 7 + struct.unpack(">I", start[4:8])[0]  # less the pad byte that some leave out
    return 0


def _end_of_wav(file: BinaryIO) -> int:
    """Walk the chunks of a WAV file to where its sound should end."""
    long_length = 0
    while len(header := file.read(8)) == 8:
        name, length = header[:4], struct.unpack("<I", header[4:])[0]
        if name == b"ds64":
            body = file.read(length)
            long_length = struct.unpack("<Q", body[8:16])[0] if len(body) >= 16 else 0
        elif name == b"data":
            if length == _UNKNOWN:
                length = long_length
            return file.tell() + length if length else 0
        else:
            file.seek(length + length % 2, 1)
    return 0


def _ends_stream(tail: bytes) -> bool:
    """Tell whether the last page in the end of an Ogg file is whole and marked as the last."""
    page = tail[tail.rfind(b"OggS") :]
    if len(page) < 27 or len(page) < 27 + page[26]:
        return False
    whole = len(page) >= 27 + page[26] + sum(page[27 : 27 + page[26]])
    return whole and bool(page[5] & _LAST_PAGE)
