"""Chords by the rules of a style: which there are, how long they last and when they return."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audiogen.generators import ChordRules, Harmonizer
from audiogen.io import Score, Section, parse_chord

ROCK = {"C": 4, "F": 3, "G": 3, "Am": 2, "Bb": 1}
NOTES = {"C": (60, 64, 67), "F": (65, 69, 72), "G": (67, 71, 74), "Am": (69, 72, 76)}


def song(seed, names="", bars=8, metre=(4, 4), letters="A", pickup=0.0):
    """Return a melody of notes of chords, a chord a bar, and sections of so many bars."""
    rng = np.random.default_rng(seed)
    bar, total = 4 * metre[0] / metre[1], bars * len(letters)
    names = names.split() or ["C", *rng.choice(list(NOTES), total - 2), "C"]
    onsets = pickup + np.arange(2 * total) * bar / 2
    pitches = [int(rng.choice(NOTES[names[i // 2 % len(names)]])) for i in range(2 * total)]
    table = {"onset": onsets, "duration": [bar / 2] * (2 * total), "pitch": pitches}
    spans = [(pickup + i * bar, pickup + (i + 1) * bar, names[i % len(names)])
             for i in range(total)]  # fmt: skip
    sections = [Section(letter, pickup + i * bars * bar, pickup + (i + 1) * bars * bar)
                for i, letter in enumerate(letters)]  # fmt: skip
    return Score(table, metre=metre, chords=spans, sections=sections, pickup=pickup)


def by_bars(score, n_bars):
    """Return the chords of each bar, as (place in the bar, name)."""
    found = []
    for number in range(n_bars):
        start = score.pickup + number * score.bar
        found.append([(max(a, start) - start, name) for a, b, name in score.chords
                      if b > start + 1e-6 and a < start + score.bar - 1e-6])  # fmt: skip
    return found


@pytest.fixture(scope="module")
def counted():
    return Harmonizer("hmm", temperature=1.0).fit([song(seed) for seed in range(30)])


@given(
    seed=st.integers(0, 99), metre=st.sampled_from([(4, 4), (3, 4), (6, 8)]),
    letters=st.sampled_from(["A", "AB", "AAB", "ABA"]), pickup=st.sampled_from([0.0, 1.0]),
    period=st.sampled_from([None, 2, 4]), decoding=st.sampled_from(["viterbi", "sample"]),
)  # fmt: skip
@settings(max_examples=15, deadline=None)
def test_chords_keep_to_the_rules(counted, seed, metre, letters, pickup, period, decoding):
    rules = ChordRules(ROCK, shortest=1, longest=2, period=period)
    tune = song(seed, metre=metre, letters=letters, pickup=pickup)
    counted.set_params(decoding=decoding)
    (found,) = counted.predict([tune], rules=rules, random_state=seed)
    assert {name for _, _, name in found.chords} <= set(ROCK)
    assert found.chords[0][2] == found.chords[-1][2] == "C"
    bars = by_bars(found, 8 * len(letters))
    sections = [bars[8 * i : 8 * i + 8] for i in range(len(letters))]
    for letter, section in zip(letters, sections, strict=True):
        assert section == sections[letters.index(letter)]
        assert all(len(bar) == 1 for bar in section[:6])
        if period is not None:
            assert all(section[i] == section[i % period] for i in range(6))
    (moved,) = counted.predict([tune.transpose(5)], rules=rules, random_state=seed)
    assert moved == found.transpose(5)


def test_no_chord_lasts_longer_than_it_may(counted):
    tune = song(0, "C C C C C C C C")
    rules = ChordRules({"C": 4, "Am": 1}, shortest=1, longest=3)
    (found,) = counted.set_params(decoding="viterbi").predict([tune], rules=rules)
    assert max(end - start for start, end, _ in found.chords) <= 3 * tune.bar


def test_what_is_wanted_more_comes_more_often(counted):
    tunes = [song(seed) for seed in range(12)]
    counted.set_params(decoding="viterbi")

    def share(weight):
        rules = ChordRules({"C": 1, "F": 1, "G": 1, "Am": weight}, shortest=1)
        found = counted.predict(tunes, rules=rules)
        return sum(b - a for score in found for a, b, name in score.chords if name == "Am")

    assert share(0.01) < share(1) < share(1000)


def test_chords_take_the_shares_of_time_that_are_wanted(counted):
    tunes = [song(seed) for seed in range(12)]  # of C, F, G and Am by equal chances
    wanted = {"C": 0.4, "F": 0.3, "G": 0.2, "Am": 0.1}
    rules = ChordRules({name: 10 * share for name, share in wanted.items()}, shortest=1)
    found = counted.set_params(decoding="viterbi").predict(tunes, rules=rules)
    time = sum(score.length for score in found)
    for name, share in wanted.items():
        taken = sum(b - a for score in found for a, b, chord in score.chords if chord == name)
        assert taken / time == pytest.approx(share, abs=0.06)


def test_minor_thirds_are_not_sung_over_major_chords(counted):
    pitches = [60, 63, 58, 53, 55, 55, 60, 60]
    table = {"onset": np.arange(8.0) * 2, "duration": [2.0] * 8, "pitch": pitches}
    tune = Score(table, mode="minor", sections=[Section("A", 0, 16)])
    rules = ChordRules({"Cm": 1, "G7": 1, "Gm": 1}, shortest=1)
    (found,) = counted.predict([tune], rules=rules)
    assert [bar[0][1] for bar in by_bars(found, 4)] == ["Cm", "Gm", "G7", "Cm"]


def test_notes_on_the_beat_are_of_the_chord(counted):
    tune = song(3, "C F G C F C G C")
    rules = ChordRules({"C": 1, "F": 1, "G": 1}, shortest=1)
    (found,) = counted.set_params(decoding="viterbi").predict([tune], rules=rules)
    tones = [
        {(root + i) % 12 for i in intervals}
        for root, intervals in (parse_chord(bar[0][1]) for bar in by_bars(found, 8))
    ]
    heard = tune.notes.pitch.to_numpy()[::2] % 12
    assert np.mean([note in chord for note, chord in zip(heard, tones, strict=True)]) >= 0.85


def test_other_modes_have_chords_of_their_own_tonic(counted):
    tune = song(1).transpose(2).replace(mode="dorian", tonic=4)
    rules = ChordRules({"Cm7": 3, "F7": 2, "Bb": 1}, shortest=1)
    (found,) = counted.predict([tune], rules=rules, random_state=0)
    assert {name for _, _, name in found.chords} <= {"Em7", "A7", "D"}
    assert found.chords[-1][2] == "Em7"


def test_rules_that_cannot_be_are_refused():
    with pytest.raises(ValueError, match="must hold a chord whose root is C"):
        ChordRules({"F": 1})
    with pytest.raises(ValueError, match="weights above 0"):
        ChordRules({"C": 1, "F": 0})
    with pytest.raises(
        ValueError, match="'period' parameter of ChordRules must be None or an int"
    ):
        ChordRules({"C": 1}, period=0)
    with pytest.raises(ValueError, match="'shortest' parameter"):
        ChordRules({"C": 1}, shortest=0)
    with pytest.raises(ValueError, match="must be at most 'longest', which is 1. Got 8"):
        ChordRules({"C": 1}, shortest=8, longest=1)
    with pytest.raises(TypeError, match="chords"):
        ChordRules()


@pytest.mark.parametrize(
    "quality", ["sus4", "6", "add9", "9", "dim7", "7b9", "/E", "(add9)", "M7"]
)
def test_chords_that_would_be_played_as_others_are_refused(quality):
    with pytest.raises(ValueError, match="m7, maj7, dim, m7b5, aug. Got 'Bb") as caught:
        ChordRules({"C": 1, f"Bb{quality}": 1})
    assert f"'Bb{quality}'" in str(caught.value)


def test_chords_that_are_learnt_are_taken_as_they_are(counted):
    chords = {"C": 1, "Cm": 1, "D7": 1, "Ebm7": 1, "F#maj7": 1, "Gdim": 1, "Bm7b5": 1, "Abaug": 1}
    (found,) = counted.predict([song(0)], rules=ChordRules(chords), random_state=0)
    assert {name for _, _, name in found.chords} <= set(chords)
