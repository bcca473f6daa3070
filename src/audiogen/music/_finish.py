"""What a clip must be before it is made, and its last steps: sample rate and loudness."""

import contextlib
import logging
import math
import os
import pathlib

import numpy as np
import pandas as pd

from audiogen.signal import limit_peak, master, resample

__all__ = [
    "refuse_fades_of_loop", "refuse_too_long", "resample_clip", "seconds_of", "set_loudness",
]  # fmt: skip

_CEILING = -1.0  # dB of full scale, which lossy formats need
_EDGE_PERIODS = 20  # common periods of two rates that the resampler's filter reaches at most
_AS_ASKED = 0.1  # LU
_CONTAINER = pathlib.Path("/sys/fs/cgroup/memory.max")  # bytes, or "max"
_USUAL_MEMORY = 16e9  # bytes, of machines that do not say


def refuse_fades_of_loop(loop: bool, fade_in: float, fade_out: float | None) -> None:
    """Refuse fades where there are no ends."""
    if loop and (fade_in or fade_out):
        raise ValueError("A loop has no ends to fade: leave out fade_in and fade_out, or loop.")


def seconds_of(notes: pd.DataFrame, tail: float) -> float:
    """Return how long notes last."""
    return float((notes.onset + notes.duration).max()) + tail


def refuse_too_long(seconds: float, bytes_a_second: float) -> None:
    """Refuse a clip that takes more memory than there is: a file of 40 bytes can claim months."""
    needed, memory = seconds * bytes_a_second, _memory()
    if needed > memory:
        raise ValueError(
            f"A clip of {seconds:,.0f} seconds needs {needed / 1e9:,.0f} GB of memory, and this "
            f"machine has {memory / 1e9:.0f}: give fewer seconds, or correct the notes' times."
        )


def _memory() -> float:
    """Return the bytes of memory that this machine, or its container, has."""
    found = []
    with contextlib.suppress(AttributeError, ValueError, OSError):  # not on every system
        found.append(float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")))
    with contextlib.suppress(ValueError, OSError):
        found.append(float(_CONTAINER.read_text()))
    return min(found, default=_USUAL_MEMORY)


def resample_clip(
    clip: np.ndarray, rate: int, sample_rate: int, n_timesteps: int, loop: bool
) -> np.ndarray:
    """Resample a mono clip to a length, across its seam where it is a loop."""
    if rate == sample_rate:
        return clip
    common = math.gcd(rate, sample_rate)
    edge = _EDGE_PERIODS * (rate // common) if loop else 0
    wrapped = np.pad(clip, edge, mode="wrap") if loop else clip
    resampled = resample(wrapped, rate, sample_rate)
    begin = edge // (rate // common) * (sample_rate // common)
    resampled = resampled[begin : begin + n_timesteps]
    return np.pad(resampled, (0, n_timesteps - len(resampled)))


def set_loudness(
    clip: np.ndarray, sample_rate: int, loudness: float | None, loop: bool
) -> np.ndarray:
    """Return a clip at a loudness in LUFS, or, for None, turned down where it is too high."""
    if loudness is None:  # of all channels alike
        return limit_peak(clip.reshape(-1), 10 ** (_CEILING / 20)).reshape(clip.shape)
    made = master(clip, sample_rate, loudness=loudness, ceiling=_CEILING, ratio=1, wrap=loop)
    if -np.inf < made.loudness < loudness - _AS_ASKED:
        logging.getLogger("audiogen").info(
            "The clip reaches %.1f LUFS; for %.1f its peaks are too high above the rest.",
            made.loudness, loudness,
        )  # fmt: skip
    return made.audio
