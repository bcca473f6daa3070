"""The variational autoencoder's model: two networks and their common loss."""

import math
from collections.abc import Sequence
from typing import Any

import keras
from keras import layers, ops

from audiogen.networks._convolutional import conv_decoder, conv_encoder
from audiogen.networks._dense import dense_decoder, dense_encoder
from audiogen.networks._layers import LayerFactory
from audiogen.networks._model import LossModel
from audiogen.networks._seeds import Initializers
from audiogen.networks._spectral_loss import spectral_loss

__all__ = ["VariationalAutoencoder", "build_vae"]

_LOG_2, _LOG_2_PI = math.log(2), math.log(2 * math.pi)
_SMALLEST_VARIANCE = 1e-6
_VARIANCE_MOMENTUM = 0.95


class VariationalAutoencoder(LossModel):
    """Encoder, draw, decoder; trained on the negative evidence lower bound.

    The likelihood is a Gaussian of one variance for all of a sample. That variance is
    always the best one, the mean squared error itself, so that reconstruction and
    Kullback-Leibler term balance at any scale of the data [1]_. With the spectral loss it
    is, in the same way, a Laplace distribution of the magnitudes' distance.

    Parameters
    ----------
    encoder : keras.Model
        Inputs [x] or [x, condition], outputs [z_mean, z_log_var].
    decoder : keras.Model
        Inputs [z] or [z, condition], output of the shape of x.
    beta : float, default=1.0
        Weight of the Kullback-Leibler term.
    loss : {"mse", "spectral"}, default="mse"
        What reconstructions are measured by; the second is for waveforms.
    seed : int, default=0
        Seed of the draws while training.

    Attributes
    ----------
    warmup : keras.Variable
        What `beta` is multiplied with while training; 1 at first.

    References
    ----------
    .. [1] O. Rybkin, K. Daniilidis, S. Levine, "Simple and Effective VAE Training with
       Calibrated Decoders", ICML 2021.
    """

    def __init__(
        self,
        encoder: keras.Model,
        decoder: keras.Model,
        beta: float = 1.0,
        loss: str = "mse",
        seed: int = 0,
    ) -> None:
        super().__init__("vae", "mse", "kl")
        self.encoder = encoder
        self.decoder = decoder
        self.beta = beta
        self.loss_name = loss
        self.draws = keras.random.SeedGenerator(seed)
        ones = {"initializer": keras.initializers.Ones(), "trainable": False}
        self.variance = self.add_weight(name="variance", shape=(), **ones)
        self.warmup = self.add_weight(name="warmup", shape=(), **ones)

    @property
    def networks(self) -> dict[str, keras.Model]:
        """The networks, by their names."""
        return {"encoder": self.encoder, "decoder": self.decoder}

    def call(self, inputs: Any) -> Any:
        """Encode, draw once and decode."""
        inputs = [ops.convert_to_tensor(values, "float32") for values in inputs]
        z_mean, z_log_var = self.encoder(inputs)
        noise = keras.random.normal(ops.shape(z_mean), dtype="float32", seed=self.draws)
        z = z_mean + ops.exp(0.5 * z_log_var) * noise
        return self.decoder([z, *inputs[1:]]), z_mean, z_log_var

    def figures_of(self, x: Any, y: Any, y_pred: Any, training: bool) -> dict[str, Any]:
        """Return the negative evidence lower bound in nats for each number of a sample."""
        reconstruction, z_mean, z_log_var = y_pred
        real = ops.cast(x[0], "float32")
        size = math.prod(reconstruction.shape[1:])
        mse = ops.mean(ops.square(real - reconstruction))
        kl = ops.mean(
            0.5 * ops.sum(ops.square(z_mean) + ops.exp(z_log_var) - 1.0 - z_log_var, axis=-1)
        )
        if training:
            self.variance.assign(
                _VARIANCE_MOMENTUM * self.variance
                + (1 - _VARIANCE_MOMENTUM) * ops.stop_gradient(mse)
            )
        weight = self.beta * self.warmup if training else self.beta
        loss = self._likelihood(real, reconstruction, mse) + weight * kl / size
        return {"loss": loss, "mse": mse, "kl": kl}

    def _likelihood(self, x: Any, reconstruction: Any, mse: Any) -> Any:
        """Return the negative logarithm of the likelihood for each number of a sample."""
        if self.loss_name == "mse":
            return 0.5 * (_LOG_2_PI + 1 + ops.log(mse + _SMALLEST_VARIANCE))
        # Inside, waveforms lie in [0, 1].
        distance = spectral_loss(2 * x - 1, 2 * reconstruction - 1)
        return _LOG_2 + 1 + ops.log(distance + _SMALLEST_VARIANCE)


def build_vae(
    shape: Sequence[int],
    condition_width: int,
    *,
    latent_dim: int,
    body: dict[str, Any],
    residual: bool,
    bounded: bool,
    beta: float,
    loss: str,
    seed: int,
    precision: str = "float32",
) -> VariationalAutoencoder:
    """Build a conditional variational autoencoder.

    Parameters
    ----------
    shape : tuple of int
        The shape of one sample.
    condition_width : int
        Numbers that encode a condition; 0 for none.
    latent_dim : int
        Numbers in a latent.
    body : dict
        Either "units" (dense layers) or "filters", "kernel_size" and "strides"
        (convolutions), of the encoder; the decoder has them in reverse.
    residual : bool
        Whether both networks are of residual blocks.
    bounded : bool
        Whether the output is a sigmoid's or linear.
    beta : float
        Weight of the Kullback-Leibler term.
    loss : {"mse", "spectral"}
        What reconstructions are measured by.
    seed : int
        Decides initial weights and draws.
    precision : {"float32", "mixed_bfloat16"}, default="float32"
        What layers compute in; weights and outputs are float32.

    Returns
    -------
    model : VariationalAutoencoder
    """
    initializers = Initializers(seed)
    encoder = _encoder(
        LayerFactory(initializers, precision), shape, condition_width, latent_dim, body, residual
    )
    activation = "sigmoid" if bounded else "linear"
    decoder = _decoder(
        LayerFactory(initializers, precision),
        tuple(shape),
        condition_width,
        latent_dim,
        activation=activation,
        residual=residual,
        **body,
    )
    return VariationalAutoencoder(encoder, decoder, beta, loss, initializers.seed())


def _encoder(
    factory: LayerFactory,
    shape: Sequence[int],
    condition_width: int,
    latent_dim: int,
    body: dict[str, Any],
    residual: bool,
) -> keras.Model:
    inputs, condition = factory.inputs(shape, "x", condition_width)
    if "units" in body:
        hidden = dense_encoder(factory, inputs[0], condition, **body, residual=residual)
    else:
        hidden = conv_encoder(factory, inputs[0], **body, residual=residual)
        hidden = factory.joined(hidden, condition)
    moments = [
        factory.make(
            layers.Dense,
            latent_dim,
            kernel_initializer=factory.initializers.glorot(),
            name=name,
            exact=True,
        )(hidden)
        for name in ("z_mean", "z_log_var")
    ]
    return factory.network(inputs, moments, "encoder")


def _decoder(
    factory: LayerFactory,
    shape: tuple[int, ...],
    condition_width: int,
    latent_dim: int,
    **body: Any,
) -> keras.Model:
    inputs, condition = factory.inputs((latent_dim,), "z", condition_width)
    build = dense_decoder if "units" in body else conv_decoder
    return factory.network(inputs, build(factory, inputs[0], condition, shape, **body), "decoder")
