"""Import Keras and its backend without chatter, and without a trace in random states."""

import contextlib
import logging
import os
import random
import sys
import tempfile

import numpy as np


@contextlib.contextmanager
def _stderr_held_back():
    """Hold back what is written to the standard error stream, C++ included.

    TensorFlow's first lines are logged before its log level is read. They are
    shown after all when the import fails.
    """
    try:
        sys.stderr.flush()
        saved = os.dup(2)
    except (AttributeError, OSError):  # no such stream: nothing to hold back
        yield
        return
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), 2)
        try:
            yield
        except BaseException:
            held.seek(0)
            os.write(saved, held.read())
            raise
        finally:
            os.dup2(saved, 2)
            os.close(saved)


@contextlib.contextmanager
def _random_states_kept():
    """Put Python's and NumPy's global random states back: the import draws from one."""
    states = random.getstate(), np.random.get_state()  # noqa: NPY002  the very state we guard
    try:
        yield
    finally:
        random.setstate(states[0])
        np.random.set_state(states[1])  # noqa: NPY002


def _check(backend):
    if backend not in ("tensorflow", "jax"):
        raise ImportError(
            f"audiogen's networks run on Keras' backends tensorflow and jax, not {backend!r}. "
            "Set the environment variable KERAS_BACKEND=tensorflow before Keras is imported."
        )


_check(os.environ.get("KERAS_BACKEND", "tensorflow"))  # before the import of what may be absent
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
with _stderr_held_back(), _random_states_kept():
    import keras
    from keras import ops

    ops.zeros(1)  # the backend speaks once more when it is first used

_check(keras.backend.backend())  # which Keras' own settings file may name as well

# It warns of retracing when a program fits several models, as every grid search does.
logging.getLogger("tensorflow").setLevel(logging.ERROR)
