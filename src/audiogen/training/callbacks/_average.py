"""Averaged weights: sampling and validation use them, training continues from its own."""

from typing import Any

from audiogen.networks import keras

__all__ = ["Average"]


class Average(keras.callbacks.Callback):
    """Have the averaged weights in the model whenever it is not being trained.

    A `ScalableAdam` with `use_ema` keeps the running average; it and the weights change
    places. Between epochs and after training the model holds the average, so that what
    is sampled, validated, kept as best and saved is the average; the optimizer holds the
    weights then, from which training goes on.
    """

    def __init__(self) -> None:
        super().__init__()
        self._in_model = True

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Train the weights themselves; before the first step there is no average."""
        self._in_model = self._in_model and int(self.model.optimizer.iterations) > 0
        self._bring(average=False)

    def on_epoch_end(self, epoch: int | None = None, logs: Any = None) -> None:
        """Bring the average in."""
        self._bring(average=True)

    def on_test_begin(self, logs: Any = None) -> None:
        """Validate the average."""
        self._bring(average=True)

    def on_test_end(self, logs: Any = None) -> None:
        """Go on with the weights themselves."""
        self._bring(average=False)

    def on_train_end(self, logs: Any = None) -> None:
        """Bring the average in where training was cut off within an epoch."""
        self._bring(average=True)

    def _bring(self, *, average: bool) -> None:
        if self._in_model != average:
            self.model.optimizer.exchange_average()
            self._in_model = average
