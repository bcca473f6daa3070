"""A note taken apart into partials and noise."""

import numpy as np
import scipy.fft
from scipy.ndimage import gaussian_filter1d, maximum_filter1d, median_filter
from scipy.signal.windows import blackmanharris

from audiogen.signal._harmonics import (
    FLOOR_DB,
    STEPS_PER_FRAME,
    HarmonicNote,
    band_matrix,
    harmonic_knots,
    knot_matrix,
)

__all__ = ["analyse_note"]

_TINY = 1e-12
_LOBE = 3  # bins to either side of a partial that hold its energy
_SEPARATION = 9  # bins between two partials, so that the noise between them is seen
_WINDOWS = (2, 3, 4, 6, 8, 12, 16, 20)  # in hops
_REACH = 60.0  # cents around the stated pitch within which the real one is looked for
_STRETCHES = np.r_[0.0, np.geomspace(2e-5, 6e-3, 30)]
_GEOMETRIC_BIAS_DB = 2.507  # mean over geometric mean of the power of noise: exp(gamma)
_END_FADE = 0.03  # seconds


def analyse_note(audio, pitch, *, sample_rate, n_harmonics, n_noise_bands, hop_length):
    audio = np.asarray(audio, dtype=np.float32)
    n_frames = 1 + -(-len(audio) // hop_length)
    step = hop_length // STEPS_PER_FRAME
    rms = _rms(audio, step, n_frames)
    top = float(rms.max())
    f0 = 440.0 * 2 ** ((pitch - 69) / 12)
    if top < 1e-6:
        return silent_note(pitch, n_frames, n_harmonics, n_noise_bands)
    n_sounding = int(np.flatnonzero(rms > 1e-4 * top)[-1]) + 1
    levels = _levels(rms / top, n_sounding, sample_rate / f0 / step, step / sample_rate)
    power = _power(
        audio / top, levels, n_sounding, _window(f0, sample_rate, hop_length), hop_length
    )
    power, energy = power
    n_valid = max(1, min(n_frames, (n_sounding + 1) // STEPS_PER_FRAME))
    weight = energy[:n_valid] / energy.max()
    ratio = (power.shape[1] - 1) * 2 / sample_rate
    mean = weight @ power[:n_valid]
    place = _refine(mean, f0 * ratio)
    places = _partials(mean, place, int(0.49 * sample_rate * ratio / place) or 1)
    track = _track(power[:n_valid], places, weight)
    drift = float(np.average(track, weights=weight))
    place *= 2 ** (drift / 1200)
    places *= 2 ** (drift / 1200)
    track -= drift
    harmonic, noise, deviation = _measure(
        power[:n_valid], places, track, weight, n_noise_bands, sample_rate
    )
    knots = harmonic_knots(n_harmonics)
    harmonics = np.full((n_frames, n_harmonics), FLOOR_DB, np.float32)
    weights = knot_matrix(knots, harmonic.shape[1])
    seen = knots <= harmonic.shape[1]
    pooled = harmonic @ weights.T[:, seen] / weights[seen].sum(axis=1)
    harmonics[:n_valid, seen] = _db(pooled)
    harmonics[:, ~seen] = harmonics[:, [seen.sum() - 1]]
    detuning = np.zeros(n_harmonics, np.float32)
    multiples = np.arange(1, len(places) + 1)
    cents = 1200 * np.log2(places / (places[0] * multiples)) + deviation - deviation[0]
    detuning[seen] = cents[knots[seen] - 1]
    detuning[~seen] = detuning[seen.sum() - 1]
    harmonics[n_valid:] = harmonics[n_valid - 1]
    noises = np.empty((n_frames, n_noise_bands), np.float32)
    noises[:n_valid] = noise
    noises[n_valid:] = noises[n_valid - 1]
    tuning = np.zeros(n_frames, np.float32)
    tuning[:n_valid] = track
    pitch_played = 69 + 12 * np.log2(place / ratio / 440) + deviation[0] / 100
    duration = (n_sounding * step - hop_length // 2) / sample_rate
    return HarmonicNote(
        pitch_played,
        min(duration, len(audio) / sample_rate),
        20 * np.log10(top),
        levels.reshape(n_frames, STEPS_PER_FRAME),
        tuning,
        detuning,
        harmonics,
        noises,
    )


def silent_note(pitch, n_frames, n_harmonics, n_noise_bands):
    def full(*shape):
        return np.full(shape, FLOOR_DB, np.float32)

    return HarmonicNote(
        float(pitch), 0.0, FLOOR_DB, full(n_frames, STEPS_PER_FRAME),
        np.zeros(n_frames, np.float32), np.zeros(n_harmonics, np.float32),
        full(n_frames, n_harmonics), full(n_frames, n_noise_bands),
    )  # fmt: skip


def _rms(audio, step, n_frames):
    n_steps = n_frames * STEPS_PER_FRAME
    padded = np.zeros(n_steps * step, np.float32)
    before = step * STEPS_PER_FRAME // 2
    room = len(padded) - before
    padded[before : before + len(audio)] = audio[:room]
    blocks = padded.reshape(n_steps, step)
    return np.sqrt(np.einsum("ij,ij->i", blocks, blocks) / step)


def _levels(rms, n_sounding, period, step_seconds):
    """Return the level in dB: quick to rise, held for a period, going on after the end."""
    size = max(2, int(np.ceil(period)))
    held = maximum_filter1d(rms, size, origin=size - 1 - size // 2)
    levels = np.maximum(20 * np.log10(held + _TINY), FLOOR_DB)
    levels = median_filter(levels, 5, mode="nearest").astype(np.float32)
    last = n_sounding - int(np.ceil(_END_FADE / step_seconds)) - size
    if n_sounding < len(levels) - 2 * STEPS_PER_FRAME and last > 4:
        first = max(int(np.argmax(levels)), last - int(0.4 / step_seconds))
        slope = 0.0
        if last - first > 0.05 / step_seconds:
            at = np.arange(first, last)
            slope = np.polyfit(at, levels[first:last], 1)[0]
            slope = float(np.clip(slope, -60 * step_seconds, 0))
        levels[last:] = levels[last - 1] + slope * np.arange(1, len(levels) - last + 1)
    return np.maximum(levels, FLOOR_DB)


def _window(f0, sample_rate, hop_length):
    needed = _SEPARATION * sample_rate / f0
    hops = next((h for h in _WINDOWS if h * hop_length >= needed), _WINDOWS[-1])
    return blackmanharris(hops * hop_length, sym=False).astype(np.float32)


def _power(audio, levels, n_sounding, window, hop_length):
    """Return the spectra's power over the energy that the level alone would give."""
    n_frames = len(levels) // STEPS_PER_FRAME
    step = hop_length // STEPS_PER_FRAME
    half = len(window) // 2
    padded = np.zeros((n_frames - 1) * hop_length + len(window), np.float32)
    padded[half : half + len(audio)] = audio[: len(padded) - half]
    frames = np.lib.stride_tricks.sliding_window_view(padded, len(window))[::hop_length]
    spectra = scipy.fft.rfft(frames * window)
    power = np.square(spectra.real)
    power += np.square(spectra.imag)
    gain = 10 ** (levels / 10)
    gain[n_sounding:] = 0
    around = (half - hop_length // 2) // step
    gain = np.pad(gain, (around, around + STEPS_PER_FRAME))
    parts = np.square(window).reshape(-1, step).sum(axis=1)
    views = np.lib.stride_tricks.sliding_window_view(gain, len(parts))
    energy = views[::STEPS_PER_FRAME][:n_frames] @ parts + 1e-8 * parts.sum()
    power /= energy[:, np.newaxis]
    power += _TINY
    return power, energy


def _peak(power, bins):
    """Return the places of the peaks at bins, by a parabola through the logarithm."""
    bins = np.clip(bins, 1, power.shape[-1] - 2)
    if power.ndim == 1:
        left, mid, right = (np.log(power[bins + d]) for d in (-1, 0, 1))
    else:
        row = np.arange(len(power))[:, np.newaxis]
        left, mid, right = (np.log(power[row, bins + d]) for d in (-1, 0, 1))
    bend = 2 * mid - left - right
    return bins + np.clip(0.5 * (right - left) / np.where(bend > 0.05, bend, np.inf), -1.5, 1.5)


def _refine(mean, place):
    """Return where the first partial is, given about where."""
    found, weights = [], []
    for k in range(1, 9):
        reach = 0.7 + _REACH / 1200 * np.log(2) * k * place
        low, high = round(k * place - reach), round(k * place + reach) + 1
        if high >= len(mean) - 1:
            break
        best = low + int(np.argmax(mean[low:high]))
        found.append(_peak(mean, np.array([best]))[0] / k)
        weights.append(np.sqrt(mean[best]))
    if not found:
        return place
    order = np.argsort(found)
    share = np.cumsum(np.array(weights)[order])
    middle = np.array(found)[order][np.searchsorted(share, share[-1] / 2)]
    bound = 2 ** (_REACH / 1200)
    return float(np.clip(middle, place / bound, place * bound))


def _partials(mean, place, n_partials):
    """Return where the partials are: stretched as strings do, and free where a peak stands out."""
    multiples = np.arange(1, n_partials + 1)
    loud = np.sqrt(np.sqrt(mean))
    heard = multiples[: min(40, n_partials)]
    tried = (
        place
        * heard
        * np.sqrt((1 + _STRETCHES[:, np.newaxis] * heard**2) / (1 + _STRETCHES[:, np.newaxis]))
    )
    salience = np.interp(tried, np.arange(len(loud)), loud, right=0).sum(axis=1)
    best = int(np.argmax(salience))
    if salience[best] < 1.05 * salience[0]:
        best = 0
    stretch = _STRETCHES[best]
    places = place * multiples * np.sqrt((1 + stretch * multiples**2) / (1 + stretch))
    places = places[places < len(mean) - 2 - _LOBE]
    return places


def _track(power, places, weight):
    """Return cents around the pitch, frame by frame."""
    used = places[(places < 70)][:12]
    if len(used) == 0:
        used = places[:1]
    bins = np.round(used).astype(int) + np.zeros((len(power), 1), int)
    row = np.arange(len(power))[:, np.newaxis]
    around = np.stack([power[row, np.clip(bins + d, 1, power.shape[1] - 2)] for d in (-1, 0, 1)])
    bins = bins + np.argmax(around, axis=0) - 1
    cents = 1200 * np.log2(_peak(power, bins) / used)
    strength = around.max(axis=0) * np.arange(1, len(used) + 1) ** 2
    cents = np.clip(cents, -100, 100)
    track = (strength * cents).sum(axis=1) / strength.sum(axis=1)
    tonal = around.sum(axis=(0, 2)) / power.sum(axis=1)
    sure = tonal * np.sqrt(weight)
    centre = np.average(track, weights=sure)
    top = gaussian_filter1d(sure * (track - centre), 0.8)
    return centre + top / (gaussian_filter1d(sure, 0.8) + 0.02)


def _measure(power, places, track, weight, n_bands, sample_rate):
    """Return powers of the partials, dB of the noise bands, and cents the partials are off."""
    n_bins = power.shape[1]
    length = 2 * (n_bins - 1)
    at = 2.0 ** (track / 1200)[:, np.newaxis] * places
    bins = np.clip(np.round(at).astype(int), _LOBE, n_bins - 2 - _LOBE)
    row = np.arange(len(power))[:, np.newaxis]
    total = np.cumsum(power, axis=1, dtype=np.float64)
    lobe = total[row, bins + _LOBE] - np.where(bins > _LOBE, total[row, bins - _LOBE - 1], 0)
    noise, density = _noise(power, places, track, n_bands, sample_rate)
    lobe = np.maximum(lobe - (2 * _LOBE + 1) * density[row, bins], 1e-3 * lobe)
    off = 1200 * np.log2(_peak(power, bins) / at)
    strong = lobe * weight[:, np.newaxis]
    deviation = (strong * off).sum(axis=0) / (strong.sum(axis=0) + _TINY)
    return (4 / length * lobe).astype(np.float32), noise, deviation


def _noise(power, places, track, n_bands, sample_rate):
    n_bins = power.shape[1]
    bins = np.arange(n_bins)
    swing = 2 ** (2 * np.std(track) / 1200) - 1
    nearest = np.abs(bins[:, np.newaxis] - places).argmin(axis=1)
    distance = np.abs(bins - places[nearest])
    spacing = places[0] / 2
    free = distance > np.minimum(_LOBE + 0.5 + swing * places[nearest], spacing - 0.6)
    weights = band_matrix(n_bands, bins * sample_rate / 2 / (n_bins - 1), sample_rate)
    free_weights = weights * free
    seen = free_weights.sum(axis=1)
    filled = seen > 0.5
    level = np.log(power) @ free_weights[filled].T / seen[filled]
    level = level * (10 / np.log(10)) + _GEOMETRIC_BIAS_DB
    where = np.flatnonzero(filled)
    full = np.stack([np.interp(np.arange(n_bands), where, row) for row in np.eye(len(where))])
    level = np.maximum(level @ full, FLOOR_DB).astype(np.float32)
    density = 10 ** (level @ weights / 10)
    return level, density


def _db(power):
    return np.maximum(10 * np.log10(power + 1e-9), FLOOR_DB)
