"""A model and all that its training needs to go on, as plain data."""

import json

import keras

from audiogen.training._loop import compile_model

__all__ = ["dump_model", "load_model"]


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
        "model", a JSON text; "variables", a list of arrays; and "optimizers", a list of
        dicts of the same two.
    """
    optimizers = [model.optimizer]
    if hasattr(model, "discriminator_optimizer"):
        optimizers.append(model.discriminator_optimizer)
    return {
        "model": json.dumps(keras.saving.serialize_keras_object(model)),
        "variables": _values(_variables(model)),
        "optimizers": [
            {
                "optimizer": json.dumps(keras.optimizers.serialize(optimizer)),
                "variables": _values(optimizer.variables),
            }
            for optimizer in optimizers
        ],
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
    _assign(_variables(model), state["variables"])
    optimizers = [
        keras.optimizers.deserialize(json.loads(saved["optimizer"]))
        for saved in state["optimizers"]
    ]
    compile_model(model, *optimizers)  # a second one is built by the model's own compile
    if len(optimizers) == 1:
        optimizers[0].build(model.trainable_variables)
    for optimizer, saved in zip(optimizers, state["optimizers"], strict=True):
        _assign(optimizer.variables, saved["variables"])
    return model


def _variables(model):
    """Return the model's variables but those of its metrics, which start anew anyway."""
    metrics = {id(v) for metric in model.metrics for v in metric.variables}
    return [v for v in model.variables if id(v) not in metrics]


def _values(variables):
    return [keras.ops.convert_to_numpy(v) for v in variables]


def _assign(variables, values):
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)
