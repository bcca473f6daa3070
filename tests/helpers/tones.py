"""Tones of known pitch, and how far off a pitch they are."""

import librosa
import numpy as np

RATE = 16000


def tones(pitches, n_timesteps=24000):
    t = np.arange(n_timesteps) / RATE
    f0 = librosa.midi_to_hz(np.asarray(pitches, dtype=float))[:, np.newaxis]
    parts = [0.3 / k * np.sin(2 * np.pi * k * f0 * t) for k in (1, 2, 3)]
    return np.sum(parts, axis=0).astype(np.float32)


def cents_off(audio, pitch):
    """Cents between the first partial, from one long spectrum, and a pitch."""
    spectrum = np.abs(np.fft.rfft(audio * np.hanning(len(audio)), 16 * len(audio)))
    at = np.fft.rfftfreq(16 * len(audio), 1 / RATE)
    wanted = librosa.midi_to_hz(pitch)
    near = np.flatnonzero(np.abs(at / wanted - 1) < 0.04)
    return 1200 * np.log2(at[near[np.argmax(spectrum[near])]] / wanted)
