"""The pitch of single notes, from the mean spectrum of their sounding part."""

import numbers

import numpy as np
import numpy.typing as npt
from scipy import fft
from scipy.ndimage import uniform_filter1d

from audiogen.signal._frequency import hz_to_midi
from audiogen.signal._period import note_frequencies
from audiogen.utils.blocks import row_blocks
from audiogen.utils.large import forget_pages
from audiogen.utils.validation import Interval, check_audio, check_parameters

__all__ = ["track_pitch"]

_FRAME_SECONDS = 0.128
_N_FRAMES = 16
_ENVELOPE_SECONDS = 0.016
_ONSET_SECONDS = 0.05  # left out: attacks are noisy
_LONGEST_SECONDS = 2.0
_SOUNDING = 10 ** (-30 / 20)  # of the clip's peak
_SILENCE = 10 ** (-60 / 20)  # of full scale
_LOWEST_HZ = 24.0
_HUM_HZ = 120.0
_AVERAGED = 0.78  # periods of hum, so that hum is 3 dB down
_LAG_RATE = 64_000  # lags per second at least
_GLIDE = 4  # semitones by which an attack may be off
_STILL = 0.03  # of the frequency, half a semitone


def track_pitch(
    audio: npt.ArrayLike, sample_rate: float = 16000, rows: npt.ArrayLike | None = None
) -> np.ndarray:
    """Find the one pitch of each note.

    Parameters
    ----------
    audio : array-like of shape (n_samples, n_timesteps) or (n_timesteps,)
        Notes, one to a row; full scale is 1.
    sample_rate : float, default=16000
        Samples per second, at least 1000.
    rows : array-like of int, default=None
        Numbers of the notes that are tracked; None tracks all.

    Returns
    -------
    pitch : ndarray of shape (n_samples,) or (n_rows,), float64
        MIDI pitch with its fraction (60 = C4, 69 = 440 Hz). NaN where it cannot be
        judged: silence (a peak below -60 dB of full scale), noise, and clips shorter
        than 128 ms.

    Raises
    ------
    ValueError
        Where the shape is another, or samples are NaN or infinite.

    Notes
    -----
    The power spectra of 16 frames of 128 ms, spread over up to two seconds of the part
    within 30 dB of the peak, are weighted by their amplitude, averaged and turned into
    one autocorrelation, which is divided by that of the window [1]_. Frames in which the
    loudest line is still on its way to where it stays are left out. The period is the
    first peak, after the autocorrelation has once fallen, that comes near the highest:
    a later one would be an octave or more too low. It counts if lines of the spectrum
    bear it out: the loudest is a harmonic, and the fundamental or two neighbouring
    harmonics are heard. Otherwise partials that are no harmonics, as those of bars and
    bells, nearly repeat together, and the pitch is that of the lowest strong line.
    A high-pass filter at 120 Hz comes before all this, so that mains hum under a fading
    note is not taken for it.

    Pitches from 24 to 4700 Hz are found. Rows do not influence each other.

    References
    ----------
    .. [1] P. Boersma, "Accurate short-term analysis of the fundamental frequency and
       the harmonics-to-noise ratio of a sampled sound", Proceedings of the Institute of
       Phonetic Sciences of the University of Amsterdam 17, 97-110, 1993.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.signal import track_pitch
    >>> t = np.arange(16000) / 16000
    >>> track_pitch([np.sin(2 * np.pi * 440 * t), np.zeros(16000)]).round(2)
    array([69., nan])
    """
    check_parameters(
        "track_pitch",
        {"sample_rate": Interval(numbers.Real, 1000, None)},
        {"sample_rate": sample_rate},
    )
    audio = check_audio(audio, min_samples=0)
    wanted = np.arange(len(audio)) if rows is None else np.asarray(rows, dtype=np.intp)
    pitch = np.full(len(wanted), np.nan)
    if audio.shape[1] < _frame_length(sample_rate):
        return pitch
    for block in row_blocks(len(wanted), 2 * _N_FRAMES * _frame_length(sample_rate)):
        notes = np.asarray(audio[wanted[block]], dtype=np.float32)
        pitch[block] = _block_pitch(notes, sample_rate)
        forget_pages(audio)
    return pitch


def _block_pitch(audio: np.ndarray, sample_rate: float) -> np.ndarray:
    heard = np.maximum(audio.max(axis=1), -audio.min(axis=1)) >= _SILENCE
    frames = _frames(_high_pass(audio, sample_rate), sample_rate)
    length = frames.shape[-1]
    power = _settled(_power_spectra(frames))
    finer = int(np.ceil(_LAG_RATE / sample_rate))
    n_lags = int(finer * sample_rate / _LOWEST_HZ) + 2
    lags = _autocorrelation(power, length, finer, n_lags)
    frequency = note_frequencies(lags, finer * sample_rate, power, sample_rate / (2 * length))
    return np.where(heard, hz_to_midi(frequency), np.nan)


def _high_pass(audio: np.ndarray, sample_rate: float) -> np.ndarray:
    """Return audio less its moving average, which is as steep as a filter of two poles."""
    size = max(2, round(_AVERAGED * sample_rate / _HUM_HZ))
    return audio - uniform_filter1d(audio, size, axis=1)


def _frame_length(sample_rate: float) -> int:
    return fft.next_fast_len(int(np.ceil(_FRAME_SECONDS * sample_rate)), real=True)


def _frames(audio: np.ndarray, sample_rate: float) -> np.ndarray:
    """Return frames (n_samples, n_frames, length) spread over the sounding part."""
    length = _frame_length(sample_rate)
    hop = max(1, int(_ENVELOPE_SECONDS * sample_rate))
    starts = np.arange(0, audio.shape[1], hop)
    highest, lowest = (side.reduceat(audio, starts, axis=1) for side in (np.maximum, np.minimum))
    loud = np.maximum(highest, -lowest)
    loud = loud > _SOUNDING * loud.max(axis=1, keepdims=True)
    first = loud.argmax(axis=1) * hop + int(_ONSET_SECONDS * sample_rate)
    last = (loud.shape[1] - loud[:, ::-1].argmax(axis=1)) * hop
    last = np.minimum(last, first + int(_LONGEST_SECONDS * sample_rate))
    room = np.maximum(last - length - first, 0)
    at = first[:, np.newaxis] + np.outer(room, np.linspace(0, 1, _N_FRAMES)).astype(int)
    at = np.minimum(at, audio.shape[1] - length)
    every = np.lib.stride_tricks.sliding_window_view(audio, length, axis=1)
    return every[np.arange(len(audio))[:, np.newaxis], at]


def _power_spectra(frames: np.ndarray) -> np.ndarray:
    """Return the power spectra of frames, each of which counts by its amplitude."""
    length = frames.shape[-1]
    spectra = fft.rfft(frames * _window(length), 2 * length, axis=-1)
    power = spectra.real**2 + spectra.imag**2
    power /= np.sqrt(power.sum(axis=-1, keepdims=True)) + np.float32(1e-12)
    return power


def _settled(power: np.ndarray) -> np.ndarray:
    """Return the mean spectrum of each note, without an attack from another pitch."""
    settled = power.mean(axis=1)
    loudest = settled.argmax(axis=1)
    lowest, highest = (np.rint(loudest * 2 ** (s / 12)).astype(int) for s in (-_GLIDE, _GLIDE))
    for row, (low, high) in enumerate(zip(lowest, highest, strict=True)):
        lines = low + power[row, :, low : high + 1].argmax(axis=1)
        amplitude = power[row].sum(axis=1)
        order = np.argsort(lines)
        share = np.cumsum(amplitude[order])
        middle = lines[order][np.searchsorted(share, share[-1] / 2)]
        first = np.argmax(np.abs(lines - middle) <= _STILL * middle + 1)
        if first:
            settled[row] = power[row, first:].mean(axis=0)
    return settled


def _autocorrelation(power: np.ndarray, length: int, finer: int, n_lags: int) -> np.ndarray:
    """Return the normalised autocorrelation at parts of a sample."""
    lags = fft.irfft(power, 2 * length * finer, axis=-1)[:, :n_lags]
    of_window = fft.irfft(np.abs(fft.rfft(_window(length), 2 * length)) ** 2)
    of_window = np.interp(np.arange(n_lags) / finer, np.arange(length), of_window[:length])
    return lags / np.maximum(lags[:, :1], 1e-12) / (of_window / of_window[0])


def _window(length: int) -> np.ndarray:
    return np.hanning(length).astype(np.float32)
