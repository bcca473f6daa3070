"""Notes learnt with captions, and asked for in words, from the command line."""

import numpy as np
import pytest

from audiogen import datasets, load
from audiogen.cli._captions import nearest_conditions, with_captions
from audiogen.recipes import harmonic_gmm


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    folder = tmp_path_factory.mktemp("corpus")
    families = ["mallet", "string", "flute", "organ"]
    notes = datasets.make_notes(8, family=families * 2, duration=0.25, random_state=0)
    qualities = [("dark",), ("bright", "long_release")] * 4
    frame = notes.frame.assign(qualities=qualities)
    datasets.save_nsynth(folder / "notes", notes.data, frame)
    return folder / "notes"


@pytest.mark.filterwarnings("ignore:PrincipalComponents keeps")
def test_notes_are_learnt_with_captions_and_asked_for_in_words(corpus, tmp_path, run_here):
    code, said, error = run_here(
        "fit", corpus, "--recipe", "captioned_notes", "--epochs", 1, "--quiet", "--out", "m.skops"
    )
    assert code == 0, error
    assert "which knows the words " in said
    assert "bowed" in said
    words = ("sample", "m.skops", "--words", "A gloomy, lengthy cello zxqw!", "--quiet")
    code, said, error = run_here(*words, "-n", 2, "--out", "made")
    assert (code, error) == (0, "")
    assert said.startswith("Understood: gloomy as dark, lengthy as long, cello as string. ")
    assert "Ignored: zxqw.\n" in said
    made = datasets.load_nsynth(tmp_path / "made").frame
    assert made.instrument.tolist() == ["a_gloomy_lengthy_cello_zxqw"] * 2
    known = load(tmp_path / "m.skops")[-1].conditions_
    assert made.pitch.between(*known.ranges_["pitch"]).all()
    code, *_ = run_here(*words, "--pitch", "C4", 62, "--format", "flac", "--out", "high")
    assert code == 0
    assert len(list((tmp_path / "high" / "audio").rglob("*-06[02]-100.flac"))) == 2
    code, said, _ = run_here("sample", "m.skops", "-n", 1, "--quiet", "--out", "drawn")
    assert (code, said.count("\n")) == (0, 1)
    for wrong in ("zxqw", "", "the"):
        code, said, error = run_here("sample", "m.skops", "--words", wrong, "--out", "none")
        assert (code, said) == (2, "")
        assert f"--words {wrong!r} has no word that the model knows" in error
    assert not (tmp_path / "none").exists()


def test_words_need_a_model_of_captions(corpus, tmp_path, run_here):
    from audiogen import save

    X, y = datasets.load_nsynth(corpus, return_X_y=True)
    save(harmonic_gmm(n_components=4, random_state=0).fit(X, y), tmp_path / "plain.skops")
    code, said, error = run_here("sample", "plain.skops", "--words", "a bell")
    assert (code, said) == (2, "")
    assert "trained without captions: leave --words out, or train one by audiogen fit" in error


def test_few_notes_are_learnt_with_several_captions():
    frame = datasets.load_notes("valid").frame
    X = np.arange(len(frame))
    repeated, captioned = with_captions(X, frame, 3)
    np.testing.assert_array_equal(repeated, np.tile(X, 4))
    first = datasets.make_captions(frame, random_state=3)
    np.testing.assert_array_equal(captioned.caption[: len(frame)], first)
    assert captioned.groupby("note").caption.nunique().mean() > 1.5
    many, once = with_captions(np.arange(600), frame.iloc[np.arange(600) % 38], 3)
    assert len(many) == len(once) == 600


def test_conditions_like_words_have_them():
    X, y = datasets.make_notes(40, duration=0.1, random_state=0, return_X_y=True)
    y = y[["pitch"]].assign(caption=[f"a {name}" for name in y.instrument_family])
    model = harmonic_gmm(n_components=4, text="caption", random_state=0).fit(X, y)
    for words, family in (("a gloomy harmonium", "organ"), ("trumpet", "brass")):
        near = nearest_conditions(y, words, model[-1].conditions_)
        assert near.caption.tolist() == [f"a {family}"]
