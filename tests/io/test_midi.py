import mido
import numpy as np
import pretty_midi
import pytest

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
    (tmp_path / "a.mid").write_bytes(track(9_000_000, 32767))
    with pytest.raises(ValueError, match=r"9,000,000 ticks in 137\.3 seconds, more than 40,000 a"):
        read_midi(tmp_path / "a.mid")
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
