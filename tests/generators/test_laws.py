"""The laws that every generator keeps. A new generator joins by a line in GENERATORS."""

import pickle
import random
import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.utils.estimator_checks import parametrize_with_checks

from audiogen.generators import GANGenerator, WaveNetAutoencoder
from helpers.generators import (
    SAMPLERS,
    N,
    brief,
    conditions,
    every_conditional_generator,
    every_conditional_sampler,
    every_generator,
    every_sampler,
    features,
    without_graphs,
)


def quick(generator):
    """Return an unfitted copy with less to compile, which is most of the time of a check."""
    copy = clone(generator)
    if hasattr(copy, "dilations"):
        copy.set_params(dilations=(1,))
    short = {"epochs": 1, "validation_fraction": 0.0}
    return copy.set_params(**short) if hasattr(copy, "epochs") else copy


SLOWEST = [g for g in SAMPLERS if isinstance(g, GANGenerator | WaveNetAutoencoder)]


@without_graphs
@parametrize_with_checks([quick(g) for g in SAMPLERS if g not in SLOWEST])
def test_check_estimator(estimator, check):
    check(estimator)


@pytest.mark.long
@without_graphs
@parametrize_with_checks([quick(g) for g in SLOWEST])
def test_check_estimator_of_the_slowest(estimator, check):
    check(estimator)


@without_graphs
@every_sampler
@pytest.mark.parametrize("shape", [(6,), (2100,), (9, 5), (10, 7, 2)])
def test_any_shape_comes_back_as_float32(generator, shape):
    if hasattr(generator, "extra_frames"):  # long windows are no other way for it
        shape = (min(shape[0], 100), *shape[1:])
    X = np.random.default_rng(0).uniform(-1, 1, size=(4, *shape))
    samples = brief(generator).fit(X).sample(3)
    assert samples.shape == (3, getattr(generator, "extra_frames", shape[0]), *shape[1:])
    assert samples.dtype == np.float32
    assert np.abs(samples).max() <= 1, "data within [-1, 1] get a bounded output"


@without_graphs
@every_sampler
def test_other_data_keep_their_location_and_scale(generator):
    X = 1000 + 50 * np.random.default_rng(0).normal(size=(32, 5))
    samples = brief(generator, 5).fit(X).sample(100)
    assert np.abs(samples.mean() - 1000) < 50


def numpys(value):
    """Return numbers as np.arange, np.logspace and loguniform draws give them to a grid."""
    if isinstance(value, tuple):
        return tuple(map(numpys, value))
    return np.array(value)[()] if type(value) in (int, float) else value


@every_generator
def test_same_seed_same_bits_whoevers_numbers_the_parameters_are(generator, fitted):
    numbers = {name: numpys(value) for name, value in generator.get_params().items()}
    again = clone(generator).set_params(**numbers).fit(features(), conditions())
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


@without_graphs
@every_conditional_sampler
@pytest.mark.parametrize("shape", [(6,), (2100,), (10, 7, 2)])
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


@every_conditional_generator
def test_conditions_are_given_always_or_never(generator, fitted):
    model = pickle.loads(pickle.dumps(fitted[type(generator).__name__]))
    with pytest.raises(ValueError, match="y must be given now if"):
        model.partial_fit(features())
    with pytest.raises(ValueError, match="12 samples but y has 5.*GenerativePipeline"):
        clone(generator).fit(features(), conditions()[:5])


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
