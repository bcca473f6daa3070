"""Steps of GANGenerator, against loops written by hand; and how fast it plays.

One row trains the recipe's networks on its features, by the hinge loss and all that goes with it;
the other the default networks for waveforms of 4 s, in the batches of 64 that the class takes.
Both have the gradient penalty in every step. The loops measure nothing on the way; ours does.
"""

import numpy as np

from audiogen.generators import GANGenerator
from audiogen.recipes import harmonic_gan
from benchmarks import _steps
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


def recipe():
    """Return `harmonic_gan`'s networks and its features, and others' ways to train them."""
    X, y = _steps.features()
    model = harmonic_gan(**_steps.STEADY)[-1].set_params(epochs=1).fit(X, y)
    state: dict = {"model": model, "data": (X, y)}
    for name, xla in {"by hand": False, "by hand, XLA": True}.items():
        twin = GANGenerator(**model.get_params()).fit(X, y)._model
        step = recipe_step(twin, *_steps.inputs(model, X, y)[0])
        state[name] = _steps.Loop(step, len(X), xla=xla)
    return state


def recipe_step(model, x, z, condition):
    """Return a step of both networks that is written by hand, on data in memory."""
    import keras
    import tensorflow as tf

    x, condition = tf.constant(x), tf.constant(condition)
    networks = model.generator, model.discriminator
    optimizers = [keras.optimizers.Adam(1e-3, beta_1=0.5, clipvalue=1.0) for _ in networks]
    for network, optimizer in zip(networks, optimizers, strict=True):
        optimizer.build(network.trainable_variables)
    generator, discriminator = networks
    averages = [tf.Variable(weight) for weight in generator.trainable_variables]

    def missed(guess, given):
        of_pitch = tf.reduce_mean((guess[:, :1] - given[:, :1]) ** 2)
        families = tf.nn.softmax_cross_entropy_with_logits(given[:, 1:], guess[:, 1:])
        return of_pitch + tf.reduce_mean(families)

    def critic_loss(real, made, given):
        score, guess = discriminator([real, given], training=True)
        fooled = discriminator([made, given], training=True)[0]
        loss = tf.reduce_mean(tf.nn.relu(1 - score)) + tf.reduce_mean(tf.nn.relu(1 + fooled))
        share = tf.random.uniform((tf.shape(real)[0], 1))
        mixed = share * real + (1 - share) * made
        with tf.GradientTape() as tape:
            tape.watch(mixed)
            score = discriminator([mixed, given], training=True)[0]
        slopes = tape.gradient(score, mixed)
        lengths = tf.sqrt(tf.reduce_sum(slopes**2, axis=1) + 1e-12)
        return loss + tf.reduce_mean((lengths - 1) ** 2) + missed(guess, given)

    def step(rows):
        real, given = tf.gather(x, rows), tf.gather(condition, rows)
        noise = tf.random.normal((tf.shape(rows)[0], z.shape[1]))
        with tf.GradientTape() as tape:
            made = generator([noise, given], training=True)
            with tape.stop_recording(), tf.GradientTape() as inner:
                loss = critic_loss(real, made, given)
            with tape.stop_recording():
                weights = discriminator.trainable_variables
                optimizers[1].apply(inner.gradient(loss, weights), weights)
            score, guess = discriminator([made, given], training=True)
            loss = missed(guess, given) - tf.reduce_mean(score)
        weights = generator.trainable_variables
        optimizers[0].apply(tape.gradient(loss, weights), weights)
        for average, weight in zip(averages, weights, strict=True):
            average.assign(0.99 * average + 0.01 * weight)
        return loss

    return step


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
    _steps.row(f"GAN, {_steps.N_EPOCHS} epochs of the recipe's", recipe),
    Row(
        f"GAN, step of {BATCH} waveforms",
        fitted,
        lambda state: state[0].fit(state[1]),
        {"TensorFlow loop by hand": lambda state: state[2].step()},
        aim=">= 0.9",
        remark=seconds_a_second,
    ),
]
