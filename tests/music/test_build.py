"""Models built from a few tunes, notes and hits, twice."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

import audiogen
from audiogen.datasets import load_drums, load_notes, load_tunes
from audiogen.io import Score
from audiogen.music.build import (
    build_chords,
    build_drums,
    build_groove,
    build_melody,
    build_voices,
    main,
)


def test_twelve_notes_give_the_same_voices_twice():
    bunch = load_notes("train", sample_rate=44_100)
    names = bunch.frame.instrument.unique()[:3]
    rows = [r for n in names for r in bunch.frame.index[bunch.frame.instrument == n][:4]]
    X, y = bunch.data[rows, :22_050], bunch.frame.loc[rows, ["instrument", "pitch", "velocity"]]
    first, second = (build_voices(X, y) for _ in range(2))
    np.testing.assert_array_equal(
        first.sample(3, random_state=0), second.sample(3, random_state=0)
    )


def test_twelve_hits_give_the_same_drums_twice():
    X, y = load_drums(return_X_y=True)
    first, second = (build_drums(X[:12, :22_050], y[:12]) for _ in range(2))
    np.testing.assert_array_equal(
        first.sample(3, random_state=0), second.sample(3, random_state=0)
    )


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """Return the bundled tunes as one file."""
    folder = tmp_path_factory.mktemp("book")
    texts = []
    for number, score in enumerate(load_tunes().scores, start=1):
        score.save(folder / "one.abc")
        texts.append((folder / "one.abc").read_text().replace("X:1", f"X:{number}", 1))
    path = folder / "book.abc"
    path.write_text("\n\n".join(texts))
    return path


def test_the_bundled_tunes_give_the_same_melodies_twice(book):
    first, second = (build_melody(book, units=16, epochs=1) for _ in range(2))
    wanted = {"metre": ["4/4"], "mode": ["major"]}
    one, two = (model.sample(y=wanted, n_bars=4, random_state=0)[0] for model in (first, second))
    assert one == two
    assert one.metre == (4, 4)


def test_the_command_writes_what_it_is_given_files_for(book, tmp_path, capsys):
    main(["--tunes", str(book), "--out", str(tmp_path), "--only", "melody"])
    assert [path.name for path in tmp_path.iterdir()] == ["melody.skops"]
    assert "melody.skops" in capsys.readouterr().out
    model = audiogen.load(tmp_path / "melody.skops")
    assert model.sample(random_state=0)[0].parts == ["melody"]


def test_songs_after_1930_and_first_chords_alone_are_left_out(tmp_path):
    song = Score(
        {"onset": range(16), "duration": [1] * 16, "pitch": [60, 64, 67, 72] * 4},
        chords=[(0, 4, "C"), (4, 8, "F"), (8, 12, "G7"), (12, 16, "C")],
    )
    song.save(tmp_path / "undated.abc")
    with pytest.raises(ValueError, match="holds no song with chords and a year up to 1930"):
        build_chords(tmp_path / "undated.abc")
    model = build_chords(tmp_path / "undated.abc", tmp_path / "undated.abc", epochs=1)
    (again,) = model.predict([song])
    assert again.chords[-1][2] == "C"


def test_files_of_grooves_are_checked(tmp_path):
    rng = np.random.default_rng(0)
    hits = rng.random((6, 32, 9)) * (rng.random((6, 32, 9)) < 0.3)
    arrays = {"hits": hits, "offsets": np.zeros_like(hits)}
    np.savez(tmp_path / "bad.npz", **arrays)
    with pytest.raises(ValueError, match=r"bad\.npz has no array style"):
        build_groove(tmp_path / "bad.npz")
    split = np.array(["train"] * 4 + ["valid", "validation"])
    style = np.array(["a", "b", "a", "b", "c", "d"])
    np.savez(tmp_path / "good.npz", **arrays, style=style, split=split)
    model = build_groove(tmp_path / "good.npz", units=8, width=4, epochs=1)
    assert model.sample(2, y="a", random_state=0).shape == (2, 32, 9, 2)
    with pytest.raises(ValueError, match=r"Seen in training: a, b\."):
        model.sample(1, y="d")
    np.savez(tmp_path / "test.npz", **arrays, style=style, split=np.full(6, "test"))
    with pytest.raises(ValueError, match=r"test\.npz holds no patterns of the split 'train'"):
        build_groove(tmp_path / "test.npz")


@pytest.mark.parametrize("name", ["melody", "chords", "groove", "voices", "drums"])
def test_pretrained_models_sample_without_keras(name):
    script = f"""
import sys
from audiogen.music import pretrained
model = pretrained({name!r})
if hasattr(model, "sample"):
    model.sample(1, random_state=0)
assert "keras" not in sys.modules and "tensorflow" not in sys.modules
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_packages_voices_know_their_instruments():
    from audiogen.music import instrument_names, load_instrument, pretrained
    from audiogen.music._casting import REACH, voices_of

    model = pretrained("voices")[-1]
    instruments = [load_instrument(name) for name in instrument_names()]
    assert {one.voice for one in instruments} <= set(model.categories_["instrument"])
    learnt = {role.voice: role.pitches for role in voices_of(model.conditions_)}
    for one in instruments:  # or notes would be moved by octaves
        low, high = learnt[one.voice]
        assert low - REACH <= one.low < one.high <= high + REACH, one.name
    assert isinstance(pretrained("voices").sample(y=pd.DataFrame(
        {"instrument": ["flute_acoustic_002"], "pitch": [70], "velocity": [100]}
    )), np.ndarray)  # fmt: skip
