"""The laws that every generator keeps. A new generator joins by a line in GENERATORS."""

import gc
import pickle
import random
import signal
import subprocess
import sys
import threading
import time
import warnings
import weakref

import joblib
import keras
import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.utils.estimator_checks import parametrize_with_checks

import audiogen
from audiogen.generators import (
    ConditionalGaussianMixture,
    ConditionalKernelSmoother,
    ConditionalVAE,
    GANGenerator,
    LSTMSequencer,
    WaveNetAutoencoder,
)

GENERATORS = [
    ConditionalVAE(
        latent_dim=2, units=(8,), filters=(4, 4), epochs=2, batch_size=8, ema=0.5, random_state=0
    ),
    GANGenerator(latent_dim=2, units=(8,), filters=(4, 4), epochs=2, batch_size=8, random_state=0),
    LSTMSequencer(
        extra_frames=6, units=4, n_layers=1, epochs=2, batch_size=8, ema=0.5, random_state=0
    ),
    WaveNetAutoencoder(
        filters=4,
        dilations=(1, 2),
        downsampling=4,
        code_channels=4,
        epochs=2,
        batch_size=8,
        random_state=0,
    ),
]
# Those that go on from frames take no y (they leave it alone, as scikit-learn's transformers do).
CONDITIONAL = [g for g in GENERATORS if not hasattr(g, "extra_frames")]
every_generator = pytest.mark.parametrize("generator", GENERATORS, ids=lambda g: type(g).__name__)
every_conditional_generator = pytest.mark.parametrize(
    "generator", CONDITIONAL, ids=lambda g: type(g).__name__
)
# What is fitted without epochs keeps the laws that name none.
WITHOUT_EPOCHS = [
    ConditionalGaussianMixture(latent_dim=4, random_state=0),
    ConditionalKernelSmoother(random_state=0),
]
SAMPLERS = [*GENERATORS, *WITHOUT_EPOCHS]
every_sampler = pytest.mark.parametrize("generator", SAMPLERS, ids=lambda g: type(g).__name__)
every_conditional_sampler = pytest.mark.parametrize(
    "generator", [*CONDITIONAL, *WITHOUT_EPOCHS], ids=lambda g: type(g).__name__
)
N = 12


def features():
    return np.random.default_rng(0).normal(size=(N, 6)).astype(np.float32) * 3


def conditions():
    return pd.DataFrame({"pitch": np.arange(60, 60 + N), "family": ["reed", "mallet"] * (N // 2)})


def brief(generator, epochs=1):
    """Return an unfitted copy that trains for so many epochs, where it has any."""
    copy = clone(generator)
    return copy.set_params(epochs=epochs) if hasattr(copy, "epochs") else copy


@pytest.fixture
def eager():
    import tensorflow as tf

    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)


def without_graphs(test):
    """Do not compile: these networks train too briefly for it to pay. Bits may differ."""
    ignored = "ignore:Even though the .tf.config.experimental_run_functions_eagerly"
    return pytest.mark.filterwarnings(ignored)(pytest.mark.usefixtures("eager")(test))


@pytest.fixture(scope="module")
def fitted():
    """Each generator fitted once on features with conditions; tests must not change it."""
    return {type(g).__name__: clone(g).fit(features(), conditions()) for g in SAMPLERS}


def quick(generator):
    """Return an unfitted copy with less to compile, which is most of the time of a check."""
    copy = clone(generator)
    if hasattr(copy, "dilations"):
        copy.set_params(dilations=(1,))
    short = {"epochs": 1, "validation_fraction": 0.0}
    return copy.set_params(**short) if hasattr(copy, "epochs") else copy


@without_graphs
@parametrize_with_checks([quick(g) for g in SAMPLERS])
def test_check_estimator(estimator, check):
    check(estimator)


@without_graphs
@every_sampler
@pytest.mark.parametrize("shape", [(6,), (3000,), (9, 5), (10, 7, 2)])
def test_any_shape_comes_back_as_float32(generator, shape):
    X = np.random.default_rng(0).uniform(-1, 1, size=(4, *shape))
    samples = brief(generator).fit(X).sample(3)
    assert samples.shape == (3, getattr(generator, "extra_frames", shape[0]), *shape[1:])
    assert samples.dtype == np.float32
    assert np.abs(samples).max() <= 1, "data within [-1, 1] get a bounded output"


@without_graphs
@every_sampler
def test_other_data_keep_their_location_and_scale(generator):
    X = 1000 + 50 * np.random.default_rng(0).normal(size=(64, 5))
    samples = brief(generator, 5).fit(X).sample(200)
    assert np.abs(samples.mean() - 1000) < 50


@every_generator
def test_what_was_trained_and_its_data_are_let_go(generator):
    X = features()
    model = clone(generator).fit(X, conditions())
    left = [weakref.ref(X), weakref.ref(model)]
    del X, model
    gc.collect()
    assert [each() for each in left] == [None, None]


@every_generator
def test_same_seed_same_bits(generator, fitted):
    again = clone(generator).fit(features(), conditions())
    first = fitted[type(generator).__name__]
    np.testing.assert_array_equal(first.sample(5, random_state=3), again.sample(5, random_state=3))
    assert not np.array_equal(first.sample(5, random_state=3), first.sample(5, random_state=4))
    other = clone(generator).set_params(random_state=1).fit(features(), conditions())
    assert not np.array_equal(first.sample(5, random_state=3), other.sample(5, random_state=3))


@without_graphs
@every_sampler
def test_global_random_state_is_untouched(generator):
    before = np.random.get_state()[1].copy(), random.getstate()
    clone(generator).set_params(random_state=None).fit(features(), conditions()).sample(2)
    np.testing.assert_array_equal(before[0], np.random.get_state()[1])
    assert before[1] == random.getstate()


@every_conditional_sampler
def test_y_is_broadcast_and_returned(generator, fitted):
    model = fitted[type(generator).__name__]
    X, y = model.sample(4, y={"pitch": 64, "family": "reed"}, return_y=True)
    assert X.shape == (4, 6)
    pd.testing.assert_frame_equal(y, pd.DataFrame({"pitch": [64] * 4, "family": ["reed"] * 4}))
    assert model.sample(y=conditions()).shape == (N, 6)
    assert model.sample().shape == (1, 6)
    X, y = model.sample(30, return_y=True)
    assert set(y["family"]) == {"reed", "mallet"}
    assert y["pitch"].between(60, 60 + N - 1).all()
    np.testing.assert_array_equal(X, model.sample(30))
    with pytest.raises(ValueError, match=r"12 row\(s\) where 5"):
        model.sample(5, y=conditions())


@every_conditional_sampler
def test_unknown_conditions_are_refused(generator, fitted):
    model = fitted[type(generator).__name__]
    with pytest.raises(ValueError, match="'reeds' is unknown.*mallet, reed"):
        model.sample(y={"pitch": 64, "family": "reeds"})
    with pytest.raises(ValueError, match="'pitch' = 90 lies too far outside"):
        model.sample(y={"pitch": 90, "family": "reed"})
    with pytest.raises(ValueError, match="fitted without conditions"):
        brief(generator).fit(features()).sample(y="reed")


@every_conditional_generator
def test_conditions_matter(generator):
    """Two families that are far apart come out far apart, each near its own."""
    y = np.array(["low", "high"] * 32)
    X = np.where(y == "low", -5.0, 5.0)[:, np.newaxis] + np.random.default_rng(0).normal(
        size=(64, 4)
    )
    model = clone(generator).set_params(epochs=60, validation_fraction=0.0, learning_rate=0.01)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # a GAN of 64 rows may collapse
        model.fit(X, y)
    assert model.sample(50, y="low").mean() < -2.5
    assert model.sample(50, y="high").mean() > 2.5


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


@every_generator
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


@every_generator
def test_partial_fit_is_one_more_epoch(generator):
    steady = {"patience": None, "plateau_patience": None}
    one = clone(generator).set_params(epochs=2, **steady).fit(features(), conditions())
    one.partial_fit(features(), conditions())
    three = clone(generator).set_params(epochs=3, **steady).fit(features(), conditions())
    assert one.n_iter_ == three.n_iter_ == len(one.history_["loss"]) == 3
    assert one.history_ == three.history_
    np.testing.assert_array_equal(one.sample(4), three.sample(4))


@without_graphs
@every_conditional_sampler
@pytest.mark.parametrize("shape", [(6,), (3000,), (10, 7, 2)])
def test_a_row_is_the_same_whatever_stands_beside_it(generator, shape):
    X = np.random.default_rng(0).normal(size=(N, *shape)).astype(np.float32) * 3
    model = brief(generator).fit(X, conditions())
    Z = np.random.default_rng(1).normal(size=(40, model.latent_dim_))
    y = pd.DataFrame({"pitch": 60 + np.arange(40) % N, "family": ["reed", "mallet"] * 20})
    together = model.decode(Z, y)
    for row in (0, 7, 21, 39):
        alone = model.decode(Z[row : row + 1], y[row : row + 1])
        np.testing.assert_array_equal(alone[0], together[row])
    drawn = model.sample(y=y, random_state=0)
    np.testing.assert_array_equal(model.sample(y=y[:3], random_state=0), drawn[:3])


def kernels(model):
    """Return all weights that only an optimizer changes, unlike running means."""
    layers = [layer for network in model._weights.values() for layer in network.values()]
    return np.concatenate([a.ravel() for layer in layers for a in layer if a.ndim > 1])


@every_generator
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


@every_generator
def test_warm_start_goes_on_and_cold_start_begins_anew(generator):
    steady = {"patience": None, "plateau_patience": None, "epochs": 2}
    warm = clone(generator).set_params(warm_start=True, **steady)
    assert warm.fit(features(), conditions()).fit(features(), conditions()).n_iter_ == 4
    cold = clone(generator).set_params(**steady)
    assert cold.fit(features(), conditions()).fit(features(), conditions()).n_iter_ == 2


@every_conditional_generator
def test_conditions_are_given_always_or_never(generator, fitted):
    model = pickle.loads(pickle.dumps(fitted[type(generator).__name__]))
    with pytest.raises(ValueError, match="y must be given now if"):
        model.partial_fit(features())
    with pytest.raises(ValueError, match="12 samples but y has 5.*GenerativePipeline"):
        clone(generator).fit(features(), conditions()[:5])


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
@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("epochs", 0),
        ("batch_size", 0),
        ("learning_rate", -1.0),
        ("max_samples", 0),
        ("max_samples", 1.5),
        ("validation_fraction", 1.0),
        ("patience", 0),
        ("warm_start", "yes"),
    ],
)
def test_bad_parameters_are_named(generator, parameter, value):
    name = type(generator).__name__
    with pytest.raises((TypeError, ValueError), match=f"The '{parameter}' parameter of {name}"):
        clone(generator).set_params(**{parameter: value}).fit(features())


@every_generator
def test_bad_data_are_named(generator, fitted):
    X = features()
    X[7, 3] = np.nan
    with pytest.raises(ValueError, match="NaN.*first in row 7"):
        clone(generator).fit(X)
    with pytest.raises(ValueError, match="too large for float32, first in row 5"):
        clone(generator).fit(np.where(np.arange(N)[:, np.newaxis] == 5, 1e60, np.ones((N, 6))))
    with pytest.raises(NotFittedError):
        clone(generator).sample()
    model = pickle.loads(pickle.dumps(fitted[type(generator).__name__]))
    with pytest.raises(ValueError, match=r"\(6, 2\).*\(6,\)"):
        model.partial_fit(np.zeros((3, 6, 2)), conditions()[:3])


@without_graphs
@every_sampler
def test_constant_and_single_samples_train(generator):
    for X in (np.full((6, 4), 3.0), np.zeros((6, 4)), np.ones((1, 4))):
        assert np.isfinite(clone(generator).fit(X).sample(2)).all()


@without_graphs
@every_conditional_sampler
def test_a_single_category_is_no_trouble(generator):
    X, y = brief(generator).fit(features(), ["reed"] * N).sample(2, return_y=True)
    assert np.isfinite(X).all()
    assert list(y) == ["reed", "reed"]


@every_generator
def test_max_samples_and_split_use_the_rows_they_say(generator):
    model = clone(generator).set_params(max_samples=8, validation_fraction=0.25, epochs=1)
    rows, held_out = model._split(N, 0)
    assert (len(rows), len(held_out)) == (6, 2)
    assert len({*rows, *held_out}) == 8
    rows, held_out = model.set_params(max_samples=0.5)._split(N, 0)
    assert len(rows) + len(held_out) == 6
