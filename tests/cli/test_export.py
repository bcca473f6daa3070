"""The command ``export`` as a user types it, in processes of its own."""

import os
import subprocess
import sys

import pytest

from audiogen import datasets, recipes, save


def export(*words, cwd):
    command = [sys.executable, "-m", "audiogen", "export", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=os.environ)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("export")
    X, y = datasets.make_notes(12, duration=1.0, random_state=0, return_X_y=True)
    y = y[["pitch"]].assign(instrument_family="flute")
    save(recipes.harmonic_gmm(n_components=4, random_state=0).fit(X, y), folder / "my.skops")
    return folder


def test_an_instrument_of_ones_own_is_written_and_nothing_over_it(folder):
    words = ("my.skops", "--instrument", "flute", "--format", "sfz", "--out", "mine.sfz")
    done = export(*words, cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("mine.sfz: flute, MIDI keys ")
    assert "at 16000 Hz, General MIDI program 73 (of 0 to 127).\n" in done.stdout
    assert "  Made with audiogen, with a model of one's own." in done.stdout
    lines = (folder / "mine.sfz").read_text().splitlines()
    samples = [line.split()[1].removeprefix("sample=") for line in lines if "<region>" in line]
    assert samples
    assert {folder / sample for sample in samples} == set((folder / "mine-samples").iterdir())
    before = (folder / "mine.sfz").stat().st_mtime_ns
    again = export(*words, cwd=folder)
    assert (again.returncode, again.stdout) == (2, "")
    assert again.stderr == "audiogen: mine.sfz is there already; give another --out.\n"
    assert (folder / "mine.sfz").stat().st_mtime_ns == before


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--out", "a.wav"), "--out must end in .sf2 or .sfz. Got a.wav."),
        (("--out", "a.sf2", "--format", "sfz"), "--out must end in .sfz. Got a.sf2."),
        (("nothing.skops", "--out", "a.sf2"), "There is no file nothing.skops."),
    ],
)
def test_what_cannot_be_written_is_refused(words, message, tmp_path, run_here):
    assert run_here("export", *words) == (2, "", f"audiogen: {message}\n")
    assert not list(tmp_path.iterdir())


def test_a_folder_of_samples_that_is_there_is_refused_before_any_work(tmp_path, run_here):
    (tmp_path / "a-samples").mkdir()
    said = "audiogen: a-samples is there already; give another --out.\n"
    assert run_here("export", "nothing.skops", "--out", "a.sfz") == (2, "", said)
