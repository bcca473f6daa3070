"""Generators of other libraries, and of one's own."""

import numpy as np
import pytest
from scipy import stats
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.mixture import BayesianGaussianMixture, GaussianMixture
from sklearn.neighbors import KernelDensity
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from audiogen import generate, make_generative_pipeline
from audiogen.generators import ConditionalVAE, LSTMSequencer
from audiogen.preprocessing import SlidingWindow

X = np.random.default_rng(0).normal([3.0, -5.0], [2.0, 0.1], size=(200, 2))
MODELS = [
    GaussianMixture(2, random_state=3),
    GaussianMixture(2),
    GaussianMixture(2, random_state=np.random.RandomState(3)),
    BayesianGaussianMixture(n_components=1, random_state=3),
    KernelDensity(bandwidth=0.02),
]


@pytest.mark.parametrize("model", MODELS, ids=lambda m: type(m).__name__)
def test_scikit_learns_densities_generate(model):
    for estimator in (model.fit(X), make_pipeline(StandardScaler(), clone(model)).fit(X)):
        samples = generate(estimator, 400, random_state=1)
        assert samples.shape == (400, 2)
        for ours, real in zip(samples.T, X.T, strict=True):
            assert stats.ks_2samp(ours, real).pvalue > 1e-3, estimator
        np.testing.assert_array_equal(samples, generate(estimator, 400, random_state=1))
        assert (samples != generate(estimator, 400, random_state=2)).any()
    assert generate(model, return_y=True)[0].shape == (1, 2)
    with pytest.raises(ValueError, match="takes no conditions; leave y out"):
        generate(model, y=["a"])
    with pytest.raises(ValueError, match="'n_samples' parameter of generate"):
        generate(model, 0)


@pytest.mark.parametrize("model", MODELS, ids=lambda m: type(m).__name__)
def test_neither_they_nor_numpys_state_change(model):
    model.fit(X)
    own = getattr(model, "random_state", None)

    def states():
        moving = own.get_state() if isinstance(own, np.random.RandomState) else own
        return str(moving), str(np.random.get_state())

    before = states()
    generate(model, 5, random_state=1)
    assert states() == before
    assert getattr(model, "random_state", None) is own
    generate(model, 5)
    assert states()[1] == before[1]


def test_a_mixtures_own_random_state_decides_where_none_is_given():
    model = GaussianMixture(2, random_state=3).fit(X)
    np.testing.assert_array_equal(generate(model, 5), model.sample(5)[0])


def test_options_go_to_the_last_steps_sample():
    frames = np.sin(np.arange(40))[:, np.newaxis] * np.ones(3)
    lstm = LSTMSequencer(2, units=4, n_layers=1, epochs=1, random_state=0)
    pipe = make_generative_pipeline(StandardScaler(), SlidingWindow(4), lstm).fit(frames)
    seeds = pipe[0].transform(frames)[np.newaxis, -4:]
    expected = pipe[0].inverse_transform(lstm.sample(seed_frames=seeds)[0]).reshape(1, -1)
    np.testing.assert_array_equal(pipe.sample(seed_frames=seeds), expected)
    np.testing.assert_array_equal(generate(pipe, seed_frames=seeds), expected)
    with pytest.raises(TypeError, match=r"LSTMSequencer.sample has no option 'seed_frame'\. It "
                       r"has seed_frames\. Did you mean seed_frames"):  # fmt: skip
        pipe.sample(seed_frame=seeds)
    with pytest.raises(TypeError, match="KernelDensity.sample has no option 'n'. It has none"):
        generate(KernelDensity().fit(X), n=3)
    vae = ConditionalVAE(latent_dim=1, units=(4,), epochs=1, random_state=0).fit(X)
    with pytest.raises(TypeError, match="ConditionalVAE.sample has no option 'seed_frames'"):
        generate(vae, seed_frames=seeds)


class Walk(BaseEstimator):
    """A sequence model of one's own: it counts on from the last frame of what it learnt."""

    generates_frames = True

    def fit(self, X, y=None):
        self.last_ = X[-1, -1]
        return self

    def sample(self, n_samples=1, *, n_frames=3):
        ahead = self.last_ + np.arange(1, n_frames + 1).reshape(-1, *[1] * self.last_.ndim)
        return np.repeat(ahead[np.newaxis], n_samples, axis=0)


class Pairs(TransformerMixin, BaseEstimator):
    """A window of one's own: pairs of frames, of rows or of one recording."""

    def __init__(self, joins_along_time=False):
        self.joins_along_time = joins_along_time

    def fit(self, X, y=None):
        return self

    def transform(self, X):
        frames = X[0] if self.joins_along_time else X
        return np.stack([frames[:-1], frames[1:]], axis=1)

    def inverse_transform_sequence(self, X):
        return X


class Doubled(TransformerMixin, BaseEstimator):
    """Doubles, and remembers how many rows it was asked to halve."""

    def fit(self, X, y=None):
        return self

    def transform(self, X):
        return 2 * X

    def inverse_transform(self, X):
        self.seen_ = X.shape
        return X / 2


def test_ones_own_sequence_model_and_windows_work():
    frames = np.repeat(np.arange(4.0)[:, np.newaxis], 2, axis=1)  # 0, 1, 2, 3
    for steps in ([Doubled(), Pairs()], [Pairs(), Doubled()]):
        pipe = make_generative_pipeline(*steps, Walk()).fit(frames)
        audio = pipe.sample(2, n_frames=4)  # 7, 8, 9, 10 of doubled frames
        np.testing.assert_array_equal(audio, [np.repeat([3.5, 4, 4.5, 5], 2)] * 2)
        doubled = next(step for step in steps if isinstance(step, Doubled))
        assert doubled.seen_ == (8, 2)
    doubled = Doubled()
    recording = frames[np.newaxis]
    pipe = make_generative_pipeline(doubled, Pairs(joins_along_time=True), Walk()).fit(recording)
    ahead = pipe.sample(2)
    assert ahead.shape == doubled.seen_ == (2, 3, 2)
    np.testing.assert_array_equal(ahead[0, :, 0], [3.5, 4, 4.5])
    with pytest.raises(ValueError, match="Pairs changes the rows of X, so y must be None"):
        pipe.fit(recording, ["a"])
