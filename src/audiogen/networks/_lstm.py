"""The sequencer's model: recurrent layers that predict the frames to come."""

import math

import keras
from keras import layers, ops

from audiogen.networks._seeds import Initializers

__all__ = ["FrameSequencer", "LargeInputLSTM", "build_sequencer"]


@keras.saving.register_keras_serializable("audiogen")
class FrameSequencer(keras.Model):
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

    def __init__(self, network, error_scale=None, **kwargs):
        super().__init__(**kwargs)
        self.network = network
        self.error_scale = error_scale
        if error_scale is None:
            self.mae_metric = keras.metrics.Mean(name="mae")
        self.built = True

    def call(self, inputs, training=None):
        """Predict the frames after those given."""
        return self.network(list(inputs), training=training)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """Return the mean squared error of a frame's numbers."""
        if self.error_scale is None:
            self.mae_metric.update_state(ops.abs(y - y_pred))
            return ops.mean(ops.square(y - y_pred))
        squares = ops.sum(ops.square(y[..., :-1] - y_pred), axis=-1) + ops.square(y[..., -1])
        return self.error_scale * ops.mean(squares)

    def get_config(self):
        """Return what `from_config` needs."""
        return {
            "network": keras.saving.serialize_keras_object(self.network),
            "error_scale": self.error_scale,
        }

    @classmethod
    def from_config(cls, config):
        """Build the model from what `get_config` returned."""
        config = dict(config)
        network = keras.saving.deserialize_keras_object(config["network"], safe_mode=True)
        return cls(network, config["error_scale"])


@keras.saving.register_keras_serializable("audiogen")
class _ProjectedCell(layers.LSTMCell):
    """One step of an LSTM whose input has been multiplied with the kernel already."""

    def call(self, inputs, states, training=False):
        hidden, carry = states
        gates = inputs + ops.matmul(hidden, self.recurrent_kernel) + self.bias
        write, keep, new, show = ops.split(gates, 4, axis=1)
        carry = ops.sigmoid(keep) * carry + ops.sigmoid(write) * ops.tanh(new)
        hidden = ops.sigmoid(show) * ops.tanh(carry)
        return hidden, [hidden, carry]


@keras.saving.register_keras_serializable("audiogen")
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

    def inner_loop(self, sequences, initial_state, mask, training=False):
        """Multiply with the kernel, then go through the time steps."""
        _, length, size = sequences.shape
        projected = ops.matmul(ops.reshape(sequences, (-1, size)), self.cell.kernel)
        projected = ops.reshape(projected, (-1, length, projected.shape[-1]))
        return super().inner_loop(projected, initial_state, mask, training=training)


def build_sequencer(frame_shape, *, length, horizon, units, n_layers, dropout, error_scale, seed):
    """Build a network that predicts frames from those before them.

    Flattened frames pass through bidirectional LSTMs [1]_ with dropout after each; the
    last state of both directions, through a dense layer, makes the frames.

    Parameters
    ----------
    frame_shape : tuple of int
        The shape of one frame, () for scalars.
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

    Returns
    -------
    model : FrameSequencer

    References
    ----------
    .. [1] S. Hochreiter, J. Schmidhuber, "Long Short-Term Memory", Neural Computation 9,
       1997; M. Schuster, K. K. Paliwal, "Bidirectional Recurrent Neural Networks", IEEE
       Transactions on Signal Processing 45, 1997.
    """
    initializers = Initializers(seed)
    frames = keras.Input((length, *frame_shape), name="frames")
    # This is TimeDistributed(Flatten()), which would copy all frames three times.
    hidden = layers.Reshape((length, math.prod(frame_shape)), name="flatten")(frames)
    for i in range(n_layers):
        make = _lstm if i else _large_input_lstm
        options = {"return_sequences": i < n_layers - 1}
        # Left to itself, Bidirectional gives both directions the same seeds.
        hidden = layers.Bidirectional(
            make(units, initializers, **options),
            backward_layer=make(units, initializers, go_backwards=True, **options),
        )(hidden)
        hidden = layers.Dropout(dropout, seed=initializers.seed())(hidden)
    out = layers.Dense(horizon * math.prod(frame_shape), kernel_initializer=initializers.glorot())(
        hidden
    )
    out = layers.Reshape((horizon, *frame_shape))(out)
    return FrameSequencer(keras.Model([frames], out), error_scale)


def _lstm(units, initializers, **options):
    return layers.LSTM(units, **_initial(initializers), **options)


def _large_input_lstm(units, initializers, **options):
    return LargeInputLSTM(_ProjectedCell(units, **_initial(initializers)), **options)


def _initial(initializers):
    return {
        "kernel_initializer": initializers.glorot(),
        "recurrent_initializer": keras.initializers.Orthogonal(seed=initializers.seed()),
        "seed": initializers.seed(),
    }
