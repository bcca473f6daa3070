import numpy as np
import pytest
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


@pytest.mark.parametrize(
    ("name", "audio", "options", "message"),
    [
        ("a.mp3", [0.0], {}, "must end in one of .wav, .flac, .ogg"),
        ("a.wav", [0.0], {"bit_depth": 8}, "'bit_depth' parameter of write_clip must be 16 or 24"),
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
