"""Files whose header only guesses how long they are: what decodes is the length."""

import io
import struct

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from audiogen import read_clip
from audiogen.datasets import load_audio_folder
from audiogen.exceptions import AudioFileError
from audiogen.io import open_clip
from audiogen.io._flac_frames import with_total
from audiogen.io._truncation import truncation
from helpers.sound_files import (
    flac_without_total,
    mp3_frames,
    mp3_without_count,
    tone,
    write,
)


def changing(rate, seconds, *, loud_first):
    """Return noise and near silence, which a variable rate codes in frames of two sizes."""
    audio = np.random.default_rng(0).uniform(-0.5, 0.5, rate * seconds).astype(np.float32)
    quiet = slice(rate, None) if loud_first else slice(rate)
    audio[quiet] *= 1e-4
    return audio


MP3S = [(rate, mode, first) for rate in (44_100, 16_000) for mode in ("CONSTANT", "VARIABLE")
        for first in (True, False)]  # fmt: skip


@pytest.mark.parametrize(("rate", "mode", "loud_first"), MP3S)
def test_mp3_without_a_count_of_its_frames(tmp_path, rate, mode, loud_first):
    audio = changing(rate, 3, loud_first=loud_first)
    data = mp3_without_count(audio, rate, bitrate_mode=mode, compression_level=0.3)
    n_timesteps = len(mp3_frames(data)) * (1152 if rate > 24_000 else 576)
    path, tagged = tmp_path / "a.mp3", tmp_path / "tagged.mp3"
    path.write_bytes(data)
    tagged.write_bytes(b"ID3\3\0\0\0\0\1\0" + bytes(128) + data + b"TAG" + b" " * 125)
    found, _ = read_clip(path)
    assert len(found) == n_timesteps
    n_both = min(len(audio), len(found) - 1105)  # the delays of encoder and decoder
    assert np.corrcoef(audio[:n_both], found[1105:][:n_both])[0, 1] > 0.7
    np.testing.assert_array_equal(read_clip(tagged)[0], found)
    with open_clip(path) as sound:
        assert sound.frames == n_timesteps
    row = load_audio_folder(tmp_path, sample_rate=rate, duration=4).data[0]
    np.testing.assert_allclose(row[: len(found)], found / max(1, np.abs(found).max()), atol=1e-6)


def test_mp3_of_a_stream_that_begins_inside_a_frame(tmp_path):
    data = mp3_without_count(tone(44_100, 44_100), 44_100)
    starts = mp3_frames(data)
    (tmp_path / "a.mp3").write_bytes(data[starts[4] + 50 :])
    assert len(read_clip(tmp_path / "a.mp3")[0]) == 1152 * (len(starts) - 5)


@pytest.mark.parametrize("mode", ["CONSTANT", "VARIABLE"])
def test_mp3_files_that_were_joined_are_read_to_the_end(tmp_path, mode):
    one, two = io.BytesIO(), io.BytesIO()
    for file, frequency in ((one, 440.0), (two, 880.0)):
        audio = tone(44_100, 44_100, frequency)
        soundfile.write(file, audio, 44_100, format="MP3", bitrate_mode=mode)
    one, two = one.getvalue(), two.getvalue()
    tag = b"ID3\4\0\0\0\0\0\x0a" + bytes(10)
    n_frames = len(mp3_frames(one)) + len(mp3_frames(two)) - 2  # less those that count
    path = tmp_path / "a.mp3"
    for data in (one + two, tag + one + b"TAG" + bytes(125) + tag + two):
        path.write_bytes(data)
        found, _ = read_clip(path)
        assert len(found) == 1152 * n_frames
        beats = [np.abs(np.fft.rfft(part[:32_768])).argmax() for part in np.split(found, 2)]
        assert beats == [round(f * 32_768 / 44_100) for f in (440, 880)]
    path.write_bytes(one + b"TAG" + bytes(125))  # no other is joined to it
    assert len(read_clip(path)[0]) == 44_100


def test_ogg_files_that_were_joined_are_refused(tmp_path):
    for subtype, rate in (("VORBIS", 16_000), ("OPUS", 48_000)):
        path = write(tmp_path / "a.ogg", tone(rate), rate, subtype=subtype)
        assert len(read_clip(path)[0]) == rate
        path.write_bytes(path.read_bytes() * 2)
        with pytest.raises(AudioFileError, match="a.ogg is several Ogg files"):
            read_clip(path)


def test_what_ends_inside_a_frame_is_truncated(tmp_path):
    mp3 = mp3_without_count(tone(44_100, 44_100), 44_100)
    (tmp_path / "whole.mp3").write_bytes(mp3[: mp3_frames(mp3)[20]])
    assert len(read_clip(tmp_path / "whole.mp3")[0]) == 1152 * 20
    (tmp_path / "a.mp3").write_bytes(mp3[: mp3_frames(mp3)[20] + 90])
    flac = flac_without_total(tone(44_100, 44_100), 44_100)
    (tmp_path / "a.flac").write_bytes(flac[:-3])
    for name in ("a.mp3", "a.flac"):
        for duration in (None, 0.1):
            with pytest.raises(AudioFileError, match=f"{name} is truncated: it ends inside a"):
                read_clip(tmp_path / name, duration=duration)


@settings(deadline=None, max_examples=15)
@given(st.integers(1, 30_000), st.integers(1, 3), st.integers(0, 1))
def test_flac_of_a_pipe(tmp_path_factory, n_timesteps, n_channels, silent):
    audio = np.random.default_rng(n_timesteps).uniform(-1, 1, (n_timesteps, n_channels))
    audio *= 1 - silent
    path = tmp_path_factory.mktemp("flac") / "a.flac"
    for tag in (b"", b"ID3\3\0\0\0\0\0\x14" + bytes(20)):
        path.write_bytes(tag + flac_without_total(audio, 22_050))
        found, _ = read_clip(path)
        np.testing.assert_allclose(found.reshape(-1, n_channels), audio, atol=2**-14)


@pytest.mark.parametrize(
    "length",
    [0, 0x7FFF_F000, 0x7FFF_FFFF, 0x7FFF_FFDB, 0x8000_0000, 0xFFFF_FFFF, 0xFFFF_FFD3],
)
def test_wav_of_a_pipe(tmp_path, length):
    path = write(tmp_path / "a.wav", tone(1000), subtype="PCM_16")
    data = bytearray(path.read_bytes())
    data[4:8] = struct.pack("<I", min(length + 36, 2**32 - 1) if length else 0)
    data[40:44] = struct.pack("<I", length)
    path.write_bytes(data)
    np.testing.assert_allclose(read_clip(path)[0], tone(1000), atol=1e-4)
    for size in (36, 2036, 0xFFFF_FFFF):  # of the file, whatever is said of the sound
        path.write_bytes(data[:4] + struct.pack("<I", size) + data[8:])
        np.testing.assert_allclose(read_clip(path)[0], tone(1000), atol=1e-4)


def test_aiff_of_a_pipe(tmp_path):
    path = write(tmp_path / "a.aiff", tone(1000), subtype="PCM_16")
    data = bytearray(path.read_bytes())
    data[4:8] = struct.pack(">I", 0x7F00_002E)
    place = data.find(b"SSND") + 4
    data[place : place + 4] = struct.pack(">I", 0x7F00_0008)
    path.write_bytes(data)
    assert len(read_clip(path)[0]) == 1000


@pytest.mark.parametrize(
    ("kind", "mark", "before", "sizes"),
    [
        ("AU", b".snd", 4, [bytes(4), b"\x7f" + 3 * b"\xff", b"\x80\0\0\0", 4 * b"\xff"]),
        ("CAF", b"data", 0, [bytes(8), b"\x7f" + 7 * b"\xff", 8 * b"\xff"]),
        ("RF64", b"ds64", 12, [bytes(8), 8 * b"\xff"]),
    ],
)
def test_other_sizes_that_were_left_open(tmp_path, kind, mark, before, sizes):
    file = io.BytesIO()
    soundfile.write(file, tone(1000), 16_000, format=kind, subtype="PCM_16")
    data = file.getvalue()
    place = data.find(mark) + 4 + before
    for size in sizes:
        path = tmp_path / f"a.{kind.lower()}"
        path.write_bytes(data[:place] + size + data[place + len(size) :])
        np.testing.assert_allclose(read_clip(path)[0], tone(1000), atol=1e-4)


def test_a_wav_without_sound_that_goes_on_has_none(tmp_path):
    path = write(tmp_path / "a.wav", tone(0), subtype="PCM_16")
    empty = path.read_bytes()
    for name in (b"LIST", b"cue ", b"id3 ", b"_PMX"):
        rest = name + b"\4\0\0\0abcd"
        for size in (0, len(empty) + len(rest) - 8):
            path.write_bytes(empty[:4] + struct.pack("<I", size) + empty[8:] + rest)
            with pytest.raises(AudioFileError, match="holds no samples"):
                read_clip(path)


def test_opus_without_the_mark_of_its_end(tmp_path):
    noise = np.random.default_rng(0).uniform(-1, 1, 40_000)
    path = tmp_path / "a.opus"
    soundfile.write(path, noise, 48_000, format="OGG", subtype="OPUS")
    whole, _ = read_clip(path)
    data = bytearray(path.read_bytes())
    last = data.rfind(b"OggS")
    assert data[last + 5] & 4
    data[last + 5] &= ~4
    data[last + 22 : last + 26] = bytes(4)
    register = 0  # of the checksum, bit by bit
    for byte in data[last:]:
        register ^= byte << 24
        for _ in range(8):
            register = (register << 1 ^ (0x04C1_1DB7 if register >> 31 else 0)) & 0xFFFF_FFFF
    data[last + 22 : last + 26] = struct.pack("<I", register)
    path.write_bytes(data)
    np.testing.assert_array_equal(read_clip(path)[0], whole)


def test_flac_of_a_pipe_with_something_after_it(tmp_path):
    """What libFLAC writes where it cannot seek, an ID3 tag, zeros; and streams that are cut."""
    path = write(tmp_path / "a.flac", tone(5000), subtype="PCM_16")
    data = bytearray(path.read_bytes())
    rest = data[26:42] + data[21:26] + data[12:18]  # digest, samples, sizes of frames
    data[21] &= 0xF0
    data[22:26] = bytes(4)
    for after in (rest, b"TAG" + bytes(range(1, 126)), bytes(50)):
        path.write_bytes(data + after)
        np.testing.assert_allclose(read_clip(path)[0], tone(5000), atol=1e-4)
        path.write_bytes(data[:-1] + after)
        with pytest.raises(AudioFileError, match="ends inside a frame"):
            read_clip(path)
    for place in np.random.default_rng(0).integers(200, len(data) - 1, 200):
        assert with_total(bytes(data[:place])) is None, place


def test_a_wav_without_sound_has_none(tmp_path):
    with pytest.raises(AudioFileError, match="holds no samples"):
        read_clip(write(tmp_path / "a.wav", tone(0)))


def test_ogg_without_the_mark_of_its_end(tmp_path):
    noise = np.random.default_rng(0).uniform(-1, 1, 44_100)
    path = write(tmp_path / "a.ogg", noise, 44_100, subtype="VORBIS")
    data = path.read_bytes()
    whole, _ = read_clip(path)
    last = data.rfind(b"OggS")
    before = data.rfind(b"OggS", 0, last)
    (n_timesteps,) = struct.unpack("<Q", data[before + 6 : before + 14])
    path.write_bytes(data[:last])
    np.testing.assert_array_equal(read_clip(path)[0], whole[:n_timesteps])
    for rest in (data[: last - 1], data[: last + 20], data[:-1]):
        path.write_bytes(rest)
        with pytest.raises(AudioFileError, match="its last page is not whole"):
            read_clip(path)
    going_on = bytearray(data)  # the last packet goes on, on a page that is not there
    going_on[last + 26 + data[last + 26]] = 255
    path.write_bytes(going_on + bytes(255))
    assert truncation(path)


@pytest.mark.parametrize(
    ("suffix", "kind"), [("w64", "W64"), ("caf", "CAF"), ("voc", "VOC"), ("svx", "SVX")]
)
def test_other_containers_that_are_cut(tmp_path, suffix, kind):
    file = io.BytesIO()
    soundfile.write(file, tone(1000), 16_000, format=kind, subtype="PCM_16")
    path = tmp_path / f"a.{suffix}"
    path.write_bytes(file.getvalue())
    np.testing.assert_allclose(read_clip(path)[0], tone(1000), atol=1e-4)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(AudioFileError, match=f"{path.name} is truncated"):
        read_clip(path)


def test_caf_of_a_stream(tmp_path):
    file = io.BytesIO()
    soundfile.write(file, tone(1000), 16_000, format="CAF", subtype="PCM_16")
    data = bytearray(file.getvalue())
    place = data.find(b"data") + 4
    data[place : place + 8] = b"\xff" * 8
    (tmp_path / "a.caf").write_bytes(data)
    np.testing.assert_allclose(read_clip(tmp_path / "a.caf")[0], tone(1000), atol=1e-4)
