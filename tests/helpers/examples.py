"""How many examples a law or a fuzzer draws."""

import pytest
from hypothesis import settings


def examples(n, **options):
    """Return a decorator of a test that draws n examples: `tox -e long` draws ten times as many.

    The profile of Hypothesis decides, which is set in `conftest.py`.
    """
    share = settings().max_examples / 100

    def decorate(test):
        drawn = settings(max_examples=round(n * share), deadline=None, **options)(test)
        return pytest.mark.drawn(drawn)

    return decorate
