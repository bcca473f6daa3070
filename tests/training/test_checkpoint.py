"""Training that is really killed, and goes on as if nothing had happened."""

import random
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from audiogen.generators import ConditionalVAE

# At moments from this seed processes are killed; it is printed when a test fails.
SEED = 20240607

SCRIPT = """
import os, pathlib, signal, sys
import numpy as np
from audiogen.generators import ConditionalVAE
folder, out, fatal = sys.argv[1], sys.argv[2], int(sys.argv[3])
replace, count = pathlib.Path.replace, []
def killed_before_renaming(self, target):
    count.append(1)
    if len(count) == fatal:
        os.kill(os.getpid(), signal.SIGKILL)
    return replace(self, target)
pathlib.Path.replace = killed_before_renaming
rng = np.random.default_rng(0)
X, y = rng.normal(size=(48, 12)).astype("f4"), ["a", "b"] * 24
vae = ConditionalVAE(
    latent_dim=2, units=(16,), epochs=40, batch_size=8, validation_fraction=0.25, patience=30,
    plateau_patience=3, learning_rate=0.01, random_state=0,
)
vae.fit(X, y, checkpoint_dir=folder or None)
vae.partial_fit(X, y)
np.savez(out, samples=vae.sample(4, y="a", random_state=1), n_iter=vae.n_iter_,
         rate=float(vae._model.optimizer.learning_rate), **{k: v for k, v in vae.history_.items()})
"""


def run(folder, out, fatal=0, seconds=None):
    """Run the training; kill it after so many seconds. Return whether it came to its end."""
    command = [sys.executable, "-c", SCRIPT, str(folder), str(out), str(fatal)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE)
    try:
        process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
    return process.returncode == 0


def assert_equal(one, two):
    one, two = np.load(one), np.load(two)
    for name in one.files:
        np.testing.assert_array_equal(one[name], two[name], err_msg=name)


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory):
    out = tmp_path_factory.mktemp("unbroken") / "out.npz"
    started = time.monotonic()
    assert run("", out)
    return out, time.monotonic() - started


def test_killed_at_any_moment_it_ends_with_the_same_bits(unbroken, tmp_path):
    out, seconds = unbroken
    rng = random.Random(SEED)
    print("seed", SEED)
    kills = 0
    for _ in range(3):
        kills += not run(tmp_path / "c", tmp_path / "x.npz", seconds=rng.uniform(0.5, 1) * seconds)
    assert kills
    assert run(tmp_path / "c", tmp_path / "x.npz")
    assert_equal(out, tmp_path / "x.npz")


def test_killed_between_writing_and_renaming(unbroken, tmp_path):
    assert not run(tmp_path / "c", tmp_path / "x.npz", fatal=7)
    assert len(list((tmp_path / "c").glob(".partial-*.npz"))) == 1
    assert run(tmp_path / "c", tmp_path / "x.npz")
    assert_equal(unbroken[0], tmp_path / "x.npz")
    assert [p.name for p in (tmp_path / "c").iterdir()] == ["checkpoint.npz"]
    assert run(tmp_path / "c", tmp_path / "again.npz"), "a training that is over is over"
    assert_equal(unbroken[0], tmp_path / "again.npz")


X = np.random.default_rng(0).normal(size=(12, 4)).astype(np.float32)


def vae(**parameters):
    return ConditionalVAE(latent_dim=2, units=(4,), batch_size=4, random_state=None).set_params(
        **{"epochs": 2, **parameters}
    )


def test_the_seed_is_in_the_file(tmp_path):
    one = vae().fit(X, checkpoint_dir=tmp_path)
    two = vae().fit(X, checkpoint_dir=tmp_path)
    np.testing.assert_array_equal(one.sample(3, random_state=0), two.sample(3, random_state=0))


def test_other_parameters_or_data_are_refused(tmp_path):
    vae().fit(X, checkpoint_dir=tmp_path)
    before = (tmp_path / "checkpoint.npz").read_bytes()
    for other, data in ((vae(epochs=3), X), (vae(learning_rate=0.5), X), (vae(), X + 1)):
        with pytest.raises(ValueError, match="other parameters or other data"):
            other.fit(data, checkpoint_dir=tmp_path)
    assert (tmp_path / "checkpoint.npz").read_bytes() == before
    (tmp_path / "checkpoint.npz").write_text("no checkpoint")
    with pytest.raises(ValueError, match=r"checkpoint\.npz is no checkpoint"):
        vae().fit(X, checkpoint_dir=tmp_path)


def test_a_checkpoint_that_cannot_be_written_is_said_and_training_goes_on(tmp_path):
    (tmp_path / "file").write_text("in the folder's place")
    with pytest.warns(UserWarning, match=r"could not be written in .*Training goes on"):
        model = vae().fit(X, checkpoint_dir=tmp_path / "file")
    assert model.n_iter_ == 2
    assert (tmp_path / "file").read_text() == "in the folder's place"


def test_a_full_disk_leaves_the_last_checkpoint_whole(tmp_path):
    import resource

    vae(epochs=1).fit(X, checkpoint_dir=tmp_path)
    whole = (tmp_path / "checkpoint.npz").read_bytes()
    (tmp_path / "checkpoint.npz").rename(tmp_path / "kept.npz")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
        with pytest.warns(UserWarning, match="could not be written"):
            assert vae().fit(X, checkpoint_dir=tmp_path).n_iter_ == 2
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert [p.name for p in tmp_path.iterdir()] == ["kept.npz"]
    assert (tmp_path / "kept.npz").read_bytes() == whole
