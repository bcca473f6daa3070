"""The kind of networks that fits the shape of a sample."""

from collections.abc import Sequence
from typing import Any

__all__ = ["network_body"]

_MOST_DENSE_FEATURES = 2048
_KERNEL_SIZES, _STRIDES = {1: 25, 2: 5}, {1: 4, 2: 2}


def network_body(
    shape: tuple[int, ...],
    *,
    architecture: str,
    units: Sequence[int],
    filters: Sequence[int],
    kernel_size: int | None,
    strides: int | None,
) -> dict[str, Any]:
    """Return the parameters of the layers for samples of a shape, as plain numbers.

    Parameters
    ----------
    shape : tuple of int
        The shape of one sample.
    architecture : {"auto", "dense", "conv1d", "conv2d"}
        "auto" takes dense layers for vectors of up to 2,048 numbers, 1-D convolutions for
        longer ones and for two axes, 2-D convolutions for three axes.
    units : sequence of int
        Units of each dense layer.
    filters : sequence of int
        Filters of each convolution.
    kernel_size, strides : int or None
        Kernel size and strides of the convolutions; None takes 25 and 4 for 1-D, 5 and 2
        for 2-D convolutions.

    Returns
    -------
    body : dict
        Either "units", or "filters", "kernel_size" and "strides": what the builders in
        `audiogen.networks` take as `body`.

    Raises
    ------
    ValueError
        Where the architecture does not fit the shape.
    """
    kind = architecture if architecture != "auto" else _architecture(shape)
    if kind == "dense":
        return {"units": tuple(map(int, units))}
    rank = 1 if kind == "conv1d" else 2
    if len(shape) != rank + 1 and not (rank == len(shape) == 1):
        raise ValueError(
            f"architecture={kind!r} does not fit samples of the shape {shape}; leave it at 'auto'."
        )
    return {
        "filters": tuple(map(int, filters)),
        "kernel_size": int(kernel_size or _KERNEL_SIZES[rank]),
        "strides": int(strides or _STRIDES[rank]),
    }


def _architecture(shape: tuple[int, ...]) -> str:
    if len(shape) == 1:
        return "dense" if shape[0] <= _MOST_DENSE_FEATURES else "conv1d"
    return {2: "conv1d", 3: "conv2d"}.get(len(shape), "dense")
