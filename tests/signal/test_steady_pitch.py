import numpy as np
import pytest
import scipy.signal

from audiogen.signal import hz_to_midi, loop_note, steady_pitch, track_pitch

RATE = 16000


def note(cents, seconds=3.0, pitch=57.0, n_partials=4):
    """A note of some partials whose pitch moves by cents, an array or a number."""
    frequency = 440 * 2 ** ((pitch - 69 + np.asarray(cents) / 100) / 12)
    phase = 2 * np.pi * np.cumsum(np.broadcast_to(frequency, round(seconds * RATE))) / RATE
    return 0.2 * sum(np.sin(k * phase + k) / k for k in range(1, n_partials + 1))


def cents_by_time(audio, pitch=57.0, seconds=0.25):
    frames = audio[: len(audio) // round(seconds * RATE) * round(seconds * RATE)]
    return 100 * (track_pitch(frames.reshape(-1, round(seconds * RATE)), RATE) - pitch)


@pytest.mark.parametrize("offset", [-30.0, 0.0, 30.0])
def test_drift_goes_and_vibrato_stays(offset):
    t = np.arange(3 * RATE) / RATE
    drifting = note(offset + 12 * np.cos(np.pi * t / 3))
    assert np.ptp(cents_by_time(drifting)) > 15
    steady = steady_pitch(drifting, 57.0, sample_rate=RATE)
    assert steady.dtype == np.float32
    assert len(steady) == pytest.approx(len(drifting) * 2 ** (offset / 1200), rel=2e-3)
    assert np.abs(cents_by_time(steady)).max() < 2.5
    vibrato = note(offset + 20 * np.sin(2 * np.pi * 6 * t), n_partials=1)
    kept = steady_pitch(vibrato, 57.0, sample_rate=RATE)
    turns = np.unwrap(np.angle(scipy.signal.hilbert(kept.astype(float)))) / (2 * np.pi)
    cents = 1200 * np.log2(np.diff(turns)[RATE : 2 * RATE] * RATE / 220)
    assert (cents.min(), cents.max()) == pytest.approx((-20, 20), abs=3)


def test_high_partials_are_kept():
    audio = note(5.0) + 0.1 * np.sin(2 * np.pi * 110 * 64 * np.arange(3 * RATE) / RATE)  # 7040 Hz
    steady = steady_pitch(audio, 57.0, sample_rate=RATE)
    found = np.abs(np.fft.rfft(steady[:RATE] * np.hanning(RATE)))
    high = found[6900:7100].max() * 4 / RATE
    assert high == pytest.approx(0.1, rel=0.1)


def test_what_has_no_pitch_or_another_one_is_left_alone():
    noise = np.random.default_rng(0).normal(size=RATE).astype(np.float32)
    np.testing.assert_array_equal(steady_pitch(noise, 57.0, sample_rate=RATE), noise)
    other = note(0.0).astype(np.float32)
    np.testing.assert_array_equal(steady_pitch(other, 60.0, sample_rate=RATE), other)
    short = other[:1000]
    np.testing.assert_array_equal(steady_pitch(short, 57.0, sample_rate=RATE), short)


@pytest.mark.parametrize("frequency", [55.0, 440.3, 1760.9])
def test_a_loop_repeated_is_one_tone(frequency):
    pitch = float(hz_to_midi(frequency))
    looped, start = loop_note(note(0.0, 4.0, pitch), sample_rate=RATE)
    assert RATE < start < len(looped) <= 4 * RATE
    held = np.concatenate([looped, *[looped[start:]] * 3])
    size = RATE // 5
    levels = 10 * np.log10(np.square(held[: len(held) // size * size].reshape(-1, size)).mean(1))
    assert np.ptp(levels[1:]) < 0.5
    assert np.abs(np.diff(held)).max() < 1.1 * np.abs(np.diff(looped[:RATE])).max()
    assert 100 * abs(track_pitch(held[2 * RATE :], RATE)[0] - pitch) < 2


def test_what_dies_away_is_looped_only_when_asked():
    dying = note(0.0) * 10 ** (-6 * np.arange(3 * RATE) / RATE / 20)
    assert loop_note(dying, sample_rate=RATE) is None
    looped, start = loop_note(dying, sample_rate=RATE, decaying=True)
    ends = looped[start : start + 1600], looped[-1600:]
    first, last = (np.sqrt(np.square(end).mean()) for end in ends)
    assert 20 * np.log10(last / first) == pytest.approx(0, abs=0.5)
    assert loop_note(np.zeros(100), sample_rate=RATE, decaying=True) is None
