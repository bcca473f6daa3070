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

_CHUNK = 1 << 18  # values of oscillators at a time: they stay in the cache
_FADE = 0.02  # seconds before the end
_NYQUIST_FADE = 0.02  # of the highest frequency, below it


def synthesise_note(note, n_timesteps, *, sample_rate, hop_length, rng):
    """Put one note together from partials and noise.

    Parameters
    ----------
    note : HarmonicNote
        What `analyse_note` returns, or a network imagines.
    n_timesteps : int
        Samples wanted.
    sample_rate : int
        Samples per second.
    hop_length : int
        Samples between frames, a multiple of 4.
    rng : numpy.random.Generator
        Where the noise comes from.

    Returns
    -------
    audio : ndarray of shape (n_timesteps,), float32
        Zeros after `note.duration`.

    Notes
    -----
    A bank of oscillators, whose frequencies move linearly from frame to frame, plus white
    noise shaped in the frequency domain; both follow the level of the note. All phases are
    zero where the level rises fastest: the period of a low note may be longer than its attack.
    A frame whose partials and noise have more power together than its level stands for is
    turned down to that: one that a network gets a little wrong would stand out as a click
    does.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.signal import analyse_note, synthesise_note
    >>> t = np.arange(16000) / 16000
    >>> grid = {"sample_rate": 16000, "hop_length": 256}
    >>> note = analyse_note(
    ...     0.5 * np.sin(2 * np.pi * 440 * t), 69, n_harmonics=8, n_noise_bands=4, **grid
    ... )
    >>> audio = synthesise_note(note, 16000, rng=np.random.default_rng(0), **grid)
    >>> audio.shape, round(float(np.sqrt(2) * audio[4000:12000].std()), 1)
    ((16000,), 0.5)
    """
    speed, multiples, amplitude = _partials(note, sample_rate)
    noise = _noise(note, sample_rate, hop_length)
    power = 0.5 * np.square(amplitude).sum(axis=1) + np.square(noise).mean(axis=1)
    turned = 1 / np.sqrt(np.maximum(power, 1))[:, np.newaxis]
    gain = _gain(note, hop_length)
    start = _attack(gain, hop_length)
    sound = _oscillators(speed, multiples, turned * amplitude, hop_length, start)
    sound += _shaped_noise(turned * noise, hop_length, rng)
    sound *= gain
    audio = np.zeros(n_timesteps, np.float32)
    end = min(n_timesteps, len(sound))
    audio[:end] = sound[:end]
    if note.duration < n_timesteps / sample_rate - 1e-3:
        end = int(note.duration * sample_rate)
        fade = min(end, int(_FADE * sample_rate))
        audio[end - fade : end] *= 0.5 + 0.5 * np.cos(np.pi * np.arange(1, fade + 1) / (fade + 1))
        audio[end:] = 0
    return audio


def _partials(note, sample_rate):
    """Return radians a sample of the first partial, multiples of it, and amplitudes."""
    f0 = 440 * 2 ** ((note.pitch - 69) / 12 + note.tuning.astype(np.float64) / 1200)
    knots = harmonic_knots(note.harmonics.shape[1])
    n_partials = min(max(1, int(0.5 * sample_rate / f0.mean())), knots[-1])
    weights = knot_matrix(knots, n_partials)
    multiples = np.arange(1, n_partials + 1) * 2 ** ((note.detuning @ weights) / 1200.0)
    amplitude = 10 ** (note.harmonics @ weights / 20) - 10 ** (FLOOR_DB / 20)
    room = 1 - f0[:, np.newaxis] * multiples / (0.5 * sample_rate)
    amplitude = np.maximum(amplitude, 0) * np.clip(room / _NYQUIST_FADE, 0, 1)
    return f0 * (2 * np.pi / sample_rate), multiples, amplitude.astype(np.float32)


def _attack(gain, hop_length):
    """Return the sample where the level has risen fastest."""
    step = hop_length // STEPS_PER_FRAME
    padded = np.r_[np.zeros(step, np.float32), gain]
    return int(np.argmax(padded[step:] - padded[:-step]))


def _oscillators(speed, multiples, amplitude, hop_length, start):
    """Return the sum of sines at multiples of a speed in radians a sample, frame by frame.

    All are at the start of their period in the sample `start`.
    """
    n = np.arange(hop_length)
    rise = np.diff(speed)[:, np.newaxis]
    within = speed[:-1, np.newaxis] * n + rise * (n**2 / (2 * hop_length))
    begins = np.cumsum((speed[:-1] + speed[1:]) / 2) * hop_length
    begins = np.r_[0, begins[:-1]]
    begins -= begins[start // hop_length] + within.flat[start]
    begins = begins[:, np.newaxis] * multiples % (2 * np.pi)
    within, begins = within.astype(np.float32), begins.astype(np.float32)
    multiples = multiples.astype(np.float32)[:, np.newaxis]
    ramp = (n / hop_length).astype(np.float32)
    change = np.diff(amplitude, axis=0)
    out = np.empty(within.shape, np.float32)
    chunk = max(1, _CHUNK // (len(multiples) * hop_length))
    for start in range(0, len(out), chunk):
        part = slice(start, min(start + chunk, len(out)))
        waves = within[part, np.newaxis] * multiples
        waves += begins[part, :, np.newaxis]
        np.sin(waves, out=waves)
        both = np.stack([amplitude[part], change[part]], axis=1) @ waves
        out[part] = both[:, 0] + ramp * both[:, 1]
    return out.ravel()


def _noise(note, sample_rate, hop_length):
    """Return the amplitude of noise by frequency; its mean square is the noise's power."""
    frequencies = np.arange(hop_length + 1) * (sample_rate / 2 / hop_length)
    bands = band_matrix(note.noise.shape[1], frequencies, sample_rate)
    gain = (10 ** (note.noise @ bands / 20)).astype(np.float32)
    gain[(note.noise <= FLOOR_DB).all(axis=1)] = 0
    return gain


def _shaped_noise(gain, hop_length, rng):
    """Return noise of so much by frequency, frame m centred at m * hop_length."""
    gain = gain * np.float32(np.sqrt(hop_length))
    random = rng.standard_normal((*gain.shape, 2), dtype=np.float32)
    frames = scipy.fft.irfft(random.view(np.complex64)[..., 0] * gain, n=2 * hop_length)
    # Sine windows: neighbouring frames are independent, and their powers add up to 1.
    at = np.arange(2 * hop_length, dtype=np.float32) + np.float32(0.5)
    frames *= np.sin(np.pi / (2 * hop_length) * at)
    return (frames[:-1, hop_length:] + frames[1:, :hop_length]).ravel()


def _gain(note, hop_length):
    """Return the level at every sample."""
    step = hop_length // STEPS_PER_FRAME
    levels = note.levels.ravel()
    amplitude = np.where(levels > FLOOR_DB, 10 ** ((levels + note.loudness) / 20), 0)
    centres = (np.arange(len(levels)) + 0.5) * step - hop_length // 2
    samples = np.arange((len(note.levels) - 1) * hop_length)
    return np.interp(samples, centres, amplitude).astype(np.float32)
