"""LSTMSequencer at the report's size: whole frames against their components.

1,000 spectrograms of 256 x 512 x 2 make 984 windows. The flattened network has 337
million weights and needs 12 GB; one of its epochs takes minutes, and is measured once.
"""

import numpy as np

from audiogen.generators import LSTMSequencer
from audiogen.preprocessing import SlidingWindow, STFTSpectrogram
from benchmarks._data import notes
from benchmarks._row import Row

N_NOTES = 1000
EPOCHS_IN_COMPONENTS = 30


def windows(n_notes):
    return SlidingWindow().fit_transform(STFTSpectrogram().fit_transform(notes(n_notes)))


def steady(**parameters):
    return LSTMSequencer(
        **{"validation_fraction": 0.0, "epochs": 1, "random_state": 0, **parameters}
    )


def fitted():
    """Return windows, and a model whose basis is there already."""
    X = windows(N_NOTES)
    return X, steady(frame_components=N_NOTES).fit(X)


def in_components(X):
    return steady(frame_components=100, epochs=EPOCHS_IN_COMPONENTS).fit(X)


def losses(X):
    """Compare losses, both in units of a frame's numbers, without dropout."""
    found = {"in components": in_components(X), "flattened": steady().fit(X)}
    return ", ".join(f"{name} {loss(model, X):.4f}" for name, model in found.items())


def loss(model, X):
    rows = np.arange(len(X))
    x, y = model._batch(model._reader(X, rows, rows[:0])(rows[::4]), None, None)
    return model._model.evaluate(x, y, verbose=0, return_dict=True)["loss"]


ROWS = [
    Row(
        f"LSTM, epoch of {N_NOTES} notes",
        fitted,
        lambda state: state[1].partial_fit(state[0]),
        {"flattened": lambda state: steady().fit(state[0])},
        aim=">= 20",
    ),
    Row(
        "LSTM, to the loss of an epoch",
        lambda: windows(100),
        in_components,
        {"flattened, an epoch": lambda X: steady().fit(X)},
        aim=">= 10",
        remark=losses,
    ),
]
