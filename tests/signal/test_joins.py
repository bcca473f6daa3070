"""Where waves agree, by numpy's correlation coefficients, and fades that keep the level."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audiogen.signal import crossfade, likeness


@given(st.integers(0, 2**16), st.integers(2, 50), st.integers(0, 100))
def test_likeness_is_the_cosine_of_each_stretch(seed, n_part, n_more):
    rng = np.random.default_rng(seed)
    part, audio = (rng.normal(size=n).astype(np.float32) for n in (n_part, n_part + n_more))
    stretches = np.lib.stride_tricks.sliding_window_view(audio, n_part)
    lengths = np.linalg.norm(stretches, axis=1) * np.linalg.norm(part)
    np.testing.assert_allclose(likeness(audio, part), stretches @ part / lengths, atol=1e-4)
    np.testing.assert_array_equal(likeness(0 * audio, part), np.zeros(n_more + 1))


@pytest.mark.parametrize("alike", [0.0, 0.5, 1.0])
def test_a_crossfade_is_as_loud_as_what_it_fades(alike):
    out, other = np.random.default_rng(0).normal(size=(2, 200_000)).astype(np.float32)
    into = np.float32(alike) * out + np.float32(np.sqrt(1 - alike**2)) * other
    faded = crossfade(out, into)
    assert faded.dtype == np.float32
    assert (faded[0], faded[-1]) == (out[0], into[-1])
    powers = np.square(faded).reshape(20, -1).mean(axis=1)
    np.testing.assert_allclose(powers, 1, atol=0.06)
