"""Trainings that are set up to go wrong, and what is said of them."""

import re
import warnings

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning

from audiogen.generators import GANGenerator


def gan(**parameters):
    return GANGenerator(
        **{
            "latent_dim": 2, "units": (8,), "loss": "hinge", "penalty_weight": 0.0,
            "validation_fraction": 0.0, "batch_size": 16, "random_state": 0, **parameters,
        }
    )  # fmt: skip


def said(model, X):
    """Return the warnings of a training, and the epochs that they name."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", ConvergenceWarning)
        model.fit(X)
    messages = [str(w.message) for w in caught if w.category is ConvergenceWarning]
    return messages, [int(re.search(r"epoch (\d+)", m)[1]) for m in messages]


def first_run(signs, length):
    """Return the first epoch, from 1, that ends so long a run of true signs."""
    runs = np.convolve(signs, np.ones(length, int))[: len(signs)]
    return int(np.argmax(runs == length)) + 1


def test_samples_all_alike_are_noticed():
    """A penalty that outweighs all else leaves a slope of one sign: samples slide to a corner."""
    X = np.random.default_rng(0).uniform(-0.5, 0.5, (16, 4))
    model = gan(
        loss="wasserstein", penalty_weight=1e6, units=(1,), dropout=0.0, learning_rate=0.1,
        epochs=30, ema=0.0,
    )  # fmt: skip
    messages, epochs = said(model, X)
    alike = [m for m in messages if "All samples were alike" in m]
    assert len(alike) == 1, "once for a stretch"
    assert "Lower learning_rate" in alike[0]
    assert "loss='wasserstein'" in alike[0]
    expected = first_run(np.array(model.history_["diversity"]) < 0.05, 10)
    assert epochs[messages.index(alike[0])] == expected
    samples = model.sample(50)
    assert samples.std(axis=0).max() < 0.05


def test_certainty_is_noticed():
    """Many numbers, few samples, and no dropout to hold the discriminator back."""
    X = np.sign(np.random.default_rng(0).normal(size=(16, 200)))
    model = gan(dropout=0.0, penalty_weight=1.0, learning_rate=3e-3, units=(64, 64), epochs=40)
    messages, epochs = said(model, X)
    assert len(messages) == 1
    assert "told real from generated samples with certainty" in messages[0]
    assert "dropout or penalty_weight larger" in messages[0]
    assert epochs == [first_run(np.array(model.history_["accuracy"]) > 0.995, 25)]


def test_chance_is_noticed():
    """A discriminator of one unit, nearly always dropped, tells nothing apart."""
    X = np.random.default_rng(0).choice([-1.0, 1.0], (256, 1)) * np.ones((1, 6))
    model = gan(units=(1,), dropout=0.99, epochs=60)
    messages, epochs = said(model, X)
    assert len(messages) == 1
    assert "no better than by chance" in messages[0]
    assert "dropout smaller, or units and filters larger" in messages[0]
    chance = np.array(model.history_["accuracy"]) < 0.52
    assert epochs == [first_run(chance & (np.array(model.history_["distance"]) > 0.1), 25)]


def test_nan_stops_training():
    X = np.random.default_rng(0).normal(size=(16, 4))
    model = gan(learning_rate=1e30, loss="wasserstein", penalty_weight=10.0, epochs=50)
    with pytest.warns(ConvergenceWarning, match=r"A loss became NaN .*Lower learning_rate"):
        model.fit(X)
    assert model.n_iter_ < 50


@pytest.mark.long
def test_a_healthy_training_is_left_in_peace():
    X = np.random.default_rng(0).normal(size=(64, 2))
    model = gan(penalty_weight=1.0, dropout=0.0, learning_rate=3e-3, units=(32, 32), epochs=60)
    messages, _ = said(model, X)
    assert messages == []
    assert model.history_["distance"][-1] < 0.1
