import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audiogen.utils.seeds import Stream, draw_seed, make_rng, spawn_seed

keys = st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=3).map(tuple)


def test_streams_that_were_one_are_independent():
    draws = [
        make_rng(7, *key).random(1000) for key in ((0,), (0, 0), (0, 0, 0), (1,), (0, 1), (1, 0))
    ]
    for a, b in itertools.combinations(draws, 2):
        assert abs(np.corrcoef(a, b)[0, 1]) < 0.12
        assert not np.isin(a, b).any()


@given(st.integers(0, 2**32 - 1), keys, keys)
def test_a_stream_is_a_function_of_its_keys(seed, one, two):
    a, b = (
        make_rng(seed, *one).integers(2**62, size=2),
        make_rng(seed, *two).integers(2**62, size=2),
    )
    assert (a == b).all() == (one == two)
    assert (spawn_seed(seed, *one) == spawn_seed(seed, *one)) is True


def test_it_is_numpys_own_way_to_spawn():
    (child,) = np.random.SeedSequence(5).spawn(1)
    expected = np.random.default_rng(child).random(4)
    np.testing.assert_array_equal(make_rng(5, 0).random(4), expected)


def test_the_keys_are_named_once():
    assert [stream.value for stream in Stream] == list(range(len(Stream)))


@pytest.mark.parametrize("bad", [-1, 2**32, 1.5, "0"])
def test_seeds_that_are_none_are_named(bad):
    with pytest.raises(ValueError, match=r"'random_state' parameter .* Got"):
        draw_seed(bad)


def test_random_states_move_on_and_numbers_stay():
    state = np.random.RandomState(0)
    assert draw_seed(state) != draw_seed(state)
    assert draw_seed(np.int64(3)) == 3
    assert type(draw_seed(np.int64(3))) is int
    assert draw_seed(None) != draw_seed(None)
