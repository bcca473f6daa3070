"""The pitch of single notes, from the mean autocorrelation of their sounding part."""

import numbers

import numpy as np
import numpy.typing as npt
from scipy import fft, signal

from audiogen.signal._frequency import hz_to_midi
from audiogen.utils.blocks import row_blocks
from audiogen.utils.validation import Interval, check_audio, check_parameters

__all__ = ["track_pitch"]

_FRAME_SECONDS = 0.128
_N_FRAMES = 16
_ENVELOPE_SECONDS = 0.016
_ONSET_SECONDS = 0.05  # left out: attacks are noisy
_LONGEST_SECONDS = 2.0
_SOUNDING = 10 ** (-30 / 20)  # of the clip's peak
_SILENCE = 10 ** (-60 / 20)  # of full scale
_LOWEST_HZ, _HIGHEST_HZ = 24.0, 4700.0
_HUM_HZ = 120.0
_DIP = 0.2  # a period counts once the autocorrelation has fallen below this
_SHARE = 0.94  # the first peak this near to the highest is the period
_PERIODIC = 0.35  # lower peaks are noise
_FINER = 4  # lags between two samples


def track_pitch(audio: npt.ArrayLike, sample_rate: float = 16000) -> np.ndarray:
    """Find the one pitch of each note.

    Parameters
    ----------
    audio : array-like of shape (n_samples, n_timesteps) or (n_timesteps,)
        Notes, one to a row; full scale is 1.
    sample_rate : float, default=16000
        Samples per second, at least 1000.

    Returns
    -------
    pitch : ndarray of shape (n_samples,), float64
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
    one autocorrelation, which is divided by that of the window [1]_. The period is the
    first peak, after the autocorrelation has once fallen, that comes near the highest:
    a later one would be an octave or more too low. A high-pass filter at 120 Hz comes
    before all this, so that mains hum under a fading note is not taken for it.

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
    pitch = np.full(len(audio), np.nan)
    if audio.shape[1] < _frame_length(sample_rate):
        return pitch
    for rows in row_blocks(len(audio), 2 * _N_FRAMES * _frame_length(sample_rate)):
        pitch[rows] = _block_pitch(np.asarray(audio[rows], dtype=np.float32), sample_rate)
    return pitch


def _block_pitch(audio: np.ndarray, sample_rate: float) -> np.ndarray:
    heard = np.maximum(audio.max(axis=1), -audio.min(axis=1)) >= _SILENCE
    high_pass = signal.butter(2, _HUM_HZ, "highpass", fs=sample_rate, output="sos")
    audio = signal.sosfilt(high_pass.astype(np.float32), audio, axis=1)
    peak = np.maximum(audio.max(axis=1), -audio.min(axis=1))
    frames = _frames(audio, np.maximum(peak, np.float32(1e-9)), sample_rate)
    pitch = _period_to_midi(_autocorrelation(frames, sample_rate), sample_rate)
    return np.where(heard, pitch, np.nan)


def _frame_length(sample_rate: float) -> int:
    return fft.next_fast_len(int(np.ceil(_FRAME_SECONDS * sample_rate)), real=True)


def _frames(audio: np.ndarray, peak: np.ndarray, sample_rate: float) -> np.ndarray:
    """Return frames (n_samples, n_frames, length) spread over the sounding part."""
    length = _frame_length(sample_rate)
    hop = max(1, int(_ENVELOPE_SECONDS * sample_rate))
    starts = np.arange(0, audio.shape[1], hop)
    loud = np.maximum.reduceat(np.abs(audio), starts, axis=1)
    loud = loud > _SOUNDING * peak[:, np.newaxis]
    first = loud.argmax(axis=1) * hop + int(_ONSET_SECONDS * sample_rate)
    last = (loud.shape[1] - loud[:, ::-1].argmax(axis=1)) * hop
    last = np.minimum(last, first + int(_LONGEST_SECONDS * sample_rate))
    room = np.maximum(last - length - first, 0)
    at = first[:, np.newaxis] + np.outer(room, np.linspace(0, 1, _N_FRAMES)).astype(int)
    at = np.minimum(at, audio.shape[1] - length)
    every = np.lib.stride_tricks.sliding_window_view(audio, length, axis=1)
    return every[np.arange(len(audio))[:, np.newaxis], at] / peak[:, np.newaxis, np.newaxis]


def _autocorrelation(frames: np.ndarray, sample_rate: float) -> np.ndarray:
    """Return the mean normalised autocorrelation at every quarter of a sample."""
    length = frames.shape[-1]
    window = np.hanning(length).astype(np.float32)
    spectra = fft.rfft(frames * window, 2 * length, axis=-1)
    power = spectra.real**2 + spectra.imag**2
    # Divided by the amplitude, a frame counts by its amplitude instead of its power.
    power /= np.sqrt(power.sum(axis=-1, keepdims=True)) + np.float32(1e-12)
    n_lags = int(_FINER * sample_rate / _LOWEST_HZ) + 2
    lags = fft.irfft(power.mean(axis=1), 2 * length * _FINER, axis=-1)[:, :n_lags]
    of_window = fft.irfft(np.abs(fft.rfft(window, 2 * length)) ** 2)
    of_window = np.interp(np.arange(n_lags) / _FINER, np.arange(length), of_window[:length])
    return lags / np.maximum(lags[:, :1], 1e-12) / (of_window / of_window[0])


def _period_to_midi(lags: np.ndarray, sample_rate: float) -> np.ndarray:
    """Return the MIDI pitch of the first high peak, NaN where there is none."""
    before, here, after = lags[:, :-2], lags[:, 1:-1], lags[:, 2:]
    is_peak = (here > before) & (here >= after) & np.maximum.accumulate(here < _DIP, axis=1)
    is_peak[:, : int(_FINER * sample_rate / _HIGHEST_HZ)] = False
    height = np.where(is_peak, here, 0)
    highest = height.max(axis=1, keepdims=True)
    first = (height >= np.maximum(_SHARE * highest, 1e-12)).argmax(axis=1)
    rows = np.arange(len(lags))
    a, b, c = before[rows, first], here[rows, first], after[rows, first]
    judged = highest[:, 0] >= _PERIODIC
    bend = np.where(judged, a - 2 * b + c, 1)
    lag = (first + 1 + 0.5 * (a - c) / bend) / _FINER  # the tip of the parabola
    lag = np.where(judged, lag, np.nan)
    return hz_to_midi(sample_rate / lag)
