"""Dense bodies, for feature vectors."""

import math

from keras import layers

__all__ = ["dense_decoder", "dense_encoder"]


def dense_encoder(x, condition, *, units, residual, initializers):
    """Flatten, join the condition, and pass through dense layers with ReLU.

    Parameters
    ----------
    x : KerasTensor of shape (batch, ...)
        The data.
    condition : KerasTensor of shape (batch, width) or None
        The encoded condition.
    units : sequence of int
        Units of each layer.
    residual : bool
        Whether what enters a layer is added to what leaves it.
    initializers : Initializers
        Where the layers' seeds come from.

    Returns
    -------
    hidden : KerasTensor of shape (batch, units[-1])
    """
    hidden = layers.Flatten()(x)
    for n in units:
        hidden = _layer(hidden, condition, n, residual, initializers)
    return hidden


def dense_decoder(z, condition, shape, *, units, residual, activation, initializers):
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
    residual : bool
        Whether what enters a layer is added to what leaves it.
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
        hidden = _layer(hidden, condition, n, residual, initializers)
    out = layers.Dense(
        math.prod(shape), activation=activation, kernel_initializer=initializers.glorot()
    )(hidden)
    return layers.Reshape(shape)(out)


def _layer(hidden, condition, n, residual, initializers):
    entered = hidden
    if condition is not None:
        hidden = layers.Concatenate()([hidden, condition])
    hidden = layers.Dense(n, activation="relu", kernel_initializer=initializers.he())(hidden)
    if not residual:
        return hidden
    if entered.shape[-1] != n:
        entered = layers.Dense(n, kernel_initializer=initializers.glorot())(entered)
    return layers.Add()([entered, hidden])
