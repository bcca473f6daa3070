import pickle

import numpy as np
import pandas as pd
import pytest
from scipy import signal, stats
from sklearn.base import clone

from audiogen.generators import ConditionalVAE
from audiogen.utils.seeds import Stream, make_rng


@pytest.fixture(scope="module")
def blobs():
    """Points on a noisy ring in five dimensions, with the side as condition."""
    rng = np.random.default_rng(0)
    angle = rng.uniform(0, 2 * np.pi, 400)
    X = np.stack([4 * np.cos(angle), 4 * np.sin(angle), *np.zeros((3, 400))], axis=1)
    return X + 0.1 * rng.normal(size=X.shape), np.where(np.cos(angle) > 0, "right", "left")


@pytest.fixture(scope="module")
def ring(blobs):
    vae = ConditionalVAE(
        latent_dim=2, units=(64, 64), epochs=80, learning_rate=1e-2, patience=None, random_state=0
    )
    return vae.fit(*blobs)


def layer_kinds(network):
    return [type(layer).__name__ for layer in network.layers]


def test_waveforms_get_the_reports_architecture():
    """1-D convolutions with ReLU, condition, flatten, moments; transposed back to a sigmoid."""
    X = np.random.default_rng(0).uniform(-1, 1, (4, 4096)).astype(np.float32)
    vae = ConditionalVAE(filters=(4, 8), epochs=1, random_state=0).fit(X, ["a", "b", "a", "b"])
    encoder, decoder = layer_kinds(vae.encoder_), layer_kinds(vae.decoder_)
    assert encoder.count("Conv1D") == 2
    assert encoder.index("Conv1D") < encoder.index("Flatten") < encoder.index("Concatenate")
    assert {layer.name for layer in vae.encoder_.layers} >= {"z_mean", "z_log_var"}
    assert decoder.count("Conv1DTranspose") == 2
    assert decoder.index("Dense") < decoder.index("Reshape") < decoder.index("Conv1DTranspose")
    convolutions = [
        layer
        for network in (vae.encoder_, vae.decoder_)
        for layer in network.layers
        if "Conv1D" in type(layer).__name__
    ]
    assert [c.activation.__name__ for c in convolutions] == ["relu", "relu", "relu", "sigmoid"]


@pytest.mark.parametrize(
    ("shape", "kind"),
    [((2048,), "Dense"), ((2049,), "Conv1D"), ((8, 3), "Conv1D"), ((8, 8, 2), "Conv2D")],
)
def test_auto_chooses_by_shape(shape, kind):
    vae = ConditionalVAE(filters=(2, 2), units=(4,), epochs=1, random_state=0)
    vae.fit(np.zeros((2, *shape)))
    kinds = {k for k in layer_kinds(vae.encoder_) if "Conv" in k}
    assert kinds == (set() if kind == "Dense" else {kind})


def test_it_learns_the_ring(ring, blobs):
    samples, y = ring.sample(1000, random_state=1, return_y=True)
    radius = np.hypot(samples[:, 0], samples[:, 1])
    assert np.quantile(np.abs(radius - 4), 0.8) < 0.6
    assert np.quantile(np.abs(samples[:, 2:]), 0.99) < 0.4
    assert np.mean((samples[:, 0] > 0) == (y == "right")) > 0.93


def test_score_is_the_lower_bound_and_tells_ring_from_noise(ring, blobs):
    """A bound on log p(x): not above the truth, not far below it, and far above nonsense."""
    X, y = blobs
    # log p of the ring given its half: uniform angle on a half, Gaussian of 0.1 across
    truth = -np.log(np.pi * 4) + 4 * np.mean(
        stats.norm(0, 0.1).logpdf(0.1 * np.random.default_rng(1).normal(size=9999))
    )
    assert truth - 3 < ring.score(X, y) < truth + 0.1
    assert ring.score(X[:, ::-1], y) < ring.score(X, y) - 100


def test_score_agrees_with_a_computation_by_hand():
    rng = np.random.default_rng(0)
    X = rng.uniform(-1, 1, (6, 4)).astype(np.float32)
    vae = ConditionalVAE(latent_dim=2, units=(4,), epochs=1, random_state=0).fit(X)
    mean, log_var = (np.asarray(o, dtype=float) for o in vae.encoder_([(X + 1) / 2]))
    draw = make_rng(vae._seed, Stream.SCORE).standard_normal(mean.shape, dtype=np.float32)
    back = np.asarray(vae.decoder_([(mean + np.exp(log_var / 2) * draw).astype("f4")]))
    variance = float(vae._model.variance)
    likelihood = stats.norm((X + 1) / 2, np.sqrt(variance)).logpdf(back).sum(axis=1)
    kl = 0.5 * (mean**2 + np.exp(log_var) - 1 - log_var).sum(axis=1)
    assert vae.score(X) == pytest.approx((likelihood - kl).mean() - 4 * np.log(2), rel=1e-4)


def test_reconstruction_is_nearer_than_another_sample(ring, blobs):
    X, y = blobs
    error = np.linalg.norm(ring.reconstruct(X, y) - X, axis=1)
    assert np.median(error) < 0.5
    np.testing.assert_array_equal(ring.reconstruct(X, y), ring.decode(ring.encode(X, y), y))


def test_interpolation_ends_where_it_should_and_moves_evenly(ring, blobs):
    X, y = blobs
    ends = X[y == "left"][:2].astype(np.float32)
    Z = ring.encode(ends, "left")
    steps = ring.interpolate(Z, "left", 9)
    assert steps.shape == (9, 5)
    np.testing.assert_allclose(steps[[0, -1]], ring.reconstruct(ends, "left"), atol=1e-5)
    between = ring.interpolate(Z, ["left", "right"], 9)
    np.testing.assert_allclose(between[0], steps[0], atol=1e-5)
    middle = [ring.decode(Z[i : i + 1], side) for i, side in enumerate(("left", "right"))]
    np.testing.assert_allclose(between[4], np.mean(middle, axis=0)[0], atol=1e-5)
    with pytest.raises(ValueError, match="n_steps"):
        ring.interpolate(Z, "left", 1)
    with pytest.raises(ValueError, match="two latents"):
        ring.interpolate(Z[:1], "left")
    with pytest.raises(ValueError, match="fitted with the conditions"):
        ring.interpolate(Z)


def test_nan_is_refused_by_every_method(ring, blobs):
    X = np.array(blobs[0][:4])
    X[2, 1] = np.nan
    for method in (ring.encode, ring.reconstruct, ring.score):
        with pytest.raises(ValueError, match="NaN.*first in row 2"):
            method(X, blobs[1][:4])
    with pytest.raises(ValueError, match="Z holds NaN"):
        ring.decode([[0.0, np.nan]], "left")


def test_a_conditional_model_asks_for_y(ring, blobs):
    for method, X in ((ring.encode, blobs[0]), (ring.decode, np.zeros((2, 2)))):
        with pytest.raises(ValueError, match=r"conditions \[0\]; give y"):
            method(X)


def test_a_pitch_between_those_trained_is_between_them():
    y = pd.DataFrame({"pitch": np.repeat(np.arange(60, 73, 2), 20)})
    X = np.asarray(y) + 0.05 * np.random.default_rng(0).normal(size=(140, 3))
    vae = ConditionalVAE(latent_dim=1, units=(32,), epochs=150, learning_rate=0.01, random_state=0)
    samples = vae.fit(X, y).sample(20, y={"pitch": 65})
    assert 64 < samples.mean() < 66


def test_early_stopping_brings_the_best_weights_back():
    X = np.random.default_rng(0).normal(size=(40, 8))
    vae = ConditionalVAE(
        units=(64,), epochs=400, patience=5, plateau_patience=2, validation_fraction=0.5,
        batch_size=20, learning_rate=0.02, random_state=0,
    ).fit(X)  # fmt: skip
    assert vae.n_iter_ < 400
    best = int(np.argmin(vae.history_["val_loss"]))
    assert vae.n_iter_ == best + 1 + 5
    assert float(vae._model.optimizer.learning_rate) < 0.02
    cut = ConditionalVAE(
        units=(64,), epochs=best + 1, patience=5, plateau_patience=2, validation_fraction=0.5,
        batch_size=20, learning_rate=0.02, random_state=0,
    ).fit(X)  # fmt: skip
    np.testing.assert_array_equal(vae.sample(3), cut.sample(3))


def test_an_architecture_that_does_not_fit_is_named():
    with pytest.raises(ValueError, match=r"architecture='conv2d' does not fit .*\(6,\)"):
        ConditionalVAE(architecture="conv2d").fit(np.zeros((2, 6)))


def test_nan_loss_stops_with_advice():
    X = np.random.default_rng(0).normal(size=(16, 4))
    vae = ConditionalVAE(units=(8,), epochs=50, learning_rate=1e30, random_state=0)
    with pytest.warns(UserWarning, match="A loss became NaN .*Lower learning_rate"):
        vae.fit(X)
    assert vae.n_iter_ < 50


@pytest.mark.parametrize("shape", [(5,), (300,), (9, 2), (6, 10, 2)])
def test_residual_blocks_add_what_enters(shape):
    """With the inner convolutions at zero a block still passes its input on."""
    X = np.random.default_rng(0).normal(size=(8, *shape)).astype(np.float32)
    kind = {1: "auto" if shape[0] < 10 else "conv1d", 2: "auto", 3: "auto"}[len(shape)]
    vae = ConditionalVAE(
        latent_dim=2, units=(4, 4), filters=(3, 3), kernel_size=3, strides=2, architecture=kind,
        block="residual", epochs=1, random_state=0,
    ).fit(X, ["a", "b"] * 4)  # fmt: skip
    assert vae.sample(2, random_state=0).shape == (2, *shape)
    assert layer_kinds(vae.encoder_).count("Add") == 2
    assert layer_kinds(vae.decoder_).count("Add") == (
        2 if kind != "conv1d" and len(shape) == 1 else 1
    )
    inner = [la for la in vae.encoder_.layers if getattr(la, "kernel_size", (0,))[0] == 3]
    if not inner:
        inner = [la for la in vae.encoder_.layers if getattr(la, "units", 0) == 4][::2]
    for layer in inner:
        layer.set_weights([np.zeros_like(w) for w in layer.get_weights()])
    vae._collect_weights()
    assert np.ptp(vae.encode(X, ["a"] * 8), axis=0).min() > 0


def magnitudes(audio, length):
    """Return those of a short-time Fourier transform, by SciPy."""
    margin = length - length // 4
    audio = np.pad(audio, [(0, 0), (margin, margin)])
    frames = np.lib.stride_tricks.sliding_window_view(audio, length, axis=1)[:, :: length // 4]
    return np.abs(np.fft.rfft(frames * signal.get_window("hann", length))) * 4 / length


def test_the_spectral_loss_leaves_phases_free():
    """Its likelihood is a Laplace distribution of magnitudes, whose scale is the best."""
    t = np.arange(512) / 512
    phases = np.random.default_rng(0).uniform(0, 2 * np.pi, (32, 1))
    X = 0.5 * np.sin(2 * np.pi * 32 * t + phases).astype(np.float32)
    vae = ConditionalVAE(
        latent_dim=1, units=(32,), loss="spectral", beta=0.5, epochs=20, batch_size=8,
        learning_rate=3e-3, random_state=0,
    ).fit(X)  # fmt: skip
    assert vae.history_["loss"][-1] < vae.history_["loss"][0] - np.log(2)  # half the distance

    def loss(x, reconstruction):
        moments = np.ones((len(x), 1), np.float32), np.zeros((len(x), 1), np.float32)
        inside = [((values + 1) / 2).astype(np.float32) for values in (x, reconstruction)]
        return float(
            vae._model.compute_loss((inside[0],), None, (inside[1], *moments), training=False)
        )

    kl = 0.5 * 0.5 / 512
    distance = sum(
        np.abs(f(a) - f(b)).mean()
        for n in (2048, 512, 128)
        for a, b in [[magnitudes(x, n) for x in (X, 0.5 * X)]]
        for f in (np.asarray, lambda m: np.log(m + 1e-3))
    )
    assert loss(X, 0.5 * X) == pytest.approx(np.log(2 * distance) + 1 + kl, abs=1e-3)
    assert loss(X, -X) < loss(X, 0.99 * X) - 3
    for wrong in (X[:, :, np.newaxis], 3 * X):
        with pytest.raises(ValueError, match="loss='spectral' is for waveforms"):
            ConditionalVAE(loss="spectral").fit(wrong)


def test_warmup_of_beta_counts_in_training_alone(blobs):
    X = blobs[0][:64]
    parameters = {"latent_dim": 2, "units": (8,), "beta": 50.0, "epochs": 3, "random_state": 0}
    plain = ConditionalVAE(**parameters).fit(X)
    warm = ConditionalVAE(**parameters, beta_warmup=1000).fit(X)
    free = ConditionalVAE(**{**parameters, "beta": 0.0}).fit(X)
    assert warm.history_["loss"][0] == pytest.approx(free.history_["loss"][0], rel=0.05)
    assert plain.history_["loss"][0] > 1.5 * free.history_["loss"][0]
    ratio = warm.history_["val_loss"][0] / plain.history_["val_loss"][0]
    assert ratio > 0.5  # validation counts beta in full
    stopped = ConditionalVAE(
        **{**parameters, "epochs": 12, "patience": 1, "learning_rate": 1.0}, beta_warmup=8
    ).fit(X)
    assert stopped.n_iter_ > 8


@pytest.fixture(scope="module")
def clouds():
    """Two clouds of points, stretched along an axis on the slant; a network with and without."""
    rng = np.random.default_rng(0)
    side = rng.choice(["left", "right"], 600)
    spread = rng.normal(size=(600, 4)) @ np.array(
        [[3, 3, 0, 0], [1, -1, 0, 0], [0, 0, 1, 1], [0, 0, 0.5, -0.5]]
    )
    X = spread + np.where(side == "right", 4, -4)[:, np.newaxis]
    # So strong a beta leaves nothing for latents to say: samples are means of their side.
    vae = ConditionalVAE(1, units=(8,), beta=500.0, epochs=40, random_state=0)
    return (
        X,
        side,
        *(clone(vae).set_params(observation_noise=n).fit(X, side) for n in (True, False)),
    )


def test_observation_noise_spreads_samples_as_the_data_are_spread(clouds):
    X, side, vae, without = clouds
    y = np.repeat(side, 50)
    samples, means = (v.sample(y=y, random_state=1) for v in (vae, without))
    assert np.trace(np.cov(means.T)) < 0.85 * np.trace(np.cov(X.T))
    assert np.cov(samples.T) == pytest.approx(np.cov(X.T), abs=1.5)
    assert samples.mean(axis=0) == pytest.approx(means.mean(axis=0), abs=0.15)


def test_observation_noise_is_normal_of_normal_size(clouds):
    """E|ab| of two standard normal numbers is 2 / pi: most samples are near the decoded ones."""
    _, side, vae, without = clouds
    y = np.repeat(side, 50)
    added = vae.sample(y=y, random_state=2) - without.sample(y=y, random_state=2)
    assert np.abs(added).mean(axis=0) / added.std(axis=0) == pytest.approx(2 / np.pi, abs=0.02)
    latents = np.zeros((4, 1))
    np.testing.assert_array_equal(vae.decode(latents, "left"), without.decode(latents, "left"))


def test_observation_noise_survives_a_pickle_and_keeps_within_bounds():
    X = np.sign(np.random.default_rng(0).normal(size=(200, 3))) * 0.95
    vae = ConditionalVAE(1, units=(4,), beta=500.0, observation_noise=True, epochs=1)
    vae.set_params(random_state=0).fit(X)
    samples = vae.sample(500)
    assert np.abs(samples).max() == 1
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(vae)).sample(500), samples)


def test_observation_noise_of_one_sample_is_none():
    X = np.array([[3.0, 5.0, 2.0]])
    vae = ConditionalVAE(1, units=(4,), epochs=1, random_state=0).fit(X)
    noisy = clone(vae).set_params(observation_noise=True).fit(X)
    np.testing.assert_allclose(noisy.sample(3), vae.sample(3), atol=1e-5)


@pytest.mark.parametrize("shape", [(2049,), (8, 8, 1)])
def test_observation_noise_is_for_few_features(shape):
    X = np.zeros((2, *shape))
    vae = ConditionalVAE(filters=(2, 2), observation_noise=True, epochs=1, warm_start=True)
    with pytest.raises(ValueError, match=r"up to 2048 features.*put a PCA before"):
        vae.fit(X)
    vae.set_params(observation_noise=False).fit(X)
    with pytest.raises(ValueError, match=r"up to 2048 features.*put a PCA before"):
        vae.set_params(observation_noise=True).fit(X)


def test_without_fourier_features_the_networks_get_one_number_for_a_quantity():
    X = np.random.default_rng(0).normal(size=(40, 3))
    y = pd.DataFrame({"pitch": np.arange(40), "family": ["flute", "organ"] * 20})
    vae = ConditionalVAE(2, units=(4,), epochs=1, random_state=0)
    plain, fine = (clone(vae).set_params(fourier_features=f).fit(X, y) for f in (False, True))
    assert plain.decoder_.inputs[1].shape[1] == 1 + 2
    assert fine.decoder_.inputs[1].shape[1] > 1 + 2
    with pytest.raises(TypeError, match="'fourier_features' parameter.*must be a bool"):
        clone(vae).set_params(fourier_features="no").fit(X, y)
