"""WAV and AU headers: libsndfile reads files that were cut short without a word."""

import struct

_UNKNOWN = 0xFFFFFFFF  # what a program writes that streams, and cannot know the length


def missing_bytes(path):
    """Count the bytes of sound that a header promises beyond the end of the file.

    Parameters
    ----------
    path : pathlib.Path
        Any file; 0 is returned for formats other than WAV and AU.

    Returns
    -------
    missing : int
        0 where nothing is missing, or the length is not said.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        start = file.read(12)
        if start[:4] in (b"RIFF", b"RF64") and start[8:] == b"WAVE":
            end = _end_of_wav(file)
        elif start[:4] == b".snd" and len(start) == 12:
            offset, length = struct.unpack(">II", start[4:])
            end = 0 if length == _UNKNOWN else offset + length
        else:
            end = 0
    return max(0, end - size)


def _end_of_wav(file):
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
