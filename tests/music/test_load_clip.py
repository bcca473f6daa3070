"""Clips come back from their files."""

import json
import shutil

import numpy as np
import pytest

from audiogen.music import load_clip, make_clip


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clip")
    clip = make_clip("flute air", seconds=4, sample_rate=8000, random_state=0)
    clip.save(folder, stems=True)
    return clip, folder


@pytest.mark.parametrize("name", ["", "clip.wav", "clip.json"])
def test_a_clip_is_what_was_saved(saved, name):
    clip, folder = saved
    again = load_clip(folder / name)
    assert again.info == clip.info
    assert again.sample_rate == clip.sample_rate
    np.testing.assert_allclose(again.audio, clip.audio, atol=2**-15)
    assert again.stems.keys() == clip.stems.keys()
    np.testing.assert_allclose(sum(again.stems.values()), again.audio, atol=2**-12)
    assert len(again.score.notes) == len(clip.score.notes)


def test_a_loaded_clip_is_saved_as_the_same_files(saved, tmp_path):
    _, folder = saved
    paths = load_clip(folder).save(tmp_path, stems=True)
    names = [path.relative_to(tmp_path) for path in paths]
    assert len(names) == sum(1 for path in folder.rglob("*") if path.is_file())
    for name in names:
        if name.suffix == ".png":  # which shows what 16 bits do not hold
            continue
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes(), name


def test_takes_are_named(saved, tmp_path):
    clip, _ = saved
    for name in ("clip-1", "v1.5"):
        clip.save(tmp_path, name=name, format="flac", stems=True)
    with pytest.raises(ValueError, match=r"must hold one clip .* Got clip-1.json, v1.5.json"):
        load_clip(tmp_path)
    again = load_clip(tmp_path / "v1.5.flac")
    np.testing.assert_allclose(again.audio, clip.audio, atol=2**-15)
    assert again.stems.keys() == clip.stems.keys()


def test_what_is_no_clip_is_named(saved, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"There is no .*nothing.json"):
        load_clip(tmp_path / "nothing.wav")
    with pytest.raises(ValueError, match="Got none"):
        load_clip(tmp_path)
    about = tmp_path / "clip.json"
    for text, why in (("{", "is no JSON file"), ("[]", "does not describe a clip")):
        about.write_text(text)
        with pytest.raises(ValueError, match=why):
            load_clip(about)
    about.write_text(json.dumps(saved[0].info))
    with pytest.raises(FileNotFoundError, match="There is no sound file"):
        load_clip(about)
    shutil.copy(saved[1] / "clip.wav", tmp_path)
    with pytest.raises(FileNotFoundError, match=r"There is no .*clip.mid"):
        load_clip(about)
