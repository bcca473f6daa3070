import pickle

import librosa
import numpy as np
import pandas as pd
import pytest
import soundfile
from scipy import stats
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.mixture import GaussianMixture
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, MinMaxScaler, StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from audiogen import GenerativePipeline, generate, make_generative_pipeline
from audiogen.datasets import load_notes
from audiogen.generators import ConditionalGaussianMixture, ConditionalVAE
from audiogen.pipeline._inverse import crossfade_clips
from audiogen.preprocessing import SlidingWindow
from audiogen.recipes import harmonic_gmm

VAE = ConditionalVAE(latent_dim=2, units=(8,), epochs=1, random_state=0)


class Labelled(TransformerMixin, BaseEstimator):
    """Subtracts the condition's offset, and adds it in its inverse: it needs y for both."""

    def fit(self, X, y=None):
        self.n_features_in_ = X.shape[1]
        return self

    def transform(self, X, y=None):
        return X - (0 if y is None else np.asarray(y["offset"])[:, np.newaxis])

    def inverse_transform(self, X, y=None):
        return X + (0 if y is None else np.asarray(y["offset"])[:, np.newaxis])

    def fit_transform(self, X, y=None):
        return self.fit(X, y).transform(X, y)


class Positive(BaseEstimator):
    """A row selector: keeps rows that begin with a positive number."""

    def fit(self, X, y=None):
        self.n_features_in_ = X.shape[1]
        return self

    def select(self, X, y=None):
        keep = np.asarray(X)[:, 0] > 0
        return X[keep], None if y is None else y[keep]

    def transform(self, X):
        return self.select(X)[0]

    def fit_transform(self, X, y=None):
        return self.fit(X).select(X, y)[0]

    def inverse_transform(self, X):
        return X


class Counter(BaseEstimator):
    """A generator of frames 0, 1, 2, ... that follow each other."""

    generates_frames = True

    def fit(self, X, y=None):
        self.shape_ = X.shape[1:]
        return self

    def sample(self, n_samples=None, y=None, *, return_y=False, random_state=None):
        frames = np.arange(3, dtype=np.float32).reshape(1, 3, *[1] * len(self.shape_))
        frames = np.broadcast_to(frames, (n_samples or 1, 3, *self.shape_)).copy()
        return (frames, y) if return_y else frames


def data():
    rng = np.random.default_rng(0)
    y = pd.DataFrame({"offset": rng.choice([-100.0, 0.0, 100.0], 30)})
    return rng.normal(size=(30, 4)) + np.asarray(y), y


@parametrize_with_checks(
    [GenerativePipeline([("scale", StandardScaler()), ("vae", VAE)])],
    expected_failed_checks=lambda _: {
        "check_estimators_overwrite_params": "fits its steps in place, as scikit-learn's own does",
        "check_dont_overwrite_attributes": "fits its steps in place, as scikit-learn's own does",
        "check_dont_overwrite_parameters": "fits its steps in place, as scikit-learn's own does",
    },
)
def test_check_estimator(estimator, check):
    check(estimator)


def test_generate_is_the_same_for_every_kind_of_estimator():
    X, y = data()
    steps = [("scale", StandardScaler()), ("vae", VAE)]
    plain, ours = Pipeline(steps).fit(X, y), GenerativePipeline(steps).fit(X, y)
    nested = make_pipeline(StandardScaler(), make_pipeline("passthrough", VAE)).fit(X, y)
    scaled = plain[0].transform(X)
    bare = generate(ConditionalVAE(**VAE.get_params()).fit(scaled, y), y=y, random_state=1)
    expected = plain[0].inverse_transform(bare)
    for fitted in (plain, ours, nested):
        np.testing.assert_array_equal(generate(fitted, y=y, random_state=1), expected)
    np.testing.assert_array_equal(ours.sample(y=y, random_state=1), expected)


def test_steps_that_take_y_get_it_both_ways():
    X, y = data()
    pipe = make_generative_pipeline(Labelled(), StandardScaler(), VAE).fit(X, y)
    assert np.abs(pipe[1].mean_).max() < 1, "the step had y in fit"
    samples, drawn = pipe.sample(50, return_y=True)
    offset = np.asarray(drawn["offset"])
    np.testing.assert_allclose(samples.mean(axis=1), offset, atol=10)
    np.testing.assert_allclose(pipe.sample(y={"offset": 100.0}).mean(), 100, atol=10)
    inner = pipe[1].transform(pipe[0].transform(X, y))
    np.testing.assert_array_equal(pipe.encode(X, y), pipe[2].encode(inner, y))
    assert pipe.score(X, y) == pipe[2].score(inner, y)
    np.testing.assert_allclose(pipe[:-1].transform(X, y), inner)
    np.testing.assert_allclose(pipe[:-1].inverse_transform(inner, y), X)
    again = pipe[:-1].inverse_transform(pipe[2].reconstruct(inner, y), y)
    np.testing.assert_allclose(pipe.decode(pipe.encode(X, y), y), again)


def test_selectors_drop_rows_from_both():
    X, y = data()
    X[:, 0] = np.where(np.arange(30) % 3, 1.0, -1.0)
    pipe = make_generative_pipeline(Positive(), StandardScaler(), VAE).fit(X, y)
    kept = pipe.select(X, y)
    assert len(kept[0]) == len(kept[1]) == 20
    assert pipe[1].n_samples_seen_ == 20
    assert pipe.score(X, y) == pipe[2].score(pipe[1].transform(kept[0]), kept[1])
    with pytest.raises(ValueError, match="20 samples but y has 30.*GenerativePipeline"):
        make_generative_pipeline("passthrough", Positive(), VAE).fit(X, y)


def test_what_cannot_be_done_is_said():
    X, y = data()
    with pytest.raises(ValueError, match="SlidingWindow changes the rows of X, so y must be None"):
        make_generative_pipeline(SlidingWindow(2), VAE).fit(X, y)
    with pytest.raises(TypeError, match="StandardScaler cannot generate"):
        generate(StandardScaler().fit(X))
    with pytest.raises(TypeError, match="OneWay has no inverse_transform"):
        generate(make_pipeline(OneWay(), VAE).fit(X))
    with pytest.raises(ValueError, match="'join' parameter of generate must be"):
        generate(VAE, join="glue")
    assert not hasattr(make_generative_pipeline(GaussianMixture()), "encode")


class OneWay(TransformerMixin, BaseEstimator):
    def fit(self, X, y=None):
        return self

    def transform(self, X):
        return X


@pytest.mark.parametrize("shape", [(8,), (4, 2, 2)])
@pytest.mark.parametrize("join", ["audio", "spectrogram"])
def test_frames_are_joined_in_order(shape, join):
    X = np.zeros((5, *shape))
    pipe = make_generative_pipeline(Counter()).fit(X)
    audio = pipe.sample(2, join=join)
    if join == "spectrogram" and len(shape) > 1:
        assert audio.shape == (2, 12, 2, 2)
        np.testing.assert_array_equal(audio[0, :, 0, 0], np.repeat([0, 1, 2], 4))
    else:
        size = int(np.prod(shape))
        np.testing.assert_array_equal(audio.reshape(2, -1)[0], np.repeat([0, 1, 2], size))


def test_crossfade_blends_what_follows_the_seams():
    t = np.arange(40) / 40
    clips = np.stack([np.sin(9 * t), 2 + np.cos(5 * t), np.full(40, -1.0)]).astype(np.float32)
    plain, faded = clips.reshape(-1), crossfade_clips(clips[np.newaxis], 10).reshape(-1)
    near = np.zeros(120, bool)
    near[40:50] = near[80:90] = True
    np.testing.assert_array_equal(faded[~near], plain[~near])
    np.testing.assert_allclose(faded[[40, 49, 80, 89]], plain[[39, 49, 79, 89]], atol=1e-6)
    assert np.abs(np.diff(faded)).max() < 0.5 * np.abs(np.diff(plain)).max()
    pipe = make_generative_pipeline(Counter()).fit(np.zeros((5, 8)))
    np.testing.assert_array_equal(pipe.sample(1, crossfade=0)[0], np.repeat([0, 1, 2], 8))
    np.testing.assert_allclose(pipe.sample(1, crossfade=3)[0, 8:11], [0, 0.5, 1], atol=1e-6)
    assert pipe.sample(1, crossfade=100).shape == (1, 24)


def test_a_pipeline_survives_pickling():
    X, y = data()
    pipe = make_generative_pipeline(StandardScaler(), VAE).fit(X, y)
    again = pickle.loads(pickle.dumps(pipe))
    np.testing.assert_array_equal(again.sample(y=y), pipe.sample(y=y))


def test_previews_are_the_audio_of_that_epoch(tmp_path):
    X, y = data()
    X = X / np.abs(X).max()
    two = clone(VAE).set_params(epochs=2, patience=None, plateau_patience=None)
    inner = make_generative_pipeline(Labelled(), two)
    pipe = make_generative_pipeline(MinMaxScaler((-0.5, 0.5)), inner, sample_rate=8000)
    pipe.fit(X, y / 1000, preview_dir=tmp_path / "new", preview_every=1)
    found = sorted(p.name for p in (tmp_path / "new").iterdir())
    assert found == [
        f"epoch_000{e}_{i}.{kind}" for e in (1, 2) for i in range(4) for kind in ("png", "wav")
    ]
    audio, sample_rate = soundfile.read(tmp_path / "new" / "epoch_0002_3.wav")
    assert sample_rate == 8000
    expected = pipe.sample(4, random_state=two._seed)
    np.testing.assert_allclose(audio, np.clip(expected[3], -1, 1), atol=1e-4)
    assert (tmp_path / "new" / "epoch_0002_3.png").read_bytes()[1:4] == b"PNG"


def test_previews_of_what_is_no_audio_are_refused(tmp_path):
    audio = np.zeros((6, 4))
    three = FunctionTransformer(lambda X: X, lambda X: X[:, np.newaxis])
    for X, steps, shape in (
        (audio.reshape(6, 2, 2), [], r"X of shape \(6, 2, 2\)"),
        (audio, [three], r"samples of shape \(4, 1, 4\)"),
    ):
        pipe = make_generative_pipeline(*steps, clone(VAE), sample_rate=16000)
        with pytest.raises(ValueError, match=f"preview_dir is for .*{shape}"):
            pipe.fit(X, preview_dir=tmp_path, preview_every=1)


def test_previews_that_cannot_be_are_refused_before_any_work(tmp_path):
    class Untouched(StandardScaler):
        def fit(self, X, y=None):
            raise AssertionError("no step must be fitted")

    X, y = data()
    for generator, rate, message in (
        (ConditionalGaussianMixture(), 8000, "trained in epochs, and ConditionalGaussianMixture"),
        (VAE, None, r"needs the sample rate.*GenerativePipeline\(steps, sample_rate=...\)"),
    ):
        pipe = make_generative_pipeline(Untouched(), generator, sample_rate=rate)
        with pytest.raises(ValueError, match=message):
            pipe.fit(X, y, preview_dir=tmp_path)
    assert not list(tmp_path.iterdir())
    (tmp_path / "file").write_text("mine")
    pipe = make_generative_pipeline(Untouched(), VAE, sample_rate=8000)
    with pytest.raises(NotADirectoryError, match="file is a file"):
        pipe.fit(X, y, preview_dir=tmp_path / "file")
    with pytest.raises(TypeError, match="preview_dir must be the path of a folder. Got 3"):
        pipe.fit(X, y, preview_dir=3)


def test_previews_that_cannot_be_written_do_not_end_the_training(tmp_path):
    X, y = data()
    two = clone(VAE).set_params(epochs=2, patience=None, plateau_patience=None)
    (tmp_path / "epoch_0001_0.wav").mkdir()
    pipe = make_generative_pipeline(MinMaxScaler((-0.5, 0.5)), two, sample_rate=8000)
    with pytest.warns(UserWarning, match="preview after epoch 1 was not written: .* is a folder"):
        pipe.fit(X, y, preview_dir=tmp_path, preview_every=1)
    assert (tmp_path / "epoch_0002_3.wav").is_file()


@pytest.fixture(scope="module")
def mixture():
    rng = np.random.default_rng(0)
    y = pd.DataFrame({"pitch": rng.uniform(40, 80, 60), "family": rng.choice(["a", "b"], 60)})
    X = rng.normal(size=(60, 5)) + np.where(y.family == "a", 0, 9)[:, np.newaxis]
    steps = [("scale", StandardScaler()), ("gmm", ConditionalGaussianMixture(2, random_state=0))]
    return GenerativePipeline(steps).fit(X, y)


def test_interpolation_goes_straight_from_one_end_to_the_other(mixture):
    """Whatever Gaussians lie between: what is mixed is what the ends are decoded as."""
    Z = np.random.default_rng(1).normal(size=(2, 5))
    ends = pd.DataFrame({"pitch": [50.0, 70.0], "family": ["a", "b"]})
    way = mixture.interpolate(Z, ends, n_steps=5)
    assert way.shape == (5, 5)
    for i, share in enumerate(np.linspace(0, 1, 5)):
        first, last = (
            mixture[-1].decode(Z[[end]], {"pitch": 50 + 20 * share, "family": "ab"[end]})
            for end in (0, 1)
        )
        expected = mixture[0].inverse_transform((1 - share) * first + share * last)
        np.testing.assert_allclose(way[i : i + 1], expected, atol=1e-4)
    np.testing.assert_allclose(way[[0, -1]], mixture.decode(Z, ends), atol=1e-4)
    # A row serves both ends.
    here = {"pitch": 50, "family": "a"}
    still = mixture.interpolate(Z, here, n_steps=3)
    np.testing.assert_allclose(still[[0, 2]], mixture.decode(Z, here), atol=1e-4)
    np.testing.assert_allclose(still[1], still[[0, 2]].mean(axis=0), atol=1e-4)


class Seen(TransformerMixin, BaseEstimator):
    """Leaves X as it is, and keeps what its inverse is given."""

    def fit(self, X, y=None):
        self.seen_ = []
        return self

    def transform(self, X):
        return X

    def inverse_transform(self, X, y=None, random_state=None):
        self.seen_.append((y, random_state))
        return X


def test_steps_see_no_category_that_is_of_one_end_alone():
    X, _ = data()
    y = pd.DataFrame({"pitch": np.repeat(np.linspace(50, 70, 15), 2), "family": ["a", "b"] * 15})
    gmm = ConditionalGaussianMixture(random_state=0)
    pipe = make_generative_pipeline(Seen(), gmm).fit(X, y)
    for last, expected in (("b", ["pitch"]), ("a", ["pitch", "family"])):
        ends = pd.DataFrame({"pitch": [50.0, 70.0], "family": ["a", last]})
        pipe.interpolate(np.zeros((2, gmm.latent_dim_)), ends, n_steps=3)
        (seen, _) = pipe[0].seen_[-1]
        assert list(seen) == expected
        np.testing.assert_allclose(seen["pitch"], [50, 60, 70])


def test_steps_get_the_seed_of_the_draw_whoever_decides_it():
    X, y = data()
    pipe = make_generative_pipeline(Seen(), ConditionalGaussianMixture(random_state=5)).fit(X, y)
    pipe.sample(2)
    pipe.sample(2, random_state=6)
    pipe.decode(pipe.encode(X[:1], y[:1]), y[:1], random_state=7)
    pipe.decode(pipe.encode(X[:1], y[:1]), y[:1])
    assert [seed for _, seed in pipe[0].seen_] == [5, 6, 7, None]


def test_interpolation_without_conditions_and_of_what_cannot_be(mixture):
    X, _ = data()
    steps = [("scale", StandardScaler()), ("gmm", ConditionalGaussianMixture(random_state=0))]
    plain = GenerativePipeline(steps).fit(X)
    Z = plain.encode(X[:2])
    np.testing.assert_allclose(plain.interpolate(Z, n_steps=2), X[:2], atol=1e-2)
    middle = plain.decode(Z.mean(axis=0, keepdims=True))
    np.testing.assert_allclose(plain.interpolate(Z, n_steps=3)[1:2], middle, atol=1e-4)
    with pytest.raises(ValueError, match=r"Z must hold two latents.*\(3, 4\)"):
        plain.interpolate(np.zeros((3, 4)))
    with pytest.raises(ValueError, match="'n_steps' parameter .* Got 1"):
        plain.interpolate(Z, n_steps=1)
    with pytest.raises(ValueError, match="give y"):
        mixture.interpolate(np.zeros((2, 5)))


@pytest.mark.parametrize(
    ("families", "pitch"),
    [
        (("synth_lead", "bass"), 60),
        pytest.param(("guitar", "mallet"), 57.5, marks=pytest.mark.long),
    ],
)
def test_instruments_change_step_by_step_and_stay_in_tune(families, pitch):
    """By librosa's pYIN, and by its log-mel spectra from either end."""
    notes = load_notes("train")
    y = notes.frame[["pitch", "instrument_family"]]
    pipe = harmonic_gmm(random_state=0).fit(notes.data, y)
    rows = [int(np.flatnonzero(y.instrument_family == family)[0]) for family in families]
    Z = pipe.encode(notes.data[rows], y.iloc[rows])
    way = pipe.interpolate(Z, y.iloc[rows].assign(pitch=pitch), n_steps=6)
    hz = librosa.midi_to_hz(pitch)
    spectra = []
    for sound in way:
        f0, _, _ = librosa.pyin(
            sound[1600:12800], fmin=hz / 1.5, fmax=hz * 1.5, sr=16000, resolution=0.02
        )
        assert abs(1200 * np.log2(np.nanmedian(f0) / hz)) < 10
        mel = librosa.feature.melspectrogram(y=sound / np.abs(sound).max(), sr=16000, n_mels=64)
        spectra.append(np.log(mel + 1e-6).mean(axis=1))
    for end, sign in ((0, 1), (-1, -1)):
        distances = np.linalg.norm(np.array(spectra) - spectra[end], axis=1)
        assert sign * stats.spearmanr(distances, range(6)).statistic > 0.95
