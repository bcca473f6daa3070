"""What training/ gives every generator: averages, scaled schedules, previews, precision."""

import pickle
import time
import types

import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
from sklearn.base import clone

from audiogen import training
from audiogen.generators import (
    ConditionalVAE,
    GANGenerator,
    LSTMSequencer,
    WaveNetAutoencoder,
)
from audiogen.training import assign_variables, compile_model, dump_variables, make_adam
from audiogen.training._steps import _Steps
from audiogen.training.callbacks import Plateau, Preview, Warmup

TINY = {"epochs": 3, "batch_size": 8, "validation_fraction": 0.25, "random_state": 0}
MODELS = [
    ConditionalVAE(latent_dim=2, units=(8,), **TINY),
    GANGenerator(latent_dim=2, units=(8,), **TINY),
    LSTMSequencer(extra_frames=2, units=4, n_layers=2, **TINY),
    WaveNetAutoencoder(filters=4, dilations=(1, 2), downsampling=4, code_channels=2, **TINY),
]
# What the one engine does is shown by the LSTM, by the others where there is time
# (pytest -m long).
on_the_engine = pytest.mark.parametrize(
    "model",
    [
        pytest.param(m, marks=[] if isinstance(m, LSTMSequencer) else pytest.mark.long)
        for m in MODELS
    ],
    ids=lambda m: type(m).__name__,
)
X = np.random.default_rng(0).normal(size=(24, 6)).astype(np.float32)


def weights(model):
    return [keras.ops.convert_to_numpy(w) for w in model._model.optimizer._trainable_variables]


@pytest.mark.parametrize("decay", [None, (0.5, 10)])
def test_a_plateau_scales_whatever_schedule_there_is(decay):
    """Adam's step under a constant gradient is its rate: the path gives the rates."""
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False)])
    compile_model(model, make_adam(0.1, decay=decay))
    plateau = Plateau("loss", None, 2)
    plateau.set_model(model)
    variable, path = model.trainable_variables, []
    for epoch in range(8):
        before = float(variable[0][0, 0])
        model.optimizer.apply([np.ones((1, 1), np.float32)], variable)
        path.append(before - float(variable[0][0, 0]))
        plateau.on_epoch_end(epoch, {"loss": 1.0})
    expected = 0.1 * 0.5 ** np.array([0, 0, 0, 1, 1, 2, 2, 3])
    if decay:
        expected = expected * 0.5 ** (np.arange(8) / 10)
    np.testing.assert_allclose(path, expected, rtol=1e-4)
    again = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False)])
    compile_model(again, make_adam(0.1, decay=decay))
    assign_variables(again, dump_variables(model))
    assert float(again.optimizer.scale) == float(model.optimizer.scale) == 0.125


def test_the_average_is_that_of_the_steps():
    class Steps(keras.callbacks.Callback):
        def __init__(self):
            super().__init__()
            self.values = []

        def on_train_batch_end(self, batch, logs=None):
            self.values.append(
                [keras.ops.convert_to_numpy(w) for w in self.model.optimizer._trainable_variables]
            )

    steps = Steps()
    model = ConditionalVAE(latent_dim=2, units=(8,), ema=0.8, patience=None, **TINY)
    model.set_params(plateau_patience=None).fit(X, callbacks=[steps])
    expected = steps.values[0]
    for step, values in enumerate(steps.values[1:], start=1):
        share = min(0.8, step / (step + 4))
        expected = [share * a + (1 - share) * v for a, v in zip(expected, values, strict=True)]
    for found, wanted in zip(weights(model), expected, strict=True):
        np.testing.assert_allclose(found, wanted, atol=1e-5)
    for kept, last in zip(
        model._model.optimizer._model_variables_moving_average, steps.values[-1], strict=True
    ):
        np.testing.assert_array_equal(keras.ops.convert_to_numpy(kept), last)


class Batches(keras.callbacks.Callback):
    """Ask for each batch, and keep what was told."""

    def __init__(self):
        super().__init__()
        self.told = []

    def on_train_batch_begin(self, batch, logs=None):
        self.told.append(("begin", batch))

    def on_train_batch_end(self, batch, logs=None):
        self.told.append(("train", batch))

    def on_test_batch_end(self, batch, logs=None):
        self.told.append(("test", batch))


@pytest.mark.parametrize(
    "model",
    [pytest.param(m, marks=[pytest.mark.long] if i else []) for i, m in enumerate(MODELS)],
    ids=lambda m: type(m).__name__,
)
def test_the_steps_of_one_call_change_no_bit(model):
    """24 rows in batches of 7, 6 of them held out: 18 are no multiple."""
    asking = Batches()
    model = clone(model).set_params(batch_size=7, epochs=4, patience=None, ema=0.5)
    singly = clone(model).fit(X, callbacks=[asking])
    many = clone(model).fit(X)
    epoch = [(kind, batch) for batch in range(3) for kind in ("begin", "train")] + [("test", 0)]
    assert asking.told == 4 * epoch
    assert singly.history_ == many.history_
    for one, other in zip(weights(singly), weights(many), strict=True):
        np.testing.assert_array_equal(one, other)


class Once(keras.callbacks.Callback):
    """End validation after its first batch, and count the batches."""

    seen = 0

    def on_test_batch_end(self, batch, logs=None):
        self.seen += 1
        self.model.stop_evaluating = True


def test_validation_that_is_to_stop_stops():
    once = Once()
    model = ConditionalVAE(
        units=(4,), batch_size=3, epochs=4, validation_fraction=0.25, patience=None, random_state=0
    )
    model.fit(X, callbacks=[once])
    assert once.seen == 4


class Frozen(keras.callbacks.Callback):
    """Compile the model anew, after its first epoch, with an optimizer that moves nothing."""

    def on_epoch_end(self, epoch, logs=None):
        if epoch == 0:
            self.model.compile(keras.optimizers.SGD(0.0))
        self.weights = [keras.ops.convert_to_numpy(w) for w in self.model.trainable_variables]
        self.first = self.weights if epoch == 0 else self.first


def test_a_model_compiled_anew_is_trained_anew():
    frozen = Frozen()
    ConditionalVAE(units=(4,), epochs=3, plateau_patience=None, patience=None, random_state=0).fit(
        X, callbacks=[frozen]
    )
    for before, after in zip(frozen.first, frozen.weights, strict=True):
        np.testing.assert_array_equal(before, after)


def test_calls_of_a_graph_end_soon():
    """Ctrl-C is noticed between them."""

    def step(batch):
        tf.numpy_function(lambda: time.sleep(0.04), [], [])
        return {"first": batch[0][0, 0]}

    steps = _Steps(step)
    rows = np.arange(40, dtype=np.float32)[:, np.newaxis]
    read = training.Batches(np.arange(40), 2, lambda rows_, rng: (rows[rows_],), 0, shuffle=False)
    done, figures = zip(*steps.over(read, singly=False), strict=True)
    assert done[-1] == 20
    assert np.diff(done).max() == 2
    assert [each["first"] for each in figures] == [2 * (n - 1) for n in done]


def test_adam_is_that_of_keras():
    rng = np.random.default_rng(0)
    start = rng.normal(size=(4, 3)).astype(np.float32)
    ours, theirs = keras.Variable(start), keras.Variable(start)
    adam = make_adam(0.1, beta_1=0.5, clipvalue=1.0)
    reference = keras.optimizers.Adam(0.1, beta_1=0.5, clipvalue=1.0)
    for _ in range(20):
        gradient = keras.ops.convert_to_tensor(rng.normal(size=(4, 3)).astype(np.float32))
        adam.apply([gradient], [ours])
        reference.apply([gradient], [theirs])
    found, wanted = map(keras.ops.convert_to_numpy, (ours, theirs))
    np.testing.assert_allclose(found, wanted, atol=2e-5)
    assert np.abs(found - start).min() > 0.01


@on_the_engine
def test_averaging_changes_no_step(model):
    steady = {"patience": None, "plateau_patience": None}
    plain = pickle.loads(pickle.dumps(model)).set_params(ema=0.0, **steady).fit(X)
    averaged = pickle.loads(pickle.dumps(model)).set_params(ema=0.7, **steady).fit(X)
    raw = averaged._model.optimizer._model_variables_moving_average
    for one, two in zip(weights(plain), raw, strict=True):
        np.testing.assert_array_equal(one, keras.ops.convert_to_numpy(two))
    assert any((a != b).any() for a, b in zip(weights(plain), weights(averaged), strict=True))
    assert plain.history_["loss"] == averaged.history_["loss"]
    assert plain.history_["val_loss"] != averaged.history_["val_loss"]


@pytest.mark.parametrize(
    "model",  # those without draws
    [MODELS[2], pytest.param(MODELS[3], marks=pytest.mark.long)],
    ids=lambda m: type(m).__name__,
)
def test_the_validation_loss_is_that_of_the_average(model):
    model = pickle.loads(pickle.dumps(model)).set_params(ema=0.5, epochs=1).fit(X)
    before = model.history_["val_loss"][0]
    data = model._prepare(X, None, fresh=False, seed=model._seed)
    batch = model._batch(data.read(data.held_out), None, np.random.default_rng(0))
    size = len(data.held_out)
    found = model._model.evaluate(*batch, batch_size=size, verbose=0, return_dict=True)
    assert found["loss"] == pytest.approx(before, rel=1e-5)


@on_the_engine
def test_previews_come_when_due_and_change_nothing(model):
    seen = []

    def preview(samples, y, epoch):
        seen.append((epoch, samples, y))

    y = None if isinstance(model, LSTMSequencer) else pd.DataFrame({"pitch": [60.0, 72.0] * 12})
    with_previews = pickle.loads(pickle.dumps(model)).set_params(epochs=4)
    with_previews.fit(X, y, preview=preview, preview_every=2)
    without = pickle.loads(pickle.dumps(model)).set_params(epochs=4).fit(X, y)
    assert [epoch for epoch, _, _ in seen] == [2, 4]
    assert all(len(samples) == 4 for _, samples, _ in seen)
    assert (seen[0][1] != seen[1][1]).any()
    if y is None:
        assert seen[0][2] is None
    else:
        pd.testing.assert_frame_equal(seen[0][2], seen[1][2])
    np.testing.assert_array_equal(with_previews.sample(3), without.sample(3))
    assert with_previews.history_ == without.history_


@on_the_engine
def test_callbacks_of_users_see_every_epoch(model):
    class Epochs(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            seen.append((epoch, logs["loss"]))

    seen, shown = [], []
    preview = Preview(lambda samples, y, epoch: shown.append((epoch, samples.shape[0])), 3, 2)
    fitted = pickle.loads(pickle.dumps(model)).fit(X, callbacks=[Epochs(), preview])
    assert seen == list(enumerate(fitted.history_["loss"]))
    assert shown == [(3, 2)]


def test_what_patience_watches_can_be_chosen():
    model = MODELS[0]
    stopping = {"epochs": 50, "patience": 1, "plateau_patience": None, "learning_rate": 0.05}
    fitted = pickle.loads(pickle.dumps(model)).set_params(**stopping).fit(X, monitor="kl")
    kl = np.array(fitted.history_["kl"])
    risen = np.flatnonzero(kl >= np.minimum.accumulate(np.r_[np.inf, kl[:-1]]))
    assert fitted.n_iter_ == risen[0] + 1 < 50
    with pytest.raises(ValueError, match="monitor='bliss' is no figure.* There are kl, loss, mse"):
        pickle.loads(pickle.dumps(model)).fit(X, monitor="bliss")
    with pytest.raises(ValueError, match="monitor='kl' is watched by nothing"):
        ConditionalVAE(patience=None, plateau_patience=None).fit(X, monitor="kl")
    with pytest.raises(TypeError, match=r"'callbacks' parameter of ConditionalVAE\.fit.*Got 'x'"):
        MODELS[0].fit(X, callbacks=["x"])
    half = types.SimpleNamespace(on_epoch_end=print)
    with pytest.raises(TypeError, match="must be a list of Keras callbacks.* Got namespace"):
        MODELS[0].fit(X, callbacks=[half])
    with pytest.raises(TypeError, match="each made by its constructor. Got <class .*Preview'>"):
        MODELS[0].fit(X, callbacks=[Preview])
    with pytest.raises(ValueError, match="give checkpoint_dir to fit"):
        MODELS[0].fit(X, callbacks=[keras.callbacks.BackupAndRestore("x.weights.h5")])


def test_bad_previews_are_named():
    with pytest.raises(TypeError, match=r"'preview' parameter of ConditionalVAE\.fit"):
        MODELS[0].fit(X, preview="yes")
    with pytest.raises(ValueError, match=r"'preview_every' parameter of ConditionalVAE\.fit"):
        MODELS[0].fit(X, preview=print, preview_every=0)


@on_the_engine
def test_lower_precision_is_the_layers_alone(model):
    policy = keras.config.dtype_policy().name
    # Dropout draws other masks in bfloat16, and training parts the losses of a GAN.
    own = {"learning_rate": 1e-6, "dropout": 0.0}
    still = clone(model).set_params(**{k: v for k, v in own.items() if k in model.get_params()})
    exact = clone(still).fit(X)
    rough = clone(still).set_params(precision="mixed_bfloat16").fit(X)
    assert keras.config.dtype_policy().name == policy
    for name, network in rough._model.networks.items():
        computing = {layer.compute_dtype for layer in network.layers if layer.weights}
        assert computing == {"bfloat16", "float32"}, name
        assert {str(w.dtype) for w in network.trainable_weights} == {"float32"}
        assert {str(output.dtype) for output in network.outputs} == {"float32"}
        last = [layer for layer in network.layers if layer.weights][-1]
        assert last.compute_dtype == "float32"
    first = exact.history_["loss"][0], rough.history_["loss"][0]
    assert first[0] != first[1]
    assert first[0] == pytest.approx(first[1], rel=0.01)
    samples = rough.sample(3, random_state=0)
    assert samples.dtype == np.float32
    again = pickle.loads(pickle.dumps(rough))
    np.testing.assert_array_equal(again.sample(3, random_state=0), samples)


def test_warmup_raises_evenly():
    model = ConditionalVAE(latent_dim=2, units=(8,), **TINY).fit(X)._model
    found = []
    warmup = Warmup("warmup", 4)
    warmup.set_model(model)
    for epoch in range(6):
        warmup.on_epoch_begin(epoch)
        found.append(float(model.warmup))
    assert found == [0.25, 0.5, 0.75, 1, 1, 1]
