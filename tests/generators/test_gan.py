import importlib.util
import os
import pickle
import subprocess
import sys

import keras
import numpy as np
import pandas as pd
import pytest
from scipy.spatial.distance import cdist
from scipy.special import expit, log_softmax, softmax

from audiogen.generators import GANGenerator
from audiogen.networks import AdversarialModel
from audiogen.networks._gan_losses import (
    adversarial_loss,
    condition_loss,
    critic_loss,
    energy_distance,
)
from audiogen.training import compile_model, make_adam
from audiogen.utils.seeds import Stream, make_rng, spawn_seed
from helpers.networks import weights

CENTRES = {"low": (-3.0, 0.0), "middle": (0.0, 4.0), "high": (3.0, 0.0)}


@pytest.fixture(scope="module")
def clusters():
    """Points around three centres and, within each, along a quantity."""
    rng = np.random.default_rng(0)
    y = pd.DataFrame({"family": list(CENTRES) * 100, "tilt": rng.uniform(-1, 1, 300)})
    X = np.array([CENTRES[name] for name in y.family]) + 0.2 * rng.normal(size=(300, 2))
    X[:, 1] += y.tilt
    return X.astype(np.float32), y


@pytest.fixture(scope="module")
def trained(clusters):
    return GANGenerator(
        latent_dim=4, loss="hinge", penalty_weight=0.1, units=(64, 64), dropout=0.0, epochs=80,
        learning_rate=3e-3, random_state=3,
    ).fit(*clusters)  # fmt: skip


@pytest.fixture(scope="module")
def waveforms():
    """A GAN of all the options of convolutions, trained for two epochs."""
    rng = np.random.default_rng(0)
    X = rng.uniform(-1, 1, (6, 400)).astype(np.float32)
    return GANGenerator(
        latent_dim=3, loss="wasserstein", architecture="conv1d", units=(4,), filters=(4, 8),
        kernel_size=5, block="residual", attention=True, augment=True, penalty_interval=2,
        epochs=2, batch_size=3, clipvalue=None, random_state=0,
    ).fit(X, ["a", "b"] * 3)  # fmt: skip


def test_default_training_is_the_reports():
    parameters = GANGenerator().get_params()
    expected = {
        "loss": "bce", "penalty_weight": 10.0, "penalty_interval": 1, "learning_rate": 2e-4,
        "batch_size": 64, "epochs": 150, "clipvalue": 1.0,
    }  # fmt: skip
    assert {name: parameters[name] for name in expected} == expected
    optimizers = [make_adam(**settings) for settings in GANGenerator()._optimizer_settings()]
    assert len(optimizers) == 2
    for optimizer in optimizers:
        assert isinstance(optimizer, keras.optimizers.Adam)
        assert optimizer.clipvalue == 1.0
        rates = [float(optimizer._learning_rate(step)) for step in (0, 10_000, 25_000)]
        np.testing.assert_allclose(rates, 2e-4 * 0.9 ** np.array([0, 1, 2.5]), rtol=1e-5)
    assert [o.use_ema for o in optimizers] == [True, False], "the discriminator makes no sounds"


def test_labels_are_smooth_and_noisy():
    """Each label is recovered from a loss: softplus(s) - label * s, the other side log 2."""
    draws, found = keras.random.SeedGenerator(0), {"real": [], "generated": []}
    for _ in range(100):
        for side in found:
            scores = {name: np.zeros((1, 1), np.float32) for name in found}
            scores[side] += 5.0
            loss = float(critic_loss("bce", **scores, draws=draws)) - np.log(2)
            found[side].append((np.logaddexp(0, 5.0) - loss) / 5.0)
    for side, label in (("real", 0.9), ("generated", 0.0)):
        labels = np.array(found[side])
        assert label - 1e-6 <= labels.min() < label + 0.01
        assert label + 0.04 < labels.max() <= label + 0.05 + 1e-6


# ----------------------------------------------------------- losses against closed forms


def test_losses_are_their_definitions():
    rng = np.random.default_rng(0)
    real, generated = rng.normal(0, 3, (2, 50, 1)).astype(np.float32)
    p, q = expit(real.astype(float)), expit(generated.astype(float))
    cross_entropy = -np.mean(0.9 * np.log(p) + 0.1 * np.log(1 - p)) - np.mean(np.log(1 - q))
    hinge = np.mean(np.maximum(0, 1 - real)) + np.mean(np.maximum(0, 1 + generated))
    critics = {"bce": cross_entropy, "hinge": hinge, "wasserstein": generated.mean() - real.mean()}
    generators = {"bce": -np.mean(np.log(q)), "hinge": -generated.mean()}
    generators["wasserstein"] = generators["hinge"]
    for kind in critics:
        assert float(critic_loss(kind, real, generated)) == pytest.approx(critics[kind], rel=1e-4)
        assert float(adversarial_loss(kind, generated)) == pytest.approx(
            generators[kind], rel=1e-4
        )
    extreme = np.array([[1e4], [-1e4]], np.float32)
    assert np.isfinite(float(critic_loss("bce", extreme, extreme))), "from logits: no overflow"


def test_condition_loss_is_cross_entropy_and_squared_error():
    rng = np.random.default_rng(0)
    predicted = rng.normal(size=(20, 5)).astype(np.float32)
    codes = np.concatenate([np.eye(3)[rng.integers(0, 3, 20)], rng.normal(size=(20, 2))], 1)
    expected = -np.mean(np.sum(codes[:, :3] * log_softmax(predicted[:, :3], axis=1), axis=1))
    expected += np.mean((codes[:, 3:] - predicted[:, 3:]) ** 2)
    found = condition_loss(predicted, codes.astype(np.float32), [(3, True), (2, False)])
    assert float(found) == pytest.approx(expected, rel=1e-5)


def test_energy_distance_is_that_of_all_pairs():
    rng = np.random.default_rng(0)
    a, b = rng.normal(100, 1, (30, 4, 2)), rng.normal(101, 2, (30, 4, 2))
    flat = [x.reshape(30, 8) for x in (a, b)]
    root = np.sqrt(8)
    spreads = [cdist(x, x).sum() / (30 * 29) / root for x in flat]
    expected = 2 * cdist(*flat).mean() / root - sum(spreads), *spreads
    found = energy_distance(a.astype(np.float32), b.astype(np.float32))
    np.testing.assert_allclose([float(x) for x in found], expected, rtol=1e-4)


# --------------------------------------------------------------------- gradient penalty


def pair(score, n_features, **options):
    """Return a model whose discriminator is a function, or a layer, of its input."""
    x, z = keras.Input((n_features,)), keras.Input((2,))
    made = keras.layers.Dense(n_features, use_bias=False, kernel_initializer="zeros")(z)
    return AdversarialModel(keras.Model([z], made), keras.Model([x], [score(x)]), **options)


def linear(weights):
    """Return a layer whose score of x is weights @ x."""
    kernel = keras.initializers.Constant(np.array(weights, np.float32)[:, None])
    return keras.layers.Dense(1, use_bias=False, kernel_initializer=kernel)


@pytest.mark.parametrize(
    ("interval", "start"), [(1, (3.0, 4.0)), (2, (0.6, 0.0)), (2, (0.0, 0.0))]
)
def test_penalty_moves_the_weights_every_so_many_steps(interval, start):
    """All samples are zero, so that the penalty alone has a gradient; then weigh it by hand."""
    model = pair(linear(start), 2, loss="wasserstein", penalty_interval=interval)
    rate = 0.01
    compile_model(model, keras.optimizers.SGD(rate), keras.optimizers.SGD(rate))
    x, z, w = np.zeros((4, 2), np.float32), np.zeros((4, 2), np.float32), np.array(start)
    for step in range(5):
        model.train_on_batch((x, z))
        if step % interval == 0:
            length = np.linalg.norm(w)
            w = w - rate * 10 * interval * 2 * (length - 1) * w / max(length, 1e-6)
    found = weights(model.discriminator)[0][:, 0]
    np.testing.assert_allclose(found, w, atol=1e-5)


def test_the_discriminator_sees_changed_samples_on_both_sides():
    """Real and generated waveforms are ones; what is seen of them is not, but in validation."""
    seen = []

    class Watched(keras.layers.Layer):
        def compute_output_shape(self, shape):
            return shape

        def call(self, x):
            seen.append(np.asarray(x))
            return x

    x, z = keras.Input((10,)), keras.Input((2,))
    made = keras.layers.Dense(10, kernel_initializer="zeros", bias_initializer="ones")(z)
    score = keras.layers.Dense(1)(Watched()(x))
    model = AdversarialModel(
        keras.Model([z], made), keras.Model([x], score), augment=True, penalty_weight=0.0
    )
    model.compile(*[keras.optimizers.SGD(0.0) for _ in range(2)], run_eagerly=True)
    ones = np.ones((50, 10), np.float32)
    seen.clear()
    model.train_step(((ones, np.zeros((50, 2), np.float32)),))
    both, generated = seen  # for the discriminator, and for the generator
    assert len(both) == 100
    for values in (both[:50], both[50:], generated):
        assert 0.5 < np.mean(values[:, 0] != 1) < 0.9
    seen.clear()
    model.test_step(((ones, np.zeros((50, 2), np.float32)),))
    assert all((values[:, 0] == 1).all() for values in seen)


# ---------------------------------------------------------------- what comes of training


def test_samples_follow_their_conditions(trained):
    for name, centre in CENTRES.items():
        for tilt in (-0.8, 0.8):
            samples = trained.sample(200, y={"family": name, "tilt": tilt}, random_state=1)
            np.testing.assert_allclose(samples.mean(0), [centre[0], centre[1] + tilt], atol=0.4)
            assert samples.std(axis=0).min() > 0.05, "they are not all alike"
            assert samples.std(axis=0).max() < 0.5


def test_the_auxiliary_head_tells_the_condition(trained, clusters):
    X, y = clusters
    x = (X - trained._scaling.mean_) / trained._scaling.scale_
    codes = trained.conditions_.encode(y)
    guess = softmax(np.asarray(trained.discriminator_([x, codes])[1])[:, :3], axis=1)
    assert np.mean(guess.argmax(1) == codes[:, :3].argmax(1)) > 0.95
    other = np.asarray(trained.discriminator_([x, codes[::-1]])[1])
    np.testing.assert_array_equal(
        other, np.asarray(trained.discriminator_([x, codes])[1]), "it must not see the condition"
    )
    assert trained.history_["auxiliary_loss"][-1] < 0.5 * trained.history_["auxiliary_loss"][0]


def test_history_tells_both_sides_of_the_game(trained, waveforms, clusters):
    names = {"loss", "discriminator_loss", "penalty", "accuracy", "distance", "diversity",
             "auxiliary_loss"}  # fmt: skip
    assert set(trained.history_) == names | {f"val_{name}" for name in names}
    assert {len(values) for values in trained.history_.values()} == {80}
    assert set(waveforms.history_) == names, "no whole sample was set aside"
    assert trained.history_["distance"][-1] < 0.1 * trained.history_["distance"][0]
    assert 0.8 < trained.history_["val_diversity"][-1] < 1.2


def test_the_last_losses_are_those_of_the_networks(trained, clusters):
    """Validation figures computed anew, from the networks and the formulas of NumPy."""
    X, y = clusters
    _, held_out = trained._split(len(X), trained._seed)
    codes = trained.conditions_.encode(y)[held_out]
    x = (X[held_out] - trained._scaling.mean_) / trained._scaling.scale_
    order = spawn_seed(trained._seed, Stream.ORDER)
    z = trained._batch(x, codes, make_rng(order, Stream.BATCH, 0, 0))[0][1]
    made = np.asarray(trained.generator_([z, codes]))
    real, fake = (np.asarray(trained.discriminator_([v, codes])[0]) for v in (x, made))
    last = {name: values[-1] for name, values in trained.history_.items()}
    assert last["val_loss"] == pytest.approx(-fake.mean(), rel=1e-4)
    hinge = np.maximum(0, 1 - real).mean() + np.maximum(0, 1 + fake).mean()
    assert last["val_discriminator_loss"] == pytest.approx(hinge, rel=1e-4)
    assert last["val_accuracy"] == pytest.approx(np.mean(real > fake.T), abs=1e-3)
    pairs = len(x) * (len(x) - 1)
    spread, real_spread = (cdist(v, v).sum() / pairs for v in (made, x))
    assert last["val_diversity"] == pytest.approx(spread / real_spread, rel=1e-3)
    distance = (2 * cdist(x, made).mean() - spread - real_spread) / real_spread
    assert last["val_distance"] == pytest.approx(distance, abs=1e-3)


def test_sounds_are_made_with_averaged_weights():
    """The running average computed by hand from the weights after each step."""
    X = np.random.default_rng(0).normal(size=(24, 3)).astype(np.float32)
    steps = []

    class Steps(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            steps.append(weights(self.model.generator))
            self.discriminator = weights(self.model.discriminator)

    watch = Steps()

    gan = GANGenerator(
        latent_dim=2, units=(4,), ema=0.7, epochs=3, batch_size=8, validation_fraction=0,
        learning_rate=0.1, random_state=0,
    ).fit(X, callbacks=[watch])  # fmt: skip
    average = steps[0]
    for step, later in enumerate(steps[1:], start=1):
        share = min(0.7, step / (step + 4))  # a short training leaves its first weights behind
        average = [share * a + (1 - share) * w for a, w in zip(average, later, strict=True)]
    for found, wanted in zip(weights(gan.generator_), average, strict=True):
        np.testing.assert_allclose(found, wanted, atol=1e-5)
    for found, wanted in zip(weights(gan.discriminator_), watch.discriminator, strict=True):
        np.testing.assert_array_equal(found, wanted)


def test_decode_is_a_function_of_latents_and_condition(trained):
    Z = np.random.default_rng(0).normal(size=(5, 4))
    y = {"family": "low", "tilt": 0.0}
    made = trained.decode(Z, y)
    assert made.shape == (5, 2)
    assert made.dtype == np.float32
    np.testing.assert_allclose(trained.decode(Z[2:3], y)[0], made[2], atol=1e-5)
    assert np.abs(trained.decode(Z + 1, y) - made).max() > 1e-3
    with pytest.raises(ValueError, match=r"Z must have the shape \(n_samples, 4\)\. Got \(5, 3\)"):
        trained.decode(Z[:, :3], y)
    with pytest.raises(ValueError, match=r"Z holds NaN or infinite"):
        trained.decode(np.where(Z > 1, np.nan, Z), y)
    with pytest.raises(ValueError, match=r"conditions \['family', 'tilt'\]; give y"):
        trained.decode(Z)


def test_all_options_of_convolutions_together(waveforms):
    samples = waveforms.sample(3, y="a", random_state=0)
    assert samples.shape == (3, 400)
    assert np.abs(samples).max() <= 1
    again = pickle.loads(pickle.dumps(waveforms))
    np.testing.assert_array_equal(again.sample(3, y="a", random_state=0), samples)
    penalty = waveforms.history_["penalty"]
    assert np.isfinite(penalty).all()
    assert min(penalty) > 0, "the mean of those steps that have one"


def test_an_auxiliary_weight_of_zero_leaves_the_head_out(clusters):
    X, y = clusters
    gan = GANGenerator(latent_dim=2, units=(4,), auxiliary_weight=0.0, epochs=1, random_state=0)
    gan.fit(X[:20], y[:20])
    assert len(gan.discriminator_.outputs) == 1
    assert "auxiliary_loss" not in gan.history_


# ---------------------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("parameter", "value", "message"),
    [
        ("latent_dim", 0, r"int in the range \[1, inf\)"),
        ("loss", "lsgan", "'bce' or 'wasserstein' or 'hinge'"),
        ("penalty_weight", -1.0, r"number in the range \[0, inf\)"),
        ("penalty_interval", 0, r"int in the range \[1, inf\)"),
        ("auxiliary_weight", float("nan"), r"number in the range \[0, inf\)"),
        ("units", (), "tuple of one or more ints"),
        ("units", 8, "tuple of one or more ints"),
        ("filters", (4, 0), "tuple of one or more ints"),
        ("block", "inception", "'plain' or 'residual'"),
        ("dropout", 1.0, r"number in the range \[0, 1\)"),
        ("clipvalue", 0, r"None or a number in the range \(0, inf\)"),
        ("augment", 1, "a bool"),
    ],
)
def test_bad_parameters_are_named(parameter, value, message):
    expected = f"The '{parameter}' parameter of GANGenerator must be .*{message}.* Got"
    with pytest.raises((TypeError, ValueError), match=expected):
        GANGenerator(**{parameter: value}).fit(np.zeros((4, 3)))


@pytest.mark.parametrize("parameter", ["augment", "attention"])
def test_options_of_convolutions_are_refused_for_dense_layers(parameter):
    with pytest.raises(ValueError, match=rf"{parameter}=True is for .*\(6,\).*conv1d"):
        GANGenerator(**{parameter: True}).fit(np.zeros((4, 6)))


@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_another_backend_is_refused_in_words(backend):
    if importlib.util.find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")
    code = "import numpy as np; from audiogen.generators import GANGenerator as G\n"
    code += "G(latent_dim=2, units=(2,), epochs=1).fit(np.zeros((4, 3)))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "KERAS_BACKEND": backend},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert f"needs the TensorFlow backend of Keras. Got '{backend}'" in done.stderr
    assert "KERAS_BACKEND=tensorflow" in done.stderr
