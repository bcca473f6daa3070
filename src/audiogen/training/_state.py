"""The state of a training as arrays: nothing of it is ever code."""

from typing import Any

import numpy as np

from audiogen.networks import to_numpy

__all__ = [
    "assign_training_state",
    "assign_variables",
    "dump_training_state",
    "dump_variables",
    "optimizers",
]


def dump_training_state(model: Any) -> dict[str, Any]:
    """Return what training changes beside the weights of a model's networks.

    Parameters
    ----------
    model : keras.Model
        Compiled; its attribute ``networks`` is a dict of its networks.

    Returns
    -------
    state : dict
        "own": the model's other variables, seed generators of layers among them;
        "optimizers": the variables of each. Lists of arrays.
    """
    return {
        "own": _values(_own_variables(model)),
        "optimizers": [_values(o.variables) for o in optimizers(model)],
    }


def assign_training_state(model: Any, state: dict[str, Any]) -> None:
    """Set what `dump_training_state` returned.

    Parameters
    ----------
    model : keras.Model
        Compiled, and built as the other one was.
    state : dict
        What `dump_training_state` returned.

    Raises
    ------
    ValueError
        Where the arrays are not those of such a model.
    """
    groups = [_own_variables(model), *(o.variables for o in optimizers(model))]
    _assign(groups, [state["own"], *state["optimizers"]])


def dump_variables(model: Any) -> list[list[np.ndarray]]:
    """Return the values of all variables that training changes.

    Parameters
    ----------
    model : keras.Model
        Compiled.

    Returns
    -------
    values : list of lists of ndarray
        Those of the model, then those of each optimizer.
    """
    return [_values(group) for group in _groups(model)]


def assign_variables(model: Any, values: list[list[np.ndarray]]) -> None:
    """Set all variables that training changes to what `dump_variables` returned.

    Parameters
    ----------
    model : keras.Model
        Compiled, and of the same layers.
    values : list of lists of ndarray
        What `dump_variables` returned.

    Raises
    ------
    ValueError
        Where the arrays are not those of such a model.
    """
    _assign(_groups(model), values)


def optimizers(model: Any) -> list[Any]:
    """Return the optimizers of a compiled model, one or two.

    Parameters
    ----------
    model : keras.Model
        Compiled. A second optimizer is its attribute ``discriminator_optimizer``.

    Returns
    -------
    optimizers : list of ScalableAdam
    """
    second = getattr(model, "discriminator_optimizer", None)
    return [model.optimizer] if second is None else [model.optimizer, second]


def _groups(model: Any) -> list[list[Any]]:
    return [_variables(model), *(o.variables for o in optimizers(model))]


def _variables(model: Any) -> list[Any]:
    """Return the model's variables but those of its metrics, which start anew anyway."""
    metrics = {id(v) for metric in model.metrics for v in metric.variables}
    return [v for v in model.variables if id(v) not in metrics]


def _own_variables(model: Any) -> list[Any]:
    of_networks = {id(w) for network in model.networks.values() for w in network.weights}
    return [v for v in _variables(model) if id(v) not in of_networks]


def _values(variables: Any) -> list[np.ndarray]:
    return [to_numpy(v) for v in variables]


def _assign(groups: list[list[Any]], values: list[list[np.ndarray]]) -> None:
    shapes = [[tuple(v.shape) for v in group] for group in groups]
    given = [[np.shape(a) for a in arrays] for arrays in values]
    if shapes != given:
        raise ValueError(
            "The arrays are not those of this network: their number or shapes differ."
        )
    for variables, arrays in zip(groups, values, strict=True):
        for variable, array in zip(variables, arrays, strict=True):
            variable.assign(array)
