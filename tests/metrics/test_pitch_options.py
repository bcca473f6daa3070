"""Pitch metrics by the other tracker, corrected and rarefied, against draws and closed forms."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audiogen.metrics import n_pitches, pitch_entropy, pitch_range
from audiogen.metrics._pitch_sets import entropy_of
from audiogen.metrics._rarefaction import rarefied_count, rarefied_entropy, rarefied_range

RATE = 16000
OWN = {"sample_rate": RATE, "tracker": "track_pitch"}


def notes(midi):
    time = np.arange(RATE // 2) / RATE
    hertz = 440 * 2 ** ((np.asarray(midi, dtype=float)[:, np.newaxis] - 69) / 12)
    return (0.3 * sum(np.sin(2 * np.pi * n * hertz * time) / n for n in (1, 2))).astype(np.float32)


def test_notes_have_one_pitch_each():
    audio = np.concatenate([notes([60, 60.2, 64, 72]), np.zeros((2, RATE // 2), np.float32)])
    assert n_pitches(audio, **OWN) == 3
    low, high = 440 * 2 ** ((np.array([60, 72]) - 69) / 12)
    assert pitch_range(audio, **OWN) == pytest.approx(high - low, rel=0.005)
    assert pitch_entropy(audio, **OWN) == pytest.approx(1.5)  # shares 1/2, 1/4, 1/4
    corrected = pitch_entropy(audio, corrected=True, **OWN)
    assert corrected == pytest.approx(1.5 + (3 - 1) / (2 * 4 * np.log(2)))
    assert n_pitches(audio[4:], **OWN) == pitch_range(audio[4:], **OWN) == 0
    assert np.isnan(pitch_entropy(audio[4:], **OWN))
    # Of the pairs of 60, 60, 64, 72 one has one pitch, five have two.
    assert n_pitches(audio, rarefied_to=2, **OWN) == pytest.approx(11 / 6)
    assert pitch_entropy(audio, rarefied_to=2, **OWN) == pytest.approx(5 / 6)


def test_miller_and_madow_take_most_of_the_bias_off():
    rng = np.random.default_rng(0)
    draws = rng.integers(0, 12, (500, 40))
    counts = np.array([np.bincount(row, minlength=12) for row in draws])
    plain = np.array([entropy_of(row) for row in counts])
    corrected = plain + ((counts > 0).sum(axis=1) - 1) / (2 * 40 * np.log(2))
    assert np.log2(12) - plain.mean() > 0.15
    assert abs(np.log2(12) - corrected.mean()) < 0.03


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 4), min_size=1, max_size=7), st.data())
def test_rarefied_figures_are_means_over_all_draws(values, data):
    n = data.draw(st.integers(1, len(values)))
    draws = [list(draw) for draw in itertools.combinations(values, n)]
    counts = np.bincount(values, minlength=6)
    distinct = np.mean([len(set(draw)) for draw in draws])
    bits = np.mean([entropy_of(np.bincount(draw)) for draw in draws])
    spans = np.mean([max(draw) - min(draw) for draw in draws])
    assert rarefied_count(counts[counts > 0], n) == pytest.approx(distinct)
    assert rarefied_entropy(counts, n) == pytest.approx(bits, abs=1e-12)
    assert rarefied_range(np.array(values), n) == pytest.approx(spans, abs=1e-9)


def test_all_pitches_are_what_they_are_without_rarefaction():
    """However many thousands of them there are."""
    rng = np.random.default_rng(0)
    values = np.rint(rng.exponential(30, 200_000))
    counts = np.bincount(values.astype(int))
    assert rarefied_count(counts[counts > 0], 200_000) == pytest.approx(np.count_nonzero(counts))
    assert rarefied_entropy(counts, 200_000) == pytest.approx(entropy_of(counts))
    assert rarefied_range(values, 200_000) == pytest.approx(np.ptp(values))
    few = [np.unique(rng.choice(values, 500, replace=False)).size for _ in range(200)]
    error = np.std(few) / np.sqrt(200)
    assert rarefied_count(counts[counts > 0], 500) == pytest.approx(np.mean(few), abs=4 * error)


def test_spectral_peaks_are_rarefied_too():
    noise = np.random.default_rng(0).standard_normal((2, RATE // 2)).astype(np.float32)
    given = {"sample_rate": RATE, "rarefied_to": 100}
    assert 99 < n_pitches(noise, **given) < 100 + 1e-9  # hardly any is there twice
    assert pitch_range(noise, **given) < pitch_range(noise, sample_rate=RATE)
    assert pitch_entropy(noise, **given) < pitch_entropy(noise, sample_rate=RATE)


@pytest.mark.parametrize("metric", [n_pitches, pitch_range, pitch_entropy])
def test_bad_options(metric):
    audio = notes([60, 64])
    with pytest.raises(ValueError, match="rarefied_to=3 is more than the 2 pitches"):
        metric(audio, rarefied_to=3, **OWN)
    with pytest.raises(ValueError, match=f"'tracker' parameter of {metric.__name__} must be 'pip"):
        metric(audio, sample_rate=RATE, tracker="pyin")
    with pytest.raises(ValueError, match="'rarefied_to' parameter"):
        metric(audio, sample_rate=RATE, rarefied_to=0)
    with pytest.raises(ValueError, match=f"'sample_rate' parameter of {metric.__name__}"):
        metric(audio, sample_rate=0, tracker="track_pitch")


def test_an_entropy_is_corrected_once():
    with pytest.raises(ValueError, match="either corrected or rarefied"):
        pitch_entropy(notes([60]), corrected=True, rarefied_to=1, **OWN)
