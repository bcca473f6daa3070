import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audiogen.signal import track_pitch

RATE = 16000


def hertz(midi):
    return 440 * 2 ** ((np.asarray(midi, dtype=float) - 69) / 12)


def tone(midi, n_partials=1, seconds=0.5, rate=RATE, slope=1.0, seed=0):
    """Partials below Nyquist, falling as 1 / number**slope, at random phases."""
    t = np.arange(int(seconds * rate)) / rate
    phases = np.random.default_rng(seed).uniform(0, 2 * np.pi, n_partials)
    audio = np.zeros(len(t))
    for number in range(1, n_partials + 1):
        if number * hertz(midi) < rate / 2:
            angle = 2 * np.pi * number * hertz(midi) * t + phases[number - 1]
            audio += np.sin(angle) / number**slope
    return (0.5 * audio / np.abs(audio).max()).astype(np.float32)


@pytest.mark.parametrize("rate", [8000, 16000, 44100])
@pytest.mark.parametrize("n_partials", [1, 30])
def test_pitch_of_tones_is_that_of_their_formula(rate, n_partials):
    midi = np.arange(21, 107)
    audio = np.stack([tone(m, n_partials, rate=rate) for m in midi])
    np.testing.assert_allclose(track_pitch(audio, rate), midi, atol=0.03)


@given(
    midi=st.floats(28, 100),
    n_partials=st.integers(1, 20),
    slope=st.floats(0.5, 2),
    gain=st.floats(0.01, 2),
    seed=st.integers(0, 99),
)
@settings(deadline=None, max_examples=60)
def test_pitch_ignores_gain_polarity_and_phase(midi, n_partials, slope, gain, seed):
    audio = tone(midi, n_partials, slope=slope, seed=seed)
    found = track_pitch([audio, -np.float32(gain) * audio])
    np.testing.assert_allclose(found, midi, atol=0.05)


def test_missing_fundamental():
    for midi in (36, 48, 60):
        audio = tone(midi, 12)
        t = np.arange(len(audio)) / RATE
        phase = 2 * np.pi * hertz(midi) * t
        basis = np.stack([np.sin(phase), np.cos(phase)], axis=1)
        without = audio - basis @ np.linalg.lstsq(basis, audio, rcond=None)[0]
        np.testing.assert_allclose(track_pitch(without), [midi], atol=0.05)


def test_a_strong_second_partial_is_no_octave():
    t = np.arange(RATE) / RATE
    f = hertz(57)
    audio = 0.3 * np.sin(2 * np.pi * f * t) + np.sin(4 * np.pi * f * t)
    np.testing.assert_allclose(track_pitch(audio), [57], atol=0.05)


def test_odd_harmonics_far_below_even_ones_are_heard():
    t = np.arange(2 * RATE) / RATE
    for midi in (48, 57, 64):
        partials = [
            (0.05 if k % 2 else 1 / k) * np.sin(2 * np.pi * k * hertz(midi) * t + k)
            for k in range(1, 9)
        ]
        np.testing.assert_allclose(track_pitch(sum(partials)), [midi], atol=0.05)


BARS = {  # modes of a free bar (Euler and Bernoulli), as of a glockenspiel or a celesta
    "even": ([1, 2.756, 5.404, 8.933], [1, 1, 1, 1]),
    "dull": ([1, 2.756, 5.404, 8.933], [1, 0.5, 0.3, 0.2]),
    "bright": ([1, 2.756, 5.404, 8.933], [0.4, 0.3, 0.9, 1]),
}


@pytest.mark.parametrize("decays", [[1, 1, 1, 1], [2, 4, 8, 12]], ids=["together", "apart"])
@pytest.mark.parametrize(("ratios", "levels"), BARS.values(), ids=BARS)
def test_a_bar_has_the_pitch_of_its_lowest_mode_and_not_of_a_common_period(ratios, levels, decays):
    t, midi = np.arange(2 * RATE) / RATE, np.arange(60, 97, 3)
    audio = np.zeros((len(midi), len(t)))
    for i, (ratio, level, decay) in enumerate(zip(ratios, levels, decays, strict=True)):
        mode = hertz(midi)[:, np.newaxis] * ratio
        sine = level * np.exp(-decay * t) * np.sin(2 * np.pi * mode * t + i)
        audio += np.where(mode < RATE / 2, sine, 0)
    np.testing.assert_allclose(track_pitch(audio / 4), midi, atol=0.1)


def test_chimes_have_the_pitch_that_their_strong_modes_suggest():
    t, midi = np.arange(2 * RATE) / RATE, np.arange(60, 90, 3)
    modes = {0.62: 0.25, 1.22: 0.45, 2.0: 0.7, 2.94: 1.0, 4.0: 0.7, 5.17: 0.2}
    audio = sum(
        level * np.sin(2 * np.pi * ratio * hertz(midi)[:, np.newaxis] * t + ratio)
        for ratio, level in modes.items()
    )
    np.testing.assert_allclose(track_pitch(np.exp(-t) * audio / 4), midi, atol=0.4)


def test_an_attack_that_slides_is_left_out():
    t = np.arange(3 * RATE) / RATE
    for midi in (50, 62, 74):
        track = hertz(midi + 2.5 * np.clip(1 - t / 0.6, 0, 1))
        phase = 2 * np.pi * np.cumsum(track) / RATE
        note = sum(np.sin(k * phase) / k for k in range(1, 6))
        np.testing.assert_allclose(track_pitch(note / 4), [midi], atol=0.1)


@pytest.mark.parametrize("mains", [50, 60])
def test_hum_under_a_fading_note(mains):
    t = np.arange(4 * RATE) / RATE
    hum = np.sin(2 * np.pi * mains * t) + 0.5 * np.sin(4 * np.pi * mains * t)
    for midi in (40, 60, 80):
        note = tone(midi, 6, seconds=4) * np.exp(-3 * t)
        np.testing.assert_allclose(track_pitch(note + 0.01 * hum), [midi], atol=0.1)


@pytest.mark.parametrize("slope", [-0.5, 0.0, 0.5, 1.0], ids=["blue", "white", "pink", "brown"])
def test_noise_has_no_pitch(slope):
    rng = np.random.default_rng(0)
    spectra = np.fft.rfft(rng.normal(size=(50, 2 * RATE)))
    spectra *= np.maximum(np.fft.rfftfreq(2 * RATE, 1 / RATE), 20) ** -slope
    audio = np.fft.irfft(spectra)
    audio /= np.abs(audio).max(axis=1, keepdims=True)
    assert np.isnan(track_pitch(audio)).all()


def test_short_noise_has_no_pitch():
    audio = np.random.default_rng(0).normal(scale=0.1, size=(100, 2500))
    assert np.isnan(track_pitch(audio)).all()


@pytest.mark.parametrize(
    "audio",
    [np.zeros(RATE), 5e-4 * tone(60), tone(60)[:1500], np.full(RATE, 0.3), np.eye(1, RATE)],
    ids=["silence", "inaudible", "short", "offset", "click"],
)
def test_what_cannot_be_judged_is_nan(audio):
    assert np.isnan(track_pitch(audio)).all()


def test_rows_do_not_influence_each_other():
    rng = np.random.default_rng(0)
    audio = np.stack([tone(m, 8) for m in range(40, 75)])
    audio += rng.normal(scale=0.01, size=audio.shape)
    together = track_pitch(audio)
    np.testing.assert_array_equal(together, [track_pitch(clip)[0] for clip in audio])


def test_no_rows():
    assert track_pitch(np.zeros((0, RATE))).shape == (0,)


def test_bad_input():
    with pytest.raises(ValueError, match="sample_rate"):
        track_pitch(np.zeros(10), sample_rate=10)
    with pytest.raises(ValueError, match="NaN"):
        track_pitch(np.full(RATE, np.nan))


def test_real_notes():
    from audiogen.datasets import load_notes

    X, y = load_notes("valid", return_X_y=True)
    error = track_pitch(X) - y["pitch"]
    assert np.mean(np.abs(error) <= 0.5) >= 0.95


@pytest.mark.parametrize("sample_rate", [4000, 16_000, 44_100])
def test_a_row_without_a_line_ends_nothing(sample_rate):
    """All that is heard is at the Nyquist frequency, as upsampling networks leave it."""
    n = np.arange(2 * sample_rate)
    tone = 0.5 * np.sin(2 * np.pi * 440 * n / sample_rate)
    checkered = 0.5 * (-1.0) ** n
    found = track_pitch(np.stack([checkered, tone]), sample_rate)
    assert np.isnan(found[0])
    assert found[1] == pytest.approx(69, abs=0.05)
