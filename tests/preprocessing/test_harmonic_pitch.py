"""Resynthesised notes have the pitch that is asked for."""

import librosa
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audiogen.preprocessing import HarmonicPlusNoise
from audiogen.signal import track_pitch
from helpers.tones import RATE, cents_off, tones


@settings(max_examples=15, deadline=None)
@given(made_at=st.integers(45, 80), asked=st.floats(40, 90), seed=st.integers(0, 99))
def test_the_asked_pitch_is_played_whatever_the_network_did(made_at, asked, seed):
    harmonics = HarmonicPlusNoise()
    F = harmonics.fit_transform(tones([made_at]), pd.DataFrame({"pitch": [made_at]}))
    rng = np.random.default_rng(seed)
    F[:, 1:, 4] += 0.5 * rng.standard_normal() + 0.02 * rng.standard_normal(F.shape[1] - 1)
    F[:, 0, :3] += 0.3 * rng.standard_normal(3)
    F[:, 0, 1] = np.log2(1.5) / 0.003
    audio = harmonics.inverse_transform(F, pd.DataFrame({"pitch": [asked]}))
    assert abs(cents_off(audio[0], asked)) < 1


@pytest.mark.parametrize("stretch", [-60, -20, 20, 60])
def test_partials_off_their_multiples_leave_the_pitch_where_it_was_asked(stretch):
    """The first partial is weak, and all others are off as many cents."""
    pitch = 57
    k = np.arange(1, 9)[:, np.newaxis]
    partials = k * librosa.midi_to_hz(pitch) * 2 ** (stretch * (k > 1) / 1200)
    X = np.where(k > 1, 0.1, 0.03).T @ np.sin(2 * np.pi * partials * np.arange(24000) / RATE)
    y = pd.DataFrame({"pitch": [pitch]})
    harmonics = HarmonicPlusNoise()
    audio = harmonics.inverse_transform(harmonics.fit_transform(X, y), y)
    assert 100 * abs(track_pitch(X, RATE)[0] - pitch) > 10
    assert 100 * abs(track_pitch(audio, RATE)[0] - pitch) < 5


@pytest.mark.parametrize("off", [-300, 50, 300])
def test_partials_too_high_to_be_heard_say_nothing_of_the_pitch(off):
    F = HarmonicPlusNoise().fit_transform(tones([60]), pd.DataFrame({"pitch": [60]}))
    F[0, 1:, 5:101] = 0  # all as loud as the first
    F[0, 0, 5 + 8 : 101] = off / 50
    harmonics = HarmonicPlusNoise().fit(tones([60]))
    harmonics.range_[:, 4:-2] = [[-300], [300]]  # as if notes learnt were as far off
    audio = harmonics.inverse_transform(F, pd.DataFrame({"pitch": [85]}))
    assert abs(cents_off(audio[0], 85)) < 1


def test_a_note_asked_for_keeps_enough_odd_partials_to_be_heard_at_its_pitch():
    y = pd.DataFrame({"pitch": [57]})
    harmonics = HarmonicPlusNoise()
    features = harmonics.fit_transform(tones([57]), y)
    heed = 1 + np.exp(-np.square(np.arange(len(features[0]) - 1) / 31.25))
    features[:, 1:, [5, 7]] -= 60 / 20 * heed[:, np.newaxis]  # of the partials 1, 2 and 3
    asked, kept = (harmonics.inverse_transform(features, given)[0] for given in (y, None))
    assert odd_over_even(asked, 57) == pytest.approx(0.06, rel=0.1)
    assert track_pitch(asked[np.newaxis], RATE) == pytest.approx(57, abs=0.5)
    assert odd_over_even(kept, 57) < 1e-3


def test_odd_partials_may_not_go_missing_later_in_a_note_either():
    y = pd.DataFrame({"pitch": [57]})
    harmonics = HarmonicPlusNoise()
    features = harmonics.fit_transform(tones([57]), y)
    features[:, 48:, [5, 7]] -= 60 / 20  # from 0.75 s on
    asked = harmonics.inverse_transform(features, y)[0]
    assert odd_over_even(asked[16000:22400], 57) == pytest.approx(0.06, rel=0.15)
    assert odd_over_even(asked[:9600], 57) > 1  # as it was


def odd_over_even(audio, pitch):
    spectrum = np.abs(np.fft.rfft(audio * np.hanning(len(audio)))) ** 2
    hertz = np.fft.rfftfreq(len(audio), 1 / RATE)
    number = np.round(hertz / librosa.midi_to_hz(pitch)).astype(int)
    powers = [spectrum[number == k].sum() for k in range(1, 7)]
    return sum(powers[::2]) / sum(powers[1::2])


def test_without_y_the_pitch_is_that_of_the_recording():
    pitches = np.array([50.3, 61.0, 72.8])
    harmonics = HarmonicPlusNoise()
    audio = harmonics.inverse_transform(harmonics.fit_transform(tones(pitches)))
    for made, pitch in zip(audio, pitches, strict=True):
        assert abs(cents_off(made, pitch)) < 1


def test_only_the_pitch_column_of_a_frame_counts():
    X = tones([60, 67])
    plain = HarmonicPlusNoise().fit_transform(X)
    for y in ([1, 2], np.zeros((2, 3)), pd.DataFrame({"family": ["a", "b"]})):
        np.testing.assert_array_equal(HarmonicPlusNoise().fit_transform(X, y), plain)
    named = HarmonicPlusNoise(pitch_column="key")
    with_pitch = named.fit_transform(X, pd.DataFrame({"key": [60, np.nan]}))
    np.testing.assert_allclose(with_pitch[:, 0, 0], plain[:, 0, 0], atol=0.01)


def test_noise_without_pitch_is_no_error():
    X = 0.1 * np.random.default_rng(0).standard_normal((2, 16000)).astype(np.float32)
    X[1] = 0
    assert np.isnan(track_pitch(X)).all()
    harmonics = HarmonicPlusNoise()
    audio = harmonics.inverse_transform(harmonics.fit_transform(X))
    assert audio[0].std() == pytest.approx(0.1, rel=0.3)
    assert not audio[1].any()
