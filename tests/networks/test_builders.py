"""What holds for every network: names, seeds and dtypes of its own; weights as arrays."""

import json
import os
import subprocess
import sys

import keras
import numpy as np
import pytest

from audiogen.networks import (
    assign_layer_weights,
    build_gan,
    build_sequencer,
    build_vae,
    build_wavenet,
    layer_weights,
)

DENSE = {"units": [4, 3]}
CONVOLUTIONS = {"filters": [4, 8], "kernel_size": 3, "strides": 2}
VAE = {"latent_dim": 2, "residual": True, "bounded": True, "beta": 1.0, "loss": "mse", "seed": 0}
GAN = {
    "latent_dim": 2, "residual": True, "attention": True, "dropout": 0.1, "n_hidden": 4,
    "bounded": False, "auxiliary": True, "loss": "bce", "penalty_weight": 10.0,
    "penalty_interval": 2, "auxiliary_weight": 1.0, "augment": False, "seed": 0,
}  # fmt: skip
LSTM = {"length": 3, "horizon": 1, "units": 3, "n_layers": 2, "dropout": 0.1, "seed": 0}
WAVENET = {
    "filters": 4, "kernel_size": 2, "dilations": [1, 2], "dropout": 0.1, "code_channels": 2,
    "downsampling": 4, "loss": "mae", "seed": 0,
}  # fmt: skip
BUILDERS = {
    "vae": (build_vae, {"shape": [6], "condition_width": 3, "body": DENSE, **VAE}),
    "conv_vae": (
        build_vae,
        {"shape": [9, 5, 2], "condition_width": 3, "body": CONVOLUTIONS, **VAE},
    ),
    "gan": (build_gan, {"shape": [6], "conditions": [[2, True]], "body": DENSE, **GAN}),
    "conv_gan": (
        build_gan,
        {"shape": [30], "conditions": [[2, True]], "body": CONVOLUTIONS, **GAN},
    ),
    "lstm": (build_sequencer, {"frame_shape": [2], "error_scale": None, **LSTM}),
    "wavenet": (
        build_wavenet,
        {"n_steps": 16, "n_channels": 1, "condition_width": 2, "n_levels": None, **WAVENET},
    ),
    "stepwise": (
        build_wavenet,
        {"n_steps": 16, "n_channels": 1, "condition_width": 2, "n_levels": 16, **WAVENET},
    ),
}
every_builder = pytest.mark.parametrize("name", BUILDERS)


def networks(name, **options):
    build, architecture = BUILDERS[name]
    return build(**{**architecture, **options}).networks


def flat(networks):
    return [
        (name, layer, array)
        for name, network in networks.items()
        for layer, arrays in layer_weights(network).items()
        for array in arrays
    ]


@every_builder
def test_the_same_call_builds_the_same_network(name):
    """What was built before in the process counts for nothing; JSON keeps the arguments."""
    keras.layers.Dense(1), keras.layers.ReLU()  # move Keras' own counts
    build, architecture = BUILDERS[name]
    one = networks(name)
    other = build(**json.loads(json.dumps(architecture))).networks
    for part in one:
        names = [layer.name for layer in one[part].layers]
        assert names == [layer.name for layer in other[part].layers]
        assert len(set(names)) == len(names)
        assert one[part].name == other[part].name == part
    for (*where, array), (*there, again) in zip(flat(one), flat(other), strict=True):
        assert where == there
        np.testing.assert_array_equal(array, again)


@every_builder
def test_nothing_is_deserialized(name, monkeypatch):
    """But for the names of initializers that Keras itself gives its layers, all constants."""
    from keras.src.saving import serialization_lib

    deserialize = serialization_lib.deserialize_keras_object

    def refused(*args, **kwargs):
        raise AssertionError(f"deserialised {args}, {kwargs}")

    def watched(config, *args, **kwargs):
        constant = config["class_name"].lower() in ("ones", "zeros") and config["config"] == {}
        return deserialize(config, *args, **kwargs) if constant else refused(config)

    for place, hooked in (
        (keras.saving, "deserialize_keras_object"),
        (keras.models, "clone_model"),
        (keras.layers, "deserialize"),
        (keras.layers.Layer, "from_config"),
        (keras.Model, "from_config"),
    ):
        monkeypatch.setattr(place, hooked, refused)
    monkeypatch.setattr(serialization_lib, "deserialize_keras_object", watched)
    assert networks(name)


@every_builder
def test_weights_and_outputs_are_exact_at_any_precision(name):
    for part, network in networks(name, precision="mixed_bfloat16").items():
        computing = {layer.compute_dtype for layer in network.layers if layer.weights}
        assert computing == {"bfloat16", "float32"}, part
        assert {str(weight.dtype) for weight in network.weights} == {"float32"}
        for output in network.outputs:
            assert str(output.dtype) == "float32"
            layer = next(x for x in network.layers if x.output is output)
            assert layer.compute_dtype == "float32"


@every_builder
def test_weights_come_back(name):
    one, other = networks(name), networks(name, seed=1)
    for part in one:
        weights = layer_weights(one[part])
        assign_layer_weights(other[part], weights)
    for (*_, array), (*_, again) in zip(flat(one), flat(other), strict=True):
        np.testing.assert_array_equal(array, again)


def test_weights_of_another_network_are_refused():
    decoder = networks("vae")["decoder"]
    weights = layer_weights(decoder)
    before = flat({"decoder": decoder})
    kernel, bias = weights["dense_0"]
    with pytest.raises(
        ValueError, match=r"has the layers \['dense_0'.*Got weights of \['dense_0'"
    ):
        assign_layer_weights(decoder, {"dense_0": [kernel, bias]})
    with pytest.raises(ValueError, match=r"'dense_0' has weights of the shapes \[\(5, 3\), \(3,"):
        assign_layer_weights(decoder, {**weights, "dense_0": [kernel[:4], bias]})
    with pytest.raises(ValueError, match=r"'out' has weights"):
        assign_layer_weights(decoder, {**weights, "dense_0": [kernel + 1, bias], "out": []})
    for (*_, array), (*_, again) in zip(before, flat({"decoder": decoder}), strict=True):
        np.testing.assert_array_equal(array, again)


SETTINGS = """
import keras, numpy as np
from audiogen.networks import layer_weights
from audiogen.training import Batches, compile_model, make_adam, train
from test_builders import BUILDERS

rng = np.random.default_rng(0)
x, z, frames, audio = (
    rng.uniform(-1, 1, (8, *shape)).astype(np.float32)
    for shape in ((9, 5, 2), (2,), (4, 2), (16, 1))
)
condition = np.eye(3, dtype=np.float32)[np.arange(8) % 3]
batches = {
    "conv_vae": lambda rows: ((x[rows], condition[rows]),),
    "gan": lambda rows: ((audio[rows, :6, 0], z[rows], condition[rows, :2]),),
    "lstm": lambda rows: ((frames[rows, :3],), frames[rows, 3:]),
    "stepwise": lambda rows: (
        (audio[rows], audio[rows], condition[rows, :2]), (8 * audio[rows, :, 0] + 8).astype(int)
    ),
}

def trained(name):
    build, architecture = BUILDERS[name]
    model = build(**architecture)
    optimizers = [make_adam(0.01, decay=(0.9, 10), ema=0.5) for _ in model.networks]
    compile_model(model, *optimizers[: 2 if "gan" in name else 1])
    model.run_eagerly = True  # it takes longer to trace so small a model than to run it
    history = {}
    make = lambda rows, rng: batches[name](rows)
    train(model, Batches(np.arange(8), 4, make, 0), history=history, last_epoch=1)
    found = [w for n in model.networks.values() for ws in layer_weights(n).values() for w in ws]
    return found, history

names = list(batches)
before = [trained(name) for name in names]
keras.config.set_floatx("float64")
keras.config.set_dtype_policy("mixed_bfloat16")
keras.config.set_image_data_format("channels_first")
for name, (weights, history) in zip(names, before):
    again, later = trained(name)
    assert history == later, (name, history, later)
    for one, other in zip(weights, again, strict=True):
        assert one.dtype == other.dtype == np.float32
        np.testing.assert_array_equal(one, other, err_msg=name)
print("the same bits")
"""


@pytest.mark.long
def test_the_users_settings_of_keras_change_nothing():
    here = os.path.dirname(__file__)
    done = subprocess.run(
        [sys.executable, "-c", SETTINGS],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([here, *sys.path])},
        capture_output=True,
        text=True,
    )
    assert done.stdout == "the same bits\n", done.stderr
