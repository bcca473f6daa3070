"""Judgements of generators whose quality is known."""

import json

import numpy as np
import pandas as pd
import pytest
import scipy.stats
from sklearn.base import BaseEstimator
from sklearn.model_selection import GroupKFold

from audiogen.datasets import make_notes
from audiogen.evaluation import Judgement, judge
from audiogen.generators import ConditionalGaussianMixture
from audiogen.metrics import frechet_audio_distance

RATE = 16000


class Resampler(BaseEstimator):
    """Generates sounds that it was fitted on, plus noise."""

    def __init__(self, noise=0.0, sample_rate=RATE):
        self.noise, self.sample_rate = noise, sample_rate

    def fit(self, X, y=None):
        self.X_ = np.asarray(X)
        return self

    def sample(self, n_samples=None, y=None, *, return_y=False, random_state=None):
        rng = np.random.default_rng(random_state)
        X = self.X_[rng.integers(len(self.X_), size=n_samples)]
        X = (X + self.noise * rng.standard_normal(X.shape)).astype(np.float32)
        return (X, y) if return_y else X


def level(real, generated, *, sample_rate, pitch):
    return {"level": float(generated.mean())}


def numbered(n):
    """Return sounds whose samples are their number, divided by a thousand."""
    return np.repeat(np.arange(n, dtype=np.float32)[:, np.newaxis] / 1000, 4, axis=1)


def test_real_notes_reach_the_floor_and_noise_does_not():
    notes = make_notes(120, duration=0.25, random_state=0).data
    real, others = notes[:40], notes[40:]

    def distance_of(real, generated, *, sample_rate, pitch):
        return {"distance": frechet_audio_distance(real, generated, sample_rate=sample_rate)}

    draws = {"n_draws": 3, "X_others": others, "figures": distance_of, "random_state": 0}
    good = judge(Resampler().fit(others), real, **draws).to_frame()["mean"]
    bad = judge(Resampler(noise=1.0).fit(others), real, **draws).to_frame()["mean"]
    distance = "distance"
    assert good[distance, "generated"] < 1.3 * good[distance, "half"]
    assert good[distance, "generated"] < 1.5 * good[distance, "others"]
    assert bad[distance, "generated"] > 10 * bad[distance, "half"]
    assert good[distance, "half"] == bad[distance, "half"], "the same halves"


def test_intervals_hold_the_true_mean_as_often_as_they_say():
    pool = np.random.default_rng(0).standard_normal((5000, 2)).astype(np.float32)
    generator, truth = Resampler().fit(pool), pool.mean()
    hits = 0
    for seed in range(100):
        found = judge(
            generator, pool[:20], n_draws=4, figures=level, confidence_level=0.8,
            random_state=seed,
        ).to_frame()  # fmt: skip
        low, high = found.loc[("level", "generated"), ["low", "high"]]
        hits += low < truth < high
    assert scipy.stats.binomtest(hits, 100, 0.8).pvalue > 0.01


def test_means_and_intervals_are_those_of_folds_where_there_are_several():
    rng = np.random.default_rng(0)
    values = rng.normal(size=(3, 4)) + np.array([[0], [5], [10]])
    draws = pd.DataFrame(
        [
            {"source": "generated", "fold": i, "draw": j, "figure": "x", "value": values[i, j]}
            for i in range(3)
            for j in range(4)
        ]
    )
    row = Judgement(draws, [9, 9, 9], RATE, 0.9, "0").to_frame().loc[("x", "generated")]
    test = scipy.stats.ttest_1samp(values.mean(axis=1), 0).confidence_interval(0.9)
    np.testing.assert_allclose(row[["low", "high"]].astype(float), test)
    assert row["mean"] == pytest.approx(values.mean())
    assert row["deviation"] == pytest.approx(np.sqrt(values.var(axis=1, ddof=1).mean()))


def test_folds_are_refitted_and_others_are_of_other_instruments():
    X, instruments = numbered(12), np.repeat(["a", "b", "c", "d"], 3)
    y = pd.DataFrame({"pitch": np.arange(12) + 40.0, "instrument": instruments})
    seen = []

    def note(real, generated, *, sample_rate, pitch):
        rows = [set(np.rint(1000 * audio[:, 0]).astype(int)) for audio in (real, generated)]
        seen.append((*rows, pitch))
        return {"n": len(generated)}

    folds = [([0, 1, 2, 3, 4, 5, 6], [7, 8, 9, 10, 11]), ([5, 6, 7, 8, 9], [0, 1, 2, 3, 4])]
    generator = Resampler()
    found = judge(generator, X, y, n_draws=2, cv=folds, figures=note, random_state=0)
    assert not hasattr(generator, "X_"), "clones are fitted"
    assert found.n_real == [5, 5]
    assert found.draws["source"].tolist() == [
        *["generated", "others"] * 2,  # six others for five, drawn anew
        *["generated", "others", "generated"],  # four, which are all there are
    ]
    other_instruments = [{0, 1, 2, 3, 4, 5}, {6, 7, 8, 9}]
    for (_, row), (real, made, pitch) in zip(found.draws.iterrows(), seen, strict=True):
        training, test = folds[row["fold"]]
        assert real == set(test)
        if row["source"] == "generated":
            assert made <= set(training)
            assert sorted(pitch - 40) == test
        else:
            assert made == other_instruments[row["fold"]] & made
            assert sorted(pitch - 40) == sorted(made)


def test_halves_share_no_sound_and_have_all():
    halves = []

    def note(real, generated, *, sample_rate, pitch):
        halves.append([np.rint(1000 * audio[:, 0]).astype(int) for audio in (real, generated)])
        return {"n": 1}

    judge(Resampler().fit(numbered(9)), numbered(9), n_draws=2, figures=note, random_state=0)
    for one, other in halves[1::2]:
        assert sorted([*one, *other]) == list(range(9))
    assert halves[1][0].tolist() != halves[3][0].tolist()


def test_categories_that_a_fold_lacks_are_left_out():
    notes = make_notes(24, family=["organ"] * 20 + ["bass"] * 4, duration=0.1, random_state=0)
    y = notes.frame[["instrument_family"]]
    generator = ConditionalGaussianMixture(n_components=1, random_state=0)
    with pytest.warns(UserWarning, match="4 of 14 rows are left out .* instrument_family=bass"):
        found = judge(
            generator, notes.data, y, n_draws=2, cv=[(range(10), range(10, 24))],
            sample_rate=RATE, figures=level, random_state=0,
        )  # fmt: skip
    assert found.n_real == [10]


def test_the_same_seed_makes_the_same_judgement_and_says_nothing(capsys, caplog):
    generator = Resampler(noise=1.0).fit(numbered(9))
    one, two, other = (
        judge(generator, numbered(9), n_draws=2, figures=level, random_state=seed)
        for seed in (0, 0, 1)
    )
    pd.testing.assert_frame_equal(one.draws, two.draws)
    assert one.draws["value"].tolist() != other.draws["value"].tolist()
    assert capsys.readouterr() == ("", "")
    assert not caplog.records


def test_it_prints_as_a_table_and_goes_into_json():
    def half_known(real, generated, *, sample_rate, pitch):
        return {"level": 2.0, "unknown": np.nan}

    groups = GroupKFold(2).split(numbered(16), groups=np.arange(16) % 2)
    found = judge(Resampler(), numbered(16), cv=groups, n_draws=2, figures=half_known)
    header, row, unknown, legend = str(found).splitlines()
    assert header.split() == ["generated", "half", "others"]
    assert row.split() == ["level", *["2", "(2", "to", "2)"] * 3]
    assert unknown.split() == ["unknown", "-", "-", "-"]
    assert legend == "8 + 8 real sounds at 16000 Hz, 2 draws, 2 folds; means with 95% intervals"
    known = json.loads(found.to_json())
    assert known["n_real"] == [8, 8]
    by_name = {(r["figure"], r["source"]): r for r in known["figures"]}
    assert by_name["level", "half"]["mean"] == 2
    assert by_name["unknown", "generated"]["mean"] is None


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"n_draws": 1}, "'n_draws' parameter of judge"),
        ({"figures": "fad"}, "'figures' parameter of judge"),
        ({"confidence_level": 95}, "'confidence_level' parameter of judge"),
        ({"sample_rate": 44100}, "makes audio at 16000 Hz"),
        ({"generator": Resampler(sample_rate=None)}, "does not state the sample rate"),
        ({"X_others": [[np.nan] * 4]}, "X_others holds NaN"),
        ({"y_others": {"pitch": [60]}}, "y_others has the conditions of X_others"),
        ({"X": [["a"]]}, "X must be an array of real numbers"),
    ],
)
def test_what_cannot_be_judged_is_named(changed, message):
    given = {"generator": Resampler().fit(numbered(9)), "X": numbered(9), **changed}
    with pytest.raises((TypeError, ValueError), match=message):
        judge(**given)
