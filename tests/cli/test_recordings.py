"""Recordings, learnt and gone on with from the command line."""

import numpy as np
import pandas as pd
import pytest
import soundfile

from audiogen import load, save
from audiogen.datasets import make_notes
from audiogen.io import read_clip
from audiogen.recipes import harmonic_gmm
from helpers.recordings import RATE, pipeline, turns


@pytest.fixture
def mine(tmp_path):
    """A recording, the beginning of it at another rate, and a folder of two styles."""
    soundfile.write(tmp_path / "mine.wav", turns(20), RATE)
    soundfile.write(tmp_path / "intro.wav", np.repeat(turns(4), 2), 2 * RATE)
    for style, sound in (("low", turns(20)), ("loud", 4 * turns(20))):
        (tmp_path / "clips" / "genres" / style).mkdir(parents=True)
        soundfile.write(tmp_path / "clips" / "genres" / style / "0.wav", sound, RATE)
    return tmp_path


def test_a_recording_is_learnt_and_gone_on_with(mine, run_here):
    words = ("fit", "mine.wav", "--recipe", "texture", "--sample-rate", RATE, "--quiet")
    code, said, _ = run_here(*words)
    assert code == 0
    assert "Training texture on 1 recording, 10.0 s at 8000 Hz." in said
    assert "Next: audiogen sample audiogen-model.skops --seconds 30" in said
    words = ("sample", "audiogen-model.skops", "--seconds", 2.5, "--seed", 3)
    code, said, _ = run_here(*words, "--quiet")
    assert code == 0
    assert said.startswith("Wrote 1 sound to ")
    made, rate = read_clip(mine / "audiogen-out" / "audio" / "recording" / "recording_000.wav")
    assert (len(made), rate) == (20000, RATE)
    expected = load(mine / "audiogen-model.skops").sample(duration=2.5, random_state=3)[0]
    np.testing.assert_allclose(made, np.clip(expected, -1, 1), atol=2**-15)
    assert (mine / "audiogen-out" / "pictures" / "recording_000.png").stat().st_size > 1000
    words = ("sample", "audiogen-model.skops", "--prompt", "intro.wav", "--seconds", 1, "-n", 2)
    assert run_here(*words, "--format", "flac", "--out", "more", "--quiet")[0] == 0
    one, other = (
        read_clip(mine / "more" / "audio" / "intro" / f"intro_00{i}.flac")[0] for i in (0, 1)
    )
    intro = read_clip(mine / "intro.wav", sample_rate=RATE)[0]
    for made in (one, other):
        assert len(made) == len(intro) + RATE
        np.testing.assert_allclose(made[: len(intro)], intro, atol=2**-15)
    assert (one[len(intro) :] != other[len(intro) :]).any()
    for words, message in (
        (
            ("--pitch", 60),
            "have no pitch and no captions: leave --pitch out",
        ),
        (("--family", "low"), "trained on no styles: leave --family out"),
        (("--prompt", "none.wav"), "none.wav"),
    ):
        code, _, said = run_here("sample", "audiogen-model.skops", *words, "--out", "x")
        assert code == 2
        assert message in said
    assert not (mine / "x").exists()


@pytest.mark.long
def test_styles_are_learnt_by_folder(mine, run_here):
    words = ("fit", "clips", "--recipe", "style_codes", "--sample-rate", RATE, "--epochs", 1)
    code, said, _ = run_here(*words, "--quiet", "--out", "styles.skops")
    assert code == 0
    assert "on 2 recordings of 2 styles, 20.0 s" in said
    assert "which knows the styles loud, low." in said
    assert run_here("sample", "styles.skops", "--seconds", 1, "--quiet")[0] == 0


def test_styles_are_asked_for(mine, run_here):
    sound = turns(8)
    styles = pd.DataFrame({"style": ["low", "loud"]})
    save(pipeline(random_state=0).fit([sound, 4 * sound], styles), "styles.skops")
    words = ("sample", "styles.skops", "--family", "low", "loud", "--seconds", 1, "--quiet")
    assert run_here(*words)[0] == 0
    low, loud = (
        read_clip(mine / "audiogen-out" / "audio" / style / f"{style}_000.wav")[0]
        for style in ("low", "loud")
    )
    assert len(low) == len(loud) == RATE
    assert loud.std() > 2 * low.std()
    code, _, said = run_here("sample", "styles.skops", "--family", "jazz", "--out", "x")
    assert code == 2
    assert "'jazz' is unknown" in said
    genres = styles.rename(columns={"style": "genre"})
    save(pipeline(random_state=0).fit([sound, 4 * sound], genres), "genres.skops")
    code, _, said = run_here("sample", "genres.skops", "--out", "x")
    assert code == 2
    assert "or on recordings, whose condition is style" in said
    code, _, said = run_here("clip", "jig", "--model", "styles.skops", "--out", "y")
    assert code == 2
    assert "column 'pitch'" in said


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("fit", "mine.wav"), "mine.wav is a recording of 10.0 s, not a folder. Give --recipe co"),
        (("fit", "mine.wav", "--recipe", "harmonic_gmm"), "Give --recipe continuation to go on"),
        (("fit", "clips"), "clips has recordings, of 10.0 s or so, rather than notes. Give --rec"),
        (("fit", "mine.wav", "--recipe", "style_codes"), "the styles that sub-folders are, and m"),
        (("fit", "clips", "--recipe", "texture", "--segment"), "leave --segment out"),
        (("fit", "clips", "--recipe", "texture", "--epochs", 2), "leave --epochs out"),
        (("fit", "nothing.wav", "--recipe", "texture"), "There is no file or folder nothing.wav"),
        (("evaluate", "clips", "mine.wav"), "clips has recordings, of 10.0 s. How well a model"),
        (("evaluate", "mine.wav", "mine.wav"), "compares folders of notes, and mine.wav has rec"),
    ],
)
def test_what_to_do_with_recordings_is_said(words, message, mine, run_here):
    code, _, said = run_here(*words, "--out", "x.skops") if words[0] == "fit" else run_here(*words)
    assert code == 2
    assert message in said
    assert said.count("\n") == 1, said
    assert not (mine / "x.skops").exists()


def test_models_of_notes_have_no_prompt(mine, run_here):
    X, y = make_notes(6, duration=0.5, random_state=0, return_X_y=True)
    save(harmonic_gmm(n_components=4, random_state=0).fit(X, y[["pitch"]]), "notes.skops")
    code, _, said = run_here("sample", "notes.skops", "--seconds", 3, "--prompt", "intro.wav")
    assert code == 2
    assert "leave --seconds and --prompt out, or fit recordings" in said
