"""Sound files of tones, whole and cut."""

import io
import pathlib

import numpy as np
import soundfile


def tone(n_timesteps=16_000, rate=16_000, frequency=440.0):
    time = np.arange(n_timesteps) / rate
    return (0.5 * np.sin(2 * np.pi * frequency * time)).astype(np.float32)


def write(path, audio, rate=16_000, subtype=None):
    soundfile.write(path, audio, rate, subtype=subtype)
    return pathlib.Path(path)


def cut(path, share=0.5):
    """Leave the beginning of a file."""
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    return path


def mp3_frames(data):
    """Return where each frame begins, of a file of frames alone, found by its sync words."""
    lines = [i for i in range(len(data) - 3) if data[i : i + 2] == data[:2]]
    return [i for i in lines if (data[i + 3] | 0x30) == (data[3] | 0x30)]


def mp3_without_count(audio, rate, **options):
    """Return an MP3 file less its first frame, which has the number of frames."""
    file = io.BytesIO()
    soundfile.write(file, audio, rate, format="MP3", **options)
    data = file.getvalue()
    return data[mp3_frames(data)[1] :]


def flac_without_total(audio, rate):
    """Return a FLAC file as it is written to a pipe."""
    file = io.BytesIO()
    soundfile.write(file, audio, rate, format="FLAC")
    data = bytearray(file.getvalue())
    data[21] &= 0xF0
    data[22:26] = bytes(4)
    return bytes(data)
