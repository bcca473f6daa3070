"""Hits as pooled spectrograms: what comes back of real ones and of simple ones."""

import librosa
import numpy as np
import pytest
from scipy.signal import find_peaks
from sklearn.utils.estimator_checks import parametrize_with_checks

from audiogen.datasets import load_drums
from audiogen.preprocessing import OneShotSpectrogram

RATE = 44_100
N = RATE // 2


@parametrize_with_checks([OneShotSpectrogram()])
def test_check_estimator(estimator, check):
    check(estimator)


@pytest.fixture(scope="module")
def hits():
    """Half a second of hits of all kinds."""
    drums = load_drums()
    rows = np.arange(0, len(drums.data), 5)
    return np.ascontiguousarray(drums.data[rows, :N]), drums.frame.iloc[rows]


@pytest.fixture(scope="module")
def restored(hits):
    spectrogram = OneShotSpectrogram(RATE).fit(hits[0])
    return spectrogram, spectrogram.inverse_transform(spectrogram.transform(hits[0]))


def test_features_have_names_where_a_frame_is_wanted():
    X = np.random.default_rng(0).uniform(-0.5, 0.5, (2, 2000))
    spectrogram = OneShotSpectrogram().set_output(transform="pandas")
    features = spectrogram.fit_transform(X)
    assert list(features.columns) == list(spectrogram.get_feature_names_out())
    assert features.columns[1] == "oneshotspectrogram1"
    assert spectrogram.inverse_transform(features).shape == X.shape


def bands(audio):
    mel = librosa.feature.melspectrogram(y=audio, sr=RATE, n_mels=64).mean(axis=-1)
    levels = librosa.power_to_db(mel, ref=1.0, amin=1e-12, top_db=None)
    return np.maximum(levels, levels.max(axis=-1, keepdims=True) - 60)


def test_bands_of_real_hits_come_back(hits, restored):
    off = bands(hits[0]) - bands(restored[1])
    off -= off.mean(axis=1, keepdims=True)
    assert np.abs(off).mean() < 1.2


def test_levels_come_back(hits, restored):
    before, after = (np.square(x).mean(axis=1) for x in (hits[0], restored[1]))
    off = 10 * np.log10(after / before)
    assert np.abs(np.median(off)) < 0.1
    assert np.abs(off).max() < 4  # a peak beyond full scale takes the level down


def test_attacks_come_back(hits, restored):
    """Milliseconds from a tenth to nine tenths of the highest level."""
    assert np.median(np.abs(attacks(hits[0]) - attacks(restored[1]))) < 1.0


def attacks(hits):
    found = []
    for hit in hits:
        level = np.sqrt(np.convolve(hit**2, np.ones(44) / 44))
        found.append(np.argmax(level > 0.9 * level.max()) - np.argmax(level > 0.1 * level.max()))
    return np.array(found) * 1000 / RATE


def test_tones_stay_tones_and_noise_noise():
    """A bell of three partials, and a burst of noise, by peaks and by flatness."""
    t = np.arange(N) / RATE
    rng = np.random.default_rng(0)
    bell = np.exp(-6 * t) * sum(np.sin(2 * np.pi * f * t) for f in (800, 1370, 2110)) / 4
    burst = 0.3 * np.exp(-12 * t) * rng.standard_normal(N)
    X = np.stack([bell, burst]).astype(np.float32)
    spectrogram = OneShotSpectrogram(RATE)
    made = spectrogram.fit(X).inverse_transform(spectrogram.transform(X))
    magnitude = np.abs(np.fft.rfft(made[0] * np.hanning(N)))
    peaks = find_peaks(magnitude, height=0.3 * magnitude.max(), distance=20)[0] * RATE / N
    np.testing.assert_allclose(peaks, [800, 1370, 2110], atol=12)
    flatness = [librosa.feature.spectral_flatness(y=x[:8000]).mean() for x in (X[1], made[1])]
    assert flatness[1] == pytest.approx(flatness[0], rel=0.25)
    crest = [np.abs(x[2000:6000]).max() / x[2000:6000].std() for x in (X[1], made[1])]
    assert crest[1] == pytest.approx(crest[0], rel=0.5), "noise, and not a buzz"


def test_rows_differ_and_calls_do_not(restored, hits):
    spectrogram, made = restored
    F = spectrogram.transform(hits[0][:1])
    twice = spectrogram.inverse_transform(np.repeat(F, 2, axis=0))
    assert np.abs(twice[0] - twice[1]).max() > 0.01
    np.testing.assert_array_equal(twice[0], made[0])
    other = spectrogram.inverse_transform(F, random_state=1)
    assert np.abs(other[0] - made[0]).max() > 0.01


def test_the_mean_of_a_soft_and_a_hard_hit_is_between_them():
    drums = load_drums()
    rows = (drums.frame.drum == "snare") & (drums.frame.kit == "muldjord")
    X = drums.data[rows.to_numpy()][[0, -1], :N]
    spectrogram = OneShotSpectrogram(RATE).fit(X)
    middle = spectrogram.inverse_transform(spectrogram.transform(X).mean(axis=0, keepdims=True))
    low, high = np.sort(10 * np.log10(np.square(X).mean(axis=1)))
    assert low + 2 < 10 * np.log10(np.square(middle).mean()) < high - 2
    off = bands(middle)[0] - bands(X)
    off -= off.mean(axis=1, keepdims=True)
    apart = bands(X)[0] - bands(X)[1]
    assert np.abs(off).mean(axis=1).max() < np.abs(apart - apart.mean()).mean() + 1


def test_any_finite_features_give_sound(restored):
    spectrogram, _ = restored
    n_features = spectrogram.transform(np.zeros((1, N))).shape[1]
    rng = np.random.default_rng(0)
    wild = spectrogram.inverse_transform(rng.normal(0, 100, (3, n_features)))
    assert np.isfinite(wild).all()
    assert np.abs(wild).max() <= 1


def test_silence():
    spectrogram = OneShotSpectrogram(RATE)
    made = spectrogram.fit(np.zeros((2, 2000))).inverse_transform(
        spectrogram.transform(np.zeros((2, 2000)))
    )
    assert np.abs(made).max() < 1e-4


def test_bad_input(restored):
    spectrogram, _ = restored
    with pytest.raises(ValueError, match=r"shape \(n_samples, \d+\), as transform returns"):
        spectrogram.inverse_transform(np.zeros((2, 7)))
    n_features = spectrogram.transform(np.zeros((1, N))).shape[1]
    with pytest.raises(ValueError, match="first in row 1"):
        spectrogram.inverse_transform(
            np.stack([np.zeros(n_features), np.full(n_features, np.nan)])
        )
    with pytest.raises(ValueError, match="at least four times hop_length=128. Got 256"):
        OneShotSpectrogram(frame_length=256).fit(np.zeros((2, 2000)))
