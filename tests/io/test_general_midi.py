"""Percussion notes of General MIDI and the drums that play them."""

import pretty_midi
import pytest

from audiogen.datasets import load_drums
from audiogen.io import general_midi_drums

ALL = sorted(load_drums().frame.drum.unique())


def test_the_hits_of_the_package_play_the_notes_that_their_makers_say():
    """But for the second snare and the rim shot, which has no note of its own."""
    frame = load_drums().frame.dropna(subset=["gm_note"])
    played = general_midi_drums(frame.gm_note, ALL)
    same = frame.drum == played
    assert set(frame.drum[~same]) == {"rimshot"}


def test_names_agree_with_those_of_another_library():
    """Where a word of the drum is a word of pretty_midi's name for the note."""
    words = {
        "kick": "bass",
        "sidestick": "stick",
        "fingersnap": "clap",
        "hihat": "hi",
        "china": "chinese",
    }
    for note in [*range(35, 58), *range(59, 65), 70, 75, 80, 81]:
        name = pretty_midi.note_number_to_drum_name(note).lower()
        (drum,) = general_midi_drums([note], ALL)
        first = drum.split("_")[0]
        assert words.get(first, first) in name, (note, drum, name)


def test_one_warning_names_all_that_others_play():
    with pytest.warns(UserWarning, match="44 by hihat_closed, 57 by hihat_closed") as caught:
        played = general_midi_drums([36, 57, 44, 57], ["kick", "snare", "hihat_closed"])
    assert played == ["kick", "hihat_closed", "hihat_closed", "hihat_closed"]
    assert len(caught) == 1


@pytest.mark.filterwarnings("ignore:There is no drum")
def test_every_note_is_played_by_some_drum_of_any_kit():
    for kit in (["kick"], ["triangle", "snare"], ["bongo", "conga"], ALL):
        assert set(general_midi_drums(range(128), kit)) <= set(kit)
    assert general_midi_drums([41, 45, 50], ["tom_mid"]) == ["tom_mid"] * 3
    assert general_midi_drums([60, 63], ["bongo"]) == ["bongo", "bongo"]


def test_no_drums():
    with pytest.raises(ValueError, match="at least one drum"):
        general_midi_drums([36], [])
