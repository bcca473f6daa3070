"""Keras' backends. ``tox -e jax`` and ``tox -e torch`` train three generators on another."""

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
LONGER = {**TINY, "epochs": 12, "learning_rate": 1e-2}  # until the loss has surely fallen
BACKEND = os.environ.get("KERAS_BACKEND", "tensorflow")
on_another = pytest.mark.skipif(
    BACKEND not in ("jax", "torch"), reason="for KERAS_BACKEND=jax or torch; see tox -e jax"
)


def in_a_process(code, **environment):
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@on_another
@pytest.mark.parametrize(
    "model",
    [
        ConditionalVAE(latent_dim=2, units=(16,), beta_warmup=2, **LONGER),
        LSTMSequencer(extra_frames=2, units=8, n_layers=2, **TINY),
        WaveNetAutoencoder(
            filters=4,
            dilations=(1, 2),
            downsampling=3,
            code_channels=4,
            **LONGER,
        ),
    ],
    ids=lambda m: type(m).__name__,
)
def test_other_backends_train_save_and_sample(model):
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


@on_another
def test_the_gan_says_that_it_needs_tensorflow():
    message = f"needs the TensorFlow backend of Keras. Got '{BACKEND}'"
    with pytest.raises(RuntimeError, match=message):
        GANGenerator(epochs=1).fit(np.zeros((4, 3)))


HIDDEN = """
import importlib.abc, sys

class Hidden(importlib.abc.MetaPathFinder):
    def find_spec(self, fullname, path, target=None):
        if fullname == "{name}":
            raise ModuleNotFoundError(f"No module named {{fullname!r}}", name=fullname)

sys.meta_path.insert(0, Hidden())
"""
FIT = "from audiogen.generators import ConditionalVAE; ConditionalVAE().fit([[0.0], [1.0]])"


def test_unknown_backends_are_refused_in_words():
    done = in_a_process(FIT, KERAS_BACKEND="openvino")
    assert "run on Keras' backends tensorflow, jax, torch, not 'openvino'" in done.stderr


def test_without_a_backend_the_error_says_what_to_type():
    done = in_a_process(HIDDEN.format(name=BACKEND) + FIT)
    assert done.returncode == 1
    message = done.stderr.splitlines()[-4:]
    assert message[0].startswith("ImportError: Networks need Keras and a backend")
    assert BACKEND in message[0]
    assert message[1].strip() == "pip install keras tensorflow"
    for name, line in zip(("jax", "torch"), message[2:], strict=True):
        assert f"pip install keras {name}" in line
        assert f"KERAS_BACKEND={name}" in line


FORK = """
import os, time
import audiogen.networks, audiogen.training
from audiogen.generators import ConditionalVAE

child = os.fork()
if child == 0:
    vae = ConditionalVAE(latent_dim=1, units=(2,), epochs=1, random_state=0)
    vae.fit([[0.0], [1.0], [2.0], [3.0]])
    os._exit(0 if vae.sample(2).shape == (2, 1) else 1)
for _ in range(2400):
    done, status = os.waitpid(child, os.WNOHANG)
    if done:
        print(os.waitstatus_to_exitcode(status))
        break
    time.sleep(0.1)
else:
    os.kill(child, 9)
    print("the child hangs")
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.long
def test_a_forked_child_fits():
    """Importing networks starts no thread of the backend, which a child would not have."""
    done = in_a_process(FORK)
    assert done.stdout == "0\n", done.stderr
