"""A note put together from partials and noise."""

import numpy as np
import scipy.fft

from audiogen.signal._harmonics import (
    FLOOR_DB,
    STEPS_PER_FRAME,
    band_matrix,
    harmonic_knots,
    knot_matrix,
)

__all__ = ["synthesise_note"]

_CHUNK = 1 << 18  # oscillator values at a time: they stay in the cache
_FADE = 0.02  # seconds


def synthesise_note(note, n_timesteps, *, sample_rate, hop_length, rng):
    length = len(note.levels) * hop_length
    out = _partials(note, sample_rate, hop_length)
    out += _noise(note, sample_rate, hop_length, rng)[: len(out)]
    out *= _gain(note.levels, hop_length)[: len(out)]
    out = (
        out[:n_timesteps] if len(out) >= n_timesteps else np.pad(out, (0, n_timesteps - len(out)))
    )
    out *= 10 ** (note.loudness / 20)
    if note.duration < n_timesteps / sample_rate - 1e-3:
        end = int(note.duration * sample_rate)
        fade = min(end, int(_FADE * sample_rate))
        out[end - fade : end] *= 0.5 + 0.5 * np.cos(np.pi * (np.arange(fade) + 1) / (fade + 1))
        out[end:] = 0
    return out


def _gain(levels, hop_length):
    step = hop_length // STEPS_PER_FRAME
    amplitude = 10 ** (levels.ravel() / 20)
    amplitude[levels.ravel() <= FLOOR_DB + 0.5] = 0
    at = (np.arange(amplitude.size) + 0.5) * step - hop_length // 2
    n = (len(levels) - 1) * hop_length
    return np.interp(np.arange(n), at, amplitude).astype(np.float32)


def _partials(note, sample_rate, hop_length):
    f0 = 440 * 2 ** ((note.pitch - 69) / 12) * 2 ** (note.tuning.astype(np.float64) / 1200)
    n_partials = max(1, int(0.5 * sample_rate / f0.mean()))
    knots = harmonic_knots(note.harmonics.shape[1])
    n_partials = min(n_partials, knots[-1])
    weights = knot_matrix(knots, n_partials)
    multiples = np.arange(1, n_partials + 1) * 2 ** (note.detuning @ weights / 1200).astype(float)
    amplitude = 10 ** (note.harmonics @ weights / 20)
    amplitude = np.maximum(amplitude - 10 ** (FLOOR_DB / 20), 0)
    at = f0[:, np.newaxis] * multiples / (0.5 * sample_rate)
    amplitude *= np.clip((1 - at) / 0.02, 0, 1)
    amplitude = amplitude.astype(np.float32)
    phase = np.cumsum((f0[:-1] + f0[1:]) / 2) * (hop_length / sample_rate)
    phase = np.r_[0, phase[:-1]]
    n = np.arange(hop_length)
    within = f0[:-1, None] * n + (f0[1:] - f0[:-1])[:, None] * (n**2 / (2 * hop_length))
    within = (2 * np.pi / sample_rate * within).astype(np.float32)
    start = phase[:, None] * multiples + _first_phases(n_partials)
    start = (2 * np.pi * (start % 1)).astype(np.float32)
    ramp = (n / hop_length).astype(np.float32)
    out = np.empty((len(within), hop_length), np.float32)
    chunk = max(1, _CHUNK // (n_partials * hop_length))
    m32 = multiples.astype(np.float32)
    for i in range(0, len(out), chunk):
        s = slice(i, min(i + chunk, len(out)))
        waves = within[s, None, :] * m32[:, None]
        waves += start[s, :, None]
        np.sin(waves, out=waves)
        now = amplitude[s]
        change = amplitude[s.start + 1 : s.stop + 1] - now
        both = np.stack([now, change], axis=1) @ waves
        out[s] = both[:, 0] + ramp * both[:, 1]
    return out.ravel()


def _first_phases(n_partials):
    return np.random.default_rng(0).random(n_partials)


def _noise(note, sample_rate, hop_length, rng):
    n_bins = hop_length + 1
    n_frames = len(note.noise)
    weights = band_matrix(
        note.noise.shape[1], np.arange(n_bins) * sample_rate / 2 / hop_length, sample_rate
    )
    gain = 10 ** (note.noise @ weights / 20) * np.float32(np.sqrt(hop_length))
    noise = rng.standard_normal((n_frames, n_bins, 2), dtype=np.float32)
    spectra = noise.view(np.complex64)[..., 0] * gain
    frames = scipy.fft.irfft(spectra, n=2 * hop_length)
    frames *= np.sin(
        np.pi * (np.arange(2 * hop_length, dtype=np.float32) + 0.5) / (2 * hop_length)
    )
    # Frame m is centred at m * hop_length.
    out = np.zeros(((n_frames + 1), hop_length), np.float32)
    out[:-1] += frames[:, :hop_length]
    out[1:] += frames[:, hop_length:]
    return out[1:-1].ravel()
