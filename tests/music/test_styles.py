"""Styles that come with audiogen, and files of one's own."""

import importlib.resources
import re
import tomllib

import pytest

from audiogen import make_clip
from audiogen.datasets import load_drums
from audiogen.music import Brief, Style, load_style, style_names

FOLDER = importlib.resources.files("audiogen.music") / "styles"
NEEDED = {"jig", "reel", "hornpipe", "waltz", "march", "air", "jazz_swing", "pop_ballad", "rock",
          "funk", "latin", "lofi_hip_hop"}  # fmt: skip


def test_there_are_the_twelve_styles():
    assert set(style_names()) >= NEEDED


@pytest.mark.parametrize("name", style_names())
def test_a_style_is_whole(name):
    style = load_style(name)
    assert isinstance(style, Style)
    assert style.hand_written  # nothing that accompanies was learnt
    assert set(style.patterns) >= set(style.metres)
    assert style.forms[0] == "A"
    heard = {part for voice in ("melody", "chords", "bass") for part in [style.voices[voice]]}
    assert all(voice.instruments for voice in heard)
    for n_sections in (1, 5, 30):
        assert re.fullmatch("[A-Z]+", style.form(n_sections))
        assert len(style.form(n_sections)) == n_sections


@pytest.mark.parametrize("name", style_names())
def test_every_bar_of_a_pattern_plays_something(name):
    for patterns in load_style(name).patterns.values():
        rows = [*patterns.comping, *patterns.sparse, *patterns.full, *patterns.bass]
        assert all(set(row) - set(".-") for row in rows)


def own_file(tmp_path, change):
    text = (FOLDER / "jig.toml").read_text(encoding="utf-8")
    path = tmp_path / "mine.toml"
    path.write_text(change(text), encoding="utf-8")
    return path


@pytest.mark.parametrize("name", style_names())
def test_arpeggios_have_the_third_of_their_chord(name):
    """Chords lie as root, fifth, root and third where there is room: the third is the fourth."""
    for patterns in load_style(name).patterns.values():
        for bar in (*patterns.comping, *patterns.sparse, *patterns.full):
            if any(step.isdigit() for step in bar):
                assert {"3", "4"} <= set(bar)


def test_a_style_of_ones_own_works_like_the_others(tmp_path):
    path = own_file(tmp_path, lambda text: text.replace("bpm = [100, 126]", "bpm = [60, 61]"))
    style = load_style(path)
    assert style.name == "mine"
    assert style.bpm == (60, 61)
    brief = Brief(genre=str(path)).complete(0)
    assert 60 <= brief.bpm <= 61


BAD = {
    "no such chord": (
        "longest = 3",
        "longest = 3\n[harmony.chords]\nmajor = { C = 1, H = 1 }",
        "harmony.chords.major",
    ),
    "chord not learnt": (
        "longest = 3",
        "longest = 3\n[harmony.chords]\nmajor = { C = 1, Fsus4 = 1 }",
        "harmony.chords.major: .*m7b5, aug. Got 'Fsus4'",
    ),
    "short and long": (
        "longest = 3",
        "longest = 0.25",
        "harmony.shortest must be at most harmony.longest, which is 0.25",
    ),
    "no tonic": (
        "longest = 3",
        "longest = 3\n[harmony.chords]\nminor = { Fm = 1 }",
        "harmony.chords.minor must hold a chord on C",
    ),
    "unknown key": ('title = "Jig"', 'title = "Jig"\ntempi = [1, 2]', "unknown key 'tempi'"),
    "misspelt key": ("section_bars =", "section_bar =", "section_bar'.*section_bars"),
    "missing key": ("bpm = [100, 126]", "", "'bpm' is missing"),
    "inner key": ("timing_ms = 6", "timing = 6", r"'feel.timing'.*timing_ms"),
    "voice key": ("pan = -0.35", "pam = -0.35", r"'voices.chords.pam'.*pan"),
    "voice": ("drums = { pan", "drum = { pan", r"voices.drum .*drums"),
    "instrument": ('"whistle"', '"wistle"', r"voices.melody.instruments .*whistle"),
    "tempo": ("[100, 126]", "[126, 100]", "bpm must be the slowest"),
    "mode": ("minor = 2", "mineur = 2", "modes must be"),
    "tonic": ('"G", "D"', '"H", "D"', "tonics must be"),
    "form": ('"A", "AB"', '"A", "B"', "forms must be"),
    "metre": ('metres = ["6/8"]', 'metres = ["6/8", "3/4"]', 'no .patterns."3/4"'),
    "bar": ('["X---x- X---x-"]', '["X---x- X---x"]', r"patterns.6/8.comping must be a bar of 12"),
    "character": ('["r----- f-...."]', '["q----- f-...."]', r"patterns.6/8.bass must be a bar"),
    "drum": ("tom_low =", "tom_lov =", r"percussion.tom_lov .*tom_low"),
    "section name": ("B = { level", "chorus = { level", r"'sections.chorus'. Known are intro, A"),
    "section part": ('"drums"] }', '"drum"] }', r"sections.intro.parts .*drums"),
    "toml": ("[voices]", "[voices", "no TOML"),
}


BAD_MELODY = {
    "key": ("span =", "spam =", r"'melody.spam'.*span"),
    "scale": ("span = 16", 'scale = "blues"', "melody.scale must be 'mode' or 'pentatonic'"),
    "length": ('["x-------x---x---",', '["x-------x---x--",', "melody.phrases.4/4 must be a bar"),
    "character": ('["x-------x---x---",', '["x-------r---x---",', "phrases.4/4 must be a bar"),
    "held": ('["x-------x---x---",', '["--------x---x---",', "must not begin with one that is"),
    "metre": ('[melody.closes]\n"4/4"', '[melody.closes]\n"3/4"', "one of the style's metres"),
    "missing": ('"6/8" = ["x---------..", "x-----------"]', "", "must have the same metres"),
}


@pytest.mark.parametrize("kind", BAD_MELODY)
def test_bad_rhythms_of_melodies_are_refused_by_file_and_key(kind, tmp_path):
    old, new, words = BAD_MELODY[kind]
    text = (FOLDER / "pop_ballad.toml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "mine.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ValueError, match=words) as caught:
        load_style(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_file_is_refused_by_file_and_key(kind, tmp_path):
    old, new, words = BAD[kind]
    path = own_file(tmp_path, lambda text: text.replace(old, new, 1))
    with pytest.raises(ValueError, match=words) as caught:
        load_style(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("name", style_names())
def test_there_are_chords_for_every_mode(name):
    harmony = load_style(name).harmony
    assert set(harmony) == {"major", "minor", "dorian", "mixolydian", "lydian", "phrygian"}
    assert all(rules.shortest <= rules.longest for rules in harmony.values())


def test_styles_have_the_names_that_prompts_know():
    for words, name in (("lo-fi hip-hop", "lofi_hip_hop"), ("Irish jig", "jig"), ("jazz", None)):
        style = load_style(words)
        assert style is load_style(name or "jazz_swing")
        assert Brief(genre=words) == Brief(genre=name or "jazz_swing")


def test_a_genre_that_no_melody_was_learnt_of_is_refused(tmp_path):
    path = own_file(tmp_path, lambda text: text.replace('genre = "jig"', 'genre = "tango"'))
    with pytest.raises(ValueError, match="genre 'tango', but those that are learnt are air, horn"):
        make_clip(genre=str(path), seconds=4)


def test_unknown_styles_and_files_are_refused():
    with pytest.raises(ValueError, match="jazz_swing"):
        load_style("jaz swing")
    with pytest.raises(FileNotFoundError, match="missing.toml"):
        load_style("missing.toml")


def test_the_files_name_what_is_written_by_hand():
    for name in style_names():
        text = (FOLDER / f"{name}.toml").read_text(encoding="utf-8")
        assert text.startswith("#")
        assert "by hand" in text.replace("\n# ", " ")
        assert tomllib.loads(text)["hand_written"]


def test_drums_have_one_name_in_styles_and_kits():
    from audiogen.io import general_midi_drums
    from audiogen.music._drum_names import DRUMS

    known = sorted({*DRUMS, *load_drums().frame.drum})
    for drum, note in DRUMS.items():
        assert general_midi_drums([note], known) == [drum]
