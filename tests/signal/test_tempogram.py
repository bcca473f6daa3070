"""find_beat_length: pulses of known distance."""

import numpy as np
import pytest

from audiogen.signal import find_beat_length


def pulses(length, n_steps, begin=0.0):
    found = np.random.default_rng(0).uniform(0, 0.3, n_steps)
    found[np.arange(begin, n_steps - 1, length).astype(int)] += 1
    return found


@pytest.mark.parametrize("length", [6.4, 10.77, 15.2])
def test_lengths_between_steps_are_told_apart(length):
    assert find_beat_length(pulses(length, 1500)) == pytest.approx(length, rel=2e-3)
    several = [pulses(length, 300, begin) for begin in (0, 2.5, 4)]
    assert find_beat_length(several) == pytest.approx(length, rel=1e-2)


def test_every_fourth_pulse_may_be_louder():
    loud = pulses(9.1, 1200) + 0.5 * pulses(4 * 9.1, 1200)
    assert find_beat_length(loud) == pytest.approx(9.1, rel=2e-3)


def test_silence_has_some_length_and_wrong_ranges_are_named():
    assert 4 <= find_beat_length(np.zeros(100)) <= 32
    assert 2 <= find_beat_length(pulses(2.5, 100), shortest=2, longest=5) <= 5
    for shortest in (0.5, 1.5):  # what takes less than two steps is told by no spectrum
        with pytest.raises(ValueError, match="'shortest' parameter of find_beat_length"):
            find_beat_length(np.zeros(100), shortest=shortest)
    with pytest.raises(ValueError, match=r"'longest' .* in the range \[9, inf\)\. Got 3"):
        find_beat_length(np.zeros(100), shortest=9, longest=3)
