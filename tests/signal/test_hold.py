import numpy as np
import pytest

from audiogen.datasets import load_notes
from audiogen.signal import hold_note, track_pitch

RATE = 16000


def tone(pitch=440.3, seconds=3.0, decibels_a_second=-1.0):
    t = np.arange(4 * RATE) / RATE
    partials = sum(np.sin(2 * np.pi * pitch * k * t + k) / k for k in (1, 2, 3, 4))
    return 0.2 * partials * 10 ** (decibels_a_second * t / 20) * (t < seconds)


def levels(audio, seconds=0.05):
    size = int(seconds * RATE)
    frames = audio[: len(audio) // size * size].reshape(-1, size)
    return 10 * np.log10(np.square(frames).mean(axis=1) + 1e-12)


def test_a_short_note_is_cut_and_released():
    audio = tone()
    held = hold_note(audio, 1.0, sample_rate=RATE, release=0.2)
    assert len(held) == 1.2 * RATE
    np.testing.assert_array_equal(held[:RATE], audio[:RATE].astype(np.float32))
    middle = 0.1 * RATE  # half of 60 dB
    assert np.abs(held[int(RATE + middle) :]).max() < np.abs(audio).max() * 10 ** (-29 / 20)
    assert abs(held[-1]) < 1e-6
    assert np.abs(np.diff(held)).max() <= 1.01 * np.abs(np.diff(audio[: 2 * RATE])).max()


@pytest.mark.parametrize("pitch", [41.2, 110.0, 440.3, 1319.7])
def test_a_long_note_is_looped_in_tune_at_one_level(pitch):
    audio = tone(pitch)
    held = hold_note(audio, 12.0, sample_rate=RATE)
    assert len(held) == 12.2 * RATE
    assert held.dtype == np.float32
    steady = levels(held[4 * RATE : 12 * RATE], 0.2)
    assert np.ptp(steady) < 1.0
    assert np.abs(np.diff(held)).max() < 1.2 * np.abs(np.diff(audio[: 2 * RATE])).max()
    late = held[8 * RATE : 12 * RATE]
    spectrum = np.abs(np.fft.rfft(late * np.hanning(len(late))))
    assert abs(np.argmax(spectrum[: int(4 * 1.5 * pitch)]) / 4 - pitch) <= 0.25


def test_a_note_that_dies_away_rings_out():
    audio = tone(decibels_a_second=-12.0, seconds=4.0)
    held = hold_note(audio, 9.0, sample_rate=RATE)
    assert len(held) <= len(audio)
    np.testing.assert_array_equal(held[: 3 * RATE], audio[: 3 * RATE].astype(np.float32))
    assert abs(held[-1]) < 1e-6


def test_silence_and_shortest_notes():
    assert not hold_note(np.zeros(RATE), 3.0, sample_rate=RATE).any()
    assert len(hold_note(tone(), 1e-4, sample_rate=RATE, release=0.0)) == 2
    assert len(hold_note(np.ones(8), 1.0, sample_rate=RATE)) == 8


def test_real_notes_held_three_times_as_long():
    notes = load_notes("valid")
    families = notes.frame.instrument_family
    swings = []
    for family in ("organ", "brass", "reed", "flute", "string", "vocal"):
        for row in np.flatnonzero(families == family):
            held = hold_note(notes.data[row], 12.0, sample_rate=RATE)
            if len(held) <= notes.data.shape[1]:
                continue
            late = levels(held[6 * RATE : 12 * RATE], 0.25)
            swings.append(np.ptp(late))  # tremolo is the player's own
            found = track_pitch(np.stack([notes.data[row], held[6 * RATE : 10 * RATE]]), RATE)
            assert abs(found[0] - found[1]) < 0.3 or np.isnan(found).any()
    assert len(swings) >= 12
    assert np.median(swings) < 3
    assert max(swings) < 9
    for family in ("guitar", "mallet"):
        for row in np.flatnonzero(families == family):
            assert len(hold_note(notes.data[row], 12.0, sample_rate=RATE)) == 64000
