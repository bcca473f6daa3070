"""ConditionalVAE: steps of the recipe's, and an epoch on waveforms, against loops by hand."""

import time

import numpy as np

from audiogen.generators import ConditionalVAE
from audiogen.recipes import harmonic_cvae
from benchmarks import _steps
from benchmarks._data import SAMPLE_RATE, notes
from benchmarks._row import Row

BATCH = 32


def fitted():
    audio = np.ascontiguousarray(notes(320), dtype=np.float32)
    vae = ConditionalVAE(
        epochs=1, batch_size=BATCH, validation_fraction=0.0, patience=None,
        plateau_patience=None, warm_start=True, random_state=0,
    )  # fmt: skip
    vae.fit(audio)  # compiles
    by_hand = Loop(vae, audio)
    by_hand.epoch()
    return vae, audio, by_hand


class Loop:
    """The same network, loss and optimizer in a plain TensorFlow loop."""

    def __init__(self, vae, audio):
        import keras
        import tensorflow as tf

        twin = ConditionalVAE(**vae.get_params()).fit(audio[:BATCH])
        model, optimizer = twin._model, keras.optimizers.Adam(1e-3)
        optimizer.build(model.trainable_variables)

        @tf.function(jit_compile=False)
        def step(x):
            with tf.GradientTape() as tape:
                loss = model.compute_loss((x,), None, model((x,), training=True))
            gradients = tape.gradient(loss, model.trainable_variables)
            optimizer.apply(gradients, model.trainable_variables)
            return loss

        self.step, self.audio, self.rng = step, audio, np.random.default_rng(0)

    def epoch(self):
        """Train for one epoch and return the last loss."""
        order = self.rng.permutation(len(self.audio))
        for start in range(0, len(order), BATCH):
            loss = self.step(0.5 * (self.audio[order[start : start + BATCH]] + 1))
        return float(loss)


def recipe():
    """Return `harmonic_cvae`'s network and its features, and others' ways to train it."""
    import keras

    X, y = _steps.features()
    model = harmonic_cvae(**_steps.STEADY)[-1].set_params(epochs=1).fit(X, y)
    state: dict = {"model": model, "data": (X, y)}
    for name, xla in {"by hand": False, "by hand, XLA": True}.items():
        step = recipe_step(twin(model, X, y), *_steps.inputs(model, X, y)[0])
        state[name] = _steps.Loop(step, len(X), xla=xla)
    own = twin(model, X, y)
    own.compile(keras.optimizers.Adam(1e-3), steps_per_execution=5, jit_compile=False)
    state["Keras, tf.data"] = KerasFit(own, _steps.inputs(model, X, y))
    return state


def twin(model, X, y):
    """Return the same networks, untrained."""
    return ConditionalVAE(**model.get_params()).fit(X, y)._model


def recipe_step(model, x, condition):
    """Return a step of training that is written by hand, on data in memory."""
    import tensorflow as tf

    def loss_of(real, given):
        mean, log_variance = model.encoder([real, given], training=True)
        noise = tf.random.normal(tf.shape(mean))
        made = model.decoder([mean + tf.exp(0.5 * log_variance) * noise, given], training=True)
        error = tf.reduce_mean((real - made) ** 2)
        nats = mean**2 + tf.exp(log_variance) - 1 - log_variance
        kl = tf.reduce_mean(0.5 * tf.reduce_sum(nats, axis=-1))
        return 0.5 * tf.math.log(error) + 4 * kl / real.shape[1]

    return _steps.step_by_hand(loss_of, model.trainable_variables, x, condition)


class KerasFit:
    """Keras' own loop over data in memory, five steps in one execution."""

    def __init__(self, model, batch):
        import tensorflow as tf

        data = tf.data.Dataset.from_tensor_slices(batch).cache()
        self.data = data.shuffle(1000, seed=0).batch(_steps.BATCH)
        self.model = model
        self.run(1)

    def run(self, n_epochs=_steps.N_EPOCHS):
        """Train for so many epochs."""
        self.model.fit(self.data, epochs=n_epochs, verbose=0)


def seconds_a_second(state):
    """Tell how many seconds of audio are generated in one."""
    vae, audio, _ = state
    vae.sample(BATCH)
    start = time.perf_counter()
    vae.sample(8 * BATCH)
    spent = time.perf_counter() - start
    return f"{8 * BATCH * audio.shape[1] / SAMPLE_RATE / spent:,.0f} s of audio a second"


ROWS = [
    _steps.row(f"VAE, {_steps.N_EPOCHS} epochs of the recipe's", recipe, "Keras, tf.data"),
    Row(
        "VAE, epoch of 320 waveforms",
        fitted,
        lambda state: state[0].fit(state[1]),
        {"TensorFlow loop by hand": lambda state: state[2].epoch()},
        aim=">= 0.9",
        remark=seconds_a_second,
    ),
]
