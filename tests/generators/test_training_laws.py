"""Laws of generators that are trained by epochs."""

import gc
import pickle
import signal
import subprocess
import sys
import threading
import time
import weakref

import joblib
import keras
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning, NotFittedError

import audiogen
from audiogen.generators import (
    WaveNetAutoencoder,
)
from helpers.generators import (
    N,
    brief,
    conditions,
    every_generator,
    every_trained_generator,
    features,
)


@every_trained_generator
def test_what_was_trained_and_its_data_are_let_go(generator):
    X = features()
    model = clone(generator).fit(X, conditions())
    left = [weakref.ref(X), weakref.ref(model)]
    del X, model
    gc.collect()
    assert [each() for each in left] == [None, None]


FRESH = """
import joblib, numpy as np, audiogen
import pandas as pd
rng = np.random.default_rng(0)
X = rng.normal(size=(12, 6)).astype(np.float32) * 3
y = pd.DataFrame({"pitch": np.arange(60, 72), "family": ["reed", "mallet"] * 6})
out = {}
for load in (joblib.load, audiogen.load):
    model = load("model." + load.__module__.split(".")[0])
    first = model.sample(5, random_state=3)
    model.partial_fit(X, y)
    out[load.__module__.split(".")[0]] = first, model.sample(5, random_state=3)
np.savez("out.npz", **out)
"""


@every_trained_generator
def test_a_fresh_process_goes_on_bit_by_bit(generator, tmp_path):
    model = clone(generator).fit(features(), conditions())
    joblib.dump(model, tmp_path / "model.joblib")
    audiogen.save(model, tmp_path / "model.audiogen")
    done = subprocess.run(
        [sys.executable, "-c", FRESH], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert done.stderr == ""
    out = np.load(tmp_path / "out.npz")
    before = model.sample(5, random_state=3)
    model.partial_fit(features(), conditions())
    for how in ("joblib", "audiogen"):
        np.testing.assert_array_equal(out[how], [before, model.sample(5, random_state=3)])


@every_trained_generator
def test_partial_fit_is_one_more_epoch(generator):
    steady = {"patience": None, "plateau_patience": None}
    one = clone(generator).set_params(epochs=2, **steady).fit(features(), conditions())
    one.partial_fit(features(), conditions())
    three = clone(generator).set_params(epochs=3, **steady).fit(features(), conditions())
    assert one.n_iter_ == three.n_iter_ == len(one.history_["loss"]) == 3
    assert one.history_ == three.history_
    np.testing.assert_array_equal(one.sample(4), three.sample(4))


def kernels(model):
    """Return all weights that only an optimizer changes, unlike running means."""
    layers = [layer for network in model._weights.values() for layer in network.values()]
    return np.concatenate([a.ravel() for layer in layers for a in layer if a.ndim > 1])


@every_trained_generator
def test_what_goes_on_takes_a_new_learning_rate_and_no_other_network(generator):
    model = brief(generator).set_params(warm_start=True, ema=0.0).fit(features(), conditions())
    name = "filters" if isinstance(generator, WaveNetAutoencoder) else "units"
    old = getattr(model, name)
    model.set_params(**{name: old * 2 if isinstance(old, int) else (16,)})
    with pytest.raises(ValueError, match="goes on with the networks of the first fit, of"):
        model.fit(features(), conditions())
    model.set_params(**{name: old}, ema=0.5)
    with pytest.raises(ValueError, match=r"of ema=0\.0. Got ema=0\.5"):
        model.partial_fit(features(), conditions())
    model.set_params(ema=0.0)
    before = kernels(model)
    still = pickle.loads(pickle.dumps(model)).set_params(learning_rate=1e-9)
    still.partial_fit(features(), conditions())
    far = np.abs(kernels(model.partial_fit(features(), conditions())) - before).max()
    near = np.abs(kernels(still) - before).max()
    assert near < far / 100


@every_generator
def test_a_fit_that_fails_is_none(generator, monkeypatch):
    class Fails(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            raise RuntimeError("disk full")

    model = brief(generator)
    with pytest.raises(RuntimeError, match="disk full"):
        model.fit(features(), conditions(), callbacks=[Fails()])
    with pytest.raises(NotFittedError):
        model.sample(1)
    assert model.partial_fit(features(), conditions()).n_iter_ == 1


@every_trained_generator
def test_warm_start_goes_on_and_cold_start_begins_anew(generator):
    steady = {"patience": None, "plateau_patience": None, "epochs": 2}
    warm = clone(generator).set_params(warm_start=True, **steady)
    assert warm.fit(features(), conditions()).fit(features(), conditions()).n_iter_ == 4
    cold = clone(generator).set_params(**steady)
    assert cold.fit(features(), conditions()).fit(features(), conditions()).n_iter_ == 2


@every_generator
def test_history_is_plain_data(generator, fitted):
    history = fitted[type(generator).__name__].history_
    assert type(history) is dict
    assert {"loss", "val_loss"} <= set(history)
    assert all(type(v) is float for values in history.values() for v in values)


@every_generator
def test_ctrl_c_leaves_a_usable_model(generator, monkeypatch):
    model = clone(generator).set_params(epochs=1000, patience=None)
    batch, seen, ended = model._batch, [], threading.Event()

    def interrupted(*args):
        seen.append(1)
        return batch(*args)

    monkeypatch.setattr(model, "_batch", interrupted)

    def press():
        while len(seen) < 8 and not ended.is_set():
            time.sleep(0.01)
        if not ended.is_set():
            signal.raise_signal(signal.SIGINT)
        while not ended.wait(30):  # Python ignores what is raised in a destructor, say
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(model, "epochs", 100_000)
    thread = threading.Thread(target=press)
    # A shell that starts the tests in the background has them ignore it.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.warns(ConvergenceWarning, match=r"interrupted after \d+ of 100000 epochs"):
            thread.start()
            model.fit(features(), conditions())
    finally:  # or a failure here would be followed by Ctrl-C in other tests
        ended.set()
        thread.join()
        signal.signal(signal.SIGINT, before)
    assert model.sample(2).shape == (2, 6)
    monkeypatch.undo()
    assert np.isfinite(pickle.loads(pickle.dumps(model)).sample(2)).all()


@every_generator
def test_max_samples_and_split_use_the_rows_they_say(generator):
    model = clone(generator).set_params(max_samples=8, validation_fraction=0.25, epochs=1)
    rows, held_out = model._split(N, 0)
    assert (len(rows), len(held_out)) == (6, 2)
    assert len({*rows, *held_out}) == 8
    rows, held_out = model.set_params(max_samples=0.5)._split(N, 0)
    assert len(rows) + len(held_out) == 6
