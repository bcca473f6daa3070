"""Scores and the names of chords."""

import json
import pickle

import numpy as np
import pandas as pd
import polars as pl
import pretty_midi
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audiogen.datasets import load_tunes
from audiogen.io import CHORD_QUALITIES, Score, Section, chord_name, parse_chord, read_tunes
from audiogen.io._layout import bar_lines

ONE = {"onset": [0.0], "duration": [1.0], "pitch": [60]}


def test_what_is_missing_is_filled_in_and_notes_are_sorted():
    score = Score({"onset": [1, 0], "duration": [1, 1], "pitch": [60.0, 62]})
    assert score.notes.columns.tolist() == [
        "onset", "duration", "pitch", "velocity", "part", "chord",
    ]  # fmt: skip
    assert score.notes.values.tolist() == [
        [0.0, 1.0, 62, 80, "melody", ""],
        [1.0, 1.0, 60, 80, "melody", ""],
    ]
    assert [str(d) for d in score.notes.dtypes[:4]] == ["float64", "float64", "int64", "int64"]
    assert len(Score({"onset": [], "duration": [], "pitch": []}).notes) == 0


@pytest.mark.parametrize("kind", ["pandas", "polars", "records", "gaps"])
def test_tables_of_any_library(kind):
    columns = {"onset": [0, 1], "duration": [1.0, 2.0], "pitch": [60, 62], "part": ["a", "b"]}
    table = {
        "pandas": pd.DataFrame(columns, index=[5, 3]),
        "polars": pl.DataFrame(columns),
        "records": pd.DataFrame(columns).to_records(index=False),
        "gaps": {**columns, "velocity": [80, None], "chord": [None, ""]},
    }[kind]
    assert Score(table) == Score(columns)
    assert Score(pd.DataFrame({**columns, "velocity": [np.nan, 80.0]})) == Score(columns)


@pytest.mark.parametrize(
    ("metre", "bar", "beat"),
    [
        ((4, 4), 4, 1), ((3, 4), 3, 1), ((6, 8), 3, 1.5), ((9, 8), 4.5, 1.5), ((12, 8), 6, 1.5),
        ((2, 2), 4, 2), ((3, 8), 1.5, 0.5), ((5, 8), 2.5, 0.5), ((2, 4), 2, 1), ((3, 2), 6, 2),
    ],
)  # fmt: skip
def test_bars_and_beats(metre, bar, beat):
    score = Score({**ONE, "onset": [7.5]}, metre=metre, tempo=90, pickup=0.5)
    assert (score.bar, score.beat, score.bpm) == (bar, beat, 90 / beat)
    assert score.n_bars == -(-8 // bar)
    assert score.seconds == pytest.approx(8.5 * 60 / 90)


@pytest.mark.parametrize(
    ("restarts", "n_bars"),
    [([], 5), ([10], 6), ([9], 5), ([1], 6), ([4], 5), ([2, 10], 6), ([40], 5)],
)
def test_bars_are_counted_anew_where_one_is_not_whole(restarts, n_bars):
    """Half a bar or more is a bar of its own; less lengthens the one before."""
    score = Score({**ONE, "onset": [17.5]}, restarts=restarts)
    assert score.n_bars == n_bars
    assert score.n_bars == len(bar_lines(score)) - 1


def test_a_tempo_that_changes():
    """Two quarters at 120, two at 60, the rest at 240."""
    table = {"onset": [0, 1, 3, 5], "duration": [1, 3, 0.5, 3], "pitch": [60] * 4}
    score = Score(table, tempos=[(4, 240), (2, 60)])
    heard = score.to_seconds()
    np.testing.assert_allclose(heard.onset, [0, 0.5, 2, 3.25])
    np.testing.assert_allclose(heard.duration, [0.5, 2.5, 0.5, 0.75])
    assert score.seconds == 4
    assert score.with_tempo(60).tempos == [(2, 30), (4, 120)]
    assert score.with_tempo(60).seconds == 8
    same = score.transpose(2).transpose(-2).replace(title="")
    assert same == score != score.replace(tempos=[])
    assert score.part("melody").to_seconds().equals(heard)


def test_thirds_of_a_beat_end_at_the_bar_line():
    """Twelve times a third is a little more than four in floating point, or less."""
    onsets = np.cumsum([0, *[1 / 3] * 11])
    score = Score({"onset": onsets, "duration": [1 / 3] * 12, "pitch": [60] * 12})
    assert score.n_bars == 1


@pytest.mark.parametrize("mode", ["major", "minor", "dorian", "mixolydian", "lydian", "phrygian"])
def test_keys_are_spelt_as_their_signatures_are(mode):
    names = [Score(ONE, tonic=tonic, mode=mode).key for tonic in range(12)]
    for tonic, name in enumerate(names):
        root = name.split()[0]
        assert parse_chord(root)[0] == tonic
        if mode in ("major", "minor"):
            number = pretty_midi.key_name_to_key_number(f"{root} {mode}")
            assert number % 12 == tonic
    assert names[0] == f"C {mode}"
    assert {"major": "Db", "minor": "C#"}.get(mode, names[1].split()[0]) == names[1].split()[0]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"metre": (5, 0)}, r"'metre' parameter .* Got \(5, 0\)"),
        ({"metre": (4, 3)}, r"power of two"),
        ({"metre": 4}, r"'metre' parameter"),
        ({"metre": (True, 4)}, r"'metre' parameter"),
        ({"tonic": 12}, r"'tonic' parameter .*\[0, 11\]"),
        ({"mode": "locrian"}, r"'mode' parameter .* 'phrygian'. Got 'locrian'"),
        ({"tempo": float("nan")}, r"'tempo' parameter .* Got nan"),
        ({"tempo": 0}, r"'tempo' parameter"),
        ({"tempos": [(0, 60)]}, r"'tempos' .* start after 0.* Got \(0, 60\)"),
        ({"tempos": [(1, 3)]}, r"'tempos' .* from 4 to 1000. Got \(1, 3\)"),
        ({"tempos": [60]}, r"'tempos' parameter .* Got 60"),
        ({"tempos": [(1, 60), (1, 90)]}, r"'tempos' .* two tempos at 1"),
        ({"restarts": [0]}, r"'restarts' .* times after 0.* Got 0"),
        ({"restarts": ["2"]}, r"'restarts' .* Got '2'"),
        ({"pickup": 4}, r"'pickup' parameter .*\[0, 4.0\)"),
        ({"sections": [("A", 2, 1)]}, r"section 'A' must start .* Got 2 to 1"),
        ({"sections": [("A", "x", 1)]}, r"section 'A' must start and end at numbers"),
        ({"sections": ["A"]}, r"must be Section\(name, start, end\)"),
        ({"chords": [(0, 1, "H")]}, r"'H' is no name of a chord"),
        ({"chords": [(0, 2, "C"), (1, 3, "D")]}, r"chord 'C' must end before .* at 1"),
        ({"chords": [(0, float("nan"), "C")]}, r"chord 'C' must start"),
        ({"chords": ["C"]}, r"tuples of start, end and name"),
        ({"notes": {**ONE, "onset": [-1]}}, r"'onset' .* 0 or more. Got -1 in row 0"),
        ({"notes": {**ONE, "onset": [np.nan]}}, r"'onset' .* finite numbers"),
        ({"notes": {**ONE, "duration": [0]}}, r"'duration' .* above 0"),
        ({"notes": {**ONE, "duration": [np.inf]}}, r"'duration' .* finite"),
        ({"notes": {**ONE, "duration": [1e9]}}, r"must end by 100000 quarter notes"),
        ({"notes": {**ONE, "pitch": [128]}}, r"'pitch' .* from 0 to 127. Got 128"),
        ({"notes": {**ONE, "pitch": [60.5]}}, r"'pitch' .* Got 60.5"),
        ({"notes": {**ONE, "pitch": ["H4"]}}, r"'pitch' .* must hold numbers: 'H4' is no"),
        ({"notes": {**ONE, "velocity": [0]}}, r"'velocity' .* 1 to 127. Got 0"),
        ({"notes": {**ONE, "part": [1]}}, r"'part' .* must hold text"),
        ({"notes": {**ONE, "chord": ["X"]}}, r"'X' is no name of a chord"),
        ({"notes": {**ONE, "velocty": [1]}}, r"no column 'velocty'.*Did you mean velocity"),
        ({"notes": {**ONE, "pitch": [60, 61]}}, r"'pitch' .* has 2 rows; 'onset' has 1"),
        ({"notes": {"onset": [0], "pitch": [60]}}, r"no 'duration' among 'onset', 'pitch'"),
    ],
)
def test_bad_values_are_named(changes, said):
    with pytest.raises(ValueError, match=said):
        Score(**{"notes": ONE, **changes})


def test_bad_types_are_named():
    for changes in ({"notes": [[0, 1, 60]]}, {"tempo": "fast"}, {"title": 3}, {"tonic": 1.5}):
        with pytest.raises(TypeError, match=next(iter(changes))):
            Score(**{"notes": ONE, **changes})
    with pytest.raises(ValueError, match="two chords, 'C' and 'G'"):
        Score({"onset": [0, 0], "duration": [1, 1], "pitch": [60, 62], "chord": ["C", "G"]})


def test_chords_of_the_column_and_of_spans():
    table = {"onset": [0, 1, 2, 3], "duration": [1] * 4, "pitch": [60] * 4}
    score = Score({**table, "chord": ["", "Dm", "", "Dmin"]})
    assert score.chords == [(1.0, 4.0, "Dm")]
    assert score.notes.chord.tolist() == ["", "Dm", "Dm", "Dm"]
    score = Score(table, chords=[(0.5, 1.5, "Db"), (3, 5, "G7")])
    assert score.chords == [(0.5, 1.5, "C#"), (3.0, 5.0, "G7")]
    assert score.notes.chord.tolist() == ["", "C#", "", "G7"]
    assert score.length == 5
    # Chords under held notes outlive a change of the notes, unless those name others.
    louder = score.replace(notes=score.notes.assign(velocity=100))
    assert louder.chords == score.chords
    assert score.replace(notes=pd.DataFrame(table)).chords == score.chords
    other = score.replace(notes=score.notes.assign(chord=["C", "", "", "F"]))
    assert other.chords == [(0.0, 3.0, "C"), (3.0, 4.0, "F")]


@settings(deadline=None)
@given(st.integers(-24, 24), st.integers(0, 11), st.sampled_from(list(CHORD_QUALITIES)))
def test_transposition(semitones, root, quality):
    table = {"onset": [0, 0, 1], "duration": [1, 1, 1], "pitch": [60, 38, 64]}
    table["part"] = ["melody", "drums", "melody"]
    score = Score(table, chords=[(0, 2, chord_name(root, quality))], tonic=3, mode="dorian")
    moved = score.transpose(semitones)
    assert moved.transpose(-semitones) == score
    assert moved.part("melody").notes.pitch.tolist() == [60 + semitones, 64 + semitones]
    assert moved.part("drums").notes.pitch.tolist() == [38]
    assert moved.tonic == (3 + semitones) % 12
    assert parse_chord(moved.chords[0][2]) == (
        (root + semitones) % 12, CHORD_QUALITIES[quality],
    )  # fmt: skip


def test_methods_return_new_scores():
    score = Score(ONE, sections=[Section("A", 0, 8)], title="Air")
    before = pickle.loads(pickle.dumps(score))
    assert score.with_tempo(60).seconds == 8
    assert score.replace(mode="minor").key == "C minor"
    assert score.to_seconds().duration.tolist() == [0.5]
    assert score == before != score.transpose(1)
    assert score != "Air"
    with pytest.raises(ValueError, match="no part 'bass', only melody"):
        score.part("bass")
    with pytest.raises(ValueError, match="'pitch' .* Got 160"):
        score.transpose(100)
    with pytest.raises(TypeError, match="unhashable"):
        hash(score)


@settings(deadline=None)
@given(st.integers(-12, 24), st.sampled_from(list(CHORD_QUALITIES)))
def test_names_of_chords_are_read_as_they_are_written(root, quality):
    assert parse_chord(chord_name(root, quality)) == (root % 12, CHORD_QUALITIES[quality])


def test_names_of_chords_that_others_write():
    """Intervals from music21, but for what goes beyond the ten qualities."""
    import music21

    for name in ["Bbm7", "F#maj7", "Gmin7", "Am7b5", "E+", "Db6", "Bsus4", "Cdim", "Abm", "D7"]:
        root, intervals = parse_chord(name)
        symbol = music21.harmony.ChordSymbol(name.replace("b", "-", name[1:2] == "b"))
        assert root == symbol.root().pitchClass
        assert set(intervals) == {(p.pitchClass - root) % 12 for p in symbol.pitches}, name
    others = {
        "C9": "7", "Fmaj9": "maj7", "Dm11": "m7", "G7b9": "7", "E7#9": "7", "Aadd9": "",
        "Em/B": "m", "C6/9": "6", "C/E": "", "Bø": "m7b5", "F°7": "dim", "CΔ": "maj7",
        "G7sus4": "sus4", "Am(maj7)": "m", "E5": "",
    }  # fmt: skip
    for name, quality in others.items():
        assert parse_chord(name)[1] == CHORD_QUALITIES[quality], name
    for name in ["", "H", "Fine", "slow", "D.C.", "Xm", "7", "cm", "Cfoo"]:
        with pytest.raises(ValueError, match="is no name of a chord"):
            parse_chord(name)
    with pytest.raises(ValueError, match="'quality' parameter of chord_name"):
        chord_name(0, "min")


LINE = {
    "metre": [2, 4], "full": 48, "tonic": 2, "mode": "dor", "genre": "reel", "title": "Two",
    "source": "book", "split": "train", "licence": "none",
    "sections": [
        {"pickup": [[36, 12, 69, None, 0]],
         "bars": [[[0, 24, 74, [2, "min"], 0], [24, 24, 72, None, 0]],
                  [[0, 24, 72, [7, "dom"], 1], [24, 24, None, [0, "hdim"], 0]]],
         "repeat": True},
        {"pickup": [[42, 6, 71, None, 0]], "bars": [[[0, 48, 69, [9, "min"], 0]]]},
        {"pickup": [], "bars": [[[0, 48, 62, None, 0]]]},
    ],
}  # fmt: skip


def test_lines_of_json(tmp_path):
    path = tmp_path / "tunes.jsonl"
    path.write_text(json.dumps(LINE) + "\n\n" + json.dumps({**LINE, "mode": "min", "genre": None}))
    (score, about), (_, other) = read_tunes(path)
    rows = score.notes[["onset", "duration", "pitch", "chord"]].values.tolist()
    assert rows == [
        [0.0, 0.5, 69, ""],
        [0.5, 1.0, 74, "Dm"],
        [1.5, 2.0, 72, "Dm"],  # tied over the bar line
        [4.25, 0.25, 71, "Cm7b5"],  # the next section's pickup, which ends this one
        [4.5, 2.0, 69, "Am"],
        [6.5, 2.0, 62, "Am"],
    ]
    assert score.chords == [
        (0.5, 2.5, "Dm"), (2.5, 3.5, "G7"), (3.5, 4.5, "Cm7b5"), (4.5, 8.5, "Am"),
    ]  # fmt: skip
    assert (score.pickup, score.n_bars, score.title, score.key) == (0.5, 4, "Two", "D dorian")
    assert score.sections == [("A", 0.0, 4.5), ("B", 4.5, 6.5), ("C", 6.5, 8.5)]
    assert about == {"genre": "reel", "split": "train", "source": "book", "year": None}
    assert other["genre"] is None


def test_the_scores_of_the_bundled_tunes_are_their_midi():
    tunes = load_tunes()
    for score, tune, row in zip(tunes.scores, tunes.data, tunes.frame.itertuples(), strict=True):
        notes = sorted(tune.instruments[0].notes, key=lambda note: note.start)
        seconds = score.to_seconds()
        assert seconds.pitch.tolist() == [note.pitch for note in notes]
        np.testing.assert_allclose(seconds.onset, [note.start for note in notes], atol=1e-3)
        assert (score.title, score.tempo, score.key.lower()) == (
            row.title, row.tempo, row.key.lower(),
        )  # fmt: skip
        assert (score.metre[0], score.parts) == (row.beats, ["melody"])
