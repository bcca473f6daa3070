"""The command ``report``, and --report of others."""

import re

import numpy as np
import pytest
import soundfile

from audiogen import save
from audiogen.datasets import make_notes, save_nsynth
from audiogen.io import write_clip
from helpers.midi import organ_and_flute


def titles(path):
    return re.findall(r'<audio [^>]*aria-label="([^"]*)"', path.read_text(encoding="utf-8"))


@pytest.fixture
def folder(tmp_path):
    """Return a folder with a model, a corpus of real notes and a folder of others."""
    save(organ_and_flute(), tmp_path / "model.skops")
    notes = make_notes(16, duration=0.5, pitch=np.arange(54, 70), random_state=0)
    save_nsynth(tmp_path / "real", notes.data, notes.frame)
    for name, tone in (("organ/C4", 262), ("flute/D4", 294)):
        path = tmp_path / "mine" / f"{name}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        write_clip(path, 0.5 * np.sin(np.arange(16000) * tone / 8000 * 2 * np.pi), 8000)
    return tmp_path


def test_models_and_folders_stand_on_one_page_beside_real_notes(folder, run_here):
    words = ("report", "model.skops", "mine", "--real", "real", "--shown", 1, "-n", 16, "--quiet")
    status, said, errors = run_here(*words)
    assert status == 0, errors
    page = folder / "audiogen-report.html"
    assert re.fullmatch(r"Wrote audiogen-report.html \(0.\d MB\): open it in a browser.\n", said)
    first, *_, last = titles(page)
    assert first.startswith("1. Generated: ")
    assert last.startswith("1. Nearest real: ")
    assert len(titles(page)) == 4
    text = page.read_text(encoding="utf-8")
    assert "<h1>model.skops, mine</h1>" in text
    assert re.findall("<h2>([^<]*)</h2>", text) == ["model.skops", "mine", "Made with"]
    assert "The first 1 of 2 sounds" in text
    assert "16 notes of real." in text
    status, _, errors = run_here(*words)
    assert status == 2
    assert "audiogen-report.html is there already" in errors


def test_a_recording_and_a_clip_with_its_report(folder, run_here):
    run_here("clip", "solo flute air", "--seconds", 4, "--rate", 8000, "--report", "--quiet")
    page = folder / "audiogen-clip" / "report.html"
    assert titles(page) == ["Air"]
    text = page.read_text(encoding="utf-8")
    assert 'data-start="0.0"' in text
    assert "Xavier Hosxe" in text
    tone = 0.5 * np.sin(np.arange(16000) / 5)
    soundfile.write(folder / "mine" / "organ" / "C4.aiff", tone, 8000)
    words = ("audiogen-clip/clip.mid", "mine/organ/C4.aiff", "--out", "both.html", "--quiet")
    assert run_here("report", *words)[0] == 0
    assert titles(folder / "both.html") == ["Air", "1. organ"]


@pytest.mark.long
@pytest.mark.filterwarnings("ignore:PrincipalComponents keeps 16")
def test_fit_writes_a_report_beside_the_model(folder, run_here):
    words = ("fit", "real", "--split", "test", "--recipe", "drum_kit", "--out", "new.skops")
    (folder / "real").rename(folder / "nsynth-test")
    (folder / "real").mkdir()
    (folder / "nsynth-test").rename(folder / "real" / "nsynth-test")
    status, said, errors = run_here(*words, "--report", "--quiet")
    assert status == 0, errors
    assert "Wrote new.html" in said
    assert len(titles(folder / "new.html")) == 16
    (folder / "new.skops").unlink()
    status, _, errors = run_here(*words, "--report", "--quiet")
    assert status == 2
    assert "new.html is there already" in errors
    assert not (folder / "new.skops").exists()


@pytest.mark.long
def test_demo_writes_a_report_on_the_held_out_notes(tmp_path, run_here):
    status, said, errors = run_here("demo", "--report", "--quiet")
    assert status == 0, errors
    page = tmp_path / "audiogen-demo" / "report.html"
    assert f"Wrote {page.relative_to(tmp_path)} (" in said
    assert len(titles(page)) == 16
    text = page.read_text(encoding="utf-8")
    assert "38 generated notes measured against 38 real ones" in text
    assert re.search(r'alt="Curves of \d+ epochs"', text)
    assert "Where the real sounds come from" in text


def test_what_is_not_there_is_named(folder, run_here):
    for words, why in (
        (("nothing",), "There is no nothing"),
        (("mine", "--real", "nowhere"), "There is no folder nowhere"),
        (("model.skops", "--real", "mine/organ/C4.wav"), "C4.wav has recordings"),
        (("mine/organ/C4.wav", "--out", "mine/organ/C4.wav/x.html"), "C4.wav is a file"),
    ):
        status, _, errors = run_here("report", *words, "--quiet")
        assert status == 2
        assert why in errors
