import struct
import warnings

import numpy as np
import pytest
import soundfile
import soxr
from hypothesis import given, settings
from hypothesis import strategies as st

from audiogen import read_clip, write_clip
from audiogen.exceptions import AudioFileError
from audiogen.io._truncation import truncation
from helpers.sound_files import cut, tone, write


@settings(deadline=None, max_examples=30)
@given(
    st.integers(1, 3), st.integers(1, 300), st.sampled_from([".wav", ".flac"]), st.integers(0, 9)
)
def test_what_is_written_is_read(tmp_path_factory, n_channels, n_timesteps, suffix, seed):
    audio = np.random.default_rng(seed).uniform(-1, 1, (n_timesteps, n_channels))
    path = tmp_path_factory.mktemp("clip") / f"a{suffix}"
    found, rate = read_clip(write_clip(path, audio, 22_050, bit_depth=24))
    assert rate == 22_050
    assert found.dtype == np.float32
    assert found.shape == (audio.shape if n_channels > 1 else (n_timesteps,))
    np.testing.assert_allclose(found.reshape(audio.shape), audio, atol=2**-22)


@pytest.mark.parametrize(
    ("suffix", "subtype"),
    [(".wav", "PCM_16"), (".flac", "PCM_16"), (".aiff", "PCM_16"), (".wav", "PCM_24")],
)
def test_integers_are_read_as_libsndfile_scales_them(tmp_path, suffix, subtype):
    every = np.arange(-(2**15), 2**15, dtype=np.int16).reshape(-1, 2)
    path = write(tmp_path / f"a{suffix}", every, subtype=subtype)
    expected = soundfile.read(path, dtype="float32")[0]
    assert expected.min() == -1
    np.testing.assert_array_equal(read_clip(path)[0], expected)


def test_channels_may_be_averaged_and_the_rest_left_unread(tmp_path):
    audio = np.random.default_rng(0).uniform(-1, 1, (1000, 2)).astype(np.float32)
    path = write(tmp_path / "a.wav", audio, subtype="FLOAT")
    found, _ = read_clip(path, mono=True)
    np.testing.assert_allclose(found, audio.mean(axis=1), atol=1e-6)
    found, _ = read_clip(path, duration=0.01)
    np.testing.assert_array_equal(found, audio[:160])


def test_a_resampled_beginning_is_that_of_the_whole(tmp_path):
    audio = np.random.default_rng(0).uniform(-0.5, 0.5, (44_100, 2)).astype(np.float32)
    path = write(tmp_path / "a.wav", audio, 44_100, subtype="FLOAT")
    found, rate = read_clip(path, sample_rate=16_000, duration=0.5)
    assert (rate, found.shape) == (16_000, (8_000, 2))
    np.testing.assert_allclose(found, soxr.resample(audio, 44_100, 16_000)[:8_000], atol=1e-5)


def test_faults_are_named(tmp_path):
    with pytest.raises(AudioFileError, match=r"away.wav is missing"):
        read_clip(tmp_path / "away.wav")
    path = write(tmp_path / "nan.wav", [0.0, np.nan], subtype="FLOAT")
    with pytest.raises(AudioFileError, match="nan.wav holds NaN"):
        read_clip(path)
    with pytest.raises(ValueError, match="'duration' parameter of read_clip"):
        read_clip(path, duration=0)
    for rate in (None, 8000):
        with pytest.raises(ValueError, match="duration=1e-09 is less than a sample"):
            read_clip(write(tmp_path / "a.wav", tone(10)), duration=1e-9, sample_rate=rate)


@pytest.mark.parametrize("duration", [1e300, np.inf])
@pytest.mark.parametrize("rate", [None, 11_025])
def test_a_duration_longer_than_the_file_is_all_of_it(tmp_path, duration, rate):
    path = write(tmp_path / "a.wav", tone(1001))
    found, _ = read_clip(path, duration=duration, sample_rate=rate)
    np.testing.assert_array_equal(found, read_clip(path, sample_rate=rate)[0])


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 400), st.integers(0, 400), st.sampled_from(["wav", "au"]))
def test_what_is_cut_is_counted(tmp_path_factory, n_timesteps, lost, suffix):
    path = tmp_path_factory.mktemp("cut") / f"a.{suffix}"
    write(path, tone(n_timesteps), subtype="PCM_16")
    assert not truncation(path)
    lost = min(lost, 2 * n_timesteps)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) - lost])
    assert truncation(path).split()[3:4] == ([str(lost)] if lost else [])


def test_wav_of_a_stream_that_knew_no_length(tmp_path):
    path = write(tmp_path / "a.wav", tone(1000), subtype="PCM_16")
    data = bytearray(path.read_bytes())
    data[40:44] = struct.pack("<I", 0xFFFFFFFF)
    path.write_bytes(data)
    assert not truncation(path)
    assert len(read_clip(path)[0]) == 1000


def test_wav_with_chunks_around_the_sound(tmp_path):
    path = write(tmp_path / "a.wav", tone(1000), subtype="PCM_16")
    data = path.read_bytes()
    odd = b"note" + struct.pack("<I", 3) + b"abc\0"
    path.write_bytes(data[:36] + odd + data[36:] + odd)
    assert not truncation(path)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        np.testing.assert_allclose(read_clip(path)[0], tone(1000), atol=1e-4)


def test_rf64(tmp_path):
    path = tmp_path / "a.wav"
    soundfile.write(path, tone(1000), 16_000, format="RF64", subtype="PCM_16")
    assert not truncation(path)
    cut(path)
    assert truncation(path)
