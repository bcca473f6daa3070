import mido
import pytest

from audiogen.io import read_midi


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
    with pytest.raises(ValueError, match=r"b\.mid cannot be read as a MIDI file.*largest tick"):
        read_midi(tmp_path / "b.mid")


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
