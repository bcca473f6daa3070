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
        # In place of the one that Keras makes in the user's floatx.
        self.loss_metric = keras.metrics.Mean(name="loss", dtype="float32")
        self.built = True

    @property
    def metrics(self) -> list[keras.Metric]:
        """The metrics of an epoch, the mean loss among them."""
        others = [metric for metric in super().metrics if metric.name != "loss"]
        return [self.loss_metric, *others]

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
