"""The classifier of notes: what is heard of a note in, the logits of its labels out."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import layers, ops

from audiogen.networks._layers import LayerFactory
from audiogen.networks._model import LossModel
from audiogen.networks._seeds import Initializers

__all__ = ["NoteClassifierModel", "build_classifier"]


class NoteClassifierModel(LossModel):
    """Predict labels; trained on the sum of their negative log-likelihoods.

    Parameters
    ----------
    network : keras.Model
        See `build_classifier`.
    pitch_label : int or None
        Which label is the pitch, of which the network has one output more.
    """

    def __init__(self, network: keras.Model, pitch_label: int | None) -> None:
        super().__init__("note_classifier", "accuracy")
        self.network = network
        self.pitch_label = pitch_label

    @property
    def networks(self) -> dict[str, keras.Model]:
        """The network, by its name."""
        return {"network": self.network}

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        """Return the logits of each label's classes."""
        return self.network(list(inputs), training=training)

    def figures_of(self, x: Any, y: Any, y_pred: Any, training: bool) -> dict[str, Any]:
        """Return the mean loss, and the share of notes of which every label is right."""
        labels = list(ops.unstack(y, axis=1))
        several = y_pred if isinstance(y_pred, list | tuple) else [y_pred]
        logits = [ops.cast(each, "float32") for each in several]
        judged = logits[: len(labels)]
        if self.pitch_label is not None:
            judged[self.pitch_label] = logits[-1]
            labels.append(labels[self.pitch_label])
        losses = [
            ops.mean(keras.losses.sparse_categorical_crossentropy(true, told, from_logits=True))
            for true, told in zip(labels, logits, strict=True)
        ]
        right = [
            ops.equal(ops.cast(ops.argmax(told, axis=-1), y.dtype), true)
            for true, told in zip(labels, judged, strict=False)
        ]
        return {
            "loss": sum(losses),
            "accuracy": ops.mean(ops.cast(ops.all(ops.stack(right), axis=0), "float32")),
        }


def build_classifier(
    n_seen: int,
    n_classes: Sequence[int],
    comb: tuple[int, int, int] | None,
    *,
    units: int,
    comb_units: int,
    dropout: float,
    seed: int,
    precision: str = "float32",
) -> NoteClassifierModel:
    """Build a network that tells the labels of notes.

    What is heard goes through one hidden layer, the features, and from there to the logits of
    each label. For the pitch there are second ones: a small network looks at the spectrum as
    seen from each pitch, with the same weights for all, and so learns once what a pitch is. The
    first ones make the features tell the pitch too; from few notes they learn it by heart.

    Parameters
    ----------
    n_seen : int
        Numbers heard of a note.
    n_classes : sequence of int
        Classes of each label.
    comb : tuple of int (label, n_pitches, n_teeth) or None
        Which label is the pitch, and the shape of what is seen from its classes.
    units : int
        Width of the features.
    comb_units : int
        Units of the layer that all pitches share.
    dropout : float
        Share of what is heard, and of the features, that is dropped while training.
    seed : int
        Decides initial weights and dropout.
    precision : {"float32", "mixed_bfloat16"}, default="float32"
        What layers compute in; weights and outputs are float32.

    Returns
    -------
    model : NoteClassifierModel
        Its network has the inputs (batch, n_seen) and, of a pitch, (batch, n_pitches, n_teeth);
        and for each label the output (batch, n_classes); then, of a pitch, its second logits.
    """
    factory = LayerFactory(Initializers(seed), precision, dropout=dropout)
    inputs = [factory.input((n_seen,), "seen")]
    label = salience = None
    if comb is not None:
        label, *shape = comb
        inputs.append(factory.input(shape, "combs"))
        hidden = factory.hidden(layers.Dense, inputs[1], comb_units, name="comb_units")
        salience = _logits(factory, hidden, 1, "salience")
        salience = factory.make(layers.Reshape, shape[:1], exact=True)(salience)
    heard = factory.joined(factory.dropped(inputs[0]), salience)
    features = factory.hidden(layers.Dense, heard, units, name="features")
    dropped = factory.dropped(features)
    outputs = [_logits(factory, dropped, n, f"label_{i}") for i, n in enumerate(n_classes)]
    if comb is not None:
        outputs.append(salience)
    return NoteClassifierModel(factory.network(inputs, outputs, "network"), label)


def _logits(factory: LayerFactory, hidden: Any, n: int, name: str) -> Any:
    glorot = factory.initializers.glorot()
    return factory.make(layers.Dense, n, kernel_initializer=glorot, name=name, exact=True)(hidden)
