"""The training loop."""

import math
import warnings
from collections.abc import Sequence
from typing import Any

from sklearn.exceptions import ConvergenceWarning

from audiogen.networks import keras
from audiogen.training._batches import Batches
from audiogen.training._steps import fit
from audiogen.utils.progress import Progress

__all__ = ["compile_model", "train"]


def compile_model(model: Any, optimizer: Any, *further: Any) -> None:
    """Make a model ready to be trained.

    Parameters
    ----------
    model : keras.Model
        Its ``compute_loss`` or ``train_step`` knows the loss.
    optimizer : keras.Optimizer
        What trains it.
    *further : keras.Optimizer
        The second optimizer of a model whose ``compile`` takes a
        ``discriminator_optimizer``.
    """
    second = {"discriminator_optimizer": further[0]} if further else {}
    # Under TensorFlow XLA makes CPUs slower; JAX without it runs operation by operation.
    compiled = keras.backend.backend() == "jax"
    model.compile(optimizer=optimizer, jit_compile=compiled, **second)
    if not further:  # two are built by the model, each for its own variables
        # Built within the first step, as Keras would, its variables leave graphs in memory.
        optimizer.build(model.trainable_variables)


def train(
    model: Any,
    batches: Batches,
    *,
    history: dict[str, list[float]],
    last_epoch: int,
    validation: Batches | None = None,
    callbacks: Sequence[Any] = (),
    verbose: int = 0,
) -> None:
    """Train a compiled model.

    Parameters
    ----------
    model : keras.Model
        Compiled.
    batches : Batches
        What it learns from; afterwards they have let go of the data.
    history : dict of str to list of float
        The losses of the epochs so far; one value for each new one is appended.
    last_epoch : int
        Epochs in all, those so far included: the batches of the next follow from it.
    validation : Batches, default=None
        What its validation losses are measured on.
    callbacks : sequence of keras.callbacks.Callback
        Further callbacks; one may have stopped training already, by its attribute
        ``stopped``.
    verbose : int, default=0
        0 is silent.

    Warns
    -----
    ConvergenceWarning
        When Ctrl-C ended training, or losses became NaN.
    """
    first_epoch = max(map(len, history.values()), default=0)
    if first_epoch >= last_epoch or any(getattr(c, "stopped", False) for c in callbacks):
        for callback in callbacks:
            callback.set_model(model)
            callback.on_train_end()
        return
    with Progress(last_epoch - first_epoch, "epochs", verbose) as progress:
        watcher = _Watcher(batches, history, progress)
        try:
            _fit(
                model,
                batches,
                initial_epoch=first_epoch,
                epochs=last_epoch,
                validation_data=validation,
                callbacks=[watcher, *callbacks],
            )
        except KeyboardInterrupt:
            warnings.warn(
                f"Training was interrupted after {progress.done} of {progress.total} epochs; "
                "the model is usable as it is.",
                ConvergenceWarning,
                stacklevel=2,
            )
            for callback in callbacks:  # Keras leaves this out then
                callback.on_train_end()
        finally:
            for read in (batches, validation):
                if read is not None:
                    read.release()


def _fit(model: Any, batches: Batches, **arguments: Any) -> None:
    """Go through epochs in the way that is fast on the backend."""
    if keras.backend.backend() == "tensorflow" and not model.run_eagerly:
        fit(model, batches, **arguments)
        return
    # Keras would shuffle with Python's global random.
    model.fit(batches, shuffle=False, verbose=0, **arguments)


class _Watcher(keras.callbacks.Callback):
    """Tell the batches their epoch, keep the losses, show progress, stop at NaN."""

    def __init__(
        self, batches: Batches, history: dict[str, list[float]], progress: Progress
    ) -> None:
        super().__init__()
        self.batches = batches
        self.history = history
        self.progress = progress

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.batches.epoch = epoch

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        logs = {name: float(value) for name, value in (logs or {}).items()}
        for name, value in logs.items():
            self.history.setdefault(name, []).append(value)
        self.progress.step(**logs)
        if any(math.isnan(value) for value in logs.values()):
            self.model.stop_training = True
            warnings.warn(
                f"A loss became NaN in epoch {epoch + 1} and training stopped. "
                "Lower learning_rate, or look for extreme values in X.",
                ConvergenceWarning,
                stacklevel=2,
            )
