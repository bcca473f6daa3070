import warnings

import numpy as np
import pytest
import scipy.io.wavfile
import soundfile

from audiogen import write_clip

AUDIO = np.random.default_rng(0).uniform(-1, 1, 100_000)


@pytest.mark.parametrize("suffix", [".wav", ".flac"])
@pytest.mark.parametrize("bits", [16, 24])
@pytest.mark.parametrize("rate", [44100, 48000])
def test_lossless_formats_come_back_to_half_a_step(tmp_path, suffix, bits, rate):
    path = write_clip(tmp_path / f"new/clip{suffix}", AUDIO, rate, bit_depth=bits)
    found, found_rate = soundfile.read(path)
    assert found_rate == rate
    assert soundfile.info(path).subtype == f"PCM_{bits}"
    inside = np.abs(AUDIO) < 1 - 2.0 ** (1 - bits)
    assert np.abs(found - AUDIO)[inside].max() <= 0.5001 * 2.0 ** (1 - bits)
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_ogg_sounds_the_same(tmp_path):
    t = np.arange(10 * 44100) / 44100
    tone = np.stack([0.5 * np.sin(2 * np.pi * 440 * t), np.zeros(len(t))], axis=1)
    found, rate = soundfile.read(write_clip(tmp_path / "clip.OGG", tone, 44100))
    assert (rate, found.shape) == (44100, tone.shape)
    assert np.corrcoef(found[:, 0], tone[:, 0])[0, 1] > 0.999


def test_full_scale_does_not_wrap(tmp_path):
    for bits in (16, 24):
        path = write_clip(tmp_path / "full.wav", [1.0, -1.0], 8000, bit_depth=bits)
        np.testing.assert_allclose(soundfile.read(path)[0], [1, -1], atol=1e-4)


def test_32_bits_are_the_samples_themselves_and_the_same_file_twice(tmp_path):
    files = [write_clip(tmp_path / f"{i}.wav", AUDIO, 44100, bit_depth=32) for i in range(2)]
    found, _ = soundfile.read(files[0], dtype="float32")
    np.testing.assert_array_equal(found, AUDIO.astype(np.float32))
    assert soundfile.info(files[0]).subtype == "FLOAT"
    contents = [file.read_bytes() for file in files]
    assert contents[0] == contents[1]
    assert contents[0][contents[0].index(b"PEAK") + 12 :][:4] == bytes(4)  # no time


@pytest.mark.parametrize(
    ("suffix", "rate"), [(".mp3", 44100), (".mp3", 48000), (".opus", 48000), (".opus", 24000)]
)
def test_lossy_formats_sound_the_same(tmp_path, suffix, rate):
    t = np.arange(3 * rate) / rate
    tone = 0.5 * np.sin(2 * np.pi * np.outer(t, [440, 660]))
    found, found_rate = soundfile.read(write_clip(tmp_path / f"clip{suffix}", tone, rate))
    assert (found_rate, found.shape) == (rate, tone.shape)
    for made, given in zip(found.T, tone.T, strict=True):
        assert np.corrcoef(made[1000:-1000], given[1000:-1000])[0, 1] > 0.99


@pytest.mark.parametrize("suffix", [".wav", ".flac", ".ogg", ".mp3", ".opus"])
def test_files_say_what_they_are(tmp_path, suffix):
    text = {"title": "Möwenjig", "comment": "trained on tunes of 1850, CC0"}
    path = write_clip(tmp_path / f"clip{suffix}", AUDIO[:48000] / 2, 48000, **text)
    with soundfile.SoundFile(path) as file:
        assert {name: getattr(file, name) for name in text} == text


@pytest.mark.parametrize("n", [999, 1000])
@pytest.mark.parametrize("bits", [16, 24, 32])
def test_wav_holds_loop_points_that_libsndfile_reads(tmp_path, n, bits):
    options = {"bit_depth": bits, "loop": True, "title": "odd"}
    path = write_clip(tmp_path / "loop.wav", AUDIO[:n], 44100, **options)
    struct_of_loops, forward = 0x10D0, 801  # SFC_GET_INSTRUMENT, SF_LOOP_FORWARD of sndfile.h
    with soundfile.SoundFile(path) as file:
        assert len(file.read()) == n
        space = soundfile._ffi.new("int[68]")
        assert soundfile._snd.sf_command(file._file, struct_of_loops, space, 4 * 68) == 1
        found = [space[i] for i in range(3, 8)]
    assert found == [1, forward, 0, n, 0]  # one loop, from the first sample until after the last
    content = path.read_bytes()
    assert int.from_bytes(content[4:8], "little") == len(content) - 8
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", scipy.io.wavfile.WavFileWarning
        )  # skips what it need not know
        assert len(scipy.io.wavfile.read(path)[1]) == n


@pytest.mark.parametrize(
    ("name", "audio", "options", "message"),
    [
        ("a.aiff", [0.0], {}, "must end in one of .wav, .flac, .ogg, .mp3, .opus"),
        (
            "a.wav",
            [0.0],
            {"bit_depth": 8},
            "'bit_depth' parameter of write_clip must be 16, 24 or 32",
        ),
        ("a.flac", [0.0], {"bit_depth": 32}, "cannot hold 32 bits"),
        ("a.ogg", [0.0], {"bit_depth": 24}, "a.ogg cannot hold 24 bits: lossy formats have no"),
        ("a.mp3", [0.0], {"bit_depth": 32}, "no bit depth. Take .wav or .flac"),
        ("a.flac", [0.0], {"loop": True}, "cannot hold loop points: take .wav"),
        ("a.opus", [0.0], {}, "44100 Hz: the format knows 8000, 12000, 16000, 24000, 48000"),
        ("a.wav", [1.5], {}, r"must lie in \[-1, 1\], but reaches 1.5"),
        ("a.wav", [np.nan], {}, "NaN"),
        ("a.wav", [], {}, "at least one time step"),
    ],
)
def test_what_cannot_be_written_is_named(tmp_path, name, audio, options, message):
    with pytest.raises(ValueError, match=message):
        write_clip(tmp_path / name, audio, 44100, **options)
    assert not list(tmp_path.iterdir())


def test_what_libsndfile_refuses_leaves_nothing(tmp_path):
    with pytest.raises(OSError, match=r"a\.flac cannot be written with 9 channel"):
        write_clip(tmp_path / "a.flac", np.zeros((4, 9)), 44100)
    assert not list(tmp_path.iterdir())
