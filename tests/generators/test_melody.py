import copy
import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import audiogen
from audiogen.generators import MelodyComposer
from audiogen.generators._melody_draw import MelodyNetwork, log_likelihoods
from audiogen.generators._melody_features import Place, Strain, Vocabulary, note_table
from audiogen.generators._melody_runs import index_runs, shares_run
from audiogen.generators._melody_strains import spans_of, strains_of
from audiogen.io import Score
from helpers.melodies import SMALL, pairs_of, tune

# ------------------------------------------------------------------ training


def test_the_forward_pass_is_that_of_keras(composer, corpus):
    vocabulary = Vocabulary(**composer._vocabulary)
    strains = strains_of(spans_of(corpus[0][1]), vocabulary)
    table = note_table(vocabulary, vocabulary.condition("jig", "major", "6/8"), strains)
    network = MelodyNetwork(composer._weights["network"])
    inputs, notes = composer._batch(list(table), None, np.random.default_rng(0))
    rows = inputs[0].nonzero()[1].reshape(len(notes), -1)
    hidden = network.hidden(rows)
    of_pitch = network.pitch_logits(hidden, table[1])
    of_length = network.length_logits(hidden, notes[:, 0], table[1], table[2])
    for ours, keras in zip((of_pitch, of_length), composer.network_(list(inputs)), strict=True):
        np.testing.assert_allclose(ours, np.asarray(keras), atol=1e-5)


def test_training_lowers_the_loss_and_goes_on(corpus):
    composer = MelodyComposer(**{**SMALL, "epochs": 3}, random_state=0).fit(*corpus)
    assert composer.history_["loss"][-1] < composer.history_["loss"][0]
    composer.partial_fit(*corpus)
    assert composer.n_iter_ == 4


# ---------------------------------------------------------------- likelihood


def test_the_typical_score_is_that_of_tunes_of_the_genre(composer, corpus):
    tunes, y = corpus
    for genre, row in y.dropna().drop_duplicates("genre").set_index("genre").iterrows():
        own = np.flatnonzero(y.genre == genre)
        scores = [composer.score([tunes[i]], y.iloc[[i]]) for i in own]
        (typical,) = composer.typical_score({"genre": genre, "metre": row.metre})
        assert min(scores) - 0.01 <= typical <= max(scores) + 0.01
    asked = pd.DataFrame({"genre": ["reel", "jig"], "metre": ["4/4", "6/8"]})
    assert composer.typical_score(asked).shape == (2,)


def test_what_is_likely_sums_to_one(composer, corpus):
    vocabulary = Vocabulary(**composer._vocabulary)
    network = MelodyNetwork(composer._weights["network"])
    strains = strains_of(spans_of(corpus[0][0]), vocabulary)
    rows, pitches, lengths, _ = note_table(
        vocabulary, vocabulary.condition("reel", "major", "4/4"), strains
    )
    at = np.array([20] * vocabulary.n_pitches * vocabulary.n_durations)
    pairs = itertools.product(range(vocabulary.n_pitches), range(vocabulary.n_durations))
    logs = log_likelihoods(network, rows[at], pitches[at], lengths[at], np.array(list(pairs)))
    assert np.exp(logs).sum() == pytest.approx(1)


@settings(max_examples=20, deadline=None)
@given(st.integers(-7, 9), st.integers(0, 1000))
def test_a_transposed_tune_is_as_likely(composer, semitones, seed):
    """As long as its tonic stays within the octave from C: the network sees octaves."""
    score = tune(seed)
    moved = score.transpose(semitones)
    if not 0 <= score.tonic + semitones < 12:
        return
    y = {"genre": "reel"}
    assert composer.score([moved], y) == pytest.approx(composer.score([score], y))


@pytest.mark.parametrize(
    ("y", "message"),
    [
        ({"tempo": 100}, "no use for a column 'tempo'"),
        ({"metre": 4}, r"column 'metre' of y must hold text, such as '6/8'. Got 4"),
        ({"mode": [1.0]}, "column 'mode' of y must hold text, such as 'major'. Got 1.0"),
    ],
)
def test_conditions_that_are_no_text_are_refused(composer, y, message):
    with pytest.raises(ValueError, match=message):
        composer.sample(y=y, random_state=0)


def test_what_is_seen_is_what_went_before(composer, corpus):
    """Other notes later on change nothing before them."""
    vocabulary = Vocabulary(**composer._vocabulary)
    condition = vocabulary.condition("reel", "major", "4/4")
    strains = strains_of(spans_of(corpus[0][0]), vocabulary)
    first = note_table(vocabulary, condition, strains)
    n = len(strains[0].pitch) + 10
    strains[1].pitch[10:] = [1] * len(strains[1].pitch[10:])
    second = note_table(vocabulary, condition, strains)
    for before, after in zip(first[:3], second[:3], strict=True):
        np.testing.assert_array_equal(before[: n + 1], after[: n + 1])
        assert (before[n + 1 :] != after[n + 1 :]).any()


def test_sources_by_hand():
    vocabulary = Vocabulary(60, 72, [12, 24], [(0, 0)], ["reel"], ["2/4"], ["major"])
    strain = Strain(48, 3, 0, 144)
    place = Place(vocabulary, (0, 0, 0), [], strain)
    for pitch in (1, 3, 5, 6, 1, 3):
        place.add(pitch, 0, 12)
    _, pitches, lengths = place.seen()
    assert pitches[0] == 5  # a bar of four eighths before
    assert lengths[0] == 0
    assert pitches[1] == -1  # there is nothing two bars before
    assert place._sources[0].matched == 2
    place.add(7, 0, 12)
    assert place._sources[0].matched == 0
    assert place.seen()[1][0] == 6


# --------------------------------------------------------------------- scores


def test_spans_of_a_score_by_hand():
    notes = {"onset": [0.5, 1, 2, 3.5, 4.5, 5], "duration": [0.5, 1, 0.5, 1, 0.5, 3.5]}
    score = Score(
        {**notes, "pitch": [62, 64, 66, 62, 69, 64]},
        metre=(2, 4), tonic=2, pickup=1, sections=[("A", 0, 5), ("B", 5, 9)],
    )  # fmt: skip
    first, second = spans_of(score)
    assert (first.bar, first.n_bars, first.lead, first.end) == (48, 2, 24, 84)
    assert first.notes == [
        (-24, 12, None), (-12, 12, 60), (0, 24, 62), (24, 12, 64),
        (36, 12, None), (48, 12, None), (60, 24, 60),
    ]  # fmt: skip
    assert (second.lead, second.end) == (12, 96)
    assert second.notes == [(-12, 12, 67), (0, 84, 62), (84, 12, None)]


def test_of_notes_at_once_the_highest_counts():
    table = {"onset": [0, 0, 1], "duration": [3, 2, 1], "pitch": [60, 64, 67]}
    (span,) = spans_of(Score(table))
    assert span.notes[:2] == [(0, 24, 64), (24, 24, 67)]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 12), st.sampled_from([6, 12, 18, 24])), min_size=80))
def test_every_run_of_17_is_found_and_none_where_no_13_agree(notes):
    def strain(notes):
        found = Strain(96, 100, 0, 10**6)
        for pitch, ticks in notes:
            found.add(0, ticks, pitch + 1, 0)
        return found

    index = index_runs([[strain(notes)]])
    run = [(pitch + 2, ticks) for pitch, ticks in notes[20:38]]
    other = [(14, 3), (0, 4)] * 10
    assert shares_run(index, [strain(other + run + other)])
    assert not shares_run(index, [strain(other)])


# ------------------------------------------------------------------- composing


def test_melodies_have_the_metre_bars_form_and_key_asked_for(composer):
    y = {"genre": "jig", "metre": "6/8", "mode": "major"}
    for score in composer.sample(3, y, n_bars=4, form="AABA", random_state=0):
        assert score.metre == (6, 8)
        assert score.mode == "major"
        assert [section.name for section in score.sections] == list("AABA")
        assert score.length == score.pickup + 16 * score.bar
        assert score.sections[1].start == score.pickup + 4 * score.bar


def test_repeated_letters_repeat(composer):
    (score,) = composer.sample(1, {"genre": "reel"}, n_bars=4, form="ABA", random_state=0)
    length, notes = 4 * score.bar, score.notes
    begin = score.pickup + np.arange(3) * length

    def section(i):
        here = notes[(notes.onset >= begin[i]) & (notes.onset < begin[i] + length - 1.5)]
        return [(on - begin[i], pitch) for on, pitch in zip(here.onset, here.pitch, strict=True)]

    assert section(0) == section(2)


def test_a_short_section_repeated_at_once_ends_openly_the_first_time(composer):
    for score in composer.sample(2, {"genre": "reel"}, n_bars=4, form="AA", random_state=0):
        half = 4 * score.bar
        onset = score.notes.onset - score.pickup
        first, second = (
            score.notes[(onset >= i * half) & (onset < (i + 1) * half)] for i in (0, 1)
        )
        kept = first.onset < score.pickup + half - 2 * score.bar
        np.testing.assert_array_equal(first[kept].onset + half, second[: kept.sum()].onset)
        np.testing.assert_array_equal(first[kept].pitch, second[: kept.sum()].pitch)
        assert first.pitch.tolist() != second.pitch.tolist()


def test_the_same_first_melodies_however_many_follow(composer):
    few = composer.sample(2, {"genre": "reel"}, n_bars=4, random_state=5)
    many = composer.sample(4, {"genre": "reel"}, n_bars=4, random_state=5)
    for a, b in zip(few, many, strict=False):
        pd.testing.assert_frame_equal(a.notes, b.notes)


def test_no_melody_shares_a_long_run_with_a_tune(composer, corpus):
    runs = {
        tuple(pairs[i : i + 17])
        for pairs in map(pairs_of, corpus[0])
        for i in range(len(pairs) - 16)
    }
    for score in composer.sample(8, form="AB", n_bars=4, temperature=0.3, random_state=2):
        pairs = pairs_of(score)
        assert not runs & {tuple(pairs[i : i + 17]) for i in range(len(pairs) - 16)}


def test_what_copies_is_drawn_again(composer):
    call = {"n_samples": 1, "y": {"genre": "jig", "metre": "6/8"}, "random_state": 4}
    (first,) = composer.sample(**call)
    other = copy.deepcopy(composer)
    vocabulary = Vocabulary(**composer._vocabulary)
    other._runs = index_runs([strains_of(spans_of(first), vocabulary)])
    (second,) = other.sample(**call)
    assert pairs_of(second) != pairs_of(first)


def test_compact_keeps_what_melodies_are_made_of(composer, corpus, tmp_path):
    small = copy.deepcopy(composer).compact()
    assert small.score(*corpus) == pytest.approx(composer.score(*corpus), abs=1e-3)
    for name, kept in (("all", composer), ("small", small)):
        audiogen.save(kept, tmp_path / name)
    sizes = [(tmp_path / name).stat().st_size for name in ("all", "small")]
    assert sizes[1] < sizes[0] / 3
    assert audiogen.load(tmp_path / "small").partial_fit(*corpus).n_iter_ == 5


def test_conditions_come_back(composer):
    scores, y = composer.sample(3, return_y=True, n_bars=4, random_state=0)
    assert len(scores) == len(y) == 3
    assert list(y) == ["genre", "metre", "mode"]
    _, y = composer.sample(2, {"metre": "3/4", "mode": "major"}, return_y=True, n_bars=4)
    assert y.genre.isna().all()
    assert set(y.metre) == {"3/4"}


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ({"y": {"genre": "reeel"}}, "Did you mean reel"),
        ({"y": {"metre": "5/4"}}, "metre '5/4' is none of those"),
        ({"y": {"tempo": [3]}}, "no use for a column 'tempo'"),
        ({"form": "AaB"}, "'form'"),
        ({"form": ""}, "'form'"),
        ({"n_bars": 0}, "'n_bars'"),
        ({"temperature": 0}, "'temperature'"),
        ({"top_p": 1.5}, "'top_p'"),
        ({"n_draws": 0}, "'n_draws'"),
        ({"n_samples": 2, "y": {"genre": ["reel"] * 3}}, "n_samples is 2, but y has 3 rows"),
    ],
)
def test_what_cannot_be_composed_is_refused(composer, call, words):
    with pytest.raises(ValueError, match=words):
        composer.sample(**call)


def test_what_cannot_be_learnt_is_refused(corpus):
    with pytest.raises(TypeError, match="list of tunes"):
        MelodyComposer().fit(corpus[0][0])
    with pytest.raises(TypeError, match="Got a str among"):
        MelodyComposer().fit(["tune.mid"])
    with pytest.raises(ValueError, match="no tune with a note"):
        MelodyComposer().fit([])
    with pytest.raises(ValueError, match="12 tunes"):
        MelodyComposer().fit(corpus[0], {"genre": ["reel", "jig"]})
