"""What is heard of a MIDI file, and the score, the file and the facts of its clip."""

import json
import tracemalloc

import mido
import numpy as np
import pandas as pd
import pretty_midi
import pytest

from audiogen import make_clip
from audiogen.io import Score, read_midi
from audiogen.music import play_midi
from audiogen.music._casting import voices_of
from audiogen.music._checks import gap_faults
from audiogen.music._midi_parts import midi_parts
from audiogen.music._mixdown import mix_down
from helpers.midi import general_midi, note, organ_and_flute, track

RATE = 16000
MOVED = "ignore:Notes out of reach are moved"


@pytest.fixture(scope="module")
def model():
    return organ_and_flute()


def piano_with_pedal():
    """Return four notes of a piano, and of drums; pedal, volume and the wheel move meanwhile."""
    tune = pretty_midi.PrettyMIDI()
    piano, drums = pretty_midi.Instrument(0, name="Piano"), pretty_midi.Instrument(0, True)
    for i in range(4):
        piano.notes.append(pretty_midi.Note(100, 60 + i, i * 0.5, i * 0.5 + 0.2))
        drums.notes.append(pretty_midi.Note(100, 36, i * 0.5, i * 0.5 + 0.1))
    changes = [(64, 127, 0.1), (64, 0, 1.1), (7, 50, 0.9)]
    piano.control_changes = [pretty_midi.ControlChange(*change) for change in changes]
    piano.pitch_bends = [pretty_midi.PitchBend(4096, 1.4)]
    tune.instruments = [piano, drums]
    return tune


def test_pedal_bends_volume_and_drums_are_heard():
    notes, instruments, programs = midi_parts(piano_with_pedal())
    piano = notes[notes.part == "Piano"]
    np.testing.assert_allclose(piano.onset + piano.duration, [1.1, 1.1, 1.2, 1.7], atol=2e-3)
    np.testing.assert_allclose(piano.pitch, [60, 61, 62, 64], atol=1e-6)
    np.testing.assert_allclose(piano.gain, [1, 1, 0.25, 0.25])
    assert instruments["Piano"].name == "piano"
    assert programs == {"Piano": 0}
    clip = play_midi(piano_with_pedal(), sample_rate=RATE, random_state=0)
    assert list(clip.stems) == ["Piano", "drums"]
    assert clip.info["players"]["Piano"]["voice"] == "keyboard_acoustic_000"
    assert len(clip.audio) == round((1.7 + 1.5) * RATE)


@pytest.mark.filterwarnings(MOVED)
@pytest.mark.parametrize("seconds", [None, 0.9])
def test_the_midi_file_of_a_clip_has_what_is_heard(tmp_path, model, seconds):
    """Of a file whose tempo, pedal, wheel and volume change; to a tick of 1/480 quarter note."""
    source = general_midi(tmp_path / "general.mid")
    programs = {0: "organ", 81: "flute", 73: "flute"}
    options = {"model": model, "programs": programs, "sample_rate": RATE, "random_state": 0}
    clip = play_midi(source, seconds=seconds, **options)
    clip.save(tmp_path / "clip")
    played, _, _ = midi_parts(tmp_path / "clip" / "clip.mid")
    heard, _, _ = midi_parts(source)
    end = clip.info["seconds"]
    heard = heard[heard.onset < end].reset_index(drop=True)
    for name in ("onset", "pitch", "velocity", "gain", "part"):
        assert played[name].equals(heard[name]), name
    ends, wanted = (np.minimum(table.onset + table.duration, end) for table in (played, heard))
    np.testing.assert_allclose(ends, wanted, atol=1 / 480)
    assert clip.score == Score.read(tmp_path / "clip" / "clip.mid")
    assert set(clip.score.parts) == set(clip.stems)
    np.testing.assert_allclose(
        np.sort(clip.score.to_seconds().onset), np.sort(heard.onset), atol=1e-4
    )
    tempos = read_midi(tmp_path / "clip" / "clip.mid").get_tempo_changes()[1]
    assert tempos.tolist() == ([120] if seconds == 0.9 else [120, 60])


def test_the_clip_of_a_clip_is_the_same(tmp_path, model):
    options = {"model": model, "sample_rate": RATE, "loop": True, "random_state": 0}
    tune = piano_with_pedal()
    tune.instruments[0].program = 19
    before = tune.instruments[0].notes[0].end
    clip = play_midi(tune, seconds=2.0, **options)
    clip.save(tmp_path)
    again = play_midi(tmp_path / "clip.mid", seconds=2.0, **options)
    np.testing.assert_allclose(again.audio, clip.audio, atol=1e-6)
    assert again.score.notes.equals(clip.score.notes)
    assert (tune.instruments[1].name, tune.instruments[0].notes[0].end) == ("", before)


def jig(path, *events):
    """Write a file of one note, in 6/8 at 90 quarter notes a minute."""
    times = [
        mido.MetaMessage("set_tempo", tempo=666_667),
        mido.MetaMessage("time_signature", numerator=6, denominator=8),
        *events,
    ]
    file = mido.MidiFile(type=1, ticks_per_beat=480)
    file.tracks += [mido.MidiTrack(times), track("", 0, 19, *note(0, 60, 0, 480))]
    file.save(path)
    return path


def test_what_a_midi_file_tells_is_in_the_facts_and_the_rest_is_null(tmp_path, model):
    options = {"model": model, "sample_rate": RATE, "random_state": 0}
    key = mido.MetaMessage("key_signature", key="Bbm")
    clip = play_midi(jig(tmp_path / "My Jig.mid", key), **options)
    clip.save(tmp_path)
    about = json.loads((tmp_path / "clip.json").read_text())
    assert (about["title"], clip.score.title) == ("My Jig", "My Jig")
    assert about["bpm"] == 60.0  # dotted quarters
    assert (about["metre"], about["key"], about["loop"]) == ("6/8", "Bb minor", False)
    assert about["seconds"] == pytest.approx(2 / 3 + 1.5, abs=1e-5)
    assert about["players"] == {"track 1": {"instrument": "pipe organ", "voice": "organ"}}
    composed = make_clip("solo flute air", seconds=2, sample_rate=8000, random_state=0)
    assert list(about) == list(composed.info)
    null = {name for name, value in about.items() if value is None}
    assert null == {
        "words", "brief", "genre", "sections", "chords", "hand_written", "log_likelihood"
    }  # fmt: skip
    assert "Bb minor" in repr(clip)
    untold = play_midi(piano_with_pedal(), model=model, programs={0: "organ"}, sample_rate=RATE)
    assert (untold.info["key"], untold.info["metre"]) == (None, None)
    assert untold.info["bpm"] == 120
    assert "no key" in repr(untold)


def test_a_midi_file_without_notes_is_refused(tmp_path):
    pretty_midi.PrettyMIDI().write(str(tmp_path / "empty.mid"))
    with pytest.raises(ValueError, match="There are no notes to play"):
        play_midi(tmp_path / "empty.mid")


def test_a_midi_file_that_claims_years_is_refused_before_any_work():
    tune = pretty_midi.PrettyMIDI()
    tune.instruments = [pretty_midi.Instrument(0)]
    tune.instruments[0].notes = [pretty_midi.Note(100, 60, 0.0, 1e8)]
    with pytest.raises(ValueError, match="A clip of 100,000,002 seconds needs 211,680 GB of mem"):
        play_midi(tune)
    clip = play_midi(tune, seconds=1, random_state=0)
    assert len(clip.audio) == 44100
    assert clip.score.seconds == pytest.approx(1, abs=1e-3)
    with pytest.raises(ValueError, match="'sample_rate' parameter of play_midi"):
        play_midi(tune, sample_rate=0)


def test_memory_of_a_mix_grows_by_little_more_than_its_stems(model, monkeypatch):
    """Stems, mix, clip and its gain take 44 bytes a sample; what is in between, a few more."""
    monkeypatch.setenv("LOKY_MAX_CPU_COUNT", "1")  # stems made at once meet by chance
    parts = ["a", "b", "c"]
    rows = {"onset": [0.0, 0.5, 1.0], "duration": 0.4, "pitch": [60.0, 62.0, 64.0], "velocity": 90}
    notes = pd.DataFrame({**rows, "part": parts})
    roles = dict.fromkeys(parts, voices_of(model[-1].conditions_)[0])

    def most(seconds):
        tracemalloc.start()
        mixed = mix_down(
            notes, {}, roles, None, model, None, n_timesteps=seconds * RATE, sample_rate=RATE,
            target=-20.0, fades=(0.0, 0.0), loop=False, seed=0,
        )  # fmt: skip
        gap_faults(mixed.mastered.audio, RATE)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    most(1)
    assert most(20) - most(10) < 54 * 10 * RATE


def test_a_tune_that_is_cut_dies_away_and_one_that_ends_is_left_as_it_is(model):
    tune = pretty_midi.PrettyMIDI()
    tune.instruments = [pretty_midi.Instrument(19)]
    tune.instruments[0].notes = [
        pretty_midi.Note(100, 60 + i % 5, 0.4 * i, 0.4 * i + 0.4) for i in range(10)
    ]
    options = {"model": model, "sample_rate": RATE, "loudness": -20.0, "random_state": 0}
    cut = play_midi(tune, seconds=3.0, **options)
    assert cut.audio.shape == (3 * RATE, 2)
    levels = 10 * np.log10(np.square(cut.audio).reshape(60, -1, 2).mean(axis=(1, 2)))
    assert levels[-1] < np.median(levels) - 20
    assert levels[-10] > np.median(levels) - 6  # half a second before
    as_asked = play_midi(tune, seconds=3.0, fade_out=0.0, **options)
    assert np.square(as_asked.audio[-RATE // 20 :]).mean() > 10 ** (np.median(levels) / 10 - 1)
    whole, plain = (play_midi(tune, fade_out=out, **options) for out in (None, 0.0))
    n_tune = round(4.0 * RATE)
    np.testing.assert_allclose(whole.audio[:n_tune], plain.audio[:n_tune], atol=1e-4)
