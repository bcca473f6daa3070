"""Spectrograms on an axis of harmonics."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import get_window
from sklearn.utils.estimator_checks import parametrize_with_checks

from audiogen.datasets import load_notes
from audiogen.metrics import pitch_accuracy
from audiogen.preprocessing import PitchAlignedSpectrogram
from audiogen.signal import midi_to_hz, rms, stft, track_pitch

RATE, LENGTH, FRAME = 16_000, 16_000, 2048
N_LOBE = 9
POWER = 0.3


def tone(pitch, amplitudes, length=LENGTH):
    """Return partials of given amplitudes at multiples of a pitch."""
    t = np.arange(length) / RATE
    partials = [
        a * np.cos(2 * np.pi * k * midi_to_hz(pitch) * t + k)
        for k, a in enumerate(amplitudes, start=1)
    ]
    return np.sum(partials, axis=0, dtype=np.float32)


def at(*pitches):
    return pd.DataFrame({"pitch": pitches})


@parametrize_with_checks([PitchAlignedSpectrogram(n_harmonics=4, n_noise_bands=2)])
def test_sklearn_contract(estimator, check):
    check(estimator)


def test_a_partial_is_a_parabola_of_the_window_about_its_harmonic():
    amplitudes = (0.5, 0.0, 0.2)
    clip = tone(67, amplitudes)
    features = Middle(clip, 67)
    window = get_window(("gaussian", FRAME / 6), FRAME)
    for harmonic, amplitude in ((1, 0.5), (3, 0.2)):
        found = features.lobe(harmonic)
        # The transform of the window at a distance of d bins, by the definition.
        n = np.arange(FRAME) - FRAME / 2
        lobe = [abs(np.sum(window * np.exp(2j * np.pi * d * n / FRAME))) for d in range(-4, 5)]
        expected = amplitude / 2 * np.array(lobe)
        # Further out, the ends of the window show, by which the lobe is no parabola.
        np.testing.assert_allclose(found[3:-3], expected[3:-3], rtol=0.01)
        np.testing.assert_allclose(found, expected, atol=0.025 * expected.max())


class Middle:
    """Magnitudes of the frame in the middle of one note."""

    def __init__(self, clip, pitch):
        spectrogram = PitchAlignedSpectrogram(n_harmonics=8, n_noise_bands=4)
        features = spectrogram.fit_transform(clip[np.newaxis], at(pitch))[0]
        self.middle = features[len(features) // 2] ** (1 / POWER)

    def lobe(self, harmonic):
        return self.middle[(harmonic - 1) * N_LOBE : harmonic * N_LOBE]


@pytest.mark.parametrize(("low", "high"), [(50, 73), (57.3, 62.9)])
def test_harmonics_of_all_pitches_have_the_same_columns(low, high):
    amplitudes = (0.3, 0.2, 0.1, 0.05)
    one, other = (Middle(tone(pitch, amplitudes), round(pitch)) for pitch in (low, high))
    for harmonic in range(1, 5):
        a, b = one.lobe(harmonic), other.lobe(harmonic)
        np.testing.assert_allclose(a[3:-3], b[3:-3], rtol=0.01)
        np.testing.assert_allclose(a[2:-2], b[2:-2], rtol=0.1)


@settings(max_examples=10, deadline=None)
@given(pitch=st.floats(30, 90), shift=st.integers(-7, 7))
def test_notes_are_in_tune_at_the_pitch_asked_for(pitch, shift):
    clip = tone(pitch, (0.3, 0.25, 0.2, 0.1))[np.newaxis]
    spectrogram = PitchAlignedSpectrogram(n_harmonics=12)
    features = spectrogram.fit_transform(clip, at(round(pitch)))
    wanted = round(pitch) + shift
    made = spectrogram.inverse_transform(features, at(wanted))
    assert abs(track_pitch(made, RATE)[0] - wanted) < 0.1
    louder = 20 * np.log10(rms(made[0]) / rms(clip[0]))
    assert -3 < louder < 1  # with other phases it may have a higher peak, and is turned down


def test_real_notes_come_back_in_tune_and_as_loud():
    notes = load_notes("valid")
    X, y = notes.data[::3], notes.frame[["pitch"]].iloc[::3]
    spectrogram = PitchAlignedSpectrogram()
    features = spectrogram.fit_transform(X, y)
    back = spectrogram.inverse_transform(features, y)
    assert pitch_accuracy(back, y.pitch, sample_rate=RATE) == 1
    louder = 20 * np.log10(rms(back) / rms(X))
    assert np.abs(np.median(louder)) < 0.5
    np.testing.assert_array_equal(
        spectrogram.inverse_transform(features[:2], y[:2]), back[:2], "rows depend on others"
    )
    assert np.abs(back).max() <= spectrogram.peak_ == np.abs(X).max()


def test_noise_comes_back_as_loud_in_every_band():
    noise = np.random.default_rng(0).standard_normal((1, 64_000)).astype(np.float32) / 10
    spectrogram = PitchAlignedSpectrogram(n_harmonics=8)
    features = spectrogram.fit_transform(noise, at(72))
    spectrogram.peak_ = 1.0
    back = spectrogram.inverse_transform(features, at(72))
    power = [np.square(np.abs(stft(x, FRAME, 512)[0])).mean(axis=0) for x in (noise, back)]
    bands = [p[1:].reshape(16, -1).mean(axis=1) for p in power]
    np.testing.assert_allclose(10 * np.log10(bands[1] / bands[0]), 0, atol=2)


def test_without_a_pitch_the_features_keep_it():
    clip = tone(64, (0.3, 0.2, 0.1))[np.newaxis]
    spectrogram = PitchAlignedSpectrogram(n_harmonics=12)
    features = spectrogram.fit_transform(clip)
    assert features[0, 0, 0] == pytest.approx(4 / 12, abs=1e-2)
    assert track_pitch(spectrogram.inverse_transform(features), RATE)[0] == pytest.approx(
        64, abs=0.1
    )


def test_silence_stays_silent():
    spectrogram = PitchAlignedSpectrogram(n_harmonics=12)
    features = spectrogram.fit_transform(np.zeros((1, 9000), np.float32))
    assert np.abs(spectrogram.inverse_transform(features)).max() < 1e-6


def test_more_bands_than_bins_have_levels_all_the_same():
    clip = tone(64, (0.3, 0.2))[np.newaxis]
    spectrogram = PitchAlignedSpectrogram(
        n_harmonics=4, n_noise_bands=60, frame_length=256, hop_length=64
    )
    bands = spectrogram.fit_transform(clip, at(64))[0, 1:, -60:]
    assert (bands > 0).all()
    assert bands.max() < (0.5 * 256) ** POWER


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"frame_length": 513}, "'frame_length' parameter .* must be even. Got 513"),
        ({"hop_length": 600}, "'hop_length' parameter .* at most frame_length / 4 = 512. Got 600"),
        ({"n_harmonics": 0}, "'n_harmonics' parameter of PitchAlignedSpectrogram must be an int"),
    ],
)
def test_bad_parameters_are_named(parameters, message):
    with pytest.raises(ValueError, match=message):
        PitchAlignedSpectrogram(**parameters).fit(np.ones((1, 9000)))


def test_bad_features_are_refused():
    spectrogram = PitchAlignedSpectrogram(n_harmonics=4)
    features = spectrogram.fit_transform(tone(64, (0.3, 0.2))[np.newaxis])
    with pytest.raises(ValueError, match=r"X must have the shape \(n_samples, .* Got \(1, 3\)"):
        spectrogram.inverse_transform(np.ones((1, 3)))
    with pytest.raises(ValueError, match="2 rows, but X has 1"):
        spectrogram.inverse_transform(features, at(60, 61))
    features[0, 3, 3] = np.nan
    with pytest.raises(ValueError, match="X holds NaN or infinite features, first in row 0"):
        spectrogram.inverse_transform(features)
