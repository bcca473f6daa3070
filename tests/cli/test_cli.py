"""The command line as a user types it, in processes of its own."""

import json
import os
import re
import subprocess
import sys

import numpy as np
import pytest
import soundfile

from audiogen import datasets, load, recipes, save
from audiogen.cli._notes import read_both
from audiogen.cli.parser import build_parser
from audiogen.generators import ConditionalVAE
from audiogen.metrics import frechet_audio_distance
from audiogen.signal import scale_to_peak, track_pitch
from audiogen.training._loop import _Watcher
from audiogen.utils.seeds import Stream, make_rng

STARTUP = subprocess.run(
    [sys.executable, "-c", "import sys; print(*{name.split('.')[0] for name in sys.modules})"],
    capture_output=True, text=True, check=True,
).stdout.split()  # fmt: skip
PROGRESS = re.compile(r"^(epochs|pictures): \d+ of \d+, ")


def audiogen(*words, cwd):
    environment = {k: v for k, v in os.environ.items() if k != "TF_CPP_MIN_LOG_LEVEL"}
    command = [sys.executable, "-m", "audiogen", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=environment)


def figures(table):
    """Return the numbers of a printed table by row name."""
    rows = re.findall(r"^(\w+)((?:[ ]+(?:-?[\d.]+|nan|-))+)$", table, flags=re.M)
    return {
        name: [None if cell == "-" else float(cell) for cell in cells.split()]
        for name, cells in rows
    }


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


def test_fit_sample_and_evaluate_on_ones_own_folder(tmp_path):
    notes = datasets.make_notes(12, random_state=0)
    for i, (x, pitch) in enumerate(zip(notes.data, notes.frame.pitch, strict=True)):
        name = f"note{i}-{pitch:03d}-.wav" if i else "untold.wav"
        path = tmp_path / "mine" / ("reed" if i % 2 else "organ") / name
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, x, 16000)
    (tmp_path / "mine" / "reed" / "broken-060-.wav").write_bytes(b"RIFF")
    done = audiogen("fit", "mine", "--epochs", 3, "--quiet", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "12 notes of 2 families" in done.stdout
    left_out, capped = done.stderr.splitlines()
    assert "broken-060-.wav" in left_out
    assert "PrincipalComponents keeps 12 components rather than n_components=64" in capped
    untold = tmp_path / "mine" / "organ" / "untold.wav"
    untold.rename(untold.with_name(f"note0-{notes.frame.pitch[0]:03d}-.wav"))
    done = audiogen("sample", "audiogen-model.skops", "-n", 7, "--quiet", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    done = audiogen("evaluate", "audiogen-out/audio", "mine", "--quiet", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    measured = figures(done.stdout)
    assert set(measured) >= {"frechet_audio_distance", "kl_divergence", "pitch_accuracy"}
    assert measured["frechet_audio_distance"][1] is None
    soundfile.write(tmp_path / "audiogen-out" / "audio" / "unknown.wav", notes.data[0], 16000)
    done = audiogen("evaluate", "mine", "audiogen-out/audio", "--quiet", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "pitch_accuracy" not in figures(done.stdout), "a note's pitch is not known"


@pytest.mark.filterwarnings("ignore:PrincipalComponents keeps")
def test_a_training_that_was_cut_off_is_resumed_to_the_same_bits(tmp_path, run_here, monkeypatch):
    notes = datasets.make_notes(6, duration=0.5, random_state=0)
    datasets.save_nsynth(tmp_path / "mine", notes.data, notes.frame)
    words = ("fit", "mine", "--epochs", 4, "--quiet")
    assert run_here(*words, "--out", "whole.skops")[0] == 0
    epoch_end = _Watcher.on_epoch_end

    def cut_off(self, epoch, logs=None):
        epoch_end(self, epoch, logs)
        if epoch == 2:
            raise OSError("the power is cut")

    with monkeypatch.context() as patch:
        patch.setattr(_Watcher, "on_epoch_end", cut_off)
        assert run_here(*words, "--resume")[0] == 2
    assert (tmp_path / "audiogen-model.skops.checkpoint").is_dir()
    assert run_here(*words, "--resume")[0] == 0
    made = [load(tmp_path / name) for name in ("audiogen-model.skops", "whole.skops")]
    assert made[0][-1].n_iter_ == 4
    samples = [model.sample(2, random_state=0) for model in made]
    np.testing.assert_array_equal(*samples)
    assert not (tmp_path / "audiogen-model.skops.checkpoint").exists()


@pytest.mark.filterwarnings("ignore:PrincipalComponents keeps")
def test_sounds_without_a_pitch_are_learnt_by_folder(tmp_path, run_here):
    hits = datasets.load_drums()
    rows = hits.frame.index[hits.frame.drum.isin(["kick", "snare"])][::3]
    for row in rows:
        folder = tmp_path / "mine" / hits.frame.drum[row]
        folder.mkdir(parents=True, exist_ok=True)
        soundfile.write(folder / f"hit{row}.wav", hits.data[row, :22050], 44100)
    code, said, _ = run_here("fit", "mine", "--quiet")
    assert code == 0
    assert "No file name has a pitch" in said
    assert f"Training drum_kit on {len(rows)} sounds of 2 families at 44100 Hz." in said
    assert "knows the families kick, snare." in said
    words = ("sample", "audiogen-model.skops", "--quiet")
    assert run_here(*words, "-n", 5, "--family", "snare")[0] == 0
    made = datasets.load_audio_folder(tmp_path / "audiogen-out" / "audio")
    assert made.frame.instrument_family.tolist() == ["snare"] * 5
    assert soundfile.info(made.filenames[0]).samplerate == 44100
    code, _, said = run_here(*words, "--pitch", 60, "--out", "x")
    assert (code, said) == (
        2, "audiogen: The model was trained on sounds without a pitch: leave --pitch out.\n"
    )  # fmt: skip
    code, _, said = run_here("fit", "mine", "--epochs", 3, "--out", "x.skops")
    assert (code, said) == (
        2,
        "audiogen: drum_kit is not trained in epochs: leave --epochs out.\n",
    )


@pytest.mark.filterwarnings("default:.*two kinds of sounds")
def test_figures_have_a_yardstick_and_sets_of_two_kinds_are_noticed(tmp_path, run_here):
    notes, hits = datasets.load_notes("valid"), datasets.load_drums()
    datasets.save_nsynth(tmp_path / "notes", notes.data[:12], notes.frame[:12])
    for row in hits.frame.index[hits.frame.drum == "snare"]:
        (tmp_path / "snares").mkdir(exist_ok=True)
        soundfile.write(tmp_path / "snares" / f"{row}.wav", hits.data[row], 44100)
    code, printed, said = run_here("evaluate", "notes", "snares", "--json")
    assert "100% of the real sounds have a pitch that can be found, and 0% of the gen" in said
    found = json.loads(printed)
    assert code == 0
    assert list(found) == ["generated", "real", "half of real"]
    (corpus, _), *_ = read_both(tmp_path / "notes", tmp_path / "notes")
    corpus = scale_to_peak(corpus)
    rows = make_rng(0, Stream.SUBSET).permutation(12)
    expected = frechet_audio_distance(corpus[rows[::2]], corpus[rows[1::2]], sample_rate=16000)
    assert found["half of real"]["frechet_audio_distance"] == pytest.approx(expected)


@pytest.mark.long
def test_a_corpus_at_another_rate_is_learnt_played_and_measured_at_its_own(tmp_path):
    notes = datasets.make_notes(12, duration=1.0, sample_rate=22050, random_state=0)
    datasets.save_nsynth(tmp_path / "high", notes.data, notes.frame, sample_rate=22050)
    done = audiogen("fit", "high", "--epochs", 2, "--quiet", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    done = audiogen("sample", "audiogen-model.skops", "--pitch", 60, "--quiet", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    new = datasets.load_nsynth(tmp_path / "audiogen-out")
    assert (new.sample_rate, len(new.data)) == (22050, 1)
    assert abs(track_pitch(new.data, 22050)[0] - 60) < 0.5


@pytest.mark.filterwarnings("ignore:PrincipalComponents keeps 6 components")
def test_ones_own_folder_at_44100_hz_is_learnt_and_played_at_that_rate(tmp_path, run_here):
    notes = datasets.make_notes(6, duration=1.0, sample_rate=44100, random_state=0)
    for i, x in enumerate(notes.data):
        path = tmp_path / "mine" / ("rope" if i % 2 else "glass") / f"{i}-{40 + 6 * i:03d}-.flac"
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, x, 44100)
    code, said, _ = run_here("fit", "mine", "--epochs", 1, "--quiet")
    assert code == 0
    assert "6 notes of 2 families at 44100 Hz, pitches 40 to 70." in said
    words = ("clip", "solo piano air", "--seconds", 2, "--model", "audiogen-model.skops")
    code, said, _ = run_here(*words, "--quiet")
    assert code == 0
    assert "melody: piano (" in said
    assert said.count("(glass)") + said.count("(rope)") == 3
    assert soundfile.info(tmp_path / "audiogen-clip" / "clip.wav").samplerate == 44100


def test_options_of_fit_that_would_do_nothing_are_refused(tmp_path, run_here):
    notes = datasets.make_notes(2, duration=0.5, sample_rate=22050, random_state=0)
    datasets.save_nsynth(tmp_path / "high", notes.data, notes.frame, sample_rate=22050)
    for words, message in (
        (("high", "--sample-rate", 44100), "high is an NSynth corpus at 22050 Hz"),
        (("high/audio", "--split", "valid"), "leave --split valid out"),
    ):
        code, printed, said = run_here("fit", *words)
        assert (code, printed) == (2, ""), words
        assert message in said
        assert said.count("\n") == 1, said
    assert not (tmp_path / "audiogen-model.skops").exists()


def test_two_folders_are_measured_at_one_rate(tmp_path):
    notes = datasets.make_notes(3, duration=1.0, sample_rate=22050, random_state=0)
    datasets.save_nsynth(tmp_path / "high", notes.data, notes.frame, sample_rate=22050)
    audio, corpus = tmp_path / "high" / "audio", tmp_path / "high"
    for real, generated in ((corpus, audio), (audio, corpus)):
        *both, rate = read_both(real, generated)
        assert rate == 22050
        heard = [X[np.argsort(frame.note), : notes.data.shape[1]] for X, frame in both]
        np.testing.assert_allclose(*heard)
    datasets.save_nsynth(tmp_path / "low", notes.data[:, ::2], notes.frame, sample_rate=11025)
    with pytest.raises(ValueError, match="11025 Hz and .* 22050 Hz. Give the audio folder of one"):
        read_both(tmp_path / "low", corpus)
    *_, rate = read_both(audio, audio)
    assert rate == 16000


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
        (("demo", "--out", "full"), "full is not empty"),
        (("fit", "full"), "full"),
        (("fit", "full", "--out", "full"), "full is there already"),
        (("sample", "vae.skops"), "trained on pitch and instrument_family"),
        (("demo", "--out", "full/mine.txt/new"), "mine.txt is a file"),
        (("fit", "full", "--out", "full/mine.txt/new"), "mine.txt is a file"),
        (("sample", "vae.skops", "--pitch", "H4", "--out", "x"), "such as C4 and F#3, not 'H4'"),
    ):
        code, printed, said = run_here(*words)
        assert (code, printed) == (2, "")
        assert message in said
        assert said.count("\n") == 1 or "usage" in said, said
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
