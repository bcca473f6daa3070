"""What Keras has no function of its own for. The one file that needs TensorFlow."""

from collections.abc import Callable, Sequence
from typing import Any

import keras

if keras.backend.backend() == "tensorflow":
    import tensorflow as tf

__all__ = [
    "adam_steps",
    "as_graph",
    "check_backend",
    "in_one_graph",
    "input_gradients",
    "weight_gradients",
]


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


def in_one_graph(step: Callable[[Any], dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """Return a function that takes a step on each of several batches, in one graph.

    A graph that is called for each batch costs as much again as a small network.

    Parameters
    ----------
    step : callable
        From a batch, nested tuples of tensors of shape (n, ...), to a dict of tensors.

    Returns
    -------
    steps : callable
        From the rows of all batches, such tuples of arrays, and the number of rows of each batch
        to what the last step returned. One graph serves any numbers.
    """
    one = tf.function(step, autograph=False)

    def several(rows: Any, lengths: Any) -> dict[str, Any]:
        specs = tf.nest.map_structure(lambda a: tf.TensorSpec(a.shape, a.dtype), rows)
        figures = one.get_concrete_function(specs).structured_outputs
        nothing = tf.nest.map_structure(lambda a: tf.zeros(a.shape, a.dtype), figures)
        ends = tf.cumsum(lengths)

        def body(i: Any, _: Any) -> tuple:
            batch = tf.nest.map_structure(lambda a: a[ends[i] - lengths[i] : ends[i]], rows)
            return i + 1, one(batch)

        # A step begins when the one before is done.
        return tf.while_loop(
            lambda i, _: i < tf.size(lengths), body, (0, nothing), parallel_iterations=1
        )[1]

    graph = tf.function(several, autograph=False)

    def steps(rows: Any, lengths: Any) -> dict[str, Any]:
        specs = tf.nest.map_structure(
            lambda a: tf.TensorSpec((None, *a.shape[1:]), a.dtype), (rows, lengths)
        )
        return graph.get_concrete_function(*specs)(rows, lengths)

    return steps


def as_graph(function: Callable[[], None]) -> Callable[[], Any]:
    """Return a function that changes variables, as one graph.

    Parameters
    ----------
    function : callable
        Without arguments or result.

    Returns
    -------
    function : callable
        Without arguments or result.
    """
    return tf.function(function, autograph=False)


def adam_steps(
    variables: Sequence[Any],
    moments: Sequence[tuple[Any, Any]],
    gradients: Sequence[Any],
    learning_rate: Any,
    iteration: Any,
    **parameters: float,
) -> None:
    """Change variables and the moments of their gradients as Adam does, one operation for each.

    Parameters
    ----------
    variables : sequence of tf.Variable
        What is trained, of float32.
    moments : sequence of (keras.Variable, keras.Variable)
        The moving averages of their gradients and of the squares of these.
    gradients : sequence of tensor
        Of the shapes of the variables.
    learning_rate : scalar tensor
        The rate now.
    iteration : scalar tensor
        The number of steps before this one.
    **parameters : float
        Those named beta1, beta2 and epsilon.
    """
    step = tf.cast(iteration + 1, "float32")
    shared = {
        **parameters,
        "lr": tf.cast(learning_rate, "float32"),
        "beta1_power": tf.pow(parameters["beta1"], step),
        "beta2_power": tf.pow(parameters["beta2"], step),
    }
    for variable, (first, second), gradient in zip(variables, moments, gradients, strict=True):
        tf.raw_ops.ResourceApplyAdam(
            var=variable.handle,
            m=first.value.handle,
            v=second.value.handle,
            grad=tf.convert_to_tensor(gradient),
            **shared,
        )
