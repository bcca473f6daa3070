"""The groove composer's model: which drums are hit at a step, how hard and when."""

from typing import Any

import keras
import numpy as np
from keras import layers, ops

from audiogen.networks._layers import LayerFactory
from audiogen.networks._model import LossModel
from audiogen.networks._seeds import Initializers

__all__ = ["DrumByDrum", "GrooveModel", "build_groove"]

_RARE = -2.0  # log odds of a hit before anything is learnt


class DrumByDrum(layers.Layer):
    """Logits of each drum of a step, from what is known of the step and of the drums before it.

    Each drum has hidden units of its own, which see the hidden units of the step and, by a kernel
    that is masked [1]_, the values of the drums that come before.

    Parameters
    ----------
    width : int
        Hidden units of each drum.
    n_outputs : int
        Logits of each drum.
    start : float
        What the logits are before anything is learnt.
    initializers : Initializers
        Where seeds come from.
    **parameters : dict
        Parameters of ``keras.layers.Layer``.

    References
    ----------
    .. [1] M. Germain et al., "MADE: Masked Autoencoder for Distribution Estimation", ICML 2015.
    """

    def __init__(
        self,
        width: int,
        n_outputs: int,
        start: float,
        initializers: Initializers,
        **parameters: Any,
    ) -> None:
        super().__init__(**parameters)
        self.width, self.n_outputs, self.start = width, n_outputs, start
        self.initializers = initializers

    def build(self, shapes: Any) -> None:
        """Make the weights: of the step, of the drums before, their bias, of the outputs."""
        (*_, n_hidden), (*_, n_drums, n_values) = shapes
        self.drum_shape = (n_drums, self.width)
        n_units = n_drums * self.width
        made = self.initializers
        zeros = keras.initializers.Zeros()
        outputs = keras.initializers.RandomNormal(stddev=self.width**-0.5, seed=made.seed())
        self.of_step = self.add_weight((n_hidden, n_units), made.he(), name="step")
        self.of_drums = self.add_weight((n_drums * n_values, n_units), made.glorot(), name="drums")
        self.bias = self.add_weight((n_units,), zeros, name="bias")
        self.of_outputs = self.add_weight(
            (n_drums, self.width, self.n_outputs), outputs, name="outputs"
        )
        start = keras.initializers.Constant(self.start)
        self.start_bias = self.add_weight((n_drums, self.n_outputs), start, name="start")
        before = np.tri(n_drums, k=-1, dtype=np.float32).T  # from a drum to those after it
        self.mask = np.kron(before, np.ones((n_values, self.width), dtype=np.float32))

    def compute_output_shape(self, shapes: Any) -> tuple:
        """Return the shape of the logits."""
        return (*shapes[1][:-1], self.n_outputs)

    def call(self, inputs: Any) -> Any:
        """Return the logits (batch, n_steps, n_drums, n_outputs)."""
        hidden, drums = inputs
        flat = ops.reshape(drums, (*ops.shape(drums)[:2], -1))
        units = ops.matmul(hidden, self.of_step) + self.bias
        units = units + ops.matmul(flat, self.of_drums * self.mask)
        units = ops.reshape(ops.relu(units), (*ops.shape(units)[:2], *self.drum_shape))
        return ops.einsum("btdw,dwo->btdo", units, self.of_outputs) + self.start_bias


class GrooveModel(LossModel):
    """Predict hits, and the velocities and offsets of those that there are.

    Parameters
    ----------
    hits : keras.Model
        From the contexts of steps, and the hits, to log odds of hits.
    touch : keras.Model
        From the contexts of steps, and velocities and offsets, to logits of their classes.
    n_levels : int
        Classes of velocity; those of offsets follow.
    """

    def __init__(self, hits: keras.Model, touch: keras.Model, n_levels: int) -> None:
        super().__init__("groove", "hits")
        self.hits, self.touch, self.n_levels = hits, touch, n_levels

    @property
    def networks(self) -> dict[str, keras.Model]:
        """Both networks, by their names."""
        return {"hits": self.hits, "touch": self.touch}

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        """Return log odds of hits, and logits of velocities and offsets."""
        context, around, hits, touch, *condition = inputs
        odds = self.hits([context, hits, *condition], training=training)
        logits = self.touch([around, touch, *condition], training=training)
        return odds, logits

    def figures_of(self, x: Any, y: Any, y_pred: Any, training: bool) -> dict[str, Any]:
        """Return the nats of a pattern: of its hits, then of their velocities and offsets."""
        hits, classes = y
        odds, logits = y_pred
        hit = ops.cast(hits, "float32")
        nats = ops.softplus(odds[..., 0]) - hit * odds[..., 0]
        of_hits = ops.mean(ops.sum(nats, axis=(1, 2)))
        levels, offsets = logits[..., : self.n_levels], logits[..., self.n_levels :]
        wrong = keras.losses.sparse_categorical_crossentropy
        touch = wrong(classes[..., 0], levels, from_logits=True)
        touch = touch + wrong(classes[..., 1], offsets, from_logits=True)
        loss = of_hits + ops.mean(ops.sum(hit * touch, axis=(1, 2)))
        return {"loss": loss, "hits": of_hits}


def build_groove(
    n_steps: int,
    n_drums: int,
    *,
    n_context: int,
    n_around: int,
    n_levels: int,
    n_offsets: int,
    units: int,
    width: int,
    dropout: float,
    condition_width: int,
    seed: int,
    precision: str = "float32",
) -> GrooveModel:
    """Build the two networks of a groove.

    Each sees the context of a step through two dense layers with dropout, then goes drum by
    drum.

    Parameters
    ----------
    n_steps, n_drums : int
        Shape of a pattern.
    n_context, n_around : int
        Numbers that describe the context of a step, for its hits and for their touch.
    n_levels, n_offsets : int
        Classes of velocity and of offset.
    units : int
        Units of each dense layer; for the touch, half as many.
    width : int
        Hidden units of each drum.
    dropout : float
        Share of the dense layers' outputs that is dropped while training.
    condition_width : int
        Numbers that encode a condition; 0 for none.
    seed : int
        Decides initial weights and dropout.
    precision : {"float32", "mixed_bfloat16"}, default="float32"
        What layers compute in; weights and outputs are float32.

    Returns
    -------
    model : GrooveModel
    """
    initializers = Initializers(seed)
    parts = []
    for name, n_inputs, size, n_values, n_outputs, start in (
        ("hits", n_context, units, 1, 1, _RARE),
        ("touch", n_around, max(units // 2, 1), 2, n_levels + n_offsets, 0.0),
    ):
        factory = LayerFactory(initializers, precision, dropout=dropout)
        context = factory.input((n_steps, n_inputs), "context")
        drums = factory.input((n_steps, n_drums, n_values), "drums")
        inputs, joined = [context, drums], context
        if condition_width:
            condition = factory.input((condition_width,), "condition")
            repeated = factory.make(layers.RepeatVector, n_steps)(condition)
            inputs, joined = [*inputs, condition], factory.joined(context, repeated)
        hidden = factory.dropped(factory.hidden(layers.Dense, joined, size, name="dense_0"))
        deeper = factory.hidden(layers.Dense, hidden, size, name="dense_1")
        hidden = factory.dropped(factory.make(layers.Add)([hidden, deeper]))
        out = factory.make(
            DrumByDrum, width, n_outputs, start, initializers, name="drum_by_drum", exact=True
        )([hidden, drums])
        parts.append(factory.network(inputs, out, name))
    hits, touch = parts
    return GrooveModel(hits, touch, n_levels)
