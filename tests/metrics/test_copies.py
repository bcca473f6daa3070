"""Copies that were made on purpose, against librosa and brute force; reconstructions."""

import librosa
import numpy as np
import pytest
from scipy.spatial import KDTree

from audiogen.metrics import (
    _copies,
    log_spectral_distance,
    longest_copied_run,
    nearest_frame_distance,
    spectral_convergence,
)

RATE = 16000
GIVEN = {"sample_rate": RATE}
HOP = 512


def noise(seed, n_frames):
    return 0.1 * np.random.default_rng(seed).standard_normal(n_frames * HOP).astype(np.float32)


def test_nearest_frames_are_those_of_librosa_and_a_tree(monkeypatch):
    training, generated = [noise(0, 30), noise(1, 50)], noise(2, 40)

    def frames(clip):
        return librosa.feature.mfcc(y=clip, sr=RATE, n_mfcc=40)[:13].T

    tree = KDTree(np.concatenate([frames(clip) for clip in training]))
    expected = np.median(tree.query(frames(generated))[0])
    found = nearest_frame_distance(training, generated, **GIVEN)
    assert found == pytest.approx(expected, rel=1e-3)
    monkeypatch.setattr("audiogen.utils.blocks._VALUES_PER_BLOCK", 500)
    assert nearest_frame_distance(training, generated, **GIVEN) == pytest.approx(found, rel=1e-6)
    assert nearest_frame_distance(training, training[1], **GIVEN) < 0.05


@pytest.mark.parametrize("n_copied", [10, 25, 40])
def test_a_piece_that_was_pasted_is_found(n_copied):
    training, pasted, held_out = [noise(0, 60), noise(1, 60)], noise(2, 60), noise(3, 60)
    pasted[8 * HOP : (8 + n_copied) * HOP] = training[1][4 * HOP : (4 + n_copied) * HOP]
    run = longest_copied_run(training, pasted, held_out, **GIVEN) * RATE / HOP
    assert n_copied - 5 <= run <= n_copied + 1  # frames are 4 hops long, and centred
    assert longest_copied_run(training, held_out, held_out, **GIVEN) == 0


@pytest.mark.parametrize("factor", [1, 1e-3, 0])
def test_held_out_clips_must_be_others(factor):
    """By those that were learnt from, copies would be no copies."""
    training = [factor * noise(0, 30), factor * noise(1, 30)]
    with pytest.raises(ValueError, match="held_out must hold clips that the model did not learn"):
        longest_copied_run(training, training[0], training, **GIVEN)


def test_no_run_leads_from_one_clip_into_another():
    training, held_out = [noise(0, 30), noise(1, 30)], noise(3, 60)
    both = np.concatenate(training)
    whole = longest_copied_run(both, both, held_out, **GIVEN)
    apart = longest_copied_run(training, both, held_out, **GIVEN)
    assert whole == pytest.approx(61 * HOP / RATE)
    assert apart < 0.55 * whole
    assert longest_copied_run(both, training, held_out, **GIVEN) < 0.55 * whole


def test_runs_are_brute_forces():
    """Frames of one dimension, few enough to try every path."""
    for seed in range(30):
        rng = np.random.default_rng(seed)
        frames, others = rng.integers(0, 3, (7, 1)), rng.integers(0, 3, (6, 1))
        expected = max(followed(frames, others, i, j) for i in range(7) for j in range(6))
        assert _copies._longest_run(frames.astype(float), others.astype(float), 0.5) == expected


def followed(frames, others, i, j):
    """Return how many frames from the i-th on follow others from the j-th on."""
    if i == len(frames) or frames[i] != others[j]:
        return 0
    nexts = [j + step for step in (0, 1, 2) if j + step < len(others)]
    return 1 + max(followed(frames, others, i + 1, place) for place in nexts)


def test_reconstructions_at_another_level_have_closed_forms():
    real = [noise(0, 20), noise(1, 33)]
    for factor in (0.5, 0.9, 1.5):
        made = [factor * clip for clip in real]
        decibels = abs(20 * np.log10(factor))
        assert log_spectral_distance(real, made) == pytest.approx(decibels, rel=0.01)
        assert spectral_convergence(real, made) == pytest.approx(abs(1 - factor), rel=1e-5)
        assert spectral_convergence(real, [-clip for clip in made]) == pytest.approx(
            abs(1 - factor), rel=1e-5
        )
    assert log_spectral_distance(real, real) == spectral_convergence(real, real) == 0
    assert spectral_convergence(real[0], np.zeros(20 * HOP)) == pytest.approx(1)
    assert np.isnan(spectral_convergence(np.zeros(20 * HOP), real[0]))


def test_what_is_60_db_down_is_silence():
    time = np.arange(RATE) / RATE
    tone = np.sin(2 * np.pi * 1000 * time)
    faint = tone + 1e-5 * np.random.default_rng(0).standard_normal(RATE)
    assert log_spectral_distance(tone, faint) < 0.05
    assert log_spectral_distance(faint[4000:12000], tone[4000:12000]) < 0.05
    assert log_spectral_distance(tone, 10 * faint) > 1


@pytest.mark.parametrize("metric", [log_spectral_distance, spectral_convergence])
def test_reconstructions_are_pairs(metric):
    with pytest.raises(ValueError, match="Got 2 of 512 and 1 of 512 time steps"):
        metric([noise(0, 1), noise(1, 1)], [noise(0, 1)])
    with pytest.raises(ValueError, match="Got 1 of 512 and 1 of 1024 time steps"):
        metric(noise(0, 1), noise(0, 2))
