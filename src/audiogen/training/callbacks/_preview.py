"""Hear, or see, what a model makes while it is being trained."""

import keras

__all__ = ["Preview"]


class Preview(keras.callbacks.Callback):
    """Call a function after every so many epochs.

    Parameters
    ----------
    show : callable
        ``show(epoch)``, with the number of epochs trained.
    every : int
        Epochs from one call to the next.
    """

    def __init__(self, show, every):
        super().__init__()
        self.show = show
        self.every = every

    def on_epoch_end(self, epoch, logs=None):
        """Call the function where it is due."""
        if (epoch + 1) % self.every == 0:
            self.show(epoch + 1)
