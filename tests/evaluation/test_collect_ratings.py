"""What listeners answered, against closed forms, SciPy and damaged files."""

import itertools
import json

import numpy as np
import pytest
from scipy.stats import wilcoxon

from audiogen.evaluation import collect_ratings, make_listening_test
from helpers.listening import answers, write_answers

RATE = 8000
NOISE = [0.1 * np.random.default_rng(0).normal(size=3300) for _ in range(12)]
KINDS = {
    "preference": {"n_trials": 12, "paired": True},
    "mos": {"n_trials": 24},
    "mushra": {"n_trials": 12, "reference": "real"},
}


@pytest.fixture(scope="module")
def tests(tmp_path_factory):
    """Return the folder and the key of a test of each kind, of three sets."""
    found = {}
    for kind, kwargs in KINDS.items():
        folder = tmp_path_factory.mktemp(kind)
        sets = dict.fromkeys(("real", "vae", "gan"), NOISE)
        make_listening_test(sets, folder, sample_rate=RATE, kind=kind, random_state=0, **kwargs)
        found[kind] = folder, json.loads((folder / "key.json").read_text())
    return found


def collected(tests, tmp_path, kind, judges, **kwargs):
    folder, key = tests[kind]
    paths = write_answers(tmp_path, key, judges)
    return collect_ratings(paths, folder / "key.json", random_state=0, **kwargs)


def preferring(key, wins):
    """Return a judge of pairs; wins are the places of trials, by pair, in which the first won."""
    seen = {}

    def judge(number, name):
        pair = tuple(sorted({key["sounds"][s]["set"] for s in key["trials"][number]["sounds"]}))
        order = seen.setdefault(pair, [])
        if number not in order:
            order.append(number)
        won = wins[pair][order.index(number)]
        return won if name == pair[0] else 1 - won

    return judge


def test_preferences_are_counted_and_have_strengths(tests, tmp_path):
    wins = {
        ("gan", "real"): [0, 0, 0, 0],
        ("gan", "vae"): [1, 0, 0.5, 0],
        ("real", "vae"): [1, 1, 1, 0],
    }
    judge = preferring(tests["preference"][1], wins)
    result = collected(tests, tmp_path, "preference", dict.fromkeys("abcdef", judge))
    assert result.scores["mean"].to_dict() == {"real": 7 / 8, "vae": 3.5 / 8, "gan": 1.5 / 8}
    assert result.scores["n"].to_dict() == {"real": 48, "vae": 48, "gan": 48}
    pairs = result.pairs[["wins_a", "draws", "wins_b"]]
    assert pairs.loc[("real", "vae")].tolist() == [18, 0, 6]
    assert pairs.loc[("real", "gan")].tolist() == [24, 0, 0]
    assert pairs.loc[("vae", "gan")].tolist() == [12, 6, 6]
    # Six listeners of one mind: one of 2**6 ways of signs, on either side; Holm's of three alike.
    assert result.pairs["p_value"].tolist() == pytest.approx([3 * 2 / 2**6] * 3)
    strength = result.scores["strength"]
    assert strength.is_monotonic_decreasing
    assert strength.sum() == pytest.approx(0, abs=1e-9)
    assert (result.scores["strength_low"] <= strength).all()
    assert (strength <= result.scores["strength_high"]).all()


def test_opinions_have_means_and_a_signed_rank_test(tests, tmp_path):
    rng = np.random.default_rng(1)
    lower = rng.integers(0, 3, (8, 2)).tolist()
    ratings = {f"r{i}": {"real": 4, "vae": 2 + v, "gan": 1 + g} for i, (v, g) in enumerate(lower)}
    judges = {name: (lambda _, s, own=own: own[s]) for name, own in ratings.items()}
    result = collected(tests, tmp_path, "mos", judges)
    means = {
        name: np.mean([own[name] for own in ratings.values()]) for name in ("real", "vae", "gan")
    }
    assert result.scores["mean"].to_dict() == pytest.approx(means)
    assert result.scores.index.tolist() == sorted(means, key=means.get, reverse=True)
    assert result.scores["n"].tolist() == [64, 64, 64]
    assert (result.scores["low"] <= result.scores["mean"]).all()
    assert result.scores.loc["real", ["low", "high"]].tolist() == [4, 4]
    chances = []
    for a, b in itertools.combinations(ratings["r0"], 2):
        differences = [own[a] - own[b] for own in ratings.values()]
        chances.append(wilcoxon(differences).pvalue)
        row = result.pairs.loc[(a, b)]
        assert row["wins_a"] == sum(np.greater(differences, 0))
        assert row["draws"] == differences.count(0)
    assert result.pairs["p_value"].min() == pytest.approx(3 * min(chances))
    assert (result.pairs["p_value"] >= chances).all()


def test_who_misses_the_hidden_reference_is_left_out(tests, tmp_path):
    good = {"real": 100, "vae": 70, "gan": 40, "low-pass anchor": 20}

    def at_times(number, name):  # 2 of 12 are more than 15 %
        return 89 if name == "real" and number < 2 else good[name]

    judges = {
        "anna": lambda _, name: good[name],
        "ben": lambda number, name: 89 if name == "real" and number < 1 else good[name],
        "cleo": at_times,
        "dan": lambda *_: 50,
    }
    result = collected(tests, tmp_path, "mushra", judges)
    assert result.raters["failed"].tolist() == pytest.approx([0, 1 / 12, 2 / 12, 1])
    assert result.raters["excluded"].tolist() == [False, False, True, True]
    assert result.scores["mean"].to_dict() == pytest.approx({**good, "real": 100 - 11 / 24})
    assert result.scores["n"].tolist() == [24] * 4
    assert result.pairs.loc[("vae", "gan")].tolist()[:3] == [24, 0, 0]
    assert "low-pass anchor" not in result.pairs.index.get_level_values("a")
    kept = collected(tests, tmp_path, "mushra", judges, screen=False)
    assert not kept.raters["excluded"].any()
    assert kept.scores.loc["vae", "mean"] == pytest.approx((3 * 70 + 50) / 4)
    with pytest.raises(ValueError, match="All listeners rated the hidden reference below 90"):
        collected(tests, tmp_path, "mushra", {"dan": judges["dan"]})


def test_a_result_is_text_and_json(tests, tmp_path):
    result = collected(tests, tmp_path, "mos", {"anna": lambda *_: 3, "other anna": lambda *_: 3})
    assert (result.pairs["p_value"] == 1).all()
    assert (result.pairs["draws"] == 2).all()
    figures = json.loads(json.dumps(result.to_dict(), allow_nan=False))
    assert figures["scores"][0] == {"set": "real", "mean": 3, "low": 3, "high": 3, "n": 16}
    assert figures["raters"][1]["rater"] == "other anna"
    assert figures["raters"][0]["failed"] is None
    assert "3.000" in str(result)
    assert "nan" not in str(result).lower()


def test_the_same_seed_gives_the_same_intervals(tests, tmp_path):
    def judge(number, name):
        return 1 + (7 * number + len(name)) % 5

    one, two = (collected(tests, tmp_path, "mos", {"a": judge}).scores for _ in range(2))
    assert one.equals(two)
    assert (one["high"] > one["low"]).all()


def change(path, value):
    """Return a function that puts a value at a place of a result."""

    def changed(result):
        *way, last = path
        inner = result
        for step in way:
            inner = inner[step]
        inner[last] = value
        return json.dumps(result)

    return changed


def rated(value):
    def changed(result):
        ratings = result["trials"][0]["ratings"]
        ratings[next(iter(ratings))] = value
        return json.dumps(result)

    return changed


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda _: "", "no JSON"),
        (lambda result: json.dumps(result)[:-20], "no JSON"),
        (lambda _: "[" * 100_000, "no JSON"),
        (lambda _: "[]", "does not say that its format is"),
        (change(["format"], "audiogen listening key"), "does not say that its format is"),
        (change(["version"], 2), "is of version 2"),
        (change(["test"], "0123"), "another listening test"),
        (change(["trials"], None), "no list of trials"),
        (change(["trials"], [3]), "no list of trials"),
        (lambda result: change(["trials"], result["trials"][1:])(result), "has 23 answers"),
        (change(["trials", 0, "trial"], "f00"), "not those to the 24 trials"),
        (lambda result: change(["trials", 0], result["trials"][1])(result), "each once"),
        (change(["trials", 0, "ratings"], {"f00": 3}), "does not rate the sounds of trial"),
        (change(["trials", 0, "ratings"], [3]), "does not rate the sounds of trial"),
        (rated(6), "6; it must be a number from 1 to 5"),
        (rated(0), "0; it must be a number from 1 to 5"),
        (rated("5"), "'5'; it must be a number"),
        (rated(True), "True; it must be a number"),
        (rated(float("nan")), "nan; it must be a number"),
        (rated(None), "None; it must be a number"),
    ],
)  # fmt: skip
def test_damaged_answers_are_named(damage, message, tests, tmp_path):
    folder, key = tests["mos"]
    path = tmp_path / "listening-eve.json"
    path.write_text(damage(answers(key, lambda *_: 3)))
    with pytest.raises(ValueError, match=message) as caught:
        collect_ratings([path], folder / "key.json")
    assert str(path) in str(caught.value)


def test_a_preference_for_both_is_no_preference(tests, tmp_path):
    with pytest.raises(ValueError, match="prefers none or both"):
        collected(tests, tmp_path, "preference", {"eve": lambda *_: 1})


def test_other_files_are_refused(tests, tmp_path):
    folder, key = tests["mos"]
    (good,) = write_answers(tmp_path, key, {"anna": lambda *_: 3})
    twin = tmp_path / "copy.json"
    twin.write_bytes(good.read_bytes())
    with pytest.raises(ValueError, match=r"copy.json and .*anna.json are of the same session"):
        collect_ratings([good, twin], folder / "key.json")
    with pytest.raises(FileNotFoundError, match="no file .*nowhere.json"):
        collect_ratings([good], tmp_path / "nowhere.json")
    with pytest.raises(IsADirectoryError, match="give the file"):
        collect_ratings([tmp_path], folder / "key.json")
    with pytest.raises(ValueError, match="anna.json is not the key of a listening test"):
        collect_ratings([good], good)
    with pytest.raises(ValueError, match="list of one file or more"):
        collect_ratings([], folder / "key.json")
    with pytest.raises(ValueError, match="list of one file or more"):
        collect_ratings(str(good), folder / "key.json")
    with pytest.raises(ValueError, match="'confidence_level' parameter"):
        collect_ratings([good], folder / "key.json", confidence_level=95)


@pytest.mark.parametrize("lost", ["sets", "sounds", "trials", "kind", "test", "reference"])
def test_a_damaged_key_is_named(lost, tests, tmp_path):
    _, key = tests["mos"]
    (good,) = write_answers(tmp_path, key, {"anna": lambda *_: 3})
    damaged = {name: value for name, value in key.items() if name != lost}
    (tmp_path / "key.json").write_text(json.dumps(damaged))
    with pytest.raises(ValueError, match="key.json is damaged"):
        collect_ratings([good], tmp_path / "key.json")


def test_tables_have_no_empty_columns(tests, tmp_path):
    text = str(collected(tests, tmp_path, "mos", {"anna": lambda *_: 3}))
    assert "failed" not in text
    good = {"real": 100, "vae": 70, "gan": 40, "low-pass anchor": 20}
    text = str(collected(tests, tmp_path, "mushra", {"anna": lambda _, name: good[name]}))
    assert "failed" in text
    assert "low-pass anchor  20.000  20.000  20.000 12" in text
