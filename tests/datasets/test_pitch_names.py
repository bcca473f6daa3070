"""Pitch from file names."""

import librosa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audiogen.datasets._pitch_names import pitch_from_name


@pytest.mark.parametrize(
    ("name", "pitch"),
    [
        ("C#4", 61), ("C4", 60), ("A4", 69), ("Bb3", 58), ("Cb4", 59), ("fs2_rr1", 42),
        ("organ-060-100", 60), ("guitar_acoustic_010-066-127", 66), ("x-060-100-1", 60),
        ("my piano C4 soft", 60), ("C-1", 0), ("G9", 127), ("A♭5", 80), ("C4-C4", 60),
        ("kick", None), ("Take2", None), ("A", None), ("C4 to G4", None), ("G#9", None),
        ("track 060", None), ("x-128-", None), ("B2B", None), ("", None),
    ],
)  # fmt: skip
def test_examples(name, pitch):
    assert pitch_from_name(name) == pitch


@settings(deadline=None)
@given(st.integers(0, 127), st.booleans(), st.sampled_from(["{}", "{}_soft", "a piano {} 2"]))
def test_librosas_names(pitch, lower, pattern):
    name = librosa.midi_to_note(pitch, unicode=False)
    assert pitch_from_name(pattern.format(name.lower() if lower else name)) == pitch
