"""Corrected distances and intervals against sets whose true distance is known."""

import functools

import numpy as np
import pytest

from audiogen.datasets import make_notes
from audiogen.metrics import confidence_interval, frechet_audio_distance, frechet_distance

few_rows = pytest.mark.filterwarnings("ignore:.*rows are few for:UserWarning")
SHIFT, SCALE = 0.2, 1.2


def sets(rng, n_clips, n_features, n_frames=1):
    """Return clips whose frames are alike, as those of a note are."""
    clips = rng.standard_normal((2, n_clips, 1, n_features))
    frames = 0.8 * clips + 0.6 * rng.standard_normal((2, n_clips, n_frames, n_features))
    return frames[0], SCALE * frames[1] + SHIFT


def truth(n_features):
    return n_features * (SHIFT**2 + (SCALE - 1) ** 2)


@few_rows
@pytest.mark.parametrize(("n_clips", "n_frames"), [(40, 1), (200, 1), (60, 5)])
def test_the_correction_takes_the_bias_off(n_clips, n_frames):
    rng = np.random.default_rng(0)
    drawn = [sets(rng, n_clips, 8, n_frames) for _ in range(40)]
    plain = [frechet_distance(*pair) for pair in drawn]
    corrected = [frechet_distance(*pair, corrected=True) for pair in drawn]
    bias = np.mean(plain) - truth(8)
    assert bias > 0.2 * truth(8)
    error = np.std(corrected) / np.sqrt(len(drawn))
    assert abs(np.mean(corrected) - truth(8)) < 2.5 * error
    assert abs(np.mean(corrected) - truth(8)) < 0.2 * bias
    assert np.std(corrected) < 1.3 * np.std(plain)


def test_the_correction_is_twice_the_whole_less_the_mean_of_halves():
    """Of many halves, whichever they are."""
    rng = np.random.default_rng(0)
    A, B = sets(rng, 120, 3)
    found = []
    for _ in range(1000):
        a, b = rng.permutation(120)[:60], rng.permutation(120)[:60]
        found.append(frechet_distance(A[a], B[b]))
    expected = 2 * frechet_distance(A, B) - np.mean(found)
    corrected = [frechet_distance(A, B, corrected=True, random_state=seed) for seed in range(20)]
    error = 3 * np.std(found) / np.sqrt(len(found))
    assert np.mean(corrected) == pytest.approx(expected, abs=error)
    assert corrected[0] == frechet_distance(A, B, corrected=True)
    assert len(set(corrected)) == 20


def test_a_corrected_distance_of_one_kind_is_about_0():
    rng = np.random.default_rng(0)
    found = [
        frechet_distance(*rng.standard_normal((2, 150, 6)), corrected=True) for _ in range(40)
    ]
    assert abs(np.mean(found)) < 3 * np.std(found) / np.sqrt(40)
    assert min(found) < 0


def test_clips_of_audio_are_drawn_whole():
    notes = make_notes(24, duration=0.5, random_state=0).data
    pair = notes[:12], notes[12:]
    plain = frechet_audio_distance(*pair, sample_rate=16000)
    corrected = frechet_audio_distance(*pair, sample_rate=16000, corrected=True)
    assert corrected < 0.5 * plain  # by frame there is hardly any bias


def test_sets_too_small_to_halve():
    rng = np.random.default_rng(0)
    A, B = rng.standard_normal((2, 30, 2))
    with pytest.raises(ValueError, match="B must have at least 4 clips for corrected=True. Got 3"):
        frechet_distance(A, B[:3], corrected=True)
    with pytest.raises(TypeError, match="'corrected' parameter of frechet_distance"):
        frechet_distance(A, B, corrected="yes")
    with pytest.raises(ValueError, match=r"at least 4 clips. Got \(30, 3\)"):
        confidence_interval(lambda A, B: float(A.mean() - B.mean()), A, B[:3])


@few_rows
@pytest.mark.long
def test_intervals_hold_the_truth_as_often_as_they_say():
    rng = np.random.default_rng(0)
    metric = functools.partial(frechet_distance, corrected=True)
    held = 0
    for seed in range(100):
        A, B = sets(rng, 60, 3)
        low, high = confidence_interval(
            metric, A, B, confidence_level=0.9, n_resamples=20, random_state=seed
        )
        held += low <= truth(3) <= high
    assert held >= 84  # 90 are expected, and halves of few clips scatter a little more


def test_intervals_of_a_mean_are_those_of_the_books():
    x = np.random.default_rng(0).standard_normal(200)
    low, high = confidence_interval(np.mean, x, n_resamples=2000)
    error = 1.96 * x.std(ddof=1) / np.sqrt(200)
    assert (low, high) == pytest.approx((x.mean() - error, x.mean() + error), abs=0.06 * error)
    narrow = confidence_interval(np.mean, x, n_resamples=2000, confidence_level=0.5)
    assert (narrow[1] - narrow[0]) / (high - low) == pytest.approx(0.6745 / 1.96, rel=1e-3)


def test_a_seed_decides():
    A, B = sets(np.random.default_rng(0), 30, 2)
    both = [confidence_interval(frechet_distance, A, B, random_state=3) for _ in range(2)]
    assert both[0] == both[1] != confidence_interval(frechet_distance, A, B, random_state=4)


@pytest.mark.parametrize("parameter", [{"confidence_level": 1}, {"n_resamples": 1}])
def test_bad_parameters(parameter):
    with pytest.raises(ValueError, match=f"'{next(iter(parameter))}' parameter of conf"):
        confidence_interval(np.mean, np.arange(10.0), **parameter)
