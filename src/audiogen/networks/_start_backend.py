"""Import Keras and its backend without chatter, and without a trace in random states."""

import contextlib
import functools
import logging
import os
import random
import sys
import tempfile
from collections.abc import Iterator

import numpy as np

__all__ = ["start_backend"]

_BACKENDS = ("tensorflow", "jax", "torch")


@contextlib.contextmanager
def _stderr_held_back() -> Iterator[None]:
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
def _random_states_kept() -> Iterator[None]:
    """Put Python's and NumPy's global random states back: the import draws from one."""
    states = random.getstate(), np.random.get_state()  # noqa: NPY002  the very state we guard
    try:
        yield
    finally:
        random.setstate(states[0])
        np.random.set_state(states[1])  # noqa: NPY002


def _check(backend: str) -> None:
    if backend not in _BACKENDS:
        raise ImportError(
            f"audiogen's networks run on Keras' backends {', '.join(_BACKENDS)}, not {backend!r}. "
            "Set the environment variable KERAS_BACKEND=tensorflow before Keras is imported."
        )


@functools.cache
def start_backend() -> None:
    """Start the backend, without what it then writes to the standard error stream.

    A process that has started TensorFlow can neither be forked nor undo it: this is called
    when a network is built, and never by an import.
    """
    with _stderr_held_back():
        ops.zeros(1)


_check(os.environ.get("KERAS_BACKEND", "tensorflow"))  # before the import of what may be absent
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
try:
    with _stderr_held_back(), _random_states_kept():
        import keras
        from keras import ops
except ImportError as error:
    raise ImportError(
        f"Networks need Keras and a backend, which cannot be imported here: {error}. Type one of "
        "these lines:\n"
        "    pip install keras tensorflow\n"
        "    pip install keras jax      (and set the environment variable KERAS_BACKEND=jax)\n"
        "    pip install keras torch    (and set the environment variable KERAS_BACKEND=torch)"
    ) from error

_check(keras.backend.backend())  # which Keras' own settings file may name as well

# It warns of retracing when a program fits several models, as every grid search does.
logging.getLogger("tensorflow").setLevel(logging.ERROR)
