"""A General MIDI file as other programs write it, heard."""

import copy
import warnings

import mido
import numpy as np
import pandas as pd
import pretty_midi
import pytest

from audiogen import GenerativePipeline, make_clip
from audiogen.exceptions import ExtrapolationWarning
from audiogen.generators import ConditionalGaussianMixture
from audiogen.music import play_midi, pretrained
from audiogen.music._casting import cast_drums, cast_parts
from audiogen.music._midi_parts import midi_parts
from audiogen.music._mixdown import mix_down
from audiogen.music._perform import perform_drums
from audiogen.music._pretrained import own_sounds
from audiogen.signal import track_pitch
from helpers.midi import control, general_midi, note, organ_and_flute, track

RATE = 22050


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    path = general_midi(tmp_path_factory.mktemp("midi") / "general.mid")
    with pytest.warns(UserWarning, match=r"moved by octaves: 1 of Flute \(flute"):
        return play_midi(path, sample_rate=RATE, random_state=0)


def level(stem, start, end):
    """Return the RMS of a stem between two times, in dB."""
    inside = stem[round(start * RATE) : round(end * RATE)].astype(float)
    return 10 * np.log10(np.mean(np.square(inside)) + 1e-12)


def test_a_change_of_tempo_on_the_second_track_moves_what_follows(played):
    """Tick 1440 is heard after 2 s, not after 1.5 s."""
    drums = played.stems["drums"]
    assert level(drums, 1.5, 1.6) < level(drums, 2.0, 2.1) - 30
    assert level(drums, 1.9, 1.98) < level(drums, 2.0, 2.1) - 30
    assert len(played.audio) == round((2.125 + 1.5) * RATE)


def test_the_pedal_holds_a_note(played, tmp_path):
    with pytest.warns(UserWarning, match="moved by octaves"):
        dry = play_midi(general_midi(tmp_path / "dry.mid", pedal=False), sample_rate=RATE,
                        random_state=0)  # fmt: skip
    held, short = (
        level(clip.stems["Piano"], 0.85, 0.98) - level(clip.stems["Piano"], 0.5, 0.55)
        for clip in (played, dry)
    )
    assert held > short + 10


def test_a_bend_moves_the_pitch(played):
    lead = played.stems["Lead"].mean(axis=1)
    plain, bent = (
        track_pitch(lead[np.newaxis, round(start * RATE) :][:, : RATE // 3], RATE)[0]
        for start in (0.1, 1.1)
    )
    assert plain == pytest.approx(69, abs=0.15)
    assert bent - plain == pytest.approx(2, abs=0.1)


def test_volume_and_expression_turn_a_part_down(played):
    """By 40 log10(50 / 100 * 64 / 127) = -23.9 dB, and by what the bus compresses."""
    flute = played.stems["Flute"]
    assert level(flute, 1.05, 1.4) - level(flute, 0.05, 0.4) == pytest.approx(-23.9, abs=3)


def test_the_range_of_bends_is_what_the_file_sets(tmp_path):
    file = mido.MidiFile(type=1, ticks_per_beat=480)
    wheel = (10, mido.Message("pitchwheel", channel=0, pitch=4096))
    ranges = [control(0, 0, 101, 0), control(0, 0, 100, 0), control(0, 0, 6, 12)]
    other = [control(0, 5, 100, 1), control(0, 5, 6, 64)]  # fine tuning, which is no range
    file.tracks.append(track("Guitar", 0, 27, *ranges, *other, wheel, *note(0, 60, 20, 480)))
    file.save(tmp_path / "wide.mid")
    notes, *_ = midi_parts(tmp_path / "wide.mid")
    assert notes.pitch.tolist() == [66]


def test_a_parameter_that_is_not_registered_sets_no_range_of_bends():
    ranges = [(101, 0), (100, 0), (6, 12), (99, 1), (98, 8), (6, 64), (38, 50)]
    music = tune(27)
    music.instruments[0].control_changes = [pretty_midi.ControlChange(n, v, 0) for n, v in ranges]
    music.instruments[0].pitch_bends = [pretty_midi.PitchBend(4096, 0)]
    assert midi_parts(music)[0].pitch.tolist() == [68]


def test_of_what_is_set_at_once_the_last_holds():
    music = tune(27)
    part = music.instruments[0]
    part.pitch_bends = [pretty_midi.PitchBend(4096, 0), pretty_midi.PitchBend(0, 0)]
    part.control_changes = [
        pretty_midi.ControlChange(number, value, 0.1)
        for number, value in [(64, 127), (64, 0), (11, 127), (11, 64)]
    ]
    notes, *_ = midi_parts(music)
    assert notes.pitch.tolist() == [62]
    assert notes.duration.tolist() == [0.4]
    after = notes.controls[0].gain(np.array([0.05, 0.2]))
    np.testing.assert_allclose(after, [1, (64 / 127) ** 2])
    part.control_changes = part.control_changes[1::-1]  # up, then down for good
    part.notes.append(pretty_midi.Note(100, 50, 0.5, 2.0))
    assert midi_parts(music)[0].duration.tolist() == [2.0, 1.5]


def test_bends_and_swells_are_heard_while_a_note_sounds(tmp_path):
    """A note of 2 s: bent up a tone after 0.8 s, and turned down by 12 dB after 1.4 s."""
    file = mido.MidiFile(type=1, ticks_per_beat=480)  # 960 ticks a second
    wheel = [(tick, mido.Message("pitchwheel", channel=0, pitch=min(8191, 41 * (tick - 760))))
             for tick in range(760, 961, 10)]  # fmt: skip
    down = [control(0, 1344, 11, 64)]
    file.tracks.append(track("Lead", 0, 81, *note(0, 69, 0, 1920), *wheel, *down))
    file.save(tmp_path / "bend.mid")
    lead = play_midi(tmp_path / "bend.mid", sample_rate=RATE, random_state=0).stems["Lead"]
    mono = lead.mean(axis=1)
    before, after = (
        track_pitch(mono[np.newaxis, round(start * RATE) :][:, : RATE // 4], RATE)[0]
        for start in (0.4, 1.1)
    )
    assert before == pytest.approx(69, abs=0.15)
    assert after - before == pytest.approx(2, abs=0.1)
    assert level(lead, 1.6, 1.95) - level(lead, 1.1, 1.35) == pytest.approx(-11.9, abs=2.5)
    assert level(lead, 1.85, 1.98) > level(lead, 2.3, 2.5) + 15  # it ends where it ended


def tune(*programs):
    music = pretty_midi.PrettyMIDI()
    for i, program in enumerate(programs):
        part = pretty_midi.Instrument(program, name=f"part {i}")
        part.notes = [pretty_midi.Note(100, 62, 0.0, 0.4)]
        music.instruments.append(part)
    return music


@pytest.fixture(scope="module")
def own_model():
    return organ_and_flute()


def test_programs_that_a_model_lacks_are_listed_at_once_with_what_plays_them(own_model):
    music = tune(0, 40, 16, 40, 127)
    options = {"model": own_model, "sample_rate": 16000, "random_state": 0}
    with pytest.warns(UserWarning, match="no voice for some programs") as caught:
        clip = play_midi(music, **options)
    assert len(caught) == 1
    said = str(caught[0].message)
    players = {part: player["voice"] for part, player in clip.info["players"].items()}
    assert players["part 2"] == "organ"
    for program, part in (("0 (Acoustic Grand Piano)", 0), ("127 (Gunshot)", 4)):
        assert f"{program} by {players[f'part {part}']}" in said
    assert "40 (Violin) by " in said
    assert "16 (" not in said
    with pytest.warns(UserWarning, match="no voice") as caught:
        clip = play_midi(music, programs={40: "flute", 0: "organ"}, **options)
    assert "Violin" not in str(caught[0].message)
    assert clip.info["players"]["part 1"]["voice"] == "flute"


def test_words_for_instruments_say_what_plays_programs():
    clip = play_midi(tune(0, 0), programs={0: "organ"}, seconds=0.5, sample_rate=16000)
    for player in clip.info["players"].values():
        assert (player["instrument"], player["voice"]) == ("organ", "organ_electronic_000")
    with pytest.raises(ValueError, match=r"no 'orgn'. It knows flute, .* Did you mean organ"):
        play_midi(tune(0), programs={0: "orgn"})


@pytest.mark.parametrize(
    ("given", "names"),
    [
        (["track 2", ""], ["track 2", "track 3"]),
        (["Piano", "piano", "Piano"], ["Piano", "track 2", "track 3"]),
        (["Drums", "drums", "track 1"], ["track 1", "track 2", "track 3"]),
        (["a/b", "a:b", "a_B"], ["a_b", "track 2", "track 3"]),
    ],
)
def test_names_of_parts_are_those_of_files_that_no_other_overwrites(given, names):
    music = tune(*range(len(given)))
    for part, name in zip(music.instruments, given, strict=True):
        part.name = name
    notes, instruments, programs = midi_parts(music)
    assert list(dict.fromkeys(notes.part)) == list(instruments) == names
    assert programs == dict(zip(names, range(len(given)), strict=True))


def drum_track(*hits):
    drums = pretty_midi.Instrument(0, is_drum=True)
    drums.notes = [pretty_midi.Note(100, pitch, onset, onset + 0.1) for onset, pitch in hits]
    return drums


def test_parts_that_begin_after_a_clip_are_not_heard_in_it(own_model):
    music = tune(16, 73)
    music.instruments[1].notes[0] = pretty_midi.Note(100, 62, 3.0, 3.4)
    music.instruments.append(drum_track((3.0, 38)))
    options = {"model": own_model, "sample_rate": 16000, "random_state": 0}
    whole = play_midi(music, **options)
    clip = play_midi(music, seconds=1.0, programs={73: "flute"}, **options)
    assert list(clip.stems) == list(clip.info["players"]) == ["part 0"]
    assert clip.info["players"]["part 0"] == whole.info["players"]["part 0"]
    assert level(clip.stems["part 0"], 0, 0.3) > -40
    music.instruments.pop(0)
    for loop in (False, True):
        with pytest.raises(ValueError, match=r"before seconds=1: .* begins at 3\.000 s"):
            play_midi(music, seconds=1.0, loop=loop, **options)


def test_stems_of_parts_that_begin_after_the_end_are_silent(own_model):
    music = tune(16)
    music.instruments.append(drum_track((0.0, 38)))
    notes, instruments, _ = midi_parts(music)
    kit = pretrained("drums")
    roles = cast_parts(notes, instruments, own_model[-1].conditions_)
    drums = cast_drums(notes, kit[-1].conditions_)
    for late, heard in (("part 0", "drums"), ("drums", "part 0")):
        moved = notes.assign(onset=np.where(notes.part == late, 1.0, 0.0))
        stems = mix_down(moved, {}, roles, drums, own_model, kit, sample_rate=16000,
                         n_timesteps=16000, target=-14.0, fades=(0.0, 0.0), loop=False,
                         seed=0).stems  # fmt: skip
        assert not stems[late].any()
        assert stems[late].shape == stems[heard].shape == (16000, 2)
        assert stems[heard].any()


def test_models_that_state_no_sample_rate_are_refused(own_model):
    music = tune(16)
    with pytest.raises(ValueError, match="ConditionalGaussianMixture states the sample rate"):
        play_midi(music, model=own_model[-1], sample_rate=16000)
    music.instruments.append(drum_track((0.0, 38)))
    with pytest.raises(ValueError, match="states the sample rate"):
        play_midi(music, model=own_model, drum_kit=pretrained("drums")[-1])


def test_volume_and_expression_turn_drums_down():
    """By 40 log10(64 / 127) = -11.9 dB from 0.9 s on, the crash that rings too."""
    music = pretty_midi.PrettyMIDI()
    music.instruments.append(drum_track((0.0, 38), (0.5, 49), (1.5, 38)))
    plain = midi_parts(music)[0]
    music.instruments[0].control_changes = [pretty_midi.ControlChange(11, 64, 0.9)]
    swelled = midi_parts(music)[0]
    kit = pretrained("drums")
    role = cast_drums(plain, kit[-1].conditions_)
    options = {"n_timesteps": 2 * RATE, "sample_rate": RATE, "loop": False, "seed": 0}
    loud, soft = (perform_drums(notes, role, kit, **options) for notes in (plain, swelled))
    np.testing.assert_allclose(soft[: int(0.89 * RATE)], loud[: int(0.89 * RATE)], atol=1e-4)
    for start, end in ((0.95, 1.4), (1.5, 1.7)):
        assert level(soft, start, end) - level(loud, start, end) == pytest.approx(-11.9, abs=0.1)


class Watchful(ConditionalGaussianMixture):
    """A generator that keeps the filters of warnings under which it is sampled."""

    def decode(self, Z, y=None):
        self.filters_ = list(warnings.filters)
        return super().decode(Z, y)


def test_no_clip_changes_the_filters_of_warnings_nor_warns_of_what_voices_reach():
    """They are the process's: clips that are made at once would restore those of another."""
    y = pd.DataFrame({"pitch": [55, 70]})
    X = np.sin(y.pitch.to_numpy()[:, np.newaxis] / 400 * np.arange(8000))
    generator = Watchful(1, random_state=0).fit(X, y)
    with pytest.warns(ExtrapolationWarning, match="78"):
        generator.sample(y=pd.DataFrame({"pitch": [78]}), random_state=0)
    before = list(warnings.filters)
    music = tune(16)
    music.instruments[0].notes[0].pitch = 78
    pipeline = GenerativePipeline([("own", generator)], sample_rate=16000)
    play_midi(music, model=pipeline, sample_rate=16000, random_state=0)
    assert generator.filters_ == warnings.filters == before


@pytest.mark.parametrize(
    ("program", "name"),
    [
        (0, "piano"), (21, "accordion"), (23, "accordion"), (59, "trumpet"), (67, "saxophone"),
        (51, "strings"), (98, "synth pad"), (110, "violin"), (104, "banjo"), (33, "electric bass"),
    ],
)  # fmt: skip
def test_programs_stand_for_instruments_of_their_kind(program, name):
    _, instruments, _ = midi_parts(tune(program))
    assert [instrument.name for instrument in instruments.values()] == [name]


def kit_of(**categories):
    """Return a kit of noise: a kick drum and a snare, soft and loud."""
    y = pd.DataFrame({"drum": ["kick", "snare"] * 2, "velocity": [40, 40, 100, 100], **categories})
    X = np.random.default_rng(0).normal(0, 0.1, (4, 800))
    mixture = ConditionalGaussianMixture(1, random_state=0)
    return GenerativePipeline([("mixture", mixture)], sample_rate=8000).fit(X, y)


@pytest.mark.parametrize(
    ("categories", "name"), [({"kit": "muldjord"}, "muldjord"), ({}, "drums")]
)
def test_what_plays_is_credited_to_its_maker_whatever_it_is_called(categories, name):
    y = pd.DataFrame({"pitch": [55, 70], "instrument": "flute_acoustic_002"})  # CC-BY, if it were
    mixture = ConditionalGaussianMixture(1, random_state=0)
    X = np.sin(np.outer([0.2, 0.4], np.arange(4000)))
    model = GenerativePipeline([("mixture", mixture)], sample_rate=8000).fit(X, y)
    music = tune(73)
    music.instruments.append(pretty_midi.Instrument(0, is_drum=True))
    music.instruments[1].notes = [pretty_midi.Note(100, 36, 0.0, 0.4)]
    options = {"seconds": 1, "sample_rate": 8000, "random_state": 0}
    info = play_midi(music, model=model, drum_kit=kit_of(**categories), **options).info
    assert info["sources"] == [
        {"what": what, "source": "a model of your own", "licence": "yours"}
        for what in ("flute_acoustic_002", name)
    ]
    assert info["credit"] == "Made with audiogen."


def test_a_copy_of_a_pretrained_model_is_not_ones_own():
    voices, drums = pretrained("voices"), copy.deepcopy(pretrained("drums"))
    assert own_sounds(copy.deepcopy(voices), drums) == []
    assert own_sounds(drums, voices) == ["voices", "drums"]


@pytest.mark.parametrize(
    "y",
    [
        {"pitch": [50, 60, 70, 80]},
        {"drum": ["kick", "snare"] * 2},
        {"drum": [1, 2, 1, 2], "velocity": [40, 40, 100, 100]},
        {"drum": ["kick", "snare"] * 2, "velocity": ["soft", "soft", "loud", "loud"]},
        {"drum": ["kick", "snare"] * 2, "velocity": [40, 40, 100, 100], "room": ["a"] * 4},
        None,
    ],
)
def test_a_kit_that_plays_no_drums_is_refused_at_once(y):
    kit = ConditionalGaussianMixture(1, random_state=0)
    if y is not None:
        kit.fit(np.eye(4), pd.DataFrame(y))
    said = "needs a drum_kit .*'drum', of names, and 'velocity', of numbers.* This Conditional"
    with pytest.raises(ValueError, match=f"make_clip {said}"):
        make_clip("rock", drum_kit=kit)
    with pytest.raises(ValueError, match=f"play_midi {said}"):
        play_midi(tune(0), drum_kit=kit)
    with pytest.raises(ValueError, match=r"make_clip needs a drum_kit.* This str was not"):
        make_clip("rock", drum_kit="muldjord")
