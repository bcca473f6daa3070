"""Networks whose layers compute in fewer bits."""

import keras

__all__ = ["with_precision"]


def with_precision(model, precision):
    """Return a newly built model anew, with layers of a precision.

    Weights, and the last layers with weights on the way to each output, stay float32:
    an output of bfloat16 has 8 bits, and audio would be noisy. Keras' global policy is
    left alone.

    Parameters
    ----------
    model : keras.Model
        Not trained yet: its weights are those of its initializers. Its networks are
        values of ``model.get_config()``, and attributes of the same names.
    precision : {"float32", "mixed_bfloat16"}
        The layers' dtype policy.

    Returns
    -------
    model : keras.Model
    """
    if precision == "float32":
        return model
    config = model.get_config()
    for name in config:
        network = getattr(model, name, None)
        if isinstance(network, keras.Model):
            config[name] = keras.saving.serialize_keras_object(_changed(network, precision))
    return type(model).from_config(config)


def _changed(network, precision):
    exact = {layer.name for output in network.outputs for layer in _last_layers(network, output)}

    def change(layer):
        config = layer.get_config()
        if layer.name not in exact:
            config = _replaced(config, precision)
        return type(layer).from_config(config)

    return keras.models.clone_model(network, clone_function=change)


def _last_layers(network, output):
    """Return the layers from the last with weights to the output."""
    layer = next(x for x in reversed(network.layers) if x.output is output)
    if layer.weights or isinstance(layer.input, list):
        return [layer]
    return [layer, *_last_layers(network, layer.input)]


def _replaced(config, precision):
    """Return a layer's config with another dtype policy, inner layers included."""
    if isinstance(config, list):
        return [_replaced(value, precision) for value in config]
    if not isinstance(config, dict):
        return config
    return {
        key: precision if key == "dtype" else _replaced(value, precision)
        for key, value in config.items()
    }
