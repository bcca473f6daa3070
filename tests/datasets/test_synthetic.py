"""make_notes: the pitch is what it says, the seed decides, nothing global moves."""

import librosa
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audiogen.datasets import make_notes
from audiogen.datasets._nsynth_format import FAMILIES


@pytest.mark.parametrize("family", FAMILIES)
def test_pitch_by_librosa(family):
    notes = make_notes(3, pitch=[40.5, 60, 79], family=family, duration=1.0, random_state=1)
    for wave, pitch in zip(notes.data, notes.frame.pitch, strict=True):
        found = librosa.yin(wave, fmin=60, fmax=1500, sr=16_000, frame_length=2048)[2:-4]
        assert abs(librosa.hz_to_midi(np.median(found)) - pitch) < 0.2


@settings(deadline=None, max_examples=20)
@given(
    st.floats(20, 110),
    st.sampled_from(FAMILIES),
    st.sampled_from([8_000, 16_000, 44_100]),
    st.integers(0, 1000),
)
def test_all_energy_lies_at_harmonics(pitch, family, sample_rate, seed):
    if 440 * 2 ** ((pitch - 69) / 12) >= 0.45 * sample_rate:
        return
    wave = make_notes(
        1, pitch=pitch, family=family, sample_rate=sample_rate, duration=1.0, random_state=seed
    ).data[0]
    frequency = 440 * 2 ** ((pitch - 69) / 12)
    window = np.hanning(len(wave))
    power = np.abs(np.fft.rfft(wave * window)) ** 2
    bins = np.fft.rfftfreq(len(wave), 1 / sample_rate)
    away = np.abs(bins / frequency - np.rint(bins / frequency)) * frequency
    away[bins < frequency / 2] = np.inf
    assert power[away > 12].sum() < 0.01 * power.sum()


@settings(deadline=None, max_examples=15)
@given(st.integers(1, 6), st.floats(0.01, 0.3), st.integers(0, 2**31 - 1))
def test_shape_range_and_seed(n_samples, duration, seed):
    notes = make_notes(n_samples, duration=duration, random_state=seed)
    assert notes.data.shape == (n_samples, round(16_000 * duration))
    assert notes.data.dtype == np.float32
    peaks = np.abs(notes.data).max(axis=1)
    np.testing.assert_allclose(peaks, 0.9 * notes.frame.velocity / 127, rtol=1e-5)
    again = make_notes(n_samples, duration=duration, random_state=seed)
    np.testing.assert_array_equal(notes.data, again.data)
    assert notes.frame.equals(again.frame)


def test_harmonics_by_brute_force():
    from audiogen.datasets._synthetic import _harmonics

    rng = np.random.default_rng(0)
    coefficients = rng.normal(size=30) + 1j * rng.normal(size=30)
    phase = np.linspace(0, 5000, 4000)
    direct = sum((c * np.exp(1j * k * phase)).imag for k, c in enumerate(coefficients, start=1))
    np.testing.assert_allclose(_harmonics(coefficients, np.exp(1j * phase)), direct, atol=1e-9)


def test_columns():
    notes = make_notes(40, random_state=0)
    assert notes.frame.note.is_unique
    assert notes.frame.pitch.dtype == np.int64
    assert notes.frame.pitch.between(36, 84).all()
    assert set(notes.frame.instrument_family) <= set(FAMILIES)
    X, y = make_notes(4, pitch=60, random_state=0, return_X_y=True)
    assert X.shape == (4, 64_000)
    assert list(y.columns) == ["pitch", "instrument_family"]
    assert (y.pitch == 60).all()


def test_louder_is_brighter():
    notes = make_notes(60, pitch=48, family="brass", duration=0.5, random_state=0)
    power = np.abs(np.fft.rfft(notes.data)) ** 2
    centroid = (power * np.arange(power.shape[1])).sum(axis=1) / power.sum(axis=1)
    by_velocity = [centroid[notes.frame.velocity == v].mean() for v in (25, 50, 75, 100, 127)]
    assert np.all(np.diff(by_velocity) > 0)


def test_global_state_stays():
    np.random.seed(0)
    before = np.random.get_state()[1].copy()
    make_notes(2, duration=0.1)
    np.testing.assert_array_equal(before, np.random.get_state()[1])


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"n_samples": 0}, "'n_samples' parameter of make_notes"),
        ({"pitch": [60, 61]}, "a number or 3 numbers"),
        ({"pitch": "high"}, "'high' is no name of a note"),
        ({"pitch": 120}, r"must lie in \[0, 119"),
        ({"pitch": 440}, r"pitch 440 is no MIDI pitch \(0 to 127\); is it in Hz"),
        ({"pitch": [60, -5, 60]}, "pitch -5 is no MIDI pitch"),
        ({"pitch": float("nan")}, "must lie in"),
        ({"family": "orgen"}, "there is no 'orgen' here.*Did you mean organ"),
        ({"family": ["organ"]}, "names 1 families for 3 notes"),
        ({"duration": 0}, "'duration' parameter"),
        ({"duration": np.inf}, "'duration' parameter"),
    ],
)
def test_bad_parameters(parameters, words):
    with pytest.raises(ValueError, match=words):
        make_notes(**{"n_samples": 3, **parameters})
