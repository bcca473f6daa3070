"""What holds for all tests."""

import os

import librosa
import numpy as np
import pytest
from hypothesis import settings

from audiogen.utils import large

# The same examples every time, so that a change is what makes a test fail; "long" draws ten times
# as many where tests say `examples(n)`, and "random" looks for others.
settings.register_profile("fixed", derandomize=True, max_examples=100)
settings.register_profile("long", derandomize=True, max_examples=1000)
settings.register_profile("random", max_examples=100)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fixed"))


pytest.register_assert_rewrite("helpers")


def pytest_configure(config):
    """Let librosa compile what numba keeps on disk before workers do so at the same time.

    Workers that compile at once can leave files that do not belong together, and whoever loads
    those crashes: https://github.com/numba/numba/issues/10128.
    """
    is_worker = hasattr(config, "workerinput")
    if getattr(config.option, "numprocesses", None) and not is_worker:
        librosa.piptrack(y=np.zeros(2048, np.float32), sr=16000)


@pytest.fixture
def eager():
    import tensorflow as tf

    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)


@pytest.fixture
def low_limits(tmp_path, monkeypatch):
    """Return a function of bytes: from then on all but a few numbers are large, for disk.

    They are worked on so many bytes at a time.
    """
    monkeypatch.setenv("AUDIOGEN_DATA", str(tmp_path / "cache"))

    def lower(slab):
        monkeypatch.setattr(large, "_LARGE", 1000)
        monkeypatch.setattr(large, "_SLAB", slab)

    return lower
