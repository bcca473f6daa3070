"""The harmonizer's model: the melody around a slot in, the chord of the slot out."""

from typing import Any

import keras
from keras import layers, ops

from audiogen.networks._layers import LayerFactory
from audiogen.networks._model import LossModel
from audiogen.networks._seeds import Initializers

__all__ = ["HarmonyModel", "build_harmony"]


class HarmonyModel(LossModel):
    """Predict chords; trained on the negative log-likelihood of a slot's chord.

    Parameters
    ----------
    network : keras.Model
        See `build_harmony`.
    """

    def __init__(self, network: keras.Model) -> None:
        super().__init__("harmony")
        self.network = network

    @property
    def networks(self) -> dict[str, keras.Model]:
        """The network, by its name."""
        return {"network": self.network}

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        """Return the logits of chords."""
        return self.network(list(inputs), training=training)

    def figures_of(self, x: Any, y: Any, y_pred: Any, training: bool) -> dict[str, Any]:
        """Return the mean of -log p(chord)."""
        wrong = keras.losses.sparse_categorical_crossentropy
        return {"loss": ops.mean(wrong(y, ops.cast(y_pred, "float32"), from_logits=True))}


def build_harmony(
    n_seen: int,
    n_rooted: int,
    *,
    n_qualities: int,
    units: int,
    root_units: int,
    dropout: float,
    seed: int,
    precision: str = "float32",
) -> HarmonyModel:
    """Build a network that tells which chord a slot has.

    Two hidden layers say so together, their logits added. One sees the melody above the tonic;
    the other sees it above each of the twelve roots, with the same weights for all, and so learns
    what a chord's notes are once.

    Parameters
    ----------
    n_seen, n_rooted : int
        Numbers seen by the one, and by the other of each root.
    n_qualities : int
        Chords of a root.
    units, root_units : int
        Units of the two layers.
    dropout : float
        Share of their outputs that is dropped while training.
    seed : int
        Decides initial weights and dropout.
    precision : {"float32", "mixed_bfloat16"}, default="float32"
        What layers compute in; weights and outputs are float32.

    Returns
    -------
    model : HarmonyModel
        Its network has the inputs (batch, n_seen) and (batch, 12, n_rooted), and the output
        (batch, 12 * n_qualities).
    """
    factory = LayerFactory(Initializers(seed), precision, dropout=dropout)
    seen, rooted = factory.input((n_seen,), "seen"), factory.input((12, n_rooted), "rooted")
    of_key = factory.dropped(factory.hidden(layers.Dense, seen, units, name="key_units"))
    of_root = factory.dropped(factory.hidden(layers.Dense, rooted, root_units, name="root_units"))
    glorot = factory.initializers.glorot
    own = {"kernel_initializer": glorot(), "name": "key_logits", "exact": True}
    turned = {"kernel_initializer": glorot(), "name": "root_logits", "exact": True}
    key_logits = factory.make(layers.Dense, 12 * n_qualities, **own)(of_key)
    root_logits = factory.make(layers.Dense, n_qualities, **turned)(of_root)
    root_logits = factory.make(layers.Reshape, (12 * n_qualities,), exact=True)(root_logits)
    logits = factory.make(layers.Add, exact=True)([key_logits, root_logits])
    return HarmonyModel(factory.network([seen, rooted], logits, "network"))
