import datetime
import functools
import json
import operator
import pathlib
import pickle
import subprocess
import sys
import zipfile

import numpy as np
import numpy.f2py
import pytest
import scipy
import skops.io
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.compose import ColumnTransformer
from sklearn.decomposition import PCA
from sklearn.mixture import GaussianMixture
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler
from sklearn.tree import DecisionTreeRegressor

import audiogen
from audiogen import GenerativePipeline
from audiogen.generators import (
    ConditionalGaussianMixture,
    ConditionalVAE,
    GANGenerator,
    LSTMSequencer,
    WaveNetAutoencoder,
)
from audiogen.generators._conditions import ConditionEncoder
from audiogen.preprocessing import STFTSpectrogram

MODELS = pathlib.Path(audiogen.__file__).parent / "music" / "models"


@pytest.fixture(scope="module")
def pipe():
    X = np.random.default_rng(0).normal(size=(20, 6))
    vae = ConditionalVAE(latent_dim=2, units=(8,), epochs=1, random_state=0)
    steps = [("scale", StandardScaler()), ("pca", PCA(3)), ("vae", vae)]
    return GenerativePipeline(steps).fit(X, ["a", "b"] * 10)


def test_the_same_model_makes_the_same_file_wherever_it_lies_in_memory(pipe, tmp_path):
    audiogen.save(pipe, tmp_path / "once.skops")
    audiogen.save(audiogen.load(tmp_path / "once.skops"), tmp_path / "again.skops")
    assert (tmp_path / "again.skops").read_bytes() == (tmp_path / "once.skops").read_bytes()
    with zipfile.ZipFile(tmp_path / "once.skops") as archive:
        assert {member.date_time[0] for member in archive.infolist()} == {1980}


SCRIPT = """
import sys, numpy as np, audiogen
pipe = audiogen.load(sys.argv[1])
np.save(sys.argv[2], pipe.sample(4, y="b", random_state=7))
"""


def test_a_whole_pipeline_goes_into_a_fresh_process(pipe, tmp_path):
    audiogen.save(pipe, tmp_path / "pipe.skops")
    out = tmp_path / "out.npy"
    subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path / "pipe.skops"), str(out)], check=True
    )
    np.testing.assert_array_equal(np.load(out), pipe.sample(4, y="b", random_state=7))


def test_no_pickle_in_the_file(pipe, tmp_path):
    audiogen.save(pipe, tmp_path / "pipe.skops")
    with zipfile.ZipFile(tmp_path / "pipe.skops") as archive:
        assert all(name.endswith((".npy", ".json")) for name in archive.namelist())
        for name in archive.namelist():
            if name.endswith(".npy"):
                with archive.open(name) as file:
                    np.load(file, allow_pickle=False)
            else:
                json.loads(archive.read(name))


class Outside(TransformerMixin, BaseEstimator):
    """An estimator of somebody else."""

    def fit(self, X, y=None):
        return self


FOREIGN = {
    "a function": np.f2py.run_main,
    "a function of audiogen": audiogen.generate,
    "a builtin": print,
    "a ufunc of SciPy": scipy.special.expit,
    "a partial": functools.partial(np.add, 1),
    "an operator": operator.methodcaller("fit"),
    "a method": StandardScaler().fit,
    "a path": pathlib.PurePosixPath("x"),
    "bytes": b"x",
    "a generator of numbers": np.random.default_rng(0),
    "a sparse matrix": scipy.sparse.eye_array(2),
    "a masked array": np.ma.masked_array([1], [True]),
    "a type": np.dtype("f4"),
    "records": np.zeros(2, [("a", "f4")]),
    "a tree": DecisionTreeRegressor().fit([[0.0], [1.0]], [0, 1]),
    "another's estimator": Outside(),
    "a date": datetime.date(2000, 1, 1),
}


@pytest.mark.parametrize("thing", FOREIGN.values(), ids=FOREIGN)
def test_estimators_that_hold_other_types_are_refused(thing, tmp_path):
    pipe = Pipeline([("hold", FunctionTransformer(kw_args={"thing": thing}))])
    with pytest.raises(ValueError, match="types that load would refuse|cannot be saved"):
        audiogen.save(pipe, tmp_path / "bad.skops")
    assert not list(tmp_path.iterdir())
    skops.io.dump(pipe, tmp_path / "bad.skops")
    with pytest.raises(ValueError, match=r"bad\.skops (holds types that|cannot be read)"):
        audiogen.load(tmp_path / "bad.skops")


@pytest.mark.parametrize(
    "thing",
    [
        {"a": StandardScaler()},
        [1],
        "text",
        np.arange(3),
        StandardScaler,
        np.sin,
        ConditionEncoder(),
    ],
    ids=lambda thing: type(thing).__name__,
)
def test_only_estimators_are_saved_and_loaded(thing, tmp_path):
    with pytest.raises(TypeError, match=f"save takes an estimator.* Got a {type(thing).__name__}"):
        audiogen.save(thing, tmp_path / "thing.skops")
    assert not list(tmp_path.iterdir())
    skops.io.dump(thing, tmp_path / "thing.skops")
    with pytest.raises(ValueError, match=r"thing\.skops holds (no estimator|types that)"):
        audiogen.load(tmp_path / "thing.skops")


@pytest.mark.parametrize(
    "estimator",
    [
        PCA(2, random_state=np.random.RandomState(0)),
        FunctionTransformer(np.log1p, inverse_func=np.expm1),
        ColumnTransformer([("scale", StandardScaler(), slice(0, 2))], remainder="passthrough"),
        OneHotEncoder(dtype=np.float32, sparse_output=False),
        GaussianMixture(2, random_state=0),
        STFTSpectrogram(frame_length=64, hop_length=16),
    ],
    ids=lambda estimator: type(estimator).__name__,
)
def test_estimators_come_back_as_they_were(estimator, tmp_path):
    X = np.random.default_rng(0).uniform(size=(12, 256))
    X = X if isinstance(estimator, STFTSpectrogram) else X[:, :3]
    audiogen.save(estimator.fit(X), tmp_path / "model.skops")
    again = audiogen.load(tmp_path / "model.skops")
    assert type(again) is type(estimator)
    assert again.get_params().keys() == estimator.get_params().keys()
    method = "transform" if hasattr(estimator, "transform") else "predict_proba"
    np.testing.assert_array_equal(getattr(again, method)(X), getattr(estimator, method)(X))


@pytest.mark.parametrize("attack", [("numpy.f2py", "run_main"), ("audiogen.cli._main", "main")])
def test_functions_in_place_of_types_are_not_called(attack, tmp_path):
    """A list in the file is made by calling its class by name."""
    skops.io.dump([1, 2], tmp_path / "list.skops")
    with zipfile.ZipFile(tmp_path / "list.skops") as archive:
        schema = json.loads(archive.read("schema.json"))
    schema["__module__"], schema["__class__"] = attack
    with zipfile.ZipFile(tmp_path / "bad.skops", "w") as archive:
        archive.writestr("schema.json", json.dumps(schema))
    with pytest.raises(ValueError, match="does not trust: " + ".".join(attack)):
        audiogen.load(tmp_path / "bad.skops")


def test_other_files_are_named(pipe, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no file .*missing\.skops"):
        audiogen.load(tmp_path / "missing.skops")
    (tmp_path / "pickle").write_bytes(pickle.dumps([1]))
    with pytest.raises(ValueError, match="pickle cannot be read as a model"):
        audiogen.load(tmp_path / "pickle")
    audiogen.save(pipe, tmp_path / "cut.skops")
    whole = (tmp_path / "cut.skops").read_bytes()
    (tmp_path / "cut.skops").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ValueError, match=r"cut\.skops cannot be read"):
        audiogen.load(tmp_path / "cut.skops")


def test_a_failed_save_keeps_the_old_file(pipe, tmp_path):
    path = tmp_path / "pipe.skops"
    audiogen.save(pipe, path)
    before = path.read_bytes()
    with pytest.raises(TypeError, match="save takes an estimator .*Got a generator"):
        audiogen.save((i for i in [1]), path)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["pipe.skops"]


def test_no_wrong_parameters_are_saved(tmp_path):
    with pytest.raises(ValueError, match="'n_components' parameter of Cond.*Got 0 instead"):
        audiogen.save(ConditionalGaussianMixture(n_components=0), tmp_path / "bad.skops")
    assert not list(tmp_path.iterdir())


SMALL = {"epochs": 1, "batch_size": 8, "random_state": 0}
GENERATORS = [
    ConditionalVAE(latent_dim=2, units=(8,), filters=(4, 4), **SMALL),
    GANGenerator(latent_dim=2, units=(8,), filters=(4, 4), **SMALL),
    LSTMSequencer(extra_frames=6, units=4, n_layers=1, **SMALL),
    WaveNetAutoencoder(filters=4, dilations=(1, 2), downsampling=4, code_channels=4, **SMALL),
    ConditionalGaussianMixture(latent_dim=4, random_state=0),
]
KERAS_READERS = [
    "saving.deserialize_keras_object",
    "saving.load_model",
    "models.load_model",
    "models.model_from_json",
    "layers.deserialize",
    "optimizers.deserialize",
    "losses.deserialize",
    "Model.from_config",
]


def plant_failing_readers(monkeypatch, keras):
    def fail(*args, **kwargs):
        raise AssertionError("Keras was given something to deserialise.")

    for name in KERAS_READERS:
        monkeypatch.setattr(f"{keras.__name__}.{name}", fail)


@pytest.mark.parametrize(
    "generator",
    [pytest.param(g, id=type(g).__name__) for g in GENERATORS],
)
def test_keras_reads_nothing_of_a_file(generator, tmp_path, monkeypatch):
    keras = pytest.importorskip("keras")
    X = np.random.default_rng(0).normal(size=(12, 6)).astype(np.float32)
    model = generator.fit(X)
    expected = model.sample(3, random_state=1)
    audiogen.save(model, tmp_path / "model.skops")

    plant_failing_readers(monkeypatch, keras)
    again = audiogen.load(tmp_path / "model.skops")
    np.testing.assert_array_equal(again.sample(3, random_state=1), expected)
    if hasattr(again, "partial_fit"):
        again.partial_fit(X)


@pytest.mark.parametrize("name", ["melody", "chords", "groove", "voices", "drums"])
def test_keras_reads_nothing_of_the_models_of_music(name, monkeypatch):
    plant_failing_readers(monkeypatch, pytest.importorskip("keras"))
    model = audiogen.load(MODELS / f"{name}.skops")
    if name == "melody":
        assert len(model.sample(1, n_bars=8, n_draws=1, random_state=0)) == 1
    elif name != "chords":
        assert len(model.sample(1, random_state=0)) == 1


WITHOUT_KERAS = """
import sys, audiogen
for path in sys.argv[1:]:
    audiogen.load(path).sample(2, y="b", random_state=0)
    assert not {"keras", "tensorflow", "torch", "jax"} & set(sys.modules), path
"""


def saved_pipeline(generator, folder):
    X, y = np.random.default_rng(0).normal(size=(20, 6)), ["a", "b"] * 10
    path = folder / f"{type(generator).__name__}.skops"
    steps = [("scale", StandardScaler()), ("pca", PCA(3)), ("generator", generator)]
    audiogen.save(GenerativePipeline(steps).fit(X, y), path)
    return str(path)


@pytest.mark.parametrize(
    "generators",
    [
        pytest.param(GENERATORS[:2], id="dense"),
        pytest.param(GENERATORS[-1:], id="mixture"),
    ],
)
def test_load_and_sample_import_no_keras(generators, tmp_path):
    paths = [saved_pipeline(generator, tmp_path) for generator in generators]
    subprocess.run([sys.executable, "-c", WITHOUT_KERAS, *paths], check=True)
