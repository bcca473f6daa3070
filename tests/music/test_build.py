"""Models built from a few tunes, notes and hits, twice."""

import re
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
import soundfile

import audiogen.cli
from audiogen.datasets import load_drums, load_notes, load_tunes, save_nsynth
from audiogen.exceptions import AudioFileWarning
from audiogen.io import Score
from audiogen.music._build_data import read_melodies
from audiogen.music.build import (
    build_chords,
    build_drums,
    build_groove,
    build_melody,
    main,
)
from audiogen.signal import resample, track_pitch


@pytest.fixture(scope="module")
def twelve():
    """Return half a second of four notes of three instruments, and their table."""
    bunch = load_notes("train", sample_rate=44_100)
    names = bunch.frame.instrument.unique()[:3]
    rows = [r for n in names for r in bunch.frame.index[bunch.frame.instrument == n][:4]]
    return bunch.data[rows, :22_050], bunch.frame.loc[rows].reset_index(drop=True)


def write_notes(layout, root, X, frame):
    """Write notes in a layout that people have them in."""
    if layout == "plain":
        names = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
        for i, (note, row) in enumerate(zip(X, frame.itertuples(), strict=True)):
            suffix = (".wav", ".flac", ".ogg", ".mp3")[i % 4]
            name = f"{names[row.pitch % 12]}{row.pitch // 12 - 1}{suffix}"
            (root / row.instrument).mkdir(parents=True, exist_ok=True)
            soundfile.write(root / row.instrument / name, note, 44_100)
        return
    paths = save_nsynth(root / layout, X, frame, sample_rate=44_100)
    if layout == "train":
        save_nsynth(root / "valid", X[:1], frame[:1])
        for path in paths:
            audio, rate = soundfile.read(path)
            soundfile.write(path.with_suffix(".flac"), audio, rate)
            path.unlink()


def build_notes(folder, out):
    """Return the voices that the command learns from a folder."""
    main(["--notes", str(folder), "--only", "voices", "--out", str(out)])
    assert [path.name for path in out.iterdir()] == ["voices.skops"]
    return audiogen.load(out / "voices.skops")


def test_twelve_notes_give_the_same_voices_in_each_layout(twelve, tmp_path):
    samples = []
    for layout in (".", "nsynth-train", "train"):
        write_notes(layout, tmp_path / layout / "notes", *twelve)
        model = build_notes(tmp_path / layout / "notes", tmp_path / layout / "out")
        assert set(model[-1].categories_) == {"instrument", "pitch", "velocity"}
        samples.append(model.sample(6, random_state=0))
    np.testing.assert_array_equal(samples[0], samples[1])
    np.testing.assert_array_equal(samples[0], samples[2])


def test_the_clip_command_plays_the_voices_of_a_folder(twelve, tmp_path, capsys):
    write_notes("plain", tmp_path / "notes", *twelve)
    model = build_notes(tmp_path / "notes", tmp_path / "models")
    assert model[-1].categories_["instrument"].tolist() == sorted(twelve[1].instrument.unique())
    tune = Score({"onset": [0, 1], "duration": [1, 1], "pitch": [60, 64]}).save(tmp_path / "a.mid")
    options = [tune, "--model", tmp_path / "models" / "voices.skops", "--out", tmp_path / "clip"]
    programs = ["--programs", "0=guitar_electronic_000"]
    assert audiogen.cli.main(["clip", "--midi", *map(str, options), *programs]) == 0
    assert "guitar_electronic_000" in capsys.readouterr().out


@pytest.mark.filterwarnings("default")  # which the command prints
def test_notes_at_another_rate_sound_at_their_pitch(twelve, tmp_path, capsys):
    X, frame = twelve
    low = np.stack([resample(note, 44_100, 16_000) for note in X])
    save_nsynth(tmp_path / "notes", low, frame, sample_rate=16_000)
    model = build_notes(tmp_path / "notes", tmp_path / "models")
    assert re.search(
        r"12 of 12 files are resampled to 44100 Hz, such as .*wav, which is at 16000 Hz: "
        r"voices will have nothing above 8000 Hz\.",
        capsys.readouterr().err,
    )
    wanted = frame[frame.instrument == "brass_acoustic_000"]
    notes = model.sample(y=wanted[["instrument", "pitch", "velocity"]], random_state=0)
    np.testing.assert_allclose(track_pitch(notes, 44_100), wanted.pitch, atol=0.5)


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


@pytest.fixture(scope="module")
def bad(tmp_path_factory):
    """Return a folder of files and folders that nothing can be learnt from."""
    folder = tmp_path_factory.mktemp("bad")
    (folder / "empty.jsonl").write_text("")
    (folder / "text.jsonl").write_text("no tune")
    (folder / "text.npz").write_text("no patterns")
    np.save(folder / "one.npy", np.zeros(3))
    rows = {"offsets": np.zeros((2, 32, 9)), "style": np.array(["a", "b"])}
    np.savez(folder / "short.npz", hits=np.zeros((2, 16, 9)), **rows)
    np.savez(folder / "midi.npz", hits=np.full((2, 32, 9), 100), **rows)
    np.savez(folder / "nan.npz", hits=np.full((2, 32, 9), np.nan), **rows)
    (folder / "nothing").mkdir()
    (folder / "silent").mkdir()
    soundfile.write(folder / "silent" / "C4.wav", np.zeros(1000), 44_100)
    one = pd.DataFrame({"pitch": [60]})
    save_nsynth(folder / "splits" / "nsynth-mine", np.ones((1, 100)) / 2, one)
    return folder


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("--only vioces", r"--only: there is no model 'vioces', .* Did you mean voices\?"),
        ("--only chords", "chords is learnt from a file of yours: give --leadsheets FILE"),
        ("--seed -1", "'--seed' parameter .* must be an int in the range"),
        ("--tunes none.abc", r"no file .*none\.abc"),
        ("--tunes nothing", "nothing is a folder; give one file"),
        ("--tunes empty.jsonl", r"empty\.jsonl holds no tunes to train on"),
        ("--tunes text.jsonl", r"text\.jsonl cannot be read: line 1 is no tune"),
        ("--tunes text.npz", r"text\.npz must end in one of \.mid, .*\.abc"),
        ("--leadsheets empty.jsonl", r"empty\.jsonl holds no song with chords and a year"),
        ("--leadsheets nothing", "nothing is a folder; give one file"),
        ("--grooves none.npz", r"no file .*none\.npz"),
        ("--grooves text.npz", r"text\.npz is no \.npz file .*numpy\.savez\(path, hits="),
        ("--grooves one.npy", r"one\.npy is no \.npz file"),
        ("--grooves nothing", "nothing is no .npz file"),
        ("--grooves short.npz", r"short\.npz: the array hits must have the shape \(2, 32, 9\)"),
        ("--grooves midi.npz", r"hits must lie in \[0, 1\]\. Got 100: .* divided by 127"),
        ("--grooves nan.npz", r"hits must lie in \[0, 1\]\. Got nan"),
        ("--notes none", r"There is no folder .*none"),
        ("--notes one.npy", r"one\.npy is a file; give a folder"),
        ("--notes nothing", "There is no sound file below .*nothing"),
        ("--notes silent", r"C4\.wav is silent, one of 1 files"),
        ("--notes splits", "Give one of its folders: .*splits/nsynth-mine"),
        ("--notes splits/nsynth-mine/audio", "give .*splits/nsynth-mine"),
    ],
)  # fmt: skip
def test_bad_input_is_refused_before_anything_is_written(bad, options, words, tmp_path, capsys):
    name, value = options.split()
    if name not in ("--only", "--seed"):
        value = str(bad / value)
    with pytest.raises(SystemExit) as ended:
        main([name, value, "--out", str(tmp_path / "out")])
    assert ended.value.code == 2
    assert re.search(words, capsys.readouterr().err)
    assert not (tmp_path / "out").exists()


def test_no_model_is_replaced(tmp_path, capsys):
    (tmp_path / "drums.skops").write_text("mine")
    with pytest.raises(SystemExit):
        main(["--out", str(tmp_path)])
    assert re.search(r"drums\.skops is there already; give another --out", capsys.readouterr().err)
    assert [path.read_text() for path in tmp_path.iterdir()] == ["mine"]
    with pytest.raises(SystemExit):
        main(["--out", str(tmp_path / "drums.skops")])
    assert "drums.skops is a file; give a folder" in capsys.readouterr().err


def test_a_book_may_have_a_few_tunes_that_cannot_be_read(tmp_path):
    (tmp_path / "book.abc").write_text("X:1\nK:C\nCDEF|\n\nX:2\nK:C\n\n\nX:3\nK:C\nA=|\n")
    with pytest.warns(
        AudioFileWarning, match=r"2 of 3 tunes are left out\. The first: .*book\.abc"
    ):
        scores, _ = read_melodies(tmp_path / "book.abc")
    assert [score.notes.pitch.tolist() for score in scores] == [[60, 62, 64, 65]]


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


def test_pretrained_models_sample_without_keras():
    script = """
import sys
from audiogen.music import pretrained
for name in ("melody", "chords", "groove", "voices", "drums"):
    model = pretrained(name)
    if hasattr(model, "sample"):
        model.sample(1, random_state=0)
    assert "keras" not in sys.modules and "tensorflow" not in sys.modules, name
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_packages_voices_know_their_instruments():
    from audiogen.music import instrument_names, load_instrument, pretrained
    from audiogen.music._casting import REACH, voices_of

    model = pretrained("voices")[-1]
    assert len(model.samples_) == len(load_notes("train", sample_rate=44_100).frame)
    instruments = [load_instrument(name) for name in instrument_names()]
    assert {one.voice for one in instruments} <= set(model.categories_["instrument"])
    learnt = {role.voice: role.pitches for role in voices_of(model.conditions_)}
    for one in instruments:  # or notes would be moved by octaves
        low, high = learnt[one.voice]
        assert low - REACH <= one.low < one.high <= high + REACH, one.name
    assert isinstance(pretrained("voices").sample(y=pd.DataFrame(
        {"instrument": ["flute_acoustic_002"], "pitch": [70], "velocity": [100]}
    )), np.ndarray)  # fmt: skip
