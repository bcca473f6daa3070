"""Early stopping and a smaller learning rate on a plateau, by one count of idle epochs."""

import math
from typing import Any

from audiogen.networks import keras
from audiogen.training._state import optimizers

__all__ = ["Plateau"]

_FACTOR = 0.5


class Plateau(keras.callbacks.Callback):
    """Halve the learning rate when a loss stops falling, and stop when it goes on so.

    The best weights are restored at the end of training.

    Parameters
    ----------
    monitor : str
        Name of the loss to watch, such as "val_loss".
    patience : int or None
        Epochs without a new best after which training stops; None never stops.
    plateau_patience : int or None
        Epochs without a new best after which the learning rate is halved, whatever schedule
        it has, and again after as many more; None leaves it.
    start : int, default=0
        Number of epochs at the start that are not watched.
    """

    def __init__(
        self,
        monitor: str,
        patience: int | None,
        plateau_patience: int | None,
        start: int = 0,
    ) -> None:
        super().__init__()
        self.monitor = monitor
        self.patience = patience
        self.plateau_patience = plateau_patience
        self.start = start
        self.best = math.inf
        self.idle = 0
        self.best_weights: list = []
        self.stopped = False

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Count idle epochs and act on them."""
        if epoch < self.start:
            return
        if self.monitor not in logs:
            raise ValueError(
                f"monitor={self.monitor!r} is no figure of this training. "
                f"There are {', '.join(sorted(logs))}."
            )
        loss = float(logs[self.monitor])
        if loss < self.best:
            self.best, self.idle = loss, 0
            self.best_weights = self.model.get_weights()
            return
        self.idle += 1
        if self.plateau_patience and self.idle % self.plateau_patience == 0:
            for optimizer in optimizers(self.model):
                optimizer.scale.assign(optimizer.scale * _FACTOR)
        if self.patience and self.idle >= self.patience:
            self.stopped = self.model.stop_training = True

    def get_state(self) -> dict[str, Any]:
        """Return the counts and the best weights so far."""
        return {
            "best": self.best,
            "idle": self.idle,
            "stopped": self.stopped,
            "best_weights": self.best_weights,
        }

    def set_state(self, state: dict[str, Any]) -> None:
        """Restore the counts and the best weights.

        Parameters
        ----------
        state : dict
            What `get_state` returned.
        """
        self.best, self.idle = state["best"], state["idle"]
        self.stopped, self.best_weights = state["stopped"], state["best_weights"]

    def on_train_end(self, logs: Any = None) -> None:
        """Bring the best weights back."""
        if self.best_weights:
            self.model.set_weights(self.best_weights)
