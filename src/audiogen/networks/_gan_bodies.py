"""What generators and discriminators are made of: dense layers or convolutions."""

import math

from keras import layers

from audiogen.networks._convolutional import (
    _CONVOLUTIONS,
    _CROPPING,
    _PADDING,
    _TRANSPOSED,
    _plan,
)

__all__ = ["conv_discriminator", "conv_generator", "dense_discriminator", "dense_generator"]

_SLOPE = 0.2
_MOMENTUM = 0.9  # of batch normalisation: trainings of some hundred steps are common here
_POOLING = {1: layers.AveragePooling1D, 2: layers.AveragePooling2D}
_UPSAMPLING = {1: layers.UpSampling1D, 2: layers.UpSampling2D}


def dense_generator(z, condition, shape, *, units, residual, activation, initializers):
    """Pass latents and condition through dense layers to a sample.

    Parameters
    ----------
    z : KerasTensor of shape (batch, latent_dim)
        The latents.
    condition : KerasTensor of shape (batch, width) or None
        The encoded condition; joined before each layer.
    shape : tuple of int
        The shape of one sample.
    units : sequence of int
        Units of the discriminator's layers; the generator takes them from last to first.
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
    for n in reversed(units):
        entered = hidden
        if condition is not None:
            hidden = layers.Concatenate()([hidden, condition])
        hidden = _activated(_dense(n, initializers)(hidden))
        if residual:
            hidden = layers.Add()([_as_wide(entered, n, initializers), hidden])
    hidden = hidden if condition is None else layers.Concatenate()([hidden, condition])
    out = layers.Dense(
        math.prod(shape), activation=activation, kernel_initializer=initializers.glorot()
    )(hidden)
    return layers.Reshape(shape)(out)


def dense_discriminator(x, *, units, residual, dropout, initializers):
    """Pass samples through dense layers with LeakyReLU and dropout.

    Parameters
    ----------
    x : KerasTensor of shape (batch, ...)
        The samples.
    units : sequence of int
        Units of each layer.
    residual : bool
        Whether what enters a layer is added to what leaves it.
    dropout : float
        Share of the outputs of each layer dropped while training.
    initializers : Initializers
        Where the layers' seeds come from.

    Returns
    -------
    hidden : KerasTensor of shape (batch, units[-1])
    """
    hidden = layers.Flatten()(x)
    for n in units:
        entered = hidden
        hidden = layers.LeakyReLU(_SLOPE)(_dense(n, initializers)(hidden))
        hidden = layers.Dropout(dropout, seed=initializers.seed())(hidden)
        if residual:
            hidden = layers.Add()([_as_wide(entered, n, initializers), hidden])
    return hidden


def conv_generator(
    z, condition, shape, *, filters, kernel_size, strides, residual, attention, activation,
    initializers,
):  # fmt: skip
    """Pass latents and condition through a dense layer and transposed convolutions.

    Batch normalisation [1]_ and LeakyReLU follow each layer but the last [2]_.

    Parameters
    ----------
    z : KerasTensor of shape (batch, latent_dim)
        The latents.
    condition : KerasTensor of shape (batch, width) or None
        The encoded condition.
    shape : tuple of int
        The shape of one sample.
    filters : sequence of int
        Filters of the discriminator's layers; the generator takes them from last to first.
    kernel_size, strides : int
        Of every layer, in each dimension.
    residual : bool
        Whether each layer is a residual block: two convolutions after upsampling, and past
        them one of size 1.
    attention : bool
        Whether there is self-attention at the coarsest resolution.
    activation : str
        Activation of the output.
    initializers : Initializers
        Where the layers' seeds come from.

    Returns
    -------
    x : KerasTensor of shape (batch, *shape)

    References
    ----------
    .. [1] S. Ioffe, C. Szegedy, "Batch Normalization", ICML 2015.
    .. [2] A. Radford, L. Metz, S. Chintala, "Unsupervised Representation Learning with Deep
       Convolutional Generative Adversarial Networks", ICLR 2016.
    """
    rank, grid, channels, steps, padding = _plan(shape, len(filters), strides)
    x = z if condition is None else layers.Concatenate()([z, condition])
    x = _activated(_dense(math.prod(grid) * filters[-1], initializers)(x))
    x = layers.Reshape((*grid, filters[-1]))(x)
    if attention:
        x = _attended(x, initializers)
    make = {"kernel_size": kernel_size, "rank": rank, "initializers": initializers}
    for n, step in zip(filters[-2::-1], steps[:0:-1], strict=True):
        x = (_residual_up if residual else _up)(x, n, step, **make)
    x = _TRANSPOSED[rank](
        channels,
        kernel_size,
        strides=steps[0],
        padding="same",
        activation=activation,
        kernel_initializer=initializers.glorot(),
    )(x)
    if any(after for _, after in padding):
        x = _CROPPING[rank](padding[0] if rank == 1 else padding)(x)
    return layers.Reshape(shape)(x)


def conv_discriminator(
    x, *, filters, kernel_size, strides, residual, attention, dropout, n_hidden, initializers
):
    """Pass samples through strided convolutions and a dense layer, with LeakyReLU and dropout.

    Parameters
    ----------
    x : KerasTensor of shape (batch, n_timesteps), (batch, n, channels) or \
            (batch, rows, columns, channels)
        The samples.
    filters : sequence of int
        Filters of each layer.
    kernel_size, strides : int
        Of every layer, in each dimension.
    residual : bool
        Whether each layer is a residual block: two convolutions, and past them a mean and
        a convolution of size 1.
    attention : bool
        Whether there is self-attention at the coarsest resolution.
    dropout : float
        Share of the outputs of each layer dropped while training.
    n_hidden : int
        Units of the dense layer.
    initializers : Initializers
        Where the layers' seeds come from.

    Returns
    -------
    hidden : KerasTensor of shape (batch, n_hidden)
    """
    shape = tuple(x.shape[1:])
    rank, _, channels, steps, padding = _plan(shape, len(filters), strides)
    if len(shape) == 1:
        x = layers.Reshape((*shape, channels))(x)
    if any(after for _, after in padding):
        x = _PADDING[rank](padding[0] if rank == 1 else padding)(x)
    make = {"kernel_size": kernel_size, "rank": rank, "initializers": initializers}
    for n, step in zip(filters, steps, strict=True):
        x = (_residual_down if residual else _down)(x, n, step, **make)
        x = layers.Dropout(dropout, seed=initializers.seed())(x)
    if attention:
        x = _attended(x, initializers)
    return layers.LeakyReLU(_SLOPE)(_dense(n_hidden, initializers)(layers.Flatten()(x)))


def _dense(n, initializers):
    return layers.Dense(n, kernel_initializer=initializers.he())


def _as_wide(x, n, initializers):
    return x if x.shape[-1] == n else _dense(n, initializers)(x)


def _activated(x):
    return layers.LeakyReLU(_SLOPE)(layers.BatchNormalization(momentum=_MOMENTUM)(x))


def _convolution(rank, n, kernel_size, initializers, strides=1):
    return _CONVOLUTIONS[rank](
        n, kernel_size, strides=strides, padding="same", kernel_initializer=initializers.he()
    )


def _up(x, n, step, *, kernel_size, rank, initializers):
    return _activated(
        _TRANSPOSED[rank](
            n,
            kernel_size,
            strides=step,
            padding="same",
            kernel_initializer=initializers.he(),
        )(x)
    )


def _down(x, n, step, *, kernel_size, rank, initializers):
    return layers.LeakyReLU(_SLOPE)(_convolution(rank, n, kernel_size, initializers, step)(x))


def _residual_up(x, n, step, *, kernel_size, rank, initializers):
    x = _UPSAMPLING[rank](step[0] if rank == 1 else step)(x)
    inner = _activated(_convolution(rank, n, kernel_size, initializers)(x))
    inner = _convolution(rank, n, kernel_size, initializers)(inner)
    return _activated(layers.Add()([_convolution(rank, n, 1, initializers)(x), inner]))


def _residual_down(x, n, step, *, kernel_size, rank, initializers):
    inner = _down(x, n, 1, kernel_size=kernel_size, rank=rank, initializers=initializers)
    inner = _convolution(rank, n, kernel_size, initializers, step)(inner)
    past = _convolution(rank, n, 1, initializers)(_POOLING[rank](step, padding="same")(x))
    return layers.LeakyReLU(_SLOPE)(layers.Add()([past, inner]))


def _attended(x, initializers):
    """Add, to every place, what it takes from all others; nothing at first [1]_.

    .. [1] H. Zhang et al., "Self-Attention Generative Adversarial Networks", ICML 2019.
    """
    grid, channels = x.shape[1:-1], x.shape[-1]
    places = layers.Reshape((math.prod(grid), channels))(x)
    narrow = max(1, channels // 8)
    query, key = (
        layers.Dense(narrow, kernel_initializer=initializers.glorot())(places) for _ in range(2)
    )
    value = layers.Dense(channels, kernel_initializer=initializers.glorot())(places)
    taken = layers.Attention(use_scale=True)([query, value, key])
    taken = layers.Dense(channels, kernel_initializer="zeros")(taken)
    return layers.Add()([x, layers.Reshape((*grid, channels))(taken)])
