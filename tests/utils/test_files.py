"""Files that are written whole or not at all, by processes that may be killed."""

import errno
import os
import subprocess
import sys

import pytest

from audiogen.utils.files import atomic_folder, atomic_path, check_writable, partial_folder

KILLED = """
import os, signal, sys
from audiogen.utils.files import {writer}
with {writer}(sys.argv[1]) as temporary:
    if temporary.is_dir():
        (temporary / "a.txt").write_text("half")
    else:
        temporary.write_text("half")
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(os.name != "posix", reason="elsewhere strays stay")
@pytest.mark.parametrize("writer", ["atomic_path", "atomic_folder"])
def test_what_a_killed_process_left_is_removed_by_the_next(tmp_path, writer):
    script = [sys.executable, "-c", KILLED.format(writer=writer), str(tmp_path / "new")]
    assert subprocess.run(script, check=False).returncode == -9
    (stray,) = tmp_path.iterdir()
    (tmp_path / ".partial-elsewhere-1-x").write_text("of another computer")
    with partial_folder(tmp_path) as own:
        assert {p.name for p in tmp_path.iterdir()} == {own.name, ".partial-elsewhere-1-x"}
    assert not stray.exists()


def test_a_folder_appears_whole_and_keeps_what_it_held(tmp_path):
    for new in ("a.txt", "sub/deep/b.txt"):
        with atomic_folder(tmp_path / "out") as temporary:
            (temporary / new).parent.mkdir(parents=True, exist_ok=True)
            (temporary / new).write_text(new)
            assert not (tmp_path / "out" / new).exists()
    found = [p.read_text() for p in sorted((tmp_path / "out").rglob("*.txt"))]
    assert found == ["a.txt", "sub/deep/b.txt"]
    (tmp_path / "usual").mkdir()
    assert (tmp_path / "out").stat().st_mode == (tmp_path / "usual").stat().st_mode


@pytest.mark.skipif(os.name != "posix", reason="links are for administrators elsewhere")
def test_a_folder_that_is_there_keeps_its_place_and_nothing_beside_it_is_written(tmp_path):
    """As where a disk is mounted, or a link leads to one."""
    (tmp_path / "disk").mkdir(mode=0o750)
    (tmp_path / "out").symlink_to(tmp_path / "disk")
    with atomic_folder(tmp_path / "out") as temporary:
        assert temporary.parent.parent.resolve() == tmp_path / "disk"
        (temporary / "a.txt").write_text("whole")
    assert (tmp_path / "out").is_symlink()
    assert [path.name for path in (tmp_path / "disk").iterdir()] == ["a.txt"]
    assert (tmp_path / "disk").stat().st_mode & 0o777 == 0o750


def test_failures_leave_no_empty_folders(tmp_path):
    (tmp_path / "kept").mkdir()
    for writer in (atomic_path, atomic_folder):
        for name in ("new/deep/a", "kept/a"):
            with pytest.raises(ZeroDivisionError), writer(tmp_path / name):
                raise ZeroDivisionError
    assert [p.name for p in tmp_path.rglob("*")] == ["kept"]


@pytest.mark.parametrize("writer", [atomic_path, atomic_folder])
def test_a_full_disk_is_named(tmp_path, writer):
    message = r"a\.wav was not written, as the disk of .* is full"
    with pytest.raises(OSError, match=message), writer(tmp_path / "a.wav"):
        raise OSError(errno.ENOSPC, "No space left on device")
    with pytest.raises(OSError, match="no such device"), writer(tmp_path / "a.wav"):
        raise OSError(errno.ENODEV, "no such device")


def test_what_cannot_be_written_is_known_before(tmp_path):
    (tmp_path / "file").write_text("")
    check_writable(tmp_path / "file")
    check_writable(tmp_path / "new" / "deep" / "a.wav")
    assert [p.name for p in tmp_path.iterdir()] == ["file"]
    with pytest.raises(NotADirectoryError, match=r"a\.wav cannot be written: .*file is a file"):
        check_writable(tmp_path / "file" / "a.wav")
    if os.path.isdir("/proc/self"):  # where no user may write
        with pytest.raises(OSError, match=r"/proc/a\.wav cannot be written"):
            check_writable("/proc/a.wav")
