"""Harmonizer: paths against all paths, transposition, cadences, vocabularies and what is kept."""

import itertools
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import audiogen
from audiogen.generators import Harmonizer
from audiogen.generators._chain import draw_path, most_likely_path, tied
from audiogen.generators._harmony_slots import rooted, slots_of, triads_of
from audiogen.io import Score, Section, parse_chord

SCALE = np.array([0, 2, 4, 5, 7, 9, 11])
CHORDS = {"C": (0, 4, 7), "F": (5, 9, 0), "G7": (7, 11, 2), "Am": (9, 0, 4), "Dm": (2, 5, 9)}


def tune(seed, *, bars=8, metre=(4, 4), key=0):
    """Return a melody of chord notes over usual chords, with them."""
    rng = np.random.default_rng(seed)
    names = [*rng.choice(["C", "F", "Am", "Dm"], bars - 2), "G7", "C"]
    names[0] = "C"
    bar = 4 * metre[0] / metre[1]
    onsets = np.arange(4 * bars) * bar / 4
    pitches = [60 + rng.choice(CHORDS[names[i // 4]]) for i in range(4 * bars)]
    table = {"onset": onsets, "duration": [bar / 4] * len(onsets), "pitch": pitches}
    spans = [(i * bar, (i + 1) * bar, name) for i, name in enumerate(names)]
    return Score(table, metre=metre, chords=spans).transpose(key)


def bare(score):
    return score.replace(chords=[])


@pytest.fixture(scope="module")
def tunes():
    return [tune(seed, key=seed % 12) for seed in range(24)]


@pytest.fixture(scope="module")
def fitted(tunes):
    small = {"units": 16, "root_units": 8, "batch_size": 8, "ema": 0.0, "dropout": 0.1}
    return Harmonizer(**small, epochs=8, learning_rate=5e-3, random_state=0).fit(tunes)


def log_tables(seed, n_steps=4, n_states=3):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n_steps, n_states)), rng.normal(size=(n_steps, n_states, n_states))


def weight_of(path, emissions, transitions):
    steps = range(1, len(path))
    return sum(emissions[i, s] for i, s in enumerate(path)) + sum(
        transitions[i, path[i - 1], path[i]] for i in steps
    )


@given(st.integers(0, 1000))
@settings(max_examples=25, deadline=None)
def test_viterbi_finds_the_best_of_all_paths(seed):
    emissions, transitions = log_tables(seed)
    every = list(itertools.product(range(3), repeat=4))
    best = max(every, key=lambda path: weight_of(path, emissions, transitions))
    assert tuple(most_likely_path(emissions, transitions)) == best


def test_paths_are_drawn_by_their_probability():
    emissions, transitions = log_tables(0, n_steps=3, n_states=2)
    every = list(itertools.product(range(2), repeat=3))
    p = np.exp([weight_of(path, emissions, transitions) for path in every])
    rng = np.random.default_rng(0)
    drawn = [tuple(draw_path(emissions, transitions, c).tolist()) for c in rng.random((4000, 3))]
    shares = [drawn.count(path) / len(drawn) for path in every]
    assert shares == pytest.approx(p / p.sum(), abs=0.03)


def test_what_is_seen_twice_is_tied():
    found = tied(np.array([[1.0, 0.0], [0.5, 0.5], [0.0, 1.0]]), np.array([[1], [2], [1]]))
    assert found.tolist() == [[0.5, 0.5], [0.5, 0.5], [0.5, 0.5]]


def test_slots_hold_what_sounds_in_them():
    score = Score({"onset": [0, 1, 3], "duration": [1, 2, 1], "pitch": [62, 66, 69]}, tonic=2)
    slots = slots_of(score)
    assert slots.starts.tolist() == [0, 2, 4]
    assert slots.sounding[0].nonzero()[0].tolist() == [0, 4]
    assert slots.sounding[1, [4, 7]].tolist() == [0.5, 0.5]
    assert slots.chords.tolist() == [-1, -1]


@pytest.mark.parametrize(
    ("metre", "pickup", "n_slots"),
    [((4, 4), 0, 4), ((3, 4), 0, 2), ((6, 8), 1.5, 4), ((9, 8), 0, 2)],
)
def test_slots_are_half_bars_or_bars(metre, pickup, n_slots):
    end = pickup + 2 * 4 * metre[0] / metre[1]
    score = Score({"onset": [0], "duration": [end], "pitch": [60]}, metre=metre, pickup=pickup)
    slots = slots_of(score)
    assert len(slots.chords) == n_slots
    assert slots.starts[0] == pickup
    assert slots.starts[-1] == pytest.approx(end)


def test_above_each_root_a_chord_looks_the_same():
    pitches = np.zeros((1, 1, 12))
    pitches[0, 0, [2, 6, 9]] = 1
    assert rooted(pitches)[0, 2].nonzero()[0].tolist() == [0, 4, 7]


def test_finds_chords_that_fit(fitted):
    new = [tune(seed, key=seed % 12) for seed in range(100, 110)]
    assert fitted.score(new) > 0.75
    assert Harmonizer("hmm").fit([tune(s) for s in range(20)]).score(new) > 0.6


@pytest.mark.parametrize("model", ["network", "hmm"])
@pytest.mark.parametrize("decoding", ["viterbi", "sample"])
def test_a_transposed_melody_has_transposed_chords(fitted, tunes, model, decoding):
    one = fitted if model == "network" else Harmonizer("hmm").fit(tunes)
    one = pickle.loads(pickle.dumps(one)).set_params(decoding=decoding)
    melodies = [
        bare(tune(seed, metre=metre)) for seed, metre in enumerate([(4, 4), (6, 8), (3, 4)])
    ]
    found = one.predict(melodies, random_state=3)
    for semitones in (1, 5, -4):
        moved = one.predict([m.transpose(semitones) for m in melodies], random_state=3)
        assert moved == [score.transpose(semitones) for score in found]


def test_notes_stay_and_chords_cover_the_whole_bars(fitted):
    melody = bare(tune(3)).replace(sections=[Section("A", 0, 16), Section("B", 16, 32)])
    (found,) = fitted.predict([melody])
    assert found.notes.drop(columns="chord").equals(melody.notes.drop(columns="chord"))
    assert found.sections == melody.sections
    assert found.chords[0][0] == 0
    assert found.chords[-1][1] == found.length
    assert all(a[1] == b[0] for a, b in itertools.pairwise(found.chords))


@pytest.mark.parametrize(
    ("mode", "last"), [("major", "D"), ("minor", "Dm"), ("dorian", "Dm"), ("mixolydian", "D")]
)
@pytest.mark.parametrize("decoding", ["viterbi", "sample"])
def test_ends_on_the_tonic(fitted, mode, last, decoding):
    melody = tune(5).transpose(2).replace(mode=mode, chords=[])
    one = pickle.loads(pickle.dumps(fitted)).set_params(decoding=decoding)
    (found,) = one.predict([melody], random_state=0)
    assert found.chords[-1][2] == last


def test_no_chord_lasts_long(fitted):
    table = {"onset": np.arange(32.0), "duration": [1] * 32, "pitch": [60, 64, 67, 72] * 8}
    melody = Score(table)
    for decoding in ("viterbi", "sample"):
        one = pickle.loads(pickle.dumps(fitted)).set_params(decoding=decoding)
        (found,) = one.predict([melody], random_state=0)
        assert max(end - start for start, end, _ in found.chords) <= 6 * melody.bar


def test_the_tonic_of_a_minor_key_is_where_its_notes_are(fitted):
    table = {"onset": np.arange(16.0), "duration": [1] * 16, "pitch": [57, 60, 64, 60] * 4}
    (found,) = fitted.predict([Score(table, tonic=9, mode="minor")])
    assert found.chords[0][2] == "Am"


def test_vocabularies(fitted):
    one = pickle.loads(pickle.dumps(fitted))
    melodies = [bare(tune(seed)) for seed in range(8)]
    found = {}
    for vocabulary in ("sevenths", "triads"):
        one.set_params(vocabulary=vocabulary, decoding="sample", temperature=2.0)
        scores = one.predict(melodies, random_state=0)
        found[vocabulary] = {name for score in scores for _, _, name in score.chords}
    assert "G7" in found["sevenths"]
    assert all(len(parse_chord(name)[1]) == 3 for name in found["triads"])


def test_colder_draws_are_nearer_to_the_likeliest_path(fitted):
    one = pickle.loads(pickle.dumps(fitted))
    melodies = [bare(tune(seed)) for seed in range(6)]
    best = one.predict(melodies)
    one.set_params(decoding="sample", temperature=1e-3)
    assert one.predict(melodies, random_state=0) == best
    one.set_params(temperature=3.0)
    assert one.predict(melodies, random_state=0) != best
    assert one.predict(melodies, random_state=0) == one.predict(melodies, random_state=0)


def test_a_melody_shorter_than_a_bar_and_a_pickup_alone(fitted):
    for length, pickup in ((1, 0), (1, 1), (5, 1)):
        table = {"onset": [0], "duration": [length], "pitch": [60]}
        (found,) = fitted.predict([Score(table, pickup=pickup)])
        assert found.chords[-1][2] == "C"


def test_the_score_counts_half_bars_with_a_chord(fitted):
    melody = tune(1)
    (found,) = fitted.predict([melody])
    partly = found.replace(chords=[c for c in found.chords if c[1] <= 8] or found.chords[:1])
    assert fitted.score([partly]) == 1
    assert (triads_of(bare(melody)) == -1).all()


def test_refuses_what_is_no_score_or_has_no_chords(fitted):
    with pytest.raises(ValueError, match="row 1 of X has no chords"):
        Harmonizer("hmm").fit([tune(0), bare(tune(1))])
    with pytest.raises(TypeError, match="sequence of one or more Scores"):
        fitted.predict(tune(0))
    with pytest.raises(TypeError, match="int in row 0"):
        fitted.predict([3])
    with pytest.raises(ValueError, match="'vocabulary' parameter of Harmonizer"):
        Harmonizer("hmm", vocabulary="jazz").fit([tune(0)])


@pytest.mark.parametrize("model", ["network", "hmm"])
def test_kept_in_a_file(fitted, tunes, model, tmp_path):
    one = fitted if model == "network" else Harmonizer("hmm").fit(tunes)
    melodies = [bare(tune(seed)) for seed in range(3)]
    audiogen.save(one, tmp_path / "chords.skops")
    again = audiogen.load(tmp_path / "chords.skops")
    assert again.predict(melodies) == one.predict(melodies)
    if model == "network":
        audiogen.save(again.compact(), tmp_path / "small.skops")
        assert again.score(tunes) == pytest.approx(one.score(tunes), abs=0.03)
        assert again.partial_fit(tunes).n_iter_ == one.n_iter_ + 1
