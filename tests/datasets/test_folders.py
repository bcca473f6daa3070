"""load_audio_folder and load_gtzan."""

import contextlib
import os
import pathlib
import tempfile

import numpy as np
import pytest
import soundfile

from audiogen.datasets import load_audio_folder, load_gtzan, load_notes, save_nsynth
from audiogen.exceptions import AudioFileError, AudioFileWarning


def tone(duration, rate, frequency=440.0):
    return 0.5 * np.sin(2 * np.pi * frequency * np.arange(round(duration * rate)) / rate)


@pytest.fixture
def folder(tmp_path):
    root = tmp_path / "sounds"
    for name, rate, subtype in (
        ("guitar/soft/A4.wav", 44_100, "PCM_24"),
        ("guitar/x-069-.flac", 48_000, "PCM_16"),
        ("organ/long.ogg", 22_050, "VORBIS"),
        ("organ/A4 too.mp3", 32_000, "MPEG_LAYER_III"),
        ("A4.WAV", 8_000, "PCM_U8"),
    ):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        both = np.repeat(tone(1.5, rate)[:, np.newaxis], 2, axis=1)
        soundfile.write(root / name, both, rate, subtype=subtype)
    (root / "readme.txt").write_text("not a sound")
    (root / ".trash").mkdir()
    (root / ".trash" / "old.wav").write_bytes(b"junk")
    (root / "organ" / "._long.wav").write_bytes(b"junk")
    return root


def test_any_folder(folder):
    sounds = load_audio_folder(folder, n_jobs=2)
    assert sounds.data.shape == (5, 64_000)
    assert sounds.data.dtype == np.float32
    frame = sounds.frame.set_index("note")
    assert frame.instrument_family.to_dict() == {
        "A4": "sounds", "guitar-soft-A4": "guitar", "guitar-x-069-": "guitar",
        "organ-A4 too": "organ", "organ-long": "organ",
    }  # fmt: skip
    assert frame.instrument["guitar-soft-A4"] == "guitar/soft"
    assert frame.pitch.isna().to_dict()["organ-long"]
    assert (frame.pitch.dropna() == 69).all()
    assert frame.velocity.isna().all()
    for row in sounds.data:
        np.testing.assert_allclose(row[500:20_000], tone(4, 16_000)[500:20_000], atol=0.06)
        assert np.abs(row[24_100:]).max() < 0.02


def test_rate_and_duration(folder):
    with pytest.warns(
        UserWarning, match=r"^5\.0 s of 5 of 5 files are left out, .*=0\.5 s\. Give"
    ):
        X, y = load_audio_folder(
            folder, sample_rate=22_050, duration=0.5, return_X_y=True, conditions=["instrument"]
        )
    assert X.shape == (5, 11_025)
    assert list(y.columns) == ["instrument"]
    np.testing.assert_allclose(X[1, 500:-500], tone(0.5, 22_050)[500:-500], atol=0.01)


def test_complete_pitches_are_whole(folder):
    (folder / "organ" / "long.ogg").unlink()
    assert load_audio_folder(folder).frame.pitch.dtype == np.int64


def test_same_names_stay_apart(tmp_path):
    for suffix in ("wav", "flac"):
        soundfile.write(tmp_path / f"a.{suffix}", tone(0.1, 16_000), 16_000)
    assert load_audio_folder(tmp_path).frame.note.tolist() == ["a", "a-1"]


def test_bad_files(folder):
    (folder / "guitar" / "bad.wav").write_text("junk")
    (folder / "guitar" / "song.m4a").write_text("junk")
    with pytest.raises(AudioFileError, match="bad.wav cannot be read as sound"):
        load_audio_folder(folder)
    with pytest.warns(AudioFileWarning) as caught:
        assert len(load_audio_folder(folder, errors="warn").data) == 5
    named = [str(warning.message) for warning in caught]
    assert len(named) == 2
    assert "bad.wav" in named[0]
    assert "song.m4a" in named[1]


def test_no_sounds(tmp_path):
    with pytest.raises(FileNotFoundError, match="There is no folder"):
        load_audio_folder(tmp_path / "none")
    (tmp_path / "a.txt").write_text("no sound")
    with pytest.raises(NotADirectoryError, match=r"a.txt is a file; give a folder"):
        load_audio_folder(tmp_path / "a.txt")
    with pytest.raises(FileNotFoundError, match="no sound file below .*flac"):
        load_audio_folder(tmp_path)
    with pytest.raises(ValueError, match="'duration' parameter of load_audio_folder"):
        load_audio_folder(tmp_path, duration=0)


@contextlib.contextmanager
def not_as_root():
    """Give up the rights of root, whom no permission stops, for a while."""
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(65_534)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)


@pytest.mark.skipif(os.name != "posix", reason="permissions and links are those of POSIX")
def test_every_fault_of_one_file_may_be_a_warning():
    with tempfile.TemporaryDirectory() as name:  # pytest's own is shut to other users
        root = pathlib.Path(name)
        soundfile.write(root / "good.wav", tone(0.1, 16_000), 16_000)
        for away in ("shut.wav", "inside/a.wav"):
            (root / away).parent.mkdir(exist_ok=True)
            soundfile.write(root / away, tone(0.1, 16_000), 16_000)
        (root / "lost.wav").symlink_to(root / "nowhere.wav")
        (root / "circle.wav").symlink_to(root / "circle.wav")
        os.mkfifo(root / "pipe.wav")
        for path, mode in ((root, 0o755), (root / "shut.wav", 0), (root / "inside", 0)):
            path.chmod(mode)
        with not_as_root():
            with pytest.warns(AudioFileWarning) as caught:
                sounds = load_audio_folder(root, errors="warn")
            with pytest.raises(AudioFileError, match="inside cannot be listed: Permission denied"):
                load_audio_folder(root)
        (root / "inside").chmod(0o755)
    assert sounds.frame.note.tolist() == ["good"]
    said = sorted(str(warning.message).replace(str(root), "") for warning in caught)
    assert [words.split("/")[1].split(":")[0] for words in said] == [
        "circle.wav cannot be read",
        "inside cannot be listed",
        "lost.wav is a link to a file that is missing.",
        "pipe.wav is empty.",
        "shut.wav cannot be read",
    ]


@pytest.mark.skipif(os.name != "posix", reason="other systems have names of characters alone")
def test_names_that_are_no_utf8_are_read(tmp_path):
    soundfile.write(tmp_path / "a.wav", tone(0.1, 16_000), 16_000)
    (tmp_path / "a.wav").rename(tmp_path / os.fsdecode(b"caf\xe9-C4.wav"))
    sounds = load_audio_folder(tmp_path, duration=0.1)
    np.testing.assert_allclose(sounds.data[0], tone(0.1, 16_000), atol=1e-4)
    assert sounds.frame.note.tolist() == [r"caf\xe9-C4"]
    assert sounds.frame.pitch.tolist() == [60]
    assert os.fsencode(sounds.filenames[0]).endswith(b"caf\xe9-C4.wav")


def test_linked_folders_are_read_and_circles_are_not(tmp_path):
    for name in ("sounds/organ/a.wav", "elsewhere/deep/b.wav", "elsewhere/.hidden/c.wav"):
        (tmp_path / name).parent.mkdir(parents=True)
        soundfile.write(tmp_path / name, tone(0.1, 16_000), 16_000)
    (tmp_path / "sounds" / "flute").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "elsewhere" / "again").symlink_to(tmp_path / "sounds")
    sounds = load_audio_folder(tmp_path / "sounds")
    assert sounds.frame.note.tolist() == ["flute-deep-b", "organ-a"]
    assert sounds.frame.instrument_family.tolist() == ["flute", "organ"]


@pytest.mark.parametrize(
    ("suffix", "kind"),
    [("WAVE", "WAV"), ("aifc", "AIFF"), ("Caf", "CAF"), ("w64", "W64"), ("snd", "AU"),
     ("voc", "VOC"), ("sf", "IRCAM"), ("sph", "NIST"), ("rf64", "RF64")],
)  # fmt: skip
def test_other_kinds_are_read(tmp_path, suffix, kind):
    path = tmp_path / f"jazz.00000.{suffix}"
    soundfile.write(path, tone(0.1, 22_050), 22_050, format=kind, subtype="PCM_16")
    row = load_audio_folder(tmp_path, sample_rate=22_050, duration=0.1).data[0]
    np.testing.assert_allclose(row, tone(0.1, 22_050), atol=1e-4)
    (tmp_path / "jazz").mkdir()
    path.rename(tmp_path / "jazz" / path.name)
    np.testing.assert_array_equal(load_gtzan(tmp_path).data, [row])


@pytest.mark.parametrize("duration", [np.inf, -np.inf, np.nan])
def test_durations_are_finite(tmp_path, duration):
    with pytest.raises(ValueError, match=r"'duration' .* of load_audio_folder .*\(0, inf\)\. Got"):
        load_audio_folder(tmp_path, duration=duration)


def test_reads_a_corpus_of_nsynths(tmp_path):
    notes = load_notes("valid")
    save_nsynth(tmp_path, notes.data[:5], notes.frame[:5])
    sounds = load_audio_folder(tmp_path)
    by_name = notes.frame[:5].sort_values("note")
    np.testing.assert_array_equal(sounds.data, notes.data[by_name.index])
    assert sounds.frame.pitch.tolist() == by_name.pitch.tolist()
    assert sounds.frame.velocity.tolist() == by_name.velocity.tolist()


def test_the_rate_of_a_folder_is_that_of_most_files(tmp_path):
    for i, rate in enumerate([22_050, 44_100, 22_050]):
        soundfile.write(tmp_path / f"{i}.wav", tone(0.1, rate), rate)
    (tmp_path / "broken.wav").write_bytes(b"RIFF")
    with pytest.warns(AudioFileWarning, match=r"broken\.wav"):
        sounds = load_audio_folder(tmp_path, sample_rate=None, duration=0.1, errors="warn")
    assert (sounds.sample_rate, sounds.data.shape) == (22_050, (3, 2205))
    np.testing.assert_allclose(sounds.data[0], tone(0.1, 22_050), atol=1e-4)


# ---------------------------------------------------------------- GTZAN


def write_gtzan(root, lengths, rate=22_050):
    for name, length in lengths.items():
        path = root / "genres" / name.split(".")[0] / name
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, tone(length / rate, rate), rate)


def test_gtzan(tmp_path):
    write_gtzan(tmp_path, {"jazz.00000.wav": 3000, "jazz.00001.wav": 2900, "blues.00000.au": 3100})
    pieces = load_gtzan(tmp_path, n_jobs=2)
    assert pieces.data.shape == (3, 2900)
    assert pieces.sample_rate == 22_050
    assert pieces.frame.genre.tolist() == ["blues", "jazz", "jazz"]
    assert pieces.frame.note.tolist() == ["blues.00000", "jazz.00000", "jazz.00001"]
    np.testing.assert_allclose(pieces.data[0], tone(1, 22_050)[:2900], atol=1e-4)
    direct, y = load_gtzan(tmp_path / "genres", genres=["jazz"], return_X_y=True)
    np.testing.assert_array_equal(direct, pieces.data[1:])
    assert y.to_dict("list") == {"genre": ["jazz", "jazz"]}


def test_gtzans_corrupt_file_is_left_out(tmp_path):
    write_gtzan(tmp_path, {"jazz.00000.wav": 3000, "jazz.00054.wav": 3000})
    assert len(load_gtzan(tmp_path).data) == 2  # a whole copy is welcome
    (tmp_path / "genres" / "jazz" / "jazz.00054.wav").write_bytes(b"\x83\xd8" * 5000)
    for errors in ("raise", "warn"):
        with pytest.warns(AudioFileWarning, match="jazz.00054.wav cannot be read") as caught:
            assert len(load_gtzan(tmp_path, errors=errors).data) == 1
        assert len(caught) == 1
    silent = np.full(3000, np.nan, dtype=np.float32)  # a fault that opening it does not show
    soundfile.write(tmp_path / "genres" / "jazz" / "jazz.00054.wav", silent, 22_050, "FLOAT")
    for errors in ("raise", "warn"):
        with pytest.warns(AudioFileWarning, match="jazz.00054.wav holds NaN") as caught:
            assert len(load_gtzan(tmp_path, errors=errors).data) == 1
        assert len(caught) == 1


def test_other_bad_pieces(tmp_path):
    write_gtzan(tmp_path, {"jazz.00000.wav": 3000, "jazz.00001.wav": 3000})
    path = tmp_path / "genres" / "jazz" / "jazz.00001.wav"
    path.write_bytes(path.read_bytes()[:1000])  # must not decide the common length
    with pytest.raises(AudioFileError, match="jazz.00001.wav is truncated"):
        load_gtzan(tmp_path)
    with pytest.warns(AudioFileWarning, match="jazz.00001.wav is truncated"):
        assert load_gtzan(tmp_path, errors="warn").data.shape == (1, 3000)
    write_gtzan(tmp_path, {"jazz.00001.wav": 3000}, rate=16_000)
    with pytest.raises(AudioFileError, match="16000 Hz instead of 22050 Hz"):
        load_gtzan(tmp_path)


def test_gtzan_not_there(tmp_path):
    with pytest.raises(FileNotFoundError, match="give the folder that holds 'genres'"):
        load_gtzan(tmp_path)
    write_gtzan(tmp_path, {"jazz.00000.wav": 3000})
    with pytest.raises(ValueError, match="genres: there is no 'jaz' here, only: jazz"):
        load_gtzan(tmp_path, genres=["jaz"])
    with pytest.raises(ValueError, match="names 'pitch'"):
        load_gtzan(tmp_path, conditions=["pitch"])
