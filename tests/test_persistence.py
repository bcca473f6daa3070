import json
import pathlib
import pickle
import subprocess
import sys
import zipfile

import numpy as np
import numpy.f2py
import pytest
import skops.io
from sklearn.decomposition import PCA
from sklearn.preprocessing import StandardScaler

import audiogen
from audiogen import GenerativePipeline
from audiogen.generators import ConditionalVAE


@pytest.fixture(scope="module")
def pipe():
    X = np.random.default_rng(0).normal(size=(20, 6))
    vae = ConditionalVAE(latent_dim=2, units=(8,), epochs=1, random_state=0)
    steps = [("scale", StandardScaler()), ("pca", PCA(3)), ("vae", vae)]
    return GenerativePipeline(steps).fit(X, ["a", "b"] * 10)


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


@pytest.mark.parametrize(
    "thing", [pathlib.PurePosixPath("x"), np.f2py.run_main, audiogen.generate, print]
)
def test_foreign_types_are_refused(thing, tmp_path):
    with pytest.raises(ValueError, match="types that load would refuse"):
        audiogen.save({"thing": thing}, tmp_path / "bad.skops")
    assert not list(tmp_path.iterdir())
    skops.io.dump({"thing": thing}, tmp_path / "bad.skops")
    with pytest.raises(ValueError, match="types that audiogen does not trust"):
        audiogen.load(tmp_path / "bad.skops")


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
    with pytest.raises(TypeError, match="generator"):
        audiogen.save((i for i in [1]), path)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["pipe.skops"]
