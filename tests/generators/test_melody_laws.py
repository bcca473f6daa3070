"""What MelodyComposer says of itself: what it sees, how it draws, what it hands out, its score."""

import contextlib
import copy

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import softmax

from audiogen.generators import MelodyComposer
from audiogen.generators._melody_choice import is_closed, most_typical
from audiogen.generators._melody_data import batch_of
from audiogen.generators._melody_draw import (
    MelodyNetwork,
    Taste,
    _picked,
    draw_strains,
    log_likelihoods,
)
from audiogen.generators._melody_features import Place, Strain, Vocabulary, note_table
from audiogen.generators._melody_strains import spans_of, strains_of
from audiogen.io import SCALES
from audiogen.music import pretrained
from helpers.melodies import pairs_of, tune

BAR, EIGHTH = 96, 12  # ticks
REEL = ("reel", "major", "4/4")


@pytest.fixture(scope="module")
def network(composer):
    return MelodyNetwork(composer._weights["network"])


@pytest.fixture(scope="module")
def vocabulary(composer):
    return Vocabulary(**composer._vocabulary)


# ---------------------------------------------------------------- what is seen


def random_strain(vocabulary, n_bars, seed):
    """Return bars of eighths of the middle pitches, after one of each of the outermost."""
    rng = np.random.default_rng(seed)
    strain, length = Strain(BAR, n_bars, 0, n_bars * BAR), vocabulary.length_class(EIGHTH)
    pitches = rng.integers(3, vocabulary.n_pitches - 2, 8 * n_bars)
    pitches[:2] = 1, vocabulary.n_pitches - 1
    for i, pitch in enumerate(pitches.tolist()):
        strain.add(i * EIGHTH, EIGHTH, pitch, length)
    return strain


def with_another_pitch(strain, i):
    other = copy.deepcopy(strain)
    other.pitch[i] += -1 if strain.pitch[i] > 3 else 1
    return other


def odds_of_next_pitch(vocabulary, network, before, strain):
    place = Place(vocabulary, vocabulary.condition(*REEL), before, strain.empty())
    for note in zip(strain.pitch, strain.length, strain.duration, strict=True):
        place.add(*note)
    rows, pitches, _ = (np.array([part]) for part in place.seen())
    assert pitches[0, -1] == -1, "a longer match would show more than the distances"
    return network.pitch_logits(network.hidden(rows), pitches)[0]


@pytest.mark.parametrize("n_bars_back", range(1, 13))
def test_the_bars_1_2_4_and_8_before_are_seen_and_no_others(vocabulary, network, n_bars_back):
    strain, here = random_strain(vocabulary, 16, seed=1), 13 * 8 + 4
    strain = Strain(BAR, 16, 0, 16 * BAR, *(
        column[:here] for column in (strain.start, strain.duration, strain.pitch, strain.length)
    ))  # fmt: skip
    other = with_another_pitch(strain, here - 8 * n_bars_back)
    found = [odds_of_next_pitch(vocabulary, network, [], s) for s in (strain, other)]
    assert (found[0] != found[1]).any() == (n_bars_back in (1, 2, 4, 8))


@pytest.mark.parametrize(("section", "seen"), [(2, True), (1, True), (0, False)])
@pytest.mark.parametrize("offset", [0, 3])
def test_this_place_in_the_two_sections_before_is_seen(vocabulary, network, section, seen, offset):
    """At another place of them, three notes on, nothing is."""
    strains = [random_strain(vocabulary, 8, seed) for seed in range(2, 5)]
    strain = random_strain(vocabulary, 8, seed=5)
    here = 3 * 8 + 4
    strain = Strain(BAR, 8, 0, 8 * BAR, *(
        column[:here] for column in (strain.start, strain.duration, strain.pitch, strain.length)
    ))  # fmt: skip
    others = list(strains)
    others[section] = with_another_pitch(strains[section], here + offset)
    found = [odds_of_next_pitch(vocabulary, network, b, strain) for b in (strains, others)]
    assert (found[0] != found[1]).any() == (seen and offset == 0)


def test_some_training_is_without_genre_and_mode(composer, corpus, vocabulary):
    strains = strains_of(spans_of(corpus[0][0]), vocabulary)
    table = note_table(vocabulary, vocabulary.condition(*REEL), strains)
    columns = [np.tile(column, (100, 1)) for column in table]
    inputs, _ = batch_of(vocabulary, columns, np.random.default_rng(0))
    genre = inputs[0][:, vocabulary.free_genre]
    mode = inputs[0][:, vocabulary.free_mode]
    assert genre.mean() == pytest.approx(0.2, abs=0.02)
    assert mode.mean() == pytest.approx(0.1, abs=0.02)
    assert (genre >= mode).all(), "the mode is never left out alone"


def test_unknown_and_missing_genres_are_the_free_one(composer, corpus):
    tunes, y = corpus
    free = composer.score(tunes, y.assign(genre=None))
    assert composer.score(tunes, y.assign(genre="polka")) == free
    assert free != composer.score(tunes, y)
    assert free > np.log(1 / 8), "training has seen melodies without a genre, too"
    scores, drawn = composer.sample(3, return_y=True, n_bars=4, random_state=0)
    assert len(scores) == 3
    assert set(drawn.metre) <= {"4/4", "6/8", "3/4"}


# ---------------------------------------------------------------- how it draws


LOGS = st.lists(st.floats(-8, 0), min_size=2, max_size=12)


@settings(max_examples=50, deadline=None)
@given(LOGS, st.floats(0.2, 3), st.floats(0.05, 1))
def test_draws_are_of_the_nucleus_as_often_as_they_are_likely(logs, temperature, top_p):
    p = softmax(np.array(logs) / temperature)
    order = np.argsort(-p, kind="stable")
    n_kept = np.searchsorted(np.cumsum(p[order]), top_p * (1 - 1e-12)) + 1
    kept = order[: min(n_kept, len(p))]
    n = 4000
    chances = (np.arange(n) + 0.5) / n
    found = _picked(np.tile(logs, (n, 1)), Taste(temperature, 0, top_p), chances)
    shares = np.bincount(found, minlength=len(p)) / n
    expected = np.zeros(len(p))
    expected[kept] = p[kept] / p[kept].sum()
    assert shares == pytest.approx(expected, abs=2 / n)


def drawn(network, vocabulary, taste, seeds=range(3), condition=REEL, n_bars=2):
    frame = Strain(BAR, n_bars, 0, n_bars * BAR)
    rngs = [np.random.default_rng(seed) for seed in seeds]
    condition = vocabulary.condition(*condition)
    return draw_strains(network, vocabulary, condition, [], frame, taste, rngs)


@pytest.mark.parametrize("taste", [Taste(1e-4, 0, 1), Taste(1, 0, 1e-9)])
def test_at_no_temperature_or_an_empty_nucleus_the_likeliest_note_follows(
    network, vocabulary, taste
):
    first, *others = (draw.strain for draw in drawn(network, vocabulary, taste))
    assert all(other == first for other in others)
    rows, pitches, lengths, notes = note_table(vocabulary, vocabulary.condition(*REEL), [first])
    hidden = network.hidden(rows)
    np.testing.assert_array_equal(network.pitch_logits(hidden, pitches).argmax(1), notes[:, 0])
    of_length = network.length_logits(hidden, notes[:, 0].astype(int), pitches, lengths)
    room = first.end - np.array(first.start)
    of_length[np.array(vocabulary.durations) > room[:, np.newaxis]] = -np.inf
    np.testing.assert_array_equal(of_length.argmax(1), notes[:, 1])


def test_no_note_of_the_pickup_is_held_over_the_first_bar_line(network, vocabulary):
    """Where no duration that was learnt fits, what is left becomes the note."""
    for lead in (EIGHTH // 2, EIGHTH, 3 * EIGHTH // 2):
        frame = Strain(BAR, 2, lead, 2 * BAR)
        rngs = [np.random.default_rng(seed) for seed in range(5)]
        condition = vocabulary.condition(*REEL)
        draws = draw_strains(network, vocabulary, condition, [], frame, Taste(1, 0, 1), rngs)
        assert all(draw.strain.start[0] == -lead for draw in draws)
        assert all(0 in draw.strain.start for draw in draws)


def test_without_guidance_melodies_are_those_of_the_condition_alone(composer, network, vocabulary):
    """Then what was learnt of notes without a genre does not matter; with guidance it does."""
    weights = copy.deepcopy(composer._weights["network"])
    weights["seen_units"][0][[vocabulary.free_genre, vocabulary.free_mode]] += 3
    other = MelodyNetwork(weights)
    for guidance, same in ((0.0, True), (0.6, False)):
        taste = Taste(1, guidance, 1)
        found = [drawn(net, vocabulary, taste, range(5)) for net in (network, other)]
        assert (found[0] == found[1]) == same


def test_how_melodies_are_drawn_is_a_parameter_too(composer):
    own = {"temperature": 0.8, "guidance": 1.5, "top_p": 0.7, "n_draws": 2}
    (ours,) = copy.copy(composer).set_params(**own).sample(n_bars=4, random_state=0)
    (asked,) = composer.sample(n_bars=4, random_state=0, **own)
    (usual,) = composer.sample(n_bars=4, random_state=0)
    assert ours == asked
    assert ours != usual


def test_guidance_leads_to_notes_of_the_mode(composer):
    def share(guidance):
        call = {"n_bars": 4, "n_draws": 1, "top_p": 1.0, "random_state": 0}
        scores = composer.sample(16, {"mode": "minor"}, guidance=guidance, **call)
        pitch = np.concatenate([score.notes.pitch for score in scores])
        return np.isin(pitch % 12, SCALES["minor"]).mean()

    assert share(0.0) + 0.02 < share(1.0)
    assert share(1.0) < share(3.0)


# ------------------------------------------------------- what is handed out


def test_of_several_draws_the_most_typical_is_chosen_not_the_likeliest():
    """By hand, among draws of the shipped composer that differ in what is typical alone."""
    composer = pretrained("melody")
    network = MelodyNetwork(composer._weights["network"])
    vocabulary = Vocabulary(**composer._vocabulary)
    draws = drawn(network, vocabulary, Taste(1, 0.6, 0.95), range(200))
    draws = [draw for draw in draws if is_plain(draw.strain, vocabulary.low)]
    assert len(draws) > 10
    condition = vocabulary.condition(*REEL)
    tables = [note_table(vocabulary, condition, [draw.strain]) for draw in draws]
    worth = np.array([log_likelihoods(network, *table).mean() for table in tables])
    distinct = [len({notes_of_bar(draw.strain, i) for i in range(2)}) / 2 for draw in draws]
    found = np.stack([worth, distinct, np.zeros(len(draws))], axis=1)
    for q in (0.2, 0.4, 0.6, 0.8):
        wanted = np.array([np.quantile(worth, q), 1, 0])
        nearest = np.abs((found - wanted) / [0.3, 0.12, 0.2]).sum(axis=1).argmin()
        assert most_typical(draws, wanted, vocabulary.low, "major") is draws[nearest]
        assert nearest != worth.argmax()


def notes_of_bar(strain, i):
    inside = [BAR * i <= start < BAR * (i + 1) for start in strain.start]
    columns = zip(strain.start, strain.duration, strain.pitch, inside, strict=True)
    return tuple((start % BAR, ticks, pitch) for start, ticks, pitch, kept in columns if kept)


def is_plain(strain, low):
    """Tell whether notes are of the scale and go by steps and small leaps to the tonic."""
    pitch = np.array(strain.pitch)
    return (
        (pitch > 0).all()
        and np.isin((low + pitch - 1) % 12, SCALES["major"]).all()
        and is_closed(strain, low)
        and np.abs(np.diff(pitch)).max() <= 5
        and strain.duration[-1] >= EIGHTH
        and all(s % BAR + t <= BAR for s, t in zip(strain.start, strain.duration, strict=True))
        and all(len({p for _, _, p in notes_of_bar(strain, i)}) > 2 for i in range(2))
    )


def test_the_more_draws_the_more_typical(composer):
    y = {"genre": "reel", "metre": "4/4", "mode": "major"}
    (typical,) = composer.typical_score(y)

    def far(n_draws):
        scores = composer.sample(12, y, n_bars=4, n_draws=n_draws, random_state=1)
        return np.mean([abs(composer.score([score], y) - typical) for score in scores])

    assert far(16) < far(1)


@pytest.fixture(scope="module")
def parrot():
    """A composer that knows two tunes by heart."""
    composer = MelodyComposer(
        units=32, dropout=0, epochs=25, batch_size=32, learning_rate=0.03, ema=0, random_state=0
    )
    return composer.fit([tune(1), tune(2)], {"genre": ["reel", "reel"]})


def longest_shared_run(score, tunes):
    """Return the length of the longest run of pairs that a melody shares with tunes."""
    pairs, others, n = pairs_of(score), [pairs_of(one) for one in tunes], 0
    runs = {tuple(other[i:j]) for other in others for i in range(len(other)) for j in range(i, 65)}
    while any(tuple(pairs[i : i + n + 1]) in runs for i in range(len(pairs) - n)):
        n += 1
    return n


def test_an_overfitted_composer_copies_no_long_run(parrot):
    tunes, call = [tune(1), tune(2)], {"n_bars": 4, "n_draws": 4, "random_state": 0}
    unbound = copy.deepcopy(parrot)
    unbound._runs = unbound._runs[:0]
    copies = unbound.sample(6, form="AB", **call)
    assert max(longest_shared_run(score, tunes) for score in copies) > 16
    scores = []
    for temperature in (1.8, 2.2, 2.6):
        varied = {"temperature": temperature, "top_p": 1.0, "guidance": 0.0}
        with contextlib.suppress(ValueError):  # that it can only copy, see below
            scores += parrot.sample(6, form="AB", **varied, **call)
    assert max(longest_shared_run(score, tunes) for score in scores) <= 16


def test_a_composer_that_can_only_copy_says_so(parrot):
    with pytest.raises(ValueError, match="shares a run of more than 16 notes with a tune"):
        parrot.sample(1, n_bars=8, n_draws=2, temperature=0.1, top_p=0.1, random_state=0)


# ------------------------------------------------------------------- its score


def test_score_is_the_mean_over_notes_of_what_the_network_predicts(composer, corpus, vocabulary):
    """From Keras' own outputs, rests counted, and summed by hand."""
    tunes, y = corpus
    logs = []
    for score, row in zip(tunes[:3], y[:3].itertuples(), strict=True):
        condition = vocabulary.condition(row.genre, row.mode, row.metre)
        table = note_table(vocabulary, condition, strains_of(spans_of(score), vocabulary))
        rows, pitches, lengths, notes = table
        seen = np.zeros((len(rows), vocabulary.n_rows), np.float32)
        np.put_along_axis(seen, rows.astype(int), 1, axis=1)
        inputs = [seen, *(a.astype(np.float32) for a in (pitches, lengths, notes[:, :1]))]
        of_pitch, of_length = (np.asarray(out) for out in composer.network_(inputs))
        for i, (pitch, length) in enumerate(notes.tolist()):
            p = softmax(of_pitch[i])[pitch] * softmax(of_length[i])[length]
            logs.append(np.log(p))
    assert len(logs) >= sum(len(score.notes) for score in tunes[:3])
    assert composer.score(tunes[:3], y[:3]) == pytest.approx(np.mean(logs), abs=1e-5)
    assert composer.perplexity(tunes[:3], y[:3]) == pytest.approx(np.exp(-np.mean(logs)), rel=1e-4)
