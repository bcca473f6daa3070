"""Networks of convolutions, for waveforms, sequences of frames and spectrograms."""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

from keras import initializers, layers

from audiogen.networks._layers import LayerFactory

__all__ = ["conv_decoder", "conv_encoder"]

_CONVOLUTIONS = {1: layers.Conv1D, 2: layers.Conv2D}
_TRANSPOSED = {1: layers.Conv1DTranspose, 2: layers.Conv2DTranspose}
_PADDING = {1: layers.ZeroPadding1D, 2: layers.ZeroPadding2D}
_POOLING = {1: layers.AveragePooling1D, 2: layers.AveragePooling2D}
_UPSAMPLING = {1: layers.UpSampling1D, 2: layers.UpSampling2D}
_CROPPING = {1: layers.Cropping1D, 2: layers.Cropping2D}


class _Plan(NamedTuple):
    """How convolutions go from one resolution to the next."""

    rank: int
    grid: tuple[int, ...]  # the coarsest
    channels: int
    steps: list[tuple[int, ...]]  # strides of each layer
    padding: Any  # at the ends, as Keras takes it; None for none


def _plan(shape: tuple[int, ...], n_layers: int, strides: int) -> _Plan:
    """Return the resolutions for samples of a shape.

    A waveform has one channel. A dimension is halved (by its stride) only while it is
    longer than that, and padded at its end to a multiple of all its strides.
    """
    grid, channels = (shape, 1) if len(shape) == 1 else (shape[:-1], shape[-1])
    left, steps = list(grid), []
    for _ in range(n_layers):
        step = tuple(strides if n > strides else 1 for n in left)
        left = [-(-n // s) for n, s in zip(left, step, strict=True)]
        steps.append(step)
    whole = [n * math.prod(s[i] for s in steps) for i, n in enumerate(left)]
    padding: Any = tuple((0, w - n) for w, n in zip(whole, grid, strict=True))
    if not any(after for _, after in padding):
        padding = None
    elif len(grid) == 1:
        padding = padding[0]
    return _Plan(len(grid), tuple(left), channels, steps, padding)


def conv_encoder(
    factory: LayerFactory,
    x: Any,
    *,
    filters: Sequence[int],
    kernel_size: int,
    strides: int,
    residual: bool,
    attention: bool = False,
) -> Any:
    """Pass data through strided convolutions and flatten: an encoder, or a discriminator.

    Parameters
    ----------
    factory : LayerFactory
        What makes the layers.
    x : KerasTensor of shape (batch, n_timesteps), (batch, n, channels) or \
            (batch, rows, columns, channels)
        The data.
    filters : sequence of int
        Filters of each layer.
    kernel_size, strides : int
        Of every layer, in each dimension.
    residual : bool
        Whether each layer is a residual block: a second convolution follows the strided one,
        and past both go a mean and a convolution of size 1.
    attention : bool, default=False
        Whether there is self-attention at the coarsest resolution.

    Returns
    -------
    hidden : KerasTensor of shape (batch, n)
    """
    shape = tuple(x.shape[1:])
    plan = _plan(shape, len(filters), strides)
    if len(shape) == 1:
        x = factory.make(layers.Reshape, (*shape, plan.channels))(x)
    if plan.padding:
        x = factory.make(_PADDING[plan.rank], plan.padding)(x)
    for n, step in zip(filters, plan.steps, strict=True):
        entered = x
        x = factory.hidden(
            _CONVOLUTIONS[plan.rank], x, n, kernel_size, strides=step, padding="same"
        )
        if residual:
            past = factory.make(_POOLING[plan.rank], step, padding="same")(entered)
            x = _added(factory, past, x, n, kernel_size, plan.rank)
        x = factory.dropped(x)
    if attention:
        x = _attended(factory, x)
    return factory.make(layers.Flatten)(x)


def conv_decoder(
    factory: LayerFactory,
    z: Any,
    condition: Any,
    shape: tuple[int, ...],
    *,
    filters: Sequence[int],
    kernel_size: int,
    strides: int,
    residual: bool,
    activation: str,
    attention: bool = False,
) -> Any:
    """Pass latents through transposed convolutions to data of a shape: a decoder, or a generator.

    Parameters
    ----------
    factory : LayerFactory
        What makes the layers.
    z : KerasTensor of shape (batch, latent_dim)
        The latents.
    condition : KerasTensor of shape (batch, width) or None
        The encoded condition; joined to the latents.
    shape : tuple of int
        Shape of one sample.
    filters : sequence of int
        Filters of the encoder's layers; the decoder has them from last to first.
    kernel_size, strides : int
        Of every layer, in each dimension.
    residual : bool
        Whether each layer but the last is a residual block: a second convolution follows the
        transposed one, and past both go upsampling and a convolution of size 1.
    activation : str
        Activation of the output.
    attention : bool, default=False
        Whether there is self-attention at the coarsest resolution.

    Returns
    -------
    x : KerasTensor of shape (batch, *shape)
    """
    plan = _plan(shape, len(filters), strides)
    rank = plan.rank
    x = factory.hidden(
        layers.Dense, factory.joined(z, condition), math.prod(plan.grid) * filters[-1]
    )
    x = factory.make(layers.Reshape, (*plan.grid, filters[-1]))(x)
    if attention:
        x = _attended(factory, x)
    for n, step in zip(filters[-2::-1], plan.steps[:0:-1], strict=True):
        entered = x
        x = factory.hidden(_TRANSPOSED[rank], x, n, kernel_size, strides=step, padding="same")
        if residual:
            size = step[0] if rank == 1 else step
            past = factory.make(_UPSAMPLING[rank], size)(entered)
            x = _added(factory, past, x, n, kernel_size, rank)
    x = factory.make(
        _TRANSPOSED[rank],
        plan.channels,
        kernel_size,
        strides=plan.steps[0],
        padding="same",
        activation=activation,
        kernel_initializer=factory.initializers.glorot(),
        name="out",
        exact=True,
    )(x)
    if plan.padding:
        x = factory.make(_CROPPING[rank], plan.padding, exact=True)(x)
    return factory.make(layers.Reshape, shape, exact=True)(x)


def _added(factory: LayerFactory, past: Any, x: Any, n: int, kernel_size: int, rank: int) -> Any:
    """Convolve once more, and add what went past."""
    x, past = (
        factory.make(
            _CONVOLUTIONS[rank],
            n,
            size,
            padding="same",
            kernel_initializer=factory.initializers.glorot(),
        )(values)
        for values, size in ((x, kernel_size), (past, 1))
    )
    return factory.activated(factory.make(layers.Add)([past, x]))


def _attended(factory: LayerFactory, x: Any) -> Any:
    """Add, to every place, what it takes from all others; nothing at first [1]_.

    .. [1] H. Zhang et al., "Self-Attention Generative Adversarial Networks", ICML 2019.
    """
    grid, channels = x.shape[1:-1], x.shape[-1]
    places = factory.make(layers.Reshape, (math.prod(grid), channels))(x)
    query, key, value = (
        factory.make(layers.Dense, n, kernel_initializer=factory.initializers.glorot(), name=name)(
            places
        )
        for name, n in {
            "query": max(1, channels // 8),
            "key": max(1, channels // 8),
            "value": channels,
        }.items()
    )
    taken = factory.make(layers.Attention, use_scale=True)([query, value, key])
    taken = factory.make(
        layers.Dense, channels, kernel_initializer=initializers.Zeros(), name="attended"
    )(taken)
    return factory.make(layers.Add)([x, factory.make(layers.Reshape, (*grid, channels))(taken)])
