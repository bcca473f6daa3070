"""Sounds of more than memory should hold: decoded once, into a memory map in the cache folder."""

import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time
import warnings

import numpy as np
import pytest
import soundfile
from joblib import Parallel, delayed
from sklearn.model_selection import GridSearchCV

from audiogen.cli import main
from audiogen.datasets import _reading, load_audio_folder, load_nsynth, make_notes, save_nsynth
from audiogen.exceptions import AudioFileError, AudioFileWarning
from audiogen.io import stored_sets
from audiogen.preprocessing import HarmonicPlusNoise
from audiogen.utils import files, large
from helpers.maps import Told, map_behind

N_NOTES, LENGTH = 12, 4000


@pytest.fixture
def corpus(tmp_path):
    notes = make_notes(N_NOTES, duration=LENGTH / 16000, random_state=0)
    save_nsynth(tmp_path / "corpus", notes.data, notes.frame)
    return tmp_path / "corpus"


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """A cache folder that all sounds go through, however few."""
    monkeypatch.setenv("AUDIOGEN_DATA", str(tmp_path / "cache"))
    monkeypatch.setattr(_reading, "_MOST_IN_MEMORY", 0)
    monkeypatch.setattr(large, "_LARGE", 0)
    return tmp_path / "cache"


def load(corpus, **parameters):
    return load_nsynth(corpus, n_timesteps=LENGTH, **parameters)


def left_in(folder):
    return sorted(path.name for path in folder.rglob("*") if path.name[0] == ".")


def later(corpus, body, *arguments, **options):
    """Start a process that may load the corpus through the cache."""
    script = f"""
import sys, time
from audiogen.datasets import _reading, load_nsynth
_reading._MOST_IN_MEMORY = 0
{body}
"""
    command = [sys.executable, "-c", script, str(corpus), *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, **options)


@pytest.mark.parametrize("n_jobs", [None, 2])
def test_values_are_those_without_a_cache(corpus, cache, monkeypatch, n_jobs):
    mapped = load(corpus, n_jobs=n_jobs)
    assert isinstance(mapped.data, np.memmap)
    assert pathlib.Path(mapped.data.filename).is_relative_to(cache)
    assert not mapped.data.flags.writeable
    monkeypatch.setattr(_reading, "_MOST_IN_MEMORY", 1 << 30)
    plain = load(corpus)
    assert type(plain.data) is np.ndarray
    np.testing.assert_array_equal(mapped.data, plain.data)
    assert mapped.frame.equals(plain.frame)
    assert mapped.filenames == plain.filenames
    assert mapped.DESCR == plain.DESCR
    assert left_in(cache) == []


def test_a_second_load_decodes_nothing(corpus, cache):
    first = load(corpus)
    made = os.stat(first.data.filename)
    # Were it decoded, it would be into another file, whose values would be others.
    with open(first.data.filename, "r+b") as file:
        file.seek(-4, os.SEEK_END)
        file.write(np.float32(0.125).tobytes())
    second = load(corpus)
    assert second.data[-1, -1] == np.float32(0.125)
    assert os.stat(second.data.filename).st_ino == made.st_ino
    assert len(stored_sets()) == 1


def test_other_parameters_and_files_are_other_sets(corpus, cache):
    load(corpus)
    load(corpus, max_notes=5, random_state=0)
    load_nsynth(corpus, n_timesteps=LENGTH - 1)
    assert sorted(kept.shape for kept in stored_sets()) == [(5, 4000), (12, 3999), (12, 4000)]


def test_a_changed_file_is_read_again_even_where_its_size_and_date_are_the_same(corpus, cache):
    before = load(corpus)
    path = pathlib.Path(before.filenames[3])
    old = path.stat()
    audio, rate = soundfile.read(path, dtype="int16")
    time.sleep(0.05)  # a change within the same tick of the clock cannot be told
    soundfile.write(path, audio[::-1], rate, subtype="PCM_16")
    os.utime(path, ns=(old.st_atime_ns, old.st_mtime_ns))
    assert path.stat().st_size == old.st_size
    assert path.stat().st_mtime_ns == old.st_mtime_ns
    after = load(corpus)
    np.testing.assert_array_equal(after.data[3], before.data[3][::-1])
    np.testing.assert_array_equal(after.data[4:], before.data[4:])


def test_bad_files_are_told_each_time(corpus, cache):
    paths = sorted((corpus / "audio").iterdir())
    paths[0].write_bytes(b"no sound")
    paths[5].write_bytes(b"")
    for _ in range(2):
        with pytest.warns(AudioFileWarning) as caught:
            X = load(corpus, errors="warn").data
        assert [re.search(r"\S+\.wav", str(told.message))[0] for told in caught] == [
            str(paths[0]), str(paths[5]),
        ]  # fmt: skip
        assert X.shape == (N_NOTES - 2, LENGTH)
    with pytest.raises(AudioFileError, match=re.escape(paths[0].name)):
        load(corpus)
    for path in paths:
        path.write_bytes(b"")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(AudioFileError, match="None of the 12 files"):
            load(corpus, errors="warn")
    assert len(stored_sets()) == 1


def test_pieces_of_recordings(tmp_path, cache, monkeypatch):
    rng = np.random.default_rng(0)
    (tmp_path / "long").mkdir()
    for name, seconds in (("a", 3.2), ("b", 0.4), ("c", 2.0)):
        sound = rng.uniform(-1, 1, (int(8000 * seconds), 2))
        soundfile.write(tmp_path / "long" / f"{name}.flac", sound, 8000)
    mapped = load_audio_folder(tmp_path / "long", segment=1.0)
    monkeypatch.setattr(_reading, "_MOST_IN_MEMORY", 1 << 30)
    plain = load_audio_folder(tmp_path / "long", segment=1.0)
    assert isinstance(mapped.data, np.memmap)
    assert plain.data.shape == (6, 16000)
    np.testing.assert_array_equal(mapped.data, plain.data)


SLOWLY = """
read = _reading.read_audio
def slowly(*args, **kwargs):
    print("reading", flush=True)
    time.sleep(0.2)
    return read(*args, **kwargs)
_reading.read_audio = slowly
load_nsynth(sys.argv[1], n_timesteps=4000)
"""


def test_a_killed_build_leaves_nothing_that_the_next_keeps(corpus, cache):
    with later(corpus, SLOWLY) as process:
        assert process.stdout.readline() == "reading\n"
        assert process.stdout.readline() == "reading\n"
        process.send_signal(signal.SIGKILL)
    assert stored_sets() == []
    assert left_in(cache) != []
    files._remove_strays_once.cache_clear()  # as in a new process
    X = load(corpus).data
    assert X.shape == (N_NOTES, LENGTH)
    assert left_in(cache) == []
    assert len(stored_sets()) == 1


def test_a_lock_that_was_left_beside_what_is_there_goes(corpus, cache):
    load(corpus)
    (there,) = stored_sets()
    there.path.with_name(f".{there.path.name}.lock").touch()  # killed before it was removed
    load(corpus)
    assert left_in(cache) == []


def test_of_two_processes_one_decodes_and_both_have_it(corpus, cache, monkeypatch):
    expected = load_nsynth(corpus, n_timesteps=LENGTH + 1).data[:, :-1]
    with later(corpus, SLOWLY) as process:
        assert process.stdout.readline() == "reading\n"
        monkeypatch.setattr(_reading, "read_audio", None)  # what decodes here fails
        X = load(corpus).data
        assert len(process.stdout.readlines()) == N_NOTES - 1
    np.testing.assert_array_equal(X, expected)
    assert left_in(cache) == []


def test_a_full_disk_is_said_before_anything_is_decoded(corpus, cache, monkeypatch):
    usage = shutil.disk_usage(corpus)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=100_000))
    with pytest.raises(OSError, match=r"0\.0 GB are needed in .*cache.* AUDIOGEN_DATA"):
        load(corpus)
    monkeypatch.undo()
    monkeypatch.setenv("AUDIOGEN_DATA", str(cache))
    monkeypatch.setattr(_reading, "_MOST_IN_MEMORY", 0)
    resource = pytest.importorskip("resource")  # POSIX's
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limits[1]))  # as a share of the disk does
    try:
        with pytest.raises(OSError, match="File too large"):
            load(corpus)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert stored_sets() == []
    assert left_in(cache) == []


def test_without_a_cache_that_can_be_written_sounds_are_decoded_each_time(
    corpus, cache, monkeypatch
):
    cache.write_text("no folder")
    with pytest.warns(UserWarning, match="AUDIOGEN_DATA"):
        mapped = load(corpus).data
    assert isinstance(mapped, np.memmap)
    path = pathlib.Path(mapped.filename)
    assert path.is_file()
    monkeypatch.setattr(_reading, "_MOST_IN_MEMORY", 1 << 30)
    np.testing.assert_array_equal(mapped, load(corpus).data)
    del mapped
    assert not path.exists()


def test_the_command_lists_and_clears(corpus, cache, capsys):
    assert main(["cache"]) == 0
    assert "0 set(s)" in capsys.readouterr().out
    X = load(corpus).data
    assert main(["cache"]) == 0
    out = capsys.readouterr().out
    assert f"{N_NOTES} x {LENGTH} samples of {corpus / 'audio'}" in out
    assert main(["cache", "--clear"]) == 0
    assert stored_sets() == []
    assert list((cache / "sounds").iterdir()) == []
    assert np.isfinite(X).all()  # whoever has it open keeps it
    np.testing.assert_array_equal(load(corpus).data, X)


def test_memory_does_not_grow_with_the_corpus(tmp_path):
    note = make_notes(1, random_state=0).data[0]
    (tmp_path / "notes").mkdir()
    soundfile.write(tmp_path / "notes" / "0.wav", note, 16000)
    for number in range(1, 300):  # 77 MB
        os.link(tmp_path / "notes" / "0.wav", tmp_path / "notes" / f"{number}.wav")
    script = """
import resource, sys
from audiogen.datasets import _reading, load_audio_folder
from audiogen.preprocessing import FixedLength, PeakNormalizer, PrincipalComponents
from audiogen.utils import large

def all_the_way(n_files):
    X = load_audio_folder(sys.argv[1], max_files=n_files, random_state=0).data
    shorter = FixedLength(16000).fit_transform(PeakNormalizer().fit_transform(X))
    PrincipalComponents(2, random_state=0).fit_transform(shorter)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

_reading._MOST_IN_MEMORY, large._LARGE, large._SLAB = 0, 1 << 22, 1 << 22
print(all_the_way(40), all_the_way(300))
"""
    environment = {**os.environ, "AUDIOGEN_DATA": str(tmp_path / "cache")}
    command = [sys.executable, "-W", "ignore", "-c", script, str(tmp_path / "notes")]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, env=environment, check=True)
    few, many = map(int, done.stdout.split())
    assert many - few < 30  # MB


def test_processes_map_the_same_file(corpus, cache):
    X = load(corpus).data
    told = Parallel(n_jobs=2)(delayed(map_behind)(part) for part in (X, X[2:5], np.asarray(X)))
    assert told == [str(X.filename)] * 3
    search = GridSearchCV(Told(str(X.filename)), {"mode": [0, 1]}, cv=2, n_jobs=2, refit=False)
    harmonics = HarmonicPlusNoise(n_harmonics=8)
    alone = harmonics.fit_transform(X)
    np.testing.assert_array_equal(harmonics.set_params(n_jobs=2).fit_transform(X), alone)
    assert search.fit(X).cv_results_["mean_test_score"].tolist() == [1.0, 1.0]


def test_plain_arrays_beyond_a_megabyte_are_mapped_by_joblib():
    small, big = np.zeros(1000), np.zeros(200_000)
    told = Parallel(n_jobs=2, max_nbytes="1M")(delayed(map_behind)(X) for X in (small, big))
    assert told[0] is None
    assert told[1] is not None
