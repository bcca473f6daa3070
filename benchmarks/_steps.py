"""What recipes train their networks on, and what a step of training takes beside others' loops."""

import time

import numpy as np

from audiogen.datasets import load_notes
from audiogen.recipes import harmonic_cvae
from benchmarks._row import Row

BATCH, N_EPOCHS = 32, 40
STEADY: dict = {"validation_fraction": 0.0, "warm_start": True, "random_state": 0}
_ROUNDS = 5


def features():
    """Return the features and conditions of `harmonic_cvae` and `harmonic_gan`: 148 x 64."""
    X, y = load_notes("train", return_X_y=True)
    y = y[["pitch", "instrument_family"]]
    return harmonic_cvae(random_state=0)[:-1].fit_transform(X, y), y


def inputs(model, X, y=None):
    """Return what the networks see of the data: all of it as one batch."""
    data = model._prepare(X, y, fresh=False, seed=0)
    rows = np.arange(len(X))
    return model._batch(data.read(rows), data.codes, np.random.default_rng(0))


class Loop:
    """Go through epochs in memory, a compiled step for each batch."""

    def __init__(self, step, n_rows, *, xla):
        import tensorflow as tf

        self.step = tf.function(step, jit_compile=xla, reduce_retracing=True)
        self.n_rows, self.rng = n_rows, np.random.default_rng(0)
        self.run(1)

    def run(self, n_epochs=N_EPOCHS):
        """Train for so many epochs and return the last loss."""
        for _ in range(n_epochs):
            order = self.rng.permutation(self.n_rows).astype(np.int32)
            for start in range(0, self.n_rows, BATCH):
                loss = self.step(order[start : start + BATCH])
        return float(loss)


def step_by_hand(loss_of, weights, *arrays):
    """Return a step of training on data in memory, by the loss of a batch of it."""
    import keras
    import tensorflow as tf

    arrays, optimizer = tuple(map(tf.constant, arrays)), keras.optimizers.Adam(1e-3)
    optimizer.build(weights)

    def step(rows):
        batch = [tf.gather(array, rows) for array in arrays]
        with tf.GradientTape() as tape:
            loss = loss_of(*batch)
        optimizer.apply(tape.gradient(loss, weights), weights)
        return loss

    return step


def row(task, make, *further):
    """Return the row of a network that a recipe trains, beside loops and further peers."""
    names = ("by hand", "by hand, XLA", *further)
    peers = {name: _run(name) for name in names}
    return Row(task, make, ours, peers, aim=">= 1", remark=milliseconds)


def _run(name):
    """Return how a row's state trains by one of its loops."""
    return lambda state: state[name].run()


def milliseconds(state):
    """Say what a step takes of wall and CPU time, the least of some rounds that take turns."""
    ways = {name: loop.run for name, loop in state.items() if name not in ("model", "data")}
    ways = {"ours": lambda: ours(state), **ways}
    n_steps = N_EPOCHS * -(-len(state["data"][0]) // BATCH)
    least: dict = dict.fromkeys(ways, (np.inf, np.inf))
    for _ in range(_ROUNDS):
        for name, run in ways.items():
            start = time.perf_counter(), time.process_time()
            run()
            spent = time.perf_counter() - start[0], time.process_time() - start[1]
            least[name] = tuple(map(min, least[name], spent))
    each = [
        f"{name} {wall / n_steps * 1e3:.2f} ({cpu / n_steps * 1e3:.2f} CPU)"
        for name, (wall, cpu) in least.items()
    ]
    return f"ms a step: {', '.join(each)}"


def ours(state):
    """Train for some more epochs, without what a fit learns after them."""
    model = state["model"]
    data = model._prepare(*state["data"], fresh=False, seed=0)
    data.callbacks = model._all_callbacks(data, [], None)
    model._train(data, N_EPOCHS)
