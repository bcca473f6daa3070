"""Composed melodies sung in the rhythms of a style."""

import functools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audiogen.generators._melody_runs import shares_run
from audiogen.generators._melody_strains import spans_of, strains_of
from audiogen.io import Score
from audiogen.music import Brief, load_style, plan, pretrained, style_names
from audiogen.music._composing import _melody
from audiogen.music._phrasing import Phrasing, rephrased
from helpers.examples import examples

SUNG = [name for name in style_names() if load_style(name).melody]
SUNG_METRES = [(name, metre) for name in SUNG for metre in load_style(name).melody.phrases]
SCALES = {"major": {0, 2, 4, 5, 7, 9, 11}, "minor": {0, 2, 3, 5, 7, 8, 10, 11},
          "dorian": {0, 2, 3, 5, 7, 9, 10}}  # fmt: skip


@functools.cache
def composed(metre, mode="major", form="ABA", seed=0):
    y = {"metre": "{}/{}".format(*metre), "mode": mode}
    (score,) = pretrained("melody").sample(y=y, form=form, random_state=seed)
    return score


def sung(name, melody, seed=0):
    return rephrased(melody, load_style(name).melody, melody.metre, np.random.default_rng(seed))


def in_section(score, number):
    """The notes of a section without its pick-up and without the next one's."""
    section = score.sections[number]
    start, end = max(section.start, score.pickup), section.end
    if number + 1 < len(score.sections):
        end -= score.pickup
    notes = score.notes[(score.notes.onset > start - 1e-6) & (score.notes.onset < end - 1e-6)]
    return notes.assign(onset=notes.onset - start)


def test_the_styles_that_no_corpus_teaches_are_sung_and_dances_are_not():
    assert set(SUNG) == {"funk", "jazz_swing", "latin", "lofi_hip_hop", "pop_ballad", "rock",
                         "waltz"}  # fmt: skip
    for name in SUNG:
        assert "rhythm of the melody" in load_style(name).hand_written
        assert set(load_style(name).melody.phrases) == set(load_style(name).metres)


@pytest.mark.parametrize(("name", "metre"), SUNG_METRES)
def test_notes_begin_where_a_phrase_of_the_style_has_them(name, metre):
    melody = sung(name, composed(metre))
    steps = 16 * metre[0] // metre[1]
    for number in range(len(melody.sections)):
        onsets = in_section(melody, number).onset.to_numpy() * 4
        allowed = []
        for phrase in load_style(name).melody.phrases[metre]:
            for close in load_style(name).melody.closes[metre]:
                bars = [phrase[bar % len(phrase)] for bar in range(7)] + [close]
                allowed.append([i for i, step in enumerate("".join(bars)) if step == "x"])
        assert np.rint(onsets).astype(int).tolist() in allowed
        assert onsets.max() < 8 * steps


@examples(12)
@given(which=st.sampled_from(SUNG_METRES), mode=st.sampled_from(sorted(SCALES)),
       seed=st.integers(0, 3))  # fmt: skip
def test_form_key_and_ends_stay_as_composed(which, mode, seed):
    name, metre = which
    melody, style = composed(metre, mode, seed=seed), load_style(name).melody
    here = sung(name, melody, seed)
    assert here.sections == melody.sections
    assert here.length == pytest.approx(melody.length, abs=4 * metre[0] / metre[1])
    first, last = (in_section(here, number) for number in (0, 2))
    n = min(len(first), len(last)) - 1  # the last notes may give way to a pick-up
    assert first.pitch.tolist()[:n] == last.pitch.tolist()[:n]
    assert np.ptp(in_section(here, 1).pitch) <= style.span
    assert here.notes.pitch.iloc[-1] % 12 == melody.notes.pitch.iloc[-1] % 12
    assert (
        (here.notes.onset + here.notes.duration)[:-1].le(here.notes.onset[1:].values + 1e-6).all()
    )
    classes = set((melody.notes.pitch % 12).astype(int)) | SCALES[mode]
    assert set((here.notes.pitch % 12).astype(int)) <= classes


@pytest.mark.parametrize("name", ["funk", "pop_ballad"])
def test_a_melody_moved_is_sung_as_much_higher(name):
    melody = composed((4, 4), "dorian")
    assert sung(name, melody.transpose(3)) == sung(name, melody).transpose(3)


def test_the_line_prefers_steps_and_strong_notes():
    onsets, pitches = [0, 0.5, 1, 2, 3, 4], [72, 79, 74, 76, 77, 72]
    tune = Score({"onset": onsets, "duration": [0.5, 0.5, 1, 1, 1, 4], "pitch": pitches},
                 sections=[("A", 0, 8)])  # fmt: skip
    phrasing = Phrasing({(4, 4): (("x---x---x---x---",),)}, {(4, 4): ("x-----------....",)})
    found = rephrased(tune, phrasing, (4, 4), np.random.default_rng(0)).notes
    assert found.pitch.tolist() == [72, 74, 76, 77, 72]  # and not the 79 between two beats
    assert found.duration.tolist() == [1, 1, 1, 1, 3]


def test_rhythms_are_those_of_the_metre_that_is_played():
    melody = composed((3, 4))
    assert sung("funk", melody) is melody
    style = load_style("pop_ballad").melody
    halves = Phrasing({(2, 2): style.phrases[4, 4]}, {(2, 2): style.closes[4, 4]}, span=style.span)
    tune = composed((4, 4))
    played = rephrased(tune, halves, (2, 2), np.random.default_rng(0))
    assert played == sung("pop_ballad", tune)


def test_what_is_sung_copies_no_tune_and_slow_styles_breathe():
    model = pretrained("melody")
    _, vocabulary = model._for_sampling()
    for name in ("pop_ballad", "lofi_hip_hop", "jazz_swing"):
        brief = Brief(genre=name, seconds=20).complete(2)
        style = load_style(name)
        melody = _melody(brief, style, plan(brief, style), 2, model)
        assert not shares_run(model._runs, strains_of(spans_of(melody), vocabulary))
        if name != "jazz_swing":
            bars = melody.notes.groupby(((melody.notes.onset - melody.pickup) // 4).clip(0))
            assert len(melody.notes) / bars.ngroups <= 5
            assert melody.notes.duration.max() >= 2


@pytest.mark.parametrize("name", ["waltz", "rock"])
def test_sixteen_bars_have_another_rhythm_in_the_third_four(name):
    metre = load_style(name).metres[0]
    (tune,) = pretrained("melody").sample(
        y={"metre": "{}/{}".format(*metre), "mode": "major"}, n_bars=16, random_state=0
    )
    notes = in_section(sung(name, tune), 0)
    bar = tune.bar
    lines = [
        [round(4 * (onset - 4 * k * bar)) for onset in notes.onset
         if 4 * k * bar - 1e-6 < onset < (4 * k + 3) * bar - 1e-6]
        for k in range(4)
    ]  # fmt: skip
    assert lines[0] == lines[1] == lines[3]
    assert lines[2] != lines[0]
