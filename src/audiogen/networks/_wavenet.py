"""The WaveNet autoencoder's model: causal encoder, bottleneck, causal decoder."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import layers, ops

from audiogen.networks._layers import LayerFactory
from audiogen.networks._model import LossModel
from audiogen.networks._seeds import Initializers
from audiogen.networks._spectral_loss import spectral_loss

__all__ = ["WaveNetModel", "build_wavenet"]


class WaveNetModel(LossModel):
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

    def __init__(
        self, encoder: keras.Model, decoder: keras.Model, loss: str, n_steps: int
    ) -> None:
        super().__init__("wavenet")
        self.encoder = encoder
        self.decoder = decoder
        self.loss_name = loss
        self.n_steps = n_steps

    @property
    def networks(self) -> dict[str, keras.Model]:
        """The networks, by their names."""
        return {"encoder": self.encoder, "decoder": self.decoder}

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        """Encode x and decode it; inputs are [x, ...] or [x, previous, ...]."""
        x, *others = (ops.convert_to_tensor(values, "float32") for values in inputs)
        codes = self.encoder([x], training=training)
        given = [codes, *others]
        if self.loss_name == "levels":
            given[:2] = given[1::-1]  # previous comes first
        return self.decoder(given, training=training)

    def figures_of(self, x: Any, y: Any, y_pred: Any, training: bool) -> dict[str, Any]:
        """Return the loss of what was decoded."""
        return {"loss": self._loss_of(x, y, ops.cast(y_pred[:, : self.n_steps], "float32"))}

    def _loss_of(self, x: Any, y: Any, found: Any) -> Any:
        if self.loss_name == "levels":
            levels = y[:, : self.n_steps]
            losses = keras.losses.sparse_categorical_crossentropy(levels, found, from_logits=True)
            return ops.mean(losses)
        wanted = ops.cast(x[0][:, : self.n_steps], "float32")
        if self.loss_name == "spectral":
            return spectral_loss(wanted[:, :, 0], found[:, :, 0])
        return ops.mean(ops.abs(wanted - found))


def build_wavenet(
    n_steps: int,
    n_channels: int,
    condition_width: int,
    *,
    filters: int,
    kernel_size: int,
    dilations: Sequence[int],
    dropout: float,
    code_channels: int,
    downsampling: int,
    n_levels: int | None,
    loss: str,
    seed: int,
    precision: str = "float32",
) -> WaveNetModel:
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
    precision : {"float32", "mixed_bfloat16"}, default="float32"
        What layers compute in; weights and outputs are float32.

    Returns
    -------
    model : WaveNetModel
    """
    seeds = Initializers(seed)
    stack = {
        "filters": filters,
        "kernel_size": kernel_size,
        "dilations": tuple(dilations),
        "dropout": dropout,
    }
    encoder = _encoder(
        LayerFactory(seeds, precision), n_channels, code_channels, downsampling, **stack
    )
    decoder = _decoder(
        LayerFactory(seeds, precision),
        n_channels,
        code_channels,
        downsampling,
        condition_width,
        n_levels=n_levels,
        **stack,
    )
    return WaveNetModel(encoder, decoder, loss if n_levels is None else "levels", n_steps)


def _encoder(
    factory: LayerFactory, n_channels: int, code_channels: int, downsampling: int, **stack: Any
) -> keras.Model:
    x = factory.input((None, n_channels), "x")
    hidden = _causal_stack(factory, x, None, **stack)
    codes = factory.make(
        layers.Conv1D,
        code_channels,
        downsampling,
        strides=downsampling,
        kernel_initializer=factory.initializers.glorot(),
        name="bottleneck",
        exact=True,
    )(hidden)
    return factory.network([x], codes, "encoder")


def _decoder(
    factory: LayerFactory,
    n_channels: int,
    code_channels: int,
    downsampling: int,
    condition_width: int,
    *,
    n_levels: int | None,
    **stack: Any,
) -> keras.Model:
    filters = stack["filters"]
    inputs, condition = factory.inputs((None, code_channels), "codes", condition_width)
    context = _conv(factory, "from_codes", inputs[0], filters)
    if condition is not None:
        glorot = factory.initializers.glorot()
        own = factory.make(
            layers.Dense, filters, kernel_initializer=glorot, name="from_condition"
        )(condition)
        own = factory.make(layers.Reshape, (1, filters))(own)
        context = factory.make(layers.Add)([context, own])
    context = factory.make(layers.UpSampling1D, downsampling, name="upsampling")(context)
    if n_levels is None:
        hidden = _causal_stack(factory, context, None, **stack)
    else:
        previous = factory.input((None, 1), "previous")
        inputs.insert(0, previous)
        hidden = _causal_stack(factory, previous, context, **stack)
    hidden = factory.hidden(layers.Conv1D, hidden, filters, 1, name="hidden")
    out = factory.make(
        layers.Conv1D,
        n_levels or n_channels,
        1,
        kernel_initializer=factory.initializers.glorot(),
        name="output",
        exact=True,
    )(hidden)
    return factory.network(inputs, out, "decoder")


def _causal_stack(
    factory: LayerFactory,
    x: Any,
    context: Any,
    *,
    filters: int,
    kernel_size: int,
    dilations: tuple[int, ...],
    dropout: float,
) -> Any:
    """Pass a sequence through a causal convolution and dilated residual blocks.

    What comes out is the sum of the blocks' skip connections, after ReLU. `context`, of
    as many time steps, or None, is added in each block before its ReLU.
    """
    seeds = factory.initializers
    causal: dict[str, Any] = {"size": kernel_size, "padding": "causal"}
    hidden = _conv(factory, "entry", x, filters, **causal)
    skips = []
    for i, dilation in enumerate(dilations):
        inner = _conv(
            factory, f"dilated_{i}", hidden, filters, seeds.he(), dilation_rate=dilation, **causal
        )
        if context is not None:
            own = _conv(factory, f"context_{i}", context, filters, seeds.he())
            inner = factory.make(layers.Add)([inner, own])
        inner = factory.normalized(factory.make(layers.ReLU)(inner))
        inner = factory.make(layers.Dropout, dropout, seed=seeds.seed())(inner)
        skips.append(_conv(factory, f"skip_{i}", inner, filters))
        if i < len(dilations) - 1:  # nothing would read the last one's
            residual = _conv(factory, f"residual_{i}", inner, filters)
            hidden = factory.make(layers.Add)([hidden, residual])
    total = factory.make(layers.Add)(skips) if len(skips) > 1 else skips[0]
    return factory.make(layers.ReLU, name="skips")(total)


def _conv(
    factory: LayerFactory,
    name: str,
    x: Any,
    filters: int,
    initializer: keras.Initializer | None = None,
    *,
    size: int = 1,
    **parameters: Any,
) -> Any:
    """Pass a sequence through a new convolution, by default one that mixes channels alone."""
    initializer = initializer or factory.initializers.glorot()
    return factory.make(
        layers.Conv1D, filters, size, kernel_initializer=initializer, name=name, **parameters
    )(x)
