"""Recipes of recordings: what they learn, and what they do with too little."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

import audiogen
from audiogen import inpaint, recipes
from audiogen.training._loop import _Watcher
from helpers.recordings import HIGH, LOW, RATE, pitches, turns

TINY = {"n_codes": 8, "units": 8, "n_layers": 1, "n_heads": 2, "sample_rate": RATE}


def test_a_texture_is_as_loud_and_as_bright_as_its_recording():
    rng = np.random.default_rng(0)
    rain = np.convolve(rng.normal(0, 0.1, 6 * RATE), [1, 0.8], "same").astype(np.float32)
    model = recipes.texture(n_codes=16, sample_rate=RATE, random_state=0).fit([rain])
    more = model.sample(duration=8, random_state=0)[0]
    assert len(more) == 8 * RATE
    spectra = [np.abs(np.fft.rfft(x.reshape(-1, 400))).mean(axis=0)[1:-1] for x in (rain, more)]
    np.testing.assert_allclose(20 * np.log10(spectra[1] / spectra[0]), 0, atol=3)
    assert np.abs(np.corrcoef(more[: len(rain)], rain)[0, 1]) < 0.05, "a copy"


def test_patches_last_as_long_at_every_rate():
    for rate in (8000, 22050, 44100):
        codec = recipes.continuation(sample_rate=rate)[0]
        assert codec.hop_length / rate == pytest.approx(256 / 22050, rel=0.01)
        assert codec.frame_length == 4 * codec.hop_length


@pytest.mark.long
def test_styles_are_told_apart_in_what_is_made():
    sound = turns(16)
    low, high = (sound.reshape(-1, RATE // 2)[i::2].ravel() for i in (0, 1))
    y = pd.DataFrame({"style": ["low", "high"]})
    model = recipes.style_codes(**TINY, epochs=20, random_state=0)
    model.fit([low, high], y)
    wanted = pd.DataFrame({"style": ["high", "low", "high"]})
    made = model.sample(y=wanted, guidance=3.0, duration=1, random_state=0)
    heard = [np.median(pitches(x)) for x in made]
    assert heard == pytest.approx([HIGH, LOW, HIGH], rel=0.05)
    filled = inpaint(model, low, 1.0, 1.5, {"style": "low"}, random_state=0)
    assert np.median(pitches(filled)) == pytest.approx(LOW, rel=0.05)


@pytest.mark.long
def test_a_training_that_was_killed_is_resumed_to_the_same_bits(tmp_path, monkeypatch):
    def train():
        model = recipes.continuation(**TINY, epochs=3, random_state=0)
        return model.fit([turns(8)], sequencer__checkpoint_dir=tmp_path / "checkpoint")

    whole = recipes.continuation(**TINY, epochs=3, random_state=0).fit([turns(8)])
    epoch_end = _Watcher.on_epoch_end

    def cut_off(self, epoch, logs=None):
        epoch_end(self, epoch, logs)
        if epoch == 1:
            raise OSError("the power is cut")

    with monkeypatch.context() as patch:
        patch.setattr(_Watcher, "on_epoch_end", cut_off)
        with pytest.raises(OSError, match="the power"):
            train()
    resumed = train()
    assert resumed[-1].n_iter_ == 3
    options = {"prompt": turns(3), "duration": 1.0, "random_state": 1}
    np.testing.assert_array_equal(resumed.sample(**options), whole.sample(**options))


FRESH = """
import sys, audiogen, numpy as np
model = audiogen.load(sys.argv[1])
np.save(sys.argv[2], model.sample(duration=1.5, random_state=3))
"""


@pytest.mark.long
@pytest.mark.parametrize("name", ["texture", "continuation"])
def test_saved_and_loaded_in_a_fresh_process_it_sounds_the_same(name, tmp_path):
    own = {"n_codes": 8, "sample_rate": RATE} if name == "texture" else {**TINY, "epochs": 2}
    model = getattr(recipes, name)(**own, random_state=0).fit([turns()])
    audiogen.save(model, tmp_path / "model.skops")
    command = [sys.executable, "-c", FRESH, tmp_path / "model.skops", tmp_path / "made.npy"]
    subprocess.run(command, check=True)
    made = np.load(tmp_path / "made.npy")
    np.testing.assert_array_equal(made, model.sample(duration=1.5, random_state=3))


@pytest.mark.filterwarnings("ignore:ResidualVectorQuantizer")
@pytest.mark.parametrize("seconds", [1, 3])
def test_silence_gives_silence(seconds):
    model = recipes.texture(n_codes=4, sample_rate=RATE, random_state=0)
    model.fit([np.zeros(seconds * RATE, np.float32)])
    made = model.sample(duration=2, random_state=0)
    assert made.shape == (1, 2 * RATE)
    assert np.abs(made).max() < 1e-6


def test_a_second_is_enough_and_less_than_two_patches_is_not():
    model = recipes.texture(n_codes=8, sample_rate=RATE, random_state=0).fit([turns(2)])
    assert np.isfinite(model.sample(duration=1)).all()
    with pytest.raises(ValueError, match="Give longer recordings"):
        recipes.texture(sample_rate=RATE).fit([turns(1)[:300]])
