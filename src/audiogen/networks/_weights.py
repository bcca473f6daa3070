"""The weights of a network as plain arrays, by the names of its layers."""

from typing import Any

import keras
import numpy as np
from keras import ops

__all__ = ["assign_layer_weights", "layer_weights", "to_numpy"]


def to_numpy(values: Any) -> np.ndarray:
    """Return a variable or tensor as a new array, whatever the backend.

    Parameters
    ----------
    values : keras.Variable or tensor
        The values.

    Returns
    -------
    values : ndarray
    """
    tensor = ops.convert_to_tensor(values)
    if keras.backend.backend() == "torch":
        return ops.convert_to_numpy(tensor)
    return np.asarray(tensor).copy()  # Keras' own way makes TensorFlow and NumPy 2.4 warn


def layer_weights(network: keras.Model) -> dict[str, list[np.ndarray]]:
    """Return copies of a network's weights.

    Parameters
    ----------
    network : keras.Model
        Made by a builder of `audiogen.networks`.

    Returns
    -------
    weights : dict of str to list of ndarray
        Of each layer that has weights, by its name; in the order of ``layer.weights``.
    """
    return {
        layer.name: [to_numpy(weight) for weight in layer.weights]
        for layer in network.layers
        if layer.weights
    }


def assign_layer_weights(network: keras.Model, weights: dict[str, list[np.ndarray]]) -> None:
    """Set a network's weights to what `layer_weights` returned.

    Parameters
    ----------
    network : keras.Model
        Made by a builder of `audiogen.networks`.
    weights : dict of str to list of ndarray
        As of `layer_weights`. Nothing is assigned unless all of it fits.

    Raises
    ------
    ValueError
        Where layers, numbers of weights or shapes are not those of the network.
    """
    wanted = {layer.name: layer.weights for layer in network.layers if layer.weights}
    if set(wanted) != set(weights):
        raise ValueError(
            f"The network has the layers {sorted(wanted)}. Got weights of {sorted(weights)}."
        )
    for name, variables in wanted.items():
        shapes = [tuple(variable.shape) for variable in variables]
        given = [np.shape(values) for values in weights[name]]
        if shapes != given:
            raise ValueError(f"Layer '{name}' has weights of the shapes {shapes}. Got {given}.")
    for name, variables in wanted.items():
        for variable, values in zip(variables, weights[name], strict=True):
            variable.assign(values)
