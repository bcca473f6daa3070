"""The table of the report's experiments."""

import importlib
import json
import pathlib
import subprocess
import sys

import pytest

from audiogen.datasets import load_notes, save_nsynth

REPORT = pathlib.Path(__file__).parent.parent / "examples" / "report"
RESULT = {
    "recipe": "harmonic_gan", "n_train": 1220, "n_held_out": 20, "epochs": 400, "seconds": 12.3,
    "n_pitches": 438.2, "pitch_range": 2589.0, "pitch_entropy": 2.87, "fad": 6100.0, "kl": 0.08,
    "real": {"n_pitches": 416, "pitch_range": 2491, "pitch_entropy": 2.47, "fad": 90, "kl": 0.1},
    "floor": 90.0, "corpus": "mine", "scale": 0.1, "versions": {"audiogen": "1.0"},
}  # fmt: skip


@pytest.fixture
def write_table(monkeypatch):
    monkeypatch.syspath_prepend(str(REPORT))
    return importlib.import_module("table").write_table


@pytest.mark.parametrize(
    ("fad", "floor", "beaten"),
    [(6043, 90, True), (6044, 90, False), (9000, 6000, True), (9001, 6000, False)],
)
def test_a_fifth_of_the_report_or_near_real_notes_counts_as_beaten(
    write_table, tmp_path, fad, floor, beaten
):
    result = {**RESULT, "fad": fad, "floor": floor}
    (tmp_path / "gan_1000_guitar-audiogen.json").write_text(json.dumps(result))
    write_table(tmp_path, tmp_path / "table.md")
    report, ours, real = (tmp_path / "table.md").read_text().splitlines()[2:5]
    assert report == (
        "| GAN, guitar | the report | 1,160 | 3,809 | 4.38 | 30,216 | 0.45 | 1,000 | 60 |  |"
    )
    said = "" if beaten else " (beyond the bar)"
    assert ours == (
        f"|  | audiogen, `harmonic_gan` | 438 | 2,589 | 2.87 | {fad:,}{said} | 0.08 | 1,220 | "
        "400 | 12 s |"
    )
    assert real.startswith("|  | real notes, 20 against 20 held out | 416 |")


def test_a_page_keeps_its_words(write_table, tmp_path):
    (tmp_path / "cvae_reed-audiogen.json").write_text(json.dumps(RESULT))
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- table -->\nold\n<!-- end of the table -->\nafter\n")
    write_table(tmp_path, page)
    once = page.read_text()
    assert once.startswith("before\n<!-- table -->\n| experiment |")
    assert once.endswith(
        "Run on mine at --scale 0.1, audiogen 1.0.\n<!-- end of the table -->\nafter\n"
    )
    assert "old" not in once
    write_table(tmp_path, page)
    assert page.read_text() == once


def test_where_there_are_no_results_a_page_keeps_its_table(write_table, tmp_path):
    page = tmp_path / "page.md"
    page.write_text("<!-- table -->\nmeasured\n<!-- end of the table -->\n")
    with pytest.raises(SystemExit, match="There are no results in .*none"):
        write_table(tmp_path / "none", page)
    assert "measured" in page.read_text()


@pytest.mark.long
def test_experiments_run_and_are_not_run_twice(tmp_path):
    notes = load_notes("train")
    save_nsynth(tmp_path / "mine" / "nsynth-train", notes.data, notes.frame, sample_rate=16000)
    command = [sys.executable, REPORT / "run.py", tmp_path / "mine", "--scale", "0.01"]
    command += ["--minutes", "0.01", "--only", "lstm_audio_guitar", "cvae_organ"]
    command += ["--out", tmp_path / "out"]
    first = subprocess.run(command, capture_output=True, text=True, check=False)
    assert first.returncode == 0, first.stderr
    results = {path: path.read_bytes() for path in (tmp_path / "out").glob("*.json")}
    assert len(results) == 4
    for text in results.values():
        assert json.loads(text)["n_train"] == 8
    again = subprocess.run(command, capture_output=True, text=True, check=True)
    assert again.stdout.count("is there: skipped") == 4
    assert {path: path.read_bytes() for path in results} == results
