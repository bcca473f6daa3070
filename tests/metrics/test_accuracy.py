"""The share of notes in tune, for notes of known pitch."""

import numpy as np
import pytest

from audiogen.metrics import pitch_accuracy


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


def test_sample_rate():
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
        ({"pitch": 60, "tolerance": -1}, "'tolerance' parameter of pitch_accuracy"),
    ],
)
def test_bad_arguments(arguments, words):
    with pytest.raises(ValueError, match=words):
        pitch_accuracy(notes([60, 61]), sample_rate=16000, **arguments)
