import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import gaussian_kde

from audiogen.datasets import load_tunes
from audiogen.io import Score
from audiogen.metrics import (
    distance_divergence,
    longest_shared_runs,
    overlapped_area,
    tune_features,
    tune_structure,
)

SETS = (overlapped_area, distance_divergence)


def tune(bars, **about):
    """A tune of four quarter notes a bar; 0 is a rest."""
    pitch = np.ravel(bars)
    onset = np.arange(len(pitch))[pitch > 0]
    table = {"onset": onset, "duration": np.ones(len(onset)), "pitch": pitch[pitch > 0]}
    return Score(table, **about)


def bundled():
    return load_tunes().scores


def shuffled(score, seed=0):
    """The tune with the same pitches in another order."""
    pitch = np.random.default_rng(seed).permutation(score.notes.pitch)
    return score.replace(notes=score.notes.assign(pitch=pitch))


@st.composite
def tunes(draw):
    length = st.sampled_from([0.25, 1 / 3, 0.5, 1, 1.5, 4])
    notes = draw(st.lists(st.tuples(length, st.integers(50, 80)), min_size=1, max_size=12))
    lengths, pitches = zip(*notes, strict=True)
    pickup = draw(st.sampled_from([0.0, 1.0]))
    onset = np.cumsum([0, *lengths[:-1]])
    metre, tonic = draw(st.sampled_from([(4, 4), (3, 4), (6, 8)])), draw(st.integers(0, 11))
    table = {"onset": onset, "duration": lengths, "pitch": pitches}
    return Score(table, metre=metre, tonic=tonic, mode="minor", pickup=pickup)


# -------------------------------------------------------------------- features


def test_features_of_a_small_tune_are_those_counted_by_hand():
    found = tune_features([tune([[60, 62, 64, 60], [67, 0, 67, 79]])], n_bars=2)
    of = {name: values[0] for name, values in found.items()}
    assert of["pitch_count"] == 5
    assert of["pitch_count_per_bar"].tolist() == [3, 2]
    assert of["pitch_range"] == 19
    assert of["note_count"] == 7
    assert of["note_count_per_bar"].tolist() == [4, 3]
    assert of["mean_interval"] == pytest.approx((2 + 2 + 4 + 7 + 0 + 12) / 6)
    assert of["mean_inter_onset_interval"] == pytest.approx(7 / 6)
    classes = np.zeros(12)
    classes[[0, 2, 4, 7]] = np.array([2, 1, 1, 3]) / 7
    assert of["pitch_class_histogram"] == pytest.approx(classes)
    assert of["pitch_class_histogram_per_bar"][[0, 2, 4, 12 + 7]] == pytest.approx(
        [1 / 2, 1 / 4, 1 / 4, 1]
    )
    moves = of["pitch_class_transitions"].reshape(12, 12)
    assert moves[7, 7] == pytest.approx(2 / 6)
    assert moves[0, 7] == moves[0, 2] == moves[2, 4] == moves[4, 0] == pytest.approx(1 / 6)
    assert of["interval_histogram"][[12 - 4, 12, 12 + 2, 12 + 7, 24]] == pytest.approx(
        np.array([1, 1, 2, 1, 1]) / 6
    )
    assert of["note_length_histogram"][2] == of["note_length_transitions"][2 * 12 + 2] == 1
    assert of["onset_positions"][[0, 12, 24, 36]] == pytest.approx(np.array([2, 1, 2, 2]) / 7)
    shares = np.array([2, 1, 1, 3]) / 7
    assert of["pitch_class_entropy"] == pytest.approx(-(shares * np.log2(shares)).sum())
    assert of["grooving_similarity"] == pytest.approx(1 - 1 / 48)


def test_lengths_fall_into_the_classes_of_yang_and_lerch():
    lengths = [4, 2, 1, 0.5, 0.25, 3, 1.5, 0.75, 0.375, 4 / 3, 2 / 3, 1 / 3]
    score = Score(
        {"onset": np.cumsum([0, *lengths[:-1]]), "duration": lengths, "pitch": [60] * 12}
    )
    assert tune_features([score])["note_length_histogram"][0] == pytest.approx(np.full(12, 1 / 12))


def test_bars_that_are_not_asked_for_or_not_there_do_not_count():
    long = tune([[60, 62, 64, 65]] * 4)
    found = tune_features([long, long.replace(notes=long.notes[:4])], n_bars=2)
    assert found["note_count"].ravel().tolist() == [8, 4]
    assert found["note_count_per_bar"].tolist() == [[4, 4], [4, 0]]


def test_notes_before_the_first_bar_are_in_no_bar():
    score = tune([[60, 62, 64, 65], [67, 69, 0, 0]], pickup=2.0)
    found = tune_features([score], n_bars=1)
    assert found["note_count"] == 6
    assert found["note_count_per_bar"].tolist() == [[4]]
    assert np.flatnonzero(found["onset_positions"][0]).tolist() == [0, 12, 24, 36]


def test_of_notes_that_start_together_the_highest_counts():
    chords = Score({"onset": [0, 0, 1, 1], "duration": [1] * 4, "pitch": [48, 60, 64, 52]})
    line = Score({"onset": [0, 1], "duration": [1] * 2, "pitch": [60, 64]})
    for one, other in zip(*(tune_features([s]).values() for s in (chords, line)), strict=True):
        assert np.array_equal(one, other)


@settings(max_examples=25, deadline=None)
@given(tunes(), st.integers(-12, 12))
def test_a_tune_in_another_key_is_the_same(score, semitones):
    moved = score.transpose(semitones)
    for one, other in zip(*(tune_features([s]).values() for s in (score, moved)), strict=True):
        assert np.array_equal(one, other)
    structure = [tune_structure([s]) for s in (score, moved)]
    assert structure[0].equals(structure[1])
    assert longest_shared_runs([moved], [score]) == len(score.notes) - 1


@settings(max_examples=25, deadline=None)
@given(tunes())
def test_histograms_are_shares_and_bars_add_up(score):
    found = {name: values[0] for name, values in tune_features([score]).items()}
    assert found["pitch_class_histogram"].sum() == pytest.approx(1)
    assert found["note_length_histogram"].sum() == pytest.approx(1)
    assert found["onset_positions"].sum() == pytest.approx(1)
    assert 0 <= found["pitch_class_entropy"] <= np.log2(12)
    assert 0 <= found["grooving_similarity"] <= 1
    in_pickup = (score.notes.onset < score.pickup - 1e-6).sum()
    assert found["note_count_per_bar"].sum() == found["note_count"] - in_pickup


# ------------------------------------------------------------------- structure


def test_structure_of_a_small_tune_is_that_counted_by_hand():
    first = [[60, 62, 64, 65], [67, 69, 71, 72]]
    like, other = [60, 62, 64, 66], [60, 62, 61, 61]
    found = tune_structure([tune([*first, first[0], first[1], like, other])], lag=2).iloc[0]
    assert found.bars_like == pytest.approx(3 / 4)
    assert found.bars_equal == pytest.approx(2 / 4)
    assert found.distinct_bars == pytest.approx(4 / 6)
    assert found.ends_on_tonic == 0
    assert found.notes_in_mode == pytest.approx(21 / 24)


def test_a_bar_of_other_durations_is_alike_but_not_equal():
    score = tune([[60, 62, 64, 65]] * 2)
    short = score.notes.assign(duration=np.r_[np.ones(4), np.full(4, 0.5)])
    found = tune_structure([score.replace(notes=short)], lag=1).iloc[0]
    assert (found.bars_like, found.bars_equal, found.distinct_bars) == (1, 0, 1)


def test_structure_with_nothing_to_compare_is_nan():
    found = tune_structure([tune([[60, 62, 64, 60]] * 4), tune([[60] * 4] * 5)])
    assert np.isnan(found.bars_like[0])
    assert np.isnan(found.bars_equal[0])
    assert found.bars_like[1] == 1


def test_silent_bars_do_not_count():
    bars = [[60, 62, 64, 65], [0, 0, 0, 0]] * 2
    found = tune_structure([tune([*bars, [60, 0, 0, 0]])], lag=2).iloc[0]
    assert (found.bars_like, found.bars_equal, found.distinct_bars) == (1, 0.5, 2 / 3)


@pytest.mark.parametrize(
    ("mode", "outside"),
    [
        ("major", 6),
        ("minor", 4),
        ("dorian", 8),
        ("mixolydian", 11),
        ("lydian", 5),
        ("phrygian", 2),
    ],
)
def test_notes_outside_of_the_mode_are_told(mode, outside):
    score = tune([[62, 62, 62, 62 + outside]], tonic=2, mode=mode)
    found = tune_structure([score]).iloc[0]
    assert (found.notes_in_mode, found.ends_on_tonic) == (0.75, 0)


def test_shuffled_pitches_repeat_less_and_end_anywhere():
    scores = bundled()
    real, wrong = (
        tune_structure(own).mean() for own in (scores, [shuffled(score) for score in scores])
    )
    assert wrong.bars_like < real.bars_like / 2
    assert wrong.ends_on_tonic < real.ends_on_tonic
    assert wrong.distinct_bars > real.distinct_bars
    assert wrong.notes_in_mode == pytest.approx(real.notes_in_mode)


# ------------------------------------------------------------------- distances


def by_scipy(real, generated):
    """The densities of SciPy's kernels of one width, on a fine grid."""
    intra = [abs(a - b) for a, b in itertools.combinations(real, 2)]
    inter = [abs(a - b) for a in real for b in generated]
    p = gaussian_kde(intra)
    width = p.factor * np.std(intra, ddof=1)
    q = gaussian_kde(inter, bw_method=width / np.std(inter, ddof=1))
    grid = np.linspace(-5 * width, max(inter + intra) + 5 * width, 5000)
    return p(grid) * (grid[1] - grid[0]), q(grid) * (grid[1] - grid[0])


@pytest.mark.parametrize(("shift", "spread"), [(0, 1), (1, 1), (0, 3), (4, 0.5)])
def test_overlapped_area_and_divergence_are_those_of_scipys_kernels(shift, spread):
    rng = np.random.default_rng(0)
    real, generated = rng.normal(size=60), rng.normal(shift, spread, size=50)
    p, q = by_scipy(real, generated)
    assert overlapped_area(real, generated) == pytest.approx(np.minimum(p, q).sum(), abs=0.005)
    spread_evenly = 0.9999 * q + 0.0001 / len(q)
    divergence = (p * np.log(p / spread_evenly)).sum()
    assert distance_divergence(real, generated) == pytest.approx(divergence, rel=0.03)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.floats(-10, 10), min_size=3, max_size=30),
    st.lists(st.floats(-10, 10), min_size=1, max_size=30),
    st.floats(-100, 100),
)
def test_laws_of_overlapped_area_and_divergence(real, generated, shift):
    assert overlapped_area(real, real) >= 1 - 1 / len(real) - 1e-9
    area, divergence = (f(real, generated) for f in SETS)
    assert 0 <= area <= 1 + 1e-9
    assert divergence >= -1e-9
    assert overlapped_area(generated[::-1] * 3, generated) <= 1 + 1e-9


@pytest.mark.parametrize("measure", SETS)
def test_distances_depend_on_no_place_or_order_and_on_no_unit(measure):
    rng = np.random.default_rng(1)
    real, generated = rng.normal(size=(40, 3)), rng.normal(0.5, 1, size=(30, 3))
    expected = measure(real, generated)
    assert measure(real[::-1] + 7, generated[::-1] + 7) == pytest.approx(expected, rel=1e-3)
    assert measure(real * 1000, generated * 1000) == pytest.approx(expected, rel=1e-3)


def test_one_group_is_as_none_and_several_are_apart():
    rng = np.random.default_rng(2)
    real, generated = rng.normal(size=40), rng.normal(size=30)
    both = np.r_[real, real + 100], np.r_[generated, generated + 100]
    groups = (np.repeat(["a", "b"], 40), np.repeat(["a", "b"], 30))
    for measure in SETS:
        one = measure(real, generated, groups=(["a"] * 40, ["a"] * 30))
        assert one == measure(real, generated)
        several = measure(*both, groups=groups)
        assert several == pytest.approx(one, abs=0.05)
    swapped = (groups[0], groups[1][::-1])
    assert overlapped_area(*both, groups=swapped) < 0.01


def test_groups_count_as_often_as_they_were_generated():
    rng = np.random.default_rng(3)
    good, bad = rng.normal(size=(2, 50)), rng.normal(20, 1, 40)
    real = np.r_[good[0], good[0]]
    labels = ["a"] * 50 + ["b"] * 50
    generated = np.r_[good[1][:10], bad]
    mostly_b = overlapped_area(real, generated, groups=(labels, ["a"] * 10 + ["b"] * 40))
    assert mostly_b == pytest.approx(0.2, abs=0.03)


@pytest.mark.parametrize("measure", SETS)
def test_constant_measures_are_compared(measure):
    same, other = measure([1.0] * 4, [1.0] * 3), measure([1.0] * 4, [2.0] * 3)
    assert same == pytest.approx(1 if measure is overlapped_area else 0, abs=1e-4)
    assert other < 1e-6 if measure is overlapped_area else other > 1


def test_shuffled_tunes_are_further_from_tunes():
    scores = bundled()
    real = tune_features(scores)["mean_interval"]
    unlike = tune_features([shuffled(score) for score in scores])["mean_interval"]
    assert overlapped_area(real, unlike) < overlapped_area(real, real) - 0.2
    assert distance_divergence(real, unlike) > distance_divergence(real, real) + 0.2


@pytest.mark.parametrize("measure", SETS)
@pytest.mark.parametrize(
    ("real", "generated", "groups", "words"),
    [
        ([1, 2], [1, 2], None, "real must have at least 3 rows"),
        ([1, 2, 3], [], None, "generated must have"),
        (np.ones((3, 2)), np.ones((3, 1)), None, "same features. Got 2 and 1"),
        ([1, np.nan, 3], [1], None, "real holds NaN"),
        ([1, 2, 3], [1], ("abc", ["a"]), "groups must be the labels of 3 real and of 1"),
        ([1, 2, 3], [1], (["a", "a", "b"], ["b"]), "'b' of generated samples has 1 real"),
    ],
)
def test_sets_that_cannot_be_compared_are_refused(measure, real, generated, groups, words):
    with pytest.raises(ValueError, match=words):
        measure(real, generated, groups=groups)


# ------------------------------------------------------------------------ runs


def by_search(score, training):
    """Every run of the tune, looked for in every tune."""

    def pairs(one):
        return list(zip(np.diff(one.notes.pitch), one.notes.duration.round(6)[:-1], strict=True))

    own = pairs(score)
    for n in range(len(own), 0, -1):
        known = {tuple(p[i : i + n]) for p in map(pairs, training) for i in range(len(p) - n + 1)}
        if any(tuple(own[i : i + n]) in known for i in range(len(own) - n + 1)):
            return n
    return 0


def test_runs_are_those_found_by_search():
    scores = bundled()
    found = longest_shared_runs(scores[:5], scores[5:])
    assert found.tolist() == [by_search(score, scores[5:]) for score in scores[:5]]
    assert found.max() > found.min()


@settings(max_examples=25, deadline=None)
@given(st.lists(tunes(), min_size=1, max_size=3), st.lists(tunes(), min_size=1, max_size=3))
def test_runs_of_any_tunes_are_those_found_by_search(asked, training):
    found = longest_shared_runs(asked, training)
    assert found.tolist() == [by_search(score, training) for score in asked]


def test_a_run_does_not_go_on_from_one_tune_to_the_next():
    up, down = tune([[60, 62, 64, 66]]), tune([[66, 64, 62, 60]])
    both = tune([[60, 62, 64, 66], [66, 64, 62, 60]])
    assert longest_shared_runs([both], [up, down]).tolist() == [3]
    assert longest_shared_runs([up, down], [both]).tolist() == [3, 3]


def test_a_rhythm_of_its_own_is_no_copy():
    score = tune([[60, 62, 64, 66]])
    slow = score.replace(notes=score.notes.assign(onset=[0, 2, 4, 6], duration=2.0))
    assert longest_shared_runs([slow], [score]).tolist() == [0]
    assert longest_shared_runs([tune([[60, 0, 0, 0]])], [score]).tolist() == [0]


# ------------------------------------------------------------------- bad input


@pytest.mark.parametrize("measure", [tune_features, tune_structure])
def test_what_is_no_list_of_tunes_is_refused(measure):
    score = tune([[60, 62, 64, 66]])
    with pytest.raises(TypeError, match="tunes must be a list of audiogen.io.Score. Got Score"):
        measure(score)
    with pytest.raises(TypeError, match=r"tunes\[1\] must be an audiogen.io.Score. Got int"):
        measure([score, 3])
    with pytest.raises(ValueError, match="tunes is empty"):
        measure([])
    empty = score.replace(notes=score.notes[:0])
    with pytest.raises(ValueError, match=r"tunes\[0\] must have one part with notes. Got none"):
        measure([empty])
    two = score.replace(notes=score.notes.assign(part=["melody", "melody", "bass", "bass"]))
    with pytest.raises(ValueError, match="Got melody, bass; score.part"):
        measure([two])
    with pytest.raises(ValueError, match=r"training\[0\] must have one part"):
        longest_shared_runs([score], [two])


def test_numbers_of_bars_are_checked():
    with pytest.raises(ValueError, match="'n_bars' parameter of tune_features must be an int"):
        tune_features(bundled(), n_bars=0)
    with pytest.raises(ValueError, match="'lag' parameter of tune_structure must be an int"):
        tune_structure(bundled(), lag=0)
