"""Rhythm, texture and tonality against NumPy and SciPy, and for sounds made to differ in one."""

import numpy as np
import pytest
import scipy.signal

from audiogen.metrics import (
    onset_autocorrelation,
    rhythm_likeness,
    texture_distance,
    texture_statistics,
    tonality,
)
from audiogen.signal import band_levels

RATE = 16000
GIVEN = {"sample_rate": RATE}


def noise(seed, seconds=10.0, depth=0.0, hertz=3.0):
    """Return noise that swells and fades."""
    n = int(seconds * RATE)
    swell = 1 + depth * np.sin(2 * np.pi * hertz * np.arange(n) / RATE)
    return 0.1 * swell * np.random.default_rng(seed).standard_normal(n)


def hits(seconds, every, start=0.0):
    """Return bursts of noise at a distance in time."""
    audio = noise(0, seconds) / 100
    burst = noise(1, 0.05) * np.geomspace(1, 0.01, int(0.05 * RATE))
    for place in np.arange(start, seconds - 0.1, every):
        first = round(place * RATE)
        audio[first : first + len(burst)] += burst
    return audio


def test_levels_of_bands_are_sums_of_scipys_power():
    audio = noise(0, 1)
    window = np.hanning(1025)[:-1]
    place = 20  # a frame that lies within the clip
    frame = audio[(place + 1) * 256 - 1024 : (place + 1) * 256]
    power = np.abs(np.fft.rfft(frame * window)) ** 2
    levels = band_levels(audio, RATE)[0, place]
    assert 10 ** (levels / 10) == pytest.approx(
        [power[low:high].sum() + 1e-8 for low, high in edges(len(levels))]
    )
    assert band_levels(np.zeros(4000), RATE) == pytest.approx(-80)


def edges(n_bands):
    bins = np.geomspace(40, 8000, 31)[:-1] * 1024 / RATE
    firsts = sorted({max(1, int(place)) for place in bins})
    assert len(firsts) == n_bands
    return list(zip(firsts, [*firsts[1:], 513], strict=True))


def test_texture_statistics_are_numpys():
    audio = noise(0, 4 - 768 / RATE)  # one window
    levels = band_levels(audio, RATE)[0]
    statistics = {name: rows[0] for name, rows in texture_statistics(audio, **GIVEN).items()}
    assert statistics["level"] == pytest.approx(levels.mean(axis=0))
    assert statistics["spread"] == pytest.approx(levels.std(axis=0))
    matrix = np.corrcoef(levels.T)
    expected = [matrix[i, i + d] for d in (1, 2, 4, 8) for i in range(len(matrix) - d)]
    assert statistics["correlation"] == pytest.approx(expected, abs=1e-6)


def test_modulation_is_where_noise_swells():
    octaves = texture_statistics(noise(0, depth=0.9, hertz=3), **GIVEN)["modulation"]
    octaves = octaves.mean(axis=0).reshape(6, -1)[:, 15:]  # of wide bands, which are steady
    assert (octaves.argmax(axis=0) == 2).all()  # 2 to 4 Hz
    even = texture_statistics(noise(0), **GIVEN)["modulation"].mean(axis=0).reshape(6, -1)[:, 15:]
    assert (even[2] < octaves[2] - 2).all()


def test_texture_distances_tell_what_differs():
    real = noise(0, 20)
    same = texture_distance(real, noise(1, 20), **GIVEN)
    assert max(same.values()) < 1
    swells = texture_distance(real, noise(1, 20, depth=0.9), **GIVEN)
    assert swells["modulation"] > 5 * same["modulation"]
    assert swells["correlation"] > 5 * same["correlation"]
    louder = texture_distance(real, 2 * noise(1, 20), **GIVEN)
    assert louder["level"] > 5 * same["level"]
    for name in ("spread", "modulation", "correlation"):
        assert louder[name] == pytest.approx(same[name], rel=0.01)
    assert max(texture_distance(real, real, **GIVEN).values()) < 1e-9


def test_clips_of_all_lengths_are_windows_of_their_own():
    clips = [noise(0, 3), noise(1, 9)]
    both = texture_statistics(clips, **GIVEN)["level"]
    each = [texture_statistics(clip, **GIVEN)["level"] for clip in clips]
    np.testing.assert_array_equal(both, np.concatenate(each))
    stacked = texture_statistics(np.stack([clips[1], clips[1]]), **GIVEN)["level"]
    np.testing.assert_array_equal(stacked, np.concatenate([each[1], each[1]]))


def test_silence_has_a_texture():
    silence, real = np.zeros(8 * RATE), noise(0)
    assert texture_distance(silence, silence, **GIVEN)["level"] == 0
    assert texture_distance(silence, real, **GIVEN)["level"] == np.inf
    assert all(np.isfinite(list(texture_distance(real, silence, **GIVEN).values())))


def test_onsets_repeat_as_numpy_has_it():
    audio = hits(6, 0.45)
    rises = np.maximum(np.diff(band_levels(audio, RATE)[0], axis=0), 0).mean(axis=1)
    centred = rises - rises.mean()
    n = len(rises)
    products = np.correlate(centred, centred, "full")[n - 1 :]
    repeats = products / products[0] / (1 - np.arange(n) / (2 * n))
    first, last = round(0.2 * RATE / 256), round(2.5 * RATE / 256)
    assert onset_autocorrelation(audio, **GIVEN) == pytest.approx(repeats[first:last], abs=1e-6)


@pytest.mark.parametrize("every", [0.35, 0.5, 0.8])
def test_the_first_peak_is_the_beat(every):
    repeats = onset_autocorrelation(hits(12, every), **GIVEN)
    peak = scipy.signal.find_peaks(repeats, height=0.5 * repeats.max())[0][0]
    assert 0.2 + peak * 256 / RATE == pytest.approx(every, abs=0.02)


def test_rhythms_are_alike_wherever_they_begin_and_whatever_plays():
    real = hits(12, 0.5)
    later = rhythm_likeness(real, hits(12, 0.5, start=0.3), **GIVEN)
    duller = scipy.signal.lfilter([1, 1, 1, 1], 4, hits(12, 0.5))
    assert later > 0.9
    assert rhythm_likeness(real, 0.1 * duller, **GIVEN) > 0.9
    assert rhythm_likeness(real, hits(12, 0.37), **GIVEN) < 0.4
    assert rhythm_likeness(real, noise(3, 12), **GIVEN) < 0.4
    assert rhythm_likeness(real, np.zeros(12 * RATE), **GIVEN) == 0
    assert rhythm_likeness([real, real[: 5 * RATE]], real, **GIVEN) > 0.9


def test_tonality_is_the_height_of_scipys_peaks():
    time = np.arange(RATE) / RATE
    audio = noise(0, 1) / 100 + 0.2 * np.sign(np.sin(2 * np.pi * 330 * time))
    window = np.hanning(4097)[:-1]
    heights = []
    for start in range(-3072, RATE, 1024):
        frame = np.pad(audio, 4096)[start + 4096 : start + 8192]
        levels = 20 * np.log10(np.abs(np.fft.rfft(frame * window)) + 1e-7)[15:2048]
        heights.append((levels.max(), levels))
    loudest = max(level for level, _ in heights)
    found = []
    for level, levels in heights:
        if level > loudest - 45:
            around = scipy.signal.medfilt(np.pad(levels, 30, mode="symmetric"), 61)[30:-30]
            over = levels - around
            found += sorted(over[scipy.signal.find_peaks(levels)[0]])[-20:]
    assert tonality(audio, **GIVEN) == pytest.approx(np.mean(found), rel=1e-4)


def test_tonality_falls_with_noise():
    time = np.arange(2 * RATE) / RATE
    tone = 0.1 * np.sign(np.sin(2 * np.pi * 220 * time))
    found = [tonality(tone + level * noise(0, 2), **GIVEN) for level in (0, 0.01, 0.1, 1, 10)]
    assert found == sorted(found, reverse=True)
    assert found[0] > 35
    assert found[-1] == pytest.approx(tonality(noise(1, 2), **GIVEN), abs=0.3)
    assert tonality(np.zeros(RATE), **GIVEN) == 0
    assert tonality(3 * tone, **GIVEN) == pytest.approx(tonality(tone, **GIVEN), abs=0.5)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda x: texture_statistics(x[:100], **GIVEN),
            "audio must hold clips of 0.5 s",
        ),
        (lambda x: texture_distance(x, x[:9], **GIVEN), r"generated must hold clips of 0.5 s"),
        (lambda x: texture_distance(x[: 3 * RATE], x, **GIVEN), "real must be more than one clip"),
        (lambda x: rhythm_likeness(x, x[:RATE], **GIVEN), "generated must .* 3 s .* one of 1 s"),
        (lambda x: onset_autocorrelation([x, x * np.nan], **GIVEN), r"audio\[1\] holds NaN"),
        (lambda x: tonality([x, np.stack([x, x])], **GIVEN), r"audio\[1\] must be one clip"),
        (lambda x: band_levels(x, 50), "'sample_rate' parameter of band_levels"),
    ],
)
def test_bad_clips(call, words):
    with pytest.raises(ValueError, match=words):
        call(noise(0, 5))
