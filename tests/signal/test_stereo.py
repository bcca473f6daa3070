"""Pans, width, rooms and fades: closed forms and laws."""

import numpy as np
import pytest
import scipy.signal
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from audiogen.signal import fade, pan, room, widen

RATE = 16000
NOISE = np.random.default_rng(0).normal(scale=0.1, size=(2 * RATE, 2))
MONO = arrays(np.float64, st.integers(1, 50), elements=st.floats(-1, 1))
STEREO = arrays(np.float64, st.tuples(st.integers(1, 50), st.just(2)), elements=st.floats(-1, 1))
POSITIONS = st.floats(-1, 1)


@settings(max_examples=50, deadline=None)
@given(MONO | STEREO, POSITIONS)
def test_panning_keeps_the_power_of_every_sample(clip, position):
    placed = pan(clip, position)
    assert placed.shape == (len(clip), 2)
    before = np.square(clip.reshape(len(clip), -1)).sum(axis=1)
    np.testing.assert_allclose(np.square(placed).sum(axis=1), before, atol=1e-12)


@settings(max_examples=30, deadline=None)
@given(MONO, POSITIONS)
def test_the_middle_of_stereo_moves_as_mono_does(clip, position):
    np.testing.assert_allclose(pan(pan(clip, 0), position), pan(clip, position), atol=1e-12)
    np.testing.assert_allclose(pan(clip, -position), pan(clip, position)[:, ::-1], atol=1e-12)
    assert pan(clip, 1)[:, 0] == pytest.approx(0, abs=1e-12)
    angle = np.pi / 4 * (1 + position)
    np.testing.assert_allclose(pan(clip, position)[:, 1], np.sin(angle) * clip, atol=1e-12)


def test_stereo_in_the_middle_stays_and_types_are_kept():
    np.testing.assert_array_equal(pan(NOISE, 0), NOISE)
    for dtype in (np.float32, np.float64):
        clip = NOISE.astype(dtype)
        made = [pan(clip, 0.3), pan(clip[:, 0], 0.3), widen(clip, 0.3, RATE), room(clip, RATE),
                room(clip[:, :1], RATE, wrap=True), fade(clip, RATE, fade_in=0.1)]  # fmt: skip
        assert {m.dtype for m in made} == {np.dtype(dtype)}


@pytest.mark.parametrize("sample_rate", [16000, 44100, 96000])
@pytest.mark.parametrize("amount", [0.1, 0.25, 0.5])
def test_width_leaves_mono_and_basses_alone_and_is_as_loud_as_asked(sample_rate, amount):
    mono = np.random.default_rng(1).normal(scale=0.1, size=2 * sample_rate)
    wide = widen(mono, amount, sample_rate)
    np.testing.assert_allclose(wide.mean(axis=1), mono, atol=1e-12)
    side, middle = wide[:, 0] - wide[:, 1], wide.sum(axis=1)
    level = 20 * np.log10(side.std() / middle.std() / amount)
    assert abs(level) < 0.5
    frequency, coherence = scipy.signal.coherence(*wide.T, sample_rate, nperseg=sample_rate // 8)
    assert coherence[(frequency > 0) & (frequency < 60)].min() > 0.99
    _, power = scipy.signal.welch(side, sample_rate, nperseg=1024)
    frequency = np.fft.rfftfreq(1024, 1 / sample_rate)
    octaves = [
        power[(frequency >= f) & (frequency < 2 * f)].mean() for f in (500, 1000, 2000, 4000)
    ]
    assert max(octaves) / min(octaves) < 3  # no part of the spectrum is left in the middle
    np.testing.assert_array_equal(wide, widen(mono, amount, sample_rate))
    np.testing.assert_array_equal(widen(mono, 0, sample_rate)[:, 0], mono)


def impulse(seconds=2.0, sample_rate=44100):
    click = np.zeros(round(seconds * sample_rate))
    click[0] = 1.0
    return click


@pytest.mark.parametrize("seconds", [0.4, 1.2])
def test_a_room_decays_as_asked_and_sooner_at_high_frequencies(seconds):
    damping = 4000.0
    response = room(impulse(), 44100, seconds=seconds, wet=1.0, damping=damping)
    assert (response[0] == 1).all()
    response[0] = 0
    np.testing.assert_allclose(np.square(response).sum(axis=0), 1, rtol=1e-3)
    assert abs(np.corrcoef(response.T)[0, 1]) < 0.1
    for low in (250, 1000, 4000):
        band = scipy.signal.butter(4, (low, 2 * low), "bandpass", fs=44100, output="sos")
        energy = np.square(scipy.signal.sosfilt(band, response, axis=0)).sum(axis=1)
        left = 10 * np.log10(np.cumsum(energy[::-1])[::-1] / energy.sum())  # M. Schroeder, 1965
        heard = (np.argmax(left < -30) - np.argmax(left < -10)) / 44100 * 3
        assert heard == pytest.approx(seconds / (1 + 1.41 * low / damping), rel=0.25)


def test_a_room_is_linear_and_the_same_every_time():
    first, second = NOISE, NOISE[::-1] * [1, 0.2]
    both = room(first + second, RATE)
    np.testing.assert_allclose(both, room(first, RATE) + room(second, RATE), atol=1e-12)
    np.testing.assert_array_equal(both, room(first + second, RATE))
    assert np.abs(both - room(first + second, RATE, random_state=1)).max() > 0.01
    np.testing.assert_array_equal(room(first, RATE, wet=0), first)
    added = room(first, RATE, wet=0.2) - first
    assert added.std() == pytest.approx(0.2 * first.std(), rel=0.2)


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 20_000), st.integers(0, 20_000), st.booleans())
def test_a_loop_has_no_place_where_it_begins(n, shift, wide):
    def process(clip):
        if wide:
            return widen(clip, 0.5, RATE, wrap=True)
        return room(clip, RATE, seconds=0.5, wrap=True)

    loop = NOISE[:n]
    turned = process(np.roll(loop, shift, axis=0))
    np.testing.assert_allclose(turned, np.roll(process(loop), shift, axis=0), atol=1e-10)


def test_a_loop_is_what_is_heard_when_it_has_been_played_before():
    loop = NOISE[:5000]
    for process in (lambda c, **o: widen(c, 0.5, RATE, **o), lambda c, **o: room(c, RATE, **o)):
        again = process(np.tile(loop, (6, 1)))[-len(loop) :]
        np.testing.assert_allclose(process(loop, wrap=True), again, atol=1e-4)


def test_fades_are_squared_sines():
    made = fade(np.ones((100, 2)), 10, fade_in=2.0, fade_out=3.0)
    np.testing.assert_allclose(made[:20, 1], np.sin(np.linspace(0, np.pi / 2, 20)) ** 2, atol=1e-6)
    np.testing.assert_allclose(
        made[-30:, 0], np.cos(np.linspace(0, np.pi / 2, 30)) ** 2, atol=1e-6
    )
    assert (made[20:70] == 1).all()
    assert fade(np.ones(5), 10, fade_in=9)[-1] == pytest.approx(1)
    np.testing.assert_array_equal(fade(NOISE, RATE), NOISE)


def test_what_makes_no_sense_is_named():
    with pytest.raises(
        ValueError, match="'position' parameter of pan must be a number in the range"
    ):
        pan(NOISE, 1.5)
    with pytest.raises(ValueError, match="'amount' parameter of widen"):
        widen(NOISE, -0.1, RATE)
    with pytest.raises(ValueError, match="'wet' parameter of room"):
        room(NOISE, RATE, wet=2)
    for function in (lambda c: pan(c, 0), lambda c: widen(c, 0.2, RATE), lambda c: room(c, RATE)):
        with pytest.raises(ValueError, match=r"takes audio of one or two channels.*mix it down"):
            function(np.zeros((100, 3)))
        with pytest.raises(ValueError, match="NaN"):
            function(np.full(100, np.nan))
    with pytest.raises(ValueError, match="'fade_in' parameter of fade"):
        fade(NOISE, RATE, fade_in=-1)
