"""NoteClassifier does what scikit-learn expects of a classifier and of a transformer."""

import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from audiogen.evaluation import NoteClassifier
from helpers.generators import without_graphs


@pytest.mark.long
@without_graphs
@parametrize_with_checks([NoteClassifier(units=8, epochs=10)])
def test_check_estimator(estimator, check):
    check(estimator)
