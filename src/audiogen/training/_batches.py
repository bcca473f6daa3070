"""Batches that are functions of (seed, epoch, batch)."""

from collections.abc import Callable
from typing import Any

import numpy as np

from audiogen.networks import keras
from audiogen.utils.seeds import Stream, make_rng

__all__ = ["Batches"]


class Batches(keras.utils.PyDataset):
    """Hand rows to a function that makes a batch of them.

    Parameters
    ----------
    rows : ndarray of shape (n_rows,), int
        Row numbers into the data.
    batch_size : int
        Rows in a batch; the last of an epoch may have fewer.
    make_batch : callable
        ``make_batch(rows, rng)`` returns what ``keras.Model.fit`` takes for a batch:
        a tuple of inputs, and targets where there are any.
    seed : int
        Decides the order, and `rng`, together with the epoch and the batch.
    shuffle : bool, default=True
        Whether rows come in a new order each epoch.

    Attributes
    ----------
    epoch : int
        Set by `train` before each epoch.
    """

    def __init__(
        self,
        rows: np.ndarray,
        batch_size: int,
        make_batch: Callable[[np.ndarray, np.random.Generator], Any],
        seed: int,
        *,
        shuffle: bool = True,
    ) -> None:
        super().__init__()
        self.rows = rows
        self.batch_size = batch_size
        self.make_batch: Any = make_batch
        self.seed = seed
        self.shuffle = shuffle
        self.epoch = 0
        self._order: tuple = None, rows  # the epoch it belongs to, and the rows in that order

    def __len__(self) -> int:
        return -(-len(self.rows) // self.batch_size)

    def __getitem__(self, index: int) -> Any:
        if self.shuffle and self._order[0] != self.epoch:
            self._order = (
                self.epoch,
                make_rng(self.seed, Stream.ORDER, self.epoch).permutation(self.rows),
            )
        rows = self._order[1][index * self.batch_size : (index + 1) * self.batch_size]
        return self.make_batch(rows, make_rng(self.seed, Stream.BATCH, self.epoch, index))

    def release(self) -> None:
        """Let the data go: TensorFlow keeps what it has read from until the process ends."""
        self.make_batch = None
