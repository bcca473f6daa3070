"""FLAC files written to a pipe, whose header does not say how long they are."""

import functools
import itertools
from collections.abc import Iterator

_SHORTEST = 6  # bytes of the header of a frame
_TRIED = 4  # a header may be found within the sound of a frame, with a checksum that is right
_MD5, _HEADER, _ID3 = 16, 27, 128  # bytes: digest, with samples and sizes of frames; a tag
_BLOCK_SIZES = {1: 192, **{i: 576 << i - 2 for i in range(2, 6)}}
_BLOCK_SIZES |= {i: 256 << i - 8 for i in range(8, 16)}


def has_total(start: bytes) -> bool:
    """Tell whether the first bytes of a FLAC file have its number of samples."""
    return len(start) < 26 or any([start[21] & 15, *start[22:26]])


def with_total(data: bytes) -> bytes | None:
    """Return a file with the number of samples that its last frame tells, None if it is cut."""
    for place, end in itertools.islice(_frames(data), _TRIED):
        if _is_whole(data[place:], end):
            total = end.to_bytes(5, "big")
            return data[:21] + bytes([data[21] & 0xF0 | total[0]]) + total[1:] + data[26:]
    return None


def _frames(data: bytes) -> Iterator[tuple[int, int]]:
    """Yield where frames begin, and the number of samples at their ends, the last first."""
    fixed_size, place = int.from_bytes(data[8:10], "big"), len(data)
    while (place := max(data.rfind(b"\xff\xf8", 0, place), data.rfind(b"\xff\xf9", 0, place))) > 0:
        if end := _end_of_frame(data[place : place + 16], fixed_size):
            yield place, end


def _end_of_frame(frame: bytes, fixed_size: int) -> int:
    """Return the number of samples up to the end of a frame, 0 if it is none."""
    if len(frame) < _SHORTEST:
        return 0
    number, used = _coded_number(frame[4:11])
    size_code, rate_code = frame[2] >> 4, frame[2] & 15
    size_bytes = {6: 1, 7: 2}.get(size_code, 0)
    head = 4 + used
    end = head + size_bytes + {12: 1, 13: 2, 14: 2}.get(rate_code, 0)
    whole = used and size_code and rate_code < 15 and len(frame) > end
    if not whole or checksum(frame[: end + 1], 8, 0x07):
        return 0
    size = (
        _BLOCK_SIZES.get(size_code) or int.from_bytes(frame[head : head + size_bytes], "big") + 1
    )
    varies = frame[1] & 1
    return (number if varies else number * fixed_size) + size


def _coded_number(code: bytes) -> tuple[int, int]:
    """Return a number in the manner of UTF-8, and how many bytes it has, 0 if it is none."""
    if not code or code[0] in range(0x80, 0xC0) or code[0] == 0xFF:
        return 0, 0
    used = 1 if code[0] < 0x80 else 8 - (code[0] ^ 0xFF).bit_length()
    number = code[0] & (0x7F if used == 1 else 0x7F >> used)
    for byte in code[1:used]:
        number = number << 6 | byte & 0x3F
    return number, used


def _is_whole(frame: bytes, n_samples: int) -> bool:
    """Tell whether a frame ends with its own checksum, or before what is written after streams.

    libFLAC appends to a pipe what it would have written into the header, others an ID3 tag.
    """
    header, tag = frame[-_HEADER:], frame[-_ID3:]
    total = int.from_bytes(header[_MD5 : _MD5 + 5], "big") & (1 << 36) - 1
    ends = [len(frame)]
    ends += [len(frame) - _HEADER] if total == n_samples else []
    ends += [len(frame) - _ID3] if tag[:3] == b"TAG" else []
    return any(end > 0 and checksum(frame[:end], 16, 0x8005) == 0 for end in ends)


def checksum(data: bytes, bits: int, polynomial: int) -> int:
    """Return a checksum, which of bytes with their own checksum is 0."""
    table, register = _checksums(bits, polynomial), 0
    mask = (1 << bits) - 1
    for byte in data:
        register = (register << 8 & mask) ^ table[register >> bits - 8 ^ byte]
    return register


@functools.cache
def _checksums(bits: int, polynomial: int) -> list[int]:
    """Return the checksum of each byte."""
    table = []
    for byte in range(256):
        register = byte << bits - 8
        for _ in range(8):
            carried = polynomial if register >> bits - 1 else 0
            register = (register << 1 & (1 << bits) - 1) ^ carried
        table.append(register)
    return table
