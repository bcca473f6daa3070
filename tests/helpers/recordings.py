"""Recordings of a few seconds, and small pipelines that go on with them."""

import numpy as np

from audiogen import GenerativePipeline
from audiogen.generators import KernelSequencer
from audiogen.preprocessing import SpectralCodes

RATE = 8000
LOW, HIGH = 300.0, 700.0  # Hz


def turns(n_turns=14, seconds=0.5):
    """A low tone and a high one in turns, with a little noise."""
    n = round(seconds * RATE)
    rng = np.random.default_rng(0)
    pitch = np.where(np.arange(n_turns * n) // n % 2, HIGH, LOW)
    tone = 0.2 * np.sin(2 * np.pi * np.cumsum(pitch) / RATE)
    return (tone + rng.normal(0, 0.003, len(tone))).astype(np.float32)


def pipeline(**parameters):
    """A pipeline without a network, whose codes last 46 ms at 8,000 Hz."""
    codec = SpectralCodes(sample_rate=RATE, n_levels=2, n_codes=8, frame_length=372,
                          hop_length=93, random_state=0)  # fmt: skip
    return GenerativePipeline([("codes", codec), ("kernel", KernelSequencer(**parameters))])


def pitches(sound, seconds=0.1):
    """Return the strongest frequency of each stretch of a sound, in Hz."""
    n = round(seconds * RATE)
    parts = sound[: len(sound) // n * n].reshape(-1, n) * np.hanning(n)
    return np.abs(np.fft.rfft(parts, 8 * n)).argmax(axis=1) * RATE / (8 * n)
