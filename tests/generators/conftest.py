"""Fixtures of the laws of generators."""

import pytest
from sklearn.base import clone

from audiogen.generators import MelodyComposer
from helpers import melodies
from helpers.generators import SAMPLERS, conditions, features


@pytest.fixture(scope="session")
def fitted():
    """Each generator fitted once on features with conditions; tests must not change it."""
    return {type(g).__name__: clone(g).fit(features(), conditions()) for g in SAMPLERS}


@pytest.fixture(scope="session")
def corpus():
    """Twelve tunes, and their genre, metre and mode."""
    return melodies.corpus()


@pytest.fixture(scope="session")
def composer(corpus):
    """A MelodyComposer fitted to the corpus; tests must not change it."""
    return MelodyComposer(**melodies.SMALL, random_state=0).fit(*corpus)
