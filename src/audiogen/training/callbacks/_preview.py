"""Hear, or see, what an estimator makes while it is being trained."""

from collections.abc import Callable
from typing import Any

from audiogen.networks import keras

__all__ = ["Preview"]


class Preview(keras.callbacks.Callback):
    """Call a function with samples after every so many epochs.

    Parameters
    ----------
    function : callable
        Called as ``function(samples, y, epoch)``, with the number of epochs trained. The
        samples are drawn with the same seed each time, so that they differ only by what was
        learnt; `y` holds their conditions, or is None without any.
    every : int, default=10
        Epochs from one call to the next.
    n_samples : int, default=4
        How many samples.

    Examples
    --------
    >>> from audiogen.generators import ConditionalVAE
    >>> from audiogen.training.callbacks import Preview
    >>> seen = []
    >>> preview = Preview(lambda samples, y, epoch: seen.append((epoch, samples.shape)), every=2)
    >>> X = [[0.0, 2.0], [1.0, 3.0], [4.0, 4.0], [5.0, 5.0]]
    >>> vae = ConditionalVAE(latent_dim=1, units=(8,), epochs=2, random_state=0)
    >>> seen if vae.fit(X, callbacks=[preview]) else None
    [(2, (4, 2))]
    """

    def __init__(
        self, function: Callable[[Any, Any, int], Any], every: int = 10, n_samples: int = 4
    ) -> None:
        super().__init__()
        self.function: Any = function
        self.every = every
        self.n_samples = n_samples
        self._fit: Any = None

    def set_fit(self, estimator: Any, data: Any) -> None:
        """Take the estimator that is trained, and what it is trained on.

        Parameters
        ----------
        estimator : estimator
            A generator.
        data : FitData
            Its data.
        """
        self._fit = estimator, data

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Call the function where it is due."""
        if (epoch + 1) % self.every == 0:
            estimator, data = self._fit
            self.function(*estimator._samples_so_far(data, self.n_samples), epoch + 1)

    def on_train_end(self, logs: Any = None) -> None:
        """Let the estimator and the data go."""
        self._fit = None
