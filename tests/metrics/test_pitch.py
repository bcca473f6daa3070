"""Pitch counts, range and entropy against librosa's piptrack, and for silence."""

import librosa
import numpy as np
import pytest

from audiogen.metrics import n_pitches, pitch_entropy, pitch_range

SAMPLE_RATE = 16000


def chord(midi, seconds=1.0):
    time = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    waves = [np.sin(2 * np.pi * librosa.midi_to_hz(m) * time) for m in midi]
    return np.mean(waves, axis=0).astype(np.float32)


@pytest.fixture
def clips():
    noise = np.random.default_rng(0).standard_normal((2, SAMPLE_RATE)).astype(np.float32)
    return np.concatenate([noise, [chord([60, 72]), chord([80])]])


def piptrack(clips):
    tracks = [librosa.piptrack(y=clip, sr=SAMPLE_RATE)[0] for clip in clips]
    return np.concatenate([track[track > 0] for track in tracks])


def test_definitions_over_all_clips(clips):
    pitches = piptrack(clips)
    assert n_pitches(clips, sample_rate=SAMPLE_RATE) == len(set(pitches.tolist()))
    expected = float(pitches.max()) - float(pitches.min())
    assert pitch_range(clips, sample_rate=SAMPLE_RATE) == expected
    midi = np.round(librosa.hz_to_midi(pitches))
    shares = np.array([np.mean(midi == m) for m in range(128)])
    bits = -np.sum(shares[shares > 0] * np.log2(shares[shares > 0]))
    assert pitch_entropy(clips, sample_rate=SAMPLE_RATE) == pytest.approx(bits, rel=1e-9)


def test_float64_and_float32_agree(clips):
    for metric in (n_pitches, pitch_range, pitch_entropy):
        single = metric(clips, sample_rate=SAMPLE_RATE)
        assert metric(clips.astype(np.float64), sample_rate=SAMPLE_RATE) == single


def test_known_sounds():
    # The inside of a steady sound, for its edges splatter.
    low, high = librosa.midi_to_hz([60, 84])
    both = np.stack([chord([60])[3000:13000], chord([84])[3000:13000]])
    alone = pitch_entropy(both[1], sample_rate=SAMPLE_RATE)
    assert alone < 1
    assert pitch_entropy(both, sample_rate=SAMPLE_RATE) > alone + 0.4
    span = pitch_range(both, sample_rate=SAMPLE_RATE)
    assert span == pytest.approx(high - low, rel=0.1)


def test_bounds(clips):
    noise = clips[:2]
    assert 3700 < pitch_range(noise, sample_rate=SAMPLE_RATE) <= 3850 + SAMPLE_RATE / 2048
    assert 4 < pitch_entropy(noise, sample_rate=SAMPLE_RATE) < 7
    assert n_pitches(noise, sample_rate=SAMPLE_RATE) > 1000


def test_silence_has_no_pitch():
    silence = np.zeros((3, SAMPLE_RATE), dtype=np.float32)
    assert n_pitches(silence, sample_rate=SAMPLE_RATE) == 0
    assert pitch_range(silence, sample_rate=SAMPLE_RATE) == 0
    assert np.isnan(pitch_entropy(silence, sample_rate=SAMPLE_RATE))


def test_silence_among_clips_changes_nothing(clips):
    more = np.concatenate([clips, np.zeros((1, SAMPLE_RATE), dtype=np.float32)])
    for metric in (n_pitches, pitch_range, pitch_entropy):
        assert metric(more, sample_rate=SAMPLE_RATE) == metric(clips, sample_rate=SAMPLE_RATE)


@pytest.mark.parametrize("metric", [n_pitches, pitch_range, pitch_entropy])
def test_bad_rate(metric, clips):
    with pytest.raises(ValueError, match=f"'sample_rate' parameter of {metric.__name__}"):
        metric(clips, sample_rate=-1)
