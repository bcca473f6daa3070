"""A model and all that its training needs to go on, as plain data."""

import json

import keras
import numpy as np

from audiogen.training._loop import compile_model

__all__ = ["assign_variables", "dump_model", "dump_variables", "load_model", "optimizers"]


def dump_model(model):
    """Return a compiled model as text and arrays.

    Keras' own files reset the seed generators of dropout layers and the like; here
    every variable is kept, the optimizers' and the seed generators' among them.

    Parameters
    ----------
    model : keras.Model
        Compiled, of registered layers. A second optimizer is its attribute
        ``discriminator_optimizer``.

    Returns
    -------
    state : dict
        "model", a JSON text; "optimizers", a list of such; and "variables".
    """
    return {
        "model": json.dumps(keras.saving.serialize_keras_object(model)),
        "optimizers": [json.dumps(keras.optimizers.serialize(o)) for o in optimizers(model)],
        "variables": dump_variables(model),
    }


def load_model(state):
    """Build the model again from what `dump_model` returned.

    Parameters
    ----------
    state : dict
        What `dump_model` returned. It is data, not code: nothing in it is executed.

    Returns
    -------
    model : keras.Model
        Compiled as it was.
    """
    config = json.loads(state["model"])
    config.pop("compile_config", None)
    model = keras.saving.deserialize_keras_object(config, safe_mode=True)
    compile_model(
        model, *(keras.optimizers.deserialize(json.loads(o)) for o in state["optimizers"])
    )
    assign_variables(model, state["variables"])
    return model


def dump_variables(model):
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
    groups = [_variables(model), *(o.variables for o in optimizers(model))]
    return [[np.asarray(v.value).copy() for v in group] for group in groups]


def assign_variables(model, values):
    """Set all variables that training changes to what `dump_variables` returned.

    Parameters
    ----------
    model : keras.Model
        Compiled, and of the same layers.
    values : list of lists of ndarray
        What `dump_variables` returned.
    """
    groups = [_variables(model), *(o.variables for o in optimizers(model))]
    for variables, arrays in zip(groups, values, strict=True):
        for variable, array in zip(variables, arrays, strict=True):
            variable.assign(array)


def optimizers(model):
    """Return the optimizers of a compiled model, one or two.

    Parameters
    ----------
    model : keras.Model
        Compiled.

    Returns
    -------
    optimizers : list of ScalableAdam
    """
    second = getattr(model, "discriminator_optimizer", None)
    return [model.optimizer] if second is None else [model.optimizer, second]


def _variables(model):
    """Return the model's variables but those of its metrics, which start anew anyway."""
    metrics = {id(v) for metric in model.metrics for v in metric.variables}
    return [v for v in model.variables if id(v) not in metrics]
