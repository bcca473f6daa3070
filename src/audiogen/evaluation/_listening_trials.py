"""Which sounds the trials of a listening test compare."""

import itertools
import math
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np

__all__ = ["KINDS", "Pick", "Trial", "choose_trials"]

KINDS = ("preference", "mos", "mushra")
Pick = tuple[str, int]  # a set, and the place of a sound in it


class Trial(NamedTuple):
    """What is asked at once.

    Parameters
    ----------
    sounds : tuple of (str, int)
        The sounds that are judged.
    reference : (str, int) or None
        The sound that they are compared to.
    """

    sounds: tuple[Pick, ...]
    reference: Pick | None = None


def choose_trials(
    sizes: Mapping[str, int], kind: str, n_trials: int, *, paired: bool, rng: np.random.Generator
) -> list[Trial]:
    """Return the sounds of each trial, none of them twice the same.

    Parameters
    ----------
    sizes : dict of str to int
        The number of sounds in each set.
    kind : {"preference", "mos", "mushra"}
        Trials are of two sounds of different sets, of one sound, or of one sound of each set that
        belong together.
    n_trials : int
        How many at most.
    paired : bool
        Whether sounds at the same place in their sets belong together, and only these are
        compared.
    rng : numpy.random.Generator
        What draws.

    Returns
    -------
    trials : list of Trial
        As many of each set, or of each pair of sets, as of any other while sounds last.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.evaluation._listening_trials import choose_trials
    >>> rng = np.random.default_rng(0)
    >>> choose_trials({"a": 1, "b": 1}, "preference", 5, paired=False, rng=rng)
    [Trial(sounds=(('a', 0), ('b', 0)), reference=None)]
    """
    if (paired or kind == "mushra") and len({*sizes.values()}) > 1:
        counted = ", ".join(f"{name} {size}" for name, size in sizes.items())
        raise ValueError(
            f"Sounds that belong together are as many in each set. Got {counted}: give as many, "
            "in the same order, or sets that are not paired, to another kind than 'mushra'."
        )
    sources: list[Iterator[tuple[Pick, ...]]]
    if kind == "mushra":
        places = rng.permutation(next(iter(sizes.values()))).tolist()
        sources = [(tuple((name, place) for name in sizes) for place in places)]
    elif kind == "mos":
        sources = [_alone(name, rng.permutation(size)) for name, size in sizes.items()]
    else:
        pairs = itertools.combinations(sizes, 2)
        sources = [_pairs(one, other, sizes, paired, rng) for one, other in pairs]
    if n_trials < len(sources):
        what = "set" if kind == "mos" else "two sets"
        raise ValueError(
            f"A test of {len(sizes)} sets needs {len(sources)} trials or more, one of every "
            f"{what}. Got n_trials={n_trials}."
        )
    return [Trial(sounds) for sounds in itertools.islice(_in_turn(sources), n_trials)]


def _alone(name: str, order: np.ndarray) -> Iterator[tuple[Pick, ...]]:
    """Return the sounds of a set one by one."""
    return (((name, int(place)),) for place in order)


def _pairs(
    one: str, other: str, sizes: Mapping[str, int], paired: bool, rng: np.random.Generator
) -> Iterator[tuple[Pick, ...]]:
    """Return pairs of sounds of two sets; each sound is used again once all others were."""
    first, second = rng.permutation(sizes[one]), rng.permutation(sizes[other])
    if paired:
        return (((one, int(i)), (other, int(i))) for i in first)
    whole = math.lcm(len(first), len(second))
    return (
        ((one, int(first[i % len(first)])), (other, int(second[(i + i // whole) % len(second)])))
        for i in range(len(first) * len(second))
    )


def _in_turn(sources: list[Iterator[tuple[Pick, ...]]]) -> Iterator[tuple[Pick, ...]]:
    """Yield one of each source, then the next of each, until all are at their end."""
    for row in itertools.zip_longest(*sources):
        yield from (trial for trial in row if trial is not None)
