"""fetch_nsynth against a real HTTP server on loopback, which cuts the connection."""

import gzip
import hashlib
import io
import pathlib
import subprocess
import sys
import tarfile
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from audiogen.datasets import fetch_nsynth, load_notes, save_nsynth
from audiogen.datasets._archive import extract_folder
from audiogen.datasets._download import _CHUNK
from audiogen.exceptions import AudioFileError
from helpers.nsynth_server import ARCHIVE, Server, pack


@pytest.fixture(scope="module")
def notes():
    return load_notes("valid")


@pytest.fixture(scope="module")
def archive(tmp_path_factory, notes):
    folder = tmp_path_factory.mktemp("source")
    save_nsynth(folder / "nsynth-test", notes.data[:8], notes.frame[:8])
    return pack(folder, ["nsynth-test"])


@pytest.fixture
def server(archive):
    with Server(archive) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    """Take away the seconds that pass before it tries again."""
    monkeypatch.setattr("audiogen.datasets._download.time.sleep", lambda seconds: None)


def fetch(server, home, **parameters):
    return fetch_nsynth("test", home, base_url=server.url, verbose=0, **parameters)


def names_in(home):
    return sorted(path.name for path in home.iterdir())


def test_end_to_end_with_a_cut_in_the_middle(server, tmp_path, notes):
    half = len(server.data) // 2 // _CHUNK * _CHUNK
    server.cuts = [half + 100]
    found = fetch(server, tmp_path)
    np.testing.assert_array_equal(found.data, notes.data[:8])
    first, second = server.requests
    assert first == (None, None)
    assert second[0] == f"bytes={half}-"
    assert second[1].startswith('"')
    assert names_in(tmp_path) == ["nsynth-test"]
    X, y = fetch(server, tmp_path, max_notes=3, random_state=0, return_X_y=True)
    assert X.shape == (3, 64_000)
    assert len(y) == 3
    assert len(server.requests) == 2  # nothing is downloaded twice


def test_an_archive_beside_a_corpus_that_is_there_stays(server, tmp_path):
    fetch(server, tmp_path)
    (tmp_path / ARCHIVE).write_bytes(b"somebody's own")
    fetch(server, tmp_path)
    assert names_in(tmp_path) == ["nsynth-test", ARCHIVE]


def test_cut_and_gone_on_by_a_later_call(server, tmp_path, notes):
    import requests

    server.cuts = [5 * _CHUNK, _CHUNK, _CHUNK, _CHUNK]
    with pytest.raises(requests.exceptions.RequestException):
        fetch(server, tmp_path)
    assert names_in(tmp_path) == [f"{ARCHIVE}.part", f"{ARCHIVE}.part.version"]
    assert (tmp_path / f"{ARCHIVE}.part").read_bytes() == server.data[: 8 * _CHUNK]
    np.testing.assert_array_equal(fetch(server, tmp_path).data, notes.data[:8])
    assert [r for r, _ in server.requests] == [
        None,
        *(f"bytes={n * _CHUNK}-" for n in (5, 6, 7, 8)),
    ]


@pytest.mark.parametrize("what", ["ranges", "tags", "length"])
def test_a_server_that_cannot(server, tmp_path, notes, what):
    setattr(server, what, False)
    server.cuts = [len(server.data) // 2] if what != "length" else []
    np.testing.assert_array_equal(fetch(server, tmp_path).data, notes.data[:8])


def test_archive_changed_between_the_halves(server, tmp_path, archive, notes):
    import requests

    server.data = np.random.default_rng(0).bytes(len(archive))  # another version
    server.cuts = [4 * _CHUNK] * 4
    server.ranges = False
    with pytest.raises(requests.exceptions.RequestException):
        fetch(server, tmp_path)
    server.data, server.ranges = archive, True
    np.testing.assert_array_equal(fetch(server, tmp_path).data, notes.data[:8])
    assert server.requests[-1][0] == f"bytes={4 * _CHUNK}-"


def test_part_longer_than_the_archive(server, tmp_path, archive, notes):
    (tmp_path / f"{ARCHIVE}.part").write_bytes(archive + b"more")
    (tmp_path / f"{ARCHIVE}.part.version").write_text(f'"{hashlib.sha256(archive).hexdigest()}"')
    np.testing.assert_array_equal(fetch(server, tmp_path).data, notes.data[:8])


def test_part_of_unknown_version_is_not_trusted(server, tmp_path, notes):
    (tmp_path / f"{ARCHIVE}.part").write_bytes(b"who knows what")
    np.testing.assert_array_equal(fetch(server, tmp_path).data, notes.data[:8])
    assert server.requests == [(None, None)]


def test_errors_of_the_server_are_raised(server, tmp_path):
    import requests

    with pytest.raises(requests.exceptions.HTTPError, match="404"):
        fetch_nsynth("valid", tmp_path, base_url=server.url, verbose=0)
    server.shutdown()
    server.server_close()
    with pytest.raises(requests.exceptions.ConnectionError):
        fetch(server, tmp_path)
    assert names_in(tmp_path) == []


def test_archive_truncated_at_the_source(server, tmp_path, archive, notes):
    for share in (0.3, 0.999):
        server.data = archive[: int(len(archive) * share)]
        with pytest.raises(AudioFileError, match="is damaged.*archive was removed; call again"):
            fetch(server, tmp_path)
        assert names_in(tmp_path) == []
    server.data = archive
    np.testing.assert_array_equal(fetch(server, tmp_path).data, notes.data[:8])


def test_bits_turned_in_the_archive(server, tmp_path, archive):
    damaged = bytearray(archive)
    damaged[-6] ^= 1  # in the checksum, which nobody would miss
    server.data = bytes(damaged)
    with pytest.raises(AudioFileError, match="CRC check failed"):
        fetch(server, tmp_path)
    assert names_in(tmp_path) == []


def test_no_archive_at_all(server, tmp_path):
    server.data = b"<html>Sorry</html>"
    with pytest.raises(
        AudioFileError, match="is damaged or not to be trusted.*Not a gzipped file"
    ):
        fetch(server, tmp_path)


def test_remains_of_a_killed_extraction_go(server, tmp_path, notes):
    remains = tmp_path / ".partial-nsynth-test" / "nsynth-test"
    remains.mkdir(parents=True)
    (remains / "examples.json").write_text("{}")
    np.testing.assert_array_equal(fetch(server, tmp_path).data, notes.data[:8])
    assert names_in(tmp_path) == ["nsynth-test"]


def test_folder_without_examples_is_refused_first(server, tmp_path):
    (tmp_path / "nsynth-test").mkdir()
    with pytest.raises(FileExistsError, match="without examples.json; remove it first"):
        fetch(server, tmp_path)
    assert server.requests == []


def test_typo_is_found_before_the_download(server, tmp_path):
    with pytest.raises(TypeError, match="famiiles"):
        fetch(server, tmp_path, famiiles=["organ"])
    with pytest.raises(ValueError, match="'split' parameter of fetch_nsynth"):
        fetch_nsynth("all", tmp_path, base_url=server.url)
    assert server.requests == []


SCRIPT = """
import sys
from audiogen.datasets import fetch_nsynth
notes = fetch_nsynth("test", sys.argv[1], base_url=sys.argv[2], verbose=0)
sys.exit(len(notes.data))
"""


@pytest.mark.long
def test_two_processes_fetch_once(server, tmp_path):
    server.delay = 0.01  # seconds between pieces, so that they meet
    command = [sys.executable, "-c", SCRIPT, str(tmp_path), server.url]
    processes = [subprocess.Popen(command) for _ in range(2)]
    assert [process.wait(60) for process in processes] == [8, 8]
    assert names_in(tmp_path) == ["nsynth-test"]
    assert len(server.requests) == 1


def test_threads_fetch_once(server, tmp_path, notes, caplog):
    server.delay = 0.01
    with caplog.at_level("INFO", "audiogen"), ThreadPoolExecutor() as pool:
        found = list(pool.map(lambda _: fetch(server, tmp_path).data, range(4)))
    for data in found:
        np.testing.assert_array_equal(data, notes.data[:8])
    assert len(server.requests) == 1
    assert caplog.messages == ["Waiting for another process: fetching nsynth-test."] * 3


def test_the_lock_of_a_killed_process_holds_nobody_up(server, tmp_path):
    (tmp_path / ".nsynth-test.lock").touch()
    assert len(fetch(server, tmp_path).data) == 8


def test_data_home_from_the_environment(server, tmp_path, monkeypatch):
    monkeypatch.setenv("AUDIOGEN_DATA", str(tmp_path / "home"))
    fetch(server, None)
    assert names_in(tmp_path / "home") == ["nsynth-test"]


def test_nothing_is_printed(server, tmp_path, capfd):
    fetch(server, tmp_path)
    assert capfd.readouterr() == ("", "")


def test_progress_is_logged(server, tmp_path, caplog):
    with caplog.at_level("INFO", logger="audiogen"):
        fetch_nsynth("test", tmp_path, base_url=server.url)
    size = len(server.data)
    assert f"{ARCHIVE}, bytes: {size} of {size}" in caplog.text
    assert f"unpacking {ARCHIVE}" in caplog.text


# ---------------------------------------------------------------- extraction


def member(tar, name, data=b"x", **fields):
    info = tarfile.TarInfo(name)
    info.size = len(data)
    for key, value in fields.items():
        setattr(info, key, value)
    tar.addfile(info, io.BytesIO(data))


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("../outside", {}),
        ("a/../../outside", {}),
        ("link", {"type": tarfile.SYMTYPE, "linkname": "/etc/passwd", "size": 0}),
        ("link", {"type": tarfile.SYMTYPE, "linkname": "../../outside", "size": 0}),
        ("device", {"type": tarfile.CHRTYPE, "size": 0}),
    ],
)
def test_extraction_cannot_leave_its_folder(tmp_path, name, fields):
    home = tmp_path / "home"
    home.mkdir()
    path = tmp_path / "evil.tar.gz"
    with tarfile.open(path, "w:gz") as tar:
        member(tar, "a/examples.json", b"{}")
        member(tar, name, **fields)
    with pytest.raises(AudioFileError, match="not to be trusted"):
        extract_folder(path, "a", home / "a", verbose=0)
    assert names_in(home) == []
    assert names_in(tmp_path) == ["evil.tar.gz", "home"]


def bomb(path, kind):
    """Write an archive that holds, or claims to hold, far more than its size."""
    with tarfile.open(path, "w:gz") as tar:
        member(tar, "a/examples.json", b"{}")
        if kind == "zeros":
            member(tar, "a/zeros", bytes(60 << 20))
        if kind == "claim":
            info = tarfile.TarInfo("a/claim")
            info.size = 1 << 45
            tar.addfile(info)  # nothing follows
        if kind == "sparse":
            sparse = {"GNU.sparse.map": "0,1", "GNU.sparse.size": str(1 << 45)}
            member(tar, "a/sparse", b"x", pax_headers=sparse)
    if kind == "after the end":
        data = gzip.decompress(path.read_bytes())
        path.write_bytes(gzip.compress(data + bytes(60 << 20)))


@pytest.mark.parametrize("kind", ["zeros", "claim", "sparse", "after the end"])
def test_extraction_is_bounded(tmp_path, kind):
    path, home = tmp_path / "bomb.tar.gz", tmp_path / "home"
    home.mkdir()
    bomb(path, kind)
    with pytest.raises(
        AudioFileError, match=r"bomb.tar.gz is damaged or .* than \d+,\d+,\d+ bytes"
    ):
        extract_folder(path, "a", home / "a", verbose=0)
    assert names_in(home) == []


@pytest.mark.parametrize("name", ["a/" + 300 * "x", "a/b\0/c", "a/examples.json/b"])
def test_names_that_cannot_be_written(tmp_path, name):
    path = tmp_path / "a.tar.gz"
    with tarfile.open(path, "w:gz", format=tarfile.PAX_FORMAT) as tar:
        member(tar, "a/examples.json", b"{}")
        member(tar, "link", pax_headers={"path": name})
    with pytest.raises(AudioFileError, match=r"a\.tar\.gz is damaged or not to be trusted"):
        extract_folder(path, "a", tmp_path / "a", verbose=0)
    assert names_in(tmp_path) == ["a.tar.gz"]


def test_absolute_names_stay_inside(tmp_path):
    path, target = tmp_path / "a.tar.gz", tmp_path / "a"
    with tarfile.open(path, "w:gz") as tar:
        member(tar, "/a/b", b"inside")
    extract_folder(path, "a", target, verbose=0)
    assert (target / "b").read_bytes() == b"inside"
    assert not pathlib.Path("/a/b").exists()


def test_folder_must_be_there(tmp_path):
    path = tmp_path / "a.tar.gz"
    with tarfile.open(path, "w:gz") as tar:
        member(tar, "b/c")
    with pytest.raises(AudioFileError, match="does not hold a folder a"):
        extract_folder(path, "a", tmp_path / "a", verbose=0)
    assert names_in(tmp_path) == ["a.tar.gz"]
