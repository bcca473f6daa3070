"""The sample rate of a pipeline: stated once, the same everywhere, inferred nowhere."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.preprocessing import StandardScaler

from audiogen import make_generative_pipeline
from audiogen.generators import ConditionalVAE
from audiogen.preprocessing import HarmonicPlusNoise, NoiseReducer, PitchFilter, STFTSpectrogram

VAE = ConditionalVAE(latent_dim=2, units=(4,), epochs=1, random_state=0)


def test_a_pipeline_knows_the_rate_that_its_steps_state():
    assert make_generative_pipeline(STFTSpectrogram(sample_rate=22050), VAE).sample_rate == 22050
    inner = make_generative_pipeline(StandardScaler(), HarmonicPlusNoise(sample_rate=8000), VAE)
    assert make_generative_pipeline("passthrough", inner).sample_rate == 8000
    assert make_generative_pipeline(StandardScaler(), VAE).sample_rate is None


def test_the_rate_that_no_step_states_is_a_parameter():
    pipe = make_generative_pipeline(VAE, sample_rate=44100)
    assert pipe.sample_rate == clone(pipe).sample_rate == 44100
    assert "sample_rate=44100" in repr(pipe)
    assert make_generative_pipeline(StandardScaler(), pipe).sample_rate == 44100
    assert pipe.set_params(sample_rate=8000).sample_rate == 8000
    with pytest.raises(ValueError, match="'sample_rate' parameter of GenerativePipeline"):
        pipe.set_params(sample_rate=0).fit(np.eye(4))


def test_what_steps_state_is_no_parameter_of_a_clone():
    pipe = make_generative_pipeline(STFTSpectrogram(sample_rate=22050), VAE)
    assert pipe.get_params()["sample_rate"] is None
    copied = clone(pipe).set_params(stftspectrogram__sample_rate=8000)
    assert copied.sample_rate == 8000


@pytest.mark.parametrize(
    ("pipe", "message"),
    [
        (
            make_generative_pipeline(
                PitchFilter(), NoiseReducer(sample_rate=22050), STFTSpectrogram(), VAE
            ),
            "pitchfilter at 16000 Hz, noisereducer at 22050 Hz, stftspectrogram at 16000 Hz",
        ),
        (
            make_generative_pipeline(
                NoiseReducer(), make_generative_pipeline(VAE, sample_rate=8000)
            ),
            "noisereducer at 16000 Hz, generativepipeline__GenerativePipeline at 8000 Hz",
        ),
        (
            make_generative_pipeline(STFTSpectrogram(), VAE, sample_rate=8000),
            "GenerativePipeline at 8000 Hz, stftspectrogram at 16000 Hz",
        ),
    ],
)
def test_different_rates_are_refused_before_any_work(pipe, message):
    assert pipe.sample_rate is None
    with pytest.raises(ValueError, match=f"must share one sample rate.*{message}"):
        pipe.fit(None)
