"""Synthesis of one note from its partials and its noise."""

import numpy as np
import scipy.fft

from audiogen.signal._frequency import midi_to_hz
from audiogen.signal._harmonics import (
    FLOOR_DB,
    STEPS_PER_FRAME,
    HarmonicNote,
    band_matrix,
    harmonic_knots,
    knot_matrix,
)
from audiogen.signal._levels import db_to_amplitude

__all__ = ["synthesise_note"]

_CHUNK = 1 << 18  # values of oscillators at a time: they stay in the cache
_FADE = 0.02  # seconds before the end
_EARLIER = 0.1  # seconds in which the weight of a rise falls to 1 / e
_AGREEMENT = 0.3  # of rises in their phase, 0 to 1: with less, that of the beginning decides
_EVERY = 8  # samples at which rises are looked at
_FLOOR = 10 ** (FLOOR_DB / 10)  # of power
_NYQUIST_FADE = 0.02  # of the highest frequency, below it


def synthesise_note(
    note: HarmonicNote,
    n_timesteps: int,
    *,
    sample_rate: int,
    hop_length: int,
    rng: np.random.Generator,
) -> np.ndarray:
    """Resynthesise one note from its partials and its noise.

    Parameters
    ----------
    note : HarmonicNote
        The note, as `analyse_note` returns it or as a network generates it.
    n_timesteps : int
        Number of samples to return.
    sample_rate : int
        Sampling rate of the audio, in Hz.
    hop_length : int
        Samples between frames, a multiple of 4.
    rng : numpy.random.Generator
        Generator that the noise is drawn from.

    Returns
    -------
    audio : ndarray of shape (n_timesteps,), float32
        The sound, with zeros after `note.duration`.

    Notes
    -----
    A bank of oscillators, whose frequencies move linearly from frame to frame, plus white
    noise shaped in the frequency domain; both follow the level of the note. All phases are
    zero where the level rises fastest: the period of a low note may be longer than its attack.
    A frame whose partials and noise have more power together than its level stands for is
    turned down to that level, for a single loud frame would be heard as a click.

    The sound is a continuous function of the note: rounding errors in its numbers are not
    heard. No part of it depends on how many threads BLAS has.

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
    speed, numbers, multiples, amplitude = _partials(note, sample_rate)
    noise = _noise(note, sample_rate, hop_length)
    power = 0.5 * np.square(amplitude).sum(axis=1) + np.square(noise).mean(axis=1)
    turned = 1 / np.sqrt(np.maximum(power, 1))[:, np.newaxis]
    gain = _gain(note, hop_length)
    phase = _phase(speed, hop_length)
    begins = -_attack_phases(gain, phase.ravel(), numbers, multiples, sample_rate)
    # Of frames that are silent, or not asked for, nothing is computed.
    seconds = min(note.duration + _FADE, n_timesteps / sample_rate)
    last = max(1, min(len(phase), int(np.ceil(seconds * sample_rate / hop_length))))
    sound = _oscillators(phase[:last], begins, multiples, (turned * amplitude)[: last + 1])
    sound += _shaped_noise((turned * noise)[: last + 1], hop_length, rng)
    sound *= gain[: len(sound)]
    audio = np.zeros(n_timesteps, np.float32)
    end = min(n_timesteps, len(sound))
    audio[:end] = sound[:end]
    _fade_out(audio, note.duration, sample_rate)
    return audio


def _fade_out(audio: np.ndarray, duration: float, sample_rate: int) -> None:
    """Silence audio in place from a duration on, unless it is that of the audio."""
    width = _FADE * sample_rate
    # Over the last samples the fade moves out of the audio, rather than vanish at once.
    late = np.clip(1 + (duration * sample_rate - len(audio)) / width, 0, 1)
    end = duration * sample_rate + late * width
    width = max(min(end, width), 1.0)
    first = max(0, int(end - width))
    last = max(first, int(np.ceil(end)))
    passed = np.clip((np.arange(first, min(last, len(audio))) + 1 - (end - width)) / width, 0, 1)
    audio[first:last] *= 0.5 + 0.5 * np.cos(np.pi * passed)
    audio[last:] = 0


def _partials(note: HarmonicNote, sample_rate: int) -> tuple[np.ndarray, ...]:
    """Return radians a sample of the first partial; numbers, multiples and amplitudes of all."""
    f0 = midi_to_hz(note.pitch + note.tuning.astype(np.float64) / 100)
    n_harmonics = note.harmonics.shape[1]
    lowest = f0.min() * 2 ** (min(0.0, float(note.detuning.min())) / 1200)
    n_partials = min(max(1, int(0.5 * sample_rate / lowest)), harmonic_knots(n_harmonics)[-1])
    weights = knot_matrix(n_harmonics, n_partials)
    numbers = np.arange(1, n_partials + 1)
    multiples = numbers * 2 ** ((note.detuning @ weights) / 1200.0)
    amplitude = db_to_amplitude(note.harmonics @ weights) - db_to_amplitude(FLOOR_DB)
    room = 1 - f0[:, np.newaxis] * multiples / (0.5 * sample_rate)
    amplitude = np.maximum(amplitude, 0) * np.clip(room / _NYQUIST_FADE, 0, 1)
    heard = amplitude.any(axis=0)
    heard[0] = True
    amplitude = np.ascontiguousarray(amplitude[:, heard], dtype=np.float32)
    return f0 * (2 * np.pi / sample_rate), numbers[heard], multiples[heard], amplitude


def _attack_phases(
    gain: np.ndarray,
    phase: np.ndarray,
    numbers: np.ndarray,
    multiples: np.ndarray,
    sample_rate: int,
) -> np.ndarray:
    """Return the phase of each partial about where the level rises.

    It is a mean over all rises, the first and fastest foremost, for the one place where the level
    rises fastest may be another after the slightest change. Periods of low notes rise one by
    one: so it is the mean of an angle of the first partial, times the number of a partial. The
    less rises agree in that, the nearer it is to that of the beginning, for a mean of nearly 0 has
    an angle that the last bits of levels decide. They decide the mean place, too, by which
    partials that are off a multiple of the first are at that angle there.
    """
    rise = np.diff(gain[::_EVERY], prepend=0.0)
    places = np.flatnonzero(rise > 0)
    if len(places) == 0:
        return np.zeros(len(numbers))
    rise, places = rise[places], _EVERY * places
    weights = np.log(rise) - places / (_EARLIER * sample_rate)
    weights = np.exp(weights - weights.max())
    middle = np.average(places, weights=weights**2)
    turn = np.average(np.exp(1j * phase[places]), weights=weights)
    agreement = abs(turn)
    angle = np.angle(agreement * turn + _AGREEMENT * (1 - agreement**2))
    off = (multiples - numbers) * np.interp(middle, np.arange(len(phase)), phase)
    return numbers * angle + off


def _phase(speed: np.ndarray, hop_length: int) -> np.ndarray:
    """Return the phase of a sine whose speed moves linearly from frame to frame."""
    n = np.arange(hop_length)
    rise = np.diff(speed)[:, np.newaxis]
    within = speed[:-1, np.newaxis] * n + rise * (n**2 / (2 * hop_length))
    begins = np.cumsum((speed[:-1] + speed[1:]) / 2) * hop_length
    return np.r_[0, begins[:-1]][:, np.newaxis] + within


def _oscillators(
    phase: np.ndarray, begins: np.ndarray, multiples: np.ndarray, amplitude: np.ndarray
) -> np.ndarray:
    """Return the sum of sines that begin at phases and go on at multiples of one."""
    hop_length = phase.shape[1]
    n = np.arange(hop_length)
    begins = (phase[:, :1] * multiples + begins) % (2 * np.pi)
    within, begins = (phase - phase[:, :1]).astype(np.float32), begins.astype(np.float32)
    multiples = multiples.astype(np.float32)[:, np.newaxis]
    ramp = (n / hop_length).astype(np.float32)
    change = np.diff(amplitude, axis=0)
    out = np.empty(within.shape, np.float32)
    chunk = max(1, _CHUNK // (len(multiples) * hop_length))
    for first in range(0, len(out), chunk):
        part = slice(first, min(first + chunk, len(out)))
        heard = amplitude[first : part.stop + 1].any(axis=0)  # high partials die away first
        waves = within[part, np.newaxis] * multiples[heard]
        waves += begins[part, heard, np.newaxis]
        np.sin(waves, out=waves)
        both = np.stack([amplitude[part, heard], change[part, heard]], axis=1) @ waves
        out[part] = both[:, 0] + ramp * both[:, 1]
    return out.ravel()


def _noise(note: HarmonicNote, sample_rate: int, hop_length: int) -> np.ndarray:
    """Return the amplitude of noise by frequency; its mean square is the noise's power."""
    bands = band_matrix(note.noise.shape[1], hop_length + 1, sample_rate)
    levels = np.ascontiguousarray(note.noise @ bands, dtype=np.float64)
    power = np.exp(np.log(10) / 10 * levels)  # faster than powers of 10
    return np.sqrt(np.maximum(power - _FLOOR, 0)).astype(np.float32)


def _shaped_noise(gain: np.ndarray, hop_length: int, rng: np.random.Generator) -> np.ndarray:
    """Return noise of so much by frequency, frame m centred at m * hop_length."""
    gain = gain * np.float32(np.sqrt(hop_length))
    random = rng.standard_normal((*gain.shape, 2), dtype=np.float32)
    frames = scipy.fft.irfft(random.view(np.complex64)[..., 0] * gain, n=2 * hop_length)
    # Sine windows: neighbouring frames are independent, and their powers add up to 1.
    at = np.arange(2 * hop_length, dtype=np.float32) + np.float32(0.5)
    frames *= np.sin(np.pi / (2 * hop_length) * at)
    return (frames[:-1, hop_length:] + frames[1:, :hop_length]).ravel()


def _gain(note: HarmonicNote, hop_length: int) -> np.ndarray:
    """Return the level at every sample."""
    step = hop_length // STEPS_PER_FRAME
    levels = note.levels.ravel().astype(np.float64)
    amplitude = np.sqrt(np.maximum(10 ** (levels / 10) - _FLOOR, 0))
    amplitude *= db_to_amplitude(note.loudness)
    centres = (np.arange(len(levels)) + 0.5) * step - hop_length // 2
    samples = np.arange((len(note.levels) - 1) * hop_length)
    return np.interp(samples, centres, amplitude)
