"""Forward passes in NumPy against those of Keras, with random weights."""

import numpy as np
import pytest
from keras import ops

from audiogen.generators import _forward
from audiogen.networks import (
    assign_layer_weights,
    build_gan,
    build_sequencer,
    build_vae,
    build_wavenet,
    layer_weights,
)

RNG = np.random.default_rng(0)
WIDTH = 3  # of conditions
DILATIONS = (1, 2, 4)


def normal(*shape):
    return RNG.normal(size=shape).astype(np.float32)


def randomized(network):
    """Give a network weights that no training begins with, biases and averages included."""
    weights = {
        name: [0.4 * normal(*w.shape) for w in arrays]
        for name, arrays in layer_weights(network).items()
    }
    for name, arrays in weights.items():
        if name.startswith("norm"):
            arrays[3] = np.abs(arrays[3]) + 0.1  # a variance
    assign_layer_weights(network, weights)
    return weights


def through_keras(network, *inputs):
    out = network([values for values in inputs if values is not None], training=False)
    several = isinstance(out, list | tuple)
    arrays = [ops.convert_to_numpy(values) for values in (out if several else [out])]
    return arrays if several else arrays[0]


def vae(width, residual, bounded=True):
    return build_vae(
        (2, 3), width, latent_dim=2, body={"units": (8, 5)}, residual=residual, bounded=bounded,
        beta=1.0, loss="mse", seed=0,
    )  # fmt: skip


def gan(width, residual, bounded=True):
    return build_gan(
        (2, 3), [(width, True)] if width else [], latent_dim=2, body={"units": (8, 5)},
        residual=residual, attention=False, dropout=0.1, n_hidden=4, bounded=bounded,
        auxiliary=True, loss="bce", penalty_weight=0.0, penalty_interval=1, auxiliary_weight=1.0,
        augment=False, seed=0,
    )  # fmt: skip


each_dense = pytest.mark.parametrize("residual", [False, True])
each_width = pytest.mark.parametrize("width", [0, WIDTH])


@each_dense
@each_width
@pytest.mark.parametrize("bounded", [False, True])
@pytest.mark.parametrize("kind", ["vae", "gan"])
def test_dense_decoders_are_those_of_keras(kind, width, residual, bounded):
    if kind == "vae":
        network, slope = vae(width, residual, bounded).decoder, 0.0
    else:
        network, slope = gan(width, residual, bounded).generator, 0.2
    weights = randomized(network)
    z, condition = normal(50, 2), normal(50, width) if width else None
    activation = {"vae": "sigmoid", "gan": "tanh"}[kind] if bounded else "linear"
    found = _forward.dense_decoder(
        weights, z, condition, shape=(2, 3), activation=activation, residual=residual, slope=slope
    )
    expected = through_keras(network, z, condition)
    assert found.shape == (50, 2, 3)
    assert found.dtype == np.float64
    assert np.ptp(expected) > 0.1
    np.testing.assert_allclose(found, expected, atol=1e-5)


@each_dense
@each_width
def test_dense_encoders_are_those_of_keras(width, residual):
    network = vae(width, residual).encoder
    weights = randomized(network)
    x, condition = normal(50, 2, 3), normal(50, width) if width else None
    found = _forward.dense_encoder(weights, x, condition, residual=residual)
    for one, other in zip(found, through_keras(network, x, condition), strict=True):
        assert one.dtype == np.float32
        np.testing.assert_allclose(one, other, atol=1e-5)


@pytest.mark.parametrize("n_layers", [1, 3])
@pytest.mark.parametrize(("horizon", "frame_shape"), [(1, ()), (2, (2, 3))])
def test_frames_go_on_as_through_keras(n_layers, horizon, frame_shape):
    network = build_sequencer(
        frame_shape, length=4, horizon=horizon, units=3, n_layers=n_layers, dropout=0.1,
        error_scale=None, seed=0,
    ).network  # fmt: skip
    weights = randomized(network)
    seeds = frames = normal(7, 4, *frame_shape)
    while frames.shape[1] < 4 + 5:
        frames = np.concatenate([frames, through_keras(network, frames[:, -4:])], axis=1)
    found = _forward.continue_frames(weights, seeds, 5, horizon=horizon)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, frames[:, 4:9], atol=1e-5)
    one = _forward.continue_frames(weights, seeds[3:4], 5, horizon=horizon)
    np.testing.assert_array_equal(one[0], found[3])


@each_width
def test_logits_step_by_step_are_those_of_keras(width):
    network = build_wavenet(
        40, 1, width, filters=4, kernel_size=3, dilations=DILATIONS, dropout=0.1, code_channels=2,
        downsampling=4, n_levels=16, loss="mae", seed=0,
    ).decoder  # fmt: skip
    weights = randomized(network)
    codes, condition = normal(3, 10, 2), normal(3, width) if width else None
    previous = normal(3, 40)
    expected = through_keras(network, previous[:, :, np.newaxis], codes, condition)
    options = {"dilations": DILATIONS, "downsampling": 4}
    several = _forward.StepwiseDecoder(weights, codes, condition, **options)
    own = None if condition is None else condition[1:2]
    alone = _forward.StepwiseDecoder(weights, codes[1:2], own, **options)
    assert several.n_steps == 40
    for t in range(40):
        logits = several.step(previous[:, t])
        np.testing.assert_allclose(logits, expected[:, t], atol=1e-5)
        np.testing.assert_array_equal(alone.step(previous[1:2, t])[0], logits[1])


@pytest.mark.parametrize("n_features", [1, 3, 64])
@pytest.mark.parametrize("n_units", [1, 7, 256])
def test_a_row_does_not_depend_on_its_neighbours(n_features, n_units):
    """To the last bit; nor on the order of the weights in memory."""
    weights = {
        "dense_0": [normal(n_features + WIDTH, n_units), normal(n_units)],
        "norm_0": [normal(n_units), normal(n_units), normal(n_units), np.abs(normal(n_units))],
        "out": [normal(n_units, 5), normal(5)],
    }
    z, condition = normal(70, n_features), normal(70, WIDTH)

    def decoded(weights, rows, step=1):
        return _forward.dense_decoder(
            weights, z[rows][::step], condition[rows][::step], shape=(5,), activation="tanh",
            slope=0.2,
        )  # fmt: skip

    together = decoded(weights, slice(None))
    for size in (1, 2, 3, 8, 33):
        for start in (0, 1, 30):
            rows = slice(start, start + size)
            np.testing.assert_array_equal(decoded(weights, rows), together[rows])
    np.testing.assert_array_equal(decoded(weights, slice(None), 3), together[::3])
    other = {name: [np.asfortranarray(w) for w in arrays] for name, arrays in weights.items()}
    np.testing.assert_array_equal(decoded(other, slice(None)), together)
