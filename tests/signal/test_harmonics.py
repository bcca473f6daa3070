import librosa
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audiogen.datasets import load_notes
from audiogen.signal import analyse_note, harmonic_knots, synthesise_note
from audiogen.signal._harmonic_synthesis import _oscillators, _phase
from audiogen.signal._harmonics import band_matrix, interpolation_matrix, knot_matrix

RATE = 16000
GRID = {"sample_rate": RATE, "hop_length": 256}


def analyse(audio, pitch, n_harmonics=96, n_noise_bands=24):
    return analyse_note(audio, pitch, n_harmonics=n_harmonics, n_noise_bands=n_noise_bands, **GRID)


def again(note, n_timesteps, seed=0):
    return synthesise_note(note, n_timesteps, rng=np.random.default_rng(seed), **GRID)


def tone(pitch, amplitudes, seconds=2.0, multiples=None, cents=0.0):
    """A sum of sines; cents is a scalar or a track with one value a sample."""
    t = np.arange(int(seconds * RATE)) / RATE
    f0 = librosa.midi_to_hz(pitch) * 2 ** (np.broadcast_to(cents, t.shape) / 1200)
    phase = 2 * np.pi * np.cumsum(f0) / RATE
    multiples = np.arange(1, len(amplitudes) + 1) if multiples is None else multiples
    phases = np.random.default_rng(0).uniform(0, 2 * np.pi, len(amplitudes))
    waves = np.sin(phase * np.asarray(multiples)[:, np.newaxis] + phases[:, np.newaxis])
    return (np.asarray(amplitudes) @ waves).astype(np.float32)


def frequency(audio, near):
    """The frequency of the strongest peak within a semitone, from one long spectrum."""
    spectrum = np.abs(np.fft.rfft(audio * np.hanning(len(audio)), 16 * len(audio)))
    at = np.fft.rfftfreq(16 * len(audio), 1 / RATE)
    inside = np.flatnonzero(np.abs(np.log2(np.maximum(at, 1e-9) / near)) < 1 / 12)
    return at[inside[np.argmax(spectrum[inside])]]


def cents(a, b):
    return 1200 * np.log2(a / b)


def amplitude(audio, frequency):
    """The amplitude of a sine in audio, from one long spectrum."""
    window = np.hanning(len(audio))
    t = np.arange(len(audio)) / RATE
    return 2 * np.abs(np.sum(audio * window * np.exp(-2j * np.pi * frequency * t))) / window.sum()


def test_a_frame_with_more_power_than_its_level_is_turned_down_to_it():
    note = analyse(tone(60, [0.3, 0.2, 0.1]), 60)
    plain = again(note, 32000)
    note.harmonics[50:60] += 20
    note.noise[70:80] += 60
    made = again(note, 32000)
    parts = np.arange(5000, 28000, 512)
    loud, wanted = ([x[part : part + 512].std() for part in parts] for x in (made, plain))
    assert 20 * np.log10(np.divide(loud, wanted)).max() < 2


@pytest.mark.parametrize("pitch", [30, 48, 60, 72, 90])
def test_amplitudes_of_partials_are_recovered(pitch):
    amplitudes = 0.3 * np.array([1.0, 0.5, 0.02, 0.25, 0.1])
    sound = tone(pitch, amplitudes)
    note = analyse(sound, pitch)
    heard = np.flatnonzero(np.arange(1, 6) * librosa.midi_to_hz(pitch) < 0.45 * RATE)
    relative = note.harmonics[40:80, heard].mean(axis=0)
    wanted = 20 * np.log10(amplitudes[heard])
    np.testing.assert_allclose(relative - relative[0], wanted - wanted[0], atol=0.1)
    made = again(note, len(sound))[8000:24000]
    for k in heard:
        found = amplitude(made, (k + 1) * librosa.midi_to_hz(pitch))
        assert found == pytest.approx(amplitudes[k], rel=0.1)


@settings(max_examples=20, deadline=None)
@given(pitch=st.floats(30, 95), off=st.floats(-45, 45))
def test_pitch_is_measured_to_the_cent(pitch, off):
    note = analyse(tone(pitch + off / 100, [0.3, 0.2, 0.1]), pitch)
    assert abs(note.pitch - pitch - off / 100) < 0.01


def test_vibrato_is_tracked():
    t = np.arange(2 * RATE) / RATE
    vibrato = 30 * np.sin(2 * np.pi * 5.5 * t)
    note = analyse(tone(60, [0.3, 0.2, 0.1, 0.05], cents=vibrato), 60)
    wanted = vibrato[np.arange(10, 115) * 256]
    assert np.corrcoef(note.tuning[10:115], wanted)[0, 1] > 0.99
    assert note.tuning[10:115].std() == pytest.approx(wanted.std(), rel=0.25)


def test_stretch_of_a_stiff_string_is_recovered():
    k = np.arange(1, 13)
    stiffness = 6e-4
    multiples = k * np.sqrt((1 + stiffness * k**2) / (1 + stiffness))
    note = analyse(tone(45, 0.2 / k, multiples=multiples), 45)
    np.testing.assert_allclose(note.detuning[:12], cents(multiples, k), atol=1.5)


def test_partials_of_a_bar_stay_where_they_are():
    multiples = np.array([1, 2.756, 5.404])
    sound = again(analyse(tone(72, [0.3, 0.2, 0.1], multiples=multiples), 72), 2 * RATE)
    for multiple in multiples:
        wanted = multiple * librosa.midi_to_hz(72)
        assert abs(cents(frequency(sound[4000:28000], wanted), wanted)) < 3


@pytest.mark.parametrize("pitch", [40, 60, 84])
@pytest.mark.parametrize("seconds", [0.1, 0.3137])
def test_an_onset_stays_within_five_milliseconds(pitch, seconds):
    sound = np.zeros(2 * RATE, np.float32)
    start = int(seconds * RATE)
    sound[start:] = tone(pitch, 0.2 / np.arange(1, 9))[: len(sound) - start]
    made = again(analyse(sound, pitch), len(sound))

    def onset(x):
        return np.flatnonzero(np.abs(x) > 0.1 * np.abs(x).max())[0]

    assert abs(onset(made) - onset(sound)) <= 0.005 * RATE


@pytest.mark.parametrize("late", [0.0, 0.25, 0.5, 0.75])
def test_low_pulses_come_when_those_of_the_recording_do(late):
    period = 1 / librosa.midi_to_hz(28)  # 24 ms
    t = np.arange(2 * RATE) / RATE - 0.1 - late * period
    waves = np.sin(2 * np.pi * np.outer(np.arange(1, 21), t / period)).sum(axis=0)
    sound = (0.04 * waves * np.clip(t / 0.1, 0, 1)).astype(np.float32)
    made = again(analyse(sound, 28), len(sound))
    at = np.arange(8000, 24000)
    turn = np.exp(-2j * np.pi / (period * RATE) * at)
    ahead = np.angle((np.abs(made[at]) @ turn) / (np.abs(sound[at]) @ turn)) / (2 * np.pi)
    assert abs(ahead) * period < 0.005


def test_noise_keeps_its_power_and_colour():
    white = np.random.default_rng(0).standard_normal(4 * RATE).astype(np.float32) * 0.1
    made = again(analyse(white, 60), len(white))
    wanted, found = (
        librosa.feature.melspectrogram(y=x, sr=RATE, n_mels=24).mean(axis=1) for x in (white, made)
    )
    assert np.abs(10 * np.log10(found / wanted)).max() < 3.5


def test_a_tone_that_comes_out_of_noise_keeps_its_level_all_the_way():
    rise = np.clip(np.arange(2 * RATE) / RATE, 0, 1)
    white = np.random.default_rng(0).standard_normal(2 * RATE) * 0.1
    sound = (tone(60, [0.1, 0.1, 0.1]) * rise + white * (1 - rise)).astype(np.float32)
    made = again(analyse(sound, 60), len(sound))
    found, wanted = (np.square(x.reshape(20, -1)).mean(axis=1) for x in (made, sound))
    assert np.abs(10 * np.log10(found / wanted)).max() < 0.4


def test_a_pure_tone_gains_no_noise():
    sound = tone(60, [0.5])
    made = again(analyse(sound, 60), len(sound))
    spectrum = np.abs(np.fft.rfft(made[8000:24000] * np.blackman(16000))) ** 2
    near = np.abs(np.arange(len(spectrum)) - librosa.midi_to_hz(60)) < 8
    assert 10 * np.log10(spectrum[~near].sum() / spectrum[near].sum()) < -50


def test_silence_stays_silence():
    assert not again(analyse(np.zeros(RATE), 60), RATE).any()
    sound = tone(60, [0.3, 0.1])
    sound[RATE:] = 0
    made = again(analyse(sound, 60), len(sound))
    assert not made[RATE + 64 :].any()
    assert made[RATE // 2 : RATE].std() == pytest.approx(sound[: RATE // 2].std(), rel=0.1)


def test_duration_and_level_are_said():
    sound = 0.5 * tone(60, [1.0])
    sound[24000:] = 0
    note = analyse(sound, 60)
    assert note.duration == pytest.approx(1.5, abs=0.005)
    assert note.loudness == pytest.approx(20 * np.log10(0.5 / np.sqrt(2)), abs=0.3)


def test_short_clips_are_analysed():
    for n_timesteps in (1, 10, 300):
        sound = np.random.default_rng(0).uniform(-1, 1, n_timesteps)
        made = again(analyse(sound, 60), n_timesteps)
        assert made.shape == (n_timesteps,)
        assert np.isfinite(made).all()


def test_notes_beyond_the_keyboard_do_no_harm():
    for pitch in (0, 127):
        sound = tone(60, [0.3])
        assert np.isfinite(again(analyse(sound, pitch), len(sound))).all()


def test_the_instruments_own_spectra_come_back():
    """Mel spectra of real notes, 40 dB down from their peaks, within 3 dB on the median."""
    notes = load_notes("valid")
    for audio, pitch in zip(notes.data[::8], notes.frame["pitch"][::8], strict=True):
        made = again(analyse(audio, pitch), len(audio))
        wanted, found = (
            librosa.power_to_db(librosa.feature.melspectrogram(y=x, sr=RATE, n_mels=40))
            for x in (audio, made)
        )
        loud = wanted > wanted.max() - 40
        assert np.median(np.abs(wanted - found)[loud]) < 3


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 400))
def test_knots_rise_from_one_and_are_as_many_as_asked(n_harmonics):
    knots = harmonic_knots(n_harmonics)
    assert len(knots) == n_harmonics
    assert knots[0] == 1
    assert (np.diff(knots) > 0).all()
    assert knots[-1] >= 290 or n_harmonics == 1


def test_matrices_interpolate():
    rng = np.random.default_rng(0)
    at, values, wanted = np.sort(rng.random(9)), rng.random(9), np.linspace(-0.1, 1.1, 50)
    np.testing.assert_allclose(
        values @ interpolation_matrix(at, wanted), np.interp(wanted, at, values), atol=1e-6
    )
    knots = harmonic_knots(20)
    partials = np.arange(1, 100)
    np.testing.assert_allclose(knots @ knot_matrix(20, 99), partials, rtol=1e-6)
    bands = band_matrix(24, 257, RATE)
    np.testing.assert_allclose(bands.sum(axis=0), 1, rtol=1e-6)


def test_a_note_prints_one_line():
    text = repr(analyse(tone(69, [0.5], 0.25), 69, 8, 4))
    assert text == (
        "HarmonicNote(pitch=69.00, duration=0.250, loudness=-8.7, n_frames=17, n_harmonics=8, "
        "n_noise_bands=4)"
    )


def test_a_note_is_analysed_alike_after_others():
    """Weights are shared by notes of a pitch: none may leave traces in them."""
    rng = np.random.default_rng(0)
    low, high = tone(40, [0.3, 0.2], 0.5), tone(80, [0.5], 0.5)
    low = low + 0.01 * rng.standard_normal(len(low)).astype(np.float32)
    first = analyse(low, 40, 32, 8)
    analyse(high, 80, 32, 8)
    analyse(0.01 * rng.standard_normal(len(low)).astype(np.float32), 40, 32, 8)
    again = analyse(low, 40, 32, 8)
    np.testing.assert_array_equal(again.harmonics, first.harmonics)
    np.testing.assert_array_equal(again.noise, first.noise)


@pytest.mark.parametrize("pitch", [30, 60])
def test_oscillators_are_sines_of_the_running_phase(pitch):
    """Against sums of sines in double precision, one partial after the other."""
    n_frames, hop, rng = 40, 256, np.random.default_rng(0)
    cents = np.cumsum(rng.normal(0, 1, n_frames + 1))
    speed = 2 * np.pi * 440 * 2 ** ((pitch - 69 + cents / 100) / 12) / RATE
    multiples = np.arange(1, 31) * (1 + 1e-4 * rng.normal(size=30))
    begins = rng.uniform(0, 6, 30)
    amplitude = (rng.random((n_frames + 1, 30)) / 30).astype(np.float32)
    amplitude[20:, 10:] = 0
    phase = _phase(speed, hop)
    found = _oscillators(phase, begins, multiples, amplitude)
    at = np.arange(n_frames * hop)
    running = np.r_[0, np.cumsum(np.interp(at + 0.5, hop * np.arange(n_frames + 1), speed))][:-1]
    wanted = np.zeros(len(at))
    for multiple, begin, levels in zip(multiples, begins, amplitude.T, strict=True):
        level = np.interp(at, hop * np.arange(n_frames + 1), levels)
        wanted += level * np.sin(begin + multiple * running)
    np.testing.assert_allclose(found, wanted, atol=3e-5)
