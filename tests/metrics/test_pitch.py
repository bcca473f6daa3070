"""Pitch metrics against librosa's piptrack, for notes of known pitch, and for silence."""

import librosa
import numpy as np
import pytest

from audiogen.metrics import (
    n_pitches,
    pitch_accuracy,
    pitch_entropy,
    pitch_range,
    summarize,
)

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


def test_a_summary_has_the_figures_of_each_metric(clips):
    more = np.concatenate([clips, np.zeros((1, clips.shape[1]), dtype=np.float32)])
    figures = summarize(clips, more, sample_rate=SAMPLE_RATE)
    entropies = [pitch_entropy(clip, sample_rate=SAMPLE_RATE) for clip in clips]
    assert figures["pitch_entropy"] == pytest.approx(np.mean(entropies), rel=1e-12)
    assert figures["n_pitches"] == n_pitches(more, sample_rate=SAMPLE_RATE)
    assert figures["pitch_range"] == pitch_range(more, sample_rate=SAMPLE_RATE)


@pytest.mark.parametrize("metric", [n_pitches, pitch_range, pitch_entropy])
def test_bad_rate(metric, clips):
    with pytest.raises(ValueError, match=f"'sample_rate' parameter of {metric.__name__}"):
        metric(clips, sample_rate=-1)


def notes(midi, sample_rate=16000):
    time = np.arange(sample_rate) / sample_rate
    hertz = 440 * 2 ** ((np.asarray(midi, dtype=float)[:, np.newaxis] - 69) / 12)
    partials = [np.sin(2 * np.pi * n * hertz * time) / n for n in (1, 2, 3)]
    return (0.3 * sum(partials)).astype(np.float32)


def test_cents_count_either_way():
    audio = notes([60, 60.4, 59.6, 60.6, 59.4, 72])
    assert pitch_accuracy(audio, np.full(6, 60), sample_rate=16000) == 3 / 6
    assert pitch_accuracy(audio, 60, sample_rate=16000, tolerance=30) == 1 / 6
    assert pitch_accuracy(audio, 60, sample_rate=16000, tolerance=70) == 5 / 6


def test_accuracy_depends_on_the_sample_rate():
    audio = notes([60, 64, 67], sample_rate=22050)
    assert pitch_accuracy(audio, [60, 64, 67], sample_rate=22050) == 1
    assert pitch_accuracy(audio, [60, 64, 67], sample_rate=16000) == 0


def test_silence_and_noise_are_out_of_tune():
    rng = np.random.default_rng(0)
    audio = np.stack([notes([60])[0], np.zeros(16000), 0.1 * rng.standard_normal(16000)])
    assert pitch_accuracy(audio, 60, sample_rate=16000) == 1 / 3


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"pitch": [60, 61, 62]}, r"each of the 2 notes. Got the shape \(3,\)"),
        ({"pitch": [60, np.nan]}, "pitch holds NaN"),
        ({"pitch": 440}, "pitch 440 is no MIDI pitch"),
        ({"pitch": 60, "tolerance": -1}, "'tolerance' parameter of pitch_accuracy"),
    ],
)
def test_bad_arguments_of_the_accuracy(arguments, words):
    with pytest.raises(ValueError, match=words):
        pitch_accuracy(notes([60, 61]), sample_rate=16000, **arguments)
