import importlib.util
import itertools
import pathlib

import pretty_midi

from audiogen.datasets import load_tunes

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
