"""The variational autoencoder's model: two networks and their common loss."""

import math

import keras
from keras import layers, ops

from audiogen.networks._convolutional import conv_decoder, conv_encoder
from audiogen.networks._dense import dense_decoder, dense_encoder
from audiogen.networks._seeds import Initializers
from audiogen.networks._spectral_loss import spectral_loss

__all__ = ["VariationalAutoencoder", "build_vae"]

_LOG_2, _LOG_2_PI = math.log(2), math.log(2 * math.pi)
_SMALLEST_VARIANCE = 1e-6
_VARIANCE_MOMENTUM = 0.95


@keras.saving.register_keras_serializable("audiogen")
class VariationalAutoencoder(keras.Model):
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

    def __init__(self, encoder, decoder, beta=1.0, loss="mse", seed=0, **kwargs):
        super().__init__(**kwargs)
        self.encoder = encoder
        self.decoder = decoder
        self.beta = beta
        self.loss_name = loss
        self.seed = seed
        self.draws = keras.random.SeedGenerator(seed)
        self.variance = self.add_weight(
            name="variance", shape=(), initializer="ones", trainable=False
        )
        self.warmup = self.add_weight(name="warmup", shape=(), initializer="ones", trainable=False)
        self.mse_metric = keras.metrics.Mean(name="mse")
        self.kl_metric = keras.metrics.Mean(name="kl")
        self.built = True

    def call(self, inputs):
        """Encode, draw once and decode."""
        inputs = [ops.convert_to_tensor(values) for values in inputs]
        z_mean, z_log_var = self.encoder(inputs)
        noise = keras.random.normal(ops.shape(z_mean), seed=self.draws)
        z = z_mean + ops.exp(0.5 * z_log_var) * noise
        return self.decoder([z, *inputs[1:]]), z_mean, z_log_var

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """Return the negative evidence lower bound in nats for each number of a sample."""
        reconstruction, z_mean, z_log_var = y_pred
        size = math.prod(reconstruction.shape[1:])
        mse = ops.mean(ops.square(x[0] - reconstruction))
        kl = ops.mean(
            0.5 * ops.sum(ops.square(z_mean) + ops.exp(z_log_var) - 1.0 - z_log_var, axis=-1)
        )
        if training:
            self.variance.assign(
                _VARIANCE_MOMENTUM * self.variance
                + (1 - _VARIANCE_MOMENTUM) * ops.stop_gradient(mse)
            )
        self.mse_metric.update_state(mse)
        self.kl_metric.update_state(kl)
        weight = self.beta * self.warmup if training else self.beta
        return self._likelihood(x[0], reconstruction, mse) + weight * kl / size

    def _likelihood(self, x, reconstruction, mse):
        """Return the negative logarithm of the likelihood for each number of a sample."""
        if self.loss_name == "mse":
            return 0.5 * (_LOG_2_PI + 1 + ops.log(mse + _SMALLEST_VARIANCE))
        # Inside, waveforms lie in [0, 1].
        distance = spectral_loss(2 * x - 1, 2 * reconstruction - 1)
        return _LOG_2 + 1 + ops.log(distance + _SMALLEST_VARIANCE)

    def get_config(self):
        """Return what `from_config` needs."""
        return {
            "encoder": keras.saving.serialize_keras_object(self.encoder),
            "decoder": keras.saving.serialize_keras_object(self.decoder),
            "beta": self.beta,
            "loss": self.loss_name,
            "seed": self.seed,
        }

    @classmethod
    def from_config(cls, config):
        """Build the model from what `get_config` returned."""
        config = dict(config)
        for name in ("encoder", "decoder"):
            config[name] = keras.saving.deserialize_keras_object(config[name], safe_mode=True)
        return cls(**config)


def build_vae(shape, condition_width, *, latent_dim, body, residual, bounded, beta, loss, seed):
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

    Returns
    -------
    model : VariationalAutoencoder
    """
    initializers = Initializers(seed)
    dense = "units" in body
    x = keras.Input(shape, name="x")
    z = keras.Input((latent_dim,), name="z")
    condition = keras.Input((condition_width,), name="condition") if condition_width else None
    given = [] if condition is None else [condition]

    hidden = (dense_encoder if dense else conv_encoder)(
        x, condition, **body, residual=residual, initializers=initializers
    )
    moments = [
        layers.Dense(latent_dim, kernel_initializer=initializers.glorot(), name=name)(hidden)
        for name in ("z_mean", "z_log_var")
    ]
    reverse = {"units": body["units"][::-1]} if dense else body
    out = (dense_decoder if dense else conv_decoder)(
        z,
        condition,
        shape,
        **reverse,
        residual=residual,
        activation="sigmoid" if bounded else "linear",
        initializers=initializers,
    )
    encoder = keras.Model([x, *given], moments, name="encoder")
    decoder = keras.Model([z, *given], out, name="decoder")
    return VariationalAutoencoder(encoder, decoder, beta, loss, initializers.seed())
