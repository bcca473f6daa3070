"""Sound files of tones, whole and cut."""

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
