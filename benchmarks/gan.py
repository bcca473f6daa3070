"""A step of GANGenerator with its defaults, against a loop written by hand; and how fast it plays.

Both train the default networks for waveforms of 4 s, in the batches of 64 that the class
takes, by the same losses, with the gradient penalty in every step.
"""

import numpy as np

from audiogen.generators import GANGenerator
from benchmarks._data import SAMPLE_RATE, notes
from benchmarks._row import Row

BATCH = 64


def fitted():
    audio = np.ascontiguousarray(notes(BATCH), dtype=np.float32)
    gan = GANGenerator(
        epochs=1, batch_size=BATCH, validation_fraction=0.0, warm_start=True, random_state=0
    )
    gan.fit(audio)  # compiles
    by_hand = Loop(gan, audio)
    by_hand.step()
    return gan, audio, by_hand


class Loop:
    """The same networks, losses and optimizers in a plain TensorFlow loop."""

    def __init__(self, gan, audio):
        import keras
        import tensorflow as tf

        networks = [
            keras.models.clone_model(network) for network in (gan.generator_, gan.discriminator_)
        ]
        optimizers = [keras.optimizers.Adam(2e-4, beta_1=0.5, clipvalue=1.0) for _ in networks]
        for network, optimizer in zip(networks, optimizers, strict=True):
            optimizer.build(network.trainable_variables)
        self.train = tf.function(_step, jit_compile=False)
        self.parts = *networks, *optimizers
        self.audio, self.rng = audio, np.random.default_rng(0)
        self.latent_dim = gan.latent_dim

    def step(self):
        """Train both networks on one batch and return the generator's loss."""
        x = self.audio[self.rng.permutation(len(self.audio))]
        z = self.rng.standard_normal((len(x), self.latent_dim), dtype=np.float32)
        return float(self.train(x, z, *self.parts))


def _step(x, z, generator, discriminator, generator_optimizer, discriminator_optimizer):
    import tensorflow as tf

    cross_entropy = tf.nn.sigmoid_cross_entropy_with_logits
    with tf.GradientTape() as tape:
        made = generator([z], training=True)
        with tape.stop_recording():
            with tf.GradientTape() as inner:
                real, fake = (discriminator([v], training=True) for v in (x, made))
                labels = [label + 0.05 * tf.random.uniform(tf.shape(real)) for label in (0.9, 0.0)]
                loss = sum(
                    tf.reduce_mean(cross_entropy(labels=label, logits=score))
                    for label, score in zip(labels, (real, fake), strict=True)
                )
                share = tf.random.uniform((len(x), 1))
                mixed = share * x + (1 - share) * made
                with tf.GradientTape() as innermost:
                    innermost.watch(mixed)
                    score = discriminator([mixed], training=True)
                slopes = innermost.gradient(score, mixed)
                lengths = tf.sqrt(tf.reduce_sum(slopes**2, axis=1) + 1e-12)
                loss += 10 * tf.reduce_mean((lengths - 1) ** 2)
            weights = discriminator.trainable_variables
            discriminator_optimizer.apply(inner.gradient(loss, weights), weights)
        score = discriminator([made], training=True)
        loss = tf.reduce_mean(cross_entropy(labels=tf.ones_like(score), logits=score))
    weights = generator.trainable_variables
    generator_optimizer.apply(tape.gradient(loss, weights), weights)
    return loss


def seconds_a_second(state):
    """Tell how many seconds of audio are generated in one."""
    import time

    gan, audio, _ = state
    gan.sample(BATCH)
    start = time.perf_counter()
    gan.sample(4 * BATCH)
    spent = time.perf_counter() - start
    return f"{4 * BATCH * audio.shape[1] / SAMPLE_RATE / spent:,.0f} s of audio a second"


ROWS = [
    Row(
        f"GAN, step of {BATCH} waveforms",
        fitted,
        lambda state: state[0].fit(state[1]),
        {"TensorFlow loop by hand": lambda state: state[2].step()},
        aim=">= 0.9",
        remark=seconds_a_second,
    )
]
