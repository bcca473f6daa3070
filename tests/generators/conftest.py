"""Fixtures of the laws of generators."""

import pytest
from sklearn.base import clone

from helpers.generators import SAMPLERS, conditions, features


@pytest.fixture
def eager():
    import tensorflow as tf

    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)


@pytest.fixture(scope="session")
def fitted():
    """Each generator fitted once on features with conditions; tests must not change it."""
    return {type(g).__name__: clone(g).fit(features(), conditions()) for g in SAMPLERS}
