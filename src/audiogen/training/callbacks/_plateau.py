"""Stop early, and learn slower on a plateau, by one count of idle epochs."""

import math

import keras

from audiogen.training._state import optimizers

__all__ = ["Plateau"]

_FACTOR = 0.5


class Plateau(keras.callbacks.Callback):
    """Watch a loss: halve the learning rate when it idles, stop when it idles longer.

    The best weights come back at the end of training.

    Parameters
    ----------
    monitor : str
        The name of the loss to watch.
    patience : int or None
        Epochs without a new best after which training stops; None never stops.
    plateau_patience : int or None
        Epochs without a new best after which the learning rate is halved, whatever schedule
        it has, and again after as many more; None leaves it.
    start : int, default=0
        Epochs at first that are not watched.
    """

    def __init__(self, monitor, patience, plateau_patience, start=0):
        super().__init__()
        self.monitor = monitor
        self.patience = patience
        self.plateau_patience = plateau_patience
        self.start = start
        self.best = math.inf
        self.idle = 0
        self.best_weights: list = []
        self.stopped = False

    def on_epoch_end(self, epoch, logs=None):
        """Count idle epochs and act on them."""
        if epoch < self.start:
            return
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

    def get_state(self):
        """Return the counts and the best weights so far."""
        return {
            "best": self.best,
            "idle": self.idle,
            "stopped": self.stopped,
            "best_weights": self.best_weights,
        }

    def set_state(self, state):
        """Take the counts and the best weights up again.

        Parameters
        ----------
        state : dict
            What `get_state` returned.
        """
        self.best, self.idle = state["best"], state["idle"]
        self.stopped, self.best_weights = state["stopped"], state["best_weights"]

    def on_train_end(self, logs=None):
        """Bring the best weights back."""
        if self.best_weights:
            self.model.set_weights(self.best_weights)
