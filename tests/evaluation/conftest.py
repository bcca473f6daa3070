"""A classifier of notes, trained once."""

import pytest

from audiogen.datasets import make_notes
from audiogen.evaluation import NoteClassifier

PITCHES = range(48, 66, 3)
FAMILIES = ("organ", "mallet", "bass")
LABELS = ["pitch", "instrument_family"]


@pytest.fixture(scope="session")
def notes():
    """Ninety notes of six pitches and three families, 0.5 s each."""
    n = 90
    return make_notes(
        n,
        pitch=[PITCHES[i % 6] for i in range(n)],
        family=[FAMILIES[i % 7 % 3] for i in range(n)],
        duration=0.5,
        random_state=0,
    )


@pytest.fixture(scope="session")
def classifier(notes):
    """A NoteClassifier fitted to the first sixty notes; tests must not change it."""
    return NoteClassifier(units=16, epochs=40, random_state=0).fit(
        notes.data[:60], notes.frame[LABELS][:60]
    )
