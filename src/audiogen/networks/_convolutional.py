"""Convolutional bodies, for waveforms, sequences of frames and spectrograms."""

import math

from keras import layers

__all__ = ["conv_decoder", "conv_encoder"]

_CONVOLUTIONS = {1: layers.Conv1D, 2: layers.Conv2D}
_TRANSPOSED = {1: layers.Conv1DTranspose, 2: layers.Conv2DTranspose}
_PADDING = {1: layers.ZeroPadding1D, 2: layers.ZeroPadding2D}
_POOLING = {1: layers.AveragePooling1D, 2: layers.AveragePooling2D}
_UPSAMPLING = {1: layers.UpSampling1D, 2: layers.UpSampling2D}
_CROPPING = {1: layers.Cropping1D, 2: layers.Cropping2D}


def _plan(shape, n_layers, strides):
    """Return (rank, grid, channels, strides of each layer, padding at the ends).

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
    padding = tuple((0, w - n) for w, n in zip(whole, grid, strict=True))
    return len(grid), tuple(left), channels, steps, padding


def conv_encoder(x, condition, *, filters, kernel_size, strides, residual, initializers):
    """Pass data through strided convolutions with ReLU; join the condition; flatten.

    Parameters
    ----------
    x : KerasTensor of shape (batch, n_timesteps), (batch, n, channels) or \
            (batch, rows, columns, channels)
        The data.
    condition : KerasTensor of shape (batch, width) or None
        The encoded condition.
    filters : sequence of int
        Filters of each layer.
    kernel_size, strides : int
        Of every layer, in each dimension.
    residual : bool
        Whether each layer is a residual block: a second convolution follows the strided one,
        and past both go a mean and a convolution of size 1.
    initializers : Initializers
        Where the layers' seeds come from.

    Returns
    -------
    hidden : KerasTensor of shape (batch, n)
    """
    shape = tuple(x.shape[1:])
    rank, _, channels, steps, padding = _plan(shape, len(filters), strides)
    if len(shape) == 1:
        x = layers.Reshape((*shape, channels))(x)
    if any(after for _, after in padding):
        x = _PADDING[rank](padding[0] if rank == 1 else padding)(x)
    for n, step in zip(filters, steps, strict=True):
        strided = _CONVOLUTIONS[rank](
            n,
            kernel_size,
            strides=step,
            padding="same",
            activation="relu",
            kernel_initializer=initializers.he(),
        )(x)
        if residual:
            past = _POOLING[rank](step, padding="same")(x)
            strided = _joined(strided, past, n, kernel_size, rank, initializers)
        x = strided
    hidden = layers.Flatten()(x)
    return hidden if condition is None else layers.Concatenate()([hidden, condition])


def conv_decoder(
    z, condition, shape, *, filters, kernel_size, strides, residual, activation, initializers
):
    """Pass latents and condition through transposed convolutions to data of a shape.

    Parameters
    ----------
    z : KerasTensor of shape (batch, latent_dim)
        The latents.
    condition : KerasTensor of shape (batch, width) or None
        The encoded condition.
    shape : tuple of int
        The shape of one sample.
    filters : sequence of int
        Filters of the encoder's layers; the decoder takes them from last to first.
    kernel_size, strides : int
        Of every layer, in each dimension.
    residual : bool
        Whether each layer but the last is a residual block: a second convolution follows the
        transposed one, and past both go upsampling and a convolution of size 1.
    activation : str
        Activation of the output.
    initializers : Initializers
        Where the layers' seeds come from.

    Returns
    -------
    x : KerasTensor of shape (batch, *shape)
    """
    rank, grid, channels, steps, padding = _plan(shape, len(filters), strides)
    x = z if condition is None else layers.Concatenate()([z, condition])
    x = layers.Dense(
        math.prod(grid) * filters[-1], activation="relu", kernel_initializer=initializers.he()
    )(x)
    x = layers.Reshape((*grid, filters[-1]))(x)
    outputs = [*filters[-2::-1], channels]
    for i, (n, step) in enumerate(zip(outputs, reversed(steps), strict=True)):
        last = i == len(outputs) - 1
        larger = _TRANSPOSED[rank](
            n,
            kernel_size,
            strides=step,
            padding="same",
            activation=activation if last else "relu",
            kernel_initializer=initializers.glorot() if last else initializers.he(),
        )(x)
        if residual and not last:
            past = _UPSAMPLING[rank](step[0] if rank == 1 else step)(x)
            larger = _joined(larger, past, n, kernel_size, rank, initializers)
        x = larger
    if any(after for _, after in padding):
        x = _CROPPING[rank](padding[0] if rank == 1 else padding)(x)
    return layers.Reshape(shape)(x)


def _joined(x, past, n, kernel_size, rank, initializers):
    """Convolve once more, and add what went past."""
    make = {"padding": "same", "kernel_initializer": initializers.glorot()}
    x = _CONVOLUTIONS[rank](n, kernel_size, **make)(x)
    past = _CONVOLUTIONS[rank](n, 1, **make)(past)
    return layers.ReLU()(layers.Add()([past, x]))
