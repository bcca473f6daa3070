"""load_audio_folder: recordings cut into pieces, tables of labels, filters."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
import soundfile

from audiogen.datasets import load_audio_folder
from audiogen.exceptions import AudioFileError, AudioFileWarning

RATE = 8_000


def noise(seconds, seed=0):
    n_timesteps = round(seconds * RATE)
    return np.random.default_rng(seed).uniform(-0.5, 0.5, n_timesteps).astype(np.float32)


@pytest.fixture
def folder(tmp_path):
    root = tmp_path / "sounds"
    for i, name in enumerate(["flute/C4.wav", "flute/x.wav", "organ/E4.wav", "organ/soft/G4.wav"]):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(root / name, noise(0.1, i), RATE, subtype="FLOAT")
    return root


# ---------------------------------------------------------------- long recordings


def test_recordings_are_cut_into_pieces(tmp_path):
    for name, seconds in (("a", 1.24), ("b", 0.1), ("c", 1.26)):
        soundfile.write(tmp_path / f"{name}.wav", noise(seconds), RATE, subtype="FLOAT")
    sounds = load_audio_folder(tmp_path, sample_rate=RATE, duration=0.5, segment=True, n_jobs=2)
    assert sounds.frame.note.tolist() == ["a", "a-1", "b", "c", "c-1", "c-2"]
    assert [name[-5] for name in sounds.filenames] == ["a", "a", "b", "c", "c", "c"]
    np.testing.assert_array_equal(sounds.data[:2].ravel(), noise(1))
    np.testing.assert_array_equal(sounds.data[2], np.r_[noise(0.1), np.zeros(3200)])
    np.testing.assert_array_equal(sounds.data[3:].ravel()[:10_080], noise(1.26))
    assert not sounds.data[5, 2080:].any()
    again = load_audio_folder(tmp_path, sample_rate=RATE, segment=0.5)
    np.testing.assert_array_equal(again.data, sounds.data)


def test_pieces_of_resampled_recordings_are_the_whole(tmp_path):
    soundfile.write(tmp_path / "a.wav", noise(2), RATE, subtype="FLOAT")
    pieces = load_audio_folder(tmp_path, sample_rate=11_025, duration=0.5, segment=True).data
    whole = load_audio_folder(tmp_path, sample_rate=11_025, duration=2).data
    assert pieces.shape == (4, 5512)
    np.testing.assert_allclose(pieces.ravel(), whole[0, : pieces.size], atol=1e-6)


def test_bad_recordings_leave_no_pieces(tmp_path):
    for name in "abc":
        soundfile.write(tmp_path / f"{name}.wav", noise(1), RATE, subtype="FLOAT")
    (tmp_path / "b.wav").write_bytes((tmp_path / "b.wav").read_bytes()[:9000])
    with pytest.warns(AudioFileWarning, match=r"b\.wav is truncated"):
        sounds = load_audio_folder(
            tmp_path, sample_rate=RATE, segment=0.5, errors="warn", max_files=3
        )
    assert sounds.frame.note.tolist() == ["a", "a-1", "c", "c-1"]
    np.testing.assert_array_equal(sounds.data.ravel(), np.tile(noise(1), 2))


def test_what_is_left_out_is_said_once(tmp_path):
    for name, seconds in (("a", 3), ("b", 0.2), ("c", 1.5), ("d", 1.05)):
        soundfile.write(tmp_path / f"{name}.wav", noise(seconds), RATE)
    with pytest.warns(UserWarning, match=r"^2\.5 s of 2 of 4 files are left out") as caught:
        load_audio_folder(tmp_path, sample_rate=16_000, duration=1)
    assert len(caught) == 1


@pytest.mark.parametrize("segment", [0, -1.0, np.inf, np.nan, "all"])
def test_bad_segments(tmp_path, segment):
    with pytest.raises((TypeError, ValueError), match="'segment' parameter of load_audio_folder"):
        load_audio_folder(tmp_path, segment=segment)


# ---------------------------------------------------------------- labels and filters


LABELS = {"file": ["organ/E4.wav", "x.wav", "flute/C4.wav"], "pitch": ["F#3", 71, None],
          "mood": ["sad", "glad", "sad"], "instrument_family": ["pipes", None, None]}  # fmt: skip


def test_tables_say_what_files_are(folder):
    pd.DataFrame(LABELS).to_csv(folder / "labels.csv", index=False)
    renamed = {"filename": LABELS["file"], **{k: v for k, v in LABELS.items() if k != "file"}}
    absolute = dict(LABELS, file=[str(folder / "organ/E4.wav"), "./flute/x.wav", "flute/C4.wav"])
    strings = dict(LABELS, pitch=["F#3", "B4", None])
    for labels in (
        folder / "labels.csv", pd.DataFrame(LABELS), LABELS, renamed, absolute,
        pl.DataFrame(strings),
    ):  # fmt: skip
        sounds = load_audio_folder(folder, labels=labels, conditions=["mood", "pitch"])
        assert sounds.frame.note.tolist() == ["organ-E4", "flute-x", "flute-C4"]
        assert sounds.frame.pitch.tolist() == [54, 71, 60]
        assert sounds.frame.mood.tolist() == ["sad", "glad", "sad"]
        assert sounds.frame.instrument_family.tolist() == ["pipes", "flute", "flute"]
    every = load_audio_folder(folder).data
    np.testing.assert_array_equal(sounds.data, every[[2, 1, 0]])
    _, y = load_audio_folder(folder, labels=LABELS, return_X_y=True, conditions=["mood"])
    assert y.to_dict("list") == {"mood": ["sad", "glad", "sad"]}


def test_names_that_look_like_numbers_stay_names(folder):
    (folder / "labels.csv").write_text(
        "file, instrument_family, pitch, year\norgan/E4.wav,01,60,1999\nflute/C4.wav,,62,2001\n"
    )
    sounds = load_audio_folder(folder, labels=folder / "labels.csv", conditions=["year"])
    assert sounds.frame.instrument_family.tolist() == ["01", "flute"]
    assert sounds.frame.pitch.tolist() == [60, 62]
    assert sounds.frame.year.tolist() == [1999, 2001]
    labels = {"file": ["organ/E4.wav", "flute/C4.wav"], "instrument_family": [1, None]}
    for given in (folder / "labels.csv", labels):
        kept = load_audio_folder(folder, labels=given, families=["flute"])
        assert kept.frame.instrument_family.tolist() == ["flute"]


def test_absolute_names_are_found_below_a_root_that_leads_up(folder, monkeypatch):
    monkeypatch.chdir(folder / "flute")
    labels = {"file": [str(folder / "organ" / "E4.wav")], "pitch": [64]}
    assert load_audio_folder("..", labels=labels).frame.pitch.tolist() == [64]


def test_filters_act_before_audio_is_read(folder):
    (folder / "flute" / "C4.wav").write_bytes(b"junk")
    found = load_audio_folder(folder, families=["organ"])
    assert found.frame.note.tolist() == ["organ-E4", "organ-soft-G4"]
    assert load_audio_folder(folder, instruments=["organ/soft"]).frame.pitch.tolist() == [67]
    found = load_audio_folder(folder, pitch_range=("C#4", 66))
    assert found.frame.pitch.tolist() == [64]
    found = load_audio_folder(folder, labels=LABELS, families=["pipes"], pitch_range=("F3", "G3"))
    assert found.frame.note.tolist() == ["organ-E4"]
    rest = {"families": ["organ"], "max_files": 1}
    names = [load_audio_folder(folder, random_state=i, **rest).frame.note[0] for i in range(9)]
    assert set(names) == {"organ-E4", "organ-soft-G4"}
    assert load_audio_folder(folder, random_state=0, **rest).frame.note[0] == names[0]


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"families": ["orgn"]}, "families: there is no 'orgn' here, only: flute, organ"),
        ({"pitch_range": ("C9", "D9")}, "None of the 4 notes passes the filters.*60.0 to 67.0"),
        ({"pitch_range": ("C4", "H4")}, "'H4' is no name of a note"),
        ({"max_files": 0}, "'max_files' parameter of load_audio_folder"),
        ({"labels": {"name": ["a"]}}, "need a column 'file', with paths .* They have 'name'"),
        ({"labels": {"file": []}}, "The labels have no rows"),
        ({"labels": {"file": ["C4.wav", "flute/C4.wav"]}}, r"name .*C4\.wav more than once"),
        ({"labels": {"file": ["C4.wav"], "pitch": [128]}}, "'pitch' of the labels goes from 0 to"),
        ({"labels": {"file": ["C4.wav"], "velocity": ["loud"]}}, "'velocity' of the labels is no"),
        (
            {"labels": {"file": ["C4.wav"]}, "conditions": ["mood"]},
            "names 'mood', which is no col",
        ),
    ],
)
def test_bad_filters_and_labels(folder, parameters, words):
    with pytest.raises(ValueError, match=words):
        load_audio_folder(folder, **parameters)


def test_labels_of_files_that_are_not_there(folder):
    soundfile.write(folder.parent / "outside.wav", noise(0.1), RATE)
    names = ["C4.wav", "gone.wav", "../outside.wav", str(folder.parent / "outside.wav")]
    labels = {"file": names, "pitch": [61, 62, 63, 64]}
    words = r"^Left out: gone\.wav, .* of the labels, 3 of 4 files, not below"
    with pytest.warns(AudioFileWarning, match=words):
        found = load_audio_folder(folder, labels=labels, errors="warn")
    assert found.frame.pitch.tolist() == [61]
    with pytest.raises(AudioFileError, match=r"gone\.wav"):
        load_audio_folder(folder, labels=labels)
    with (
        pytest.warns(AudioFileWarning),
        pytest.raises(AudioFileError, match="None of the 1 files of the labels is below"),
    ):
        load_audio_folder(folder, labels={"file": ["gone.wav"]}, errors="warn")


def test_labels_that_are_no_table(folder):
    with pytest.raises(FileNotFoundError, match=r"no table of labels .*gone\.csv"):
        load_audio_folder(folder, labels=folder / "gone.csv")
    with pytest.raises(
        TypeError, match="'labels' parameter of load_audio_folder must be .* Got i"
    ):
        load_audio_folder(folder, labels=3)
    (folder / "bad.csv").write_bytes(b"\xff\xfe\x00a,b\n1")
    with pytest.raises(ValueError, match=r"bad\.csv cannot be read as a CSV table"):
        load_audio_folder(folder, labels=folder / "bad.csv")
