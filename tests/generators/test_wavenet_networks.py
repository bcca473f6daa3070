"""The default networks of WaveNetAutoencoder are those of the report."""

import keras
import numpy as np
import pytest

from audiogen.generators import WaveNetAutoencoder
from helpers.waves import waves

# ------------------------------------------------------------- the report's architecture


@pytest.fixture(scope="module")
def default():
    return WaveNetAutoencoder(epochs=1, random_state=0).fit(waves())


def kinds(network):
    return [type(layer).__name__ for layer in network.layers]


@pytest.mark.parametrize("part", ["encoder_", "decoder_"])
def test_the_default_stacks_are_the_reports(part, default):
    """A causal convolution, then blocks at 1, 4, 16: ReLU, normalisation, dropout, skips."""
    network = getattr(default, part)
    entry = network.get_layer("entry")
    assert entry.padding == "causal"
    dilated = [layer for layer in network.layers if layer.name.startswith("dilated_")]
    assert [layer.dilation_rate for layer in dilated] == [(1,), (4,), (16,)]
    assert {layer.padding for layer in dilated} == {"causal"}
    assert kinds(network).count("BatchNormalization") == 3
    assert {layer.rate for layer in network.layers if type(layer).__name__ == "Dropout"} == {0.1}
    for i, layer in enumerate(dilated):
        follows = layer
        for kind in ["ReLU", "BatchNormalization", "Dropout"]:
            (follows,) = [node.operation for node in follows._outbound_nodes]
            assert type(follows).__name__ == kind
        into = {node.operation.name for node in follows._outbound_nodes}
        assert into == ({f"skip_{i}", f"residual_{i}"} if i < 2 else {f"skip_{i}"})
    assert network.get_layer("skips")


def test_bottleneck_upsampling_and_a_linear_output(default):
    encoder, decoder = default.encoder_, default.decoder_
    assert encoder.layers[-1].name == "bottleneck"
    assert encoder.layers[-1].strides == (32,)
    order = [layer.name for layer in decoder.layers]
    assert order.index("upsampling") < order.index("entry") < order.index("output")
    assert decoder.get_layer("upsampling").size == 32
    assert decoder.layers[-1].name == "output"
    assert decoder.layers[-1].activation.__name__ == "linear"


def test_training_is_the_reports(default):
    assert WaveNetAutoencoder().epochs == 50
    assert (default.batch_size, default.learning_rate) == (16, 1e-3)
    assert (default.loss, default.decoder) == ("mae", "parallel")
    assert default.patience is not None, "early stopping"
    assert default.plateau_patience is not None, "reduction on plateau"
    optimizer = default._model.optimizer
    assert isinstance(optimizer, keras.optimizers.Adam)
    assert float(optimizer.learning_rate) == pytest.approx(1e-3)
    found = default._model.evaluate((default._sequences(waves()),), verbose=0)
    rebuilt = default.inverse_transform(default.transform(waves()))
    assert np.abs(rebuilt).max() < 1, "nothing was clipped"
    assert found == pytest.approx(np.abs(waves() - rebuilt).mean(), rel=1e-5)
