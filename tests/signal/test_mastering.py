"""Compressor, limiter and mastering: closed forms, laws, and SciPy and pyloudnorm as judges."""

import numpy as np
import pyloudnorm
import pytest
import scipy.signal
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from audiogen.signal import compress_bus, fade, limit_true_peak, master

RATE = 8000
CLIPS = arrays(np.float64, st.tuples(st.integers(1, 300), st.integers(1, 2)),
               elements=st.floats(-20, 20))  # fmt: skip


def decibels(amplitude):
    return 20 * np.log10(np.abs(amplitude))


def highest(clip, beta=5.0):
    """The true peak that SciPy finds, in dB."""
    fine = scipy.signal.resample_poly(
        np.asarray(clip, float), 4, 1, axis=0, window=("kaiser", beta)
    )
    return decibels(np.abs(fine).max())


def music(seconds=4.0, sample_rate=44100, seed=0):
    """Plucks over a hum, hits of noise, both channels different: peaks 16 dB above the rest."""
    rng = np.random.default_rng(seed)
    t = np.arange(round(seconds * sample_rate)) / sample_rate
    plucks = np.sin(2 * np.pi * 220 * t) * np.exp(-8 * (t % 0.5))
    hits = rng.normal(size=(len(t), 2)) * np.exp(-60 * (t % 1.0))[:, np.newaxis]
    hum = 0.1 * np.sin(2 * np.pi * 110 * t)
    return (0.2 * (plucks + hum)[:, np.newaxis] * [1, 0.6] + 0.3 * hits).astype(np.float32)


@pytest.mark.parametrize(("level", "ratio", "knee", "expected"), [
    (-30, 2, 6, -30), (-18, 2, 0, -18), (-10, 2, 6, -14), (-6, 4, 0, -15), (0, 1, 6, 0),
    (-18, 2, 6, -18.375), (-15, 2, 6, -16.5),  # (1/2 - 1) (x - T + W/2)^2 / 2W inside the knee
])  # fmt: skip
def test_the_static_curve_is_that_of_the_paper(level, ratio, knee, expected):
    steady = np.full((RATE, 2), 10 ** (level / 20)) * [1, -0.3]
    made = compress_bus(steady, RATE, threshold=-18, ratio=ratio, knee=knee)
    assert decibels(made[-1, 0]) == pytest.approx(expected, abs=1e-3)
    np.testing.assert_allclose(made[:, 1], -0.3 * made[:, 0], rtol=1e-5)
    louder = compress_bus(steady, RATE, threshold=-18, ratio=ratio, knee=knee, makeup=6)
    np.testing.assert_allclose(louder, made * 10 ** (6 / 20), rtol=1e-5)


def test_attack_and_release_are_exponential():
    step = np.where(np.arange(3 * RATE) // RATE == 1, 1.0, 1e-3)
    gain = decibels(compress_bus(step, RATE, threshold=-20, attack=0.02, release=0.1) / step)
    rising = np.arange(1, 1000)
    expected = -10 * (1 - np.exp(-rising / (0.02 * RATE)))
    np.testing.assert_allclose(gain[RATE : RATE + 999], expected, atol=1e-3)
    falling = gain[2 * RATE + 800 :: 800][:6] / gain[2 * RATE + 800]  # once the attack is over
    np.testing.assert_allclose(falling, np.exp(-np.arange(6.0)), atol=0.01)
    assert (gain[:RATE] == 0).all()


@settings(max_examples=60, deadline=None)
@given(CLIPS, st.sampled_from([4000, 44100]), st.floats(-20, 0), st.booleans())
def test_no_true_peak_is_above_the_ceiling(clip, sample_rate, ceiling, wrap):
    limited = limit_true_peak(clip, sample_rate, ceiling=ceiling, wrap=wrap)
    heard = np.tile(limited, (3 + 60 // len(clip), 1))[30:-30] if wrap else limited
    heard = scipy.signal.resample_poly(heard, 4, 1, axis=0)
    heard = heard[200:-200] if wrap else heard  # SciPy hears silence round it
    assert not heard.size or np.abs(heard).max() <= 10 ** (ceiling / 20)


NASTY = {
    "square": 3 * np.sign(np.sin(0.3 * np.arange(RATE))),
    "clicks": 50.0 * (np.arange(RATE) % 1000 == 0),
    "between samples": 5 * np.sin(np.pi / 2 * np.arange(RATE) + np.pi / 4),
    "nyquist": 2.0 * (-1) ** np.arange(RATE) * (np.arange(RATE) > 4000),
    "signs": 9 * np.sign(np.random.default_rng(0).normal(size=RATE)),
    "noise": np.random.default_rng(0).normal(size=(RATE, 2)) * [9, 0.1],
    "constant": np.full(RATE, -4.0),
}


@pytest.mark.parametrize("name", NASTY)
@pytest.mark.parametrize("sample_rate", [8000, 44100])
def test_nasty_sounds_are_limited_no_more_than_needed(name, sample_rate):
    limited = limit_true_peak(NASTY[name], sample_rate)
    assert -1.02 < highest(limited) <= -1
    assert limited.dtype == np.float64
    single = limit_true_peak(NASTY[name].astype(np.float32), sample_rate)
    assert single.dtype == np.float32
    assert -1.02 < highest(single) <= -1


def test_the_limiter_leaves_alone_what_is_below_and_moves_smoothly():
    quiet = 0.3 * np.random.default_rng(0).uniform(-1, 1, (RATE, 2))
    np.testing.assert_array_equal(limit_true_peak(quiet, 44100), quiet)
    clip = quiet[:, 0].copy()
    clip[1000:1010] = 3.0
    gain = limit_true_peak(clip, 44100) / clip
    reach = round(0.004 * 44100) + 12
    assert (gain[: 1000 - reach] == 1).all()
    assert gain[1000:1010].max() < 0.3
    assert np.abs(np.diff(decibels(gain))).max() < 0.3  # dB a sample; 11 dB in 3 ms
    release = decibels(gain[1300:7000]) / decibels(gain[1300])
    np.testing.assert_allclose(
        release, np.exp(-np.arange(len(release)) / (0.08 * 44100)), atol=1e-3
    )


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(20, 3000), st.integers(0, 5000), st.booleans())
def test_a_loop_has_no_place_where_it_begins(seed, n, shift, limiter):
    """Turning the loop turns what comes out, and nothing else."""
    rng = np.random.default_rng(seed)
    loop = rng.normal(size=(n, 2)) * rng.choice([0.01, 0.1, 2.0], (n, 1))

    def process(clip):
        if limiter:
            return limit_true_peak(clip, RATE, wrap=True)
        return compress_bus(clip, RATE, threshold=-20, ratio=4, wrap=True)

    turned = process(np.roll(loop, shift, axis=0))
    np.testing.assert_allclose(turned, np.roll(process(loop), shift, axis=0), atol=2e-5)


def test_a_loop_over_many_blocks_has_no_seam_either():
    loop = music(4.0)
    for process in (compress_bus, limit_true_peak):
        made = process(4 * loop, 44100, wrap=True)
        turned = process(4 * np.roll(loop, 77_777, axis=0), 44100, wrap=True)
        np.testing.assert_allclose(turned, np.roll(made, 77_777, axis=0), atol=2e-5)
        thrice = process(4 * np.tile(loop, (3, 1)), 44100)
        np.testing.assert_allclose(thrice[len(loop) : 2 * len(loop)], made, atol=1e-4)


@pytest.mark.parametrize("wrap", [False, True])
@pytest.mark.parametrize("loudness", [-23.0, -14.0, -9.0])
@pytest.mark.parametrize("sample_rate", [16000, 44100])
def test_the_loudness_asked_for_is_reached_below_the_ceiling(wrap, loudness, sample_rate):
    mastered = master(music(4.0, sample_rate), sample_rate, loudness=loudness, wrap=wrap)
    heard = mastered.audio.astype(float)
    found = pyloudnorm.Meter(sample_rate).integrated_loudness(heard)
    assert found == pytest.approx(loudness, abs=0.07)
    assert mastered.loudness == pytest.approx(found + 0.0432, abs=1e-4)
    assert highest(heard) == pytest.approx(mastered.true_peak, abs=1e-4)
    for beta in (5.0, 8.0, 14.0):  # other meters' filters
        assert highest(heard, beta) <= -1
        assert highest(np.tile(heard, (3, 1)), beta) <= -1 or not wrap


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 1000), st.floats(-23, -11), st.booleans())
def test_stems_times_the_gain_sum_to_the_clip(seed, loudness, wrap):
    stems = [music(1.5, RATE, seed + i) * level for i, level in enumerate((1, 0.5, 0.1))]
    fades = {} if wrap else {"fade_in": 0.1, "fade_out": 0.5}
    mastered = master(sum(stems), RATE, loudness=loudness, wrap=wrap, **fades)
    total = sum(stem * mastered.gain[:, np.newaxis] for stem in stems)
    np.testing.assert_allclose(total, mastered.audio, atol=1e-6)


@pytest.mark.parametrize("scale", [1e-12, 0.01, 30.0])
def test_the_level_of_the_mix_does_not_matter(scale):
    mix = music(2.0).astype(float)
    np.testing.assert_allclose(
        master(scale * mix, 44100).audio, master(mix, 44100).audio, atol=1e-4
    )


def test_a_mix_without_high_peaks_only_gets_a_gain():
    mix = 0.01 * np.sin(0.05 * np.arange(44100)).astype(np.float32)
    mastered = master(mix, 44100, ratio=1)
    assert (mastered.gain == mastered.gain[0]).all()
    assert mastered.audio.shape == mix.shape
    faded = master(mix, 44100, ratio=1, fade_in=0.2, fade_out=0.3)
    curve = fade(np.ones(44100), 44100, fade_in=0.2, fade_out=0.3)
    np.testing.assert_allclose(faded.gain, curve * faded.gain.max(), atol=1e-5)


def test_a_mastered_loop_turned_sounds_the_same():
    """Up to a gain, since a file's loudness is measured in blocks from its beginning."""
    loop = music(4.0)
    made, turned = (master(np.roll(loop, k, axis=0), 44100, wrap=True).audio for k in (0, 50_000))
    turned = np.roll(turned, -50_000, axis=0)
    gain = (made * turned).sum() / (turned * turned).sum()
    assert abs(decibels(gain)) < 0.1
    assert decibels(np.abs(gain * turned - made).max()) < -40


def test_what_cannot_be_mastered():
    silence = master(np.zeros((8000, 2)), 8000)
    assert (silence.loudness, silence.true_peak) == (-np.inf, -np.inf)
    assert not silence.audio.any()
    click = np.zeros(2 * 44100)
    click[100] = 1.0
    mastered = master(click, 44100)
    assert -60 < mastered.loudness < -20
    assert mastered.true_peak <= -1
    with pytest.raises(ValueError, match=r"at least 0\.4 s"):
        master(np.ones(1000), 44100)
    with pytest.raises(ValueError, match="A loop has no ends to fade"):
        master(np.ones(44100), 44100, fade_in=1, wrap=True)
    for name, value in (("loudness", 3), ("ceiling", 1), ("ratio", 0.5), ("fade_out", -1)):
        with pytest.raises(ValueError, match=f"'{name}' parameter of master"):
            master(np.ones(44100), 44100, **{name: value})


def test_nan_is_refused():
    for function in (compress_bus, limit_true_peak, master, fade):
        with pytest.raises(ValueError, match="NaN"):
            function(np.full(8000, np.nan), 8000)
