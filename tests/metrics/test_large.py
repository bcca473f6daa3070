"""Metrics of sets larger than a limit: as those of sets in memory, and in little of it."""

import subprocess
import sys

import numpy as np
import pytest

from audiogen.datasets import has_pitch, make_notes, track_missing_pitch
from audiogen.metrics import (
    _pitch_sets,
    frechet_audio_distance,
    n_pitches,
    pitch_accuracy,
    summarize,
)

RATE = 16000
TWO_NOTES = 2 * 4 * RATE  # bytes of a second each


@pytest.fixture(scope="module")
def sets():
    real = make_notes(9, duration=1, random_state=0)
    made = make_notes(8, duration=1, random_state=1)
    made.data[3] = 0
    return real, made


def figures(sets):
    real, made = sets
    pitch = made.frame.pitch
    both, rate = (real.data, made.data), {"sample_rate": RATE}

    def louder(clips):
        return np.stack([clips.std(axis=1), clips.max(axis=1)], axis=1)

    return {
        **summarize(*both, **rate, pitch=pitch),
        "fad": frechet_audio_distance(*both, **rate),
        "own embedding": frechet_audio_distance(*both, **rate, embedding=louder),
        "accuracy": pitch_accuracy(made.data, pitch, **rate),
        "n_pitches of all": n_pitches(made.data, **rate),
        "pitched": has_pitch(made.data, RATE).mean(),
    }


@pytest.mark.filterwarnings("ignore:.*rows are few")
def test_figures_are_the_same(sets, low_limits):
    whole = figures(sets)
    low_limits(TWO_NOTES)
    assert figures(sets) == pytest.approx(whole, rel=1e-9, nan_ok=True)


def test_distinct_pitches_are_merged_now_and_then(monkeypatch):
    monkeypatch.setattr(_pitch_sets, "_MOST_NEW", 10)
    rng = np.random.default_rng(0)
    clips = [rng.integers(0, 50, size=rng.integers(0, 30)).astype(np.float32) for _ in range(40)]
    assert _pitch_sets.count_of(clips) == len(np.unique(np.concatenate(clips)))
    assert _pitch_sets.count_of([]) == 0


def test_missing_pitches_are_tracked_alike(sets, low_limits):
    X, frame = sets[1].data, sets[1].frame.assign(pitch=np.nan)
    with pytest.warns(UserWarning, match="no pitch"):
        whole, found = track_missing_pitch(X, frame, RATE)
    low_limits(TWO_NOTES)
    with pytest.warns(UserWarning, match="no pitch"):
        parts, same = track_missing_pitch(X, frame, RATE)
    np.testing.assert_array_equal(parts, whole)
    assert same.equals(found)


LARGE = """
import resource
import sys
import numpy as np
from audiogen.metrics import density_and_coverage, frechet_distance, kernel_distance
real, generated = (
    np.random.default_rng(seed).standard_normal((10_000, 126, 13), dtype=np.float32)
    for seed in range(2)
)
figures = [
    frechet_distance(real, generated, corrected=True),
    kernel_distance(real, generated),
    density_and_coverage(real, generated)["density"] - 1,
]
assert max(map(abs, figures)) < 0.05, figures
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="memory is counted in other units")
def test_ten_thousand_notes_take_less_than_a_gigabyte():
    done = subprocess.run(
        [sys.executable, "-c", LARGE], capture_output=True, text=True, check=True
    )
    assert float(done.stdout) < 1000
