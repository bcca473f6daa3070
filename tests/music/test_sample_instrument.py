"""Instruments sampled from models, as a player plays them."""

from dataclasses import replace

import librosa
import numpy as np
import pandas as pd
import pytest

from audiogen import GenerativePipeline, recipes
from audiogen.datasets import make_notes
from audiogen.generators import ConditionalGaussianMixture
from audiogen.music import _sample_instrument as sampling
from audiogen.music import pretrained, sample_instrument
from audiogen.music._tuning import heard_pitch

RATE = 44100


@pytest.fixture(scope="module")
def trombone():
    return sample_instrument("trombone", random_state=0)


@pytest.fixture(scope="module")
def own_model():
    X, y = make_notes(24, duration=2.0, random_state=0, return_X_y=True)
    y = y[["pitch"]].assign(instrument_family=np.where(y.pitch > 60, "my kazoo", "my tuba"))
    return recipes.harmonic_gmm(n_components=8, random_state=0).fit(X, y)


def keys_of(instrument):
    return range(
        min(zone.low_key for zone in instrument.zones),
        max(zone.high_key for zone in instrument.zones) + 1,
    )


class Player:
    """TinySoundFont with one instrument."""

    def __init__(self, instrument, folder):
        tinysoundfont = pytest.importorskip("tinysoundfont")
        self.synth = tinysoundfont.Synth(samplerate=RATE)
        file = self.synth.sfload(str(instrument.save(folder / "any.sf2")))
        self.synth.program_select(0, file, 0, instrument.program)

    def play(self, key, velocity, seconds):
        self.synth.sounds_off()
        self.synth.noteon(0, key, velocity)
        return np.frombuffer(bytes(self.synth.generate(int(seconds * RATE))), np.float32)[::2]


def cents_off(audio, key):
    """Return how far a note is from its key, by another tracker than the one that tunes."""
    frequency = librosa.midi_to_hz(key)
    heard = librosa.yin(
        audio, fmin=frequency / 1.3, fmax=frequency * 1.3, sr=RATE, frame_length=4096
    )
    return 1200 * np.log2(np.median(heard) / frequency)


def partials_off(audio, key):
    """Return how far the three loudest of eight partials are from a key, in cents."""
    n_fft = 2**19
    spectrum, found = np.abs(np.fft.rfft(audio * np.hanning(len(audio)), n_fft)), []
    for hertz in librosa.midi_to_hz(key) * np.arange(1, 9):
        low, high = (hertz * 2 ** (np.array([-50, 50]) / 1200) * n_fft / RATE).astype(int)
        peak = low + spectrum[low:high].argmax()
        found.append((spectrum[peak], 1200 * np.log2(peak * RATE / n_fft / hertz)))
    return [cents for _, cents in sorted(found)[-3:]]


def decibels(audio, seconds=0.5):
    frames = audio[: len(audio) // int(seconds * RATE) * int(seconds * RATE)]
    return 10 * np.log10(np.square(frames.reshape(-1, int(seconds * RATE))).mean(axis=1))


def test_every_key_and_velocity_is_played_by_one_zone(trombone):
    played = np.zeros((128, 128), int)
    for zone in trombone.zones:
        played[zone.low_key : zone.high_key + 1, zone.low_velocity : zone.high_velocity + 1] += 1
        assert abs(zone.pitch - zone.low_key) < 1.1 or zone.low_key == keys_of(trombone)[0]
    np.testing.assert_array_equal(played[list(keys_of(trombone))], 1)
    assert {zone.low_velocity for zone in trombone.zones} == {0, 44, 82}  # learnt: 25 to 100
    assert keys_of(trombone)[0] <= 40 < 70 <= keys_of(trombone)[-1]
    assert (trombone.program, trombone.sample_rate) == (57, 44100)
    assert "Versilian Studios" in trombone.credit
    assert "CC0-1.0" in trombone.licence


def test_it_plays_in_tune_at_one_level_and_louder_when_struck_harder(trombone, tmp_path):
    player = Player(trombone, tmp_path)
    notes = {key: player.play(key, 100, 1.3)[int(0.1 * RATE) :] for key in keys_of(trombone)[::2]}
    assert max(abs(cents_off(audio, key)) for key, audio in notes.items()) < 5
    levels = [decibels(audio, 1.2)[0] for audio in notes.values()]
    assert np.abs(np.diff(levels)).max() < 2
    assert np.ptp(levels) < 4
    louder = [decibels(player.play(52, v, 1.0), 1.0)[0] for v in (10, 43, 44, 81, 82, 127)]
    assert all(np.diff(louder)[::2] > 3)
    assert np.abs(np.diff(louder)[1::2]).max() < 1  # from one layer to the next


def test_the_lowest_keys_of_a_piano_are_in_tune_by_their_loudest_partials(tmp_path, monkeypatch):
    """Their first partials are not heard; those of the lowest note are off from one another."""
    chosen = sampling._chosen

    def low_end(*args):
        voice, known = chosen(*args)
        return replace(voice, pitches=(voice.pitches[0], 36)), replace(known, high=36)

    monkeypatch.setattr(sampling, "_chosen", low_end)
    piano = sample_instrument("piano", random_state=0)
    assert {zone.low_key for zone in piano.zones} == {21, 29, 32, 35}
    assert max(len(zone.audio) for zone in piano.zones) > RATE
    player = Player(piano, tmp_path)
    for velocity in (40, 100):
        for key in range(21, 37, 3):
            off = partials_off(player.play(key, velocity, 1.5), key)
            assert np.abs(off).max() < 5, (key, off)


def test_pitch_is_that_of_the_partials_by_their_power():
    """A stiff string at 36.7 Hz without a first partial: the others are sharper and sharper."""
    number = np.arange(2, 9)[:, np.newaxis]
    level, sharp = np.array([[0.5, 1, 0.2, 0.8, 0.1, 0.05, 0.02]]).T, 3 * np.sqrt(1 + number**2)
    time = np.arange(3 * RATE) / RATE
    hertz = librosa.midi_to_hz(26) * number * 2 ** (sharp / 1200)
    string = (level * np.sin(2 * np.pi * hertz * time)).sum(axis=0)
    mean = np.average(sharp, weights=level**2)
    pitch, spread = heard_pitch(string, 26.2, RATE)
    assert pitch == pytest.approx(26 + mean / 100, abs=0.002)
    wide = np.sqrt(np.average((sharp - mean) ** 2, weights=level**2)) / 100
    assert spread == pytest.approx(wide, abs=0.002)
    for nothing in (np.zeros(RATE), np.zeros(1), np.sin(2 * np.pi * 38.9 * time)):
        assert heard_pitch(nothing, 26, RATE) == (26, 0)


def test_a_sample_of_four_seconds_is_held_for_ten(trombone, tmp_path):
    assert max(len(zone.audio) for zone in trombone.zones) <= 4.1 * RATE
    player = Player(trombone, tmp_path)
    for key in (45, 58):
        note = player.play(key, 100, 10.0)
        assert abs(cents_off(note[8 * RATE :], key)) < 5
        levels = decibels(note)
        assert np.ptp(levels[2:]) < 4
        spectrum = np.log(
            np.abs(librosa.stft(note, n_fft=1024, hop_length=256, center=False)) + 1e-4
        )
        flux = np.maximum(np.diff(spectrum, axis=1), 0).mean(axis=0)
        frames = RATE // 256  # a click at the loop's seam would stand out of the later ones
        assert flux[3 * frames :].max() < 1.5 * flux[frames // 2 : 2 * frames].max()


def test_what_dies_away_is_not_looped(tmp_path):
    bells = sample_instrument("bells", random_state=0)
    assert all(zone.loop_start is None for zone in bells.zones)
    assert all(abs(zone.audio[-1]) < 1e-3 for zone in bells.zones)
    assert bells.program == 9
    assert 74 in keys_of(bells)
    assert 103 in keys_of(bells)
    levels = decibels(Player(bells, tmp_path).play(90, 100, 2.0))
    assert all(np.diff(levels) < -1)


def test_a_model_of_ones_own_at_its_own_rate(own_model, tmp_path):
    kazoo = sample_instrument("My Kazoo", model=own_model, random_state=3)
    assert (kazoo.sample_rate, kazoo.program) == (16000, 0)
    assert (kazoo.credit, kazoo.licence) == ("made with audiogen, with a model of one's own", "")
    assert {(z.low_velocity, z.high_velocity) for z in kazoo.zones} == {(0, 127)}
    note = Player(kazoo, tmp_path).play(70, 100, 1.5)[int(0.1 * RATE) :]
    assert abs(cents_off(note, 70)) < 5
    again = sample_instrument("My Kazoo", model=own_model, random_state=3)
    for one, other in zip(kazoo.zones, again.zones, strict=True):
        np.testing.assert_array_equal(one.audio, other.audio)
        assert one.pitch == other.pitch


@pytest.mark.parametrize(("rate", "highest"), [(8000, 107), (16000, 119)])
def test_keys_above_half_the_sample_rate_are_left_out(rate, highest):
    pitch = np.arange(highest - 8, 128)
    time = np.arange(rate) / rate
    X = np.sin(2 * np.pi * 440 * np.exp2((pitch[:, None] - 69) / 12) * time)
    mixture = ConditionalGaussianMixture(1, random_state=0)
    model = GenerativePipeline([("mixture", mixture)], sample_rate=rate)
    whistle = sample_instrument(model=model.fit(X, pd.DataFrame({"pitch": pitch})), random_state=0)
    pitches = [zone.pitch for zone in whistle.zones]
    assert max(pitches) < highest + 0.5 < 12 * np.log2(rate / 2 / 440) + 69.5
    assert max(pitches) > highest - 3
    above = model.fit(X[9:], pd.DataFrame({"pitch": pitch[9:]}))
    with pytest.raises(ValueError, match=f"all are above half the model's sample rate of {rate}"):
        sample_instrument(model=above)


def test_what_a_model_does_not_have_is_refused(own_model):
    with pytest.raises(ValueError, match="no 'my kazo'. It knows my kazoo, my tuba. Did you mean"):
        sample_instrument("my kazo", model=own_model)
    with pytest.raises(ValueError, match="no ''. It knows my kazoo, my tuba"):
        sample_instrument(" ", model=own_model)
    with pytest.raises(ValueError, match="several instruments: say which, of my kazoo, my tuba"):
        sample_instrument(model=own_model)
    with pytest.raises(ValueError, match="no 'flute'. It knows my kazoo, my tuba"):
        sample_instrument("flute", model=own_model)
    with pytest.raises(ValueError, match="drums, .*muldjord, sonicpi1.* Did you mean flute"):
        sample_instrument("flut")
    with pytest.raises(ValueError, match="Did you mean sonicpi1"):
        sample_instrument("Sonicpi11")
    with pytest.raises(ValueError, match="'release' parameter of sample_instrument"):
        sample_instrument("flute", release=0)


def test_models_that_cannot_be_sampled_are_refused():
    X, y = make_notes(8, duration=0.5, random_state=0, return_X_y=True)
    families = ConditionalGaussianMixture(random_state=0).fit(X, y[["instrument_family"]])
    with pytest.raises(ValueError, match="sample_instrument needs a generator that was fitted"):
        sample_instrument(model=families)
    pitches = ConditionalGaussianMixture(random_state=0).fit(X, y[["pitch"]])
    with pytest.raises(ValueError, match="states the sample rate"):
        sample_instrument(model=pitches)
    named = pd.DataFrame({"pitch": ["low", "high"] * 4})
    as_names = ConditionalGaussianMixture(random_state=0).fit(X, named)
    with pytest.raises(ValueError, match="needs a generator"):
        sample_instrument(model=as_names)


@pytest.mark.filterwarnings("ignore:There is no drum for some percussion notes")
def test_drums_are_those_of_general_midi(tmp_path):
    kit = sample_instrument("drums", random_state=0)
    assert (kit.drums, list(keys_of(kit))) == (True, list(range(35, 82)))
    assert "Muldjord" in kit.credit
    assert "CC-BY-4.0" in kit.licence
    tinysoundfont = pytest.importorskip("tinysoundfont")
    synth = tinysoundfont.Synth(samplerate=RATE)
    synth.program_select(9, synth.sfload(str(kit.save(tmp_path / "kit.sf2"))), 128, 0, True)
    centroids = {}
    for note in (36, 38, 42):
        synth.sounds_off()
        synth.noteon(9, note, 110)
        hit = np.frombuffer(bytes(synth.generate(RATE // 4)), np.float32)[::2]
        power = np.square(np.abs(np.fft.rfft(hit)))
        centroids[note] = (power * np.fft.rfftfreq(len(hit), 1 / RATE)).sum() / power.sum()
    assert centroids[36] < 300 < centroids[38] < 5000 < centroids[42]
    with pytest.raises(ValueError, match="no 'muldjort'.*Did you mean muldjord"):
        sample_instrument("muldjort", model=pretrained("drums"))


@pytest.mark.filterwarnings("ignore:There is no drum for some percussion notes")
def test_kits_are_had_by_name_in_any_case():
    kit = sample_instrument(" SonicPi1", random_state=0)
    assert (kit.drums, kit.name) == (True, "sonicpi1")
    assert "Sonic Pi" in kit.credit
    y = pd.DataFrame(
        {"drum": ["kick", "snare"] * 2, "velocity": [40, 40, 100, 100], "kit": "Mine"}
    )
    X = np.random.default_rng(0).normal(0, 0.1, (4, 800))
    mixture = ConditionalGaussianMixture(1, random_state=0)
    own = GenerativePipeline([("mixture", mixture)], sample_rate=8000).fit(X, y)
    for name in ("mine", "MINE", "Drum Kit", None):
        assert sample_instrument(name, model=own, random_state=0).sample_rate == 8000
