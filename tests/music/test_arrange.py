"""Melodies arranged for a band."""

import dataclasses
import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audiogen.io import Score, Section, parse_chord
from audiogen.music import Brief, load_style, plan, style_names
from audiogen.music._arrange import arrange
from helpers.examples import examples

SCALE = (0, 2, 4, 5, 7, 9, 11)
CHORDS = ("C", "F", "G7", "Am", "Dm", "Em")
EXACT = {"timing": 0.0, "velocity": 0.0, "strum": 0.0}  # played as written


def tune(form, n_bars, metre, seed=0):
    """Quarter or eighth notes in C major around C5, a chord or two a bar, home at the ends."""
    rng = np.random.default_rng(seed)
    bar = 4 * metre[0] / metre[1]
    onsets, durations, pitches, chords = [], [], [], []
    for number in range(len(form) * n_bars):
        at, ends = number * bar, (number + 1) % n_bars == 0
        first = "C" if ends or number % n_bars == 0 else str(rng.choice(CHORDS))
        half = bar / 2 if rng.random() < 0.3 else bar
        chords += [(at, at + half, first)] + [(at + half, at + bar, "F")] * (half < bar)
        length = bar if ends else float(rng.choice([0.5, 1.0]))
        for onset in np.arange(0, bar, length):
            onsets.append(at + onset)
            durations.append(min(length, bar - onset))
            degree = 0 if ends else int(rng.integers(-2, 8))
            pitches.append(72 + 12 * (degree // 7) + SCALE[degree % 7])
    sections = [Section(letter, i * n_bars * bar, (i + 1) * n_bars * bar)
                for i, letter in enumerate(form)]  # fmt: skip
    return Score(
        {"onset": onsets, "duration": durations, "pitch": pitches},
        metre=metre, chords=chords, sections=sections,
    )  # fmt: skip


def band(genre, seed=0, exact=False, groove=None, **settings):
    """A brief's whole arrangement, and its plan."""
    brief = Brief(genre=genre, tonic=0, mode="major", **settings).complete(seed)
    style = load_style(genre)
    if exact:
        style = dataclasses.replace(style, **EXACT)
    whole = plan(brief, style)
    laid = whole.lay_out(tune(whole.form, whole.section_bars, brief.metre, seed))
    parts = [*brief.voices, *(["drums"] if brief.drums else [])]
    arranged = arrange(
        laid, style, voices=brief.voices, parts=parts, plan=whole, groove=groove,
        density=brief.density, intensity=brief.intensity, swing=brief.swing, random_state=seed,
    )  # fmt: skip
    return arranged, whole


def sounding(notes, start, end):
    return notes[(notes.onset < end - 0.01) & (notes.onset + notes.duration > start + 0.01)]


CLIPS = {
    "genre": st.sampled_from(style_names()), "seed": st.integers(0, 99),
    "seconds": st.floats(2, 45), "density": st.sampled_from([0.1, 0.5, 0.9]),
    "intensity": st.sampled_from([0.1, 0.9]),
    "how": st.sampled_from([{}, {"loop": True}, {"ending": "cold"}, {"ending": "fade"},
                            {"bpm": 97}]),
}  # fmt: skip


@examples(40)
@given(**CLIPS)
def test_every_bar_has_the_parts_that_its_style_has(genre, seed, seconds, density, intensity, how):
    if how.get("loop") and "bpm" not in how:
        seconds = max(seconds, 4)
    score, whole = band(genre, seed, exact=True, seconds=seconds, density=density,
                        intensity=intensity, **how)  # fmt: skip
    style = load_style(genre)
    assert score.length <= whole.sections[-1].end + 1e-6
    assert score.notes.onset.min() == 0
    for section in whole.sections:
        wanted = style.section(section.name).parts or ("melody", "chords", "bass")
        for start, end in section.bars:
            heard = set(sounding(score.notes, start, end).part)
            assert {"chords", "bass"} & set(wanted) <= heard, (section, start)
            assert ("melody" in heard) == (section.name != "intro")


@examples(40)
@given(**CLIPS)
def test_what_a_musician_would_not_write(genre, seed, seconds, density, intensity, how):
    score, _ = band(genre, seed, exact=True, seconds=max(seconds, 4), density=density,
                    intensity=intensity, **how)  # fmt: skip
    table = score.notes
    start, stop, pitch = (x.to_numpy() for x in
                          (table.onset, table.onset + table.duration, table.pitch))  # fmt: skip
    part = table.part.to_numpy().astype(str)
    chordal, melody, bass = (
        np.isin(part, ["chords", "pad", "counter"]),
        part == "melody",
        part == "bass",
    )
    assert (pitch[chordal] >= 48).all()  # no mud below C3
    together = (start[chordal, None] < stop[melody] - 0.01) & (
        start[melody] < stop[chordal, None] - 0.01
    )
    assert not (together & (pitch[chordal, None] >= pitch[melody])).any()
    assert ((pitch[bass] >= 26) & (pitch[bass] <= 60)).all()
    for begin, end, name in score.chords:
        root, intervals = parse_chord(name)
        classes = {(root + interval) % 12 for interval in intervals}
        inside = (start >= begin - 1e-6) & (start < end - 1e-6)
        assert set(pitch[inside & chordal] % 12) <= classes
        own = pitch[inside & bass] % 12
        assert not len(own) or own[0] == root
        for other in set(own) - classes:  # what leads to the next chord grates on none
            assert not {(other + 1) % 12, (other - 1) % 12} & classes
    for kind in ("chords", "pad"):
        voicings = [pitch[(part == kind) & (start == t)] for t in np.unique(start[part == kind])]
        struck = [voicing for voicing in voicings if len(voicing) > 1]  # no arpeggios
        for one, two in itertools.pairwise(struck):
            assert min(abs(one.max() - two.max()), abs(one.min() - two.min())) <= 12


@pytest.mark.parametrize("genre", style_names())
def test_one_seed_gives_the_same_bits_and_another_does_not(genre):
    (one, _), (same, _) = (band(genre, 3, seconds=12) for _ in range(2))
    assert one == same
    assert one != band(genre, 4, seconds=12)[0]


@examples(25)
@given(genre=st.sampled_from(style_names()), seed=st.integers(0, 20), semitones=st.integers(-4, 4))
def test_transposition_commutes(genre, seed, semitones):
    """The same rhythm, force and harmony in every key; octaves fit the instruments' ranges."""
    style = load_style(genre)
    melody = tune("AB", 4, style.metres[0], seed).transpose(3)
    voices = {"melody": "synth lead", "chords": "piano", "bass": "electric bass"}

    def arranged(score):
        return arrange(score, style, voices=voices, random_state=seed)

    there, here = arranged(melody.transpose(semitones)), arranged(melody).transpose(semitones)
    assert there.chords == here.chords
    for part in ("melody", "bass"):
        one, other = there.part(part).notes, here.part(part).notes
        assert one.onset.tolist() == other.onset.tolist()
        assert one.velocity.tolist() == other.velocity.tolist()
        assert (one.pitch % 12).tolist() == (other.pitch % 12).tolist()
    assert np.unique(there.part("melody").notes.pitch - here.part("melody").notes.pitch).size == 1


@pytest.mark.parametrize("genre", style_names())
def test_the_last_chord_rings_on_the_tonic(genre):
    score, whole = band(genre, 1, exact=True, seconds=20.3, bpm=100)
    start, end = whole.sections[-1].bars[-1]
    notes = score.notes[score.notes.onset >= start - 1e-6]
    assert score.chords[-1][2].startswith("C")
    assert (notes.onset[notes.part != "melody"] == start).all()
    pitched = score.notes[score.notes.part != "drums"]
    last = pitched.assign(end=pitched.onset + pitched.duration).groupby("part").end.max()
    assert last.to_numpy() == pytest.approx(end)
    for part in ("bass", "melody"):
        assert pitched[pitched.part == part].pitch.iloc[-1] % 12 == 0


@pytest.mark.parametrize("genre", ["rock", "waltz", "jazz_swing"])
def test_a_cold_ending_stops_all_together(genre):
    score, whole = band(genre, 1, exact=True, seconds=16, ending="cold", intensity=0.9)
    last = score.notes.groupby("part").onset.max()
    assert last.nunique() == 1
    assert whole.sections[-1].end - last.iloc[0] <= 1.5 * score.beat
    strokes = score.notes[score.notes.onset == last.iloc[0]]
    assert strokes.part.nunique() == len(score.parts)
    seconds = strokes.duration * 60 / score.tempo
    left = (whole.sections[-1].end - last.iloc[0]) * 60 / score.tempo
    assert seconds.to_numpy() == pytest.approx(min(0.25, left / 2))


@pytest.mark.parametrize("bpm", [40, 66, 120, 240])
def test_a_cold_ending_leaves_time_to_let_go_but_no_silence(bpm):
    for genre in ("air", "jig", "rock"):
        score, whole = band(genre, 1, exact=True, seconds=9.5, bpm=bpm, ending="cold")
        last = score.notes.onset.max()
        left = (whole.sections[-1].end - last) * 60 / score.tempo
        assert 0.3 - 1e-6 <= left <= 1.1 + 1e-6
        assert last / 0.5 == pytest.approx(round(last / 0.5))  # on an eighth note


def test_sections_differ_in_force_and_in_who_plays():
    score, whole = band("waltz", 0, seconds=40, intensity=0.9)
    sections = {s.name: s for s in whole.sections}
    a, b = (sounding(score.notes, sections[n].start, sections[n].end - 1) for n in "AB")
    assert b.velocity[b.part == "melody"].mean() > a.velocity[a.part == "melody"].mean() + 3
    assert "counter" in set(b.part)
    assert "counter" not in set(a.part)


def test_swing_moves_what_is_between_the_beats():
    straight, _ = band("jazz_swing", 0, exact=True, seconds=40, swing=0.5)
    swung, _ = band("jazz_swing", 0, exact=True, seconds=40, swing=0.64)

    def offbeats(score):
        onsets = score.part("melody").notes.onset.to_numpy() % 1
        return np.unique(onsets.round(6))

    assert offbeats(straight).tolist() == [0.0, 0.5]
    assert offbeats(swung).tolist() == [0.0, 0.64]
    with pytest.raises(ValueError, match="parts"):
        arrange(tune("A", 4, (4, 4)), "rock", parts=[])
    jig, _ = band("jig", 0, exact=True, seconds=12, swing=0.66)  # three to a beat: no swing
    assert np.allclose(jig.part("melody").notes.onset % 0.5, 0)


def test_a_groove_is_played_as_it_is():
    groove = np.zeros((32, 9, 2))
    groove[[0, 8, 16], 0, 0] = 1.0, 0.5, 0.8  # kick
    groove[12, 1] = 0.7, 0.25  # a late snare
    groove[14, 2] = 0.1, 0  # a soft hi-hat
    style = dataclasses.replace(load_style("rock"), **EXACT, sections={})
    score = tune("A", 4, (4, 4))
    settings = {"parts": ["drums"], "groove": groove, "intensity": 0.55}
    notes = arrange(score, style, **settings).notes
    first = notes[notes.onset < 8]
    assert first.onset.tolist() == [0, 2, 3.0625, 3.5, 4]
    assert first.pitch.tolist() == [36, 36, 38, 42, 36]
    loud = [20 + 100 * velocity for velocity in (1, 0.5, 0.7, 0.1, 0.8)]
    scale = 0.75 + 0.45 * 0.55
    assert first.velocity.tolist() == [round(scale * velocity) for velocity in loud]
    sparse = arrange(score, style, **settings, density=0.1).notes
    assert 42 not in set(sparse.pitch)  # soft hits are left out
    groove[..., 0] *= 0.25
    softest = arrange(score, style, **settings, density=0.1).notes
    assert len(softest) == len(notes)  # but for those of a groove that has no others


def test_sections_end_with_fills_and_begin_with_a_crash():
    score, whole = band("rock", 0, exact=True, seconds=40, bpm=120)
    drums = score.part("drums").notes
    for section, following in itertools.pairwise(whole.sections):
        if len(section.name) == 1 and len(following.name) == 1:
            start, end = section.bars[-1]
            fill = drums[(drums.onset >= start + 2) & (drums.onset < end)]
            assert {45, 47} <= set(fill.pitch)  # toms
            assert 49 in set(drums[drums.onset == following.start].pitch)


def test_what_varies_is_small():
    exact, _ = band("pop_ballad", 2, exact=True, seconds=30)
    score, whole = band("pop_ballad", 2, seconds=30)
    for part in ("melody", "bass"):
        late = score.part(part).notes.onset.to_numpy() - exact.part(part).notes.onset.to_numpy()
        late *= 60 / whole.tempo
        assert 0.002 < late.std() < 0.015
        assert np.abs(late).max() <= 0.0181


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"style": "jig"}, "patterns for 6/8, not for 4/4"), ({"parts": ["drum"]}, "drums"),
        ({"parts": ["pad"], "style": "jazz_swing"}, "which instrument plays the pad"),
        ({"voices": {"melody": "flut"}}, "flute"), ({"groove": np.zeros((16, 9))}, "32, 9, 2"),
        ({"style": "roc"}, "rock"),
    ],
)  # fmt: skip
def test_what_cannot_be_arranged_is_refused(changes, words):
    settings = {"style": "rock", **changes}
    with pytest.raises(ValueError, match=words):
        arrange(tune("A", 4, (4, 4)), **settings)


def test_a_score_needs_a_melody_and_chords():
    score = tune("A", 4, (4, 4))
    with pytest.raises(ValueError, match="Harmonizer"):
        arrange(score.replace(chords=[]), "rock")
    with pytest.raises(ValueError, match="'melody'"):
        arrange(score.replace(notes=score.notes.assign(part="lead")), "rock")
