"""SoundFont and SFZ files, read by what the formats say and played by TinySoundFont."""

import itertools
import re
import struct

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from audiogen.io import SampledInstrument, Zone

RATE = 16000


def tone(pitch, seconds=0.5, amplitude=0.5):
    frequency = 440 * 2 ** ((pitch - 69) / 12)
    return amplitude * np.sin(2 * np.pi * frequency * np.arange(int(seconds * RATE)) / RATE)


def looped(pitch, **settings):
    """A tone whose loop has whole periods: 160 samples at 100 Hz's multiples."""
    audio = tone(pitch, 1.0)
    period = RATE / (440 * 2 ** ((pitch - 69) / 12))
    n_periods = int(4000 / period)
    return Zone(audio[: 4000 + round(n_periods * period)], pitch, loop_start=4000, **settings)


def chunks(data):
    """Yield the name and the body of each chunk; lists have their kind in the name."""
    position = 0
    while position < len(data):
        name, size = struct.unpack_from("<4sI", data, position)
        body = data[position + 8 : position + 8 + size]
        assert size == len(body)
        yield (name + body[:4], body[4:]) if name in (b"RIFF", b"LIST") else (name, body)
        position += 8 + size + size % 2


def read(path):
    """Return all chunks of a SoundFont by their names, in the order of the file."""
    ((kind, body),) = chunks(path.read_bytes())
    assert kind == b"RIFFsfbk"
    lists = dict(chunks(body))
    assert list(lists) == [b"LISTINFO", b"LISTsdta", b"LISTpdta"]
    return {name: chunk for body in lists.values() for name, chunk in chunks(body)}


def zones_of(found):
    """Return the generators of each zone of the only instrument."""
    bags = [bag for bag, _ in struct.iter_unpack("<HH", found[b"ibag"])]
    generators = list(struct.iter_unpack("<HH", found[b"igen"]))
    return [dict(generators[a:b]) for a, b in itertools.pairwise(bags)]


def samples_of(found):
    return list(struct.iter_unpack("<20s5IBbHH", found[b"shdr"]))


def test_the_file_is_as_the_format_says(tmp_path):
    first = looped(69.0, low_key=60, high_key=71, high_velocity=80)
    second = Zone(tone(75.75), 75.75, 72, 90, low_velocity=81)
    made = SampledInstrument(
        "Höhenflöte der ganz besonders langen Art", [first, second], RATE, program=73,
        release=0.6, credit="by nobody", licence="CC0-1.0",
    )  # fmt: skip
    path = made.save(tmp_path / "flute.SF2")
    found = read(path)
    assert list(found)[-9:] == [
        b"phdr", b"pbag", b"pmod", b"pgen", b"inst", b"ibag", b"imod", b"igen", b"shdr",
    ]  # fmt: skip
    assert found[b"ifil"] == bytes([2, 0, 4, 0])
    assert found[b"INAM"] == b"H?henfl?te der ganz besonders langen Art\0\0"
    assert found[b"ICMT"].rstrip(b"\0") == b"by nobody\nCC0-1.0"
    assert found[b"ICOP"].rstrip(b"\0") == b"CC0-1.0"
    assert found[b"ISFT"].startswith(b"audiogen")
    name, program, bank, bag = struct.unpack_from("<20s3H", found[b"phdr"])
    assert (name, program, bank, bag) == (b"H?henfl?te der ganz\0", 73, 0, 0)
    assert [len(found[c]) for c in (b"phdr", b"pbag", b"pgen", b"inst")] == [76, 8, 8, 44]
    everywhere, *zones = zones_of(found)
    timecents = struct.unpack("<h", struct.pack("<H", everywhere[38]))[0]
    assert 2 ** (timecents / 1200) == pytest.approx(1.0, abs=1e-3)  # 100 dB; 60 dB take 0.6 s
    assert [zone[43] for zone in zones] == [60 + 256 * 71, 72 + 256 * 90]
    assert [zone[44] for zone in zones] == [256 * 80, 81 + 256 * 127]
    assert [zone[54] for zone in zones] == [1, 0]
    assert [zone[53] for zone in zones] == [0, 1]


def test_samples_are_those_given_with_loops_that_go_on(tmp_path):
    zones = [looped(69.0, low_key=60, high_key=71), Zone(tone(75.75), 75.75, 72, 90)]
    found = read(SampledInstrument("beep", zones, RATE).save(tmp_path / "beep.sf2"))
    data = np.frombuffer(found[b"smpl"], "<i2")
    *headers, last = samples_of(found)
    assert last[0].startswith(b"EOS\0")
    assert [row[6:] for row in headers] == [(69, 0, 0, 1), (76, 25, 0, 1)]
    for zone, (_, start, end, loop, stop, rate, *_) in zip(zones, headers, strict=True):
        assert rate == RATE
        sound = data[start : start + len(zone.audio)]
        np.testing.assert_allclose(sound, zone.audio * 2**15, atol=0.51)
        assert not data[end : end + 46].any()
        assert start + 8 <= loop < stop <= end - 8
        if zone.loop_start is not None:
            assert (loop, stop) == (start + zone.loop_start, start + len(zone.audio))
            np.testing.assert_array_equal(data[stop : stop + 8], data[loop : loop + 8])
    assert len(data) == headers[-1][2] + 46


@settings(max_examples=20, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0, 127), st.integers(0, 127), st.integers(1, 400)), min_size=1)
)
def test_every_zone_is_found_again(tmp_path_factory, rows):
    zones = [Zone(np.full(n, 0.5), pitch, min(key, 60), max(key, 60)) for pitch, key, n in rows]
    path = tmp_path_factory.mktemp("any") / "any.sf2"
    found = read(SampledInstrument("any", zones, RATE).save(path))
    for zone, generators, sample in zip(
        zones, zones_of(found)[1:], samples_of(found)[:-1], strict=True
    ):
        assert divmod(generators[43], 256) == (zone.high_key, zone.low_key)
        assert sample[6] - sample[7] / 100 == pytest.approx(zone.pitch, abs=0.0051)
        assert sample[2] - sample[1] == len(zone.audio)
    *_, last = samples_of(found)[:-1]
    assert len(found[b"smpl"]) == 2 * (last[2] + 46)


def play(path, key, velocity, seconds, tail=0.0):
    """Return what TinySoundFont makes of a note, in mono at 44,100 Hz."""
    tinysoundfont = pytest.importorskip("tinysoundfont")
    synth = tinysoundfont.Synth(samplerate=44100)
    synth.program_select(0, synth.sfload(str(path)), 0, 5)
    synth.noteon(0, key, velocity)
    held = bytes(synth.generate(int(seconds * 44100)))
    synth.noteoff(0, key)
    after = bytes(synth.generate(int(tail * 44100)))
    return np.frombuffer(held + after, np.float32)[::2]


def cents_off(audio, key):
    """Return how far the strongest partial is from a key."""
    spectrum = np.abs(np.fft.rfft(audio * np.hanning(len(audio)), 2**19))
    frequency = np.argmax(spectrum) * 44100 / 2**19
    return 1200 * np.log2(frequency / 440) - 100 * (key - 69)


def test_a_player_hears_keys_in_tune_held_and_let_go(tmp_path):
    zones = [
        looped(69.3, low_key=60, high_key=75, high_velocity=80),
        looped(81.3, low_key=60, high_key=75, low_velocity=81),
    ]
    path = SampledInstrument("beep", zones, RATE, program=5).save(tmp_path / "beep.sf2")
    for key in (60, 69, 75):
        audio = play(path, key, 70, 10.0, tail=0.5)
        assert abs(cents_off(audio[44100 : 5 * 44100], key)) < 1
        level = np.sqrt(np.square(audio[: 10 * 44100]).reshape(20, -1).mean(axis=1))
        assert np.ptp(20 * np.log10(level)) < 0.5
        end = np.square(audio[int(10.25 * 44100) :]).mean()
        assert 10 * np.log10(end / np.square(level[-1])) < -40
    assert abs(cents_off(play(path, 69, 120, 2.0), 69)) < 1  # of its own layer's sample
    assert not play(path, 59, 70, 0.5).any()
    loud, soft = (np.abs(play(path, 69, velocity, 0.5)).max() for velocity in (80, 40))
    assert soft < 0.6 * loud


def test_sfz_says_the_same_and_its_samples_have_their_loops(tmp_path):
    zones = [
        looped(69.25, low_key=60, high_key=71, high_velocity=80),
        Zone(tone(75.75), 75.75, 72, 90, low_velocity=81),
    ]
    made = SampledInstrument("tin flute", zones, RATE, release=0.3, credit="by X", licence="CC0")
    path = made.save(tmp_path / "my flute.sfz")
    text = path.read_text()
    assert "// by X\n// CC0\n" in text
    assert "ampeg_release=0.400" in text
    regions = [
        dict(re.findall(r"(\S+)=(\S+)", line)) for line in text.split("<region>")[1:]
    ]  # paths have no spaces
    assert regions[0] | {"sample": ""} == {
        "sample": "", "lokey": "60", "hikey": "71", "lovel": "0", "hivel": "80",
        "pitch_keycenter": "69", "tune": "-25", "loop_mode": "loop_continuous",
        "loop_start": "4000", "loop_end": str(len(zones[0].audio) - 1),
    }  # fmt: skip
    assert (regions[1]["loop_mode"], regions[1]["tune"]) == ("no_loop", "25")
    for region, zone in zip(regions, zones, strict=True):
        sample = tmp_path / region["sample"]
        audio, rate = soundfile.read(sample)
        assert rate == RATE
        np.testing.assert_allclose(audio, zone.audio, atol=2**-15)
        ((_, body),) = chunks(sample.read_bytes())
        chunk = dict(chunks(body))[b"smpl"]
        sampler = struct.unpack_from("<9I", chunk)
        assert sampler[3] + sampler[4] / 2**32 == pytest.approx(zone.pitch, abs=1e-6)
        assert sampler[7] == (zone.loop_start is not None)
        if zone.loop_start is not None:
            assert struct.unpack_from("<2I", chunk, 44) == (4000, len(audio) - 1)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["my flute.sfz", "my_flute-samples"]


def test_a_drum_kit_is_played_as_one_and_shares_samples(tmp_path):
    hit = tone(60, 1.0)
    zones = [Zone(hit, key, key, key, choke_group=int(key > 40)) for key in (36, 42, 46)]
    kit = SampledInstrument("drums", zones, RATE, drums=True)
    path = kit.save(tmp_path / "drums.sf2")
    found = read(path)
    assert struct.unpack_from("<20s2H", found[b"phdr"])[1:] == (0, 128)
    assert len(found[b"smpl"]) == 2 * (len(hit) + 46)
    assert [row[6] for row in samples_of(found)[:-1]] == [36, 42, 46]
    assert [zone.get(57, 0) for zone in zones_of(found)[1:]] == [0, 1, 1]
    text = kit.save(tmp_path / "drums.sfz").read_text()
    assert text.count("sample=drums-samples/036-v000.wav ") == 3
    assert text.count("loop_mode=one_shot") == 3
    assert text.count("group=1 off_by=1") == 2
    tinysoundfont = pytest.importorskip("tinysoundfont")
    synth = tinysoundfont.Synth(samplerate=44100)
    synth.program_select(9, synth.sfload(str(path)), 128, 0, True)
    synth.noteon(9, 36, 100)
    synth.generate(4410)
    synth.noteoff(9, 36)
    rest = np.frombuffer(bytes(synth.generate(35000)), np.float32)[::2]
    assert abs(cents_off(rest, 60)) < 2
    assert np.abs(rest[-4410:]).max() > 0.5 * np.abs(rest[:4410]).max()


def test_nothing_is_overwritten_and_nothing_is_left_half_written(tmp_path):
    made = SampledInstrument("beep", [Zone(tone(69), 69, 60, 80)], RATE)
    with pytest.raises(ValueError, match=r"beep\.wav must end in one of \.sf2, \.sfz"):
        made.save(tmp_path / "beep.wav")
    path = made.save(tmp_path / "beep.sf2")
    before = path.read_bytes()
    with pytest.raises(FileExistsError, match="is there already"):
        made.save(path)
    (tmp_path / "other-samples").mkdir()
    with pytest.raises(FileExistsError, match="other-samples is there already"):
        made.save(tmp_path / "other.sfz")
    zones = [Zone(tone(69), 69, 60, 80), Zone(tone(69), 69, 81, 90)]
    twice = SampledInstrument("beep", zones, RATE)
    with pytest.raises(ValueError, match="two zones of the same pitch"):
        twice.save(tmp_path / "twice.sfz")
    assert path.read_bytes() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["beep.sf2", "other-samples"]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"pitch": 128.0}, "'pitch' parameter of Zone"),
        ({"low_key": 81}, "low_key up to its high_key"),
        ({"low_velocity": 5, "high_velocity": 4}, "low_velocity up to its high_velocity"),
        ({"audio": [0.0, 1.5]}, "reaches 1.5"),
        ({"audio": [0.0, np.nan]}, "NaN"),
        ({"audio": np.zeros((2, 8))}, "in mono"),
        ({"loop_start": 8000}, "loop_start must be within the 8000 samples"),
    ],
)
def test_zones_that_cannot_be_played_are_refused(settings, message):
    whole = {"audio": tone(69), "pitch": 69.0, "low_key": 60, "high_key": 80}
    with pytest.raises(ValueError, match=message):
        Zone(**whole | settings)


def test_instruments_that_cannot_be_written_are_refused(tmp_path):
    zone = Zone(tone(69), 69, 60, 80)
    with pytest.raises(ValueError, match="'zones' parameter of SampledInstrument must hold one"):
        SampledInstrument("beep", [], RATE)
    with pytest.raises(ValueError, match="'program' parameter of SampledInstrument"):
        SampledInstrument("beep", [zone], RATE, program=128)
    for wrong in ({"release": np.inf}, {"release": 1e9}, {"sample_rate": 2**40}):
        with pytest.raises(ValueError, match=f"'{next(iter(wrong))}' parameter of Sampled"):
            SampledInstrument(**{"name": "beep", "zones": [zone], "sample_rate": RATE} | wrong)
    for zones in ([zone, tone(69)], zone, np.zeros(3), ["beep"]):
        with pytest.raises(TypeError, match="'zones' parameter of Sampled.* a sequence"):
            SampledInstrument("beep", zones, RATE)
    sound = np.zeros(1)
    many = [Zone(sound, 60, key, key, v, v) for key in range(128) for v in range(103)]
    with pytest.raises(ValueError, match="give it fewer zones"):
        SampledInstrument("beep", many, RATE).save(tmp_path / "many.sf2")


def test_the_longest_release_can_be_stated(tmp_path):
    slow = SampledInstrument("slow", [Zone(tone(69), 69, 60, 80)], RATE, release=60)
    everywhere, *_ = zones_of(read(slow.save(tmp_path / "slow.sf2")))
    assert everywhere[38] <= 8000  # timecents, the most that the format allows
    assert 2 ** (everywhere[38] / 1200) == pytest.approx(100, rel=1e-3)
