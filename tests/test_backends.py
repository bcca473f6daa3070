"""Keras' backends. Under KERAS_BACKEND=jax (``tox -e jax``) three generators are trained."""

import os
import pickle
import subprocess
import sys

import numpy as np
import pytest

from audiogen.generators import (
    ConditionalVAE,
    GANGenerator,
    LSTMSequencer,
    WaveNetAutoencoder,
)

TINY = {"epochs": 3, "batch_size": 8, "validation_fraction": 0.25, "ema": 0.5, "random_state": 0}
on_jax = pytest.mark.skipif(
    os.environ.get("KERAS_BACKEND") != "jax", reason="for KERAS_BACKEND=jax; see tox -e jax"
)


@on_jax
@pytest.mark.parametrize(
    "model",
    [
        ConditionalVAE(latent_dim=2, units=(16,), beta_warmup=2, **TINY),
        LSTMSequencer(extra_frames=2, units=8, n_layers=2, **TINY),
        WaveNetAutoencoder(filters=4, dilations=(1, 2), downsampling=3, code_channels=4, **TINY),
    ],
    ids=lambda m: type(m).__name__,
)
def test_jax_trains_saves_and_samples(model):
    rng = np.random.default_rng(0)
    X = np.sin(rng.uniform(0, 6, (32, 1)) + np.arange(6)).astype(np.float32)
    y = None if isinstance(model, LSTMSequencer) else ["a", "b"] * 16
    model.fit(X, y)
    assert model.history_["val_loss"][-1] < model.history_["val_loss"][0]
    samples = model.sample(4, random_state=1)
    assert samples.shape[0] == 4
    assert np.isfinite(samples).all()
    again = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(again.sample(4, random_state=1), samples)
    model.partial_fit(X, y)
    again.partial_fit(X, y)
    np.testing.assert_array_equal(again.sample(4), model.sample(4))


@on_jax
def test_the_gan_says_that_it_needs_tensorflow():
    with pytest.raises(RuntimeError, match="needs the TensorFlow backend of Keras. Got 'jax'"):
        GANGenerator(epochs=1).fit(np.zeros((4, 3)))


def test_other_backends_are_refused_in_words():
    code = "from audiogen.generators import ConditionalVAE; ConditionalVAE().fit([[0.0], [1.0]])"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "KERAS_BACKEND": "torch"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "run on Keras' backends tensorflow and jax, not 'torch'" in done.stderr
