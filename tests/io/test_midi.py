import io

import mido
import numpy as np
import pretty_midi
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audiogen.io import Score, read_midi, write_midi


def track(ticks, resolution):
    """Return a file of one note that lasts so many ticks."""
    size = bytes([0x80 | ticks >> 21 & 0x7F, 0x80 | ticks >> 14 & 0x7F,
                  0x80 | ticks >> 7 & 0x7F, ticks & 0x7F])  # fmt: skip
    events = bytes.fromhex("00903c40") + size + bytes.fromhex("803c40 00ff2f00")
    header = b"MThd" + bytes([0, 0, 0, 6, 0, 0, 0, 1]) + resolution.to_bytes(2, "big")
    return header + b"MTrk" + len(events).to_bytes(4, "big") + events


@pytest.mark.parametrize(("ticks", "resolution"), [(900_000, 32767), (7_000_000, 960)])
def test_long_files_and_fine_ones_are_read(tmp_path, ticks, resolution):
    (tmp_path / "a.mid").write_bytes(track(ticks, resolution))
    (note,) = read_midi(tmp_path / "a.mid").instruments[0].notes
    assert note.end == pytest.approx(ticks / resolution / 2)


def test_a_short_file_does_not_fill_the_memory(tmp_path):
    """65,534 ticks a second are rounded to 40,000."""
    (tmp_path / "a.mid").write_bytes(track(9_000_000, 32767))
    tune = read_midi(tmp_path / "a.mid")
    assert 19_900 < tune.resolution < 20_001
    assert tune.instruments[0].notes[0].end == pytest.approx(9_000_000 / 32767 / 2, abs=1e-4)
    (tmp_path / "b.mid").write_bytes(track(200_000_000, 100))
    with pytest.raises(ValueError, match=r"b\.mid cannot be .*claims to last for 2,000,000 quart"):
        read_midi(tmp_path / "b.mid")


def test_hours_at_many_ticks_are_rounded_to_fewer(tmp_path):
    """Three hours and a half: 24 million ticks, of which pretty_midi reads ten."""
    events = [(0, 60), (1, 0), (24_000_000, 62), (24_000_480, 0)]
    messages, now = mido.MidiTrack(), 0
    for tick, pitch in events:
        kind, note = ("note_on", pitch) if pitch else ("note_off", 60 if tick == 1 else 62)
        messages.append(mido.Message(kind, note=note, time=tick - now))
        now = tick
    mido.MidiFile(tracks=[messages], ticks_per_beat=960).save(tmp_path / "long.mid")
    tune = read_midi(tmp_path / "long.mid")
    first, last = tune.instruments[0].notes
    coarsest = 0.5 / tune.resolution
    assert coarsest < 0.0013
    assert 0 < first.end - first.start <= coarsest  # it does not vanish
    assert last.start == pytest.approx(12_500, abs=coarsest)
    assert last.end - last.start == pytest.approx(0.25, abs=2 * coarsest)


def test_notes_that_nothing_ends_are_read(tmp_path):
    """As drum machines write them: each lasts until it is struck again, or a beat at the end."""
    tune = mido.MidiFile(ticks_per_beat=100)
    hits = [mido.Message("note_on", channel=9, note=36 + i % 2, time=50) for i in range(4)]
    held = [mido.Message("note_on", note=60), mido.Message("note_off", note=60, time=50)]
    tune.tracks += [mido.MidiTrack(hits), mido.MidiTrack(held)]
    tune.save(tmp_path / "a.mid")
    notes = [n for part in read_midi(tmp_path / "a.mid").instruments for n in part.notes]
    found = sorted((n.pitch, n.start, n.end) for n in notes)
    expected = [(36, 0.25, 0.75), (36, 0.75, 1.25), (37, 0.5, 1.0), (37, 1.0, 1.5), (60, 0, 0.25)]
    assert [x for row in found for x in row] == pytest.approx([x for row in expected for x in row])


def test_a_score_has_the_notes_of_the_tune(tmp_path):
    """At 60 a minute seconds are quarter notes; of two notes that one event ends, both end."""
    tune = mido.MidiFile(ticks_per_beat=100)
    struck = [mido.Message("note_on", note=60, time=100) for _ in range(2)]
    struck += [mido.Message("note_off", note=60, time=50), mido.Message("note_on", note=64)]
    tempo = mido.MetaMessage("set_tempo", tempo=1_000_000)
    tune.tracks.append(mido.MidiTrack([tempo, *struck]))
    tune.save(tmp_path / "a.mid")
    louder = (tmp_path / "a.mid").read_bytes().replace(b"\x40\x40", b"\x40\x90")
    (tmp_path / "a.mid").write_bytes(louder)  # a velocity of 144
    notes = read_midi(tmp_path / "a.mid").instruments[0].notes
    expected = [(60, 64, 1, 2.5), (60, 64, 2, 2.5), (64, 127, 2.5, 3.5)]
    found = sorted((n.pitch, n.velocity, n.start, n.end) for n in notes)
    np.testing.assert_allclose(found, expected)
    read = Score.read(tmp_path / "a.mid").notes
    rows = zip(read.pitch, read.velocity, read.onset, read.onset + read.duration, strict=True)
    np.testing.assert_allclose(sorted(rows), expected)


def save(path, *tracks, **options):
    """Write a file at 60 a minute, of 100 ticks a quarter note, which is a second."""
    tempo = mido.MetaMessage("set_tempo", tempo=1_000_000)
    mido.MidiFile(
        tracks=[mido.MidiTrack([tempo]), *map(mido.MidiTrack, tracks)],
        ticks_per_beat=100,
        **options,
    ).save(path)
    return path


def message(kind, value, time=0, channel=0):
    if kind == "control_change":
        return mido.Message(kind, control=value, value=0, time=time, channel=channel)
    return mido.Message(kind, note=value, time=time, channel=channel)


def notes_of(source):
    """Return the notes of a file, the same by both readers: pitch, start and end in seconds."""
    found = sorted(
        (n.pitch, n.start, n.end) for i in read_midi(source).instruments for n in i.notes
    )
    read = Score.read(source).notes
    rows = zip(read.pitch, read.onset, read.onset + read.duration, strict=True)
    np.testing.assert_allclose(found, sorted(rows), atol=1e-9)
    return [tuple(round(float(value), 6) for value in row) for row in found]


@pytest.mark.parametrize("number", [120, 123, 126])
@pytest.mark.parametrize("elsewhere", [False, True])
def test_controllers_that_end_all_notes_of_a_channel(tmp_path, number, elsewhere):
    silence = message("control_change", number, 100)
    held = [message("note_on", 60), message("note_on", 64, channel=1)]
    rest = [message("note_on", 60, 100), message("note_off", 60, 50), message("note_on", 72, 50)]
    if elsewhere:
        rest[0].time = 200
        tracks = [[*held, *rest], [silence]]
    else:
        tracks = [[*held, silence, *rest]]
    path = save(tmp_path / "a.mid", *tracks)
    assert notes_of(path) == [(60, 0, 1), (60, 2, 2.5), (64, 0, 3), (72, 3, 4)]


def test_notes_that_are_struck_twice_before_silence(tmp_path):
    twice = [message("note_on", 60), message("note_on", 60, 50)]
    path = save(tmp_path / "a.mid", [*twice, message("control_change", 123, 50)])
    assert notes_of(path) == [(60, 0, 0.5), (60, 0.5, 1)]


def test_notes_of_no_length_last_a_tick(tmp_path):
    """Where one is struck again at once, the two are one; an end too many ends nothing."""

    def hit(pitch, time=0):
        return [message("note_on", pitch, time), message("note_off", pitch)]

    plain = [message("note_on", 60), message("note_off", 60, 100)]
    path = save(tmp_path / "a.mid", [*hit(38), *hit(38, 100), message("note_off", 38), *plain])
    assert notes_of(path) == [(38, 0, 0.01), (38, 1, 1.01), (60, 1, 2)]
    again = [message("note_on", 60), message("note_off", 60, 100), *hit(60), *plain]
    assert notes_of(save(tmp_path / "b.mid", again)) == [(60, 0, 1), (60, 1, 2)]
    near = [*hit(60), message("note_on", 60, 1), message("note_off", 60, 100)]
    assert notes_of(save(tmp_path / "c.mid", near)) == [(60, 0, 0.01), (60, 0.01, 1.01)]


def test_notes_struck_twice_at_once_end_together(tmp_path):
    """The end between them is that of the note before."""
    on, off = (message(kind, 60) for kind in ("note_on", "note_off"))
    path = save(tmp_path / "a.mid", [on, on.copy(time=100), on, off])
    assert notes_of(path) == [(60, 0, 1), (60, 1, 2), (60, 1, 2)]


EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["note_on", "note_off"]), st.sampled_from([60, 62]), st.integers(0, 3)
    ),
    min_size=1,
    max_size=12,
)


@settings(deadline=None, max_examples=25)
@given(EVENTS)
def test_every_stroke_is_a_note_but_for_one_struck_again_at_once(tmp_path_factory, events):
    path = tmp_path_factory.mktemp("midi") / "a.mid"
    save(path, [message(kind, pitch, 100 * time) for kind, pitch, time in events])
    found = [(n.pitch, n.start) for i in read_midi(path).instruments for n in i.notes]
    now, strokes = 0, set()
    for kind, pitch, time in events:
        now += time
        if kind == "note_on":
            strokes.add((pitch, now))
    assert {(pitch, round(start)) for pitch, start in found} == strokes
    assert all(n.end > n.start for i in read_midi(path).instruments for n in i.notes)


@pytest.mark.parametrize("division", [1, 24, 15_360, 32_767])
def test_every_division_is_read(tmp_path, division):
    """Half a minute, of a million ticks."""
    (tmp_path / "a.mid").write_bytes(track(60 * division, division))
    (note,) = read_midi(tmp_path / "a.mid").instruments[0].notes
    assert note.end == pytest.approx(30)
    assert Score.read(tmp_path / "a.mid").notes.duration.tolist() == [60]


@pytest.mark.parametrize("minor", [0, 1])
def test_every_key_signature_is_read(tmp_path, minor):
    for fifths in range(-7, 8):
        data = track(100, 100)
        key = bytes([0, 0xFF, 0x59, 2, fifths & 255, minor])
        place = data.index(b"MTrk") + 4
        length = int.from_bytes(data[place : place + 4], "big") + len(key)
        data = data[:place] + length.to_bytes(4, "big") + key + data[place + 4 :]
        (tmp_path / "a.mid").write_bytes(data)
        tonic = (7 * fifths - 3 * minor) % 12
        (found,) = read_midi(tmp_path / "a.mid").key_signature_changes
        assert found.key_number == tonic + 12 * minor
        score = Score.read(tmp_path / "a.mid")
        assert (score.tonic, score.mode) == (tonic, "minor" if minor else "major")


@pytest.mark.parametrize(("sharps", "mode"), [(9, 0), (2, 255), (0xF8, 1)])
def test_keys_that_there_are_not_are_left_out(tmp_path, sharps, mode):
    none = bytes([0, 0xFF, 0x59, 2, sharps, mode])
    legal = bytes([0, 0xFF, 0x59, 2, 0xFD, 0])
    file = track(480, 480)
    begin = file.index(b"\x00\x90")
    events = none + legal + file[begin:]
    (tmp_path / "a.mid").write_bytes(file[: begin - 4] + len(events).to_bytes(4, "big") + events)
    tune = read_midi(tmp_path / "a.mid")
    assert [key.key_number for key in tune.key_signature_changes] == [3]  # E flat major
    assert [(note.pitch, note.end) for note in tune.instruments[0].notes] == [(60, 0.5)]


@pytest.mark.parametrize(("microseconds", "tempo"), [(0xFFFFFF, 4), (1, 1000)])
def test_tempos_that_no_score_has_are_the_nearest(tmp_path, microseconds, tempo):
    events = [
        mido.MetaMessage("set_tempo", tempo=microseconds),
        message("note_on", 60), message("note_off", 60, 100),
    ]  # fmt: skip
    score = Score.read(save(tmp_path / "a.mid", events))
    assert (score.tempo, len(score.notes)) == (tempo, 1)


def test_tempos_and_metres_of_0_are_left_out(tmp_path):
    held = [message("note_on", 60), message("note_off", 60, 100)]
    impossible = [mido.MetaMessage("set_tempo", tempo=0, time=50), *held]
    save(tmp_path / "a.mid", impossible)
    assert notes_of(tmp_path / "a.mid") == [(60, 0.5, 1.5)]
    save(tmp_path / "b.mid", [mido.MetaMessage("time_signature", numerator=3), *held])
    data = (tmp_path / "b.mid").read_bytes().replace(b"\xff\x58\x04\x03", b"\xff\x58\x04\x00")
    (tmp_path / "b.mid").write_bytes(data)
    assert notes_of(tmp_path / "b.mid") == [(60, 0, 1)]


def test_metres_that_no_score_has_are_left_out(tmp_path):
    odd = [mido.MetaMessage("time_signature", numerator=255, denominator=64)]
    held = [message("note_on", 60), message("note_off", 60, 100)]
    path = save(tmp_path / "a.mid", odd + held)
    assert notes_of(path) == [(60, 0, 1)]
    assert Score.read(path).metre == (4, 4)


def test_tunes_are_read_from_open_files_and_objects_of_others(tmp_path):
    path = save(tmp_path / "a.mid", [message("note_on", 60), message("note_off", 60, 100)])
    with path.open("rb") as file:
        sources = [str(path), mido.MidiFile(path), io.BytesIO(path.read_bytes()), file]
        sources.append(Score.read(path))
        sources[2].read()
        for source in sources:
            for _ in range(2):
                (note,) = read_midi(source).instruments[0].notes
                assert (note.pitch, note.start, note.end) == (60, 0, 1)
    with path.open(encoding="latin-1") as file, pytest.raises(TypeError, match="in binary mode"):
        read_midi(file)
    with pytest.raises(ValueError, match=r"a\.txt cannot be read as a MIDI file"):
        (tmp_path / "a.txt").write_text("no music")
        with (tmp_path / "a.txt").open("rb") as file:
            read_midi(file)
    with pytest.raises(TypeError, match=r"audiogen\.io\.Score, or a stream of music21\. Got int"):
        read_midi(3)


@pytest.mark.parametrize("library", ["music21", "symusic"])
def test_tunes_of_other_libraries(tmp_path, library):
    other = pytest.importorskip(library)
    path = save(tmp_path / "a.mid", [message("note_on", 60), message("note_off", 60, 100)])
    tune = other.Score(str(path)) if library == "symusic" else other.converter.parse(str(path))
    (note,) = read_midi(tune).instruments[0].notes
    assert (note.pitch, note.start, note.end) == (60, 0, pytest.approx(1, abs=0.01))


def test_frames_of_film_are_refused(tmp_path):
    (tmp_path / "film.mid").write_bytes(track(100, 0xE728))
    with pytest.raises(ValueError, match=r"film\.mid cannot be read.*frames of film"):
        read_midi(tmp_path / "film.mid")


def test_tempos_count_on_whatever_track_they_are(tmp_path):
    """At 120 beats a minute for two quarter notes, then at 60."""
    found = []
    for place in (0, 1):
        tracks = [mido.MidiTrack(), mido.MidiTrack()]
        tracks[place] += [
            mido.MetaMessage("set_tempo", tempo=500_000, time=0),
            mido.MetaMessage("time_signature", numerator=3, denominator=4, time=0),
            mido.MetaMessage("set_tempo", tempo=1_000_000, time=960),
        ]
        tracks[1] += [
            mido.Message("note_on", note=60, velocity=90, time=480 if place == 0 else 0),
            mido.Message("note_off", note=60, time=960),
        ]
        mido.MidiFile(tracks=tracks, ticks_per_beat=480).save(tmp_path / "a.mid")
        tune = read_midi(tmp_path / "a.mid")
        (note,) = tune.instruments[0].notes
        (metre,) = tune.time_signature_changes
        assert (metre.numerator, metre.time) == (3, 0)
        found.append((note.start, note.end))
    assert found == [(0.5, 2.0), (1.0, 3.0)]


def full_tune(path):
    """Write a file with all that is kept: a range of bends set, a pedal, tempos, texts, drums."""
    lead, drums, times = mido.MidiTrack(), mido.MidiTrack(), mido.MidiTrack()
    times += [
        mido.MetaMessage("key_signature", key="Ebm", time=0),
        mido.MetaMessage("time_signature", numerator=6, denominator=8, time=0),
        mido.MetaMessage("set_tempo", tempo=510_204, time=0),
        mido.MetaMessage("text", text="key: Eb dorian", time=0),
        mido.MetaMessage("set_tempo", tempo=333_333, time=1440),
    ]
    lead += [
        mido.MetaMessage("track_name", name="Lead"),
        mido.Message("program_change", program=81),
    ]
    for number, value in ((101, 0), (100, 0), (6, 12), (38, 50), (64, 127), (64, 0)):
        lead.append(mido.Message("control_change", control=number, value=value))
    lead += [
        mido.Message("pitchwheel", pitch=-8192, time=7),
        mido.Message("note_on", note=60, velocity=33, time=0),
        mido.Message("note_off", note=60, time=480),
        mido.Message("note_on", note=60, velocity=34, time=0),
        mido.Message("control_change", control=11, value=5, time=1),
        mido.Message("note_off", note=60, time=2000),
    ]
    for time in (0, 500):
        drums.append(mido.Message("note_on", channel=9, note=38, velocity=99, time=time))
        drums.append(mido.Message("note_off", channel=9, note=38, time=1))
    mido.MidiFile(tracks=[times, lead, drums], ticks_per_beat=480).save(path)
    return read_midi(path)


def contents(tune):
    return [
        [
            (track.name, track.program, track.is_drum),
            [(n.start, n.end, n.pitch, n.velocity) for n in track.notes],
            [(c.time, c.number, c.value) for c in track.control_changes],
            [(b.time, b.pitch) for b in track.pitch_bends],
        ]
        for track in tune.instruments
    ]


def test_what_is_written_is_what_was_read(tmp_path):
    tune = full_tune(tmp_path / "a.mid")
    again = read_midi(write_midi(tune, tmp_path / "b.mid", title="All"))
    assert contents(again) == contents(tune)
    for one, other in zip(again.get_tempo_changes(), tune.get_tempo_changes(), strict=True):
        assert one.tolist() == other.tolist()
    score = Score.read(tmp_path / "b.mid")
    assert (score.title, score.key, score.metre) == ("All", "Eb dorian", (6, 8))
    assert score.notes.equals(Score.read(tmp_path / "a.mid").notes)


def test_a_tune_is_cut_where_it_should_end(tmp_path):
    tune = full_tune(tmp_path / "a.mid")
    cut = read_midi(write_midi(tune, tmp_path / "b.mid", seconds=0.5176))
    (lead, drums), tick = contents(cut), 0.510204 / 480
    assert lead[1][0][1:] == (pytest.approx(487 * tick), 60, 33)
    assert len(lead[1]) == 1
    assert len(drums[1]) == 1
    assert len(lead[2]) == 6
    whole = read_midi(write_midi(tune, tmp_path / "c.mid", seconds=0.6))
    assert contents(whole)[0][1][1] == (
        pytest.approx(487 * tick),
        pytest.approx(0.6, abs=tick),
        60,
        34,
    )
    assert mido.MidiFile(tmp_path / "c.mid").length == pytest.approx(0.6, abs=tick)
    late = read_midi(write_midi(tune, tmp_path / "d.mid", seconds=0.5))
    assert [len(track[1]) for track in contents(late)] == [1, 1]


def test_notes_that_overlap_on_one_pitch_end_where_it_is_struck_again(tmp_path):
    tune = pretty_midi.PrettyMIDI()
    tune.instruments = [pretty_midi.Instrument(3)]
    rows = [(0.0, 2.0, 60), (1.0, 3.0, 60), (1.0, 2.0, 60), (0.5, 2.5, 62)]
    tune.instruments[0].notes = [pretty_midi.Note(80, p, start, end) for start, end, p in rows]
    (track,) = contents(read_midi(write_midi(tune, tmp_path / "a.mid")))
    found = sorted((round(start, 2), round(end, 2), pitch) for start, end, pitch, _ in track[1])
    assert found == [(0.0, 1.0, 60), (0.5, 2.5, 62), (1.0, 3.0, 60), (1.0, 3.0, 60)]
