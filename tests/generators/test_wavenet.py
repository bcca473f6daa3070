import keras
import numpy as np
import pytest

from audiogen.generators import ConditionalGaussianMixture, WaveNetAutoencoder
from audiogen.generators._autoregression import draw_audio
from audiogen.generators._forward import StepwiseDecoder
from audiogen.signal import mu_law_decode, mu_law_encode
from audiogen.utils.seeds import Stream, make_rng
from helpers.waves import waves

TINY = {"filters": 4, "downsampling": 8, "code_channels": 3, "epochs": 1, "random_state": 0}


def names(n_samples=6):
    return np.where(np.arange(n_samples) % 2, "high", "low")


@pytest.fixture(scope="module")
def parallel():
    return WaveNetAutoencoder(**TINY).fit(waves(), names())


@pytest.fixture(scope="module")
def autoregressive():
    """A decoder one step after the other whose weights and moments are far from those at first."""
    model = WaveNetAutoencoder(decoder="autoregressive", **TINY).fit(waves(), names())
    rng = np.random.default_rng(1)
    for layer in model.decoder_.layers:
        if layer.name.startswith("norm_"):
            gamma, beta, mean, variance = layer.get_weights()
            layer.set_weights(
                [
                    rng.uniform(0.5, 2, gamma.shape),
                    rng.normal(size=beta.shape),
                    rng.normal(size=mean.shape),
                    rng.uniform(0.5, 2, variance.shape),
                ]
            )
        elif layer.get_weights():
            kernel, bias = layer.get_weights()
            layer.set_weights([kernel, rng.normal(size=bias.shape)])
    model._collect_weights()
    return model


# ---------------------------------------------------------------------------- causality


def stack(model, part):
    """Return a stack as a function of its own input: between codes and waveform."""
    if part == "encoder_":
        network = model.encoder_
        return keras.Model(network.inputs, network.get_layer("bottleneck").input)
    network = model.decoder_
    upsampled = network.get_layer("upsampling").output
    if model.decoder == "parallel":
        return keras.Model([upsampled], network.outputs)
    return keras.Model([network.inputs[0], upsampled], network.outputs)


@pytest.mark.parametrize("t", [0, 1, 17, 50, 63])
@pytest.mark.parametrize(
    ("how", "part"),
    [("parallel", "encoder_"), ("parallel", "decoder_"), ("autoregressive", "decoder_")],
)
def test_no_output_before_a_change(how, part, t, request):
    network = stack(request.getfixturevalue(how), part)
    rng = np.random.default_rng(0)
    inputs = [rng.normal(size=(1, 64, i.shape[-1])).astype(np.float32) for i in network.inputs]
    before = np.asarray(network(inputs))
    for changed in inputs:
        kept = changed.copy()
        changed[:, t] += 10
        after = np.asarray(network(inputs))
        np.testing.assert_array_equal(after[:, :t], before[:, :t])
        assert np.any(after[:, t:] != before[:, t:])
        changed[:] = kept


# ------------------------------------------------------------------ one step at a time


def through_the_network(model, audio, codes, condition):
    """Return the logits of all steps, computed at once by the causal network."""
    previous = np.zeros((*audio.shape, 1), np.float32)
    previous[:, 1:, 0] = audio[:, :-1]
    return np.asarray(model.decoder_([previous, codes, condition], training=False))


@pytest.fixture(scope="module")
def long_codes():
    rng = np.random.default_rng(2)
    condition = np.eye(2, dtype=np.float32)[[0, 1, 1]]
    return rng.normal(size=(3, 250, 3)).astype(np.float32), condition  # 2,000 steps


def test_logits_step_by_step_are_those_of_the_network(autoregressive, long_codes):
    codes, condition = long_codes
    audio = np.random.default_rng(3).uniform(-1, 1, (3, 2000)).astype(np.float32)
    weights, arguments = autoregressive._weights["decoder"], autoregressive._arguments
    dilations, downsampling = arguments["dilations"], arguments["downsampling"]
    stepwise = StepwiseDecoder(
        weights, codes, condition, dilations=dilations, downsampling=downsampling
    )
    assert stepwise.n_steps == 2000
    previous = np.pad(audio[:, :-1], ((0, 0), (1, 0)))
    found = np.stack([stepwise.step(previous[:, t]) for t in range(2000)], axis=1)
    expected = through_the_network(autoregressive, audio, codes, condition)
    assert np.ptp(expected) > 1, "the logits are not trivial"
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize("seed", [2, 3, 4])
def test_most_likely_sequences_are_those_of_the_network(seed):
    """2,000 steps, each the most likely after those before it, by either way."""
    from audiogen.networks import build_wavenet, layer_weights

    options = {"filters": 8, "kernel_size": 2, "dilations": (1, 2, 4, 8), "dropout": 0.0}
    model = build_wavenet(2000, 1, 0, **options, precision="float32", code_channels=2,
                          downsampling=20, n_levels=256, loss="mae", seed=seed)  # fmt: skip
    rng = np.random.default_rng(seed)
    codes = rng.normal(size=(1, 100, 2)).astype(np.float32)
    entry = model.decoder.get_layer("entry")
    kernel, bias = entry.get_weights()
    entry.set_weights([10 * kernel, rng.normal(size=bias.shape)])  # as if trained: lively
    weights = layer_weights(model.decoder)
    stepwise = StepwiseDecoder(weights, codes, dilations=(1, 2, 4, 8), downsampling=20)
    levels, audio = np.zeros(2000, int), np.zeros((2001, 1), np.float32)
    for t in range(2000):
        levels[t] = np.argmax(stepwise.step(audio[t])[0])
        audio[t + 1] = mu_law_decode(levels[t : t + 1], 256)
    logits = np.asarray(model.decoder([audio[np.newaxis, :-1], codes], training=False))
    assert len(set(levels.tolist())) > 10, "the sequence is not trivial"
    # Each sequence follows from its own first steps: both agree if every step does.
    np.testing.assert_array_equal(levels, logits[0].argmax(axis=1))


def test_drawn_levels_follow_the_networks_shares(autoregressive):
    """The first step of many draws is distributed as the softmax of its logits says."""
    codes = np.repeat(autoregressive.transform(waves()[:1]), 4000, axis=0)[:, :1]
    condition = np.repeat(np.eye(2, dtype=np.float32)[:1], 4000, axis=0)
    weights, dilations = autoregressive._weights["decoder"], autoregressive.dilations
    decoder = StepwiseDecoder(weights, codes, condition, dilations=dilations, downsampling=8)
    drawn = draw_audio(decoder, np.random.default_rng(0).spawn(4000), 256)[:, 0]
    logits = through_the_network(autoregressive, np.zeros((1, 8)), codes[:1], condition[:1])[0, 0]
    shares = np.exp(logits - logits.max())
    shares /= shares.sum()
    counts = np.bincount(mu_law_encode(drawn, 256), minlength=256)
    assert np.abs(counts / 4000 - shares).sum() < 3 * np.sqrt(2 * 256 / np.pi / 4000)


def test_training_teaches_the_level_after_those_before(autoregressive):
    x = waves()
    (x_in, previous), levels = autoregressive._batch(x, None, np.random.default_rng(0))
    np.testing.assert_array_equal(levels, mu_law_encode(x, 256))
    assert not previous[:, 0].any()
    np.testing.assert_allclose(previous[:, 1:, 0], mu_law_decode(levels[:, :-1], 256), atol=1e-6)
    np.testing.assert_array_equal(x_in[..., 0], x)


def test_long_waveforms_are_learnt_in_crops_of_whole_codes(autoregressive):
    x = np.random.default_rng(0).uniform(-1, 1, (1, 20_000)).astype(np.float32)
    model = WaveNetAutoencoder(decoder="autoregressive", **TINY)
    model._arguments, model.sample_shape_ = autoregressive._arguments, (20_000,)
    starts = set()
    for seed in range(20):
        (crop, _), levels = model._batch(x, None, np.random.default_rng(seed))
        assert crop.shape == (1, 8192, 1)
        assert levels.shape == (1, 8192)
        (start,) = np.flatnonzero(x[0] == crop[0, 0, 0])
        np.testing.assert_array_equal(crop[0, :, 0], x[0, start : start + 8192])
        starts.add(int(start))
    assert all(start % 8 == 0 for start in starts)
    assert len(starts) > 10


def test_an_autoregressive_decoder_learns_to_go_on():
    """On slow sines the level before tells most: far below the 5.5 nats of a blind guess."""
    model = WaveNetAutoencoder(
        decoder="autoregressive", filters=16, dilations=(1, 2), epochs=30, patience=None,
        validation_fraction=0.0, learning_rate=1e-2, downsampling=32, dropout=0.0, random_state=0,
    ).fit(waves(32, 256))  # fmt: skip
    assert model.history_["loss"][-1] < 3.5
    assert np.abs(model.sample(2)).max() <= 1


# --------------------------------------------------------------------- the contracts


def test_codes_and_back(parallel):
    codes = parallel.transform(waves())
    assert codes.shape == (6, 8, 3)
    assert codes.dtype == np.float32
    audio = parallel.inverse_transform(codes, names())
    assert audio.shape == (6, 64)
    assert audio.dtype == np.float32
    other = parallel.inverse_transform(codes, names()[::-1])
    assert np.abs(audio - other).max() > 1e-4, "the condition reaches the decoder"


@pytest.mark.parametrize("decoder", ["parallel", "autoregressive"])
def test_any_length_comes_back(decoder):
    """61 is no multiple of 8: the last code is of padding, too."""
    model = WaveNetAutoencoder(decoder=decoder, **TINY).fit(waves(6, 61))
    codes = model.transform(waves(6, 61))
    assert codes.shape == (6, 8, 3)
    assert model.inverse_transform(codes).shape == (6, 61)
    assert model.sample(2).shape == (2, 61)


def test_padding_does_not_count_in_the_loss(parallel):
    model = WaveNetAutoencoder(**TINY).fit(waves(6, 61))._model
    x = np.zeros((2, 64, 1), np.float32)
    y = np.zeros((2, 64, 1), np.float32)
    y[:, 61:] = 5
    assert float(model.compute_loss([keras.ops.array(x)], None, keras.ops.array(y))) == 0


def test_an_autoregressive_inverse_is_always_the_same(autoregressive):
    codes = autoregressive.transform(waves())
    audio = autoregressive.inverse_transform(codes, names())
    np.testing.assert_array_equal(audio, autoregressive.inverse_transform(codes, names()))
    one, two = (autoregressive.sample(2, y="low", random_state=s) for s in (0, 1))
    assert not np.array_equal(one, two)


def test_it_rebuilds_what_it_was_trained_on():
    """Codes tell sounds apart: each is rebuilt nearer to itself than to any other."""
    X = np.random.default_rng(0).normal(size=(8, 1, 4)) + np.zeros((8, 16, 4))
    model = WaveNetAutoencoder(
        filters=16, dilations=(1, 4), downsampling=8, epochs=100, patience=None,
        plateau_patience=None,
        validation_fraction=0.0, learning_rate=1e-2, dropout=0.0, random_state=0,
    ).fit(X)  # fmt: skip
    rebuilt = model.inverse_transform(model.transform(X))
    distance = np.abs(rebuilt[:, np.newaxis] - X).mean(axis=(2, 3))
    np.testing.assert_array_equal(distance.argmin(axis=1), np.arange(8))
    assert np.mean((rebuilt - X) ** 2) < 0.2 * X.var()


def test_interpolation_leads_from_one_to_the_other(parallel):
    ends = waves()[[0, 2]]  # both low
    codes, Z = parallel.transform(ends), parallel.encode(ends, "low")
    assert Z.shape == (2, parallel.latent_dim_)
    steps = parallel.interpolate(Z, "low", 5)
    assert steps.shape == (5, 64)
    np.testing.assert_allclose(steps[[0, -1]], parallel.inverse_transform(codes, "low"), atol=1e-4)
    np.testing.assert_allclose(steps[2], steps[[0, -1]].mean(axis=0), atol=1e-5)


def test_samples_are_decoded_from_the_density_of_codes(parallel):
    """What `sample` gives is `inverse_transform` of codes that `density_` gives."""
    codes = parallel.transform(waves())
    refitted = ConditionalGaussianMixture(random_state=parallel.density_.random_state)
    refitted.fit(codes, names())
    np.testing.assert_allclose(refitted.score(codes, names()),
                               parallel.density_.score(codes, names()), rtol=1e-5)  # fmt: skip
    Z = np.random.default_rng(3).standard_normal((6, parallel.latent_dim_))
    codes = parallel.density_.decode(Z, "low")
    np.testing.assert_allclose(
        parallel.decode(Z, "low"), parallel.inverse_transform(codes, "low"), atol=1e-6
    )
    latents, _ = make_rng(3, Stream.SAMPLE).spawn(2)
    Z = latents.standard_normal((6, parallel.latent_dim_))
    np.testing.assert_allclose(
        parallel.sample(6, y="low", random_state=3), parallel.decode(Z, "low"), atol=1e-6
    )


def test_a_density_of_ones_own_is_cloned():
    mine = ConditionalGaussianMixture(n_components=1)
    model = WaveNetAutoencoder(density=mine, **TINY).fit(waves())
    assert model.density_ is not mine
    assert not hasattr(mine, "mixture_")
    assert model.density_.mixture_.n_components == 1


def test_the_spectral_loss_is_what_is_trained():
    from audiogen.networks import spectral_loss

    model = WaveNetAutoencoder(loss="spectral", **TINY)
    model.fit(waves(6, 4096)[:, :3000])
    x, padded = waves(6, 4096)[:, :3000], model._sequences(waves(6, 4096)[:, :3000])
    found = model._model.evaluate((padded,), verbose=0)
    codes = model.transform(x)
    rebuilt = np.asarray(model.decoder_([codes], training=False))[:, :3000, 0]
    assert found == pytest.approx(float(spectral_loss(x, rebuilt)), rel=1e-4)


# --------------------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("parameters", "X", "message"),
    [
        ({"decoder": "autoregressive"}, 3 * waves(), r"within \[-1, 1\].*PeakNormalizer"),
        ({"decoder": "autoregressive"}, np.zeros((2, 16, 3)), r"shape \(16, 3\)"),
        ({"loss": "spectral"}, np.zeros((2, 16, 3)), "leave loss at 'mae'"),
        ({"loss": "mse"}, waves(), "The 'loss' parameter of WaveNetAutoencoder"),
        ({"decoder": "fast"}, waves(), "The 'decoder' parameter of WaveNetAutoencoder"),
        ({"dilations": 4}, waves(), "The 'dilations' parameter of WaveNetAutoencoder"),
        ({"dilations": ()}, waves(), "The 'dilations' parameter of WaveNetAutoencoder"),
        ({"dilations": (1, 0)}, waves(), "The 'dilations' parameter of WaveNetAutoencoder"),
        ({"density": "gmm"}, waves(), "The 'density' parameter of WaveNetAutoencoder"),
        ({"dropout": 1.0}, waves(), "The 'dropout' parameter of WaveNetAutoencoder"),
    ],
)
def test_bad_parameters_are_named(parameters, X, message):
    with pytest.raises((TypeError, ValueError), match=message):
        WaveNetAutoencoder(**{**TINY, **parameters}).fit(X)


def test_bad_data_are_named(parallel):
    bad = waves()
    bad[3, 5] = np.nan
    with pytest.raises(ValueError, match="NaN.*row 3"):
        parallel.transform(bad)
    with pytest.raises(ValueError, match="X has 60 features.*expecting 64"):
        parallel.transform(waves()[:, :60])
    with pytest.raises(ValueError, match=r"\(n_samples, 8, 3\).*\(2, 7, 3\)"):
        parallel.inverse_transform(np.zeros((2, 7, 3)), "low")
    with pytest.raises(ValueError, match="give y"):
        parallel.inverse_transform(np.zeros((2, 8, 3)))
    Z = np.zeros((2, parallel.latent_dim_))
    with pytest.raises(ValueError, match="'n_steps' parameter of WaveNet.*an int.*Got 1"):
        parallel.interpolate(Z, "low", 1)
    with pytest.raises(
        ValueError, match=r"Z must have the shape \(n_samples, \d+\). Got \(2, 5\)"
    ):
        parallel.interpolate(np.zeros((2, 5)), "low")
    with pytest.raises(ValueError, match="NaN.*row 0"):
        parallel.inverse_transform(np.full((2, 8, 3), np.nan), "low")


@pytest.mark.filterwarnings("ignore:A loss became NaN")
def test_an_encoder_lost_to_nan_is_said_and_not_its_density():
    with pytest.raises(ValueError, match="The encoder gives NaN.*Lower learning_rate"):
        WaveNetAutoencoder(**{**TINY, "learning_rate": 1e30, "epochs": 9}).fit(waves())
