"""What files of scores keep, and what is said of files that are none."""

import contextlib
import pathlib
import subprocess
import sys
import tempfile
from fractions import Fraction
from xml.etree import ElementTree

import mido
import numpy as np
import pretty_midi
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audiogen.datasets import load_tunes
from audiogen.exceptions import AudioFileWarning
from audiogen.io import CHORD_QUALITIES, Score, chord_name, read_tunes

METRES = [(4, 4), (3, 4), (6, 8), (9, 8), (2, 2), (5, 4), (2, 4)]
TEMPOS = [[], [(0.5, 80)], [(0.25, 150), (0.75, 61.5)]]  # where, as a share of the length
COLUMNS = ("onset", "duration", "pitch", "velocity", "part")
MODES = ["major", "minor", "dorian", "mixolydian", "lydian", "phrygian"]
times = st.sampled_from([Fraction(1, d) for d in (1, 2, 3, 4, 6, 8, 12, 5)]).flatmap(
    lambda step: st.integers(1, 9).map(lambda n: n * step)
)


@st.composite
def lines(draw, part, pitches):
    """Draw a line of notes of a part, with gaps, that do not overlap."""
    now, rows = Fraction(0), []
    for _ in range(draw(st.integers(1, 6))):
        now += draw(st.one_of(st.just(Fraction(0)), times))
        duration = draw(times)
        chord = draw(st.sets(pitches, min_size=1, max_size=2))
        velocity = draw(st.integers(1, 127))
        rows += [(float(now), float(duration), pitch, velocity, part) for pitch in sorted(chord)]
        now += duration
    return rows


@st.composite
def scores(draw):
    """Draw a score of one to three parts with chords, and sections one after the other."""
    parts = draw(st.lists(st.sampled_from(["melody", "bass", "drums"]), min_size=1, unique=True))
    rows = [row for part in parts for row in draw(lines(part, st.integers(24, 96)))]
    columns = ("onset", "duration", "pitch", "velocity", "part")
    table = {name: [row[i] for row in rows] for i, name in enumerate(columns)}
    length = max(row[0] + row[1] for row in rows)
    metre = draw(st.sampled_from(METRES))
    bar = Fraction(4 * metre[0], metre[1])
    pickup = draw(st.sampled_from([Fraction(0), Fraction(1, 2), Fraction(1), Fraction(3, 4)]))
    chords, now = [], 0.0
    for duration in draw(st.lists(times, max_size=4)):
        end = min(now + float(duration), length)
        root, quality = draw(st.integers(0, 11)), draw(st.sampled_from(list(CHORD_QUALITIES)))
        if end > now + 1e-6:
            chords.append((now, end, chord_name(root, quality)))
        now = end
    half = float(Fraction(length).limit_denominator(960) // 2)
    halves = [("A", 0, half), ("B", half, length)] if half else [("A", 0, length)]
    return Score(
        table,
        metre=metre,
        tonic=draw(st.integers(0, 11)),
        mode=draw(st.sampled_from(MODES)),
        tempo=draw(st.sampled_from([60, 66.6, 92.5, 120, 144, 200])),
        tempos=[(start * length, tempo) for start, tempo in draw(st.sampled_from(TEMPOS))],
        pickup=float(pickup) if pickup < bar and pickup < length else 0.0,
        chords=chords,
        sections=draw(st.sampled_from([[], halves])),
        title=draw(st.sampled_from(["", "Air", "Naïve 100%", '"The" <Rose> & more'])),
    )


def key_of(row):
    return (row.part, round(row.onset, 4), row.pitch, round(row.duration, 4))


def assert_same(read, written, *, velocity=True, chords=True):
    """Compare all that a format keeps."""
    for name in ("metre", "tonic", "mode", "title"):
        assert getattr(read, name) == getattr(written, name), name
    assert abs(read.tempo - written.tempo) < 1e-3
    changes = [score.seconds_at([0.5, 2, score.length]) for score in (read, written)]
    assert max(abs(changes[0] - changes[1])) < 2e-3
    assert len(read.tempos) == len(written.tempos)
    assert abs(read.pickup - written.pickup) < 1e-6
    a = sorted(map(key_of, read.notes.itertuples()))
    b = sorted(map(key_of, written.notes.itertuples()))
    assert len(a) == len(b)
    for left, right in zip(a, b, strict=True):
        assert left[0] == right[0]
        assert left[2] == right[2]
        assert abs(left[1] - right[1]) < 1.1e-3
        assert abs(left[3] - right[3]) < 2.2e-3
    if velocity:
        key = ["part", "pitch", "onset"]
        ours, theirs = (s.notes.round(2).sort_values(key).velocity for s in (read, written))
        assert ours.tolist() == theirs.tolist()
    if chords:
        assert_spans(read.chords, written.chords)
    assert_spans([s[1:] + s[:1] for s in read.sections], [s[1:] + s[:1] for s in written.sections])


def assert_spans(read, written):
    assert [span[2] for span in read] == [span[2] for span in written]
    for a, b in zip(read, written, strict=True):
        assert abs(a[0] - b[0]) < 1.1e-3
        assert abs(a[1] - b[1]) < 1.1e-3


def round_trip(score, suffix):
    with tempfile.TemporaryDirectory() as folder:
        return Score.read(score.save(pathlib.Path(folder) / f"score{suffix}"))


@settings(max_examples=60, deadline=None)
@given(scores())
def test_midi_keeps_all_but_chords(score):
    assert_same(round_trip(score, ".mid"), score, chords=False)


@settings(max_examples=60, deadline=None)
@given(scores())
def test_abc_keeps_all_but_velocity(score):
    assert_same(round_trip(score, ".abc"), score, velocity=False)


@settings(max_examples=10, deadline=None)
@given(scores())
def test_musicxml_keeps_all(score):
    assert_same(round_trip(score, ".musicxml"), score)


eighths = st.integers(0, 12).map(lambda n: n / 2)
crowds = st.lists(
    st.tuples(eighths, eighths.map(lambda n: n + 0.5), st.integers(60, 61), st.integers(79, 80),
              st.sampled_from(["melody", "melody", "drums"])),
    min_size=2, max_size=8,
).map(lambda rows: Score(dict(zip(COLUMNS, zip(*rows, strict=True), strict=True))))  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(crowds)
def test_midi_keeps_which_of_the_notes_of_one_pitch_ends_when(score):
    assert round_trip(score, ".mid") == score


def test_musicxml_keeps_which_of_the_notes_of_one_pitch_ends_when():
    rng = np.random.default_rng(0)
    rows = np.stack([rng.integers(0, 40, 40) / 2, rng.integers(1, 16, 40) / 2,
                     rng.integers(60, 63, 40), rng.integers(79, 81, 40)])  # fmt: skip
    score = Score(dict(zip(COLUMNS, rows, strict=False)))
    read, written = (s.notes[list(COLUMNS)] for s in (round_trip(score, ".musicxml"), score))
    assert sorted(read.to_numpy().tolist()) == sorted(written.to_numpy().tolist())


def test_notes_of_one_pitch_of_other_programs_end_in_the_order_of_their_beginnings(tmp_path):
    """Their ends have any velocity, most often 0 or 64."""
    for release in (0, 64, 127):
        file = mido.MidiFile(ticks_per_beat=480)
        events = [("note_on", 80, 0), ("note_on", 90, 480), ("note_off", release, 480),
                  ("note_off", release, 960)]  # fmt: skip
        messages = [mido.Message(k, note=60, velocity=v, time=t) for k, v, t in events]
        file.tracks.append(mido.MidiTrack(messages))
        file.save(tmp_path / "a.mid")
        notes = Score.read(tmp_path / "a.mid").notes
        assert notes.duration.tolist() == [2, 3]
        assert notes.velocity.tolist() == [80, 90]


@pytest.mark.parametrize("suffix", [".mid", ".abc", ".musicxml"])
def test_the_bundled_tunes_are_the_same_in_every_format(suffix):
    for score in load_tunes().scores[::3]:
        assert_same(round_trip(score, suffix), score, velocity=suffix != ".abc")


@settings(max_examples=20, deadline=None)
@given(scores())
def test_pretty_midi_hears_the_same(score):
    with tempfile.TemporaryDirectory() as folder:
        tune = pretty_midi.PrettyMIDI(str(score.save(pathlib.Path(folder) / "a.mid")))
    heard = sorted(
        (n.pitch, n.velocity, n.start, n.end) for t in tune.instruments for n in t.notes
    )
    table = score.to_seconds()
    ours = zip(table.pitch, table.velocity, table.onset, table.onset + table.duration, strict=True)
    for a, b in zip(heard, sorted(ours), strict=True):
        assert a[:2] == b[:2]
        assert a[2:] == pytest.approx(b[2:], abs=2e-3)
    assert {t.name: t.is_drum for t in tune.instruments} == {p: p == "drums" for p in score.parts}
    numerators = [(c.numerator, c.denominator) for c in tune.time_signature_changes]
    assert numerators[-1] == score.metre
    # What pretty_midi writes again is read as the same music.
    with tempfile.TemporaryDirectory() as folder:
        tune.write(f"{folder}/b.mid")
        again = Score.read(f"{folder}/b.mid")
    assert again.parts == score.parts
    assert again.notes.pitch.sum() == score.notes.pitch.sum()


def test_programs_are_those_asked_for(tmp_path):
    score = Score({"onset": [0, 0], "duration": [1, 1], "pitch": [60, 40], "part": ["a", "bass"]})
    path = score.save(tmp_path / "a.mid", programs={"bass": 33})
    programs = {t.name: t.program for t in pretty_midi.PrettyMIDI(str(path)).instruments}
    assert programs == {"a": 0, "bass": 33}
    with pytest.raises(ValueError, match="name 'bas', which is no part.*Did you mean bass"):
        score.save(tmp_path / "a.mid", programs={"bas": 33})
    with pytest.raises(ValueError, match="program of 'bass' must be .* 0 to 127. Got 128"):
        score.save(tmp_path / "a.mid", programs={"bass": 128})
    with pytest.raises(ValueError, match="are for MIDI files"):
        score.save(tmp_path / "a.abc", programs={"bass": 33})


def midi(path, *tracks, **header):
    file = mido.MidiFile(**header)
    for track in tracks:
        file.tracks.append(mido.MidiTrack(track))
    file.save(path)
    return path


def note(pitch, ticks, wait=0, channel=0):
    on = mido.Message("note_on", note=pitch, velocity=70, time=wait, channel=channel)
    return [on, mido.Message("note_off", note=pitch, time=ticks, channel=channel)]


def test_a_tempo_that_changes_moves_no_note(tmp_path):
    """Four quarters at 120, four at 60, told on the second track: 2 + 4 seconds."""
    slow = mido.MetaMessage("set_tempo", tempo=1_000_000, time=400)
    notes = [message for i in range(8) for message in note(60 + i, 100)]
    path = midi(tmp_path / "a.mid", notes, [slow], ticks_per_beat=100)
    score = Score.read(path)
    assert score.notes.onset.tolist() == list(range(8))
    assert (score.tempo, score.tempos) == (120, [(4, 60)])
    assert score.seconds == 6
    assert score.to_seconds().onset.tolist() == [0, 0.5, 1, 1.5, 2, 3, 4, 5]


def test_of_a_tempo_that_no_score_can_have_the_mean_is_kept(tmp_path):
    still = mido.MetaMessage("set_tempo", tempo=16_000_000)  # 3.75 a minute
    on = mido.MetaMessage("set_tempo", tempo=500_000, time=100)
    notes = [message for i in range(8) for message in note(60 + i, 100)]
    score = Score.read(midi(tmp_path / "a.mid", notes, [still, on], ticks_per_beat=100))
    assert score.tempos == []
    assert score.seconds == pytest.approx(16 + 7 / 2, rel=1e-4)


def test_bars_that_are_not_whole_are_kept(tmp_path):
    """A pickup, a bar of 2/4 after two of 4/4, and a bar of 5/4; pretty_midi counts the bars."""
    table = {"onset": range(20), "duration": [1] * 20, "pitch": [60] * 20}
    score = Score(table, pickup=1, restarts=[11, 16], tempos=[(11, 60)])
    downbeats = [1, 5, 9, 11, 16]
    path = score.save(tmp_path / "a.mid")
    assert Score.read(path) == score
    heard = pretty_midi.PrettyMIDI(str(path)).get_downbeats()
    np.testing.assert_allclose(heard, score.seconds_at([0, *downbeats]), atol=2e-3)
    music = score.save(tmp_path / "a.abc").read_text().split("V:1\n")[1]
    assert [bar.count("c") + bar.count("C") for bar in music.split("|")[:-1]] == [1, 4, 4, 2, 5, 4]
    measures = ElementTree.parse(score.save(tmp_path / "a.xml")).iter("measure")
    assert [len(measure.findall("note")) for measure in measures] == [1, 4, 4, 2, 5, 4]
    for suffix in ("abc", "xml"):
        pytest.importorskip("music21")
        assert Score.read(tmp_path / f"a.{suffix}").replace(restarts=[11, 16]) == score


def test_tracks_and_channels_are_parts(tmp_path):
    first = [mido.MetaMessage("track_name", name="Piano"), *note(60, 10), *note(36, 10, channel=9)]
    second = [mido.MetaMessage("track_name", name="Piano"), *note(48, 10)]
    path = midi(tmp_path / "a.mid", [], first, second, note(50, 10), type=1)
    assert sorted(Score.read(path).parts) == ["Piano", "Piano 2", "drums", "part"]
    path = midi(tmp_path / "b.mid", first, type=0)
    score = Score.read(path)
    assert (score.title, score.parts) == ("Piano", ["melody", "drums"])


def test_odd_midi_files(tmp_path):
    hanging = [mido.Message("note_on", note=60, velocity=9), *note(62, 480)]
    score = Score.read(midi(tmp_path / "a.mid", hanging))
    assert score.notes.pitch.tolist() == [60, 62]
    assert score.notes.duration.tolist() == [1, 1]
    far = note(60, 2**28 - 1) * 3
    with pytest.raises(ValueError, match=r"b\.mid cannot be read: .* end by 100000"):
        Score.read(midi(tmp_path / "b.mid", far, ticks_per_beat=1))
    film = midi(tmp_path / "c.mid", note(60, 10)).read_bytes()
    (tmp_path / "c.mid").write_bytes(film[:12] + b"\xe7\x28" + film[14:])
    with pytest.raises(ValueError, match="SMPTE"):
        Score.read(tmp_path / "c.mid")


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.mid", b"", "cannot be read"),
        ("a.mid", b"MThd", "cannot be read"),
        ("a.mid", b"RIFF0000", "cannot be read"),
        ("a.abc", b"", "no field K:"),
        ("a.abc", b"X:1\nT:Gone\nK:C\n", "no notes in 'Gone'"),
        ("a.abc", b"X:1\nM:0/0\nK:C\nC", "M:0/0 is no metre"),
        ("a.abc", b"X:1\nK:Q\nC", "K:Q is no key"),
        ("a.abc", b"X:7\nL:1/0\nK:C\nC", "tune X:7, L:1/0 is no length"),
        ("a.abc", b"X:1\nK:C\nC\xa7", "is no ABC notation"),
        ("a.abc", b"X:1\nK:C\nC/0", "is no length of a note"),
        ("a.abc", b"X:1\nP:(((A99)99)99)\nK:C\nP:A\nC", "more than 1000 sections"),
        ("a.abc", b"X:1\nK:C\nCZ99999", "more than 10000 bars"),
        ("a.abc", b"X:1\nK:C\n[1-999 " + b"C|" * 25 + b"C:|", "more than 20000 bars"),
        ("a.musicxml", b"", "cannot be read"),
        ("a.musicxml", b"<score-partwise/>", "cannot be read"),
        ("a.xml", b"<html><body/></html>", "cannot be read"),
        ("a.mxl", b"PK\3\4 broken", "cannot be read"),
        ("a.jsonl", b"", "0 tunes"),
        ("a.jsonl", b"{", "line 1 is no tune"),
        ("a.jsonl", b"[]\n", "line 1 is no tune"),
        ("a.jsonl.gz", b"no gzip", "cannot be read"),
    ],
)
def test_a_bad_file_is_named(tmp_path, name, data, said):
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(ValueError, match=said) as caught:
        Score.read(path)
    assert str(path) in str(caught.value)


def test_paths_that_are_no_files_of_scores(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no file .*gone\.abc"):
        Score.read(tmp_path / "gone.abc")
    with pytest.raises(ValueError, match=r"a\.txt must end in one of \.mid"):
        Score.read(tmp_path / "a.txt")
    (tmp_path / "b.mid").mkdir()
    with pytest.raises(IsADirectoryError, match="load_tunes"):
        Score.read(tmp_path / "b.mid")
    score = load_tunes().scores[0]
    with pytest.raises(ValueError, match=r"a\.mxl must end in one of"):
        score.save(tmp_path / "a.mxl")
    with pytest.raises(IsADirectoryError):
        score.save(tmp_path / "b.mid")
    assert [p.name for p in tmp_path.iterdir()] == ["b.mid"]


def test_damaged_bytes_are_an_error_or_music(tmp_path):
    whole = load_tunes().scores[0].save(tmp_path / "a.mid").read_bytes()
    for i in range(0, len(whole), 7):
        (tmp_path / "a.mid").write_bytes(whole[:i] + bytes([whole[i] ^ 0xFF]) + whole[i + 1 :])
        with contextlib.suppress(ValueError):
            assert len(Score.read(tmp_path / "a.mid").notes)


def test_several_tunes_and_bad_ones_left_out(tmp_path):
    path = tmp_path / "book.abc"
    path.write_text("M:6/8\nR:jig\n\nX:1\nK:D\nd|]\n\nX:2\nK:H\nd|]\n\nX:3\nR:reel\nK:G\nd|]\n")
    with pytest.raises(ValueError, match="tune X:2, K:H is no key"):
        read_tunes(path)
    with pytest.warns(AudioFileWarning, match=r"Left out: .*book\.abc.* tune X:2"):
        tunes = read_tunes(path, errors="warn")
    assert [(s.key, s.metre, about["genre"]) for s, about in tunes] == [
        ("D major", (6, 8), "jig"),
        ("G major", (6, 8), "reel"),
    ]
    with pytest.raises(ValueError, match="'errors' parameter of read_tunes"):
        read_tunes(path, errors="skip")
    path.write_text("X:1\nK:D\nd|]\n\nX:2\nK:G\nd|]\n")
    with pytest.raises(ValueError, match="holds 2 tunes"):
        Score.read(path)


def test_without_music21_the_line_to_type_is_said(tmp_path):
    path = load_tunes().scores[0].save(tmp_path / "a.musicxml")
    code = (
        "import sys; sys.modules['music21'] = None\nfrom audiogen.io import Score\n"
        f"try: Score.read({str(path)!r})\nexcept ModuleNotFoundError as e: print(e)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "pip install 'audiogen-learn[scores]'" in done.stdout


@pytest.mark.parametrize("suffix", [".abc", ".musicxml"])
@pytest.mark.parametrize("end", [4.0, 7 / 3, 8 / 7])
def test_notes_that_begin_just_before_the_end_are_written(tmp_path, suffix, end):
    late = [end - 2e-4, end - 1e-4, end - 1e-4]
    notes = {"onset": [0, *late], "duration": [1, 2e-4, 1e-4, 1e-4], "pitch": [60, 62, 64, 65]}
    path = Score(notes).save(tmp_path / f"a{suffix}")
    read = Score.read(path).notes
    assert sorted(read.pitch) == [60, 62, 64, 65]
    np.testing.assert_allclose(sorted(read.onset)[1:], late, atol=2e-3)
    np.testing.assert_allclose((read.onset + read.duration).max(), end, atol=1e-3)
