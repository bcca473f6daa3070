"""The builder of an adversarial pair of networks."""

import keras
from keras import layers

from audiogen.networks._adversarial import AdversarialModel
from audiogen.networks._gan_bodies import (
    conv_discriminator,
    conv_generator,
    dense_discriminator,
    dense_generator,
)
from audiogen.networks._seeds import Initializers

__all__ = ["build_gan"]


def build_gan(
    shape, conditions, *, latent_dim, body, residual, attention, dropout, n_hidden, bounded,
    auxiliary, seed, **options,
):  # fmt: skip
    """Build a conditional generative adversarial network.

    Parameters
    ----------
    shape : tuple of int
        The shape of one sample.
    conditions : sequence of (int, bool)
        Of each condition, how many numbers encode it, and whether it is a category.
    latent_dim : int
        Numbers in a latent.
    body : dict
        Either "units" (dense layers) or "filters", "kernel_size" and "strides"
        (convolutions), of the discriminator; the generator has them in reverse.
    residual, attention : bool
        Whether both networks are of residual blocks, and have self-attention.
    dropout : float
        Of the discriminator.
    n_hidden : int
        Units of the dense layer after convolutions.
    bounded : bool
        Whether the output is a hyperbolic tangent's or linear.
    auxiliary : bool
        Whether the discriminator has a second output that tells the condition.
    seed : int
        Decides initial weights and draws.
    **options : dict
        Further parameters of `AdversarialModel`.

    Returns
    -------
    model : AdversarialModel
    """
    initializers = Initializers(seed)
    x, z = keras.Input(shape, name="x"), keras.Input((latent_dim,), name="z")
    width = sum(n for n, _ in conditions)
    condition = keras.Input((width,), name="condition") if width else None
    given = [] if condition is None else [condition]
    dense = "units" in body
    make = {**body, "residual": residual, "initializers": initializers}
    if not dense:
        make["attention"] = attention

    out = (dense_generator if dense else conv_generator)(
        z, condition, shape, activation="tanh" if bounded else "linear", **make
    )
    if dense:
        hidden = dense_discriminator(x, dropout=dropout, **make)
    else:
        hidden = conv_discriminator(x, dropout=dropout, n_hidden=n_hidden, **make)
    outputs = _heads(hidden, condition, auxiliary, initializers)
    return AdversarialModel(
        keras.Model([z, *given], out, name="generator"),
        keras.Model([x, *given], outputs, name="discriminator"),
        conditions=conditions,
        seed=initializers.seed(),
        **options,
    )


def _heads(hidden, condition, auxiliary, initializers):
    """Return the discriminator's score, and what it takes the condition to be.

    The condition joins the score alone, as a projection [1]_: the guess must not see it.

    .. [1] T. Miyato, M. Koyama, "cGANs with Projection Discriminator", ICLR 2018.
    """
    score = layers.Dense(1, kernel_initializer=initializers.glorot(), name="score")(hidden)
    if condition is None:
        return [score]
    wanted = layers.Dense(
        hidden.shape[-1], kernel_initializer=initializers.glorot(), name="wanted"
    )(condition)
    score = layers.Add()([score, layers.Dot(axes=1)([hidden, wanted])])
    if not auxiliary:
        return [score]
    guess = layers.Dense(
        condition.shape[-1], kernel_initializer=initializers.glorot(), name="guess"
    )(hidden)
    return [score, guess]
