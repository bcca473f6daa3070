"""What a classifier hears, on tones whose spectra are known."""

import numpy as np
import pytest

from audiogen.evaluation._note_spectra import hear, n_heard, teeth_of, with_noise
from audiogen.signal import midi_to_hz

RATE = 16000


def tone(pitch, n_harmonics=1, seconds=1.0):
    time = np.arange(int(RATE * seconds)) / RATE
    ranks = np.arange(1, n_harmonics + 1)[:, np.newaxis]
    return np.sin(2 * np.pi * ranks * midi_to_hz(pitch) * time).mean(axis=0, keepdims=True)


@pytest.mark.parametrize("pitch", [40, 69, 93.333])
def test_a_sine_is_loudest_in_the_band_of_its_pitch(pitch):
    fine = hear(tone(pitch), RATE).fine[0]
    assert fine.argmax() == round(3 * (pitch - 21))
    assert fine.max() == 1
    assert fine.min() >= 0


@pytest.mark.parametrize("sample_rate", [1000, 16000, 44100])
@pytest.mark.parametrize("n_timesteps", [1, 700, 20000])
def test_levels_do_not_count_and_any_length_will_do(n_timesteps, sample_rate):
    audio = np.random.default_rng(0).normal(size=(2, n_timesteps)).astype(np.float32)
    loud, soft = hear(audio, sample_rate), hear(audio / 1000, sample_rate)
    np.testing.assert_allclose(loud.timbre, soft.timbre, atol=1e-4)
    np.testing.assert_allclose(loud.fine, soft.fine, atol=1e-4)
    assert loud.timbre.shape == (2, n_heard(sample_rate))
    alone = hear(audio[1:], sample_rate)
    np.testing.assert_array_equal(alone.timbre[0], loud.timbre[1])
    np.testing.assert_array_equal(alone.fine[0], loud.fine[1])


def test_silence_is_heard_as_silence():
    spectra = hear(np.zeros((1, 8000), np.float32), RATE)
    assert np.isfinite(spectra.timbre).all()
    assert not spectra.fine.any()


def test_the_comb_of_the_right_pitch_has_its_teeth_at_the_harmonics():
    pitches = np.arange(21, 100)
    teeth = teeth_of(hear(tone(50, 12), RATE).fine, pitches)[0]
    at_harmonics, elsewhere = teeth[:, :12], teeth[:, 12:]
    sure = at_harmonics.mean(axis=1) - elsewhere.mean(axis=1)
    assert pitches[sure.argmax()] == 50
    assert at_harmonics[pitches == 50].min() > 0.7, "all twelve are as loud"
    assert teeth[pitches == 99, 11] == -1, "12 times 2489 Hz is beyond the spectrum"


def test_noise_adds_its_power():
    fine = np.linspace(0, 1, 7, dtype=np.float32).reshape(1, 7)
    noisy = with_noise(fine, np.random.default_rng(3))
    floor = np.random.default_rng(3).uniform(0, 0.75)
    power = 10 ** (8 * fine.astype(float)) + 10 ** (8 * floor)  # 80 dB are eight powers of ten
    np.testing.assert_allclose(noisy, np.log10(power) / 8, rtol=1e-6)
