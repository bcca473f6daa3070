"""The command ``listen``."""

import json

import numpy as np
import pytest

from audiogen.io import write_clip
from helpers.listening import write_answers

NOISE = 0.1 * np.random.default_rng(0).normal(size=(3, 8000))


@pytest.fixture
def folders(tmp_path):
    """Return a function that writes folders of three sounds each in tmp_path."""

    def write(*names, rate=16000):
        for name in names:
            for number, sound in enumerate(NOISE):
                write_clip(tmp_path / name / f"{number}.wav", sound, rate)

    return write


def test_a_test_is_made_and_its_answers_read(run_here, folders, tmp_path):
    folders("vae", "real")
    folders("gan", rate=8000)
    status, out, err = run_here(
        "listen",
        "vae",
        "gan",
        "--reference",
        "real",
        "--kind",
        "mushra",
        "--n",
        2,
        "--out",
        "test",
    )
    assert (status, err) == (0, "")
    assert "2 questions of 3 sets at -23.0 LUFS" in out
    key = json.loads((tmp_path / "test" / "key.json").read_text())
    assert (key["sets"], key["reference"], key["sample_rate"]) == (
        ["vae", "gan", "real"],
        "real",
        16000,
    )
    assert {sound["sound"] for sound in key["sounds"].values() if sound["set"] == "gan"} < {
        str(tmp_path / "gan" / f"{n}.wav").removeprefix(f"{tmp_path}/") for n in range(3)
    }
    good = {"real": 95, "vae": 60, "gan": 30, "low-pass anchor": 10}
    judges = {"anna": lambda _, name: good[name], "dan": lambda *_: 50}
    paths = write_answers(tmp_path, key, judges)
    status, out, err = run_here("listen", "--collect", *paths, "--key", "test/key.json")
    assert (status, err) == (0, "")
    assert "vae 60.000" in " ".join(out.split())
    assert out.endswith("in more than 15 % of the questions: dan.\n")
    (tmp_path / "key.json").write_bytes((tmp_path / "test" / "key.json").read_bytes())
    status, out, _ = run_here("listen", "--collect", *paths, tmp_path / "key.json", "--json")
    means = {row["set"]: row["mean"] for row in json.loads(out)["scores"]}
    assert (status, means) == (0, good)


def test_sets_of_one_folder_name_are_told_apart(run_here, folders, tmp_path):
    folders("one/audio", "two/audio")
    assert run_here("listen", "one/audio", "two/audio", "--out", "test")[0] == 0
    key = json.loads((tmp_path / "test" / "key.json").read_text())
    assert key["sets"] == ["one/audio", "two/audio"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("listen", "Give two folders of sounds or more"),
        ("listen a", "needs 2 sets or more. Got 1"),
        ("listen a nowhere", "There is no folder nowhere"),
        ("listen a empty", "There is no sound file below empty"),
        ("listen a a", "A set is given twice"),
        ("listen a b --kind mushra", "must name one of the sets, 'a', 'b'"),
        ("listen a b --reference c", "kind 'preference' has no reference"),
        ("listen a b --out a", "a is not empty"),
        ("listen a b --json", "go with --collect"),
        ("listen a b --collect x.json", "leave the sets out"),
        ("listen --collect x.json", "There is no key.json: give the key.json of the test"),
        ("listen --collect x.json --key a/0.wav", "a/0.wav is not the key of a listening test"),
        ("listen a b --n 0", "must be a whole number of at least 1"),
    ],
)
def test_what_is_wrong_is_said(words, message, run_here, folders, tmp_path):
    folders("a", "b", "c")
    (tmp_path / "empty").mkdir()
    status, _, err = run_here(*words.split())
    assert status == 2
    assert message in err
    assert not (tmp_path / "audiogen-listen").exists()
