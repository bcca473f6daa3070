"""LSTMSequencer: steps of a small one, and the report's size, whole frames or their components.

1,000 spectrograms of 256 x 512 x 2 make 984 windows. The flattened network has 337 million
weights and needs 10 GB whatever the data; one of its epochs takes minutes, and is measured
once. All rows together take twenty minutes.

The row on memory trains on 64 windows only, which need what all of them do. MB is what
that adds to the frames: as much, whether there are 500 or 1,000. Its remark is the peak of
the whole process, in which the audio was read and made frames.
"""

import time

import numpy as np
from sklearn.base import clone

from audiogen.generators import LSTMSequencer
from audiogen.preprocessing import SlidingWindow, STFTSpectrogram
from benchmarks import _steps
from benchmarks._data import SAMPLE_RATE, notes
from benchmarks._measure import peak_megabytes
from benchmarks._row import Row

N_NOTES, N_COMPONENTS = 1000, 200
BATCH, N_BATCHES, N_EPOCHS = 128, 5, 4
EPOCHS = {"in components": 1, "flattened": 2}  # after which the first has the lower loss


def windows(n_notes):
    """Return windows over spectrograms of notes, none of which are alike."""
    X = notes(n_notes)
    X = X + np.random.default_rng(0).normal(scale=1e-3, size=X.shape).astype(np.float32)
    return SlidingWindow().fit_transform(STFTSpectrogram().fit_transform(X))


def steady(**parameters):
    return LSTMSequencer(
        **{"validation_fraction": 0.0, "epochs": 1, "random_state": 0, **parameters}
    )


def fitted():
    """Return windows, and a model whose basis is there already."""
    X = windows(N_NOTES)
    return X, steady(frame_components=N_COMPONENTS).fit(X)


def in_components(X):
    return steady(frame_components=N_COMPONENTS, epochs=EPOCHS["in components"]).fit(X)


def flattened(X):
    return steady(epochs=EPOCHS["flattened"]).fit(X)


def losses(X):
    """Compare losses, both in units of a frame's numbers, without dropout."""
    found = {"in components": in_components(X), "flattened": flattened(X)}
    return ", ".join(
        f"{name} {loss(model, X):.3f} after {EPOCHS[name]} epochs" for name, model in found.items()
    )


def loss(model, X):
    read = model._prepare(X, None, fresh=False, seed=0).read
    x, y = model._batch(read(np.arange(0, len(X), 4)), None, None)
    return model._model.evaluate(x, y, verbose=0, return_dict=True)["loss"]


def a_few(X):
    return steady(max_samples=64).fit(X)


def peak(X):
    a_few(X)
    return f"peak {peak_megabytes():.0f} MB"


def beside_a_loop():
    """Return a fitted model, its windows, and the same training in a loop by hand."""
    frames = STFTSpectrogram().fit_transform(notes(N_BATCHES * BATCH + 16))
    X = SlidingWindow().fit_transform(frames)
    model = steady(frame_components=BATCH, batch_size=BATCH, warm_start=True).fit(X)
    return model, X, Loop(model, X)


class Loop:
    """The same frames, network and optimizer in a plain TensorFlow loop."""

    def __init__(self, model, X):
        import keras
        import tensorflow as tf

        network = clone(model).fit(X).network_
        optimizer = keras.optimizers.Adam(1e-3)
        optimizer.build(network.trainable_variables)
        self.model, self.X = model, X

        @tf.function(jit_compile=False)
        def step(x, y):
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean((y[..., :-1] - network(x, training=True)) ** 2)
            weights = network.trainable_variables
            optimizer.apply(tape.gradient(loss, weights), weights)
            return loss

        self.step = step
        self.train()

    def train(self):
        """Read the frames, train for some epochs, and return the last loss."""
        read = self.model._prepare(self.X, None, fresh=False, seed=0).read
        for part in np.array_split(np.arange(len(self.X)), N_BATCHES) * N_EPOCHS:
            loss = self.step(*self.model._batch(read(part), None, None))
        return float(loss)


def small():
    """Return an LSTM of 64 units on notes' features, and others' ways to train it."""
    X = SlidingWindow().fit_transform(_steps.features()[0])
    model = LSTMSequencer(units=64, n_layers=1, epochs=1, **_steps.STEADY).fit(X)
    state: dict = {"model": model, "data": (X, None)}
    for name, xla in {"by hand": False, "by hand, XLA": True}.items():
        (frames,), ahead = _steps.inputs(model, X)
        step = small_step(clone(model).fit(X).network_, frames, ahead)
        state[name] = _steps.Loop(step, len(X), xla=xla)
    return state


def small_step(network, frames, ahead):
    """Return a step of training that is written by hand, on data in memory."""
    import tensorflow as tf

    def loss_of(x, y):
        return tf.reduce_mean((y - network([x], training=True)) ** 2)

    return _steps.step_by_hand(loss_of, network.trainable_variables, frames, ahead)


def seconds_a_second(state):
    """Tell how many seconds of audio are generated in one."""
    model = state[0].set_params(extra_frames=16)
    frames = STFTSpectrogram().fit(notes(1))
    start = time.perf_counter()
    audio = frames.inverse_transform(model.sample()[0])
    spent = time.perf_counter() - start
    return f"{audio.size / SAMPLE_RATE / spent:,.0f} s of audio a second"


ROWS = [
    _steps.row(f"LSTM of 64, {_steps.N_EPOCHS} epochs", small),
    Row(
        f"LSTM, {N_EPOCHS * N_BATCHES} steps in components",
        beside_a_loop,
        lambda state: state[0].set_params(epochs=N_EPOCHS).fit(state[1]),
        {"TensorFlow loop by hand": lambda state: state[2].train()},
        aim=">= 0.9",
        remark=seconds_a_second,
    ),
    Row(
        f"LSTM, epoch of {N_NOTES} notes",
        fitted,
        lambda state: state[1].partial_fit(state[0]),
        {"flattened": lambda state: steady().fit(state[0])},
        aim=">= 20",
    ),
    Row(
        "LSTM, to a loss",
        lambda: windows(N_NOTES),
        in_components,
        {"flattened": flattened},
        aim=">= 10",
        remark=losses,
    ),
    Row(
        f"LSTM flattened, {N_NOTES} notes",
        lambda: windows(N_NOTES),
        a_few,
        {f"{N_NOTES // 2} notes": lambda X: a_few(X[: N_NOTES // 2 - 16])},
        remark=peak,
    ),
]
