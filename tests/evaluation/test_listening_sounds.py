"""Sounds as loud as each other, and the anchor, against pyloudnorm and the recommendation."""

import numpy as np
import pyloudnorm
import pytest

from audiogen.datasets import load_notes
from audiogen.evaluation._listening_sounds import low_pass_anchor, match_loudness
from audiogen.signal import true_peak

RATE = 16000


def test_notes_are_as_loud_as_each_other_by_another_meter():
    rng = np.random.default_rng(0)
    notes = load_notes("valid").data[::8]
    sounds = [10 ** rng.uniform(-2, 0.5) * note[:32000, np.newaxis] for note in notes]
    matched, level = match_loudness(sounds, RATE, -23.0)
    meter = pyloudnorm.Meter(RATE)
    heard = [meter.integrated_loudness(sound.astype(float)) for sound in matched]
    np.testing.assert_allclose(heard, level, atol=0.12)
    assert max(true_peak(sound) for sound in matched) <= -0.99
    for before, after in zip(sounds, matched, strict=True):
        np.testing.assert_allclose(
            after * np.abs(before).max(), before * np.abs(after).max(), atol=1e-6
        )


def test_all_are_softer_where_one_would_clip():
    tone = np.sin(2 * np.pi * 440 * np.arange(RATE) / RATE)[:, np.newaxis]
    click = np.zeros((RATE, 1))
    click[::4000] = 1.0
    matched, level = match_loudness([tone, click], RATE, -20.0)
    assert level < -25
    assert true_peak(matched[1]) == pytest.approx(-1, abs=0.01)
    assert pyloudnorm.Meter(RATE).integrated_loudness(matched[0].astype(float)) == pytest.approx(
        level, abs=0.1
    )


def test_short_sounds_are_measured_and_silence_stays():
    hit = np.random.default_rng(0).normal(size=(1600, 1))
    padded = np.pad(hit, ((0, 4800), (0, 0)))
    (short, long, silent), level = match_loudness(
        [0.1 * hit, padded, np.zeros((50, 1))], RATE, -30.0
    )
    assert level == -30
    assert short.shape == hit.shape
    np.testing.assert_allclose(short, long[:1600], rtol=1e-5)
    assert not silent.any()


@pytest.mark.parametrize("rate", [8000, 16000, 22050, 48000])
def test_the_anchor_is_that_of_the_recommendation(rate):
    """BS.1534-3: 0.1 dB of ripple below 3.5 kHz, 25 dB less at 4 kHz and 50 dB at 4.5 kHz."""
    impulse = np.zeros((8192, 2))
    impulse[4000] = 1.0, 0.5
    answer = low_pass_anchor(impulse, rate)
    assert np.abs(answer).argmax(axis=0).tolist() == [4000, 4000]
    np.testing.assert_allclose(answer[:, 1], answer[:, 0] / 2, atol=1e-12)
    spectrum = 20 * np.log10(np.abs(np.fft.rfft(answer[:, 0])) + 1e-12)
    hertz = np.fft.rfftfreq(8192, 1 / rate)
    assert np.abs(spectrum[hertz <= 3500]).max() < 0.1
    assert spectrum[(hertz >= 4000) & (hertz < rate / 2)].max(initial=-99) < -25
    assert spectrum[hertz >= 4500].max(initial=-99) < -50
