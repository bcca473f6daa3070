"""The builder of an adversarial pair of networks."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import layers, ops

from audiogen.networks._adversarial import AdversarialModel
from audiogen.networks._convolutional import conv_decoder, conv_encoder
from audiogen.networks._dense import dense_decoder, dense_encoder
from audiogen.networks._layers import LayerFactory
from audiogen.networks._seeds import Initializers

__all__ = ["SLOPE", "build_gan"]

SLOPE = 0.2  # of LeakyReLU, in both networks


def build_gan(
    shape: Sequence[int],
    conditions: Sequence[tuple[int, bool]],
    *,
    latent_dim: int,
    body: dict[str, Any],
    residual: bool,
    attention: bool,
    dropout: float,
    n_hidden: int,
    bounded: bool,
    auxiliary: bool,
    loss: str,
    penalty_weight: float,
    penalty_interval: int,
    auxiliary_weight: float,
    augment: bool,
    seed: int,
    precision: str = "float32",
) -> AdversarialModel:
    """Build a conditional generative adversarial network.

    Batch normalisation [1]_ and LeakyReLU follow each layer of the generator but the last,
    LeakyReLU and dropout each of the discriminator [2]_.

    Parameters
    ----------
    shape : tuple of int
        Shape of one sample.
    conditions : sequence of (int, bool)
        Of each condition, how many numbers encode it, and whether it is a category.
    latent_dim : int
        Numbers in a latent.
    body : dict
        Either "units" (dense layers) or "filters", "kernel_size" and "strides"
        (convolutions), of the discriminator; the generator has them in reverse.
    residual, attention : bool
        Whether both networks are of residual blocks, and have self-attention (convolutions
        only).
    dropout : float
        Of the discriminator.
    n_hidden : int
        Units of the dense layer after convolutions.
    bounded : bool
        Whether the output is a hyperbolic tangent's or linear.
    auxiliary : bool
        Whether the discriminator has a second output that predicts the condition.
    loss : {"bce", "wasserstein", "hinge"}
        Loss of the discriminator's scores.
    penalty_weight : float
        Weight of the gradient penalty.
    penalty_interval : int
        Steps from one penalty to the next.
    auxiliary_weight : float
        Weight of the losses of the second output.
    augment : bool
        Whether the discriminator sees changed samples.
    seed : int
        Decides initial weights and draws.
    precision : {"float32", "mixed_bfloat16"}, default="float32"
        What layers compute in; weights and outputs are float32.

    Returns
    -------
    model : AdversarialModel

    References
    ----------
    .. [1] S. Ioffe, C. Szegedy, "Batch Normalization", ICML 2015.
    .. [2] A. Radford, L. Metz, S. Chintala, "Unsupervised Representation Learning with Deep
       Convolutional Generative Adversarial Networks", ICLR 2016.
    """
    initializers = Initializers(seed)
    shape, width = tuple(shape), sum(n for n, _ in conditions)
    body = {**body, "residual": residual}
    if "units" not in body:
        body["attention"] = attention
    generator = _generator(
        LayerFactory(initializers, precision, slope=SLOPE, normalized=True),
        shape,
        width,
        latent_dim,
        activation="tanh" if bounded else "linear",
        **body,
    )
    discriminator = _discriminator(
        LayerFactory(initializers, precision, slope=SLOPE, dropout=dropout),
        shape,
        width,
        n_hidden,
        auxiliary,
        **body,
    )
    return AdversarialModel(
        generator,
        discriminator,
        conditions=conditions,
        loss=loss,
        penalty_weight=penalty_weight,
        penalty_interval=penalty_interval,
        auxiliary_weight=auxiliary_weight,
        augment=augment,
        seed=initializers.seed(),
    )


class _Likeness(layers.Layer):
    """The product of vectors: Keras' Dot is one of matrices, and costs thrice as much."""

    def call(self, a: Any, b: Any) -> Any:
        """Take two tensors (batch, n)."""
        return ops.sum(a * b, axis=1, keepdims=True)


def _generator(
    factory: LayerFactory, shape: tuple[int, ...], width: int, latent_dim: int, **body: Any
) -> keras.Model:
    inputs, condition = factory.inputs((latent_dim,), "z", width)
    if "units" in body:
        out = dense_decoder(factory, inputs[0], condition, shape, joined_last=True, **body)
    else:
        out = conv_decoder(factory, inputs[0], condition, shape, **body)
    return factory.network(inputs, out, "generator")


def _discriminator(
    factory: LayerFactory,
    shape: tuple[int, ...],
    width: int,
    n_hidden: int,
    auxiliary: bool,
    **body: Any,
) -> keras.Model:
    inputs, condition = factory.inputs(shape, "x", width)
    if "units" in body:
        hidden = dense_encoder(factory, inputs[0], None, **body)
    else:
        hidden = conv_encoder(factory, inputs[0], **body)
        hidden = factory.hidden(layers.Dense, hidden, n_hidden)
    return factory.network(inputs, _heads(factory, hidden, condition, auxiliary), "discriminator")


def _heads(factory: LayerFactory, hidden: Any, condition: Any, auxiliary: bool) -> list:
    """Return the discriminator's score, and what it takes the condition to be.

    The condition joins the score alone, as a projection [1]_: the guess must not see it.

    .. [1] T. Miyato, M. Koyama, "cGANs with Projection Discriminator", ICLR 2018.
    """

    def dense(n: int, name: str) -> layers.Layer:
        glorot = factory.initializers.glorot()
        return factory.make(layers.Dense, n, kernel_initializer=glorot, name=name, exact=True)

    score = dense(1, "score")(hidden)
    if condition is None:
        return [score]
    wanted = dense(hidden.shape[-1], "wanted")(condition)
    likeness = factory.make(_Likeness, exact=True)(hidden, wanted)
    score = factory.make(layers.Add, exact=True)([score, likeness])
    return [score, dense(condition.shape[-1], "guess")(hidden)] if auxiliary else [score]
