"""load_nsynth and save_nsynth: there and back, filters, faults."""

import json
import pathlib
import re

import numpy as np
import pandas as pd
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from audiogen.datasets import load_notes, load_nsynth, make_notes, save_nsynth
from audiogen.exceptions import AudioFileError, AudioFileWarning
from audiogen.utils.names import unique_names

# One entry of NSynth's own test split, as published (Google Inc., CC-BY 4.0).
PUBLISHED = {
    "qualities": [0, 1, 0, 0, 0, 0, 0, 0, 0, 0],
    "pitch": 49,
    "note": 217499,
    "instrument_source_str": "synthetic",
    "velocity": 25,
    "instrument_str": "bass_synthetic_068",
    "instrument": 656,
    "sample_rate": 16000,
    "qualities_str": ["dark"],
    "instrument_source": 2,
    "note_str": "bass_synthetic_068-049-025",
    "instrument_family": 0,
    "instrument_family_str": "bass",
}


@pytest.fixture(scope="module")
def notes():
    return load_notes("valid")


@pytest.fixture
def corpus(tmp_path, notes):
    save_nsynth(tmp_path / "nsynth-valid", notes.data, notes.frame)
    return tmp_path


def examples(folder):
    return json.loads((folder / "examples.json").read_text())


def test_round_trip_of_real_notes_is_exact(corpus, notes):
    back = load_nsynth(corpus, "valid", n_jobs=2)
    np.testing.assert_array_equal(back.data, notes.data)  # they have 16 bits
    pd.testing.assert_frame_equal(back.frame, notes.frame)
    assert back.sample_rate == 16_000
    assert [pathlib.Path(name).stem for name in back.filenames] == notes.frame.note.tolist()
    direct = load_nsynth(corpus / "nsynth-valid", "train")
    np.testing.assert_array_equal(direct.data, back.data)


@settings(deadline=None, max_examples=15)
@given(arrays(np.float32, (2, 50), elements=st.floats(-1, 1, width=32)))
def test_round_trip_keeps_16_bits(tmp_path_factory, X):
    folder = tmp_path_factory.mktemp("corpus")
    save_nsynth(folder, X, pd.DataFrame({"pitch": [60, 61]}))
    back = load_nsynth(folder, n_timesteps=50).data
    assert np.abs(back - X).max() <= 2**-15
    np.testing.assert_array_equal(back[np.abs(X) == 0], 0)


def test_entries_are_as_published(tmp_path):
    frame = pd.DataFrame(
        {
            "note": ["bass_synthetic_068-049-025"], "pitch": 49, "velocity": 25,
            "instrument": "bass_synthetic_068", "instrument_family": "bass",
            "instrument_source": "synthetic", "qualities": [("dark",)],
        }
    )  # fmt: skip
    (path,) = save_nsynth(tmp_path, np.zeros((1, 10)), frame)
    assert path == tmp_path / "audio" / "bass_synthetic_068-049-025.wav"
    (entry,) = examples(tmp_path).values()
    assert entry == PUBLISHED | {"note": 0, "instrument": 0}
    assert {k: type(v) for k, v in entry.items()} == {k: type(v) for k, v in PUBLISHED.items()}
    info = soundfile.info(path)
    assert (info.format, info.subtype, info.channels) == ("WAV", "PCM_16", 1)
    assert not list(tmp_path.glob(".partial*"))


def test_published_entry_is_read(tmp_path):
    name = PUBLISHED["note_str"]
    (tmp_path / "audio").mkdir()
    soundfile.write(tmp_path / "audio" / f"{name}.wav", np.ones(10) / 2, 16_000)
    (tmp_path / "examples.json").write_text(json.dumps({name: PUBLISHED}))
    row = load_nsynth(tmp_path).frame.iloc[0]
    assert row.tolist() == [
        name, 49, 25, "bass_synthetic_068", "bass", "synthetic", ("dark",)
    ]  # fmt: skip


def test_minimal_frame(tmp_path):
    paths = save_nsynth(tmp_path, np.zeros((3, 10)), pd.DataFrame({"pitch": [60, 60, 61.0]}))
    assert [path.stem for path in paths] == [
        "synth_lead_synthetic_000-060-100",
        "synth_lead_synthetic_000-060-100-1",
        "synth_lead_synthetic_000-061-100",
    ]
    entry = examples(tmp_path)["synth_lead_synthetic_000-060-100-1"]
    assert (entry["instrument_family"], entry["instrument_source"]) == (9, 2)
    assert entry["velocity"] == 100
    assert load_nsynth(tmp_path).frame.pitch.tolist() == [60, 60, 61]


def test_rows_in_any_index_order(tmp_path):
    X = np.array([[0.25] * 4, [0.5] * 4])
    frame = pd.DataFrame({"pitch": [60, 62], "instrument_family": "organ"}, index=[7, 3])
    save_nsynth(tmp_path, X, frame, sample_rate=8_000)
    back = load_nsynth(tmp_path, n_timesteps=4)
    assert back.sample_rate == 8_000
    np.testing.assert_array_equal(back.data, X)
    assert back.frame.pitch.tolist() == [60, 62]


def test_families_beyond_nsynths(tmp_path):
    frame = pd.DataFrame({"pitch": 40, "instrument_family": ["kick", "vocal", "drum", None]})
    save_nsynth(tmp_path, np.zeros((4, 10)), frame)
    codes = [entry["instrument_family"] for entry in examples(tmp_path).values()]
    assert codes == [12, 10, 11, 9]
    assert load_nsynth(tmp_path, families=["kick"]).frame.instrument_family.tolist() == ["kick"]


def test_nothing_is_overwritten(corpus, notes):
    folder = corpus / "nsynth-valid"
    before = {path: path.read_bytes() for path in folder.rglob("*.*")}
    with pytest.raises(FileExistsError, match="holds examples.json or sounds already"):
        save_nsynth(folder, notes.data[:1], notes.frame[:1])
    (folder / "examples.json").rename(corpus / "elsewhere.json")
    with pytest.raises(FileExistsError, match="give another folder"):
        save_nsynth(folder, notes.data[:1], notes.frame[:1])
    (corpus / "elsewhere.json").rename(folder / "examples.json")
    assert {path: path.read_bytes() for path in folder.rglob("*.*")} == before


def test_a_full_disk_leaves_nothing(tmp_path):
    resource = pytest.importorskip("resource")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    X, frame = np.zeros((2, 64_000)), pd.DataFrame({"pitch": [60, 61]})
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limits[1]))
    try:
        with pytest.raises(OSError, match="cannot be written to"):
            save_nsynth(tmp_path, X, frame)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert list(tmp_path.iterdir()) == []
    assert len(save_nsynth(tmp_path, X, frame)) == 2


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"pitch": [60, None]}, "pitch is a whole number from 0 to 127. Row 1 has nan"),
        ({"pitch": [60, 60.5]}, "Row 1 has 60.5"),
        ({"pitch": [128, 60]}, "Row 0 has 128"),
        ({"velocity": [1, "loud"]}, "a velocity is a whole number.*'loud'"),
        ({"note": ["a", "a"]}, "name 'a' appears more than once"),
        ({"note": ["a", "../b"]}, "'../b' cannot be the name of a file"),
        ({"note": ["a", ""]}, "'' cannot be the name of a file"),
        ({"qualities": [(), ("shiny",)]}, "there is no 'shiny' here, only: bright, dark"),
    ],
)
def test_bad_frames(tmp_path, change, words):
    frame = pd.DataFrame({"pitch": [60, 61]}).assign(**change)
    with pytest.raises(ValueError, match=words):
        save_nsynth(tmp_path / "new", np.zeros((2, 10)), frame)
    assert not (tmp_path / "new").exists()


def test_bad_arrays(tmp_path):
    frame = pd.DataFrame({"pitch": [60, 61]})
    loud = np.zeros((2, 10))
    loud[1, 3] = -1.01
    with pytest.raises(ValueError, match=r"row 1 \(synth_lead_.*-061-100\) reaches 1.01"):
        save_nsynth(tmp_path, loud, frame)
    loud[1, 3] = np.nan
    with pytest.raises(ValueError, match="X holds NaN or infinite samples, first in row 1"):
        save_nsynth(tmp_path, loud, frame)
    with pytest.raises(ValueError, match="DataFrame of 3 rows.*Got DataFrame of 2 rows"):
        save_nsynth(tmp_path, np.zeros((3, 10)), frame)
    with pytest.raises(ValueError, match="with a column 'pitch'"):
        save_nsynth(tmp_path, np.zeros((2, 10)), frame.rename(columns={"pitch": "midi"}))


# ---------------------------------------------------------------- filters


def test_filters_by_brute_force(corpus, notes):
    frame = notes.frame
    found = load_nsynth(
        corpus, "valid", families=["brass", "organ", "mallet"], sources=["acoustic"],
        pitch_range=(50, 70),
    )  # fmt: skip
    keep = [
        i for i, row in frame.iterrows()
        if row.instrument_family in ("brass", "organ", "mallet")
        and row.instrument_source == "acoustic" and 50 <= row.pitch <= 70
    ]  # fmt: skip
    assert 0 < len(keep) < len(frame)
    assert found.frame.note.tolist() == frame.note[keep].tolist()
    np.testing.assert_array_equal(found.data, notes.data[keep])
    one = load_nsynth(corpus, "valid", instruments=["organ_acoustic_000"])
    assert one.frame.instrument.unique().tolist() == ["organ_acoustic_000"]


def test_max_notes(corpus, notes):
    def draw(**kwargs):
        return load_nsynth(corpus, "valid", max_notes=5, **kwargs).frame.note.tolist()

    assert draw(random_state=0) == draw(random_state=0)
    assert draw(random_state=0) != draw(random_state=1)
    assert len(set(draw(random_state=2))) == 5
    everything = load_nsynth(corpus, "valid", max_notes=1000, random_state=0)
    assert len(everything.data) == len(notes.data)


def test_filtered_files_are_not_read(corpus, notes):
    for note in notes.frame.note[notes.frame.instrument_family != "vocal"]:
        (corpus / "nsynth-valid" / "audio" / f"{note}.wav").write_bytes(b"")
    X, y = load_nsynth(corpus, "valid", families=["vocal"], return_X_y=True)
    assert len(X) == (notes.frame.instrument_family == "vocal").sum()
    assert set(y.instrument_family) == {"vocal"}


@pytest.mark.parametrize(
    ("filters", "words"),
    [
        ({"families": ["organs"]}, "families: there is no 'organs' here.*Did you mean organ"),
        ({"sources": ["analog"]}, "no 'analog' here, only: acoustic, electronic, synthetic"),
        ({"instruments": ["organ"]}, "there is no 'organ' here, only: bass_acoustic_000, "),
        ({"pitch_range": (1, 2)}, "None of the 38 notes passes.*Pitches go from 29 to 88"),
        ({"pitch_range": (1, 2, 3)}, "must be a pair"),
        ({"max_notes": 0}, "'max_notes' parameter of load_nsynth"),
        ({"errors": "ignore"}, "'errors' parameter of load_nsynth must be 'raise' or 'warn'"),
    ],
)
def test_bad_filters(corpus, filters, words):
    with pytest.raises(ValueError, match=words):
        load_nsynth(corpus, "valid", **filters)


def test_a_lone_string_is_no_list(corpus):
    with pytest.raises(TypeError, match="'families' parameter of load_nsynth must be None or a l"):
        load_nsynth(corpus, "valid", families="organ")


# ---------------------------------------------------------------- faults


def check_both_ways(corpus, words, n_left):
    with pytest.raises(AudioFileError, match=words):
        load_nsynth(corpus, "valid")
    with pytest.warns(AudioFileWarning, match=words):
        assert len(load_nsynth(corpus, "valid", errors="warn").data) == n_left


def test_file_missing(corpus, notes):
    (corpus / "nsynth-valid" / "audio" / f"{notes.frame.note[3]}.wav").unlink()
    check_both_ways(corpus, f"{notes.frame.note[3]}.wav is missing", 37)


def test_file_not_listed(corpus):
    for i in range(7):
        soundfile.write(corpus / "nsynth-valid" / "audio" / f"x{i}.wav", [0.1], 16_000)
    check_both_ways(corpus, "x0.wav, x1.wav.* and 2 more in .*audio are not listed", 38)


def test_file_of_another_rate(corpus, notes):
    path = corpus / "nsynth-valid" / "audio" / f"{notes.frame.note[0]}.wav"
    soundfile.write(path, notes.data[0], 22_050)
    check_both_ways(corpus, f"{path} is sampled at 22050 Hz instead of 16000 Hz", 37)


def test_frame_and_data_stay_together(corpus, notes):
    path = corpus / "nsynth-valid" / "audio" / f"{notes.frame.note[5]}.wav"
    path.write_bytes(path.read_bytes()[:20_000])
    with pytest.warns(AudioFileWarning, match="is truncated: its header promises 108044 bytes"):
        back = load_nsynth(corpus, "valid", errors="warn")
    np.testing.assert_array_equal(back.data, np.delete(notes.data, 5, axis=0))
    expected = notes.frame.drop(5).reset_index(drop=True)
    pd.testing.assert_frame_equal(back.frame, expected)
    assert notes.frame.note[5] not in "".join(back.filenames)


def test_other_formats_and_rates(tmp_path, notes):
    frame = notes.frame[:3]
    paths = save_nsynth(tmp_path, notes.data[:3], frame, sample_rate=44_100)
    for path, suffix in zip(paths[:2], (".flac", ".OGG"), strict=True):
        soundfile.write(path.with_suffix(suffix), *soundfile.read(path), format=suffix[1:])
    paths[0].unlink()
    back = load_nsynth(tmp_path)
    names = [pathlib.Path(name).suffix for name in back.filenames]
    assert names == [".flac", ".wav", ".wav"]  # WAV where there are two
    assert (back.sample_rate, back.data.shape) == (44_100, (3, 4 * 44_100))
    np.testing.assert_array_equal(back.data[:, :64_000], notes.data[:3])
    assert not back.data[:, 64_000:].any()


def test_no_corpus(tmp_path):
    where = re.escape(str(tmp_path / "nsynth-test" / "examples.json"))
    with pytest.raises(FileNotFoundError, match=f"neither {where} nor .*fetch_nsynth"):
        load_nsynth(tmp_path, "test")


def test_saving_made_notes(tmp_path):
    notes = make_notes(30, duration=0.1, random_state=0)
    save_nsynth(tmp_path, notes.data, notes.frame)
    back = load_nsynth(tmp_path, n_timesteps=1600)
    np.testing.assert_allclose(back.data, notes.data, atol=2**-15)
    pd.testing.assert_frame_equal(back.frame, notes.frame)


@given(st.lists(st.sampled_from(["a", "a-1", "a-1-1", "b", "a-2"])))
def test_unique_names(names):
    unique = unique_names(names)
    assert len(set(unique)) == len(unique) == len(names)
    for i, (old, new) in enumerate(zip(names, unique, strict=True)):
        assert new.startswith(old)
        assert (new == old) == (old not in names[:i])
