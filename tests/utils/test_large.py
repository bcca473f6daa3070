"""Arrays larger than a limit: on disk, worked on a few rows at a time."""

import mmap
import os
import pathlib
import signal
import subprocess
import sys
import tempfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audiogen.utils import files, large
from audiogen.utils.folders import cache_folder
from audiogen.utils.validation import check_audio

LIMIT, SLAB = 1000, 200  # bytes


@pytest.fixture(autouse=True)
def low_limits(tmp_path, monkeypatch):
    monkeypatch.setenv("AUDIOGEN_DATA", str(tmp_path))
    monkeypatch.setattr(large, "_LARGE", LIMIT)
    monkeypatch.setattr(large, "_SLAB", SLAB)


def resident_file_kilobytes(path):
    """Return how much of a file this process has in memory."""
    lines = pathlib.Path("/proc/self/smaps").read_text().splitlines()
    starts = [i for i, line in enumerate(lines) if line.endswith(str(path))]
    found = [line for i in starts for line in lines[i : i + 8] if line.startswith("Rss:")]
    return sum(int(line.split()[1]) for line in found)


def test_a_large_array_is_a_file_that_goes_away_with_its_last_view(tmp_path):
    assert type(large.empty_rows((250,), np.float32)) is np.ndarray
    X = large.empty_rows((251,), np.float32)
    (file,) = tmp_path.iterdir()
    assert file.stat().st_size == 1004
    X[:] = 3
    view = np.asarray(X)[5:9].reshape(2, 2)
    del X
    assert file.exists()
    assert view.tolist() == [[3, 3], [3, 3]]
    del view
    assert list(tmp_path.iterdir()) == []


def test_a_killed_process_leaves_a_file_that_the_next_removes(tmp_path):
    script = """
import os, signal
import numpy as np
from audiogen.utils import large
large._LARGE = 0
X = large.empty_rows((10,), np.float32)
os.kill(os.getpid(), signal.SIGKILL)
"""
    done = subprocess.run([sys.executable, "-c", script], check=False)
    assert done.returncode == -signal.SIGKILL
    assert len(list(tmp_path.iterdir())) == 1
    files._remove_strays_once.cache_clear()  # as in a new process
    X = large.empty_rows((1000,), np.float32)
    assert [path.stat().st_size for path in tmp_path.iterdir()] == [X.nbytes]


def test_a_forked_copy_of_a_process_leaves_the_file_to_it(tmp_path):
    X = large.empty_rows((1000,), np.float32)
    (file,) = tmp_path.iterdir()
    large._remove(str(file), os.getpid() + 1)
    assert file.exists()
    del X
    assert not file.exists()


def test_a_disk_without_room_is_named(tmp_path):
    with pytest.raises(OSError, match=rf"GB are needed in {tmp_path}, whose disk has"):
        large.empty_rows((1 << 50,), np.float32)
    assert list(tmp_path.iterdir()) == []


def test_without_a_home_the_cache_is_among_temporary_files(monkeypatch):
    monkeypatch.setenv("AUDIOGEN_DATA", "~nobody-of-this-name/.cache/audiogen")
    assert cache_folder() == pathlib.Path(tempfile.gettempdir()) / "audiogen"


def test_without_a_cache_that_can_be_written_the_systems_folder_serves(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("AUDIOGEN_DATA", str(tmp_path / "file"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    X = large.empty_rows((1000,), np.float32)
    assert pathlib.Path(X.filename).parent == tmp_path / "temporary"


@settings(max_examples=30)
@given(n_rows=st.integers(1, 90), width=st.integers(1, 90))
def test_slabs_are_all_rows_once_and_map_rows_is_the_function(n_rows, width):
    X = np.arange(n_rows * width, dtype=np.float32).reshape(n_rows, width)
    rows = list(large.slabs(X))
    assert [i for slab in rows for i in range(n_rows)[slab]] == list(range(n_rows))
    assert all((slab.stop - slab.start) * 4 * width <= max(SLAB, 4 * width) for slab in rows)
    np.testing.assert_array_equal(large.map_rows(np.square, X), np.square(X))
    np.testing.assert_array_equal(large.map_rows(lambda x: x.sum(axis=1), X), X.sum(axis=1))
    chosen = np.flatnonzero(X[:, 0] % 2)[::-1]
    np.testing.assert_array_equal(large.copy_rows(X, chosen), X[chosen])
    np.testing.assert_array_equal(large.copy_rows(X, X[:, 0] > 9), X[X[:, 0] > 9])


def test_what_is_a_view_stays_one():
    X = np.zeros((100, 10), np.float32)
    assert np.shares_memory(large.map_rows(lambda rows: rows[:, :3], X), X)


@pytest.mark.skipif(not pathlib.Path("/proc/self/smaps").exists(), reason="Linux tells of pages")
def test_pages_are_given_back_and_nothing_is_lost(monkeypatch):
    monkeypatch.setattr(large, "_SLAB", 1 << 20)
    X = large.empty_rows((64, 1 << 15), np.float32)  # 8 MB
    for rows in large.slabs(X):
        X[rows] = np.arange(rows.start, rows.stop)[:, np.newaxis]
        assert resident_file_kilobytes(X.filename) <= 2048
    assert resident_file_kilobytes(X.filename) == 0
    np.testing.assert_array_equal(X.mean(axis=1), np.arange(64))
    assert resident_file_kilobytes(X.filename) >= 8192
    large.forget_pages(np.asarray(X)[3:])
    assert resident_file_kilobytes(X.filename) == 0


def test_what_was_written_to_a_private_map_stays(tmp_path):
    np.save(tmp_path / "a.npy", np.zeros(10_000))
    X = np.load(tmp_path / "a.npy", mmap_mode="c")
    X[:] = 1
    large.forget_pages(X)
    large.forget_pages(np.asarray(X)[5:])
    assert X.min() == 1


def test_a_value_that_is_not_finite_is_found_in_any_slab():
    from sklearn.preprocessing import StandardScaler

    X = large.empty_rows((100, 10), np.float64)
    X[:] = 0
    assert large.validate_rows(StandardScaler(), X) is not None
    X[77, 3] = np.nan
    with pytest.raises(ValueError, match="Input X contains NaN"):
        large.validate_rows(StandardScaler(), X)


def test_memory_of_others_keeps_what_was_written():
    X = np.ndarray((100, 5), np.float32, buffer=mmap.mmap(-1, 2000, flags=mmap.MAP_PRIVATE))
    X[:] = 3
    check_audio(X)
    for _ in large.slabs(X):
        pass
    assert (X == 3).all()
