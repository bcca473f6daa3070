"""WaveNetAutoencoder: audio step by step, many at once, and an epoch of its training."""

import copy
import time

import numpy as np

from audiogen.generators import WaveNetAutoencoder
from audiogen.signal import mu_law_decode
from benchmarks._data import SAMPLE_RATE, notes
from benchmarks._row import Row

N_LEVELS = 256
N_STEPS = 256
N_SAMPLES = 32
BATCH = 16
DILATIONS = tuple(2**i for i in range(10))
VALUES = mu_law_decode(np.arange(N_LEVELS), N_LEVELS)


def autoregressive(n_timesteps=N_STEPS):
    """Return a model at ten dilations; how well it is trained does not matter here."""
    model = WaveNetAutoencoder(
        decoder="autoregressive", dilations=DILATIONS, epochs=1, random_state=0
    )
    return model.fit(middle(8, n_timesteps))


def middle(n_samples, n_timesteps):
    return np.ascontiguousarray(notes(n_samples)[:, 4000 : 4000 + n_timesteps])


class GoingOn:
    """A real note whose audio, as long as the network reaches back, is to go on."""

    def __init__(self):
        import keras
        import tensorflow as tf

        from audiogen.generators._forward import StepwiseDecoder

        self.reach = 1 + 2 * (1 + sum(DILATIONS))
        n_timesteps = self.reach + N_STEPS
        model = autoregressive(n_timesteps)
        decoder, codes = model.decoder_, model.transform(middle(1, n_timesteps))
        self.audio = middle(1, self.reach)[0]
        self.stepwise = StepwiseDecoder(
            model._weights["decoder"],
            codes,
            dilations=DILATIONS,
            downsampling=model._arguments["downsampling"],
        )
        for value in self.audio[:-1]:
            self.stepwise.step(np.array([value]))
        upsampled = decoder.get_layer("upsampling")
        context = keras.Model(decoder.inputs[1:], upsampled.output)([codes])
        self.context = np.asarray(context)
        network = keras.Model([decoder.inputs[0], upsampled.output], decoder.output)

        @tf.function(jit_compile=False)
        def last_logits(previous, context):
            return network([previous, context], training=False)[0, -1]

        self.last_logits = last_logits

    def step_by_step(self):
        """Return the most likely levels, with a queue per layer."""
        stepwise = copy.deepcopy(self.stepwise)
        levels, last = np.empty(N_STEPS, int), self.audio[-1:]
        for t in range(N_STEPS):
            levels[t] = np.argmax(stepwise.step(last))
            last = VALUES[levels[t : t + 1]]
        return levels

    def on_the_receptive_field(self):
        """Return the most likely levels, each computed from all that it depends on."""
        audio = np.pad(self.audio, (0, N_STEPS))[np.newaxis, :, np.newaxis]
        levels = np.empty(N_STEPS, int)
        for t in range(N_STEPS):
            logits = self.last_logits(
                audio[:, t : t + self.reach], self.context[:, t : t + self.reach]
            )
            levels[t] = np.argmax(logits)
            if t + 1 < N_STEPS:
                audio[0, t + self.reach, 0] = VALUES[levels[t]]
        return levels

    def equal(self):
        """Say how many levels the two ways have in common."""
        return f"{np.mean(self.step_by_step() == self.on_the_receptive_field()):.0%} equal"


def one_by_one(model):
    return [model.sample(1, random_state=seed) for seed in range(N_SAMPLES)]


def audio_a_second(model):
    """Say how many seconds of audio each decoder makes in one, of many notes at once."""
    whole = WaveNetAutoencoder(epochs=1, random_state=0).fit(notes(2))
    found = {}
    for name, one in {"autoregressive": model, "parallel": whole}.items():
        one.sample(N_SAMPLES)
        start = time.perf_counter()
        audio = one.sample(N_SAMPLES)
        found[name] = audio.size / SAMPLE_RATE / (time.perf_counter() - start)
    return ", ".join(f"{name} {rate:.2f} s of audio/s" for name, rate in found.items())


def training():
    audio = np.ascontiguousarray(notes(3 * BATCH), dtype=np.float32)
    model = WaveNetAutoencoder(
        epochs=1, batch_size=BATCH, validation_fraction=0.0, patience=None, plateau_patience=None,
        warm_start=True, random_state=0,
    ).fit(audio)  # fmt: skip
    state = model, audio, Loop(model, audio)
    for epoch in (train, lambda state: state[2].epoch()):  # compiles
        epoch(state)
    return state


def train(state):
    """Train for an epoch, without the density of codes that a fit ends with."""
    model, audio, _ = state
    model._train(model._prepare(audio, None, fresh=False, seed=0), 1)


class Loop:
    """The same networks, loss and optimizer in a plain TensorFlow loop."""

    def __init__(self, model, audio):
        import keras
        import tensorflow as tf

        twin = WaveNetAutoencoder(**model.get_params()).fit(audio[:2])._model
        optimizer = keras.optimizers.Adam(1e-3)
        optimizer.build(twin.trainable_variables)

        @tf.function(jit_compile=False)
        def step(x):
            with tf.GradientTape() as tape:
                codes = twin.encoder([x], training=True)
                loss = tf.reduce_mean(tf.abs(x - twin.decoder([codes], training=True)))
            gradients = tape.gradient(loss, twin.trainable_variables)
            optimizer.apply(gradients, twin.trainable_variables)
            return loss

        self.step, self.audio, self.rng = step, audio, np.random.default_rng(0)

    def epoch(self):
        """Train for one epoch and return the last loss."""
        order = self.rng.permutation(len(self.audio))
        for start in range(0, len(order), BATCH):
            loss = self.step(self.audio[order[start : start + BATCH], :, np.newaxis])
        return float(loss)


ROWS = [
    Row(
        f"WaveNet, {N_STEPS} steps of audio",
        GoingOn,
        GoingOn.step_by_step,
        {"compiled receptive field": GoingOn.on_the_receptive_field},
        aim=">= 20",
        remark=GoingOn.equal,
    ),
    Row(
        f"WaveNet, {N_SAMPLES} samples drawn",
        autoregressive,
        lambda model: model.sample(N_SAMPLES),
        {"one by one": one_by_one},
        aim=">= 5",
        remark=audio_a_second,
    ),
    Row(
        f"WaveNet, epoch of {3 * BATCH} waveforms",
        training,
        train,
        {"TensorFlow loop by hand": lambda state: state[2].epoch()},
        aim=">= 0.9",
    ),
]
