"""Note names as MIDI pitches."""

import librosa
import numpy as np
import pytest

from audiogen.signal import named_pitches


def test_librosas_names():
    names = [librosa.midi_to_note(pitch, unicode=False) for pitch in range(128)]
    assert named_pitches(names).tolist() == list(range(128))
    assert [named_pitches(name) for name in names] == list(range(128))
    assert named_pitches(["Bb3", "b♭3", "Cb4", "es4"]).tolist() == [58, 58, 59, 65]


def test_what_has_no_names_is_as_it_was():
    numbers, nothing = np.array([60, 61]), object()
    assert named_pitches(numbers) is numbers
    assert named_pitches(60) == 60
    assert named_pitches(nothing) is nothing
    mixed = named_pitches([["C4", None], [61, 62.5]])
    np.testing.assert_array_equal(mixed, [[60, np.nan], [61, 62.5]])


@pytest.mark.parametrize("name", ["H4", "C", "C##4", "C44", "", "nan", "60"])
def test_what_is_no_name(name):
    with pytest.raises(ValueError, match=f"{name!r} is no name of a note"):
        named_pitches([name, 60])
