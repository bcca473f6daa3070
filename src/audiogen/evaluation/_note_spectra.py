"""What a classifier hears of notes: spectra on an axis of semitones."""

import functools
import itertools
import math
from typing import NamedTuple

import numpy as np

from audiogen.signal import hz_to_midi, midi_to_hz, scale_to_peak, stft
from audiogen.utils.blas import single_blas_thread
from audiogen.utils.blocks import map_blocks

__all__ = ["NoteSpectra", "hear", "n_heard", "teeth_of", "with_noise"]

_LOWEST = 21  # MIDI pitch of the lowest band, that of a piano
_FINE, _FINE_SECONDS = 3, 0.5  # bands a semitone, and length of a frame, that tell the pitch
_COARSE, _COARSE_SECONDS = 1, 0.128  # those that tell the timbre
_RANGE = 80.0  # dB below the loudest that are heard
_N_LEVELS = 16  # parts of a note, and as many of its first quarter, whose levels are heard
# Where a comb has teeth: at harmonics, where those of a lower pitch would be, and beside them.
_RATIOS = np.array([*range(1, 13), *(0.5 + np.arange(6)), 1 / 3, 2 / 3])
_OFFSETS = np.concatenate(
    [12 * np.log2(_RATIOS), *(12 * np.log2(np.arange(1, 5)) + beside for beside in (-1, 1))]
)


class NoteSpectra(NamedTuple):
    """What is heard of notes.

    Attributes
    ----------
    timbre : ndarray of shape (n_samples, n_heard), float32
        Mean, spread and change of the level of each semitone, and the course of the level.
    fine : ndarray of shape (n_samples, n_bands), float32
        The mean spectrum, from 0 (80 dB below the loudest band) to 1, three bands a semitone.
    """

    timbre: np.ndarray
    fine: np.ndarray


def hear(audio: np.ndarray, sample_rate: float) -> NoteSpectra:
    """Return what is heard of notes, whatever their level.

    Parameters
    ----------
    audio : ndarray of shape (n_samples, n_timesteps)
        Notes.
    sample_rate : float
        Their sampling rate, in Hz.

    Returns
    -------
    spectra : NoteSpectra
    """
    with single_blas_thread():  # in each of the threads
        parts = map_blocks(
            lambda rows: np.concatenate(_heard(audio[rows], sample_rate), axis=1),
            len(audio),
            4 * audio.shape[1],
        )
    heard, width = np.concatenate(parts), n_heard(sample_rate)
    return NoteSpectra(heard[:, :width], heard[:, width:])


def n_heard(sample_rate: float) -> int:
    """Return the width of the timbre."""
    return 3 * len(_centres(sample_rate, _COARSE)) + 2 * _N_LEVELS


def teeth_of(fine: np.ndarray, pitches: np.ndarray) -> np.ndarray:
    """Return the spectra as seen from pitches.

    Parameters
    ----------
    fine : ndarray of shape (n_samples, n_bands)
        Of `NoteSpectra`.
    pitches : ndarray of shape (n_pitches,)
        MIDI pitches.

    Returns
    -------
    teeth : ndarray of shape (n_samples, n_pitches, n_teeth), float32
        From -1 to 1; -1 where a tooth lies beyond the spectrum.
    """
    places = np.rint(_FINE * (np.asarray(pitches)[:, np.newaxis] + _OFFSETS - _LOWEST))
    beyond = (places < 0) | (places >= fine.shape[1])
    places = np.where(beyond, fine.shape[1], places).astype(np.intp)
    padded = np.concatenate([fine, np.zeros((len(fine), 1), fine.dtype)], axis=1)
    return 2 * padded[:, places] - 1


def with_noise(fine: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return spectra as they were with some white noise under each note.

    Parameters
    ----------
    fine : ndarray of shape (n_samples, n_bands), float32
        Of `NoteSpectra`.
    rng : numpy.random.Generator
        What draws its levels: from 80 to 20 dB below the loudest band.

    Returns
    -------
    fine : ndarray of shape (n_samples, n_bands), float32
    """
    floors = rng.uniform(0, 0.75, size=(len(fine), 1))
    scale = _RANGE * math.log(10) / 10
    return (np.logaddexp(scale * fine, scale * floors) / scale).astype(np.float32)


def _heard(audio: np.ndarray, sample_rate: float) -> tuple[np.ndarray, ...]:
    """Return the parts of the timbre, and the fine spectrum."""
    audio = scale_to_peak(audio)
    levels = _levels(_bands(audio, sample_rate, _COARSE, _COARSE_SECONDS), (1, 2))
    fine = _bands(audio, sample_rate, _FINE, _FINE_SECONDS).mean(axis=1)
    changes = np.abs(np.diff(levels, axis=1)).sum(axis=1) / max(1, levels.shape[1] - 1)
    course = [_course(audio), _course(audio[:, : max(1, audio.shape[1] // 4)])]
    return levels.mean(axis=1), levels.std(axis=1), changes, *course, _levels(fine, (1,))


def _bands(audio: np.ndarray, sample_rate: float, n: int, seconds: float) -> np.ndarray:
    """Return the power in bands, n a semitone, of each frame."""
    length = 2 ** round(math.log2(seconds * sample_rate))
    spectra = stft(audio.astype(np.float32, copy=False), length, length // 2)
    power = np.square(np.abs(spectra))
    return power @ _filters(sample_rate, n, length)


def _levels(power: np.ndarray, axes: tuple[int, ...]) -> np.ndarray:
    """Return levels from 0, 80 dB below the loudest, to 1; of silence all are 0."""
    loudest = np.maximum(power.max(axis=axes, keepdims=True), 1e-20)
    level = 10 * np.log10(np.maximum(power / loudest, 10 ** (-_RANGE / 10)))
    return np.maximum(1 + level / _RANGE, 0, dtype=np.float32)


def _course(audio: np.ndarray) -> np.ndarray:
    """Return the level of each part of notes."""
    edges = np.linspace(0, audio.shape[1], _N_LEVELS + 1).astype(int)
    parts = [audio[:, a : max(a + 1, b)] for a, b in itertools.pairwise(edges)]
    power = np.stack([np.square(part).mean(axis=1) for part in parts], axis=1)
    return _levels(power, (1,))


def _centres(sample_rate: float, n: int) -> np.ndarray:
    """Return the MIDI pitches of the bands, up to half the sample rate."""
    highest = math.floor(float(hz_to_midi(sample_rate / 2)))
    return _LOWEST + np.arange(n * (highest - _LOWEST) + 1) / n


@functools.lru_cache(maxsize=8)
def _filters(sample_rate: float, n: int, length: int) -> np.ndarray:
    """Return triangles about the centres of bands, at least two bins wide."""
    centres = midi_to_hz(_centres(sample_rate, n))
    bins = np.arange(length // 2 + 1) * sample_rate / length
    half = np.maximum(centres * (2 ** (1 / (12 * n)) - 1), sample_rate / length)
    return np.maximum(0, 1 - np.abs(bins[:, np.newaxis] - centres) / half).astype(np.float32)
