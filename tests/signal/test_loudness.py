"""Loudness and true peaks against pyloudnorm, SciPy and closed forms."""

import numpy as np
import pyloudnorm
import pytest
import scipy.signal
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from audiogen.signal import loudness, resample, true_peak

CLIPS = arrays(np.float64, st.tuples(st.integers(1, 60), st.integers(1, 2)),
               elements=st.floats(-4, 4))  # fmt: skip


def tone(frequency, sample_rate, seconds=3.0):
    return np.sin(2 * np.pi * frequency * np.arange(round(seconds * sample_rate)) / sample_rate)


def passages(sample_rate, n_channels):
    """Noise that swells, a pause, and a whisper that the gates leave out."""
    rng = np.random.default_rng(0)
    levels = np.repeat([0.3, 0.1, 0.0, 0.2, 1e-3, 1e-5], sample_rate)[:, np.newaxis]
    return levels * rng.normal(size=(len(levels), n_channels))


@pytest.mark.parametrize("sample_rate", [16000, 22050, 44100, 48000])
@pytest.mark.parametrize("n_channels", [1, 2, 5])
def test_loudness_is_that_of_pyloudnorm(sample_rate, n_channels):
    clip = passages(sample_rate, n_channels)
    expected = pyloudnorm.Meter(sample_rate).integrated_loudness(clip) + 0.0432
    assert loudness(clip, sample_rate) == pytest.approx(expected, abs=1e-9)
    if sample_rate > 44000:  # where pyloudnorm's other filters are the recommendation's
        exact = pyloudnorm.Meter(sample_rate, "DeMan").integrated_loudness(clip)
        assert loudness(clip, sample_rate) == pytest.approx(exact, abs=0.01)


@pytest.mark.parametrize("sample_rate", [16000, 22050, 32000, 44100])
def test_loudness_does_not_depend_on_the_sample_rate(sample_rate):
    noise = np.random.default_rng(0).normal(scale=0.1, size=(2 * sample_rate, 2))
    low = resample(resample(noise, sample_rate, 12000), 12000, sample_rate)
    expected = loudness(resample(low, sample_rate, 48000), 48000)
    assert loudness(low, sample_rate) == pytest.approx(expected, abs=0.04)


@pytest.mark.parametrize("sample_rate", [44100, 48000])
def test_the_scale_is_that_of_the_recommendation(sample_rate):
    """BS.1770-4: -3.01 LKFS for 997 Hz at full scale on one channel; 3 more on two."""
    one = tone(997, sample_rate)
    assert loudness(one, sample_rate) == pytest.approx(-3.01, abs=0.01)
    assert loudness(np.stack([one, 0 * one], axis=1), sample_rate) == pytest.approx(
        -3.01, abs=0.01
    )
    assert loudness(np.stack([one, one], axis=1), sample_rate) == pytest.approx(0, abs=0.01)
    assert loudness(0.1 * one, sample_rate) == pytest.approx(-23.01, abs=0.01)


def test_the_filters_at_48_khz_are_those_of_the_tables():
    tables = [[1.53512485958697, -2.69169618940638, 1.19839281085285,
               1, -1.69065929318241, 0.73248077421585],
              [1, -2, 1, 1, -1.99004745483398, 0.99007225036621]]  # fmt: skip
    for frequency in (100, 200, 997, 2000, 5000, 12000):
        heard = scipy.signal.sosfilt(tables, tone(frequency, 48000))[-48000:]
        expected = -0.691 + 10 * np.log10(np.square(heard).mean())
        assert loudness(tone(frequency, 48000), 48000) == pytest.approx(expected, abs=0.01)


def test_silence_and_clips_that_are_too_short():
    assert loudness(np.zeros(44100), 44100) == -np.inf
    assert loudness(1e-5 * tone(997, 44100), 44100) == -np.inf
    assert loudness(tone(997, 8000, 0.4), 8000) == pytest.approx(-3.0, abs=0.3)
    with pytest.raises(ValueError, match=r"at least 0\.4 s. Got a clip of 0\.40 s"):
        loudness(tone(997, 8000, 0.4)[:-1], 8000)
    with pytest.raises(ValueError, match=r"five channels at most. Got 6"):
        loudness(np.zeros((8000, 6)), 8000)
    with pytest.raises(ValueError, match="'sample_rate' parameter of loudness"):
        loudness(np.zeros(8000), 0)


@settings(max_examples=40, deadline=None)
@given(CLIPS)
def test_true_peak_is_that_of_scipys_resampling(clip):
    expected = np.abs(scipy.signal.resample_poly(clip, 4, 1, axis=0)).max()
    found = true_peak(clip)
    if expected < 1e-6:
        assert found < -110
    else:
        assert found == pytest.approx(20 * np.log10(expected), abs=1e-4)


def test_true_peak_over_many_blocks_and_round_a_seam():
    noise = np.random.default_rng(0).normal(size=(200_000, 2)).astype(np.float32)
    expected = np.abs(scipy.signal.resample_poly(noise, 4, 1, axis=0)).max()
    assert true_peak(noise) == pytest.approx(20 * np.log10(expected), abs=1e-4)
    hidden = np.sin(np.pi / 2 * np.arange(400) + np.pi / 4)  # no sample above -3 dB
    assert true_peak(hidden, wrap=True) == pytest.approx(0, abs=0.02)
    assert true_peak(np.zeros(10)) == -np.inf
