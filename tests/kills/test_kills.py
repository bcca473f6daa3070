"""Commands killed at any moment leave what was there or what is to be, and end the same again."""

import random
import shutil
import signal
import threading
import time

import pytest

import audiogen
from audiogen.datasets import load_notes, save_nsynth
from helpers.killed import Server, contents
from helpers.midi import general_midi, organ_and_flute
from helpers.nsynth_server import ARCHIVE, pack
from helpers.nsynth_server import Server as Archives

# At moments from this seed processes are killed; it is printed when a test fails.
SEED = 20261128
LEAN, KERAS = "helpers.killed_tasks", "helpers.killed_trainings"
# How often each is killed by default, and by `tox -e long`, which makes 200; where it is, whether
# it replaces what is there, and what else may lie there until it is done.
TASKS = {
    "fetch": (6, 30, LEAN, False, (ARCHIVE, ".nsynth-test.lock", ".nsynth-test.unpacking")),
    "save": (6, 40, LEAN, True, ()),
    "cache": (3, 20, LEAN, False, ("sounds/.",)),
    "sample": (2, 30, LEAN, False, ()),
    "render_tune": (5, 30, LEAN, True, ()),
    "clip": (0, 10, LEAN, True, ()),
    "clip_command": (0, 6, LEAN, False, ()),
    "report": (0, 4, LEAN, False, ()),
    "listening_test": (0, 5, LEAN, False, ()),
    "sweep": (0, 5, LEAN, True, ()),
    "train": (0, 12, KERAS, False, ("checkpoint/",)),
    "fit": (0, 8, KERAS, False, ("model.skops.checkpoint/",)),
}
WRITE_LONG = ("fetch", "save", "cache", "sample")  # of which some kills fall into the writing
CASES = [
    pytest.param(task, n, id=f"{task}-{n}", marks=[pytest.mark.long] * i)
    for task, numbers in TASKS.items()
    for i, n in enumerate(numbers[:2])
    if n
]


def test_they_are_200():
    assert sum(numbers[1] for numbers in TASKS.values()) == 200


@pytest.fixture(scope="module")
def servers(tmp_path_factory):
    """Return a function that gives the server of a module."""
    started = {}

    def server(module):
        if module not in started:
            started[module] = Server(module, tmp_path_factory.mktemp("log") / "errors.txt")
        return started[module]

    yield server
    for one in started.values():
        one.close()


@pytest.fixture(scope="module")
def inputs(tmp_path_factory):
    """Yield a folder of what the tasks read: a model, a tune, notes and where to fetch others."""
    folder = tmp_path_factory.mktemp("inputs")
    notes = load_notes("valid")
    audiogen.save(organ_and_flute(), folder / "model.skops")
    general_midi(folder / "tune.mid")
    rows = notes.frame.index[:16]
    save_nsynth(folder / "notes" / "nsynth-train", notes.data[rows], notes.frame.loc[rows])
    save_nsynth(folder / "source" / "nsynth-test", notes.data[:40], notes.frame[:40])
    with Archives(pack(folder / "source", ["nsynth-test"])) as archives:
        thread = threading.Thread(target=archives.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        (folder / "url").write_text(archives.url)
        yield folder
        archives.shutdown()
        thread.join()


def written(server, task, inputs, out, version):
    """Return what an unbroken run writes, and the seconds that it takes."""
    start = time.perf_counter()
    assert server.run(task, inputs, out, version) == 0, server.log.name
    seconds = time.perf_counter() - start
    return contents(out), seconds


def assert_old_or_new(found, old, new, on_the_way):
    """Fail where a file is neither what it was nor what it is to be."""
    for name, data in found.items():
        if ".partial-" in name or name.startswith(on_the_way):
            continue
        assert name in old or name in new, name
        assert data in (old.get(name), new.get(name)), f"{name} is not whole"
    assert set(old) - set(new) <= set(found), "what is not replaced stays"


@pytest.mark.parametrize(("task", "n_kills"), CASES)
def test_killed_at_any_moment(task, n_kills, servers, inputs, tmp_path):
    *_, module, replaces, on_the_way = TASKS[task]
    server, out = servers(module), tmp_path / "out"
    for folder in ("old", "warm"):
        (tmp_path / folder).mkdir()
    if module == LEAN and task != "sweep":  # whose workers, and Keras, no fork outlives
        server.warm_up(task, inputs, tmp_path / "warm")
    old = written(server, task, inputs, tmp_path / "old", 0)[0] if replaces else {}
    runs = []
    for again in ("first", "second"):
        (tmp_path / again).mkdir()
        runs.append(written(server, task, inputs, tmp_path / again, 1))
    (new, _), (same, seconds) = runs
    assert new == same
    assert new != old
    rng, killed, too_late, halfway = random.Random(f"{SEED} {task}"), 0, 0, 0
    while killed < n_kills:
        shutil.rmtree(out, ignore_errors=True)
        shutil.copytree(tmp_path / "old", out)
        moment = rng.uniform(0, seconds)
        start = time.perf_counter()
        status = server.run(task, inputs, out, 1, moment)
        if status == 0:
            seconds = time.perf_counter() - start
        assert status in (0, -signal.SIGKILL), server.log.name
        killed, too_late = killed + bool(status), too_late + (not status)
        assert too_late < 20 + n_kills
        found = contents(out)
        assert_old_or_new(found, old, new, on_the_way)
        halfway += found not in (old, new)
        status = server.run(task, inputs, out, 1)
        assert status == 0 or found == new, server.log.name  # some leave what is there alone
        assert contents(out) == new, f"killed after {moment:.3f} s"
    assert halfway or task not in WRITE_LONG or n_kills < 20, "no kill fell into the writing"
    print(
        f"seed {SEED}: {task}, of {seconds:.2f} s, killed {killed} times, {halfway} of them with "
        f"something half done; it was over before {too_late} times"
    )
