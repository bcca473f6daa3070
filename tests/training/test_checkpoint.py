"""Training that is really killed, and goes on as if nothing had happened."""

import random
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from sklearn.base import clone

from audiogen.generators import (
    ConditionalGaussianMixture,
    ConditionalVAE,
    LSTMSequencer,
    WaveNetAutoencoder,
)
from audiogen.preprocessing import SlidingWindow

# At moments from this seed processes are killed; it is printed when a test fails.
SEED = 20240607

TRAIN = """
import numpy as np
from audiogen import generators

def train(kind, folder, out):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(48, 12)).astype("f4"), ["a", "b"] * 24
    own = {
        "ConditionalVAE": dict(latent_dim=2, units=(16,), beta_warmup=5),
        "GANGenerator": dict(latent_dim=2, units=(16,)),
        "LSTMSequencer": dict(units=4, n_layers=2, extra_frames=2),
        "WaveNetAutoencoder": dict(filters=4, dilations=(1, 2), downsampling=4, code_channels=2),
    }[kind]
    if kind == "LSTMSequencer":
        y = None
    model = getattr(generators, kind)(
        epochs=20, batch_size=8, validation_fraction=0.25, patience=15, plateau_patience=3,
        learning_rate=0.01, ema=0.8, random_state=0, **own,
    )
    model.fit(X, y, checkpoint_dir=folder or None)
    model.partial_fit(X, y)
    np.savez(out, samples=model.sample(4, random_state=1), n_iter=model.n_iter_,
             scale=float(model._model.optimizer.scale), **model.history_)
"""
SCRIPT = f"""
import os, pathlib, signal, sys
{TRAIN}
kind, folder, out, fatal = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
replace, count = pathlib.Path.replace, []
def killed_before_renaming(self, target):
    count.append(1)
    if len(count) == fatal:
        os.kill(os.getpid(), signal.SIGKILL)
    return replace(self, target)
pathlib.Path.replace = killed_before_renaming
train(kind, folder, out)
"""


def train(*given):
    """Train in this process, as the others do in theirs."""
    names = {}
    exec(TRAIN, names)
    names["train"](*given)


def start(kind, folder, out, fatal=0):
    command = [sys.executable, "-c", SCRIPT, kind, str(folder), str(out), str(fatal)]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True)


def run(kind, folder, out, fatal=0):
    """Run the training; return how it ended."""
    process = start(kind, folder, out, fatal)
    errors = process.communicate()[1]
    assert process.returncode in (0, -signal.SIGKILL), errors
    return process.returncode


def run_killed(kind, folder, out, seconds):
    """Kill the training so long after it has written a checkpoint of its own."""
    written, before = folder / "checkpoint.npz", time.time()
    process = start(kind, folder, out)
    while process.poll() is None and not (written.exists() and written.stat().st_mtime >= before):
        time.sleep(0.005)
    time.sleep(seconds)
    process.kill()
    process.communicate()
    return process.returncode


def assert_equal(one, two):
    one, two = np.load(one), np.load(two)
    assert sorted(one.files) == sorted(two.files)
    for name in one.files:
        np.testing.assert_array_equal(one[name], two[name], err_msg=name)


@pytest.mark.parametrize(
    "kind",
    [
        "ConditionalVAE",
        pytest.param("GANGenerator", marks=pytest.mark.long),
        pytest.param("LSTMSequencer", marks=pytest.mark.long),
        pytest.param("WaveNetAutoencoder", marks=pytest.mark.long),
    ],
)
def test_killed_at_any_moment_it_ends_with_the_same_bits(kind, tmp_path):
    rng = random.Random(f"{SEED} {kind}")
    print("seed", SEED)
    train(kind, "", tmp_path / "unbroken.npz")
    given = kind, tmp_path / "c", tmp_path / "x.npz"
    kills = [
        run(*given, fatal=rng.randint(2, 8)),  # between writing and renaming
        run_killed(*given, rng.uniform(0, 0.1)),
    ]
    assert kills == [-signal.SIGKILL] * 2
    train(*given)
    assert_equal(tmp_path / "unbroken.npz", tmp_path / "x.npz")
    assert [p.name for p in (tmp_path / "c").iterdir()] == ["checkpoint.npz"]


def test_a_training_that_is_over_is_over(tmp_path):
    parameters = {"epochs": 20, "patience": 2, "learning_rate": 0.5, "ema": 0.5}
    one = vae(**parameters).fit(X, checkpoint_dir=tmp_path)
    assert one.n_iter_ < 20
    two = vae(**parameters).fit(X, checkpoint_dir=tmp_path)
    assert one.history_ == two.history_
    np.testing.assert_array_equal(one.sample(3, random_state=0), two.sample(3, random_state=0))


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
    np.save(tmp_path / "array.npy", X)
    for wrong in (b"no checkpoint", b"", before[:-100], (tmp_path / "array.npy").read_bytes()):
        (tmp_path / "checkpoint.npz").write_bytes(wrong)
        with pytest.raises(ValueError, match=r"checkpoint\.npz is no checkpoint"):
            vae().fit(X, checkpoint_dir=tmp_path)
    with pytest.raises(TypeError, match="The 'checkpoint_dir' parameter of ConditionalVAE.fit"):
        vae().fit(X, checkpoint_dir=3)


def test_a_random_state_given_again_goes_on(tmp_path):
    """Its repr holds an address, and it has moved on: the seed in the file is what counts."""
    density = ConditionalGaussianMixture(random_state=np.random.RandomState(1))
    wavenet = WaveNetAutoencoder(
        filters=2, dilations=(1,), epochs=2, density=density, random_state=np.random.RandomState(0)
    )
    one = clone(wavenet).fit(X, checkpoint_dir=tmp_path)
    two = clone(wavenet).fit(X, checkpoint_dir=tmp_path)
    np.testing.assert_array_equal(one.sample(3, random_state=0), two.sample(3, random_state=0))


@pytest.mark.filterwarnings("ignore:A loss became NaN")
def test_nan_is_never_gone_on_from(tmp_path):
    parameters = {"epochs": 9, "learning_rate": 1e30}
    one = vae(**parameters).fit(X, checkpoint_dir=tmp_path)
    two = vae(**parameters).fit(X, checkpoint_dir=tmp_path)
    assert one.n_iter_ == two.n_iter_ < 9


def test_windows_are_told_apart_by_their_frames(tmp_path):
    frames = np.random.default_rng(0).normal(size=(12, 3)).astype(np.float32)
    other = frames.copy()
    other[5, 1] += 1
    lstm = LSTMSequencer(units=2, n_layers=1, epochs=1, extra_frames=1, random_state=0)
    windows = SlidingWindow(4)
    one = lstm.fit(windows.fit_transform(frames), checkpoint_dir=tmp_path).history_
    for wrong in (windows.fit_transform(other), SlidingWindow(5).fit_transform(frames)):
        with pytest.raises(ValueError, match="other parameters or other data"):
            lstm.fit(wrong, checkpoint_dir=tmp_path)
    assert lstm.fit(windows.fit_transform(frames), checkpoint_dir=tmp_path).history_ == one


def test_a_checkpoint_that_cannot_be_written_is_said_and_training_goes_on(tmp_path):
    (tmp_path / "file").write_text("in the folder's place")
    with pytest.warns(UserWarning, match=r"could not be written in .*Training goes on"):
        model = vae().fit(X, checkpoint_dir=tmp_path / "file")
    assert model.n_iter_ == 2
    assert (tmp_path / "file").read_text() == "in the folder's place"


# Older NumPy leaves the broken archive to the garbage collector, which cannot close it.
@pytest.mark.filterwarnings("ignore:.*ZipFile:pytest.PytestUnraisableExceptionWarning")
def test_a_full_disk_leaves_the_last_checkpoint_whole(tmp_path):
    import resource

    path, whole = tmp_path / "checkpoint.npz", []
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    def fill_the_disk(samples, y, epoch):  # after epoch 2, before its checkpoint
        whole.append(path.read_bytes())
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))

    try:
        with pytest.warns(UserWarning, match="could not be written in epoch 2"):
            one = vae().fit(X, checkpoint_dir=tmp_path, preview=fill_the_disk, preview_every=2)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert [p.name for p in tmp_path.iterdir()] == ["checkpoint.npz"]
    assert [path.read_bytes()] == whole
    two = vae().fit(X, checkpoint_dir=tmp_path)  # goes on from epoch 1
    assert one.history_ == two.history_
    np.testing.assert_array_equal(one.sample(3, random_state=0), two.sample(3, random_state=0))
