"""The sequencer's model: recurrent layers that predict the frames to come."""

import math
from collections.abc import Sequence
from typing import Any

import keras
from keras import layers, ops

from audiogen.networks._layers import LayerFactory
from audiogen.networks._model import LossModel
from audiogen.networks._seeds import Initializers

__all__ = ["BidirectionalLSTM", "FrameSequencer", "LargeInputLSTM", "build_sequencer"]

_MOST_WRITTEN_OUT = 16  # time steps: a loop in the graph takes longer, but is built at once


class FrameSequencer(LossModel):
    """Predict frames; trained on the mean squared error of their numbers.

    Parameters
    ----------
    network : keras.Model
        From (batch, length, *frame_shape) to (batch, horizon, *frame_shape).
    error_scale : float or None, default=None
        None for frames themselves: the mean absolute error is watched as well. For
        components of frames, what the sum of a frame's squared errors is multiplied
        with to be their mean over the numbers of the frame. Targets have one more number
        then, the length of what the components leave out: an error that no prediction
        can avoid, so that losses can be compared whatever the components.
    """

    def __init__(self, network: keras.Model, error_scale: float | None = None) -> None:
        super().__init__("sequencer", *(["mae"] if error_scale is None else []))
        self.network = network
        self.error_scale = error_scale

    @property
    def networks(self) -> dict[str, keras.Model]:
        """The network, by its name."""
        return {"network": self.network}

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        """Predict the frames after those given."""
        return self.network(list(inputs), training=training)

    def figures_of(self, x: Any, y: Any, y_pred: Any, training: bool) -> dict[str, Any]:
        """Return the mean squared error of a frame's numbers."""
        y = ops.cast(y, "float32")
        if self.error_scale is None:
            errors = y - y_pred
            return {"loss": ops.mean(ops.square(errors)), "mae": ops.mean(ops.abs(errors))}
        squares = ops.sum(ops.square(y[..., :-1] - y_pred), axis=-1) + ops.square(y[..., -1])
        return {"loss": self.error_scale * ops.mean(squares)}


class _ProjectedCell(layers.LSTMCell):
    """One step of an LSTM whose input has been multiplied with the kernel already."""

    def call(self, inputs: Any, states: Any, training: bool = False) -> Any:
        hidden, carry = states
        gates = inputs + ops.matmul(hidden, self.recurrent_kernel) + self.bias
        write, keep, new, show = ops.split(gates, 4, axis=1)
        carry = ops.sigmoid(keep) * carry + ops.sigmoid(write) * ops.tanh(new)
        hidden = ops.sigmoid(show) * ops.tanh(carry)
        return hidden, [hidden, carry]


class LargeInputLSTM(layers.RNN):
    """An LSTM, the same function of the same weights as Keras' own, for large inputs.

    It multiplies all time steps with the kernel in one product. Keras does so one by one,
    and copies the sequence a few times on the way, which for 262,144 inputs takes
    longer and almost a gigabyte more.

    Parameters
    ----------
    cell : keras.layers.LSTMCell
        Whose step leaves the kernel out.
    **kwargs : dict
        Parameters of ``keras.layers.RNN``.
    """

    def inner_loop(
        self, sequences: Any, initial_state: Any, mask: Any, training: bool = False
    ) -> Any:
        """Multiply with the kernel, then go through the time steps."""
        _, length, size = sequences.shape
        projected = ops.matmul(ops.reshape(sequences, (-1, size)), self.cell.kernel)
        projected = ops.reshape(projected, (-1, length, projected.shape[-1]))
        return super().inner_loop(projected, initial_state, mask, training=training)


class BidirectionalLSTM(layers.Layer):
    """Two LSTMs, one of which reads the sequence from its end [1]_; their outputs, joined.

    Keras' own ``Bidirectional`` builds its layers from their configurations.

    Parameters
    ----------
    forward_layer, backward_layer : keras.layers.RNN
        The second with ``go_backwards=True``.
    **parameters : dict
        Parameters of ``keras.layers.Layer``.

    References
    ----------
    .. [1] M. Schuster, K. K. Paliwal, "Bidirectional Recurrent Neural Networks", IEEE
       Transactions on Signal Processing 45, 1997.
    """

    def __init__(
        self, forward_layer: layers.RNN, backward_layer: layers.RNN, **parameters: Any
    ) -> None:
        super().__init__(**parameters)
        self.forward_layer = forward_layer
        self.backward_layer = backward_layer

    def build(self, input_shape: Any) -> None:
        """Build both layers."""
        self.forward_layer.build(input_shape)
        self.backward_layer.build(input_shape)

    def compute_output_shape(self, input_shape: Any) -> tuple:
        """Return the shape of the joined outputs."""
        *first, size = self.forward_layer.compute_output_shape(input_shape)
        return (*first, 2 * size)

    def call(self, x: Any, training: bool = False) -> Any:
        """Return the joined outputs, those of each time step side by side."""
        forward = self.forward_layer(x, training=training)
        backward = self.backward_layer(x, training=training)
        if self.backward_layer.return_sequences:
            backward = ops.flip(backward, axis=1)
        return ops.concatenate([forward, backward], axis=-1)


def build_sequencer(
    frame_shape: Sequence[int],
    *,
    length: int,
    horizon: int,
    units: int,
    n_layers: int,
    dropout: float,
    error_scale: float | None,
    seed: int,
    precision: str = "float32",
) -> FrameSequencer:
    """Build a network that predicts frames from those before them.

    Flattened frames pass through bidirectional LSTMs [1]_ with dropout after each; the
    last state of both directions, through a dense layer, makes the frames.

    Parameters
    ----------
    frame_shape : tuple of int
        Shape of one frame, () for scalars.
    length : int
        Frames that are seen.
    horizon : int
        Frames that are predicted.
    units : int
        Units of each LSTM, in each direction.
    n_layers : int
        LSTMs, at least one.
    dropout : float
        Share of the outputs of each LSTM that is dropped while training.
    error_scale : float or None
        See `FrameSequencer`.
    seed : int
        Decides initial weights and dropout.
    precision : {"float32", "mixed_bfloat16"}, default="float32"
        What layers compute in; weights and outputs are float32.

    Returns
    -------
    model : FrameSequencer

    References
    ----------
    .. [1] S. Hochreiter, J. Schmidhuber, "Long Short-Term Memory", Neural Computation 9,
       1997.
    """
    factory = LayerFactory(Initializers(seed), precision)
    frame_shape, size = tuple(frame_shape), math.prod(frame_shape)
    frames = factory.input((length, *frame_shape), "frames")
    # This is TimeDistributed(Flatten()), which would copy all frames three times.
    hidden = factory.make(layers.Reshape, (length, size), name="flatten")(frames)
    for i in range(n_layers):
        several = i < n_layers - 1
        hidden = _lstm(factory, i, units, length, return_sequences=several)(hidden)
        seed = factory.initializers.seed()
        hidden = factory.make(layers.Dropout, dropout, seed=seed)(hidden)
    glorot = factory.initializers.glorot()
    out = factory.make(
        layers.Dense, horizon * size, kernel_initializer=glorot, name="out", exact=True
    )(hidden)
    out = factory.make(layers.Reshape, (horizon, *frame_shape), exact=True)(out)
    return FrameSequencer(factory.network([frames], out, "network"), error_scale)


def _lstm(
    factory: LayerFactory, i: int, units: int, length: int, *, return_sequences: bool
) -> layers.Layer:
    """Return the i-th bidirectional LSTM, of sequences of a length."""
    both = []
    for name in ("forward", "backward"):
        options = {"return_sequences": return_sequences, "go_backwards": name == "backward"}
        initial = {
            "kernel_initializer": factory.initializers.glorot(),
            "recurrent_initializer": keras.initializers.Orthogonal(
                seed=factory.initializers.seed()
            ),
            "bias_initializer": keras.initializers.Zeros(),
            "seed": factory.initializers.seed(),
        }
        name = f"{name}_{i}"
        if i:
            layer = factory.make(layers.LSTM, units, name=name, **initial, **options)
        else:
            cell = factory.make(_ProjectedCell, units, name="cell", **initial)
            unroll = length <= _MOST_WRITTEN_OUT
            layer = factory.make(LargeInputLSTM, cell, name=name, unroll=unroll, **options)
        both.append(layer)
    return factory.make(BidirectionalLSTM, *both, name=f"lstm_{i}")
