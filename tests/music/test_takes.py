"""Takes in the order of their faults and of how typical they are; bad ones are made again."""

import numpy as np
import pandas as pd
import pytest

from audiogen import GenerativePipeline
from audiogen.generators import ConditionalGaussianMixture
from audiogen.music import load_style, make_clip, make_takes, pretrained

QUICK = {"seconds": 4, "sample_rate": 8000}


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


class Moody(ConditionalGaussianMixture):
    """A generator of sines that is silent for half of all latents."""

    def decode(self, Z, y):
        self.silent_.append(bool(Z[0, 0] < 0))
        return super().decode(Z, y) * (Z[:, :1] >= 0)


@pytest.fixture(scope="module")
def moody():
    y = pd.DataFrame({"pitch": np.arange(48, 90, 6)})
    t = np.arange(8000) / 8000
    X = np.stack([np.sin(2 * np.pi * 440 * 2 ** ((p - 69) / 12) * t) for p in y.pitch])
    generator = Moody(1, latent_dim=2, random_state=0)
    return GenerativePipeline([("moody", generator)], sample_rate=8000).fit(X, y)


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


def test_what_cannot_be_is_refused():
    with pytest.raises(ValueError, match="'n_takes' parameter of make_takes"):
        make_takes("air", 0)
