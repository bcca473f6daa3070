"""Analysis of one note: its partials and its noise."""

import functools

import numpy as np
import numpy.typing as npt
import scipy.fft
from scipy import sparse
from scipy.ndimage import gaussian_filter1d, maximum_filter1d
from scipy.signal.windows import blackmanharris

from audiogen.signal._frequency import hz_to_midi, midi_to_hz
from audiogen.signal._harmonics import (
    FLOOR_DB,
    STEPS_PER_FRAME,
    HarmonicNote,
    band_matrix,
    interpolation_matrix,
    pooling_matrix,
    silent_note,
)
from audiogen.signal._levels import amplitude_to_db

__all__ = ["analyse_note"]

_TINY = 1e-12
_SILENCE = 1e-6  # of full scale
_SOUNDING = 1e-4  # of the note's highest level
_LOBE = 3  # bins to either side of a partial that hold its energy; `_lobes` adds up as many
_SEPARATION = 12  # bins between two partials, so that the noise between them is seen
_LONGEST_WINDOW = 0.32  # seconds
_REACH = 60.0  # cents around the stated pitch within which the real one is looked for
_SWING = 100.0  # cents that the tuning may move by
_STRETCHES = np.r_[0.0, np.geomspace(2e-5, 6e-3, 30)]
_STIFF = 1.05  # times better than without stretch that a stretch must do
_FREE = 10.0  # times louder than what is on the harmonic that another peak must be
_HOLD, _SMOOTH = 0.008, 0.012  # seconds, of the level
_EDGE_DB = 3.0
_END_FADE = 0.03  # seconds before the end that say nothing of the level
_STEEPEST = 60.0  # dB a second by which the level goes on after the end


def analyse_note(
    audio: npt.ArrayLike,
    pitch: float,
    *,
    sample_rate: int,
    n_harmonics: int,
    n_noise_bands: int,
    hop_length: int,
) -> HarmonicNote:
    """Analyse one note into partials and noise.

    Parameters
    ----------
    audio : array-like of shape (n_timesteps,)
        One note.
    pitch : float
        MIDI pitch of the note, to half a semitone or so. It is measured more finely.
    sample_rate : int
        Sampling rate of the audio, in Hz.
    n_harmonics : int
        Number of amplitude envelopes of partials; see `harmonic_knots`.
    n_noise_bands : int
        Number of amplitude envelopes of noise, in bands equally wide on the mel scale.
    hop_length : int
        Samples between frames, a multiple of 4.

    Returns
    -------
    note : HarmonicNote
        The note, with ``1 + ceil(n_timesteps / hop_length)`` frames. After the end of the
        sound its spectrum stays and its level goes on falling, so that only `duration` says
        when it ends.

    Notes
    -----
    Sines and noise as in [1]_, measured in spectra of windows of 12 periods. A level that
    moves in steps of a quarter of a frame, quick to rise and held for a period, is
    measured first. Each spectrum is divided by the energy that this level has under the
    window, so that attacks stay as sharp as the level is, however long the window.

    A partial's power is that of the seven bins around it. Noise is the geometric mean of
    the bins between partials, for that hardly hears the partials' skirts, which would
    otherwise be taken for noise. Noise has more power than that, so in each frame partials and
    noise are then brought to the power of the whole spectrum. Strings stiff enough stretch
    their partials by ``sqrt(1 + B k ** 2)`` [2]_; B is searched for, and what partials are off
    beyond it is measured. A far louder peak within half a step of where a partial should be
    takes its place: those of bars and bells are not harmonic.

    References
    ----------
    .. [1] X. Serra and J. O. Smith, "Spectral modeling synthesis", Computer Music Journal
       14 (4), 12-24, 1990.
    .. [2] H. Fletcher, "Normal vibration frequencies of a stiff piano string", Journal of
       the Acoustical Society of America 36, 203-209, 1964.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.signal import analyse_note
    >>> t = np.arange(16000) / 16000
    >>> note = analyse_note(
    ...     0.5 * np.sin(2 * np.pi * 443 * t),
    ...     69,
    ...     sample_rate=16000,
    ...     n_harmonics=8,
    ...     n_noise_bands=4,
    ...     hop_length=256,
    ... )
    >>> round(note.pitch, 2), note.duration, note.harmonics.shape
    (69.12, 1.0, (64, 8))
    """
    audio = np.asarray(audio, dtype=np.float32)
    n_frames = 1 + -(-len(audio) // hop_length)
    step = hop_length // STEPS_PER_FRAME
    rms = _step_levels(audio, step, n_frames)
    top = float(rms.max())
    if top < _SILENCE:
        return silent_note(pitch, n_frames, n_harmonics, n_noise_bands)
    n_sounding = int(np.flatnonzero(rms > _SOUNDING * top)[-1]) + 1
    f0 = float(midi_to_hz(pitch))
    levels = _levels(rms / top, n_sounding, sample_rate / f0 / step, step / sample_rate)
    window = _window(_window_length(f0, sample_rate, hop_length))
    power, energy = _spectra(audio / top, levels, n_sounding, window, hop_length)
    n_valid = max(1, (n_sounding + 1) // STEPS_PER_FRAME)
    power, weight = power[:n_valid], energy[:n_valid]

    bins_per_hz = len(window) / sample_rate
    places, track = _tuned(power, weight, f0 * bins_per_hz)
    bands = band_matrix(n_noise_bands, power.shape[1], sample_rate)
    noise = _noise(power, places, track, bands)
    under = _power_of(np.ascontiguousarray(noise @ bands))
    numbers, means = pooling_matrix(n_harmonics, len(places))
    strength, off = _partials(power, weight, places, track, under, numbers)
    missing = _missing_db(power, strength, under)
    strength, noise = strength * 10 ** (missing / 10), np.maximum(noise + missing, FLOOR_DB)
    harmonics, detuning = _at_knots(
        means, strength, places[numbers - 1], numbers, off, n_harmonics
    )
    end = (n_sounding * step - hop_length // 2) / sample_rate
    return HarmonicNote(
        pitch=float(hz_to_midi(places[0] / bins_per_hz) + off[0] / 100),
        duration=min(end, len(audio) / sample_rate),
        loudness=float(amplitude_to_db(top)),
        levels=levels.reshape(n_frames, STEPS_PER_FRAME),
        tuning=np.pad(track, (0, n_frames - n_valid)).astype(np.float32),
        detuning=detuning,
        harmonics=_extended(harmonics, n_frames),
        noise=_extended(noise, n_frames),
    )


def _step_levels(audio: np.ndarray, step: int, n_frames: int) -> np.ndarray:
    """Return the level of each step; frame m has the four steps around m * hop_length."""
    n_steps = n_frames * STEPS_PER_FRAME
    padded = np.zeros(n_steps * step, np.float32)
    before = STEPS_PER_FRAME // 2 * step
    heard = audio[: len(padded) - before]
    padded[before : before + len(heard)] = heard
    blocks = padded.reshape(n_steps, step)
    return np.sqrt(np.einsum("ij,ij->i", blocks, blocks) / step)


def _levels(rms: np.ndarray, n_sounding: int, period: float, step_seconds: float) -> np.ndarray:
    """Return the level in dB: quick to rise, held for a period, going on after the end."""
    size = max(int(np.ceil(max(period, _HOLD / step_seconds))), 1)
    held = maximum_filter1d(rms, size, origin=size - 1 - size // 2)
    levels = amplitude_to_db(held, FLOOR_DB)
    levels = _smoothed(levels, _SMOOTH / step_seconds)
    last = n_sounding - int(np.ceil(_END_FADE / step_seconds)) - size
    if n_sounding < len(levels) - 2 * STEPS_PER_FRAME and last > 4:
        first = max(int(np.argmax(levels)), last - int(0.4 / step_seconds))
        slope = 0.0
        if last - first > 0.05 / step_seconds:
            slope = np.polyfit(np.arange(first, last), levels[first:last], 1)[0]
            slope = float(np.clip(slope, -_STEEPEST * step_seconds, 0))
        levels[last:] = levels[last - 1] + slope * np.arange(1, len(levels) - last + 1)
    return np.maximum(levels, FLOOR_DB)


def _smoothed(levels: np.ndarray, width: float) -> np.ndarray:
    """Return levels averaged with neighbours of about their height: ripple goes, edges stay."""
    total, weights = np.zeros_like(levels), np.zeros_like(levels)
    reach = int(2 * width)
    padded = np.pad(levels, reach, mode="edge")
    for shift in range(-reach, reach + 1):
        other = padded[reach + shift : reach + shift + len(levels)]
        weight = np.exp(-0.5 * ((other - levels) / _EDGE_DB) ** 2 - 0.5 * (shift / width) ** 2)
        total += weight * other
        weights += weight
    return total / weights


def _window_length(f0: float, sample_rate: int, hop_length: int) -> int:
    """Return the samples of a dozen periods, a whole number of hops."""
    needed = min(_SEPARATION / f0, _LONGEST_WINDOW) * sample_rate / hop_length
    return hop_length * scipy.fft.next_fast_len(max(2, int(np.ceil(needed))))


@functools.lru_cache(maxsize=32)
def _window(length: int) -> np.ndarray:
    return blackmanharris(length, sym=False).astype(np.float32)


def _spectra(
    audio: np.ndarray, levels: np.ndarray, n_sounding: int, window: np.ndarray, hop_length: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return power spectra over the energy that the level has under the window, and that."""
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
    around = half // step - STEPS_PER_FRAME // 2
    gain = np.pad(gain, (around, around + STEPS_PER_FRAME))
    parts = np.square(window).reshape(-1, step).sum(axis=1)
    under = np.lib.stride_tricks.sliding_window_view(gain, len(parts))[::STEPS_PER_FRAME]
    energy = np.einsum("ij,j->i", under[:n_frames], parts) + 10 ** (FLOOR_DB / 10) * parts.sum()
    power /= energy[:, np.newaxis]
    power += _TINY
    return power, energy / energy.max()


def _tuned(power: np.ndarray, weight: np.ndarray, place: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the places of the partials in bins, and cents around them frame by frame."""
    mean = np.einsum("i,ij->j", weight, power)
    places = _stretched(mean, _refined(mean, place))
    track = _track(power, places, weight)
    drift = np.average(track, weights=weight)
    return places * 2 ** (drift / 1200), track - drift


def _peak(power: np.ndarray, bins: np.ndarray) -> np.ndarray:
    """Return the places of the peaks near bins, by a parabola through the logarithm."""
    bins = np.clip(bins, 1, power.shape[-1] - 2)
    rows = () if power.ndim == 1 else (np.arange(len(power))[:, np.newaxis],)
    left, mid, right = (np.log(power[*rows, bins + shift]) for shift in (-1, 0, 1))
    bend = 2 * mid - left - right
    return bins + np.clip(0.5 * (right - left) / np.where(bend > 0.05, bend, np.inf), -1.5, 1.5)


def _refined(mean: np.ndarray, place: float) -> float:
    """Return where the first partial is, given about where, from the first eight."""
    reach = 0.7 + (2 ** (_REACH / 1200) - 1) * place * np.arange(1, 9)
    peaks: list[int] = []
    for k, away in enumerate(reach, start=1):
        low, high = round(k * place - away), round(k * place + away) + 1
        if high >= len(mean) - 1:
            break
        peaks.append(low + int(np.argmax(mean[low:high])))
    if not peaks:
        return place
    found = _peak(mean, np.array(peaks)) / np.arange(1, len(peaks) + 1)
    order = np.argsort(found)
    share = np.cumsum(np.sqrt(mean[peaks])[order])
    middle = found[order][np.searchsorted(share, share[-1] / 2)]
    return float(np.clip(middle, place * 2 ** (-_REACH / 1200), place * 2 ** (_REACH / 1200)))


def _stretched(mean: np.ndarray, place: float) -> np.ndarray:
    """Return the places of all partials, stretched as those of a stiff string may be."""
    top = len(mean) - 2 - _LOBE
    multiples = np.arange(1, max(1, int(top / place)) + 1)
    stretches = _STRETCHES[:, np.newaxis]
    heard = multiples[:40]
    tried = place * heard * np.sqrt((1 + stretches * heard**2) / (1 + stretches))
    # The fourth root keeps strong partials from outweighing all others.
    salience = np.interp(tried, np.arange(len(mean)), mean**0.25, right=0).sum(axis=1)
    best = int(np.argmax(salience))
    stretch = _STRETCHES[best] if salience[best] > _STIFF * salience[0] else 0.0
    places = place * multiples * np.sqrt((1 + stretch * multiples**2) / (1 + stretch))
    return _freed(mean, places[: max(1, np.count_nonzero(places < top))])


def _freed(mean: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Return places moved to a peak within half a step that is far louder: bars, bells."""
    half = 0.45 * places[0]
    freed = places.copy()
    for k in range(1, min(24, len(places)) if half > _LOBE + 1 else 0):
        low, high = round(places[k] - half), round(places[k] + half) + 1
        best = low + int(np.argmax(mean[low : min(high, len(mean) - 2 - _LOBE)]))
        here = round(places[k])
        if mean[best] > _FREE * mean[here - 1 : here + 2].max():
            freed[k] = best
    return freed


def _track(power: np.ndarray, places: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Return cents around the pitch, from partials that vibrato moves by less than a bin."""
    used = places[:12][places[:12] < max(70, places[0] + 1)]
    bins = np.broadcast_to(np.round(used).astype(int), (len(power), len(used)))
    bins = np.clip(bins, 2, power.shape[1] - 3)
    around = np.stack([np.take_along_axis(power, bins + d, axis=1) for d in (-1, 0, 1)])
    cents = 1200 * np.log2(_peak(power, bins + np.argmax(around, axis=0) - 1) / used)
    # Of two partials as strong, the higher one shows cents the more finely.
    strength = around.max(axis=0) * np.arange(1, len(used) + 1) ** 2
    track = (strength * np.clip(cents, -_SWING, _SWING)).sum(axis=1) / strength.sum(axis=1)
    sure = around.sum(axis=(0, 2)) / power.sum(axis=1) * np.sqrt(weight)
    centre = np.average(track, weights=sure)
    smooth = gaussian_filter1d(sure * (track - centre), 0.8)
    return centre + smooth / (gaussian_filter1d(sure, 0.8) + 0.02)


def _noise(
    power: np.ndarray, places: np.ndarray, track: np.ndarray, bands: sparse.csr_array
) -> np.ndarray:
    """Return the noise bands in dB, from the bins that no partial reaches."""
    bins = np.arange(power.shape[1])
    edges = np.searchsorted((places[:-1] + places[1:]) / 2, bins)
    nearest = places[edges]
    swing = 2 ** (2 * np.std(track) / 1200) - 1
    reach = np.minimum(_LOBE + 0.5 + swing * nearest, places[0] / 2 - 0.6)
    free = (np.abs(bins - nearest) > reach).astype(np.float32)
    weights = bands.copy()
    weights.data *= free[weights.indices]
    seen = weights.sum(axis=1)
    filled = np.flatnonzero(seen > 0.5)
    n_bands = bands.shape[0]
    if len(filled) == 0:
        return np.full((len(power), n_bands), FLOOR_DB, np.float32)
    weights.data *= np.repeat(10 / np.maximum(seen, 0.5), np.diff(weights.indptr))
    level = (weights @ np.log10(power).T).T
    if len(filled) < n_bands:
        level = level[:, filled] @ interpolation_matrix(filled, np.arange(n_bands))
    return np.maximum(level, FLOOR_DB).astype(np.float32)


def _partials(
    power: np.ndarray,
    weight: np.ndarray,
    places: np.ndarray,
    track: np.ndarray,
    noise: np.ndarray,
    numbers: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the power of each partial frame by frame, and the cents that some are off."""
    at = 2.0 ** (track / 1200)[:, np.newaxis] * places
    bins = np.clip(np.round(at).astype(int), _LOBE + 1, power.shape[1] - 2 - _LOBE)
    lobe = np.take_along_axis(_lobes(power), bins - _LOBE, axis=1).astype(np.float64)
    under = (2 * _LOBE + 1) * np.take_along_axis(noise, bins, axis=1)
    lobe = np.maximum(lobe - under, 1e-3 * lobe)
    strong = lobe[:, numbers - 1] * weight[:, np.newaxis]
    cents = 1200 * np.log2(_peak(power, bins[:, numbers - 1]) / at[:, numbers - 1])
    off = (strong * cents).sum(axis=0) / strong.sum(axis=0)
    # A sine of amplitude a has power a ** 2 / 4 times the window's length and energy.
    return 2 / (power.shape[1] - 1) * lobe, off


def _lobes(power: np.ndarray) -> np.ndarray:
    """Return the sum of each bin with the next six: the lobe of a partial."""
    two = power[:, :-1] + power[:, 1:]
    four = two[:, :-2] + two[:, 2:]
    return four[:, :-3] + two[:, 4:-1] + power[:, 6:]


def _power_of(decibels: np.ndarray) -> np.ndarray:
    return np.exp(np.float32(np.log(10) / 10) * decibels)  # faster than powers of 10


def _missing_db(power: np.ndarray, strength: np.ndarray, noise: np.ndarray) -> np.ndarray:
    """Return by how many dB partials and noise fall short of the power of each frame."""
    found = 0.5 * strength.sum(axis=1) + np.mean(noise, axis=1)
    whole = power.sum(axis=1) / (power.shape[1] - 1)
    return 10 * np.log10(whole / found, dtype=np.float32)[:, np.newaxis]


def _at_knots(
    means: sparse.csr_array,
    strength: np.ndarray,
    places: np.ndarray,
    numbers: np.ndarray,
    off: np.ndarray,
    n_harmonics: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Return amplitudes in dB and detuning in cents of the partials that stand for others."""
    pooled = (means @ strength.T).T
    harmonics = np.maximum(10 * np.log10(pooled + _TINY), FLOOR_DB).astype(np.float32)
    cents = 1200 * np.log2(places / (places[0] * numbers)) + off - off[0]
    # Envelopes of partials too high to be heard go on as the last one that is.
    last = np.minimum(np.arange(n_harmonics), len(numbers) - 1)
    return harmonics[:, last], cents[last].astype(np.float32)


def _extended(values: np.ndarray, n_frames: int) -> np.ndarray:
    """Return values with the last frame repeated."""
    return values[np.minimum(np.arange(n_frames), len(values) - 1)]
