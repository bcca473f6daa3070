"""Seeds: one integer decides everything, and no global stream is touched."""

import numbers

import numpy as np
from sklearn.utils import check_random_state

__all__ = ["draw_seed", "make_rng", "spawn_seed"]

_SEED_LIMIT = 2**31 - 1


def draw_seed(random_state=None):
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

    Examples
    --------
    >>> from audiogen.utils.seeds import draw_seed
    >>> draw_seed(42)
    42
    """
    if random_state is None:
        return int(np.random.default_rng().integers(_SEED_LIMIT))
    if isinstance(random_state, numbers.Integral):
        check_random_state(int(random_state))  # the range that NumPy allows
        return int(random_state)
    return int(check_random_state(random_state).randint(_SEED_LIMIT))


def make_rng(seed, *keys):
    """Return a NumPy Generator that is a function of a seed and of integer keys.

    Parameters
    ----------
    seed : int
        What `draw_seed` returned.
    *keys : int
        What the stream is for: an epoch and a batch, say.

    Returns
    -------
    rng : numpy.random.Generator
        The same stream for the same arguments, independent of any other.

    Examples
    --------
    >>> from audiogen.utils.seeds import make_rng
    >>> int(make_rng(0, 3, 1).integers(100)) == int(make_rng(0, 3, 1).integers(100))
    True
    """
    return np.random.default_rng([seed, *keys])


def spawn_seed(seed, *keys):
    """Derive one integer seed from another and from integer keys.

    Parameters
    ----------
    seed : int
        What `draw_seed` returned.
    *keys : int
        What the new seed is for.

    Returns
    -------
    seed : int
        In [0, 2**31 - 1).

    Examples
    --------
    >>> from audiogen.utils.seeds import spawn_seed
    >>> spawn_seed(0, 1) == spawn_seed(0, 2)
    False
    """
    return int(np.random.SeedSequence([seed, *keys]).generate_state(1)[0]) % _SEED_LIMIT
