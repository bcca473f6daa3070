"""Whole scores, as clips have them: chords in their places, and what is made of them."""

import itertools

import numpy as np
import pytest

from audiogen.io import parse_chord
from audiogen.music import Brief, load_style, plan, style_names
from audiogen.music._composing import compose_score
from audiogen.music._voicing import coloured, next_voicing

LATE = 0.12  # quarter notes by which a player is early or late


def composed(genre, seed, **settings):
    style = load_style(genre)
    brief = Brief(genre=genre, seconds=24, **settings).complete(seed)
    whole = plan(brief, style)
    return compose_score(brief, style, whole, seed).score, whole, style


def chord_at(score, time):
    return next(name for start, end, name in score.chords if start - 1e-6 <= time < end - 1e-6)


@pytest.fixture(scope="module")
def scores():
    return {genre: [composed(genre, seed) for seed in (0, 1)] for genre in style_names()}


@pytest.mark.parametrize("genre", style_names())
def test_chords_change_with_the_bars_and_come_home(scores, genre):
    for score, whole, style in scores[genre]:
        beats = [(a, (a + b) / 2) for section in whole.sections for a, b in section.bars]
        places = np.array(list(itertools.chain(*beats)))
        assert all(abs(places - start).min() < 1e-6 for start, _, _ in score.chords)
        rules = style.harmony[score.mode]
        for section in whole.sections:
            if len(section.name) == 1:
                assert parse_chord(chord_at(score, section.end - 0.01))[0] == score.tonic
        known = {(parse_chord(name)[0] + score.tonic) % 12 for name in rules.chords}
        lettered = [s for s in whole.sections if len(s.name) == 1]
        low, high = lettered[0].start, lettered[-1].end
        inside = [name for a, b, name in score.chords if a < high - 1e-6 and b > low + 1e-6]
        assert {parse_chord(name)[0] for name in inside} <= known


@pytest.mark.parametrize("seed", range(3))
def test_a_few_slow_bars_have_more_than_two_chords(seed):
    style = load_style("pop_ballad")
    brief = Brief(genre="pop_ballad", seconds=16).complete(seed)
    whole = plan(brief, style)
    score = compose_score(brief, style, whole, seed).score
    assert whole.n_bars <= 6
    assert len({name for _, _, name in score.chords}) >= 3
    assert len(score.chords) >= 5  # one for each bar but the last would be four
    assert min(end - start for start, end, _ in score.chords) >= 2


@pytest.mark.parametrize("genre", [name for name in style_names() if load_style(name).melody])
def test_a_last_note_that_is_held_is_struck_once_and_is_no_large_part_of_a_clip(genre):
    """Ballads of 16 s held their tonic to the end of its bar and struck it again for another."""
    style = load_style(genre)
    for seconds, seed in ((12, 12), (16, 11)):
        brief = Brief(genre=genre, seconds=seconds).complete(seed)
        score = compose_score(brief, style, plan(brief, style), seed).score
        tune = score.part("melody").notes.sort_values("onset")
        *_, (before, pitch_before), (last, pitch) = zip(tune.duration, tune.pitch, strict=True)
        assert pitch % 12 == score.tonic
        assert pitch_before != pitch or before < 0.8 * score.bar
        assert last < 0.35 * score.length


@pytest.mark.parametrize("genre", ["reel", "hornpipe", "march", "jig"])
def test_a_last_note_that_rings_has_time_to_do_so(scores, genre):
    """Some reels ended on an eighth note of .13 s."""
    for score, whole, _ in scores[genre]:
        tune = score.part("melody").to_seconds()
        assert whole.seconds - tune.onset.max() > 0.5 - 0.02  # who is late
        final = tune.loc[tune.onset.idxmax()]
        assert final.onset + final.duration == pytest.approx(whole.seconds, abs=1e-6)


def test_dominants_take_less_time_than_tonics(scores):
    """Of chords as the melody alone would have them, some clips had more of the dominant."""
    shares = []
    for score, _, style in itertools.chain(*scores.values()):
        time = dict.fromkeys(range(12), 0.0)
        for start, end, name in score.chords:
            time[(parse_chord(name)[0] - score.tonic) % 12] += end - start
        assert time[0] == max(time.values()), style.name
        shares.append(time[7] / sum(time.values()))
    assert max(shares) < 0.36
    assert np.mean(shares) < 0.2


@pytest.mark.parametrize("mode", ["minor", "dorian"])
def test_clips_end_on_a_tonic_without_a_minor_seventh(mode):
    score, _, _ = composed("lofi_hip_hop", 0, mode=mode)
    last = score.notes[score.notes.onset >= score.chords[-1][0] - LATE]
    last = last[last.part.isin(["chords", "pad", "bass"])]
    assert set((last.pitch - score.tonic) % 12) == {0, 3, 7}


def test_sections_begin_on_the_tonic(scores):
    at_home = [
        parse_chord(chord_at(score, section.start))[0] == score.tonic
        for score, whole, _ in itertools.chain(*scores.values())
        for section in whole.sections
        if len(section.name) == 1
    ]
    assert np.mean(at_home) > 0.9


def test_strong_beats_have_notes_of_their_chords(scores):
    """Of twelve clips as they were drawn by the model alone, .70 of first beats had."""
    on_beat = []
    for score, whole, _ in itertools.chain(*scores.values()):
        melody = score.notes[score.notes.part == "melody"]
        for start in (start for section in whole.sections for start, _ in section.bars):
            for pitch in melody.pitch[abs(melody.onset - start) < LATE]:
                root, intervals = parse_chord(chord_at(score, start))
                on_beat.append(pitch % 12 in {(root + i) % 12 for i in intervals})
    assert len(on_beat) > 150
    assert np.mean(on_beat) > 0.78


def test_an_introduction_has_the_chords_of_what_follows_where_these_return():
    score, whole, style = composed("funk", 1)
    intro, first = whole.sections[:2]
    assert intro.name == "intro"
    assert style.harmony[score.mode].period is not None
    for (start, _), (there, _) in zip(intro.bars, first.bars, strict=False):
        assert chord_at(score, start) == chord_at(score, there)


def test_basses_play_roots_where_sections_begin_and_the_clip_ends(scores):
    for score, whole, _ in itertools.chain(*scores.values()):
        bass = score.notes[score.notes.part == "bass"]
        times = [section.start for section in whole.sections] + [whole.sections[-1].bars[-1][0]]
        for time in times:
            for pitch in bass.pitch[abs(bass.onset - time) < LATE]:
                assert pitch % 12 == parse_chord(chord_at(score, time))[0]


def test_a_walking_bass_never_stands_still():
    score, whole, _ = composed("jazz_swing", 1, metre=(4, 4))
    bass = score.notes[score.notes.part == "bass"]
    inside = bass[bass.onset < whole.sections[-1].bars[-1][0] - 0.5]
    assert len(inside) > 30
    assert np.mean(np.diff(inside.pitch) == 0) < 0.05


def test_fifths_of_a_bass_are_softer_than_roots():
    score, _, _ = composed("reel", 0)
    bass = score.notes[score.notes.part == "bass"]
    degree = [(pitch - parse_chord(chord_at(score, onset + LATE))[0]) % 12
              for pitch, onset in zip(bass.pitch, bass.onset, strict=True)]  # fmt: skip
    velocity = bass.velocity.to_numpy()
    assert velocity[np.equal(degree, 7)].mean() < velocity[np.equal(degree, 0)].mean() - 10


@pytest.mark.parametrize(
    ("name", "mode", "wanted"),
    [("C", "major", "Cmaj7"), ("G", "major", "G7"), ("Bb", "major", "Bbmaj7"),
     ("A", "major", "A7"), ("Bb", "minor", "Bb7"), ("Ab", "minor", "Abmaj7"),
     ("Bb", "dorian", "Bbmaj7"), ("F", "dorian", "F7"), ("C", "mixolydian", "C7"),
     ("D", "lydian", "D7"), ("Dm", "major", "Dm7"), ("G7", "minor", "G7")],
)  # fmt: skip
def test_sevenths_are_those_of_the_key(name, mode, wanted):
    assert coloured(name, "sevenths", 0, mode, set()) == wanted


def test_triads_have_their_root_twice_where_there_is_room():
    pitches = next_voicing("D", (), 72)
    assert [pitch % 12 for pitch in pitches].count(2) == 2
    assert {pitch % 12 for pitch in pitches} == {2, 6, 9}
    assert {pitch % 12 for pitch in next_voicing("D", (), 58)} <= {2, 6, 9}
