"""Folders of sounds: learnt, resumed and measured from the command line."""

import json

import numpy as np
import pandas as pd
import pyloudnorm
import pytest
import soundfile

from audiogen import datasets, load
from audiogen.cli._notes import figures_as_json, read_both
from audiogen.cli.sample import _near
from audiogen.metrics import frechet_audio_distance
from audiogen.signal import scale_to_peak, track_pitch
from audiogen.training._loop import _Watcher
from audiogen.utils.seeds import Stream, make_rng
from helpers.commands import audiogen, figures


def test_fit_sample_and_evaluate_on_ones_own_folder(tmp_path, run_here):
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
    code, _, said = run_here("sample", "audiogen-model.skops", "-n", 7, "--quiet")
    assert code == 0, said
    words = ("sample", "audiogen-model.skops", "--pitch", 60, "C5", "--family", "reed", "--quiet")
    code, _, said = run_here(*words, "--format", "flac", "--rate", 22050, "--out", "high")
    assert code == 0, said
    made = datasets.load_audio_folder(tmp_path / "high" / "audio", sample_rate=None)
    assert (made.sample_rate, made.data.shape) == (22050, (2, 4 * 22050))
    assert made.frame.pitch.tolist() == [60, 72]
    assert made.frame.instrument_family.tolist() == ["reed", "reed"]
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
        name = "Kick A1" if row == rows[0] else f"hit{row}"
        soundfile.write(folder / f"{name}.wav", hits.data[row, :22050], 44100)
    code, said, _ = run_here("fit", "mine", "--quiet")
    assert code == 0
    assert " of the file names have a pitch" in said
    assert f"Training drum_kit on {len(rows)} sounds of 2 families at 44100 Hz." in said
    assert "knows the families kick, snare." in said
    words = ("sample", "audiogen-model.skops", "--quiet")
    assert run_here(*words, "-n", 5, "--family", "snare")[0] == 0
    made = datasets.load_audio_folder(tmp_path / "audiogen-out" / "audio")
    assert made.frame.instrument_family.tolist() == ["snare"] * 5
    assert soundfile.info(made.filenames[0]).samplerate == 44100
    finish = ("--format", "opus", "--rate", 48000, "--loudness", -20)
    assert run_here(*words, "-n", 1, "--family", "kick", *finish, "--out", "x")[0] == 0
    audio, rate = soundfile.read(tmp_path / "x" / "audio" / "kick" / "kick_000.opus")
    assert rate == 48000
    assert pyloudnorm.Meter(rate).integrated_loudness(audio) == pytest.approx(-20, abs=0.5)
    code, _, said = run_here(*words, "--format", "mp3", "--rate", 50000, "--out", "y")
    assert code == 2
    assert "mp3 cannot have 50000 Hz" in said
    code, _, said = run_here(*words, "--pitch", 60, "--out", "y")
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


def test_figures_that_are_no_numbers_are_null_in_json():
    columns = {"generated": {"kl_divergence": float("nan"), "silent": 0.0}}
    assert json.loads(figures_as_json(columns)) == {
        "generated": {"kl_divergence": None, "silent": 0.0}
    }


def test_notes_of_a_pitch_are_played_by_what_was_trained_on_near_it():
    drawn = pd.DataFrame({"pitch": [21, 60, 66, 67], "instrument_family": ["a", "b", "c", "d"]})
    found = _near(drawn, [60] * 50 + [30], np.random.default_rng(0))
    assert set(found.instrument_family[:50]) == {"b", "c"}
    assert found.instrument_family[50] == "a"
