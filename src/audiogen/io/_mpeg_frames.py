"""MP3 files whose header does not say how long they are: their frames are counted."""

import io
import struct
from typing import NamedTuple

_HEADER = 4
_LAYER_3, _LAYER_2 = 1, 2  # codes in the header
# kbit/s by code; of MPEG 1 each layer has its own, of MPEG 2 and 2.5 these two have the same.
_BITRATES = {
    (True, _LAYER_3): (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (True, _LAYER_2): (0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (False, _LAYER_3): (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (False, _LAYER_2): (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
_MPEG_1 = 3
_INFO_BYTES = 200  # of the first frame, in which its count would be


class Frames(NamedTuple):
    """The frames of a file with sound."""

    sound: bytes
    n_frames: int
    first_size: int
    cut: bool  # whether one more begins that is not whole


class _Stream(io.BytesIO):
    """Frames in a file that is as long as all would be if they had the first one's length.

    By that libmpg123 tells their number where no header has it.
    """

    def __init__(self, data: bytes, claimed: int) -> None:
        super().__init__(data)
        self.claimed = claimed

    def seek(self, offset: int, whence: int = 0, /) -> int:
        if whence == io.SEEK_END and offset == 0:
            return super().seek(self.claimed)
        return super().seek(offset, whence)


def mpeg_frames(data: bytes, start: int) -> Frames | None:
    """Return the frames of an MP3 file whose header has no count of them.

    Parameters
    ----------
    data : bytes
        The whole file.
    start : int
        Where its tags end.

    Returns
    -------
    frames : Frames or None
        None where the header has a count of all, and for other files.
    """
    start = _next_frame(data, start)
    first = _frame_size(data, start)
    if not first or _counts_all(data, start):
        return None
    sound: list[bytes] = []
    position, n_frames, first = start, 0, 0
    while size := _frame_size(data, position):
        if position + size > len(data):
            return Frames(b"".join(sound), n_frames, first, cut=True)
        if not _count_in(data, position):  # of a file that was joined to another
            sound.append(data[position : position + size])
            n_frames, first = n_frames + 1, first or size
        position += size
        if not _frame_size(data, position):
            position = _next_frame(data, position)
    return Frames(b"".join(sound), n_frames, first, cut=False)


def _next_frame(data: bytes, position: int) -> int:
    """Return where a frame begins that another follows, or the end of the file."""
    while (place := data.find(b"\xff", position)) >= 0:
        size = _frame_size(data, place)
        if size and _frame_size(data, place + size):
            return place
        position = place + 1
    return len(data)


def stream_of(frames: Frames) -> io.BytesIO:
    """Return a file that libsndfile finds as long as its frames are."""
    return _Stream(frames.sound, frames.n_frames * frames.first_size)


def _count_in(data: bytes, position: int) -> tuple[int, int] | None:
    """Return the numbers of frames and of bytes of which a frame tells, None if it has sound.

    A number that it does not have is 0.
    """
    frame = data[position : position + min(_frame_size(data, position), _INFO_BYTES)]
    place = max(frame.find(b"Xing"), frame.find(b"Info"))
    if place < 0 or len(frame) < place + 16:
        return None
    flags, *numbers = struct.unpack(">3I", frame[place + 4 : place + 16])
    return numbers[0] if flags & 1 else 0, numbers[1] if flags & 3 == 3 else 0


def _counts_all(data: bytes, start: int) -> bool:
    """Tell whether the first frame counts the others, and no file has been joined to this one."""
    n_frames, n_bytes = _count_in(data, start) or (0, 0)
    end = start + n_bytes
    joined = n_bytes and _next_frame(data, end) < len(data)
    return n_frames > 0 and not joined


def _frame_size(data: bytes, position: int) -> int:
    """Return the length of a frame of a given rate, 0 where none begins."""
    header = data[position : position + _HEADER]
    if len(header) < _HEADER or header[0] != 0xFF or header[1] < 0xE0:
        return 0
    version, layer = header[1] >> 3 & 3, header[1] >> 1 & 3
    bitrate, rate = header[2] >> 4, header[2] >> 2 & 3
    rates = _BITRATES.get((version == _MPEG_1, layer))
    if version not in _RATES or rates is None or bitrate in (0, 15) or rate == 3:
        return 0
    bits = 72_000 if layer == _LAYER_3 and version != _MPEG_1 else 144_000
    return bits * rates[bitrate] // _RATES[version][rate] + (header[2] >> 1 & 1)
