"""Gaps that are closed: sound rings on, and neither seam nor step of level is heard."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audiogen.signal import extrapolate, fill_gap

RATE = 16000


def chord(n_timesteps=16000, level=0.2):
    t = np.arange(n_timesteps) / RATE
    return level * sum(np.sin(2 * np.pi * hertz * t) for hertz in (220, 331, 523))


def test_tones_ring_on():
    sound = chord()
    beyond = extrapolate(sound[:8000], 1024)
    assert np.abs(beyond - sound[8000:9024]).max() < 0.02
    assert beyond.dtype == np.float32


@given(st.integers(0, 2**16), st.integers(1, 3000), st.floats(1e-6, 1.0))
def test_whatever_was_heard_what_rings_on_does_not_grow(seed, n_heard, level):
    heard = level * np.random.default_rng(seed).normal(size=n_heard)
    beyond = extrapolate(heard, 500, order=32)
    assert np.isfinite(beyond).all()
    assert np.abs(beyond).max() <= 3 * np.abs(heard).max()


@pytest.mark.parametrize("n_timesteps", [1, 40, 700, 5000])
@pytest.mark.parametrize("sides", ["both", "before", "after"])
def test_a_gap_in_a_chord_is_closed_whatever_phase_and_level_the_filling_has(n_timesteps, sides):
    sound = chord()
    before = sound[:8000] if sides != "after" else []
    after = sound[8000 + n_timesteps :] if sides != "before" else []
    other = 0.6 * chord(20000)[777:]
    filling = fill_gap(other, 6000, n_timesteps, before, after)
    assert filling.shape == (n_timesteps,)
    assert filling.dtype == np.float32
    whole = np.concatenate([before, filling, after])
    bend = np.abs(np.diff(whole, 2))
    assert bend.max() < 1.5 * np.abs(np.diff(sound, 2)).max(), "a click"
    if n_timesteps >= 5000:
        ends = [np.sqrt(np.mean(np.square(part))) for part in (filling[:1500], filling[-1500:])]
        wanted = np.sqrt(np.mean(np.square(sound)))
        near = {"both": ends, "before": ends[:1], "after": ends[1:]}[sides]
        assert near == pytest.approx([wanted] * len(near), rel=0.25)


@pytest.mark.parametrize(
    ("place", "n_timesteps", "overlap", "message"),
    [
        (50, 51, 8, "audio must go on to the end of the gap, for 101 samples. Got 100"),
        (-5, 10, 8, "The 'place' parameter of fill_gap"),
        (5, 0, 8, "The 'n_timesteps' parameter of fill_gap"),
        (5, 10, 0, "The 'overlap' parameter of fill_gap"),
    ],
)
def test_a_gap_must_lie_in_the_filling(place, n_timesteps, overlap, message):
    with pytest.raises(ValueError, match=message):
        fill_gap(chord(100), place, n_timesteps, chord(50), overlap=overlap)


def test_silence_is_filled_as_it_is():
    other = chord(9000)
    filling = fill_gap(other, 3000, 4000, np.zeros(5000), np.zeros(5000))
    assert np.isfinite(filling).all()
    assert np.abs(filling[[0, -1]]).max() < 0.01
    assert np.abs(fill_gap(np.zeros(9000), 3000, 4000, chord(5000), [])[2000:]).max() == 0
