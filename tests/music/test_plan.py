"""Plans fill a clip to its exact length."""

import itertools
import pathlib
import re
import tempfile

import numpy as np
import pandas as pd
import pretty_midi
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from audiogen import make_clip
from audiogen.io import Score, Section, parse_chord
from audiogen.io._layout import bar_lines
from audiogen.music import Brief, load_style, parse_prompt, plan, style_names
from audiogen.music._composing import compose_score
from helpers.examples import examples

GENRES = st.sampled_from(style_names())
SECONDS = st.floats(2, 30) | st.floats(2, 120) | st.floats(2, 600)


def bar_of(whole):
    """The quarter notes of a bar."""
    return 4 * whole.metre[0] / whole.metre[1]


def assert_near_the_brief(whole, brief):
    """The tempo, and that of each section, are within 4 % of the brief's."""
    beat = Score({"onset": [], "duration": [], "pitch": []}, metre=whole.metre).beat
    for tempo in (whole.bpm, *(section.tempo / beat for section in whole.sections)):
        assert abs(tempo / brief.bpm - 1) <= 0.04 + 1e-9


def check_whole(whole, brief):
    """Sections follow each other from 0 to the end, in bars that follow each other."""
    assert whole.sections[0].start == 0
    assert whole.in_seconds()[-1].end == pytest.approx(brief.seconds, abs=1e-9)
    for one, other in itertools.pairwise(whole.sections):
        assert one.end == pytest.approx(other.start, abs=1e-9)
    bars = [bar for section in whole.sections for bar in section.bars]
    assert len(bars) == whole.n_bars
    assert all(end > start for start, end in bars)
    usual = bar_of(whole)
    for section in whole.sections:
        assert section.is_whole == (abs(section.bars[-1][1] - section.bars[-1][0] - usual) < 1e-6)
    assert_near_the_brief(whole, brief)
    # No bar but the last is shorter than half a bar.
    assert all(end - start >= usual * 0.45 for start, end in bars[:-1])
    assert all(end - start <= usual * 1.6 for start, end in bars)


@examples(30)
@given(genre=GENRES, seconds=SECONDS, seed=st.integers(0, 99))
def test_free_tempi_fill_any_length(genre, seconds, seed):
    brief = Brief(genre=genre, seconds=seconds).complete(seed)
    whole = plan(brief)
    check_whole(whole, brief)
    assert whole.form


@examples(30)
@given(genre=GENRES, seconds=SECONDS, bpm=st.integers(50, 220),
       ending=st.sampled_from(["ring", "cold", "fade"]))  # fmt: skip
def test_a_given_tempo_and_length_are_both_kept(genre, seconds, bpm, ending):
    brief = Brief(genre=genre, seconds=seconds, bpm=bpm, ending=ending).complete(0)
    whole = plan(brief)
    check_whole(whole, brief)
    assert whole.bpm == bpm


@examples(30)
@given(genre=GENRES, seconds=SECONDS, seed=st.integers(0, 9))
def test_a_loop_is_whole_bars(genre, seconds, seed):
    asked = Brief(genre=genre, seconds=seconds, loop=True)
    brief = asked.complete(seed)
    whole = planned_or_refused(brief, asked)
    if whole is None:
        assert seconds < 6  # some of its tempi have whole bars in any longer one
        return
    assert whole.sections[-1].end == pytest.approx(whole.n_bars * bar_of(whole))
    assert all(section.is_whole for section in whole.sections)
    assert not {"intro", "outro"} & {section.name for section in whole.sections}


@examples(50)
@given(genre=GENRES, seconds=st.floats(6, 60), bpm=st.none() | st.integers(70, 180),
       loop=st.booleans(),
       places=st.lists(st.floats(0.2, 0.8), min_size=1, max_size=3))  # fmt: skip
def test_a_section_begins_at_every_hit(genre, seconds, bpm, loop, places):
    hits = [round(place * seconds, 2) for place in places]
    asked = Brief(genre=genre, seconds=seconds, bpm=bpm, loop=loop, hits=hits)
    brief = asked.complete(0)
    whole = planned_or_refused(brief, asked)
    if whole is None:
        return
    starts = [section.start for section in whole.in_seconds()]
    for hit in brief.hits:
        assert min(abs(start - hit) for start in starts) < 1e-9
    assert bpm is None or brief.bpm == bpm
    at_hits = [n for n, start in enumerate(starts) if min(abs(start - h) for h in hits) < 1e-9]
    names = [section.name for section in whole.sections]
    assert all(names[n] != names[n - 1] for n in at_hits)


@example(genre="air", seconds=2.0, seed=2, mood="slow", loop=False, n_hits=0)
@examples(30)
@given(genre=GENRES, seconds=SECONDS, seed=st.integers(0, 99), mood=st.sampled_from(["", "slow"]),
       loop=st.booleans(), n_hits=st.integers(0, 3))  # fmt: skip
def test_a_tempo_that_nobody_asked_for_is_drawn_from_its_style(
    genre, seconds, seed, mood, loop, n_hits
):
    """And bent by 4 % at most, out of it only where a loop or hits want that."""
    asked = parse_prompt(f"{mood} {genre.replace('_', ' ')}").override(
        seconds=seconds, loop=loop,
        hits=[round((i + 1) * seconds / (n_hits + 1.2), 2) for i in range(n_hits)] or None,
    )  # fmt: skip
    brief = asked.complete(seed)
    low, high = load_style(genre).bpm
    assert low <= brief.bpm <= high
    if not loop and not n_hits:
        share = (brief.bpm - low) / (high - low)
        assert share <= 0.4 if mood else share + 1 / (high - low) >= 0.3
    whole = planned_or_refused(brief, asked)
    if whole is None:
        return
    if not loop and not n_hits:
        assert low - 1e-9 <= whole.bpm <= high + 1e-9


def planned_or_refused(brief, asked):
    """Return a plan that is whole, or None where it is refused with combinations that can be."""
    try:
        whole = plan(brief)
    except ValueError as error:
        check_combinations(str(error), asked)
        return None
    check_whole(whole, brief)
    return whole


def check_combinations(message, asked):
    """What a refusal names can be had."""
    possible = message.split("Possible are ")[1]
    pattern = r"bpm=([\d.]+)(?: and seconds=([\d.]+))?(?: and hits at ([\d. ]+) s)?"
    combinations = re.findall(pattern, possible.rstrip("."))
    assert len(combinations) == 2, message
    for bpm, seconds, hits in combinations:
        changes = {"bpm": float(bpm)}
        if hits:
            changes["hits"] = tuple(map(float, hits.split()))
        if seconds:
            changes["seconds"] = float(seconds)
        plan(asked.override(**changes).complete(0))


@examples(30)
@given(genre=GENRES, seconds=st.floats(2, 12), bpm=st.integers(60, 200))
def test_a_loop_that_cannot_be_is_refused_with_two_that_can(genre, seconds, bpm):
    asked = Brief(genre=genre, seconds=seconds, bpm=bpm, loop=True)
    message = ""
    try:
        whole = plan(asked.complete(0))
        assert whole.bpm == pytest.approx(bpm, rel=0.0401)
    except ValueError as error:
        message = str(error)
    if message:
        check_combinations(message, asked)
        assert message.count("bpm=") == 3  # what was asked, and two others


@pytest.mark.parametrize("settings", [
    {"genre": "pop_ballad", "bpm": 84, "seconds": 8.36, "hits": [1.63, 7.4]},
    {"genre": "rock", "bpm": 399, "seconds": 7.57, "loop": True, "hits": [0.52, 1.15, 5.07]},
    {"genre": "jazz_swing", "seconds": 11.18, "hits": [1.91, 9.41, 9.62]},
    {"genre": "reel", "seconds": 9.19, "hits": [0.72, 5.06, 8.69]},
    {"genre": "latin", "bpm": 144, "seconds": 19.65, "hits": [9.8, 11.45, 19.18]},
    {"genre": "rock", "bpm": 20, "seconds": 590, "loop": True, "hits": [588]},
    {"genre": "rock", "bpm": 400, "seconds": 2, "hits": [1.93]},
])  # fmt: skip
def test_at_the_limits_what_a_refusal_names_can_be_had(settings):
    asked = Brief(**settings)
    with pytest.raises(ValueError, match="Possible are") as caught:
        plan(asked.complete(0))
    message = str(caught.value)
    check_combinations(message, asked)
    assert message.count("bpm=") == 2 + ("bpm" in settings)  # none that nobody asked for
    assert message.startswith("With bpm=" if "bpm" in settings else "At no tempo of the style")


def test_the_form_is_that_of_the_style():
    def names(**settings):
        whole = plan(Brief(**settings).complete(0))
        return [(section.name, section.n_bars) for section in whole.sections]

    # 34 bars of two beats at 120: an introduction and AABB of eight bars each.
    assert names(genre="jig", bpm=120, seconds=34) == [
        ("intro", 2), ("A", 8), ("A", 8), ("B", 8), ("B", 8)]  # fmt: skip
    # 8 bars and a half at 120: the last chord rings for half a bar more.
    assert names(genre="march", bpm=120, seconds=17) == [("A", 8), ("outro", 1)]
    # Where a tune closes with a held note, that bar is the one that rings, and is cut.
    assert names(genre="rock", bpm=120, seconds=17) == [("intro", 1), ("A", 8)]


def melody(form, n_bars, metre=(4, 4), pickup=0.0):
    """Whole bars of one note: its pitch says which bar of which section it is."""
    bar = 4 * metre[0] / metre[1]
    rows = [(pickup + (s * n_bars + b) * bar, bar, 60 + (s * 16 + b) % 60)
            for s in range(len(form)) for b in range(n_bars)]  # fmt: skip
    if pickup:
        rows.insert(0, (0.0, pickup, 55))
    onset, duration, pitch = zip(*rows, strict=True)
    sections = [Section(f, pickup + s * n_bars * bar, pickup + (s + 1) * n_bars * bar)
                for s, f in enumerate(form)]  # fmt: skip
    length = pickup + len(form) * n_bars * bar
    return Score(
        {"onset": onset, "duration": duration, "pitch": pitch}, metre=metre, pickup=pickup,
        sections=sections, chords=[(0, length / 2, "C"), (length / 2, length, "G")],
    )  # fmt: skip


def test_a_melody_is_laid_out_over_the_sections():
    whole = plan(Brief(genre="march", bpm=120, seconds=20.5, hits=4).complete(0))
    assert [(s.name, s.n_bars) for s in whole.sections] == [("intro", 2), ("A", 7), ("outro", 1)]
    tune = melody("A", 8, pickup=1.0)
    laid = whole.lay_out(tune)
    # The section of a composed melody begins with the pick-up, its bars after it.
    whole_section = tune.replace(sections=[Section("A", 0.0, tune.length)])
    assert whole.lay_out(whole_section).notes.equals(laid.notes)
    assert whole.lay_out(whole_section).chords == laid.chords
    assert laid.notes.onset.tolist() == [7, 8, 12, 16, 20, 24, 28, 32]
    # The pick-up, then the first five bars and the last two; the last note is held.
    assert laid.notes.pitch.tolist() == [55, 60, 61, 62, 63, 64, 66, 67]
    assert laid.notes.duration.iloc[-1] == pytest.approx(9)
    short = tune.replace(notes=tune.notes.assign(duration=1.0))  # struck again
    laid = whole.lay_out(short)
    assert laid.notes.onset.tolist() == [7, 8, 12, 16, 20, 24, 28, 32, 36]
    assert laid.notes.pitch.tolist()[-2:] == [67, 67]
    assert laid.notes.duration.tolist()[-2:] == pytest.approx([1, 5])
    assert laid.length == pytest.approx(41)
    assert [section.name for section in laid.sections] == ["intro", "A", "outro"]


@examples(30)
@given(genre=GENRES, seconds=st.floats(2, 90), loop=st.booleans(), data=st.data())
def test_every_bar_of_a_laid_out_section_has_its_melody_and_chord(genre, seconds, loop, data):
    hits = [] if seconds < 12 else data.draw(st.sampled_from([[], [seconds / 2]]))
    brief = Brief(genre=genre, seconds=seconds, loop=loop, hits=hits).complete(0)
    try:
        whole = plan(brief)
    except ValueError:
        assume(False)
    style = load_style(genre)
    tune = melody(whole.form, whole.section_bars, brief.metre)
    laid = whole.lay_out(tune)
    assert laid.tempo == pytest.approx(whole.tempo)
    assert laid.length == pytest.approx(whole.sections[-1].end)
    for section in whole.sections:
        for start, end in section.bars:
            inside = laid.notes[abs(laid.notes.onset - start) < 1e-6]
            assert len(inside) == (len(section.name) == 1), (style.name, section)
            assert (inside.onset + inside.duration <= whole.sections[-1].end + 1e-6).all()
            if len(section.name) == 1:
                assert any(s <= start + 1e-6 and e >= end - 1e-6 for s, e, _ in laid.chords)
    if not loop:  # the last note is held to the end
        assert laid.notes.onset.iloc[-1] + laid.notes.duration.iloc[-1] == pytest.approx(
            whole.sections[-1].end
        )


@examples(25)
@given(genre=GENRES, seconds=st.floats(6, 60), loop=st.booleans(),
       places=st.lists(st.floats(0.2, 0.8), min_size=1, max_size=3))  # fmt: skip
def test_sections_begin_on_bar_lines_and_the_midi_file_sounds_as_the_score(
    genre, seconds, loop, places
):
    hits = [round(place * seconds, 2) for place in places]
    brief = Brief(genre=genre, seconds=seconds, loop=loop, hits=hits).complete(0)
    try:
        whole = plan(brief)
    except ValueError:
        assume(False)
    laid = whole.lay_out(melody(whole.form, whole.section_bars, brief.metre))
    with tempfile.TemporaryDirectory() as folder:
        path = laid.save(pathlib.Path(folder) / "laid.mid")
        read, played = Score.read(path), pretty_midi.PrettyMIDI(str(path))
    for one, other in ((read.to_seconds(), laid.to_seconds()), (heard(played), heard(laid))):
        columns = ["onset", "duration"]
        np.testing.assert_allclose(one[columns], other[columns], atol=3e-3)
    bars = [start for section in whole.sections for start, _ in section.bars]
    lines = np.array(bar_lines(read), dtype=float)
    np.testing.assert_allclose(lines[: len(bars)], bars, atol=2e-3)
    downbeats = played.get_downbeats()
    np.testing.assert_allclose(downbeats[: len(bars)], laid.seconds_at(bars), atol=3e-3)
    for section in whole.in_seconds():
        assert min(abs(downbeats - section.start)) < 3e-3


def heard(music):
    """Return onset, duration and pitch in the order of time."""
    if isinstance(music, Score):
        return music.to_seconds().sort_values(["onset", "pitch"])
    notes = [(n.start, n.end - n.start, n.pitch) for n in music.instruments[0].notes]
    return pd.DataFrame(sorted(notes), columns=["onset", "duration", "pitch"])


@pytest.mark.parametrize("genre", style_names())
def test_the_shortest_clips_have_notes_and_an_ending(genre):
    """2, 3.1 or 4 s; the tune is whole, but for a single bar, whose last note comes home."""
    number = style_names().index(genre)
    seconds = (2, 3.1, 4)[number % 3]
    brief = Brief(genre=genre, seconds=seconds, ending=("ring", "cold")[number % 2]).complete(1)
    whole, style = plan(brief), load_style(genre)
    score = compose_score(brief, style, whole, 1).score
    notes = score.to_seconds()
    assert notes.onset.min() == pytest.approx(0, abs=0.05)
    end = (notes.onset + notes.duration).max()
    if brief.ending == "ring" and brief.voices:
        assert end == pytest.approx(seconds, abs=1e-6)
    else:  # all let go of a short stroke together
        strokes = notes[notes.part != "drums"].groupby("part").tail(1)
        assert np.ptp(strokes.onset + strokes.duration) < 0.01
        assert strokes.duration.max() < 0.32  # a quarter of a second, and who is early
        assert 0.15 < seconds - end < 0.9
    assert set(notes.part) == {*brief.voices, *(["drums"] if brief.drums else [])}
    tune = notes[notes.part == "melody"]
    assert len(tune) >= 3
    last = tune.onset.idxmax()
    if whole.form == "A" and whole.section_bars == 4:
        assert tune.pitch[last] % 12 == brief.tonic
    final = notes[notes.part != "drums"].groupby("part").tail(1)
    root, intervals = parse_chord(score.chords[-1][2])
    chord = {(root + interval) % 12 for interval in intervals}
    assert set(final.pitch % 12) <= chord | {brief.tonic}


def test_a_clip_of_ten_minutes_is_exact_to_the_sample():
    clip = make_clip("solo flute air", seconds=600, sample_rate=8000, random_state=0)
    assert clip.audio.shape == (4_800_000, 2)
    assert clip.info["sections"][-1]["end"] == 600
    notes = clip.score.to_seconds()
    assert (notes.onset + notes.duration).max() == pytest.approx(600, abs=1e-6)
    assert np.abs(clip.audio[-8000:]).max() > 0.01  # the last note rings


def test_what_cannot_be_laid_out_is_refused():
    whole = plan(Brief(genre="rock", seconds=30).complete(0))
    with pytest.raises(ValueError, match="bars are 3 quarter notes long"):
        whole.lay_out(melody("A", 8, (3, 4)))
    with pytest.raises(ValueError, match="no section 'A', only C"):
        whole.lay_out(melody("C", 8))


def test_a_plan_needs_a_full_brief():
    with pytest.raises(ValueError, match="complete"):
        plan(Brief(genre="jig"))
