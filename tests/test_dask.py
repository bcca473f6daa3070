"""Sweeps and features on several machines: a cluster of real processes, of which one is killed."""

import contextlib
import os
import signal
import threading
import time

import joblib
import numpy as np
import pytest
from sklearn.model_selection import GridSearchCV, KFold
from threadpoolctl import threadpool_limits

from audiogen.datasets import load_audio_folder, load_notes, save_nsynth
from audiogen.preprocessing import HarmonicPlusNoise
from audiogen.recipes import harmonic_gmm
from audiogen.scoring import neg_frechet_audio_distance

distributed = pytest.importorskip("distributed", reason="tox -e long installs it")
pytestmark = [pytest.mark.long, pytest.mark.filterwarnings("ignore")]


@pytest.fixture(scope="module")
def notes():
    bunch = load_notes("train")
    return bunch.data[::2, :8000], bunch.frame[::2]


@pytest.fixture(scope="module")
def cluster():
    """Yield a client of two worker processes, which are started again when they end."""
    options = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None}
    with distributed.LocalCluster(**options) as cluster, distributed.Client(cluster) as client:
        yield client


def search(**parameters):
    return GridSearchCV(
        harmonic_gmm(random_state=0),
        {"gmm__n_components": [1, 2, 4], "gmm__alpha": [1.0, 10.0]},
        cv=KFold(2, shuffle=True, random_state=0),
        scoring=neg_frechet_audio_distance,
        refit=False,
        error_score="raise",
        **parameters,
    )


@contextlib.contextmanager
def a_worker_killed_in_the_middle(client):
    """Kill a worker while it computes, once another task is done; yield what tells whether."""
    killed = []

    def kill():
        pids = client.run(os.getpid)
        for _ in range(6000):
            time.sleep(0.01)
            busy = [worker for worker, tasks in client.processing().items() if tasks]
            done = sum(map(len, client.has_what().values()))
            if busy and done:
                os.kill(pids[busy[0]], signal.SIGKILL)
                killed.append(pids[busy[0]])
                return

    thread = threading.Thread(target=kill, daemon=True)
    thread.start()
    yield killed
    thread.join()


def test_a_worker_killed_in_the_middle_of_a_sweep_changes_no_score(cluster, notes):
    X, frame = notes
    y = frame[["pitch", "instrument_family"]]
    with threadpool_limits(1):  # as workers have it, for the last bits
        alone = search().fit(X, y).cv_results_
    # Scattered, the data are on both workers; joblib alone would leave them on one.
    on_both = joblib.parallel_config("dask", scatter=[X, y])
    with on_both, a_worker_killed_in_the_middle(cluster) as killed:
        together = search(n_jobs=-1).fit(X, y).cv_results_
    assert len(killed) == 1
    assert killed[0] not in cluster.run(os.getpid).values()
    for name in ("split0_test_score", "split1_test_score", "mean_test_score"):
        np.testing.assert_array_equal(together[name], alone[name])
    assert len(set(alone["mean_test_score"])) > 3


@pytest.mark.parametrize("backend", ["dask", "loky", "threading", "multiprocessing"])
def test_features_are_the_same_under_any_backend(cluster, notes, tmp_path, backend):
    X, frame = notes
    y = frame[["pitch"]]
    alone = HarmonicPlusNoise().fit_transform(X, y)
    save_nsynth(tmp_path / "nsynth-train", X, frame)
    read = load_audio_folder(tmp_path, duration=0.5).data
    with joblib.parallel_config(backend):
        together = HarmonicPlusNoise(n_jobs=2).fit_transform(X, y)
        np.testing.assert_array_equal(
            load_audio_folder(tmp_path, duration=0.5, n_jobs=2).data, read
        )
    np.testing.assert_array_equal(together, alone)
