"""Clips are filled with music, from their first moment to their last, whoever plays."""

import dataclasses

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from audiogen import make_clip
from audiogen.io import Score, Section
from audiogen.music import Brief, load_style, plan, style_names
from audiogen.music._arrange import arrange
from audiogen.music._bars import Note
from audiogen.music._composing import compose_score
from audiogen.music._rests import without_long_rests
from helpers.examples import examples

EXACT = {"timing": 0.0, "velocity": 0.0, "strum": 0.0}  # played as written
BANDS = [
    {"instruments": "flute", "solo": True}, {"instruments": "violin", "solo": True},
    {"instruments": "piano", "solo": True}, {"instruments": "double bass", "solo": True},
    {"instruments": ("flute", "guitar"), "solo": True},
    {"instruments": ("flute", "cello"), "solo": True},
    {"instruments": "whistle", "drums": True, "solo": True}, {"solo": True, "drums": True},
    {"parts": "chords", "solo": True}, {"parts": "pad", "solo": True}, {},
]  # fmt: skip


def tune(form, n_bars, metre):
    """A note a bar, a beat late and a beat long; each fourth bar is silent."""
    bar = 4 * metre[0] / metre[1]
    places = [i for i in range(len(form) * n_bars) if i % 4 != 3]
    beat = Score({"onset": [], "duration": [], "pitch": []}, metre=metre).beat
    sections = [Section(letter, i * n_bars * bar, (i + 1) * n_bars * bar)
                for i, letter in enumerate(form)]  # fmt: skip
    return Score(
        {"onset": [i * bar + beat for i in places], "duration": [beat / 2] * len(places),
         "pitch": [72 + i % 5 for i in places]},
        metre=metre, sections=sections, chords=[(0, sections[-1].end, "C")],
    )  # fmt: skip


def sounding(score, end):
    """Return the first onset, the longest rest and what is left after all, in beats.

    A drum is heard for an eighth note at least.
    """
    notes = score.notes
    starts = notes.onset.to_numpy()
    durations = notes.duration.to_numpy()
    drums = (notes.part == "drums").to_numpy()
    stops = np.maximum.accumulate(starts + np.where(drums, np.maximum(durations, 0.5), durations))
    rests = np.maximum(starts[1:] - stops[:-1], 0).max(initial=0)
    return starts[0] / score.beat, rests / score.beat, (end - stops[-1]) / score.beat


def assert_filled(score, whole, drums_alone):
    """Swing moves a note by a third of a beat at most."""
    first, rest, left = sounding(score, whole.sections[-1].end)
    assert first == pytest.approx(0, abs=0.05)
    per_bar = whole.metre[0] / whole.metre[1] * 4 / score.beat
    assert rest <= (per_bar if drums_alone else 1.35)
    if whole.ending == "cold":
        assert left <= 1.4  # beats, or little more than a second, in which the room is heard
        assert left * 60 / whole.bpm <= 1.1
    elif whole.ending == "ring":
        assert left <= (1.4 if drums_alone else 1e-6)
    else:
        assert left <= (per_bar if drums_alone else 1.35)
    for section in whole.sections:
        notes = score.notes
        inside = (notes.onset < section.end - 0.01) & (
            notes.onset + notes.duration > section.start + 0.01
        )
        assert inside.any(), section


# Soft hits are all that the drums of an air have.
@example(
    genre="air",
    seed=0,
    seconds=2.0,
    density=0.1,
    how={},
    band={"instruments": "whistle", "drums": True, "solo": True},
)
@examples(30)
@given(genre=st.sampled_from(style_names()), seed=st.integers(0, 99),
       seconds=st.floats(2, 20) | st.floats(20, 120), band=st.sampled_from(BANDS),
       density=st.sampled_from([0.1, 0.5, 0.9]),
       how=st.sampled_from([{}, {"loop": True}, {"ending": "cold"}, {"ending": "fade"},
                            {"bpm": 60}, {"bpm": 133}, {"hits": 0.45}]))  # fmt: skip
def test_somebody_plays_all_the_time(genre, seed, seconds, band, density, how):
    if "hits" in how or "loop" in how:
        seconds = max(seconds, 12)
    how = {"hits": how["hits"] * seconds} if "hits" in how else how
    brief = Brief(genre=genre, seconds=seconds, density=density, **band, **how).complete(seed)
    style = dataclasses.replace(load_style(genre), **EXACT)
    whole = plan(brief, style)
    parts = [*brief.voices, *(["drums"] if brief.drums else [])]
    score = arrange(
        whole.lay_out(tune(whole.form, whole.section_bars, brief.metre)), style,
        voices=brief.voices, parts=parts, plan=whole, density=density, random_state=seed,
    )  # fmt: skip
    assert set(score.parts) == set(parts)
    assert_filled(score, whole, parts == ["drums"])
    if parts == ["melody"]:  # nobody would play before it
        assert "intro" not in {section.name for section in whole.sections}


@pytest.mark.parametrize("number", range(len(BANDS)))
def test_composed_clips_are_filled(number):
    genre = style_names()[number]
    settings = ({}, {"ending": "cold"}, {"bpm": 84})[number % 3]
    brief = Brief(genre=genre, seconds=(24, 7, 45)[number % 3], **BANDS[number], **settings)
    brief = brief.complete(number)
    whole = plan(brief)
    score = compose_score(brief, load_style(genre), whole, number).score
    assert_filled(score, whole, drums_alone=not brief.voices)


@pytest.mark.parametrize("words", ["solo flute air", "drum solo"])
def test_a_solo_is_heard_from_its_first_beat_to_its_last(words):
    rate = 8000
    clip = make_clip(words, seconds=9, sample_rate=rate, random_state=1)
    assert clip.audio.shape == (9 * rate, 2)
    beat = round(60 / clip.info["bpm"] * rate)
    heard = np.abs(clip.audio).max(axis=1) > 0.01
    assert heard[: beat // 2].any()
    assert heard[-round(1.5 * beat) :].any()
    gaps = np.diff(np.flatnonzero(heard))
    assert gaps.max() <= 2.1 * beat
    # Nobody asked for a tempo, and the brief names none; it gives the same one again.
    assert "bpm" not in clip.info["brief"]
    again = Brief(**clip.info["brief"]).complete(1)
    assert plan(again).bpm == pytest.approx(clip.info["bpm"], abs=1e-3)


def test_long_rests_are_shortened_to_a_beat():
    written = [
        (1, 1, 60, "melody"),
        (1, 2, 48, "bass"),
        (7, 1, 62, "melody"),
        (7, 0.25, 36, "drums"),
    ]
    notes = [
        Note(onset, duration, pitch, 80.0, part, 0) for onset, duration, pitch, part in written
    ]
    held = without_long_rests(notes, 0.0, 12.0, 1.5)
    assert [(n.onset, n.duration, n.pitch) for n in held] == [
        (0, 2, 60), (0, 5.5, 48), (7, 3.5, 62), (7, 0.25, 36)]  # fmt: skip
    assert without_long_rests(held, 0.0, 12.0, 1.5) == held
    pickup = [Note(0.0, 1.0, 60, 80.0, "melody", 0), Note(1.0, 4.0, 62, 80.0, "melody", 1)]
    assert without_long_rests(pickup, 1.0, 5.0, 1.0) == pickup
    assert without_long_rests([], 0.0, 4.0, 1.0) == []
