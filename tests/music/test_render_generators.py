"""Tunes rendered with generators of the library and of one's own."""

import numpy as np
import pandas as pd
import pytest
from sklearn.pipeline import make_pipeline

from audiogen import GenerativePipeline, render
from audiogen.datasets import make_notes
from audiogen.exceptions import ExtrapolationWarning
from audiogen.generators import BaseGenerator, ConditionalGaussianMixture, ConditionalVAE
from audiogen.preprocessing import NoiseReducer, STFTSpectrogram
from audiogen.recipes import spectral_cvae
from audiogen.signal import track_pitch
from helpers.tunes import FAMILIES, RATE, TUNE, notes


@pytest.fixture(scope="module")
def vae():
    pytest.importorskip("keras")
    rng = np.random.default_rng(0)
    y = pd.DataFrame({"pitch": np.tile([60, 72], 8), "instrument_family": np.repeat(FAMILIES, 8)})
    X = np.tanh(rng.normal(size=(16, 4000)))
    return ConditionalVAE(latent_dim=2, filters=(4, 4), epochs=1, random_state=0).fit(X, y), X, y


def test_with_a_generator_of_the_library(vae):
    generator, _, _ = vae
    tune = TUNE.assign(pitch=[60, 61, 62, 63, 64])
    clips = [render(generator, tune, generator_rate=RATE, random_state=s) for s in (0, 0, 1)]
    np.testing.assert_array_equal(clips[0], clips[1])
    assert np.abs(clips[0] - clips[2]).max() > 1e-4
    with pytest.warns(ExtrapolationWarning, match="outside the trained range"):
        render(generator, TUNE, generator_rate=RATE)
    with pytest.raises(ValueError, match="too far outside the trained range"):
        render(generator, TUNE.assign(pitch=90), generator_rate=RATE)
    with pytest.raises(ValueError, match="'orgn' is unknown.*Did you mean organ"):
        render(generator, tune.assign(instrument_family="orgn"), generator_rate=RATE)


def test_a_mixture_has_latents_to_share_and_to_glide(vae):
    _, X, y = vae
    mixture = ConditionalGaussianMixture(latent_dim=200, random_state=0).fit(X, y)
    still = notes(*((i, 0.2, 60.0, "organ") for i in range(4)))
    options = {"sample_rate": RATE, "generator_rate": RATE, "random_state": 0}
    clip = render(mixture, still, **options)
    np.testing.assert_array_equal(clip[:RATE], clip[RATE : 2 * RATE])
    clip = render(mixture, still, glide=2.0, **options)
    assert np.abs(clip[:RATE] - clip[RATE : 2 * RATE]).max() > 1e-3


class Echo(BaseGenerator):
    """A generator without latents: it repeats what it has seen."""

    def __init__(self, random_state=0):
        self.random_state = random_state

    def _fit(self, x, condition, rng):
        self.seen_ = x

    def _generate(self, n_samples, condition, rng):
        return self.seen_[rng.integers(len(self.seen_), size=n_samples)]


def test_with_a_generator_that_has_no_latents(vae):
    _, X, y = vae
    pipe = GenerativePipeline([("echo", Echo())], sample_rate=RATE).fit(X, y)
    tune = TUNE.assign(pitch=[60, 61, 62, 63, 64])
    np.testing.assert_array_equal(*(render(pipe, tune, random_state=0) for _ in range(2)))
    with pytest.raises(ValueError, match="glide needs a generator with decode"):
        render(pipe, tune, glide=1.0)
    with pytest.raises(ValueError, match="column 'pitch'"):
        render(ConditionalVAE(latent_dim=2, units=(4,), epochs=1).fit(X[:, :8]), tune)


def test_a_rate_that_nothing_states_is_asked_for(vae):
    generator, _, _ = vae
    tune = TUNE.assign(pitch=[60, 61, 62, 63, 64])
    for estimator in (generator, make_pipeline("passthrough", generator)):
        with pytest.raises(ValueError, match=r"states the sample rate.*generator_rate="):
            render(estimator, tune)
    two = make_pipeline(NoiseReducer(), STFTSpectrogram(sample_rate=8000), generator)
    with pytest.raises(ValueError, match="noisereducer at 16000 Hz, stftspectrogram at 8000 Hz"):
        render(two, tune)


def test_a_model_of_any_sounds_plays_them_at_the_pitch_they_were_learnt_at():
    """By the trained rate, not by the default of 16,000 Hz: 5.6 semitones off."""
    pytest.importorskip("keras")
    notes_ = make_notes(24, pitch=60, duration=0.5, sample_rate=22050, random_state=0)
    pipe = spectral_cvae(sample_rate=22050, n_components=8, epochs=30, random_state=0)
    pipe.fit(notes_.data, notes_.frame[["pitch"]])
    assert pipe.sample_rate == 22050
    clip = render(pipe, notes((0, 0.5, 60, "")), sample_rate=44100, random_state=0)
    found = track_pitch(clip[np.newaxis, :22050], 44100)[0]
    assert abs(found - 60) < 0.5
