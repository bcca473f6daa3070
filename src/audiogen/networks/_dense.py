"""Networks of dense layers, for feature vectors."""

import math
from collections.abc import Sequence
from typing import Any

from keras import layers

from audiogen.networks._layers import LayerFactory

__all__ = ["dense_decoder", "dense_encoder"]


def dense_encoder(
    factory: LayerFactory, x: Any, condition: Any, *, units: Sequence[int], residual: bool
) -> Any:
    """Pass data through dense layers: the encoder's part before the latents, or a discriminator's.

    Parameters
    ----------
    factory : LayerFactory
        What makes the layers.
    x : KerasTensor of shape (batch, ...)
        The data, which are flattened.
    condition : KerasTensor of shape (batch, width) or None
        The encoded condition; joined before each layer.
    units : sequence of int
        Units of each layer.
    residual : bool
        Whether what enters a layer is added to what leaves it.

    Returns
    -------
    hidden : KerasTensor of shape (batch, units[-1])
    """
    hidden = factory.make(layers.Flatten)(x)
    return _passed(factory, hidden, condition, units, residual)


def dense_decoder(
    factory: LayerFactory,
    z: Any,
    condition: Any,
    shape: tuple[int, ...],
    *,
    units: Sequence[int],
    residual: bool,
    activation: str,
    joined_last: bool = False,
) -> Any:
    """Pass latents through dense layers to data of a shape: a decoder, or a generator.

    Parameters
    ----------
    factory : LayerFactory
        What makes the layers.
    z : KerasTensor of shape (batch, latent_dim)
        The latents.
    condition : KerasTensor of shape (batch, width) or None
        The encoded condition; joined before each hidden layer.
    shape : tuple of int
        Shape of one sample.
    units : sequence of int
        Units of the encoder's layers; the decoder has them from last to first.
    residual : bool
        Whether what enters a layer is added to what leaves it.
    activation : str
        Activation of the output.
    joined_last : bool, default=False
        Whether the condition is joined before the last layer as well.

    Returns
    -------
    x : KerasTensor of shape (batch, *shape)
    """
    hidden = _passed(factory, z, condition, units[::-1], residual)
    out = factory.make(
        layers.Dense,
        math.prod(shape),
        activation=activation,
        kernel_initializer=factory.initializers.glorot(),
        name="out",
        exact=True,
    )(factory.joined(hidden, condition if joined_last else None))
    return factory.make(layers.Reshape, shape, exact=True)(out)


def _passed(
    factory: LayerFactory, hidden: Any, condition: Any, units: Sequence[int], residual: bool
) -> Any:
    """Return what leaves the hidden layers: dense_0, dense_1, ..."""
    for i, n in enumerate(units):
        entered = hidden
        hidden = factory.hidden(layers.Dense, factory.joined(hidden, condition), n)
        hidden = factory.dropped(hidden)
        if residual:
            if entered.shape[-1] != n:
                glorot = factory.initializers.glorot()
                entered = factory.make(
                    layers.Dense, n, kernel_initializer=glorot, name=f"shortcut_{i}"
                )(entered)
            hidden = factory.make(layers.Add)([entered, hidden])
    return hidden
