import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audiogen.signal import bound_sounding_time, sounding_time

RATE = 8000
SIZE = 160  # samples in a frame of 20 ms


def decaying(slope, n_timesteps=RATE):
    """Noise that falls by so many dB a second."""
    noise = np.random.default_rng(0).standard_normal(n_timesteps)
    return noise * 10 ** (-slope * np.arange(n_timesteps) / RATE / 20)


@pytest.mark.parametrize("slope", [0, 30, 60, 120, 900])
def test_the_time_is_that_of_the_last_loud_frame(slope):
    sound = decaying(slope)
    power = [np.mean(sound[i : i + SIZE] ** 2) for i in range(0, len(sound), SIZE)]
    last = max(i for i, p in enumerate(power) if p > 1e-4 * max(power))
    assert sounding_time(sound, sample_rate=RATE) == pytest.approx((last + 1) * SIZE / RATE)


def test_silence_and_clips_shorter_than_a_frame():
    assert sounding_time(np.zeros((2, 3, 500)), sample_rate=RATE).tolist() == [[0] * 3] * 2
    assert sounding_time([[0.1, 0.2]], sample_rate=RATE) == pytest.approx([SIZE / RATE])
    silence = bound_sounding_time(np.zeros(RATE), 0.5, 0.8, sample_rate=RATE)
    assert not silence.any()


@settings(max_examples=30, deadline=None)
@given(slope=st.floats(0, 200), shortest=st.floats(0.3, 0.6), longest=st.floats(0.65, 0.9))
def test_it_is_within_bounds_to_a_frame(slope, shortest, longest):
    found = sounding_time(
        bound_sounding_time(decaying(slope), shortest, longest, sample_rate=RATE), sample_rate=RATE
    )
    assert shortest - 0.041 < found < longest + 0.021


@settings(max_examples=30, deadline=None)
@given(slope=st.floats(0, 200), shortest=st.floats(0.3, 0.6), longest=st.floats(0.65, 0.9))
def test_a_small_change_of_a_note_changes_it_little(slope, shortest, longest):
    sound = decaying(slope)
    near = sound * (1 + 1e-7 * np.random.default_rng(1).standard_normal(len(sound)))
    made, moved = (
        bound_sounding_time(a, shortest, longest, sample_rate=RATE) for a in (sound, near)
    )
    assert np.abs(made - moved).max() < 1e-5


def test_notes_within_bounds_are_the_same_and_beginnings_nearly():
    sound = decaying(60).astype(np.float32)
    same = bound_sounding_time(sound, 0.2, 0.9, sample_rate=RATE)
    assert same.dtype == np.float32
    np.testing.assert_array_equal(same, sound)
    short, long = decaying(100), decaying(20)
    slower = bound_sounding_time(short, 0.8, 1.0, sample_rate=RATE)
    np.testing.assert_allclose(slower[:SIZE], short[:SIZE], rtol=0.2)
    earlier = bound_sounding_time(long, 0.1, 0.9, sample_rate=RATE)
    np.testing.assert_array_equal(earlier[: RATE // 2], long[: RATE // 2])
