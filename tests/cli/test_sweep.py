"""Searches over recipes, epochs and shares of a folder, from the command line."""

import json
import re

import numpy as np
import pandas as pd
import pytest
import soundfile
from sklearn.base import BaseEstimator, clone
from sklearn.model_selection import ParameterGrid

from audiogen import datasets, load, recipes
from audiogen.cli._heat_map import heat_map
from audiogen.cli._search import candidates, search, tabulate
from audiogen.pipeline import GenerativePipeline
from audiogen.scoring import MultimetricScorer

RATE = 16000
pytestmark = pytest.mark.filterwarnings("ignore:.*rows are few for")


class Learner(BaseEstimator):
    """A generator whose tones are the cleaner, the more epochs and sounds it had."""

    def __init__(self, noise=1.0, epochs=1, max_samples=None):
        self.noise, self.epochs, self.max_samples = noise, epochs, max_samples

    def fit(self, X, y=None):
        self.n_features_in_ = X.shape[1]
        return self

    def sample(self, n_samples=None, y=None, *, return_y=False, random_state=None):
        rng = np.random.default_rng(random_state)
        frequency = 440 * 2 ** ((np.asarray(y["pitch"]) - 69) / 12)
        tone = np.sin(2 * np.pi * np.outer(frequency, np.arange(self.n_features_in_)) / RATE)
        amount = self.noise / (self.epochs * (self.max_samples or 1.0))
        X = 0.5 * (tone + amount * rng.standard_normal(tone.shape))
        return (X, y) if return_y else X


def pipe_of(noise):
    return GenerativePipeline([("learner", Learner(noise))], sample_rate=RATE)


@pytest.fixture(scope="module")
def tones():
    y = pd.DataFrame({"pitch": np.arange(60, 84)})
    X = Learner(0.0).fit(np.empty((1, 2048))).sample(y=y)
    return X + 1e-3 * np.random.default_rng(0).standard_normal(X.shape), y


def searched(tones, made, epochs, longest):
    X, y = tones
    folds = [
        (np.arange(0, 24, 2), np.arange(1, 24, 2)),
        (np.arange(1, 24, 2), np.arange(0, 24, 2)),
    ]
    judged = []
    found = search(
        candidates(made, epochs, [0.25, 1.0]), X, y, folds=folds, longest=longest,
        sample_rate=RATE, random_state=3, judged=lambda: judged.append(1),
    )  # fmt: skip
    return found, tabulate(found, made), len(judged)


def test_halving_picks_what_the_full_search_picks(tones):
    made = {"rough": pipe_of(4.0), "clean": pipe_of(0.5)}
    full, table, n_judged = searched(tones, made, [1, 4, 16], None)
    assert n_judged == 2 * 2 * 3 * 2, "recipes, shares, epochs and folds"
    best = table.iloc[0]
    assert (best["recipe"], best["epochs"], best["size"]) == ("clean", 16, 1.0)
    halved, rounds, n_fewer = searched(tones, made, [], 16)
    assert n_fewer == (4 + 2 + 1) * 2
    assert rounds["epochs"].tolist() == [16, 8, 8, 4, 4, 4, 4]
    assert rounds.loc[0, ["recipe", "size"]].tolist() == ["clean", 1.0]
    for found in (full, halved):
        assert found.best_estimator_["generator"].get_params() == {
            "noise": 0.5, "epochs": 16, "max_samples": 1.0,
        }  # fmt: skip


def test_figures_are_those_of_the_scorer_by_hand(tones):
    X, y = tones
    _, table, _ = searched(tones, {"rough": pipe_of(4.0)}, [2], None)
    scorer = MultimetricScorer(["fad", "kl", "pitch_entropy"], random_state=3)
    for _, row in table.iterrows():
        model = Learner(4.0, row["epochs"], row["size"]).fit(X)
        scores = [scorer(model, X[i::2], y[i::2]) for i in (0, 1)]
        for name in ("fad", "kl", "pitch_entropy"):
            mean = np.mean([each[name] for each in scores])
            assert row[name] == pytest.approx(-mean), name


def test_what_a_generator_has_not_is_no_axis():
    made = {"cvae": recipes.harmonic_cvae(), "gmm": recipes.harmonic_gmm()}
    grids = candidates(made, [1, 2, 3], [0.5, 1.0])
    assert [len(ParameterGrid(grid)) for grid in grids] == [6, 1]
    base = GenerativePipeline(grids[0]["steps"][0])
    for params in ParameterGrid(grids):
        names = [name for name, _ in clone(base).set_params(**params).steps]
        assert names[-1] == "generator"


@pytest.fixture
def folder(tmp_path):
    """Return a folder of short notes of two families."""
    notes = datasets.make_notes(16, duration=0.3, random_state=0)
    for i, (x, pitch) in enumerate(zip(notes.data, notes.frame.pitch, strict=True)):
        path = tmp_path / "mine" / ("reed" if i % 2 else "organ") / f"note{i}-{pitch:03d}-.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, x, RATE)
    return path.parents[1]


@pytest.mark.filterwarnings("ignore:PrincipalComponents keeps")
def test_a_folder_is_swept(folder, tmp_path, run_here):
    words = ("sweep", "mine", "--recipe", "harmonic_gmm", "--quiet")
    code, printed, said = run_here(*words)
    assert code == 0, said
    (row,) = re.findall(r"^ *harmonic_gmm +- +- +(\S+) +(\S+) +(\S+) ", printed, flags=re.M)
    out = tmp_path / "audiogen-sweep"
    assert {path.name for path in out.iterdir()} == {
        "best.skops", "sweep.csv", "sweep.png", "sweep.txt",
    }  # fmt: skip
    table = pd.read_csv(out / "sweep.csv")
    figures = table.loc[0, ["fad", "kl", "pitch_entropy"]].to_numpy(dtype=float)
    np.testing.assert_allclose(np.float64(row), figures, atol=1e-3)
    assert printed.startswith((out / "sweep.txt").read_text())
    model = load(out / "best.skops")
    assert model.sample(y={"pitch": [60], "instrument_family": ["reed"]}).shape == (1, 64000)
    before = (out / "best.skops").read_bytes()
    code, _, said = run_here(*words)
    assert (code, "audiogen-sweep is not empty" in said) == (2, True)
    assert (out / "best.skops").read_bytes() == before


@pytest.mark.long
@pytest.mark.filterwarnings("ignore:PrincipalComponents keeps")
def test_networks_are_swept_both_ways(folder, tmp_path, run_here):
    words = ("sweep", "mine", "--recipe", "harmonic_cvae", "harmonic_gmm", "--epochs", 1, 12)
    code, printed, said = run_here(*words, "--sizes", 1, "--quiet", "--json", "--out", "full")
    assert code == 0, said
    rows = json.loads(printed)
    assert {(row["recipe"], row["epochs"]) for row in rows} == {
        ("harmonic_cvae", 1), ("harmonic_cvae", 12), ("harmonic_gmm", None),
    }  # fmt: skip
    assert [row["fad"] for row in rows] == sorted(row["fad"] for row in rows)
    best = load(tmp_path / "full" / "best.skops")[-1]
    assert getattr(best, "epochs", None) == rows[0]["epochs"]
    words = ("sweep", "mine", "--epochs", 12, "--halving", "--quiet", "--json", "--out", "half")
    code, printed, said = run_here(*words)
    assert code == 0, said
    assert [row["epochs"] for row in json.loads(printed)] == [12, 6, 6]
    best = load(tmp_path / "half" / "best.skops")[-1]
    assert (best.epochs, best.max_samples) == (12, json.loads(printed)[0]["size"])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--recipe", "harmonic_vae"), "choose from .*harmonic_cvae.*harmonic_gmm"),
        (("--recipe", "harmonic_cvae", "spectral_cvae"), "sweep them one by one"),
        (("--recipe", "harmonic_cvae", "harmonic_cvae"), "names one twice"),
        (("--recipe", "harmonic_gmm", "--halving"), "harmonic_gmm is not trained in epochs"),
        (("--halving", "--sizes", "1"), "--halving needs several candidates"),
        (("--epochs", "0"), "whole number of at least 1, not '0'"),
        (("--sizes", "1.5"), "from 0.001 to 1, not '1.5'"),
        (("--folds", "1"), "--folds: invalid choice: 1"),
        ((), "nowhere"),
    ],
)
def test_what_cannot_be_swept_is_refused_before_any_work(run_here, tmp_path, words, said):
    code, _, errors = run_here("sweep", "nowhere", *words)
    assert code == 2
    assert pd.Series([errors.replace("\n", " ")]).str.contains(said).all(), errors
    assert not list(tmp_path.iterdir())


def test_too_few_sounds_are_refused(run_here, tmp_path):
    notes = datasets.make_notes(11, duration=0.2, random_state=0)
    datasets.save_nsynth(tmp_path / "mine", notes.data, notes.frame)
    code, _, said = run_here("sweep", "mine", "--quiet")
    assert (code, "11 sounds, and 2 folds need 12 at least" in said) == (2, True), said


def test_a_heat_map_shows_each_figure_of_each_candidate():
    table = pd.DataFrame(
        {
            "recipe": ["a", "a", "b"],
            "epochs": pd.array([1, 10, None], dtype="Int64"),
            "size": [0.5, 0.5, np.nan],
            "fad": [30.0, 20.0, 10.0],
        }
    )
    axes = heat_map(table, ["fad"]).axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["a, 50% of the sounds", "b"]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["1", "10", "-"]
    assert {(*text.get_position(), text.get_text()) for text in axes.texts} == {
        (0, 0, "30"), (1, 0, "20"), (2, 1, "10"),
    }  # fmt: skip
