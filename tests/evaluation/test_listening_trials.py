"""Which sounds are compared."""

import itertools
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audiogen.evaluation._listening_trials import choose_trials

SIZES = st.lists(st.integers(1, 6), min_size=2, max_size=4)


def chosen(sizes, kind, n_trials, seed=0, paired=False):
    rng = np.random.default_rng(seed)
    return choose_trials(
        dict(zip("abcd", sizes, strict=False)), kind, n_trials, paired=paired, rng=rng
    )


@settings(max_examples=30)
@given(SIZES, st.integers(6, 60), st.integers(0, 9))
def test_preference_compares_all_pairs_of_sets_alike_and_none_twice(sizes, n_trials, seed):
    trials = chosen(sizes, "preference", n_trials, seed)
    names = "abcd"[: len(sizes)]
    pairs = {(a, b): sizes[names.index(a)] * sizes[names.index(b)]
             for a, b in itertools.combinations(names, 2)}  # fmt: skip
    assert len(trials) == len({*trials}) == min(n_trials, sum(pairs.values()))
    counts = Counter((one, other) for (one, _), (other, _) in (t.sounds for t in trials))
    most = max(counts.values())
    assert all(counts[pair] in (most, most - 1, pairs[pair]) for pair in pairs)
    for name, size in zip(names, sizes, strict=True):
        assert {p for t in trials for n, p in t.sounds if n == name} <= {*range(size)}


@settings(max_examples=30)
@given(st.integers(1, 9), st.integers(1, 9), st.integers(0, 9))
def test_each_sound_is_heard_before_any_is_heard_again(one, other, seed):
    trials = chosen([one, other], "preference", max(one, other), seed)
    for side, size in enumerate((one, other)):
        counts = Counter(trial.sounds[side][1] for trial in trials)
        assert len(counts) == size
        assert max(counts.values()) - min(counts.values()) <= 1


@settings(max_examples=30)
@given(
    st.integers(1, 9),
    st.integers(2, 4),
    st.integers(6, 20),
    st.sampled_from(["preference", "mushra"]),
)
def test_paired_sounds_are_those_at_the_same_place(size, n_sets, n_trials, kind):
    trials = chosen([size] * n_sets, kind, n_trials, paired=True)
    assert all(len({place for _, place in trial.sounds}) == 1 for trial in trials)
    assert len({*trials}) == len(trials)
    if kind == "mushra":
        assert len(trials) == min(size, n_trials)
        assert all([name for name, _ in t.sounds] == [*"abcd"[:n_sets]] for t in trials)


@settings(max_examples=30)
@given(SIZES, st.integers(4, 30))
def test_opinions_are_asked_of_all_sets_alike(sizes, n_trials):
    trials = chosen(sizes, "mos", n_trials)
    assert len(trials) == len({*trials}) == min(n_trials, sum(sizes))
    counts = Counter(name for ((name, _),) in (trial.sounds for trial in trials))
    most = max(counts.values())
    assert all(counts[n] in (most, most - 1, size) for n, size in zip("abcd", sizes, strict=False))


def test_what_cannot_be_compared_is_refused():
    with pytest.raises(ValueError, match="Got a 3, b 4: give as many"):
        chosen([3, 4], "mushra", 5)
    with pytest.raises(ValueError, match="as many in each set"):
        chosen([3, 4], "preference", 5, paired=True)
    with pytest.raises(
        ValueError, match="3 trials or more, one of every two sets. Got n_trials=2"
    ):
        chosen([3, 4, 5], "preference", 2)
    with pytest.raises(ValueError, match="3 trials or more, one of every set"):
        chosen([3, 4, 5], "mos", 1)
