"""The command ``clip`` as a user types it, in processes of its own."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
from importlib import resources

import numpy as np
import pretty_midi
import pyloudnorm
import pytest
import soundfile

from audiogen import datasets, recipes, save
from audiogen.cli.parser import build_parser
from audiogen.music import Brief, load_style
from audiogen.signal import true_peak


def clip(*words, cwd):
    command = [sys.executable, "-m", "audiogen", "clip", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=os.environ)


@pytest.fixture(scope="module")
def jig(tmp_path_factory):
    folder = tmp_path_factory.mktemp("jig")
    words = ("upbeat jig with flute and guitar", "--seconds", 8.3, "--stems", "--seed", 3)
    return folder / "audiogen-clip", clip(*words, "--quiet", cwd=folder)


def test_words_become_a_finished_clip(jig):
    folder, done = jig
    assert (done.returncode, done.stderr) == (0, "")
    audio, rate = soundfile.read(folder / "clip.wav")
    assert (rate, audio.shape) == (44100, (round(8.3 * 44100), 2))
    about = json.loads((folder / "clip.json").read_text())
    loudness = pyloudnorm.Meter(rate).integrated_loudness(audio)
    assert abs(loudness + 14) < 0.1
    assert true_peak(audio) <= -1
    assert about["genre"] == "jig"
    assert about["metre"] == "6/8"
    assert about["players"]["melody"] == {"instrument": "flute", "voice": "flute_acoustic_002"}
    assert about["sections"][-1]["end"] == about["chords"][-1][1] == 8.3
    assert "Xavier Hosxe" in about["credit"] in done.stdout
    assert about["faults"] == []
    assert set(about) >= {
        "title", "words", "brief", "genre", "bpm", "key", "metre", "seconds", "loop", "sections",
        "chords", "players", "seed", "sample_rate", "loudness", "true_peak", "versions", "sources",
        "licences", "credit", "faults", "hand_written", "log_likelihood",
    }  # fmt: skip
    with soundfile.SoundFile(folder / "clip.wav") as sound:
        assert (sound.title, sound.comment) == (about["title"], about["credit"])


def test_stems_sum_to_the_clip_and_are_what_the_midi_file_has(jig):
    folder, _ = jig
    audio, _ = soundfile.read(folder / "clip.wav")
    stems = {path.stem: soundfile.read(path)[0] for path in (folder / "stems").glob("*.wav")}
    np.testing.assert_allclose(sum(stems.values()), audio, atol=len(stems) * 2**-15)
    tune = pretty_midi.PrettyMIDI(str(folder / "clip.mid"))
    assert {track.name for track in tune.instruments} == set(stems)
    assert tune.get_end_time() <= 8.5
    assert (folder / "clip.png").read_bytes().startswith(b"\x89PNG")


def test_takes_are_numbered_and_their_seeds_follow(tmp_path, run_here):
    words = ("solo flute air", "--seconds", 3, "--takes", 2, "--sample-rate", 8000, "--seed", 4)
    code, printed, _ = run_here("clip", *words, "--loop", "--quiet", "--out", "new")
    assert code == 0
    files = [f"clip-{n}.{kind}" for n in (1, 2) for kind in ("json", "mid", "png", "wav")]
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == files
    told = [json.loads((tmp_path / "new" / f"clip-{n}.json").read_text()) for n in (1, 2)]
    assert sorted(about["seed"] for about in told) == [4, 5]
    assert {about["words"] for about in told} == {"solo flute air"}
    lines = [line for line in printed.splitlines() if line.startswith("new/clip-")]
    assert [line.split(":")[0] for line in lines] == ["new/clip-1.wav", "new/clip-2.wav"]
    assert [path.name for path in tmp_path.iterdir()] == ["new"]


def test_it_can_be_explained_and_refused_before_any_work(tmp_path, run_here):
    done = clip("sad waltz in D minor", "--bpm", 90, "--explain", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    for line in ("genre: waltz", "key: D minor", "tempo: 90 beats a minute", "metre: 3/4"):
        assert line in done.stdout
    for words, message in (
        (["waltz with vocals"], "'vocals' is not understood"),
        (["dubstep"], "'dubstep' is not understood"),
        (["waltz", "--key", "H minor"], "--key must be a key and nothing else, such as"),
        (["waltz", "--key", "D minor, sad violin jig"], "--key must be a key and nothing else"),
        (["jig", "--loop", "--fade-out", 3, "--explain"], "A loop has no ends to fade"),
        (["rock", "--seconds", 5, "--loop", "--bpm", 120, "--explain"], "bpm=120 a loop of 5 s"),
        (["waltz", "--seconds", 0.5], "seconds"),
        (["--genre", "wals"], "Did you mean waltz?"),
        (["jig", "--midi", "my.mid"], "leave 'jig' out"),
    ):
        status, _, said = run_here("clip", *words, "--out", "x")
        assert status == 2
        assert message in said
        assert said.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_bad_input_is_refused_in_clear_words_before_any_work(tmp_path, run_here):
    pretty_midi.PrettyMIDI().write(str(tmp_path / "empty.mid"))
    style = (resources.files("audiogen.music") / "styles" / "jig.toml").read_text()
    (tmp_path / "own.toml").write_text("tempoo = 3\n" + style)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "clip.wav").touch()
    for words, message in (
        ([""], "The prompt is empty. Say what the clip is to be"),
        (["  "], "The prompt is empty"),
        (["drum solo", "--no-drums"], "drums are left out"),
        (["no drums with a drum solo"], "Drums are asked for and left out"),
        (["--genre", "own.toml"], "own.toml: unknown key 'tempoo'. Known are title"),
        (["--genre", "none.toml"], "There is no style file none.toml"),
        (["--midi", "empty.mid"], "There are no notes to play in the MIDI file"),
        (["--midi", "empty.mid", "--bpm", 90, "--hit", 2], "leave --bpm, --hit out"),
        (["jig", "--programs", "0=organ"], "--programs says what plays the parts of a --midi"),
        (["jig", "--seconds", 3600], "'seconds' parameter of Brief .* [2, 600]"),
        (["jig", "--seconds", 5, "--hit", 7.5], "'hits' parameter of Brief"),
        (["jig", "--metre", "7/8"], "jig is played in 6/8, not in 7/8"),
        (["jig", "--loop", "--fade-out", 2], "A loop has no ends to fade"),
        (["rock", "--bpm", 120, "--seconds", 5, "--loop"], "bpm=120 and seconds=4, or bpm=96"),
        (["jig", "--format", "mp3", "--sample-rate", 96000], "clip.mp3 cannot have 96000 Hz"),
        (["jig", "--format", "flac", "--bit-depth", 32], "clip.flac cannot hold 32 bits"),
        (["jig", "--takes", 101], "'n_takes' parameter of save_takes"),
        (["jig", "--out", "full"], "full is not empty"),
    ):
        code, printed, said = run_here("clip", *words)
        assert (code, printed) == (2, ""), words
        assert re.search(re.escape(message).replace(r"\ \.\*\ ", ".*"), said), (words, said)
        assert said.count("\n") == 1, said
    assert not (tmp_path / "audiogen-clip").exists()
    code, printed, _ = run_here("clip", "slow jig", "--bpm", 180, "--explain")
    assert code == 0
    assert "tempo: 180 beats a minute" in printed


def test_without_words_the_genre_is_drawn_by_the_seed_and_printed(run_here):
    genres = []
    for seed in (0, 1, 2, 3, 0):
        code, printed, said = run_here("clip", "--explain", "--seed", seed)
        assert (code, said) == (0, "")
        genres += re.findall(r"^genre: (\w+) \(chosen\)$", printed, re.MULTILINE)
    assert genres == [Brief().complete(seed).genre for seed in (0, 1, 2, 3, 0)]
    assert len(set(genres)) > 1
    code, printed, _ = run_here(
        "clip", "--seconds", 2, "--sample-rate", 8000, "--no-drums", "--seed", 0, "--quiet"
    )
    assert code == 0
    assert f": {load_style(genres[0]).title}, 2 s, " in printed


@pytest.mark.parametrize(
    ("line", "words", "values"),
    [
        ("--hit 3 rock", ["rock"], {"hit": [3.0]}),
        ("--hit 3 9", [], {"hit": [3.0, 9.0]}),
        ("slow --hit 3 9 rock 20 s --loop", ["slow", "rock", "20", "s"], {"hit": [3.0, 9.0]}),
        ("--hit 3 --bpm 90 --hit 9 upbeat rock", ["upbeat", "rock"], {"hit": [3.0, 9.0]}),
        ("--programs 0=organ 1=a=b rock", ["rock"], {"programs": [(0, "organ"), (1, "a=b")]}),
        ("sad rock", ["sad", "rock"], {"hit": [], "programs": []}),
    ],
)
def test_words_may_stand_after_options_of_several_values(line, words, values):
    arguments = build_parser().parse_args(["clip", *line.split()])
    assert arguments.words == words
    assert {name: getattr(arguments, name) for name in values} == values


@pytest.mark.parametrize(
    "line", ["--hit rock", "--hit 3 5000", "--hit -1", "--programs rock", "--seconds 86401"]
)
def test_what_is_no_value_of_an_option_is_refused(line, capsys):
    with pytest.raises(SystemExit):
        build_parser().parse_args(["clip", *line.split()])
    assert f"argument {line.split()[0]}: must be" in capsys.readouterr().err


@pytest.mark.filterwarnings("default:Left out")
def test_ones_own_midi_with_ones_own_model(tmp_path, run_here):
    notes = datasets.load_notes("train")
    own = notes.frame.instrument_family.isin(["flute", "organ"])
    y = notes.frame[["pitch", "instrument_family"]][own]
    model = recipes.harmonic_gmm(n_components=4, random_state=0).fit(notes.data[own], y)
    save(model, tmp_path / "own.skops")
    ode = next(f for f in datasets.load_tunes().filenames if "ode" in f)
    words = ("--model", "own.skops", "--midi", ode, "--quiet", "--seconds", 4)
    finish = ("--format", "flac", "--bit-depth", 24, "--loudness", -20, "--sample-rate", 48000)
    more = ("--fade-in", 1, "--programs", "0=organ")
    done = clip(*words, *finish, *more, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "(organ)" in done.stdout
    path = tmp_path / "audiogen-clip" / "clip.flac"
    assert soundfile.info(path).subtype == "PCM_24"
    audio, rate = soundfile.read(path)
    assert (rate, audio.shape) == (48000, (4 * 48000, 2))
    assert abs(pyloudnorm.Meter(rate).integrated_loudness(audio) + 20) < 0.1
    assert np.abs(audio[:400]).max() < 1e-3 < 0.01 < np.abs(audio).max()
    about = json.loads((path.parent / "clip.json").read_text())
    assert (about["metre"], about["key"], about["genre"]) == ("4/4", "C major", None)
    tune = pretty_midi.PrettyMIDI(str(path.parent / "clip.mid"))
    assert [track.name for track in tune.instruments] == list(about["players"])
    heard = [note for track in pretty_midi.PrettyMIDI(ode).instruments for note in track.notes]
    assert len(tune.instruments[0].notes) == sum(note.start < 4 for note in heard)
    for name in ("a.mid", "sub/b.MID"):
        path = tmp_path / "tunes" / name
        path.parent.mkdir(exist_ok=True)
        shutil.copy(ode, path)
    (tmp_path / "tunes" / "words.txt").touch()
    (tmp_path / "tunes" / "junk.mid").write_bytes(b"MThd")
    words = ("--model", "own.skops", "--midi", "tunes", "--programs", "0=organ", "--quiet")
    short = ("--seconds", 1, "--rate", 8000, "--out", "all")
    status, said, left_out = run_here("clip", *words, *short)
    assert status == 0
    assert str(pathlib.Path("all", "sub", "b", "clip.wav")) in said
    assert "Left out: tunes/junk.mid cannot be read" in left_out
    made = [p.relative_to(tmp_path / "all").as_posix() for p in tmp_path.glob("all/**/*.wav")]
    assert sorted(made) == ["a/clip.wav", "sub/b/clip.wav"]
    (tmp_path / "empty").mkdir()
    (tmp_path / "bad.mid").write_bytes(b"MThd")
    for fault, message in (
        (("--midi", ode, "--programs", "0=orgn"), "Did you mean organ?"),
        (("--midi", ode, "--programs", "9=organ"), "programs has 9"),
        (("--midi", ode, "--programs", "organ"), "must be the number of a program"),
        (("--loudness", "3"), "must be a number from -70 to 0"),
        (("--midi", "bad.mid"), "bad.mid cannot be read as a MIDI file"),
        (("--midi", "empty"), "empty has no MIDI files"),
        (("--midi", "none.mid"), "There is no MIDI file none.mid"),
    ):
        status, _, said = run_here("clip", "--model", "own.skops", *fault, "--out", "x")
        assert status == 2
        assert message in said
        assert not (tmp_path / "x").exists()
