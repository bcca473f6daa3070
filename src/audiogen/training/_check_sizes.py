"""Sizes of the layers that a description of networks names, beside those of the weights."""

from collections.abc import Iterator
from typing import Any

import numpy as np

__all__ = ["check_sizes"]

# Arguments of the builders in `audiogen.networks` that are a dimension of some layer's weights.
_SIZES = {"units", "filters", "code_channels", "kernel_size", "downsampling"}


def check_sizes(name: str, arguments: dict[str, Any], weights: dict[str, Any]) -> None:
    """Refuse sizes that no weight has.

    A file could describe a network larger than memory, which would be built when it is first
    needed.

    Parameters
    ----------
    name : str
        What the arguments are of, for the message.
    arguments : dict
        Arguments of a builder of networks.
    weights : dict of str to dict of str to list of ndarray
        The weights of each layer of each network.

    Raises
    ------
    ValueError
        Naming the argument.
    """
    layers = [layer for network in weights.values() for layer in network.values()]
    known = {size for layer in layers for array in layer for size in np.shape(array)}
    for argument, value in _sizes(arguments):
        if value not in known:
            raise ValueError(
                f"{name} describes a network with {argument}={value}, which none of its weights "
                "has."
            )


def _sizes(arguments: dict[str, Any]) -> Iterator[tuple[str, int]]:
    """Yield the names and values of those arguments that are sizes of layers."""
    for name, value in arguments.items():
        if isinstance(value, dict):
            yield from _sizes(value)
        elif name in _SIZES:
            yield from ((name, n) for n in (value if isinstance(value, tuple | list) else [value]))
