"""The WaveNet autoencoder's model: causal encoder, bottleneck, causal decoder."""

import keras
from keras import layers, ops

from audiogen.networks._seeds import Initializers
from audiogen.networks._spectral_loss import spectral_loss

__all__ = ["WaveNetModel", "build_wavenet"]

_BATCH_NORM_MOMENTUM = 0.9  # small data: Keras' 0.99 needs hundreds of steps to settle


@keras.saving.register_keras_serializable("audiogen")
class WaveNetModel(keras.Model):
    """Encoder and decoder of sequences, and the loss between them.

    Parameters
    ----------
    encoder : keras.Model
        Input x (batch, n_steps, n_channels), output codes.
    decoder : keras.Model
        Inputs [codes] or [codes, condition] with x as output; or [previous, codes] or
        [previous, codes, condition] with the logits of levels as output.
    loss : {"mae", "spectral", "levels"}
        Mean absolute error, `spectral_loss`, or the cross-entropy of levels, which are
        the targets then.
    n_steps : int
        How many time steps count; those after them are padding.
    """

    def __init__(self, encoder, decoder, loss, n_steps, **kwargs):
        super().__init__(**kwargs)
        self.encoder = encoder
        self.decoder = decoder
        self.loss_name = loss
        self.n_steps = n_steps
        self.built = True

    def call(self, inputs, training=None):
        """Encode x and decode it; inputs are [x, ...] or [x, previous, ...]."""
        x, *others = map(ops.convert_to_tensor, inputs)
        codes = self.encoder([x], training=training)
        given = [codes, *others]
        if self.loss_name == "levels":
            given[:2] = given[1::-1]  # previous comes first
        return self.decoder(given, training=training)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """Return the loss of what was decoded."""
        found = ops.cast(y_pred[:, : self.n_steps], "float32")
        if self.loss_name == "levels":
            levels = y[:, : self.n_steps]
            losses = keras.losses.sparse_categorical_crossentropy(levels, found, from_logits=True)
            return ops.mean(losses)
        wanted = ops.cast(x[0][:, : self.n_steps], "float32")
        if self.loss_name == "spectral":
            return spectral_loss(wanted[:, :, 0], found[:, :, 0])
        return ops.mean(ops.abs(wanted - found))

    def get_config(self):
        """Return what `from_config` needs."""
        return {
            "encoder": keras.saving.serialize_keras_object(self.encoder),
            "decoder": keras.saving.serialize_keras_object(self.decoder),
            "loss": self.loss_name,
            "n_steps": self.n_steps,
        }

    @classmethod
    def from_config(cls, config):
        """Build the model from what `get_config` returned."""
        config = dict(config)
        for name in ("encoder", "decoder"):
            config[name] = keras.saving.deserialize_keras_object(config[name], safe_mode=True)
        return cls(**config)


def build_wavenet(
    n_steps,
    n_channels,
    condition_width,
    *,
    filters,
    kernel_size,
    dilations,
    dropout,
    code_channels,
    downsampling,
    n_levels,
    loss,
    seed,
):
    """Build a WaveNet autoencoder.

    Parameters
    ----------
    n_steps : int
        Time steps that count in the loss.
    n_channels : int
        Numbers in a time step.
    condition_width : int
        Numbers that encode a condition; 0 for none.
    filters, kernel_size : int
        Of the causal convolutions.
    dilations : sequence of int
        One residual block each, in encoder and decoder.
    dropout : float
        Share of numbers set to zero in training.
    code_channels : int
        Numbers in a code.
    downsampling : int
        Time steps that have one code together.
    n_levels : int or None
        Mu-law levels that an autoregressive decoder chooses from; None for a decoder
        that gives x at once.
    loss : {"mae", "spectral"}
        The loss of a decoder that gives x at once.
    seed : int
        Decides initial weights and dropout.

    Returns
    -------
    model : WaveNetModel
    """
    blocks = {
        "filters": filters,
        "kernel_size": kernel_size,
        "dilations": dilations,
        "dropout": dropout,
        "initializers": Initializers(seed),
    }
    encoder = _encoder(n_channels, code_channels, downsampling, **blocks)
    decoder = _decoder(
        n_channels, code_channels, downsampling, condition_width, n_levels=n_levels, **blocks
    )
    return WaveNetModel(encoder, decoder, loss if n_levels is None else "levels", n_steps)


def _encoder(n_channels, code_channels, downsampling, **blocks):
    x = keras.Input((None, n_channels), name="x")
    hidden = _causal_stack(x, None, **blocks)
    codes = layers.Conv1D(
        code_channels,
        downsampling,
        strides=downsampling,
        kernel_initializer=blocks["initializers"].glorot(),
        name="bottleneck",
    )(hidden)
    return keras.Model([x], codes, name="encoder")


def _decoder(n_channels, code_channels, downsampling, condition_width, *, n_levels, **blocks):
    filters, initializers = blocks["filters"], blocks["initializers"]
    codes = keras.Input((None, code_channels), name="codes")
    inputs = [codes]
    context = layers.Conv1D(
        filters, 1, kernel_initializer=initializers.glorot(), name="from_codes"
    )(codes)
    if condition_width:
        condition = keras.Input((condition_width,), name="condition")
        inputs.append(condition)
        own = layers.Dense(
            filters, kernel_initializer=initializers.glorot(), name="from_condition"
        )(condition)
        context = layers.Add()([context, layers.Reshape((1, filters))(own)])
    context = layers.UpSampling1D(downsampling, name="upsampling")(context)
    if n_levels is None:
        hidden = _causal_stack(context, None, **blocks)
    else:
        previous = keras.Input((None, 1), name="previous")
        inputs.insert(0, previous)
        hidden = _causal_stack(previous, context, **blocks)
    hidden = layers.Conv1D(
        filters, 1, activation="relu", kernel_initializer=initializers.he(), name="hidden"
    )(hidden)
    out = layers.Conv1D(
        n_levels or n_channels, 1, kernel_initializer=initializers.glorot(), name="output"
    )(hidden)
    return keras.Model(inputs, out, name="decoder")


def _causal_stack(x, context, *, filters, kernel_size, dilations, dropout, initializers):
    """Pass a sequence through a causal convolution and dilated residual blocks.

    What comes out is the sum of the blocks' skip connections, after ReLU. `context`, of
    as many time steps, or None, is added in each block before its ReLU.
    """

    def conv(n, initializer, name, **parameters):
        return layers.Conv1D(n, name=name, kernel_initializer=initializer, **parameters)

    causal = {"kernel_size": kernel_size, "padding": "causal"}
    hidden = conv(filters, initializers.glorot(), "entry", **causal)(x)
    skips = []
    for i, dilation in enumerate(dilations):
        inner = conv(filters, initializers.he(), f"dilated_{i}", dilation_rate=dilation, **causal)(
            hidden
        )
        if context is not None:
            own = conv(filters, initializers.he(), f"context_{i}", kernel_size=1)(context)
            inner = layers.Add()([inner, own])
        inner = layers.ReLU()(inner)
        inner = layers.BatchNormalization(momentum=_BATCH_NORM_MOMENTUM, name=f"norm_{i}")(inner)
        inner = layers.Dropout(dropout, seed=initializers.seed())(inner)
        skips.append(conv(filters, initializers.glorot(), f"skip_{i}", kernel_size=1)(inner))
        if i < len(dilations) - 1:  # nothing would read the last one's
            residual = conv(filters, initializers.glorot(), f"residual_{i}", kernel_size=1)(inner)
            hidden = layers.Add()([hidden, residual])
    total = layers.Add()(skips) if len(skips) > 1 else skips[0]
    return layers.ReLU(name="skips")(total)
