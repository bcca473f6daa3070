"""Pitch from file names."""

import librosa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audiogen.datasets._pitch_names import pitch_from_name, velocity_from_name


@pytest.mark.parametrize(
    ("name", "pitch"),
    [
        ("C#4", 61), ("C4", 60), ("A4", 69), ("Bb3", 58), ("Cb4", 59), ("fs2_rr1", 42),
        ("organ-060-100", 60), ("guitar_acoustic_010-066-127", 66), ("x-060-100-1", 60),
        ("my piano C4 soft", 60), ("C-1", 0), ("G9", 127), ("A♭5", 80), ("C4-C4", 60),
        ("take-001-C4", 60), ("loop-120-bpm-C3", 48), ("C3-060-", 48), ("A0v12", 21),
        ("tempo-120-060-100", 60),
        ("Piano.pp.Db4", 61), ("1-100032-A-0", None), ("1-26806-A-1", None), ("x_A-1", 9),
        ("A-2", None), ("take-001-soft", None), ("loop-120-BPM-soft", None), ("bpm-090-x", None),
        ("060-C4-D4-", None), ("C4vibrato", None),
        ("kick", None), ("Take2", None), ("A", None), ("C4 to G4", None), ("G#9", None),
        ("track 060", None), ("x-128-", None), ("B2B", None), ("", None),
    ],
)  # fmt: skip
def test_examples(name, pitch):
    assert pitch_from_name(name) == pitch


@pytest.mark.parametrize(
    ("name", "velocity"),
    [
        ("organ-060-100", 100), ("guitar_acoustic_010-066-127", 127), ("x-060-100-1", 100),
        ("A0v12", 12), ("C4_v100", 100), ("vel64-C4", 64), ("C#4 V3", 3), ("Piano.pp.A0", 33),
        ("flute_mf_C4", 80), ("f C4", 96), ("ff-fff", None), ("v1-v2", None), ("x-060-128", None),
        ("v0", None), ("vibrato", None), ("C4", None), ("my piano", None), ("cliff", None),
        ("x-060-100-v3", 100), ("take-001-060-100", 100), ("bpm-120-060-100", 100),
        ("take-001-002-C4", None), ("s-120-100-C4", None), ("C4-060-100", 100),
        ("pp-v90", 90), ("take-001", None), ("F4", None), ("v1200", None),
    ],
)  # fmt: skip
def test_velocities(name, velocity):
    assert velocity_from_name(name) == velocity


@settings(deadline=None)
@given(st.integers(0, 127), st.booleans(), st.sampled_from(["{}", "{}_soft", "a piano {} 2"]))
def test_librosas_names(pitch, lower, pattern):
    name = librosa.midi_to_note(pitch, unicode=False)
    assert pitch_from_name(pattern.format(name.lower() if lower else name)) == pitch
