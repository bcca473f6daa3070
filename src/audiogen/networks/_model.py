"""What models that are trained on one loss have in common."""

from abc import abstractmethod
from typing import Any

import keras
from keras import ops

from audiogen.networks._means import Means

__all__ = ["LossModel"]


class LossModel(keras.Model):
    """Base of the models that are trained on one loss.

    Parameters
    ----------
    name : str
        Name of the model.
    *watched : str
        Names of the figures that are watched beside the loss.
    """

    def __init__(self, name: str, *watched: str) -> None:
        super().__init__(name=name, dtype="float32")
        self.means = Means(["loss", *watched])
        self.built = True

    @property
    def metrics(self) -> list[keras.Metric]:
        """The means of an epoch; the one that Keras makes is in the user's floatx."""
        return [self.means]

    @abstractmethod
    def figures_of(self, x: Any, y: Any, y_pred: Any, training: bool) -> dict[str, Any]:
        """Return the means of a batch: its "loss", and what is watched beside it."""

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """Return the mean loss of a batch, and take its figures into those of the epoch."""
        figures = self.figures_of(x, y, y_pred, training)
        first = y_pred[0] if isinstance(y_pred, list | tuple) else y_pred
        self.means.update_state(figures, ops.shape(first)[0])
        return figures["loss"]
