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


os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
with _stderr_held_back(), _random_states_kept():
    import keras  # noqa: F401
    from keras import ops

    ops.zeros(1)  # the backend speaks once more when it is first used

# It warns of retracing when a program fits several models, as every grid search does.
logging.getLogger("tensorflow").setLevel(logging.ERROR)
