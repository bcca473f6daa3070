"""Prompts that are easily misread: what is asked for is honoured or refused, never ignored."""

import pathlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audiogen.music import Brief, instrument_names, parse_prompt, style_names
from audiogen.music._prompt_reader import moved_by_degree
from audiogen.music._words import mood_table, vocabulary
from helpers.examples import examples

READ = {
    # How a clip ends.
    "ballad with a fade out at the end": {"genre": "pop_ballad", "ending": "fade"},
    "a march that ends with a cold ending": {"genre": "march", "ending": "cold"},
    "rock, ending: fade out": {"genre": "rock", "ending": "fade"},
    "rock, ends abruptly": {"genre": "rock", "ending": "cold"},
    "waltz, fade, in D": {"genre": "waltz", "ending": "fade", "tonic": 2},
    # Who plays, and how many.
    "a piano and flute duo": {"instruments": ["piano", "flute"], "solo": True},
    "piano, bass and drums trio": {
        "instruments": ["piano"], "parts": ["bass"], "drums": True, "solo": True},
    "melody: flute; chords: harp; bass: cello": {
        "voices": {"melody": "flute", "chords": "harp", "bass": "cello"}},
    "the melody is played by the flute": {"voices": {"melody": "flute"}},
    "guitar plays chords, tuba on the bass": {"voices": {"chords": "guitar", "bass": "tuba"}},
    "one guitar": {"instruments": ["guitar"]},
    "i just want a calm guitar piece": {"mood": ["calm"], "instruments": ["guitar"]},
    "flute/guitar jig": {"genre": "jig", "instruments": ["flute", "guitar"]},
    "guitar and flute, but no bass": {
        "instruments": ["guitar", "flute"], "without": ["bass"]},
    "without drums; and flute": {"drums": False, "instruments": ["flute"]},
    "rock - without drums - and flute": {
        "genre": "rock", "drums": False, "instruments": ["flute"]},
    "jazz w/o drums, w/ piano": {
        "genre": "jazz_swing", "drums": False, "instruments": ["piano"]},
    "rock except drums": {"genre": "rock", "drums": False},
    "rock, but not drums": {"genre": "rock", "drums": False},
    "rock but not too fast": {"genre": "rock", "pace": 0.5},
    # How much there is of it.
    "very calm piano": {"mood": ["calm"], "pace": 0.1, "intensity": 0.125, "density": 0.15,
                        "instruments": ["piano"]},
    "a bit sad waltz": {"genre": "waltz", "mood": ["sad"], "pace": 0.325, "intensity": 0.4,
                        "density": 0.425},
    "slightly faster reel": {"genre": "reel", "pace": 0.675},
    "quite slow air": {"genre": "air", "pace": 0.325},
    "very calm and sad, slow": {"mood": ["calm", "sad"], "pace": 0.15, "intensity": 0.212,
                                "density": 0.25},
    "very calm at 100 bpm": {"mood": ["calm"], "bpm": 100, "intensity": 0.125, "density": 0.15},
    "rock with a strong beat": {"genre": "rock", "intensity": 0.95, "drums": True},
    "medium energy rock": {"genre": "rock", "intensity": 0.55},
    "no shuffle, lofi": {"genre": "lofi_hip_hop", "swing": 0.5},
    "rock with a swing feel": {"genre": "rock", "swing": 0.64},
    # Figures.
    "a long clip of jazz": {"genre": "jazz_swing", "seconds": 60},
    "jazz with piano, only 20 seconds": {
        "genre": "jazz_swing", "instruments": ["piano"], "seconds": 20},
    "jazz, about 1:30 minutes, around 90 bpm": {
        "genre": "jazz_swing", "seconds": 90, "bpm": 90},
    "1m30s rock": {"genre": "rock", "seconds": 90},
    "2 and a half minutes of rock": {"genre": "rock", "seconds": 150},
    "big hits at 0:08 and 0:16, funk": {"genre": "funk", "hits": [8.0, 16.0]},
    "beat drop at 8s": {"hits": [8.0]},
    "rock in d": {"genre": "rock", "tonic": 2},
    "key: F, in three quarter time": {"tonic": 5, "metre": "3/4"},
    "waltz in F sharp": {"genre": "waltz", "tonic": 6},
    "a waltz in a flat major": {"genre": "waltz", "tonic": 8, "mode": "major"},
    "in a, slow": {"tonic": 9, "pace": 0.15},
    # Punctuation, and what says what it is for.
    "upbeat, jig. With flute...": {
        "genre": "jig", "mood": ["upbeat"], "instruments": ["flute"]},
    "music for my reels, happy": {"mood": ["happy"]},
    "traditional irish": {"genre": "jig"},
    "sounds like a march": {"genre": "march"},
}  # fmt: skip
NOT_READ = {
    # What changes on the way.
    "jig with a fade in": ("'fade in'", "--fade-in"),
    "fades in and out, piano": ("'fades in and out'", "--fade-in"),
    "from calm to energetic": ("'calm to energetic'", "on the way"),
    "goes from sad to happy": ("'sad to happy'",),
    "starts slow and gets faster": ("'starts'", "'gets'", "on the way"),
    "slowly building rock": ("'building'", "hit at"),
    "crescendo": ("on the way",),
    "drums at 10 seconds": ("'at 10 seconds'", "'hit at 10 seconds'"),
    "rock for the first 10 seconds": ("'first'",),
    "jig with a key change": ("'key change'",),
    # What is said of an end.
    "funk that ends with the drums": ("'ends'", "fade out"),
    "a waltz that ends softly": ("'ends'",),
    "a waltz with a happy ending": ("'ending'", "ring out"),
    "big finish, rock": ("'finish'",),
    "drums only at the end": ("'at the end'",),
    "slow fade out": ("'slow fade out'", "--fade-out"),
    "rock, 5 second fade out": ("'5 second fade'", "--fade-out 5"),
    "gentle fade out": ("'gentle fade out'",),
    "cold and dark music": ("'cold'", "cold ending"),
    "ringing bells": ("'ringing'", "ring out"),
    # Who plays.
    "jazz trio": ("'trio'", "3", "none"),
    "string quartet": ("'quartet'", "4", "strings"),
    "brass quintet march": ("'quintet'", "brass section"),
    "a trio of flute and harp": ("'trio'", "2 (flute, harp)"),
    "two guitars": ("'two guitars'", "guitar chords"),
    "2 violins": ("'2 violins'",),
    "flute lead, violin lead": ("melody", "flute and violin"),
    "guitar solo over a flute lead": ("melody", "guitar and flute"),
    "no lead guitar, rock": ("'no lead guitar'",),
    "flute, no piano solo": ("'no piano solo'",),
    "flute, no piano chords": ("'no piano chords'",),
    "no snare, rock": ("'no snare'",),
    "jig without accompaniment": ("'without accompaniment'",),
    "rock without drums except snare": ("'except snare'",),
    "not without drums": ("'not without'",),
    "loud drums": ("'loud drums'", "whole clip"),
    "louder bass": ("'louder bass'",),
    "heavy bass": ("'heavy bass'",),
    "softer piano": ("'softer piano'",),
    "jazz backing track": ("'backing track'",),
    # Moods.
    "calm and energetic": ("'calm' and 'energetic'", "contradict"),
    "loud calm music": ("'calm' and 'loud'", "contradict"),
    "not sad": ("'not sad'",),
    "very jazzy piano": ("'very'", "slightly faster"),
    "a little waltz": ("'little'",),
    "very short jig": ("'very'",),
    "more energy": ("'more'",),
    # Genres.
    "post-rock": ("'post rock'",),
    "synth pop": ("'synth pop'",),
    "rock for a reel": ("'for a reel'", "dance"),
    "jingle bells": ("'jingle bells'", "known tune"),
    # Figures.
    "20-30 seconds of rock": ("'20'",),
    "under 30 seconds, rock": ("'under'", "one figure"),
    "1,5 minutes of rock": ("'1'",),
    "rock, .5 seconds": ("'5'",),
    "rock -5 seconds": ("'5'",),
    "twenty five seconds of rock": ("'twenty'", "figures"),
    "16 bars of rock": ("'bars'", "seconds"),
    "full length rock track": ("'full length'", "seconds"),
    "medium length rock": ("'medium length'",),
    "jig in D, G major": ("two things", "tonic"),
    "bb": ("'bb'", "in D"),
    # No English words.
    "triste vals con guitarra": ("'triste'", "'vals'", "'con'", "'guitarra'"),
    "happy 😢": ("'😢'", "in words"),
    "爵士乐": ("'爵士乐'",),
    # Inflections of words that ask for nothing.
    "a poster for jazz": ("'poster'",),
    "stereo mp3 of rock": ("'stereo'", "'mp3'", "--format"),
    "rock with reverb and tambourine": ("'reverb'", "'tambourine'"),
}  # fmt: skip


@pytest.mark.parametrize("prompt", READ)
def test_what_is_asked_for_is_honoured(prompt):
    assert parse_prompt(prompt).to_dict() == READ[prompt]


@pytest.mark.parametrize("prompt", NOT_READ)
def test_what_cannot_be_honoured_is_named(prompt):
    with pytest.raises(ValueError, match=".") as caught:
        parse_prompt(prompt)
    for words in NOT_READ[prompt]:
        assert words in str(caught.value)


def test_words_that_ask_for_nothing_change_nothing():
    stop = [words for words, meaning in vocabulary().phrases.items() if meaning.kind == "stop"]
    for words in stop:
        assert parse_prompt(f"jig, {words}").to_dict() == {"genre": "jig"}, words
    assert not {"duo", "trio", "ends", "ending", "very", "slightly", "traditional"} & set(stop)


@examples(30)
@given(words=st.lists(st.sampled_from(sorted(vocabulary().phrases)), min_size=1, max_size=8))
def test_known_words_in_any_order_are_read_or_refused(words):
    try:
        brief = parse_prompt(" ".join(words))
    except ValueError:
        return
    assert brief.to_dict()


@examples(30)
@given(
    words=st.lists(st.sampled_from(sorted(vocabulary().phrases)), max_size=4),
    strange=st.text("bcdfghjklmnpqrtvwxz", min_size=9, max_size=12),
    at=st.integers(0, 4),
)
def test_a_strange_word_is_never_passed_over(words, strange, at):
    with pytest.raises(ValueError, match="."):
        parse_prompt(" ".join([*words[:at], strange, *words[at:]]))


@given(st.text("aAdjig no,.;-'/&()0123459#é😢\n", max_size=40))
@examples(30)
def test_any_text_is_a_brief_or_a_value_error(text):
    try:
        brief = parse_prompt(text)
    except ValueError:
        return
    assert brief != Brief()


def test_of_many_strange_words_all_are_named_and_some_explained():
    strange = [f"{letter}qxzqxz" for letter in "bcdfghjklmn"]
    with pytest.raises(ValueError, match="Nor are") as caught:
        parse_prompt(" ".join(strange))
    assert all(f"'{word}'" in str(caught.value) for word in strange)


@given(st.sampled_from(sorted(mood_table())), st.integers(0, 3), st.integers(0, 3))
def test_degrees_move_numbers_away_from_the_middle_or_towards_it(mood, much, little):
    row = mood_table()[mood]
    more, less = moved_by_degree(row, (much, 0)), moved_by_degree(row, (0, little))
    for name, value in moved_by_degree(row, (0, 0)).items():
        assert value == row[name]
        assert 0 <= more[name] <= 1
        assert abs(less[name] - 0.5) <= abs(value - 0.5) <= abs(more[name] - 0.5)
        assert (more[name] - 0.5) * (value - 0.5) >= 0


@pytest.mark.parametrize(
    ("words", "over", "expected"),
    [
        ("slow jig", {"bpm": 180}, {"genre": "jig", "bpm": 180}),
        ("jig at 100 bpm", {"pace": 0.9}, {"genre": "jig", "pace": 0.9}),
        ("sad jig", {"mood": "happy"}, {"genre": "jig", "mood": ["happy"]}),
        ("jig", {"genre": "reel"}, {"genre": "reel"}),
        ("celtic music", {"genre": "funk"}, {"genre": "funk"}),
        ("waltz in D minor", {"tonic": 7, "mode": "major"},
         {"genre": "waltz", "tonic": 7, "mode": "major"}),
        ("a march in 2/4", {"metre": "4/4"}, {"genre": "march", "metre": "4/4"}),
        ("jig, 20 seconds", {"seconds": 30}, {"genre": "jig", "seconds": 30}),
        ("hit at 3 s, 20 seconds", {"hits": 4}, {"hits": [4.0], "seconds": 20}),
        ("jig, no drums", {"drums": True}, {"genre": "jig", "drums": True}),
        ("jig with drums", {"drums": False}, {"genre": "jig", "drums": False}),
        ("jig with drums", {"without": "drums"}, {"genre": "jig", "without": ["drums"]}),
        ("jig with flute", {"without": "flute"}, {"genre": "jig", "without": ["flute"]}),
        ("flute lead, harp chords", {"without": "chords"},
         {"voices": {"melody": "flute"}, "without": ["chords"]}),
        ("jig without flute", {"instruments": "flute"},
         {"genre": "jig", "instruments": ["flute"]}),
        ("jig without flute", {"voices": {"melody": "flute"}},
         {"genre": "jig", "voices": {"melody": "flute"}}),
        ("jig without bass", {"parts": "bass"}, {"genre": "jig", "parts": ["bass"]}),
        ("flute lead", {"instruments": "harp"}, {"instruments": ["harp"]}),
        ("a loop", {"ending": "cold"}, {"ending": "cold"}),
        ("air, fade out", {"loop": True}, {"genre": "air", "loop": True}),
        ("very calm", {"intensity": 0.5},
         {"mood": ["calm"], "pace": 0.1, "intensity": 0.5, "density": 0.15}),
    ],
)  # fmt: skip
def test_a_setting_wins_over_the_words(words, over, expected):
    assert parse_prompt(words).override(**over).to_dict() == expected


def test_settings_that_contradict_each_other_are_refused():
    with pytest.raises(ValueError, match="flute cannot be asked for and left out"):
        parse_prompt("jig").override(instruments="flute", without="flute")
    with pytest.raises(ValueError, match="ending='cold' and loop=True"):
        parse_prompt("jig").override(loop=True, ending="cold")
    with pytest.raises(ValueError, match=r"jig is played in 6/8, not in 3/4.*waltz"):
        parse_prompt("jig").override(metre="3/4").complete(0)


@pytest.mark.parametrize(
    ("words", "voices", "drums"),
    [
        ("jazz trio of piano, double bass and drums",
         {"melody": "piano", "chords": "piano", "bass": "double bass"}, True),
        ("a duo of flute and harp", {"melody": "flute", "chords": "harp"}, False),
        ("rock trio: guitar, bass, drums",
         {"melody": "electric guitar", "chords": "electric guitar", "bass": "electric bass"},
         True),
        ("violin and cello duet", {"melody": "violin", "counter": "cello"}, False),
    ],
)  # fmt: skip
def test_an_ensemble_is_all_who_play(words, voices, drums):
    brief = parse_prompt(words).complete(0)
    assert brief.voices == voices
    assert brief.drums is drums


def test_what_is_asked_for_is_explained_before_anything_is_filled_in():
    brief = parse_prompt("flute lead, harp and a pad, very calm, hit at 4 s, no bass")
    lines = brief.explain().splitlines()
    assert "instruments: flute (melody), harp, pad" in lines
    assert {"mood: calm", "tempo: slow", "intensity: little", "left out: bass"} <= {*lines}
    assert "sections begin at: 4 s" in lines


def test_150_nouns_and_their_plurals_are_known():
    kinds = ("genres", "instruments", "parts", "metres", "lengths")
    phrases = vocabulary().phrases.items()
    nouns = [words for words, meaning in phrases if meaning.kind in kinds and words.isalpha()]
    assert len(nouns) >= 150
    for noun in nouns:
        plain = parse_prompt(noun).to_dict()
        assert parse_prompt(f"the {noun}'s").to_dict() == plain, noun
        if not noun.endswith(("s", "y", "ch")):
            assert parse_prompt(f"{noun}s").to_dict() == plain, noun


@pytest.mark.parametrize(
    ("word", "plain"),
    [
        ("happier", "happy"), ("saddest", "sad"), ("calmly", "calm"), ("dreamier", "dreamy"),
        ("darker", "dark"), ("funkiest", "funk"), ("slower", "slow"), ("fastest", "fast"),
        ("jazzy", "jazz"), ("marches", "march"), ("lullabies", "air"), ("sparser", "sparse"),
    ],
)  # fmt: skip
def test_inflections_say_what_the_word_says(word, plain):
    assert parse_prompt(word).to_dict() == parse_prompt(plain).to_dict()


def test_the_manual_lists_the_words():
    page = pathlib.Path(__file__).parents[2] / "docs" / "clips.md"
    section = page.read_text(encoding="utf-8").split("## The words")[1].split("\n## ")[0]
    listed = re.findall(r"`([^`]+)`", section.split("\n\n")[2])
    tables = vocabulary().tables
    names = [name.replace("_", " ") for name in style_names()]
    assert {*names, *tables["moods"], *instrument_names()} <= set(listed)
    assert {*tables["families"], *tables["parts"], *tables["paces"], *tables["modes"]} <= {*listed}
    for words in {*listed} - {*tables["ensembles"]}:
        assert parse_prompt(f"drums, {words}" if "drum" not in words else words).to_dict()
