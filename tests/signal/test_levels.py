import librosa
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from audiogen.signal import (
    amplitude_to_db,
    compress_peaks,
    db_to_amplitude,
    hz_to_midi,
    limit_peak,
    midi_to_hz,
    peak,
    resample,
    rms,
    scale_to_peak,
)

CLIPS = arrays(np.float32, (3, 20), elements=st.floats(-4, 4, width=32, allow_subnormal=False))


@settings(max_examples=30, deadline=None)
@given(CLIPS, st.floats(0.1, 1))
def test_peaks_are_measured_limited_and_scaled(clips, level):
    np.testing.assert_array_equal(peak(clips), np.abs(clips).max(axis=1))
    limited = limit_peak(clips, level)
    assert limited.dtype == np.float32
    assert (peak(limited) <= level * (1 + 1e-6)).all()
    low = peak(clips) <= np.float32(level)
    np.testing.assert_array_equal(limited[low], clips[low])
    loud = peak(clips) > 0
    np.testing.assert_allclose(peak(scale_to_peak(clips, level))[loud], level, rtol=1e-6)
    np.testing.assert_allclose(rms(clips), np.sqrt((clips.astype(float) ** 2).mean(axis=1)))


def test_a_clip_without_samples_has_no_peak():
    assert peak(np.zeros((2, 0))).tolist() == [0, 0]
    assert limit_peak(np.zeros(0, np.float32)).shape == (0,)


@settings(max_examples=30, deadline=None)
@given(st.floats(-100, 40))
def test_decibels_and_amplitudes_are_inverse(level):
    assert amplitude_to_db(db_to_amplitude(level)) == pytest.approx(level, abs=1e-9)
    assert amplitude_to_db(0.0, -80) == -80


def test_midi_pitch_and_frequency_are_those_of_librosa():
    pitches = np.linspace(0, 127, 40)
    np.testing.assert_allclose(midi_to_hz(pitches), librosa.midi_to_hz(pitches), rtol=1e-12)
    np.testing.assert_allclose(hz_to_midi(midi_to_hz(pitches)), pitches, atol=1e-12)


@pytest.mark.parametrize(("orig", "target"), [(44100, 16000), (16000, 48000), (22050, 16000)])
def test_a_tone_keeps_its_pitch_and_level_at_another_rate(orig, target):
    def tone(rate):
        return np.sin(2 * np.pi * 440 * np.arange(rate // 2) / rate).astype(np.float32)

    made = resample(tone(orig), orig, target)
    assert made.dtype == np.float32
    assert len(made) == target // 2
    inner = slice(target // 20, -target // 20)
    np.testing.assert_allclose(made[inner], tone(target)[inner], atol=1e-3)


def test_channels_are_resampled_alike_and_equal_rates_copy():
    stereo = np.random.default_rng(0).normal(size=(800, 2))
    made = resample(stereo, 16000, 8000)
    assert made.shape == (400, 2)
    assert made.dtype == np.float64
    np.testing.assert_allclose(made[:, 0], resample(stereo[:, 0].copy(), 16000, 8000))
    same = resample(stereo, 8000, 8000)
    np.testing.assert_array_equal(same, stereo)
    assert not np.shares_memory(same, stereo)
    with pytest.raises(ValueError, match="'target_rate' parameter of resample"):
        resample(stereo, 8000, 0)


@settings(max_examples=30, deadline=None)
@given(arrays(np.float32, 60, elements=st.floats(-4, 4, width=32)), st.floats(0.1, 2))
def test_peaks_are_compressed_where_they_are(clip, level):
    made = compress_peaks(clip, level, 5)
    assert made.dtype == np.float32
    assert peak(made) <= level * (1 + 1e-6)
    assert (np.abs(made) <= np.abs(clip)).all()
    near = np.convolve(np.abs(clip) > level, np.ones(9), "same") > 0
    np.testing.assert_array_equal(made[~near], clip[~near])
