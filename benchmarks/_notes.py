"""Measures of notes that only the tables of `benchmarks.notes` need."""

import librosa
import numpy as np
from scipy.spatial.distance import cdist, pdist

from benchmarks._data import SAMPLE_RATE

_RESOLUTIONS = 256, 1024, 4096
_FLOOR = 1e-4  # of a spectrum's largest magnitude
_ONSET = 0.1  # of the largest level
_ONSET_WINDOW = 80  # samples, 5 ms


def timbres(notes):
    """Return mean log-mel spectra, (n_samples, n_bands)."""
    spectra = librosa.feature.melspectrogram(y=notes, sr=SAMPLE_RATE, n_mels=64)
    return np.log(spectra + 1e-6).mean(axis=-1)


def diversity(notes):
    """Return the mean distance between the timbres of two notes, NaN for a single one."""
    return pdist(timbres(notes)).mean() if len(notes) > 1 else np.nan


def novelty(notes, train):
    """Return the median distance from a note's timbre to the nearest of training."""
    return np.median(cdist(timbres(notes), timbres(train)).min(axis=1))


def periodicity(notes, pitch):
    """Return the median autocorrelation at two periods of the pitch, over the loudest 0.3 s."""
    found = []
    for note, hertz in zip(notes, librosa.midi_to_hz(np.asarray(pitch, float)), strict=True):
        size = int(0.3 * SAMPLE_RATE)
        power = np.convolve(note**2, np.ones(size), "valid")
        part = note[np.argmax(power) :][:size].astype(float)
        lag = 2 * SAMPLE_RATE / hertz
        shifts = range(int(0.985 * lag), int(np.ceil(1.015 * lag)) + 1)
        found.append(max(_alike(part, shift) for shift in shifts))
    return np.median(found)


def _alike(part, shift):
    a, b = part[:-shift], part[shift:]
    return a @ b / (np.linalg.norm(a) * np.linalg.norm(b) + 1e-12)


def log_spectral_distances(real, made):
    """Return for each note the distance in dB between log spectra, of three resolutions."""
    distances = []
    for size in _RESOLUTIONS:
        a, b = (
            np.abs(librosa.stft(notes, n_fft=size, hop_length=size // 4)) for notes in (real, made)
        )
        floor = _FLOOR * a.max(axis=(1, 2), keepdims=True)
        off = 20 * np.log10(np.maximum(a, floor) / np.maximum(b, floor))
        heard = np.maximum(a, b) > floor
        squares = np.where(heard, off**2, 0).sum(axis=(1, 2)) / heard.sum(axis=(1, 2))
        distances.append(np.sqrt(squares))
    return np.mean(distances, axis=0)


def onsets(notes, share=_ONSET):
    """Return for each note the seconds before the level of 5 ms exceeds a share of its largest."""
    window = np.ones(_ONSET_WINDOW) / _ONSET_WINDOW
    levels = [np.sqrt(np.convolve(note**2, window)) for note in notes]
    return np.array([np.argmax(level > share * level.max()) for level in levels]) / SAMPLE_RATE


def attacks(notes):
    """Return for each note the seconds in which its level rises from a tenth to a half."""
    return onsets(notes, 0.5) - onsets(notes)


def decibels(notes):
    """Return the level of each note in dB of full scale."""
    return 10 * np.log10(np.square(notes).mean(axis=1) + 1e-12)


def durations(notes):
    """Return the seconds until the level of 20 ms is 40 dB below the largest for good."""
    size = SAMPLE_RATE // 50
    whole = notes[:, : notes.shape[1] // size * size]
    power = np.square(whole).reshape(len(notes), -1, size).mean(axis=2)
    loud = power > 1e-4 * power.max(axis=1, keepdims=True)
    return (loud.shape[1] - np.argmax(loud[:, ::-1], axis=1)) * size / SAMPLE_RATE


def centroids(notes):
    """Return the mean frequency of each note, weighted by magnitude, in octaves."""
    magnitudes = np.abs(np.fft.rfft(notes, axis=1))
    hertz = np.fft.rfftfreq(notes.shape[1], 1 / SAMPLE_RATE)
    return np.log2(magnitudes @ hertz / magnitudes.sum(axis=1) + 1)
