"""HarmonicPlusNoise: notes analysed in a second, and seconds resynthesised in one."""

import time

import numpy as np
import scipy.fft

from audiogen.datasets import load_notes
from audiogen.preprocessing import HarmonicPlusNoise
from audiogen.signal._harmonic_synthesis import _oscillators
from benchmarks._data import SAMPLE_RATE, notes
from benchmarks._row import Row

N_NOTES, N_FEW = 1000, 148
HOP = 256


def data():
    """Return real notes of four seconds, over and over, and their pitches."""
    y = load_notes("train").frame[["pitch"]]
    return notes(N_NOTES), y.iloc[np.arange(N_NOTES) % len(y)]


def analysed(given, n_jobs):
    X, y = given
    return HarmonicPlusNoise(n_jobs=n_jobs).fit_transform(X, y)


def rates(given):
    """Tell notes a second on two processes, and times real time of synthesis on one core."""
    X, y = given
    analysed(given, 2)
    start = time.perf_counter()
    F = analysed(given, 2)
    analysis = time.perf_counter() - start
    harmonics = HarmonicPlusNoise().fit(X)
    harmonics.inverse_transform(F[:4], y[:4])
    start = time.perf_counter()
    harmonics.inverse_transform(F[:200], y[:200])
    synthesis = time.perf_counter() - start
    seconds = 200 * X.shape[1] / SAMPLE_RATE
    return f"{N_NOTES / analysis:.0f} notes/s, synthesis {seconds / synthesis:.0f}x real time"


def spectra_alone(given):
    """Do the FFTs of an analysis and nothing else."""
    X, y = given
    for note, pitch in zip(X[:N_FEW], y.pitch, strict=False):
        hertz = 440 * 2 ** ((pitch - 69) / 12)
        length = HOP * scipy.fft.next_fast_len(int(np.ceil(12 * SAMPLE_RATE / hertz / HOP)))
        frames = np.lib.stride_tricks.sliding_window_view(np.pad(note, length // 2), length)[::HOP]
        scipy.fft.rfft(frames * np.hanning(length).astype(np.float32))


def few_features():
    """Return the transformer fitted to some notes, their features and their pitches."""
    X, y = data()
    X, y = X[:N_FEW], y[:N_FEW]
    harmonics = HarmonicPlusNoise()
    return harmonics, harmonics.fit_transform(X, y), y, X.shape[1]


def phasors(given):
    """Add up harmonics, each from the one before by one product, without noise or levels."""
    _, features, y, n_timesteps = given
    for note, pitch in zip(features, y.pitch, strict=True):
        hertz = 440 * 2 ** ((pitch - 69) / 12)
        turn = 2 * np.pi * hertz / SAMPLE_RATE * np.arange(n_timesteps)
        n_partials = min(96, int(SAMPLE_RATE / 2 / hertz))
        added(turn, 10.0 ** note[1:, 5 : 5 + n_partials])


def added(turn, amplitude):
    """Return the sum of harmonics of phases whose amplitudes move linearly from hop to hop."""
    ramp = np.arange(HOP, dtype=np.float32) / HOP
    first = np.exp(1j * turn).astype(np.complex64)
    first = np.pad(first, (0, -len(first) % HOP)).reshape(-1, HOP)
    amplitude = amplitude[: len(first) + 1].astype(np.float32)
    amplitude = np.pad(amplitude, ((0, len(first) + 1 - len(amplitude)), (0, 0)), "edge")
    sound, phasor = np.zeros(first.shape, np.float32), first.copy()
    for levels in amplitude.T:
        sound += (levels[:-1, None] + np.diff(levels)[:, None] * ramp) * phasor.imag
        phasor *= first
    return sound.ravel()


def bank():
    """Return the phases of a note of each pitch from 36 on, and amplitudes of its partials."""
    rng = np.random.default_rng(0)
    n_frames = 4 * SAMPLE_RATE // HOP
    found = []
    for pitch in range(36, 96, 3):
        speed = 2 * np.pi * 440 * 2 ** ((pitch - 69) / 12) / SAMPLE_RATE
        phase = speed * np.arange(n_frames * HOP).reshape(n_frames, HOP)
        numbers = np.arange(1.0, min(96, np.pi / speed))
        levels = np.exp(-np.arange(n_frames + 1)[:, None] * rng.uniform(0, 0.02, len(numbers)))
        amplitude = (levels / numbers).astype(np.float32)
        found.append((phase, np.zeros(len(numbers)), numbers, amplitude))
    return found


def ddsp_like(notes_of_bank):
    """Do it as DDSP does: amplitudes and phases of all partials at every sample, then sines."""
    made = []
    for phase, _, numbers, amplitude in notes_of_bank:
        at = np.arange(phase.size) / HOP
        levels = np.stack([np.interp(at, np.arange(len(a)), a) for a in amplitude.T], axis=1)
        made.append((levels * np.sin(phase.reshape(-1, 1) * numbers)).sum(axis=1))
    return made


def bank_differences(notes_of_bank):
    exact = np.stack(ddsp_like(notes_of_bank))
    ways = {
        "": [_oscillators(*note) for note in notes_of_bank],
        "phasors ": [added(phase.ravel(), a) for phase, _, _, a in notes_of_bank],
    }
    errors = {name: np.abs(np.stack(made) - exact).max() for name, made in ways.items()}
    return ", ".join(
        f"{name}{20 * np.log10(error / np.abs(exact).max()):.0f} dB"
        for name, error in errors.items()
    )


ROWS = [
    Row(
        f"HarmonicPlusNoise.transform, {N_FEW}",
        lambda: (*data(), HarmonicPlusNoise().fit(*(part[:1] for part in data()))),
        lambda given: given[2].transform(given[0][:N_FEW], given[1][:N_FEW]),
        {},
        aim=">= 0.2",
        limits={"its FFTs": lambda given: spectra_alone(given[:2])},
    ),
    Row(
        f"... inverse_transform, {N_FEW}",
        few_features,
        lambda given: given[0].inverse_transform(given[1], given[2]),
        {},
        aim=">= 0.5",
        limits={"harmonics alone": phasors},
    ),
    Row(
        "oscillators of 20 notes",
        bank,
        lambda notes_of_bank: [_oscillators(*note) for note in notes_of_bank],
        {
            "phasors over partials": lambda notes_of_bank: [
                added(phase.ravel(), amplitude) for phase, _, _, amplitude in notes_of_bank
            ],
            "as DDSP does": ddsp_like,
        },
        aim=">= 1",
        remark=bank_differences,
    ),
    Row(
        f"HarmonicPlusNoise, {N_NOTES} notes",
        data,
        lambda given: analysed(given, 2),
        {"one process": lambda given: analysed(given, 1)},
        aim=">= 1.3",
        remark=rates,
    ),
]
