"""A model and all that its training needs to go on, as plain data."""

import json

import keras

__all__ = ["dump_model", "load_model"]


def dump_model(model):
    """Return a compiled model as text and arrays.

    Keras' own files reset the seed generators of dropout layers and the like; here
    every variable is kept, the optimizer's and the seed generators' among them.

    Parameters
    ----------
    model : keras.Model
        Compiled, of registered layers.

    Returns
    -------
    state : dict
        "model" and "optimizer", JSON texts, and the lists of arrays
        "variables" and "optimizer_variables".
    """
    return {
        "model": json.dumps(keras.saving.serialize_keras_object(model)),
        "optimizer": json.dumps(keras.optimizers.serialize(model.optimizer)),
        "variables": [keras.ops.convert_to_numpy(v) for v in _variables(model)],
        "optimizer_variables": [keras.ops.convert_to_numpy(v) for v in model.optimizer.variables],
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
        Not compiled.
    optimizer : keras.Optimizer
        To compile it with.
    """
    config = json.loads(state["model"])
    config.pop("compile_config", None)
    model = keras.saving.deserialize_keras_object(config, safe_mode=True)
    for variable, value in zip(_variables(model), state["variables"], strict=True):
        variable.assign(value)
    optimizer = keras.optimizers.deserialize(json.loads(state["optimizer"]))
    optimizer.build(model.trainable_variables)
    values = state["optimizer_variables"]
    for variable, value in zip(optimizer.variables, values, strict=True):
        variable.assign(value)
    return model, optimizer


def _variables(model):
    """Return the model's variables but those of its metrics, which start anew anyway."""
    metrics = {id(v) for metric in model.metrics for v in metric.variables}
    return [v for v in model.variables if id(v) not in metrics]
