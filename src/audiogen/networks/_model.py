"""What models that are trained on one loss have in common."""

from abc import abstractmethod
from typing import Any

import keras
from keras import ops

__all__ = ["LossModel"]


class LossModel(keras.Model):
    """Base of the models that are trained on one loss.

    Parameters
    ----------
    name : str
        Name of the model.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name=name, dtype="float32")
        # Keras tracks the loss as well, but in the user's floatx: a later metric replaces it.
        self.loss_metric = keras.metrics.Mean(name="loss", dtype="float32")
        self.built = True

    @abstractmethod
    def loss_of(self, x: Any, y: Any, y_pred: Any, training: bool) -> Any:
        """Return the mean loss of a batch."""

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """Return the mean loss of a batch, and take it into that of the epoch."""
        loss = self.loss_of(x, y, y_pred, training)
        first = y_pred[0] if isinstance(y_pred, list | tuple) else y_pred
        self.loss_metric.update_state(loss, sample_weight=ops.shape(first)[0])
        return loss
