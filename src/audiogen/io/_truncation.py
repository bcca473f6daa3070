"""Truncated sound files, some of which libsndfile reads without an error."""

import pathlib
import struct
from typing import BinaryIO

# What programs write that stream, and cannot know the length, is about as long as can be: of
# WAV 0x7FFFF000, 0x7FFFFFFF, 0x80000000 or 0xFFFFFFFF, less the header or part of a block, of
# AIFF 0x7F000000 samples.
_UNKNOWN, _UNKNOWN_AIFF = 0x7FFF_0000, 0x7EFF_0000
_UNKNOWN_LONG = 1 << 60
_W64 = b"riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb\x04\xc1\x00\x00"
LARGEST_PAGE = 65_307  # bytes of an Ogg page
_GOES_ON = 255  # length of the last segment of a page whose packet ends on a later one


def truncation(path: pathlib.Path) -> str:
    """Tell by its headers whether a sound file is truncated.

    Parameters
    ----------
    path : pathlib.Path
        Any file; only WAV, AU, AIFF, W64 and Ogg files are inspected, for libsndfile itself
        notices others, and `sized_file` those MP3 and FLAC files that have no length.

    Returns
    -------
    words : str
        Description of what is missing; empty if the file is whole, or its header has no length,
        or one that a program writes which cannot know it.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        start = file.read(24)
        if start[:4] == b"OggS":
            file.seek(max(0, size - LARGEST_PAGE))
            return "" if _is_whole(file.read()) else "its last page is not whole"
        missing = _promised(start, file) - size
    return f"its header promises {missing} bytes more than it holds" if missing > 0 else ""


def _promised(start: bytes, file: BinaryIO) -> int:
    """Return how long the file should be at least; 0 where that is not known."""
    if len(start) < 24:
        return 0
    file.seek(12)
    if start[:4] in (b"RIFF", b"RF64") and start[8:12] == b"WAVE":
        return _end_of_wav(file)
    if start[:4] == b".snd":
        offset, length = struct.unpack(">II", start[4:12])
        return 0 if length >= _UNKNOWN else offset + length
    if start[:4] == b"FORM" and start[8:12] in (b"AIFF", b"AIFC"):
        length = struct.unpack(">I", start[4:8])[0]
        return 0 if length >= _UNKNOWN_AIFF else 7 + length  # some leave the pad byte out
    if start[:16] == _W64:
        length = struct.unpack("<Q", start[16:])[0]
        return 0 if length >= _UNKNOWN_LONG else length
    return 0


def _end_of_wav(file: BinaryIO) -> int:
    """Walk the chunks of a WAV file to where its sound should end."""
    long_length = 0
    while len(header := file.read(8)) == 8:
        name, length = header[:4], struct.unpack("<I", header[4:])[0]
        if name == b"ds64":
            body = file.read(min(length, 16))  # of its size, which may be any
            long_length = struct.unpack("<Q", body[8:])[0] if len(body) == 16 else 0
            file.seek(length + length % 2 - len(body), 1)
        elif name == b"data":
            if length >= _UNKNOWN:
                length = long_length if long_length < _UNKNOWN_LONG else 0
            return file.tell() + length if length else 0
        else:
            file.seek(length + length % 2, 1)
    return 0


def _is_whole(tail: bytes) -> bool:
    """Tell whether the last page in the end of an Ogg file, and the last packet, are whole."""
    page = tail[tail.rfind(b"OggS") :]
    if len(page) < 27 or len(page) < 27 + page[26]:
        return False
    segments = page[27 : 27 + page[26]]
    return len(page) >= 27 + page[26] + sum(segments) and segments[-1:] != bytes([_GOES_ON])
