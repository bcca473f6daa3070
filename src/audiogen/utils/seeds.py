"""Seeds: one integer decides everything, and no global stream is touched."""

import enum
import numbers
from typing import Any

import numpy as np

from audiogen.utils.validation import Instance, Interval, Options

__all__ = ["RANDOM_STATE", "Stream", "draw_seed", "make_rng", "spawn_seed"]

# The rule of a parameter `random_state`, for `check_parameters`.
RANDOM_STATE = (
    Interval(numbers.Integral, 0, 2**32 - 1, closed="both"),
    Instance(np.random.RandomState, "a RandomState"),
    Options(None),
)
_SEED_LIMIT = 2**31 - 1


class Stream(enum.IntEnum):
    """What a stream of random numbers is for: the first key beside a seed.

    Streams with different keys are independent, and independent of the stream of the
    seed alone.
    """

    SUBSET = 0  # the rows that max_samples chooses
    SPLIT = 1  # the rows that are held out
    NETWORK = 2  # initial weights, dropout and draws inside a network
    ORDER = 3  # the order of the rows in an epoch
    BATCH = 4  # latents and noise that a batch is trained with
    CONDITION = 5  # conditions of samples that were asked for without any
    SAMPLE = 6  # latents and noise of samples
    FIT = 7  # what an estimator without epochs draws in fit
    NOISE = 8  # observation noise: learning its covariance
    DENSITY = 9  # the density of an autoencoder's codes
    DECODING = 10  # an autoregressive decoder that is given codes
    SCORE = 11  # latents that a score is estimated from
    PREVIOUS = 12  # which ends of training windows a sequencer keeps
    FOREST = 13  # the folds and trees of a classifier two-sample test
    VOICE = 14  # the latents of a voice in a clip
    SYNTHESIS = 15  # the noise in a synthesised note
    PARTS = 16  # the instruments of a clip
    LAYER = 17  # initial weights and dropout of one layer of a network
    NOTES = 18  # what synthetic notes are made of
    TUNE = 19  # what is drawn while a tune is composed
    ROOM = 20  # the reflections in a room, and what makes sound broad
    METRIC = 21  # the clips that a figure is measured on once more
    LISTENING = 22  # what a listening test plays, and ratings drawn again for an interval


def draw_seed(random_state: Any = None) -> int:
    """Turn any scikit-learn ``random_state`` into one integer seed.

    Parameters
    ----------
    random_state : int, RandomState or None, default=None
        An int is returned as it is. A RandomState is drawn from, and so moves on.
        None takes fresh entropy from the operating system; NumPy's global state
        is neither read nor moved.

    Returns
    -------
    seed : int
        In [0, 2**31 - 1), or the int that was given.

    Raises
    ------
    ValueError
        For an int outside [0, 2**32 - 1], or another type.

    Examples
    --------
    >>> from audiogen.utils.seeds import draw_seed
    >>> draw_seed(42)
    42
    """
    if random_state is None:
        return int(np.random.default_rng().integers(_SEED_LIMIT))
    if isinstance(random_state, numbers.Integral) and 0 <= int(random_state) < 2**32:
        return int(random_state)
    if isinstance(random_state, numbers.Integral) or not _is_random_state(random_state):
        raise ValueError(
            "The 'random_state' parameter must be an int in the range [0, 4294967295], a "
            f"numpy.random.RandomState or None. Got {random_state!r} instead."
        )
    from sklearn.utils import check_random_state

    return int(check_random_state(random_state).randint(_SEED_LIMIT))


def _is_random_state(value: Any) -> bool:
    return value is np.random or isinstance(value, np.random.RandomState)


def make_rng(seed: int, stream: Stream, *keys: int) -> np.random.Generator:
    """Return a NumPy Generator that is a function of a seed and of integer keys.

    Parameters
    ----------
    seed : int
        What `draw_seed` returned.
    stream : Stream
        What the stream is for.
    *keys : int
        Which of these it is: an epoch and a batch, say.

    Returns
    -------
    rng : numpy.random.Generator
        The same stream for the same arguments, independent of any other.

    Examples
    --------
    >>> from audiogen.utils.seeds import Stream, make_rng
    >>> a, b = make_rng(0, Stream.BATCH, 3), make_rng(0, Stream.BATCH, 3)
    >>> int(a.integers(100)) == int(b.integers(100))
    True
    """
    return np.random.default_rng(_sequence(seed, (stream, *keys)))


def spawn_seed(seed: int, stream: Stream, *keys: int) -> int:
    """Derive one integer seed from another and from integer keys.

    Parameters
    ----------
    seed : int
        What `draw_seed` returned.
    stream : Stream
        What the new seed is for.
    *keys : int
        Which of these it is.

    Returns
    -------
    seed : int
        In [0, 2**31 - 1).

    Examples
    --------
    >>> from audiogen.utils.seeds import Stream, spawn_seed
    >>> spawn_seed(0, Stream.NETWORK) == spawn_seed(0, Stream.ORDER)
    False
    """
    return int(_sequence(seed, (stream, *keys)).generate_state(1)[0]) % _SEED_LIMIT


def _sequence(seed: int, keys: tuple[int, ...]) -> np.random.SeedSequence:
    return np.random.SeedSequence(seed, spawn_key=tuple(int(key) for key in keys))
