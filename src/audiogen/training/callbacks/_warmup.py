"""A weight of the loss that grows to its full size in the first epochs."""

from typing import Any

from audiogen.networks import keras

__all__ = ["Warmup"]


class Warmup(keras.callbacks.Callback):
    """Raise a variable of the model evenly to 1, a step an epoch.

    Parameters
    ----------
    name : str
        The model's attribute that is the variable.
    n_epochs : int
        The first epoch that has 1.
    """

    def __init__(self, name: str, n_epochs: int) -> None:
        super().__init__()
        self.name = name
        self.n_epochs = n_epochs

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Set the variable for this epoch, which alone decides it."""
        getattr(self.model, self.name).assign(min(1.0, (epoch + 1) / self.n_epochs))
