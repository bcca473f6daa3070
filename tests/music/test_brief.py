"""Briefs written by hand, saved and completed."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audiogen.music import Brief, instrument_names, load_instrument, load_style, style_names
from helpers.examples import examples

FULL = Brief(
    genre="waltz", mood=("sad", "romantic"), pace=0.3, intensity=0.4, density=0.6, tonic=2,
    mode="minor", bpm=144.5, metre="3/4", swing=0.5, seconds=20, loop=False, drums=True,
    instruments=("flute", "harp"), voices={"bass": "cello"}, without=("counter",),
    parts=("pad",), ending="fade", hits=(5, 10.5), title="Étude",
)  # fmt: skip


@pytest.mark.parametrize("brief", [FULL, Brief(), FULL.complete(0)])
def test_a_saved_brief_is_read_as_it_was(brief, tmp_path):
    brief.save(tmp_path / "brief.json")
    assert Brief.load(tmp_path / "brief.json") == brief


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("genre", 3, "style"), ("mood", "happyish-no", "no known mood"), ("pace", 2, "pace"),
        ("tonic", 12, "range"), ("mode", "sad", "minor"), ("bpm", 0, "bpm"),
        ("bpm", "fast", "bpm"), ("metre", "4/3", "6/8"), ("metre", 4, "6/8"),
        ("seconds", 0.5, "2"),
        ("seconds", 3600, "600"), ("loop", "yes", "bool"), ("instruments", "flut", "flute"),
        ("instruments", 3, "instrument"), ("voices", {"melodie": "flute"}, "melody"),
        ("voices", ["flute"], "dict"), ("without", "singer", "instrument"),
        ("parts", "drums", "melody"), ("ending", "bang", "ring"), ("hits", -1, "hits"),
        ("hits", [30], "hits"), ("title", 3, "title"), ("swing", 0.9, "swing"),
    ],
)  # fmt: skip
def test_a_setting_that_cannot_be_is_named(name, value, words):
    with pytest.raises((TypeError, ValueError), match=words):
        Brief(**{"seconds": 20, name: value})


def test_a_file_with_unknown_settings_is_refused(tmp_path):
    path = tmp_path / "brief.json"
    path.write_text(json.dumps({"gerne": "jig"}))
    with pytest.raises(ValueError, match="brief.json.*'gerne'.*genre"):
        Brief.load(path)
    path.write_text("[]")
    with pytest.raises(ValueError, match="object of settings"):
        Brief.load(path)
    path.write_text("{")
    with pytest.raises(ValueError, match="no JSON"):
        Brief.load(path)
    path.write_text(json.dumps({"bpm": 0}))
    with pytest.raises(ValueError, match="brief.json.*bpm"):
        Brief.load(path)


def test_unknown_settings_of_override_are_refused():
    with pytest.raises(TypeError, match="'tempo'"):
        Brief().override(tempo=3)


@examples(60)
@given(seed=st.integers(0, 2**31), genre=st.sampled_from([None, *style_names()]))
def test_a_completed_brief_suits_its_style(seed, genre):
    brief = Brief(genre=genre).complete(seed)
    style = load_style(brief.genre)
    assert genre in (None, brief.genre)
    assert style.bpm[0] <= brief.bpm <= style.bpm[1]
    assert brief.mode in style.modes
    assert brief.tonic in style.tonics
    assert brief.metre == style.metres[0]
    assert {"melody", "chords", "bass"} <= set(brief.voices)
    assert brief.voices["melody"] != brief.voices["chords"]
    assert brief == Brief(genre=genre).complete(seed)
    assert brief.complete(seed + 1) == brief


def test_the_seed_draws_every_genre():
    assert {Brief().complete(seed).genre for seed in range(100)} == set(style_names())


def test_moods_move_tempo_mode_and_intensity():
    sad, happy = (Brief(genre="waltz", mood=mood).complete(0) for mood in ("sad", "energetic"))
    assert sad.mode == "minor"
    assert sad.bpm < happy.bpm
    assert sad.intensity < happy.intensity
    assert sad.drums is False
    assert happy.drums is True


def test_what_is_asked_for_plays_and_what_is_left_out_does_not():
    asked = {"genre": "rock", "instruments": ("piano", "guitar"), "parts": ("counter",)}
    brief = Brief(**asked, without=("pad", "bass")).complete(0)
    assert brief.voices["melody"] == "piano"
    assert brief.voices["chords"] == "electric guitar"  # what a guitar is in rock
    assert "counter" in brief.voices
    assert not {"pad", "bass"} & set(brief.voices)
    for seed in range(5):
        voices = Brief(genre="rock", without="guitar").complete(seed).voices
        assert not [name for name in voices.values() if "guitar" in name]
        assert "chords" in voices


def test_the_instrument_of_one_voice_leads_wherever_it_is_named():
    voices = Brief(genre="jig", instruments=("guitar", "flute")).complete(0).voices
    assert (voices["melody"], voices["chords"]) == ("flute", "guitar")


def test_solos_are_alone():
    assert set(Brief(instruments="piano", solo=True).complete(0).voices.values()) == {"piano"}
    flute = Brief(instruments="flute", solo=True).complete(0)
    assert (flute.voices, flute.drums) == ({"melody": "flute"}, False)
    drums = Brief(genre="funk", solo=True).complete(0)
    assert (drums.voices, drums.drums) == ({}, True)


def test_too_many_instruments_and_nothing_to_play_are_refused():
    with pytest.raises(ValueError, match="no part left for the oboe"):
        Brief(genre="jig", instruments=("flute", "violin", "oboe")).complete(0)
    with pytest.raises(ValueError, match="Nothing is left"):
        Brief(genre="jig", without=("melody", "chords", "bass", "drums"), intensity=0.1).complete(
            0
        )


def test_a_metre_that_the_genre_does_not_have_is_refused_with_genres_that_do():
    with pytest.raises(ValueError, match=r"jig is played in 6/8, not in 3/4.*waltz"):
        Brief(genre="jig", metre="3/4").complete(0)
    with pytest.raises(ValueError, match="No genre is played in 7/8"):
        Brief(metre="7/8").complete(0)
    assert {Brief(metre="3/4").complete(seed).genre for seed in range(40)} == {
        name for name in style_names() if (3, 4) in load_style(name).metres
    }


def test_every_instrument_has_a_family_a_program_and_a_range():
    families = {"bass", "brass", "flute", "guitar", "keyboard", "mallet", "organ", "reed",
                "string", "synth_lead", "vocal"}  # fmt: skip
    instruments = [load_instrument(name) for name in instrument_names()]
    assert {instrument.family for instrument in instruments} == families
    for instrument in instruments:
        assert 0 <= instrument.program < 128
        assert instrument.high - instrument.low >= 19
