"""Sound files with a length, where their header has none."""

import io
import pathlib
import struct
from typing import BinaryIO

from audiogen.exceptions import AudioFileError
from audiogen.io._flac_frames import has_total, with_total
from audiogen.io._mpeg_frames import mpeg_frames, stream_of
from audiogen.io._wav_chunks import wav_chunks

_CAF_HEADER = 8  # bytes
_LONGEST_WAV = 0xFFFF_FFFF
_MP3_SUFFIXES = (".mp2", ".mp3", ".mpga")  # streams of radio begin inside a frame


def sized_file(path: pathlib.Path) -> pathlib.Path | io.BytesIO:
    """Return a file that libsndfile finds as long as what decodes.

    Parameters
    ----------
    path : pathlib.Path
        A sound file.

    Returns
    -------
    file : pathlib.Path or io.BytesIO
        The file itself, if its header has a length; else, of an MP3 file without a count of its
        frames, of FLAC and CAF files written to a pipe and of a WAV file whose sizes were left at
        0, a copy in memory that has one.

    Raises
    ------
    AudioFileError
        If such a file ends inside a frame.
    """
    with path.open("rb") as file:
        begin = _end_of_tags(file)
        file.seek(begin)
        start = file.read(26)
        is_flac = start[:4] == b"fLaC"
        is_mp3 = start[:1] == b"\xff" or path.suffix.lower() in _MP3_SUFFIXES
        if start[:8] == b"RIFF\0\0\0\0":
            return _wav_with_sizes(file) or path
        if start[:4] == b"caff":
            return _caf_with_size(file) or path
        if (is_flac and has_total(start)) or not (is_flac or is_mp3):
            return path
        file.seek(0)
        data = file.read()
    if is_flac:
        flac = with_total(data[begin:])
        if flac is None:
            raise _ends_inside(path)
        return io.BytesIO(flac)
    frames = mpeg_frames(data, begin)
    if frames is None:
        return path
    if frames.cut:
        raise _ends_inside(path)
    return stream_of(data, frames)


def _wav_with_sizes(file: BinaryIO) -> io.BytesIO | None:
    """Return a WAV file whose sizes, 0 as in a stream, are those of the file; None for others."""
    place = next((start for name, start in wav_chunks(file) if name == b"data"), None)
    file.seek(0)
    data = bytearray(file.read())
    if place is None or any(data[place - 4 : place]):
        return None
    data[4:8] = struct.pack("<I", min(len(data) - 8, _LONGEST_WAV))
    data[place - 4 : place] = struct.pack("<I", min(len(data) - place, _LONGEST_WAV))
    return io.BytesIO(data)


def _caf_with_size(file: BinaryIO) -> io.BytesIO | None:
    """Return a CAF file whose sound goes on to its end, with its length; None for others."""
    file.seek(_CAF_HEADER)
    while len(head := file.read(12)) == 12:
        name, length = struct.unpack(">4sq", head)
        if name == b"data" and length == -1:
            place = file.tell()
            file.seek(0)
            data = bytearray(file.read())
            data[place - 8 : place] = struct.pack(">q", len(data) - place)
            return io.BytesIO(data)
        if length < 0:
            return None
        file.seek(length, 1)
    return None


def _ends_inside(path: pathlib.Path) -> AudioFileError:
    return AudioFileError(f"{path} is truncated: it ends inside a frame.")


def _end_of_tags(file: BinaryIO) -> int:
    """Return where the ID3 tags at the start of a file end."""
    position = 0
    while (head := file.read(10))[:3] == b"ID3" and len(head) == 10:
        length = sum((byte & 0x7F) << 7 * i for i, byte in enumerate(head[:5:-1]))
        position += 10 + length + 10 * bool(head[5] & 0x10)  # with a footer
        file.seek(position)
    return position
