"""Sound files of every kind, and every kind of fault."""

import numpy as np
import pytest

from audiogen.datasets._reading import read_audio, read_rows
from audiogen.exceptions import AudioFileError, AudioFileWarning
from helpers.sound_files import cut, tone, write

SUBTYPES = [
    ("wav", "PCM_U8", 1 / 100), ("wav", "PCM_16", 1e-4), ("wav", "PCM_24", 1e-6),
    ("wav", "PCM_32", 1e-7), ("wav", "FLOAT", 0), ("wav", "DOUBLE", 0), ("wav", "ULAW", 0.03),
    ("flac", "PCM_16", 1e-4), ("flac", "PCM_24", 1e-6), ("au", "PCM_16", 1e-4),
    ("aiff", "PCM_16", 1e-4), ("ogg", "VORBIS", 0.1), ("ogg", "OPUS", 0.1),
    ("mp3", "MPEG_LAYER_III", 0.1),
]  # fmt: skip


@pytest.mark.parametrize(("suffix", "subtype", "error"), SUBTYPES)
def test_formats(tmp_path, suffix, subtype, error):
    path = write(tmp_path / f"a.{suffix}", tone(), subtype=subtype)
    audio, _ = read_audio(path, 16_000, 16_000)
    assert audio.dtype == np.float32
    assert len(audio) == 16_000
    middle = slice(0, 15_000)  # codecs fade where a file ends
    np.testing.assert_allclose(audio[middle], tone()[middle], atol=error + 1e-7)


@pytest.mark.parametrize("n_channels", [1, 2, 6])
def test_channels_are_averaged(tmp_path, n_channels):
    rng = np.random.default_rng(0)
    audio = rng.uniform(-1, 1, (500, n_channels)).astype(np.float32)
    path = write(tmp_path / "a.wav", audio, subtype="FLOAT")
    np.testing.assert_allclose(read_audio(path, 500, 16_000)[0], audio.mean(axis=1), atol=1e-6)


@pytest.mark.parametrize("rate", [8_000, 11_025, 22_050, 44_100, 48_000, 96_000, 37_123])
def test_resampling_keeps_the_tone(tmp_path, rate):
    path = write(tmp_path / "a.wav", tone(2 * rate, rate), rate, subtype="FLOAT")
    audio, _ = read_audio(path, 16_000, 16_000, resample=True)
    assert len(audio) == 16_000
    np.testing.assert_allclose(audio[200:], tone()[200:], atol=2e-3)


def test_reading_a_beginning_equals_the_beginning_of_all(tmp_path):
    import soxr

    rng = np.random.default_rng(0)
    audio = rng.uniform(-0.5, 0.5, 44_100 * 3).astype(np.float32)
    path = write(tmp_path / "a.wav", audio, 44_100, subtype="FLOAT")
    whole = soxr.resample(audio, 44_100, 16_000)[:16_000]
    found, seconds = read_audio(path, 16_000, 16_000, resample=True)
    np.testing.assert_allclose(found, whole, atol=1e-5)
    assert seconds == 3


def test_rows_are_padded_and_cut(tmp_path):
    paths = [write(tmp_path / f"{n}.wav", tone(n), subtype="FLOAT") for n in (50, 100, 150)]
    for n_jobs in (None, 2):
        X, kept, _ = read_rows(paths, 100, 16_000, n_jobs=n_jobs)
        assert kept == [0, 1, 2]
        np.testing.assert_array_equal(X[0], np.r_[tone(50), np.zeros(50)])
        np.testing.assert_array_equal(X[2], tone(100))


def test_too_loud_is_scaled(tmp_path):
    path = write(tmp_path / "a.wav", 4 * tone(), subtype="FLOAT")
    audio, _ = read_audio(path, 16_000, 16_000)
    np.testing.assert_allclose(audio, 2 * tone(), atol=1e-3)
    assert np.abs(audio).max() == 1


def faults(folder):
    """Yield a bad file of each kind, and words of the message."""
    for suffix in ("wav", "flac", "au", "aiff", "ogg", "mp3"):
        yield cut(write(folder / f"cut.{suffix}", tone())), "truncated|cannot be read"
    yield cut(write(folder / "opus.ogg", tone(), subtype="OPUS"), 0.9), "truncated"
    yield cut(write(folder / "stump.wav", tone()), 0.0005), "cannot be read"
    (folder / "text.wav").write_text("this is no sound, whatever its name says" * 10)
    yield folder / "text.wav", "cannot be read as sound"
    (folder / "zeros.mp3").write_bytes(bytes(2000))
    yield folder / "zeros.mp3", "cannot be read as sound"
    (folder / "nothing.wav").touch()
    yield folder / "nothing.wav", "is empty"
    yield write(folder / "header.wav", tone(0)), "holds no samples"
    yield folder / "away.wav", "is missing"
    yield write(folder / "rate.wav", tone(), 8_000), "8000 Hz instead of 16000"
    for value in (np.nan, np.inf, -np.inf, 1e31, -2e30):
        audio = tone()
        audio[3] = value
        words = "holds (NaN or infinite samples|samples of [12]e.3[01], which are no sound)"
        yield write(folder / f"{value}.wav", audio, subtype="FLOAT"), words
    damaged = write(folder / "damaged.flac", np.random.default_rng(0).uniform(-1, 1, 16_000))
    data = bytearray(damaged.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 2000] = bytes(2000)
    damaged.write_bytes(data)
    yield damaged, "cannot be read|truncated"


def test_every_fault_is_named(tmp_path):
    for path, words in faults(tmp_path):
        with pytest.raises(AudioFileError, match=words) as caught:
            read_audio(path, 64_000, 16_000)
        assert str(path) in str(caught.value)


@pytest.mark.parametrize("n_jobs", [None, 2])
def test_warn_keeps_the_rest(tmp_path, n_jobs):
    bad = [path for path, _ in faults(tmp_path)]
    good = [write(tmp_path / f"{i}.wav", tone(frequency=100 * i + 100)) for i in range(3)]
    paths = [good[0], *bad[:4], good[1], *bad[4:], good[2]]
    with pytest.warns(AudioFileWarning) as caught:
        X, kept, _ = read_rows(paths, 16_000, 16_000, n_jobs=n_jobs, errors="warn")
    assert [paths[i] for i in kept] == good
    for i in range(3):
        np.testing.assert_allclose(X[i], tone(frequency=100 * i + 100), atol=1e-4)
    for path in bad:
        assert sum(str(path) in str(w.message) for w in caught) == 1
    with pytest.raises(AudioFileError, match="is empty"):
        read_rows([good[0], tmp_path / "nothing.wav"], 10, 16_000, n_jobs=n_jobs)


def test_nothing_left_is_an_error(tmp_path):
    with (
        pytest.warns(AudioFileWarning, match="is missing"),
        pytest.raises(AudioFileError, match="None of the 1 files"),
    ):
        read_rows([tmp_path / "a.wav"], 10, 16_000, errors="warn")
