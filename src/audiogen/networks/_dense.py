"""Dense bodies, for feature vectors."""

import math

from keras import layers

__all__ = ["dense_decoder", "dense_encoder"]


def dense_encoder(x, condition, *, units, initializers):
    """Flatten, join the condition, and pass through dense layers with ReLU.

    Parameters
    ----------
    x : KerasTensor of shape (batch, ...)
        The data.
    condition : KerasTensor of shape (batch, width) or None
        The encoded condition.
    units : sequence of int
        Units of each layer.
    initializers : Initializers
        Where the layers' seeds come from.

    Returns
    -------
    hidden : KerasTensor of shape (batch, units[-1])
    """
    hidden = layers.Flatten()(x)
    for n in units:
        if condition is not None:
            hidden = layers.Concatenate()([hidden, condition])
        hidden = layers.Dense(n, activation="relu", kernel_initializer=initializers.he())(hidden)
    return hidden


def dense_decoder(z, condition, shape, *, units, activation, initializers):
    """Pass latents and condition through dense layers to data of a shape.

    Parameters
    ----------
    z : KerasTensor of shape (batch, latent_dim)
        The latents.
    condition : KerasTensor of shape (batch, width) or None
        The encoded condition.
    shape : tuple of int
        The shape of one sample.
    units : sequence of int
        Units of each layer.
    activation : str
        Activation of the output.
    initializers : Initializers
        Where the layers' seeds come from.

    Returns
    -------
    x : KerasTensor of shape (batch, *shape)
    """
    hidden = z
    for n in units:
        if condition is not None:
            hidden = layers.Concatenate()([hidden, condition])
        hidden = layers.Dense(n, activation="relu", kernel_initializer=initializers.he())(hidden)
    out = layers.Dense(
        math.prod(shape), activation=activation, kernel_initializer=initializers.glorot()
    )(hidden)
    return layers.Reshape(shape)(out)
