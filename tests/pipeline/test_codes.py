"""Pipelines of a codec and a generator of codes."""

import numpy as np
import pytest
import sklearn
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.preprocessing import FunctionTransformer

from audiogen import GenerativePipeline, generate
from audiogen.generators import KernelSequencer, NgramSequencer

PATCH = 4


class SignCodec(TransformerMixin, BaseEstimator):
    """Codes of the signs of patch means, with what a codec has beside them."""

    def __init__(self, shift_lengths=(1, 2)):
        self.shift_lengths = shift_lengths

    def fit(self, X, y=None):
        self.patch_length_ = PATCH
        self.codebooks_ = np.array([[[-1.0], [1.0]]], np.float32) * np.max(np.abs(X[0]))
        return self

    def transform(self, X):
        rows = [np.resize(x, (len(x) // PATCH, PATCH)).mean(axis=1) > 0 for x in X]
        return [row[:, np.newaxis].astype(np.int32) for row in rows]

    def inverse_transform(self, X, *, random_state=None):
        rng = np.random.default_rng(random_state)
        latents = [np.repeat(self.codebooks_[0, x[:, 0], 0], PATCH) for x in X]
        return [latent + rng.normal(0, 0.1, latent.shape) for latent in latents]


def recordings():
    return [np.sin(np.arange(n) / 5).astype(np.float32) for n in (160, 120)]


def pipeline(**parameters):
    steps = [("codes", SignCodec()), ("prior", KernelSequencer(random_state=0))]
    return GenerativePipeline(steps, sample_rate=1000, **parameters)


@pytest.mark.parametrize("cached", [False, True])
@pytest.mark.parametrize("routed", [False, True])
def test_the_generator_is_told_what_codes_stand_for(cached, routed, tmp_path):
    pipe = pipeline(memory=str(tmp_path) if cached else None)
    with sklearn.config_context(enable_metadata_routing=routed):
        pipe.fit(recordings())
    np.testing.assert_array_equal(pipe[-1].codebooks_, pipe[0].codebooks_)
    assert pipe[-1].lengths_.tolist() == [40, 30, 39, 29, 39, 29], "and of shifted sounds"
    assert "codec" not in vars(pipe[-1])


def test_a_codec_that_is_given_counts_and_other_steps_are_none():
    other = SignCodec().fit(recordings())
    other.codebooks_ = other.codebooks_ * 2
    pipe = pipeline().fit(recordings(), prior__codec=other)
    np.testing.assert_array_equal(pipe[-1].codebooks_, other.codebooks_)
    assert pipe[-1].lengths_.tolist() == [40, 30]
    codes = np.array([[0, 1, 0, 1]])
    names = GenerativePipeline([("same", FunctionTransformer()), ("prior", NgramSequencer())])
    assert names.fit(codes)[-1].codebooks_ is None
    assert GenerativePipeline([("prior", NgramSequencer())]).fit(codes)[-1].codebooks_ is None


def test_steps_before_the_codec_are_taken_for_shifted_sounds_too():
    louder = FunctionTransformer(lambda X: [3 * x for x in X])
    steps = [("louder", louder), ("codes", SignCodec()), ("prior", KernelSequencer())]
    pipe = GenerativePipeline(steps).fit(recordings())
    plain = pipeline().fit(recordings())
    np.testing.assert_array_equal(pipe[-1].codes_, plain[-1].codes_)
    assert pipe[-1].codebooks_.max() == pytest.approx(3 * plain[-1].codebooks_.max())


def test_samples_are_sound_of_the_length_and_after_the_prompt_asked_for():
    pipe = pipeline().fit(recordings())
    audio = pipe.sample(2, n_steps=25, random_state=3)
    assert [len(row) for row in audio] == [25 * PATCH] * 2
    np.testing.assert_array_equal(generate(pipe, 2, n_steps=25, random_state=3), audio)
    codes = pipe[-1].sample(2, n_steps=25, random_state=3)
    np.testing.assert_array_equal(pipe[0].inverse_transform(codes, random_state=3), audio)
    other = pipe.sample(2, n_steps=25, random_state=4)
    assert not np.array_equal(other, audio)
    after = pipe.sample(prompt=recordings()[0][:80], n_steps=15, top_p=0.5)
    assert after.shape == (1, 60)
    wanted = np.sign(recordings()[0][80:140])
    assert (np.sign(after[0]) == wanted).mean() > 0.8
    with pytest.raises(TypeError, match=r"has no option 'n_step'.*n_steps"):
        pipe.sample(n_step=3)


def test_scores_are_of_sounds():
    pipe = pipeline().fit(recordings())
    codes = pipe[0].transform(recordings())
    assert pipe.score(recordings()) == pipe[-1].score(codes)
