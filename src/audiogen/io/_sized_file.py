"""Sound files with a length, where their header has none."""

import io
import pathlib
import struct
from typing import BinaryIO

from audiogen.exceptions import AudioFileError
from audiogen.io._flac_frames import checksum, has_total, with_total
from audiogen.io._mpeg_frames import mpeg_frames, stream_of
from audiogen.io._truncation import LARGEST_PAGE
from audiogen.io._wav_chunks import bytes_at, wav_chunks

_CAF_HEADER = 8  # bytes
_LONGEST_WAV = 0xFFFF_FFFF
_NO_AU = 0x7FFF_0000  # bytes, from which on a length is none
_LONGEST = 1 << 60
_OGG_HEADER, _FIRST_PAGE, _LAST_PAGE, _OGG_CHECKSUM = 27, 2, 4, 0x04C1_1DB7
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
        frames, of a FLAC file written to a pipe, of WAV, RF64, AU and CAF files whose sizes were
        left open and of an Opus file whose end is not marked, a copy in memory that has one.

    Raises
    ------
    AudioFileError
        If such a file ends inside a frame, and if an Ogg file is several, one after the other.
    """
    with path.open("rb") as file:
        begin = _end_of_tags(file)
        file.seek(begin)
        start = file.read(26)
        is_flac = start[:4] == b"fLaC"
        is_mp3 = start[:1] == b"\xff" or path.suffix.lower() in _MP3_SUFFIXES
        if _is_chained(file):
            raise AudioFileError(
                f"{path} is several Ogg files, one after the other, of which only the first would "
                "be read. Convert it, for instance to FLAC."
            )
        if (with_sizes := _WITH_SIZES.get(start[:4])) is not None:
            return with_sizes(file) or path
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
    return stream_of(frames)


def _wav_with_sizes(file: BinaryIO) -> io.BytesIO | None:
    """Return a WAV file with the size of its sound, where that is 0; None for others."""
    place, size = _place_of(file, b"data"), file.seek(0, 2)
    if not place or bytes_at(file, place - 4, 4) != bytes(4) or _holds_chunks(file, place, size):
        return None
    data = _all_of(file)
    data[4:8] = struct.pack("<I", min(size - 8, _LONGEST_WAV))
    data[place - 4 : place] = struct.pack("<I", min(size - place, _LONGEST_WAV))
    return io.BytesIO(data)


def _holds_chunks(file: BinaryIO, place: int, size: int, header: str = "<4sI") -> bool:
    """Tell whether whole chunks, and no sound, go from a place to the end of a file."""
    head_size = struct.calcsize(header)
    while place < size and len(head := bytes_at(file, place, head_size)) == head_size:
        name, length = struct.unpack(header, head)
        if length < 0 or not all(0x20 <= letter < 0x7F for letter in name):
            return False
        place += head_size + length + length % 2 * (head_size == 8)
    return 0 <= place - size < 2


def _rf64_with_sizes(file: BinaryIO) -> io.BytesIO | None:
    """Return an RF64 file with the size of its sound, where it has none; None for others."""
    sizes, place = _place_of(file, b"ds64"), _place_of(file, b"data")
    if not (sizes and place) or bytes_at(file, place - 4, 4) != b"\xff" * 4:
        return None
    known = int.from_bytes(bytes_at(file, sizes + 8, 8), "little")
    empty = not known and _holds_chunks(file, place, file.seek(0, 2))
    if 0 < known < _LONGEST or empty:
        return None
    data = _all_of(file)
    data[sizes : sizes + 16] = struct.pack("<QQ", len(data) - 8, len(data) - place)
    data[sizes + 16 : sizes + 24] = bytes(8)  # samples, which the size tells
    return io.BytesIO(data)


def _au_with_size(file: BinaryIO) -> io.BytesIO | None:
    """Return an AU file with the size of its sound, where it has none; None for others."""
    place, length = struct.unpack(">II", bytes_at(file, 4, 8).ljust(8, b"\0"))
    size = file.seek(0, 2)
    if 0 < length < _NO_AU or place >= size:
        return None
    data = _all_of(file)
    data[8:12] = struct.pack(">I", min(size - place, _NO_AU - 1))
    return io.BytesIO(data)


def _caf_with_size(file: BinaryIO) -> io.BytesIO | None:
    """Return a CAF file whose sound goes on to its end, with its length; None for others."""
    file.seek(_CAF_HEADER)
    while len(head := file.read(12)) == 12:
        name, length = struct.unpack(">4sq", head)
        if name == b"data" and not 0 < length < _LONGEST:
            place, size = file.tell(), file.seek(0, 2)
            if not length and _holds_chunks(file, place, size, ">4sq"):
                return None
            data = _all_of(file)
            data[place - 8 : place] = struct.pack(">q", len(data) - place)
            return io.BytesIO(data)
        if not 0 <= length < _LONGEST:
            return None
        file.seek(length, 1)
    return None


def _opus_with_end(file: BinaryIO) -> io.BytesIO | None:
    """Return an Opus file whose last page is marked as the last; None where one is."""
    size = file.seek(0, 2)
    begin = max(0, size - LARGEST_PAGE)
    place = begin + bytes_at(file, begin, LARGEST_PAGE).rfind(b"OggS")
    if b"OpusHead" not in bytes_at(file, 0, 64) or place < begin or size < place + _OGG_HEADER:
        return None
    data = _all_of(file)
    if data[place + 5] & _LAST_PAGE:
        return None
    data[place + 5] |= _LAST_PAGE
    data[place + 22 : place + 26] = bytes(4)
    found = checksum(bytes(data[place:]), 32, _OGG_CHECKSUM)
    data[place + 22 : place + 26] = struct.pack("<I", found)
    return io.BytesIO(data)


def _is_chained(file: BinaryIO) -> bool:
    """Tell whether another stream begins in an Ogg file after pages that are no beginning."""
    place, inside = 0, False
    while (page := bytes_at(file, place, _OGG_HEADER + 255))[:4] == b"OggS":
        begins = len(page) > _OGG_HEADER and bool(page[5] & _FIRST_PAGE)
        if begins and inside:
            return True
        inside = not begins
        n_segments = page[_OGG_HEADER - 1]
        place += _OGG_HEADER + n_segments + sum(page[_OGG_HEADER : _OGG_HEADER + n_segments])
    return False


_WITH_SIZES = {
    b"RIFF": _wav_with_sizes, b"RF64": _rf64_with_sizes, b".snd": _au_with_size,
    b"caff": _caf_with_size, b"OggS": _opus_with_end,
}  # fmt: skip


def _place_of(file: BinaryIO, wanted: bytes) -> int:
    """Return the first byte of a chunk of a WAV file, 0 where it has none of that name."""
    return next((place for name, place in wav_chunks(file) if name == wanted), 0)


def _all_of(file: BinaryIO) -> bytearray:
    file.seek(0)
    return bytearray(file.read())


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
