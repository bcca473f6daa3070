"""The last steps of a clip: its length, sample rate, fades and loudness."""

import logging
import math

import numpy as np

from audiogen.signal import resample

__all__ = ["cut_to_length", "fade_ends", "resample_clip", "set_loudness"]

_CEILING = 10 ** (-1 / 20)  # -1 dBFS, which lossy formats need
_EDGE_PERIODS = 20  # common periods of two rates that the resampler's filter reaches at most


def cut_to_length(mix: np.ndarray, n_timesteps: int, loop: bool) -> np.ndarray:
    """Cut or pad a mix; for a loop, sound beyond the end is added at the beginning."""
    n_rounds = -(-len(mix) // n_timesteps) if loop else 1
    n_whole = n_rounds * n_timesteps
    mix = np.pad(mix[:n_whole], (0, max(0, n_whole - len(mix))))
    return mix.reshape(n_rounds, n_timesteps).sum(axis=0)


def resample_clip(
    clip: np.ndarray, rate: int, sample_rate: int, n_timesteps: int, loop: bool
) -> np.ndarray:
    """Resample a clip to a length, across its seam where it is a loop."""
    if rate == sample_rate:
        return clip
    common = math.gcd(rate, sample_rate)
    edge = _EDGE_PERIODS * (rate // common) if loop else 0
    wrapped = np.pad(clip, edge, mode="wrap") if loop else clip
    resampled = resample(wrapped, rate, sample_rate)
    begin = edge // (rate // common) * (sample_rate // common)
    resampled = resampled[begin : begin + n_timesteps]
    return np.pad(resampled, (0, n_timesteps - len(resampled)))


def fade_ends(clip: np.ndarray, n_in: int, n_out: int) -> None:
    """Fade a clip in and out, in place."""
    n_in, n_out = min(n_in, len(clip)), min(n_out, len(clip))
    clip[:n_in] *= np.sin(np.linspace(0, np.pi / 2, n_in, dtype=np.float32)) ** 2
    clip[len(clip) - n_out :] *= np.cos(np.linspace(0, np.pi / 2, n_out, dtype=np.float32)) ** 2


def set_loudness(clip: np.ndarray, sample_rate: int, loudness: float | None) -> np.ndarray:
    """Return a clip at a loudness in LUFS, or turned down where its peaks are too high."""
    peak = float(np.abs(clip).max())
    if peak == 0:
        return clip
    if loudness is None:
        return clip * np.float32(min(1.0, _CEILING / peak))
    import pyloudnorm

    if len(clip) < 0.4 * sample_rate:
        raise ValueError(
            f"loudness={loudness} needs a clip of at least 0.4 s, over which loudness is "
            f"measured. This one has {len(clip) / sample_rate:.2f} s; leave loudness out."
        )
    measured = pyloudnorm.Meter(sample_rate).integrated_loudness(clip.astype(np.float64))
    gain = min(10 ** ((loudness - measured) / 20), _CEILING / peak)
    reached = measured + 20 * np.log10(gain)
    if reached < loudness - 0.05:
        logging.getLogger("audiogen").info(
            "The clip reaches %.1f LUFS; for %.1f its peaks would exceed -1 dBFS.",
            reached, loudness,
        )  # fmt: skip
    return clip * np.float32(gain)
