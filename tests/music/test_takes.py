"""Takes in the order of their faults and of how typical they are; bad ones are made again."""

import gc
import json

import numpy as np
import pandas as pd
import pytest
import soundfile

from audiogen import GenerativePipeline
from audiogen.generators import ConditionalGaussianMixture
from audiogen.music import Clip, load_style, make_clip, make_takes, pretrained, save_takes

QUICK = {"seconds": 4, "sample_rate": 8000}


@pytest.fixture(scope="module")
def sines():
    y = pd.DataFrame({"pitch": np.arange(48, 90, 6)})
    t = np.arange(8000) / 8000
    return np.stack([np.sin(2 * np.pi * 440 * 2 ** ((p - 69) / 12) * t) for p in y.pitch]), y


@pytest.fixture(scope="module")
def takes():
    return make_takes("solo flute air", 4, random_state=7, **QUICK)


def test_the_best_take_comes_first(takes):
    """Fewest faults first, then the melody whose notes are about as likely as those of tunes."""
    figures = [clip.info["log_likelihood"] for clip in takes]
    ranks = [
        (len(clip.info["faults"]), abs(found["melody"] - found["typical"]))
        for clip, found in zip(takes, figures, strict=True)
    ]
    assert ranks == sorted(ranks)
    assert len({found["melody"] for found in figures}) == 4
    genre = load_style("air").composer_genre
    typical = pretrained("melody").typical_score({"genre": genre, "metre": takes[0].info["metre"]})
    assert figures[0]["typical"] == pytest.approx(typical[0], abs=1e-3)


def test_each_take_is_the_clip_of_its_seed(takes):
    assert sorted(clip.info["seed"] for clip in takes) == [7, 8, 9, 10]
    again = make_clip("solo flute air", random_state=takes[0].info["seed"], **QUICK)
    np.testing.assert_array_equal(again.audio, takes[0].audio)
    assert again.info == takes[0].info


def test_takes_are_written_in_their_order(takes, tmp_path):
    paths = save_takes(tmp_path, "solo flute air", 4, random_state=7, stems=True, **QUICK)
    files = [f"clip-{n}.{kind}" for n in range(1, 5) for kind in ("json", "mid", "png", "wav")]
    assert sorted(path.name for path in tmp_path.iterdir()) == [*files, "stems"]
    for number, (clip, own) in enumerate(zip(takes, paths, strict=True), start=1):
        assert json.loads((tmp_path / f"clip-{number}.json").read_text()) == clip.info
        assert own[0] == tmp_path / f"clip-{number}.wav"
        audio, _ = soundfile.read(own[0])
        np.testing.assert_allclose(audio, clip.audio, atol=2**-15)
        assert all(path.is_file() for path in own)
        stems = [f"clip-{number}-{part}.wav" for part in clip.stems]
        assert [path.name for path in own if path.parent.name == "stems"] == stems
    assert len(list((tmp_path / "stems").iterdir())) == sum(len(clip.stems) for clip in takes)


def test_one_take_has_no_number(tmp_path):
    options = {"random_state": 7, "stems": True, **QUICK}
    (paths,) = save_takes(tmp_path / "new", "solo flute air", 1, **options)
    names = ["clip.wav", "stems/melody.wav", "clip.mid", "clip.json", "clip.png"]
    assert paths == [tmp_path / "new" / name for name in names]
    assert all(path.is_file() for path in paths)


def n_clips():
    gc.collect()
    return sum(type(thing) is Clip for thing in gc.get_objects())  # proxies of others are none


class Failing(ConditionalGaussianMixture):
    """A generator that fails after some clips, and counts those that are held meanwhile."""

    def decode(self, Z, y):
        self.held_.append(n_clips())
        if len(self.held_) > 4:
            raise OSError("broken")
        return super().decode(Z, y)


def test_takes_are_held_one_at_a_time_and_nothing_is_left_of_those_that_fail(sines, tmp_path):
    generator = Failing(1, random_state=0).fit(*sines)
    generator.held_ = []
    model = GenerativePipeline([("failing", generator)], sample_rate=8000)
    before = n_clips()
    with pytest.raises(OSError, match="broken"):
        save_takes(tmp_path / "new", "solo flute air", 5, model=model, random_state=7, **QUICK)
    assert generator.held_ == [before] * 5
    assert list(tmp_path.iterdir()) == []


class Moody(ConditionalGaussianMixture):
    """A generator of sines that is silent for half of all latents."""

    def decode(self, Z, y):
        self.silent_.append(bool(Z[0, 0] < 0))
        return super().decode(Z, y) * (Z[:, :1] >= 0)


@pytest.fixture(scope="module")
def moody(sines):
    generator = Moody(1, latent_dim=2, random_state=0)
    return GenerativePipeline([("moody", generator)], sample_rate=8000).fit(*sines)


def test_a_clip_whose_mix_is_silent_is_made_again(moody):
    for seed in range(12):
        moody[-1].silent_ = []
        clip = make_clip("solo flute air", model=moody, random_state=seed, **QUICK)
        silent = moody[-1].silent_
        assert any("LUFS" in fault for fault in clip.info["faults"]) == all(silent)
        if silent[0] and not silent[-1]:
            assert np.abs(clip.audio).max() > 0.1
            return
    pytest.fail("no first draw was silent")


def test_what_cannot_be_is_refused(tmp_path):
    with pytest.raises(ValueError, match="'n_takes' parameter of make_takes"):
        make_takes("air", 0)
    with pytest.raises(ValueError, match="'n_takes' parameter of save_takes"):
        save_takes(tmp_path / "new", "air", 101)
    # Its words would be refused too, but later: no clip is made for a file that cannot be.
    with pytest.raises(ValueError, match="clip.aac must end in one of"):
        save_takes(tmp_path / "new", "vocals", format="aac")
    with pytest.raises(ValueError, match="clip.opus cannot have 44100 Hz"):
        save_takes(tmp_path / "new", "vocals", format="opus")
    assert not (tmp_path / "new").exists()
