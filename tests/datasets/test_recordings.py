"""Recordings of any length, read as they are."""

import numpy as np
import pytest
import soundfile

from audiogen.datasets import _recordings, load_recordings
from audiogen.exceptions import AudioFileError, AudioFileWarning
from audiogen.signal import resample


def write(path, audio, rate=16000, **how):
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, audio, rate, **how)


def noise(n, *channels, seed=0):
    return np.random.default_rng(seed).uniform(-0.5, 0.5, (n, *channels)).astype(np.float32)


@pytest.fixture
def folder(tmp_path):
    write(tmp_path / "genres" / "jazz" / "a.wav", noise(8000), subtype="FLOAT")
    write(tmp_path / "genres" / "jazz" / "live" / "b.wav", noise(300, 2), subtype="FLOAT")
    write(tmp_path / "genres" / "rain.wav", 3 * noise(20000), subtype="FLOAT")
    return tmp_path / "genres"


def test_files_keep_their_lengths(folder):
    found = load_recordings(folder)
    assert [len(recording) for recording in found.data] == [8000, 300, 20000]
    assert found.frame.file.tolist() == ["jazz/a.wav", "jazz/live/b.wav", "rain.wav"]
    assert found.frame.folder.tolist() == ["jazz", "jazz", "genres"]
    assert found.sample_rate == 16000
    np.testing.assert_array_equal(found.data[0], noise(8000))
    np.testing.assert_allclose(found.data[1], noise(300, 2).mean(axis=1), atol=1e-7)
    loud = 3 * noise(20000)
    np.testing.assert_allclose(found.data[2], loud / np.abs(loud).max(), atol=1e-6)
    one = load_recordings(folder / "jazz" / "a.wav")
    np.testing.assert_array_equal(one.data[0], found.data[0])
    assert one.frame.folder.tolist() == ["jazz"]


def test_resampled_piece_by_piece_they_are_as_resampled_whole(tmp_path, monkeypatch):
    audio = noise(44100)
    write(tmp_path / "a.wav", audio, 44100, subtype="FLOAT")
    monkeypatch.setattr(_recordings, "_BLOCK", 5000)
    found = load_recordings(tmp_path, sample_rate=22050)
    assert found.sample_rate == 22050
    np.testing.assert_allclose(found.data[0], resample(audio, 44100, 22050), atol=1e-5)


def test_mixed_rates_are_refused_or_resampled(folder):
    write(folder / "z.wav", noise(8000), 8000)
    with pytest.raises(
        ValueError, match=r"16000 Hz \(3 of 4 files, such as a.wav\), 8000 Hz \(1 "
    ):
        load_recordings(folder)
    assert [len(r) for r in load_recordings(folder, sample_rate=8000).data] == [
        4000, 150, 10000, 8000,
    ]  # fmt: skip


def test_many_are_read_into_a_file(folder, monkeypatch, tmp_path):
    in_memory = load_recordings(folder).data
    monkeypatch.setenv("AUDIOGEN_DATA", str(tmp_path / "cache"))
    monkeypatch.setattr(_recordings, "_MOST_IN_MEMORY", 1000)
    for _ in range(2):  # decoded, and found
        found = load_recordings(folder).data
        assert all(isinstance(recording, np.memmap) for recording in found)
        for ours, theirs in zip(found, in_memory, strict=True):
            np.testing.assert_array_equal(ours, theirs)


def test_bad_files_raise_or_are_left_out(folder):
    bad = noise(500)
    bad[400] = np.nan
    write(folder / "nan.wav", bad, subtype="FLOAT")
    (folder / "text.wav").write_text("no sound")
    with pytest.raises(AudioFileError, match="text.wav"):
        load_recordings(folder)
    with pytest.warns(AudioFileWarning) as caught:
        found = load_recordings(folder, errors="warn")
    assert len(found.data) == 3
    assert {w.message.args[0].split("/")[-1].split()[0] for w in caught} == {"nan.wav", "text.wav"}


def test_what_is_not_there_is_told(tmp_path):
    with pytest.raises(FileNotFoundError, match="There is no file or folder"):
        load_recordings(tmp_path / "none")
    with pytest.raises(FileNotFoundError, match="no recording below"):
        load_recordings(tmp_path)
    with pytest.raises(ValueError, match="The 'sample_rate' parameter of load_recordings must be"):
        load_recordings(tmp_path, sample_rate=0)
