"""One epoch of ConditionalVAE on waveforms, against a loop written by hand."""

import time

import numpy as np

from audiogen.generators import ConditionalVAE
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


def seconds_a_second(state):
    """Tell how many seconds of audio are generated in one."""
    vae, audio, _ = state
    vae.sample(BATCH)
    start = time.perf_counter()
    vae.sample(8 * BATCH)
    spent = time.perf_counter() - start
    return f"{8 * BATCH * audio.shape[1] / SAMPLE_RATE / spent:,.0f} s of audio a second"


ROWS = [
    Row(
        "VAE, epoch of 320 waveforms",
        fitted,
        lambda state: state[0].fit(state[1]),
        {"TensorFlow loop by hand": lambda state: state[2].epoch()},
        aim=">= 0.9",
        remark=seconds_a_second,
    )
]
