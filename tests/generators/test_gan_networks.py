"""The networks of GANGenerator: what the report names, and options."""

import keras
import numpy as np
import pytest

from audiogen.generators import GANGenerator
from helpers.networks import weights


def built(shape, **parameters):
    """Return the untrained pair of networks for samples within [-1, 1]."""
    gan = GANGenerator(random_state=0, **parameters)
    gan._scaling = gan._new_scaling().fit(np.zeros((1, *shape)), np.arange(1))
    gan.conditions_, gan.sample_shape_ = None, shape
    return gan._build(**gan._architecture(None), precision="float32", seed=0)


def kinds(network):
    """Return the kinds of a network's layers, without inputs and those that only reshape."""
    names = [type(layer).__name__ for layer in network.layers]
    return [n for n in names if n not in ("InputLayer", "Reshape", "ZeroPadding1D", "Cropping1D")]


# ------------------------------------------------------------- the report, item by item


@pytest.mark.parametrize(
    ("shape", "rank", "parameters"),
    [((64000,), 1, {}), ((256, 512, 2), 2, {"filters": (2, 2, 2, 2)})],
)
def test_default_networks_are_the_reports(shape, rank, parameters):
    """Dense, reshape, transposed convolutions with BN and LeakyReLU to a tanh; and back."""
    model = built(shape, **parameters)
    normalised = ["BatchNormalization", "LeakyReLU"]
    transposed = f"Conv{rank}DTranspose"
    assert kinds(model.generator) == [
        "Dense", *normalised, *[transposed, *normalised] * 3, transposed,
    ]  # fmt: skip
    names = [type(layer).__name__ for layer in model.generator.layers]
    assert names.index("Dense") < names.index("Reshape") < names.index(transposed)
    assert model.generator.layers[names.index(transposed)].strides == ((4,), (2, 2))[rank - 1]
    last = [layer for layer in model.generator.layers if type(layer).__name__ == transposed][-1]
    assert last.activation.__name__ == "tanh"
    assert kinds(model.discriminator) == [
        *[f"Conv{rank}D", "LeakyReLU", "Dropout"] * 4, "Flatten", "Dense", "LeakyReLU", "Dense",
    ]  # fmt: skip
    assert model.discriminator.layers[-1].activation.__name__ == "linear", "logits"
    assert model.generator.output_shape == (None, *shape)
    assert model.discriminator.output_shape in [(None, 1), [(None, 1)]]
    assert model.generator.input_shape in [(None, 128), [(None, 128)]]


@pytest.mark.parametrize(
    ("shape", "kind"),
    [((2048,), "Dense"), ((2049,), "Conv1D"), ((8, 3), "Conv1D"), ((8, 8, 2), "Conv2D")],
)
def test_auto_chooses_by_shape(shape, kind):
    model = built(shape, filters=(2, 2), units=(4,))
    assert kinds(model.discriminator)[0 if kind != "Dense" else 1] == kind


# ------------------------------------------------------------------------------ options


@pytest.mark.parametrize("shape", [(3000,), (32, 3), (20, 24, 2)])
def test_residual_blocks_are_in_both_networks(shape):
    plain, residual = (built(shape, filters=(4, 8), block=b) for b in ("plain", "residual"))
    assert residual.generator.output_shape == plain.generator.output_shape
    for name, blocks in (("generator", 1), ("discriminator", 2)):
        assert kinds(getattr(plain, name)).count("Add") == 0
        assert kinds(getattr(residual, name)).count("Add") == blocks
    dense = built((6,), units=(8, 4), block="residual")
    assert kinds(dense.generator).count("Add") == kinds(dense.discriminator).count("Add") == 2


@pytest.mark.parametrize("shape", [(3000,), (80, 80, 2)])
def test_attention_brings_every_place_to_every_other(shape):
    """It adds nothing at first: its last weights are zero."""
    model = built(shape, filters=(4, 8), attention=True)
    assert kinds(model.generator).count("Attention") == 1
    layers = model.discriminator.layers
    at = [type(layer).__name__ for layer in layers].index("Attention")
    last, joined = layers[at + 1], layers[at + 3]
    network = keras.Model(model.discriminator.inputs[0], joined.output)
    x = np.random.default_rng(0).uniform(-1, 1, (2, *shape)).astype(np.float32)
    x[1] = x[0]
    x[1].flat[0] += 1  # the first place of all
    unlike = []
    for kernel in (0.0, 1.0):
        assert (weights(last)[0] == 0).all() == (kernel == 0)
        one, other = np.asarray(network(x))
        unlike.append(np.mean((one != other).any(axis=-1)))
        last.kernel.assign(np.ones(last.kernel.shape))
    assert unlike[0] < 0.1
    assert unlike[1] > 0.9
