"""Gradients by TensorFlow: Keras has none of its own. The one file that needs TensorFlow."""

from collections.abc import Callable
from typing import Any

import keras

if keras.backend.backend() == "tensorflow":
    import tensorflow as tf

__all__ = ["check_backend", "input_gradients", "weight_gradients"]


def check_backend() -> None:
    """Raise an error where Keras runs on another backend.

    Raises
    ------
    RuntimeError
        On any backend but TensorFlow.
    """
    if keras.backend.backend() != "tensorflow":
        raise RuntimeError(
            "Adversarial training needs the TensorFlow backend of Keras. Got "
            f"{keras.backend.backend()!r}; set the environment variable "
            "KERAS_BACKEND=tensorflow before Keras is first imported."
        )


def input_gradients(function: Callable[[Any], Any], x: Any) -> Any:
    """Return the gradients of the sum of a function's values with respect to its input.

    Parameters
    ----------
    function : callable
        From a tensor to a tensor. Gradients can be taken of what is returned.
    x : tensor
        The input.

    Returns
    -------
    gradients : tensor of the shape of x
    """
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(x)
        values = function(x)
    return tape.gradient(values, x)


def weight_gradients(function: Callable[[], tuple], weights: list) -> tuple:
    """Return what a function returns, and the gradients of the first of it.

    Parameters
    ----------
    function : callable
        Without arguments; returns a tuple, whose first item is the loss.
    weights : list of keras.Variable
        What gradients are taken with respect to.

    Returns
    -------
    values : tuple
        What the function returned.
    gradients : list of tensor
        One of the shape of each weight.
    """
    with tf.GradientTape() as tape:
        values = function()
    return values, tape.gradient(values[0], weights)
