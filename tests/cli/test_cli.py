"""The command line as a user types it, in processes of its own."""

import logging
import os
import re
import subprocess
import sys
import warnings

import numpy as np
import pytest

from audiogen import datasets, recipes, save
from audiogen.cli.parser import build_parser
from audiogen.generators import ConditionalVAE
from helpers.commands import audiogen, figures

STARTUP = subprocess.run(
    [sys.executable, "-c", "import sys; print(*{name.split('.')[0] for name in sys.modules})"],
    capture_output=True, text=True, check=True,
).stdout.split()  # fmt: skip
PROGRESS = re.compile(r"^(epochs|pictures): \d+ of \d+, ")


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    return folder, audiogen("demo", "--seed", 0, cwd=folder)


def test_demo_makes_notes_in_tune_and_near_the_real_ones(demo):
    done = demo[1]
    assert done.returncode == 0, done.stderr
    generated, training = range(2)
    table = figures(done.stdout)
    assert table["pitch_accuracy"][generated] >= 0.9
    assert table["silent"][generated] == 0
    assert (
        table["frechet_audio_distance"][generated]
        < 2.5 * table["frechet_audio_distance"][training]
    )


def test_demo_leaves_an_nsynth_corpus_with_pictures(demo):
    folder, _ = demo
    held_out = datasets.load_notes("valid")
    notes = datasets.load_nsynth(folder / "audiogen-demo" / "generated")
    assert notes.data.shape == held_out.data.shape
    assert sorted(notes.frame.pitch) == sorted(held_out.frame.pitch)
    pictures = sorted((folder / "audiogen-demo" / "generated" / "pictures").iterdir())
    assert {p.stem for p in pictures} == set(notes.frame.note)
    assert all(p.read_bytes().startswith(b"\x89PNG") for p in pictures)
    real = datasets.load_nsynth(folder / "audiogen-demo" / "real")
    assert len(real.data) == len(held_out.data)


def test_only_progress_is_said_on_the_way(demo):
    lines = demo[1].stderr.splitlines()
    assert lines
    assert all(PROGRESS.match(line) for line in lines), demo[1].stderr


def test_the_demo_model_plays_what_is_asked(demo, tmp_path, run_here):
    model = demo[0] / "audiogen-demo" / "model.skops"
    words = ("sample", model, "--pitch", 60, 67, "--family", "organ", "flute", "--quiet")
    done = audiogen(*words, "--out", "chord", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    chord = datasets.load_nsynth(tmp_path / "chord")
    asked = sorted(zip(chord.frame.pitch, chord.frame.instrument_family, strict=True))
    assert asked == [(60, "flute"), (60, "organ"), (67, "flute"), (67, "organ")]
    run_here(*words, "--out", "again")
    again = datasets.load_nsynth(tmp_path / "again")
    np.testing.assert_array_equal(again.data, chord.data)
    code, _, said = run_here("sample", model, "--family", "orgn", "--out", "x")
    assert code == 2
    assert "'orgn' is unknown" in said
    assert "Did you mean organ" in said


@pytest.mark.parametrize(
    ("line", "pitches", "families"),
    [
        ("m.skops --pitch 60 64 --family organ flute", [60, 64], ["organ", "flute"]),
        ("--family organ flute m.skops --pitch 60", [60], ["organ", "flute"]),
        ("--family organ --pitch 60 64 m.skops", [60, 64], ["organ"]),
        ("--pitch 60 --pitch 64 --seed 3 m.skops", [60, 64], []),
        ("m.skops -n 3", [], []),
        ("--pitch C4 f#3 62 Bb-1 m.skops", [60, 54, 62, 10], []),
    ],
)
def test_the_model_may_stand_after_options_of_several_values(line, pitches, families):
    arguments = build_parser().parse_args(["sample", *line.split()])
    assert arguments.model == ["m.skops"]
    assert (arguments.pitch, arguments.family) == (pitches, families)


@pytest.mark.parametrize("line", ["--family organ flute", "a.skops b.skops", "--pitch 60"])
def test_sample_needs_one_model(line, run_here):
    code, _, said = run_here("sample", *line.split())
    assert (code, said.count("\n")) == (2, 1)
    assert "sample needs one MODEL" in said


STARTED = """
import sys
from audiogen.cli import main
try:
    main(sys.argv[1:])
except SystemExit:
    pass
print("loaded:", *sorted({name.split(".")[0] for name in sys.modules}))
"""


@pytest.mark.parametrize(
    "words",
    [("--version",), ("--help",), ("fit", "--help"), ("recipes",), ("demo", "--sed", "1")],
    ids=" ".join,
)
def test_the_command_line_starts_without_libraries(words):
    done = subprocess.run(
        [sys.executable, "-c", STARTED, *words], capture_output=True, text=True, check=True
    )
    loaded = done.stdout.rpartition("loaded: ")[2].split()
    allowed = {*STARTUP, *sys.stdlib_module_names, "audiogen", "lazy_loader"}
    assert set(loaded) <= allowed


def test_a_saved_model_is_sampled_without_librosa(demo, tmp_path):
    script = STARTED.replace("import sys", "import sys; sys.modules['librosa'] = None")
    model = demo[0] / "audiogen-demo" / "model.skops"
    words = ["sample", str(model), "--pitch", "60", "--out", str(tmp_path / "out"), "--quiet"]
    done = subprocess.run([sys.executable, "-c", script, *words], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert len(datasets.load_nsynth(tmp_path / "out").data) == 1


def test_numbers_out_of_range_are_named(run_here):
    for words in (("fit", "x", "--epochs", 0), ("sample", "x", "-n", -1), ("demo", "--seed", -1)):
        code, _, said = run_here(*words)
        assert code == 2
        assert "must be a whole number" in said
    code, _, said = run_here("sample", "x", "--pitch", "H4")
    assert code == 2
    assert "must be whole numbers or names such as C4 and F#3, not 'H4'" in said


def test_recipes_are_listed(tmp_path):
    done = audiogen("recipes", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    rows = done.stdout.split("\n\n")[0].splitlines()[1:]
    names = [row.split()[0] for row in rows]
    assert sorted(names) == recipes.__all__


def test_a_fault_is_said_in_one_line_and_nothing_else(tmp_path):
    done = audiogen("sample", "nothing.skops", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "There is no file nothing.skops" in done.stderr
    assert done.stderr.count("\n") == 1


def test_faults_name_the_file_and_the_way_out(tmp_path, run_here):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("precious")
    save(ConditionalVAE(units=(2,), epochs=1).fit(np.eye(4)), tmp_path / "vae.skops")
    for words, message in (
        (("fit", "nowhere"), "There is no folder nowhere"),
        (("fit", "full/mine.txt"), "mine.txt is a file; give a folder"),
        (("demo", "--out", "full"), "full is not empty"),
        (("demo", "--out", "full/mine.txt"), "mine.txt is a file"),
        (("fit", "full"), "There is no sound file below full"),
        (("evaluate", "full", "full"), "There is no sound file below full"),
        (("sweep", "full"), "There is no sound file below full"),
        (("report", "full", "--out", "x"), "There is no sound file below full"),
        (("fit", "full", "--out", "full"), "full is there already"),
        (("sample", "vae.skops"), "trained on pitch and instrument_family"),
        (("demo", "--out", "full/mine.txt/new"), "mine.txt is a file"),
        (("fit", "full", "--out", "full/mine.txt/new"), "mine.txt is a file"),
    ):
        code, printed, said = run_here(*words)
        assert (code, printed) == (2, "")
        assert message in said
        assert said.count("\n") == 1, said
    assert [p.name for p in (tmp_path / "full").iterdir()] == ["mine.txt"]
    assert not (tmp_path / "x").exists()


def test_errors_of_any_type_end_in_a_sentence_or_a_traceback(monkeypatch, run_here):
    for error, sentence in (
        (KeyError("drum"), "audiogen: KeyError: 'drum'\n"),
        (ValueError("two\nlines"), "audiogen: two lines\n"),
        (AssertionError(), "audiogen: AssertionError; --debug shows where.\n"),
    ):

        def fail(error=error):
            raise error

        monkeypatch.setattr("audiogen.cli._recipe_results.format_results", fail)
        assert run_here("recipes") == (2, "", sentence)
        with pytest.raises(type(error)):
            run_here("recipes", "--debug")


@pytest.mark.skipif(os.name != "posix", reason="pipes are closed by signals")
@pytest.mark.parametrize("words", [("recipes", "--quiet"), ("sample", "nothing.skops")])
def test_a_program_that_runs_a_command_keeps_its_own_logging(run_here, words):
    logger = logging.getLogger("audiogen")
    before = logger.level, [*logger.handlers], warnings.showwarning
    run_here(*words)
    assert (logger.level, logger.handlers, warnings.showwarning) == before


def test_what_reads_the_output_may_end_before_it(tmp_path):
    script = f"{sys.executable} -m audiogen recipes | true; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, cwd=tmp_path)
    assert (done.stdout, done.stderr) in {("141\n", ""), ("0\n", "")}


@pytest.mark.skipif(os.name != "posix", reason="sends a signal")
def test_ctrl_c_ends_the_command_and_leaves_nothing(tmp_path):
    script = """
import os, signal, sys
from audiogen.cli import main
from audiogen.generators import ConditionalVAE
draw = ConditionalVAE._batch
def interrupted(self, *args, **kwargs):
    os.kill(os.getpid(), signal.SIGINT)
    return draw(self, *args, **kwargs)
ConditionalVAE._batch = interrupted
sys.exit(main(["demo", "--out", "made", "--quiet"]))
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=tmp_path
    )
    assert (done.returncode, done.stderr) == (130, "audiogen: stopped.\n")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "command", [(), ("demo",), ("fit",), ("sample",), ("evaluate",), ("clip",), ("recipes",)]
)
def test_help_teaches(command, run_here):
    code, printed, _ = run_here(*command, "--help")
    assert code == 0
    assert len(printed) > 300
