import gzip
import importlib.util
import itertools
import json
import pathlib

import pretty_midi
import pytest

from audiogen.datasets import load_tunes
from audiogen.exceptions import AudioFileError, AudioFileWarning

SCRIPT = pathlib.Path(__file__).parents[2] / "scripts" / "write_tunes.py"


def test_tunes_are_in_key_in_time_and_of_one_voice():
    tunes = load_tunes()
    assert 8 <= len(tunes.data) == len(tunes.frame) == len(tunes.filenames)
    white = {0, 2, 4, 5, 7, 9, 11}
    for tune, row in zip(tunes.data, tunes.frame.itertuples(), strict=True):
        (track,) = tune.instruments
        notes = sorted(track.notes, key=lambda note: note.start)
        assert sum(note.pitch % 12 in white for note in notes) >= 0.8 * len(notes), row.name
        assert notes[-1].pitch % 12 == {"C Major": 0, "A minor": 9}[row.key], row.name
        assert all(abs(a.end - b.start) < 1e-6 for a, b in itertools.pairwise(notes))
        beats = tune.get_end_time() * row.tempo / 60
        assert abs(beats / row.beats - round(beats / row.beats)) < 1e-3, row.name
        assert row.name in tunes.DESCR
    assert "CC0" in tunes.DESCR


def test_the_files_are_what_the_script_writes(tmp_path):
    spec = importlib.util.spec_from_file_location("write_tunes", SCRIPT)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    script.FOLDER = tmp_path
    script.main()
    for path in load_tunes().filenames:
        assert (tmp_path / pathlib.Path(path).name).read_bytes() == pathlib.Path(path).read_bytes()


def test_ode_to_joy_is_the_ode_to_joy():
    tunes = load_tunes()
    ode = tunes.data[tunes.frame.name.tolist().index("ode_to_joy")]
    names = [pretty_midi.note_number_to_name(note.pitch) for note in ode.instruments[0].notes[:15]]
    assert names == [
        "E4",
        "E4",
        "F4",
        "G4",
        "G4",
        "F4",
        "E4",
        "D4",
        "C4",
        "C4",
        "D4",
        "E4",
        "E4",
        "D4",
        "D4",
    ]


def test_own_tunes_of_every_kind(tmp_path):
    tunes = load_tunes().scores
    for i, suffix in enumerate(["mid", "abc", "musicxml"]):
        tunes[i].transpose(i).save(tmp_path / "hymns" / "old" / f"{i}.{suffix}")
    book = "X:1\nT:One\nR:jig\nM:6/8\nK:Edor\nE3|]\n\nX:2\nM:4/4\nK:G\nG4|]\n"
    (tmp_path / "book.abc").write_text(book)
    line = {"metre": [3, 4], "tonic": 0, "mode": "maj", "genre": "waltz"}
    line["sections"] = [{"pickup": [], "bars": [[[0, 72, 60, None, 0]]]}]
    (tmp_path / "more.jsonl.gz").write_bytes(gzip.compress(json.dumps(line).encode()))
    (tmp_path / "notes.txt").write_text("no tune")
    (tmp_path / ".hidden.abc").write_text("broken")
    own = load_tunes(tmp_path)
    assert own.data is own.scores
    assert own.frame.drop(columns=["title", "tempo", "tonic"]).values.tolist() == [
        ["book-1", "E dorian", "dorian", "6/8", "jig"],
        ["book-2", "G major", "major", "4/4", None],
        ["hymns-old-0", "C major", "major", "3/4", "hymns"],
        ["hymns-old-1", "Db major", "major", "4/4", "hymns"],
        ["hymns-old-2", "D major", "major", "4/4", "hymns"],
        ["more", "C major", "major", "3/4", "waltz"],
    ]
    assert own.frame.title.tolist()[:2] == ["One", "book-2"]
    assert [pathlib.Path(name).name for name in own.filenames][:2] == ["book.abc", "book.abc"]
    for i in range(3):
        assert own.scores[2 + i].notes.pitch.tolist() == (tunes[i].notes.pitch + i).tolist()
    one = load_tunes(tmp_path / "book.abc")
    assert one.frame.name.tolist() == ["book-1", "book-2"]


def test_own_tunes_that_cannot_be_read(tmp_path):
    (tmp_path / "a.abc").write_text("X:1\nK:C\nC|]\n\nX:2\nK:H\nC|]\n")
    (tmp_path / "b.mid").write_bytes(b"MThd")
    with pytest.raises(ValueError, match=r"a\.abc cannot be read: tune X:2, K:H is no key"):
        load_tunes(tmp_path)
    with pytest.warns(AudioFileWarning, match="Left out: ") as caught:
        own = load_tunes(tmp_path, errors="warn")
    assert len(caught) == 2
    assert len(own.scores) == 1
    (tmp_path / "a.abc").unlink()
    with (
        pytest.warns(AudioFileWarning, match="Left out: "),
        pytest.raises(ValueError, match="No tune of .* can be read"),
    ):
        load_tunes(tmp_path, errors="warn")
    (tmp_path / "b.mid").unlink()
    with pytest.raises(FileNotFoundError, match=r"no tune below .*\.jsonl"):
        load_tunes(tmp_path)
    with pytest.raises(FileNotFoundError, match="no file"):
        load_tunes(tmp_path / "gone.abc")
    with pytest.raises(FileNotFoundError, match="no file or folder .*gone"):
        load_tunes(tmp_path / "gone")
    with pytest.raises(ValueError, match="'errors' parameter of load_tunes"):
        load_tunes(tmp_path, errors="skip")


def test_files_that_went_away_may_be_left_out(tmp_path):
    (tmp_path / "a.abc").write_text("X:1\nK:C\nCDEF|]\n")
    (tmp_path / "lost.mid").symlink_to(tmp_path / "nowhere.mid")
    with pytest.raises(AudioFileError, match=r"lost\.mid cannot be read"):
        load_tunes(tmp_path)
    with pytest.warns(AudioFileWarning, match=r"lost\.mid cannot be read"):
        assert load_tunes(tmp_path, errors="warn").frame.name.tolist() == ["a"]
