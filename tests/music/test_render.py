"""Clips against independent sums, clocks, meters and trackers."""

import logging
import tracemalloc

import numpy as np
import pandas as pd
import pretty_midi
import pyloudnorm
import pytest
import scipy.signal

from audiogen import render
from audiogen.generators import ConditionalGaussianMixture
from audiogen.signal import track_pitch
from helpers.tunes import RATE, TUNE, Tones, notes


def test_the_mix_is_the_sum_of_its_parts():
    options = {"sample_rate": RATE, "seconds": 4.0, "random_state": 3}
    whole = render(Tones(), TUNE, **options)
    parts = [render(Tones(), part, **options) for _, part in TUNE.groupby("instrument_family")]
    assert np.abs(parts[0] - parts[1]).max() > 0.05
    np.testing.assert_allclose(whole, sum(parts), atol=1e-6)


def test_notes_begin_at_the_sample_asked_and_have_the_pitch_asked():
    alone = [(0.25, 1.0, 57.0, "organ"), (2.0, 1.0, 69.0, "organ"), (4.0, 1.0, 81.3, "flute")]
    clip = render(Tones(), notes(*alone), sample_rate=RATE, release=0.1, random_state=0)
    assert len(clip) == 6 * RATE
    sounding = np.flatnonzero(clip)
    for onset, duration, pitch, _ in alone:
        begin = round(onset * RATE)
        assert begin + 1 in sounding  # a sine begins with zero
        assert not clip[begin - 10 : begin].any()
        assert not clip[begin + round((duration + 0.1) * RATE) :][:10].any()
        found = track_pitch(clip[np.newaxis, begin : begin + RATE], RATE)[0]
        assert abs(found - pitch) < 0.1
    at_48 = render(Tones(), notes(*alone), sample_rate=48000, release=0.1, random_state=0)
    assert len(at_48) == 6 * 48000
    np.testing.assert_allclose(at_48[::3], clip, atol=2e-3)  # soxr's own band edge


def test_notes_that_differ_in_time_alone_are_generated_once_and_in_chunks():
    generator = Tones(4000)
    render(generator, notes(*((i / 10, 0.1, 60 + i % 40, "organ") for i in range(400))))
    assert sum(generator.asked) == 40
    assert max(generator.asked) <= 32


def test_velocity_is_gain_where_it_is_no_condition():
    played = [render(Tones(), TUNE[:1].assign(velocity=v), random_state=0) for v in (127, 64)]
    np.testing.assert_allclose(played[1], played[0] * (64 / 127) ** 2, atol=1e-6)


def test_velocities_that_a_generator_does_not_know_are_the_nearest_turned_down_or_up():
    y = pd.DataFrame({"pitch": [60] * 4, "velocity": [40, 100, 40, 100]})
    t = np.arange(RATE) / RATE
    X = np.stack([v / 500 * np.sin(2 * np.pi * p * 4 * t) for p, v in y.to_numpy()])
    generator = ConditionalGaussianMixture(1, random_state=0).fit(X, y)
    soft, softest, loudest, loud = (
        render(
            generator,
            notes((0, 0.5, 60, ""), velocity=v),
            sample_rate=RATE,
            generator_rate=RATE,
            random_state=0,
        )
        for v in (10, 40, 100, 120)
    )
    np.testing.assert_allclose(soft, softest / 16, atol=1e-6)
    np.testing.assert_allclose(loud, loudest * 1.44, atol=1e-6)
    assert loudest.std() > 1.3 * softest.std()


def test_no_pitch_is_louder_than_others():
    tune = notes((0.0, 0.5, 60, "organ"), (1.0, 0.5, 70, "organ"))
    clip = render(Tones(), tune, sample_rate=RATE, random_state=0)
    low, high = (np.sqrt(np.mean(np.square(clip[b : b + 8000]))) for b in (0, RATE))
    assert abs(low - high) < 0.01 * high
    assert abs(high - 0.1) < 0.005


class LateTones(Tones):
    def decode(self, Z, y):
        sounds = super().decode(Z, y)
        return np.pad(sounds, [(0, 0), (8000, 0)])[:, :-8000] + 1e-5


def test_a_note_that_a_generator_begins_late_sounds_at_its_onset():
    clip = render(LateTones(), notes((1.0, 0.5, 69, "organ")), sample_rate=RATE, random_state=0)
    assert np.abs(clip[: RATE - 1]).max() == 0
    assert np.abs(clip[RATE : RATE + 400]).max() > 0.1


class AbruptTones(Tones):
    """Tones that begin at their peak, as a note does that is cut out of a longer one."""

    def decode(self, Z, y):
        return super().decode(Z, y)[:, :1] + 0.1 * np.cos(np.arange(self.n_timesteps))


def test_a_note_that_a_generator_begins_at_once_does_not_click():
    clip = render(AbruptTones(), notes((1.0, 0.5, 69, "organ")), sample_rate=RATE, random_state=0)
    begun, whole = clip[RATE : RATE + 64], clip[RATE : RATE + 800]
    assert np.abs(begun[:3]).max() < 0.01 * np.abs(whole).max()
    assert np.abs(begun[48:]).max() > 0.9 * np.abs(whole).max()  # after 3 ms


def test_a_voice_is_one_instrument_unless_it_glides():
    tune = notes(*((i, 0.8, 60.0, "organ") for i in range(6)))

    def seconds(**options):
        clip = render(Tones(), tune, sample_rate=RATE, random_state=1, **options)
        return clip[: 6 * RATE].reshape(6, RATE)

    still, moving = seconds(), seconds(glide=2.0)
    np.testing.assert_array_equal(still[0], still[5])
    steps = np.abs(np.diff(moving, axis=0)).max(axis=1)
    assert steps.min() > 1e-4
    assert np.abs(moving[0] - moving[4]).max() > 1.5 * steps.mean()
    other = tune.assign(voice=["a", "b"] * 3)
    clip = render(Tones(), other, sample_rate=RATE, random_state=1)[: 6 * RATE].reshape(6, RATE)
    np.testing.assert_array_equal(clip[0], clip[2])
    assert np.abs(clip[0] - clip[1]).max() > 1e-3


def test_a_loop_has_no_seam():
    tone = notes((0.0, 1.0, 69, "organ"), (1.5, 0.5, 69, "organ"))
    loop = render(Tones(), tone, sample_rate=RATE, loop=True, release=0.4, random_state=0)
    plain = render(Tones(), tone, sample_rate=RATE, tail=2.0, release=0.4, random_state=0)
    assert len(loop) == 2 * RATE
    np.testing.assert_allclose(loop, plain[: 2 * RATE] + plain[2 * RATE :], atol=1e-6)
    high = render(Tones(), tone, sample_rate=44100, loop=True, release=0.4, random_state=0)
    twice = np.tile(high, 2)
    inside = np.abs(np.diff(high)).max()
    assert abs(twice[len(high)] - twice[len(high) - 1]) <= inside
    with pytest.raises(ValueError, match="A loop has no ends to fade"):
        render(Tones(), tone, loop=True, fade_in=1.0)


def true_peak(clip):
    return 20 * np.log10(np.abs(scipy.signal.resample_poly(clip.astype(float), 4, 1)).max())


def test_the_loudness_asked_for_is_reached(caplog):
    meter = pyloudnorm.Meter(44100)
    plain, soft = (render(Tones(), TUNE, loudness=x, random_state=0) for x in (None, -24))
    assert abs(meter.integrated_loudness(soft.astype(float)) + 24) < 0.07
    gain = soft @ plain / (plain @ plain)  # no more than that, where no peak is in the way
    np.testing.assert_allclose(soft, gain * plain, atol=1e-6)
    peaky = notes((0, 5, 60, "organ"), (1, 0.01, 72, "flute"), (3, 0.01, 72, "flute"),
                  velocity=[40, 127, 127])  # fmt: skip
    for loop in (False, True):
        options = {"loop": loop, "seconds": 5.0, "random_state": 0}
        plain, clip = (render(Tones(), peaky, loudness=x, **options) for x in (None, -14))
        found = [meter.integrated_loudness(c.astype(float)) for c in (plain, clip)]
        by_gain_alone = found[0] - 1 - 20 * np.log10(np.abs(plain).max())
        assert by_gain_alone < -17
        assert abs(found[1] + 14) < 0.07
        assert true_peak(clip) <= -1
    with caplog.at_level(logging.INFO, logger="audiogen"):
        clip = render(Tones(), TUNE, loudness=-1.0, random_state=0)
    reached = float(caplog.messages[-1].split()[3])
    assert abs(meter.integrated_loudness(clip.astype(float)) - reached) < 0.1
    assert true_peak(clip) <= -1
    with pytest.raises(ValueError, match=r"at least 0\.4 s"):
        render(Tones(), TUNE[:1], seconds=0.3, loudness=-14)


def test_a_loud_mix_is_turned_down_and_never_clips():
    chord = notes(*((0.0, 1.0, 40 + i, "organ") for i in range(40)))
    clip = render(Tones(), chord, random_state=0)
    assert np.abs(clip).max() <= 10 ** (-1 / 20) + 1e-6


def test_pans_are_of_equal_power_and_leave_the_sound_as_it_is():
    """By the closed form: the cosine and the sine of a quarter turn's share."""
    mono = render(Tones(), TUNE[:1], sample_rate=RATE, random_state=0)
    for pan in (-1, -0.5, 0, 0.25, 1):
        clip = render(Tones(), TUNE[:1].assign(pan=pan), sample_rate=RATE, random_state=0)
        angle = np.pi / 4 * (1 + pan)
        assert clip.shape == (len(mono), 2)
        assert clip.dtype == np.float32
        expected = np.stack([np.cos(angle) * mono, np.sin(angle) * mono], axis=1)
        np.testing.assert_allclose(clip, expected, atol=1e-7)
        np.testing.assert_allclose(np.hypot(*clip.T), np.abs(mono), atol=1e-6)


def test_each_note_is_at_its_own_place():
    places = TUNE.assign(pan=[-1.0, 0.0, 0.5, 1.0, -1.0])
    for options in ({}, {"loop": True}, {"sample_rate": 44100, "fade_in": 0.2}):
        options = {"sample_rate": RATE, "seconds": 3.0, "random_state": 3, **options}
        whole = render(Tones(), places, **options)
        alone = [render(Tones(), places[i : i + 1], **options) for i in range(len(places))]
        np.testing.assert_allclose(whole, sum(alone), atol=1e-6)
    assert not alone[0][:, 1].any()
    np.testing.assert_array_equal(alone[1][:, 0], alone[1][:, 1])


def test_both_channels_are_turned_down_alike():
    many = notes(*((0.0, 1.0, 40 + i, "organ") for i in range(40)), pan=-0.6)
    clip = render(Tones(), many, random_state=0)
    left, right = np.abs(clip).max(axis=0)
    assert left == pytest.approx(10 ** (-1 / 20), abs=1e-6)
    assert right / left == pytest.approx(np.tan(np.pi / 4 * 0.4), abs=1e-4)
    loud = render(Tones(), many, loudness=-14, random_state=0)
    meter = pyloudnorm.Meter(44100)
    assert abs(meter.integrated_loudness(loud.astype(float)) + 14) < 0.07


def test_what_still_sounds_at_the_end_does_not_stop_at_once():
    tone = notes((0.0, 2.0, 69, "organ"))
    options = {"sample_rate": RATE, "random_state": 0}
    whole, cut = (render(Tones(), tone, seconds=s, **options) for s in (4.0, 1.003))
    kept = len(cut) - 160
    np.testing.assert_array_equal(cut[:kept], whole[:kept])
    assert np.abs(whole[len(cut) - 20 : len(cut)]).max() > 0.1
    assert np.abs(cut[-20:]).max() < 0.01
    with pytest.raises(ValueError, match=r"1e-06 seconds has no samples"):
        render(Tones(), tone, seconds=1e-6, **options)


def test_memory_grows_by_less_than_a_megabyte_a_second_of_clip():
    def most(seconds, pan=None, **options):
        options = {"sample_rate": 44100, "generator_rate": 44100, "random_state": 0, **options}
        tone = notes((0.0, 2.0, 69, "organ"), (0.5, 0.01, 72, "flute"), (0, 1e7, 60, "organ"))
        tone = tone if pan is None else tone.assign(pan=pan)
        tracemalloc.start()
        render(Tones(), tone, seconds=seconds, **options)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak / 1e6

    most(1.0)
    loop = {"loudness": -14.0, "loop": True}
    for options in ({}, {"loudness": -14.0}, loop, {"pan": 0.5, **loop}):
        assert most(10.0, **options) - most(5.0, **options) < 5


def test_a_clip_that_would_fill_the_memory_is_refused(tmp_path):
    file = bytes.fromhex(
        "4d546864 00000006 0000 0001 0001"  # MIDI of one track, one tick a quarter note
        "4d54726b 0000000f 00 903c40 84a5a840 803c40 00 ff2f00"  # a note of 9,000,000 of them
    )
    (tmp_path / "months.mid").write_bytes(file)
    said = r"clip of 4,500,001 seconds needs 3,969 GB of memory.* this machine has \d+: give fewer"
    with pytest.raises(ValueError, match=said):
        render(Tones(), tmp_path / "months.mid", programs={0: "organ"})
    clip = render(Tones(), tmp_path / "months.mid", programs={0: "organ"}, seconds=2.0)
    assert len(clip) == 88200
    with pytest.raises(ValueError, match="A clip of 1,000,001 seconds needs"):
        render(Tones(), TUNE.assign(onset=1e6, duration=0.0001))
    with pytest.raises(ValueError, match="A clip of 10,000,000 seconds needs"):
        render(Tones(), TUNE, seconds=1e7)


def test_a_clip_is_as_long_as_its_notes(tmp_path):
    """Seventy minutes, of which few sound."""
    tune = midi((19, False, [(0, 0.5, 60, 127), (4200, 4201, 72, 127)]))
    tune.write(str(tmp_path / "long.mid"))
    clip = render(
        Tones(), tmp_path / "long.mid", sample_rate=4000, generator_rate=4000, random_state=0
    )
    assert len(clip) == 4202 * 4000
    assert np.abs(clip[4200 * 4000 : 4201 * 4000]).max() > 0.05
    assert not clip[4000 : 4199 * 4000].any()


def test_fades():
    tone = notes((0.0, 2.0, 69, "organ"))
    options = {"sample_rate": RATE, "seconds": 2.0, "random_state": 0}
    plain, faded = (
        render(Tones(), tone, **options, **f) for f in ({}, {"fade_in": 0.5, "fade_out": 1.0})
    )
    middle = slice(RATE // 2, RATE)
    np.testing.assert_array_equal(plain[middle], faded[middle])
    np.testing.assert_allclose(
        faded[: RATE // 2],
        plain[: RATE // 2] * np.sin(np.linspace(0, np.pi / 2, RATE // 2)) ** 2,
        atol=1e-6,
    )
    assert abs(faded[-1]) < 1e-6


def test_a_struck_again_note_ends():
    overlapping = notes((0.0, 2.0, 69, "organ"), (1.0, 1.0, 69, "organ"))
    cut = notes((0.0, 1.0, 69, "organ"), (1.0, 1.0, 69, "organ"))
    both = [render(Tones(), n, random_state=0, sample_rate=RATE) for n in (overlapping, cut)]
    np.testing.assert_array_equal(*both)


def midi(*tracks):
    """Return a tune of tracks (program, drums or not, rows of start, end, pitch, velocity)."""
    tune = pretty_midi.PrettyMIDI()
    for program, drum, rows in tracks:
        track = pretty_midi.Instrument(program, is_drum=drum)
        track.notes = [pretty_midi.Note(v, p, s, e) for s, e, p, v in rows]
        tune.instruments.append(track)
    return tune


def test_midi_is_the_same_as_its_notes(tmp_path):
    tune = midi((19, False, [(0, 0.5, 60, 127), (0.5, 1, 64, 127)]), (73, False, [(0, 1, 72, 64)]),
                (0, True, [(0, 1, 40, 127)]))  # fmt: skip
    tune.write(str(tmp_path / "tune.mid"))
    table = notes((0, 0.5, 60, "organ"), (0.5, 0.5, 64, "organ"), (0, 1, 72, "flute"),
                  velocity=[127, 127, 64], voice=["0/organ", "0/organ", "1/flute"])  # fmt: skip
    expected = render(Tones(), table, random_state=0, sample_rate=RATE)
    for given in (tune, tmp_path / "tune.mid", str(tmp_path / "tune.mid")):
        clip = render(Tones(), given, random_state=0, sample_rate=RATE)
        np.testing.assert_allclose(clip, expected, atol=1e-3)


def test_the_tunes_of_a_folder_are_played_one_after_the_other(tmp_path):
    for name, pitch in (("a.mid", 60), ("b.MID", 64)):
        midi((19, False, [(0, 0.5, pitch, 127)])).write(str(tmp_path / name))
    midi((0, True, [(0, 1, 40, 127)])).write(str(tmp_path / "drums.mid"))
    table = notes((0, 0.5, 60, "organ"), (1.5, 0.5, 64, "organ"), velocity=[127, 127],
                  voice=["0/organ", "0/organ"])  # fmt: skip
    clip = render(Tones(), tmp_path, random_state=0, sample_rate=RATE)
    expected = render(Tones(), table, random_state=0, sample_rate=RATE)
    np.testing.assert_allclose(clip, expected, atol=1e-3)


def test_a_list_of_notes_is_the_same_as_a_table_of_them():
    listed, tabled = (
        render(Tones(), given, sample_rate=RATE, random_state=0)
        for given in (TUNE.to_dict("records"), TUNE)
    )
    np.testing.assert_array_equal(listed, tabled)


def test_programs_are_mapped():
    tune = midi((0, False, [(0, 0.5, 60, 127)]))
    with pytest.raises(ValueError, match=r"program 0 \(Acoustic Grand Piano\).*'keyboard'.*organ"):
        render(Tones(), tune)
    for key in (0, "Acoustic Grand Piano"):
        assert render(Tones(), tune, programs={key: "organ"}).any()
    for key, hint in ((128, "from 0 to 127"), ("Accoustic Grand Piano", "Did you mean Acoustic")):
        with pytest.raises(ValueError, match=f"programs has {key!r}.*{hint}"):
            render(Tones(), tune, programs={key: "organ"})


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (TUNE[:0], "no notes to play"),
        ([], "no notes to play"),
        (midi(), "no notes to play"),
        (midi((0, True, [(0, 1, 40, 127)])), "no notes to play.*drums do not count"),
        ([(0, 1, 60, "organ")], "no column 'onset'.* It needs onset, .* it has 0, 1, 2, 3"),
        (TUNE.drop(columns="pitch"), "no column 'pitch'"),
        (TUNE.drop(columns="instrument_family"), "no column 'instrument_family'"),
        (TUNE.assign(onset=[0, 1, -0.5, 0, 0]), r"onset of note 2 .* at least 0\. Got -0.5"),
        (TUNE.assign(duration=[1, 0, 1, 1, 1]), "duration of note 1 .* above 0"),
        (TUNE.assign(pitch=[60, 60, np.nan, 60, 60]), "pitch of note 2 .* Got .*nan"),
        (TUNE.assign(velocity=128), "velocity of note 0 .* from 0 to 127"),
        (TUNE.assign(pan=[0, 0, -1.5, 0, 0]), r"pan of note 2 .* from -1 to 1\. Got -1\.5"),
        (TUNE.assign(pan=[0, np.nan, 0, 0, 0]), "pan of note 1 .* from -1 to 1. Got nan"),
        (TUNE.assign(pan="left"), "pan of note 0 .* from -1 to 1. Got left"),
        (TUNE.assign(onset=9.0), "begin after the clip's 3 seconds"),
        (
            TUNE.assign(instrument_family=["organ", None, "organ", "flute", np.nan]),
            "instrument_family of note 1 is missing",
        ),
    ],
)
def test_notes_that_cannot_be_played_are_named(given, message):
    with pytest.raises(ValueError, match=message):
        render(Tones(), given, seconds=3.0)


def test_files_that_are_no_midi_are_named(tmp_path):
    (tmp_path / "bad.mid").write_bytes(b"MThd\0\0\0\6\0\1")
    (tmp_path / "text.mid").write_text("no music")
    for name in ("bad.mid", "text.mid"):
        with pytest.raises(ValueError, match=f"{name} cannot be read as a MIDI file"):
            render(Tones(), tmp_path / name)
    with pytest.raises(FileNotFoundError, match=r"There is no MIDI file .*none\.mid"):
        render(Tones(), tmp_path / "none.mid")
    (tmp_path / "none").mkdir()
    with pytest.raises(ValueError, match="none has no MIDI files"):
        render(Tones(), tmp_path / "none")
    with pytest.raises(TypeError, match="Got int instead"):
        render(Tones(), 60)
