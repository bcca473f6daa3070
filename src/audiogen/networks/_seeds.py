"""Seeded initializers, one seed a layer."""

import keras

from audiogen.utils.seeds import Stream, spawn_seed

__all__ = ["Initializers"]


class Initializers:
    """Hand out one seed after another, all of them functions of the first.

    Parameters
    ----------
    seed : int
        The first seed.

    Examples
    --------
    >>> from audiogen.networks import Initializers
    >>> a, b = Initializers(0), Initializers(0)
    >>> a.seed() == b.seed() != a.seed()
    True
    """

    def __init__(self, seed: int) -> None:
        self._first = seed
        self._count = 0

    def seed(self) -> int:
        """Return the next seed."""
        self._count += 1
        return spawn_seed(self._first, Stream.LAYER, self._count)

    def glorot(self) -> keras.Initializer:
        """Return a Glorot-uniform initializer with the next seed."""
        return keras.initializers.GlorotUniform(seed=self.seed())

    def he(self) -> keras.Initializer:
        """Return a He-uniform initializer (for ReLU) with the next seed."""
        return keras.initializers.HeUniform(seed=self.seed())
