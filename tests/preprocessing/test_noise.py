import subprocess
import sys

import numpy as np
import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from audiogen.preprocessing import NoiseReducer

RATE = 16000


@parametrize_with_checks(
    [NoiseReducer(), NoiseReducer(apply_to="training"), NoiseReducer(apply_to="both")]
)
def test_scikit_learn_contract(estimator, check):
    check(estimator)


def notes(seconds=2.0, rate=RATE):
    """Harmonic notes that end after half of the time."""
    t = np.arange(int(seconds * rate)) / rate
    audio = [
        sum(np.sin(2 * np.pi * f * k * t) / k for k in range(1, 5)) * (t < seconds / 2)
        for f in (220, 330, 440)
    ]
    return (0.3 * np.array(audio)).astype(np.float32)


def noisy(clean, seed=0):
    noise = np.random.default_rng(seed).normal(scale=0.01, size=clean.shape)
    return clean + noise.astype(np.float32)


def snr(clean, other):
    return 10 * np.log10((clean**2).sum(axis=1) / ((other - clean) ** 2).sum(axis=1))


@pytest.mark.parametrize("rate", [8000, 16000, 44100])
def test_noise_falls_and_music_stays(rate):
    clean = notes(rate=rate)
    before = noisy(clean)
    after = NoiseReducer(sample_rate=rate).inverse_transform(before)
    assert after.dtype == np.float32
    assert after.shape == clean.shape
    assert (snr(clean, after) > snr(clean, before) + 4).all()
    half = clean.shape[1] // 2
    loudness = np.square(after[:, :half]).sum(axis=1) / np.square(clean[:, :half]).sum(axis=1)
    np.testing.assert_allclose(loudness, 1, atol=0.02)


def test_nothing_is_reduced_by_zero():
    before = noisy(notes())
    np.testing.assert_allclose(
        NoiseReducer(prop_decrease=0.0).inverse_transform(before), before, atol=2e-3
    )


@pytest.mark.parametrize(
    "audio",
    [
        np.zeros((1, RATE)),
        np.ones((1, 5)),
        noisy(notes())[:, :16000],
        np.random.default_rng(0).normal(size=(1, RATE)),
    ],
    ids=["silence", "short", "sustained", "nothing but noise"],
)
def test_clips_without_a_pause_stay_as_they_are(audio):
    np.testing.assert_array_equal(NoiseReducer().inverse_transform(audio), audio)


def test_digital_silence_in_a_clip_is_no_trouble():
    clean = notes()
    np.testing.assert_allclose(NoiseReducer().inverse_transform(clean), clean, atol=5e-3)


def test_apply_to():
    X = noisy(notes())
    for apply_to, forward, back in (
        ("generated", False, True),
        ("training", True, False),
        ("both", True, True),
    ):
        reducer = NoiseReducer(apply_to=apply_to).fit(X)
        assert (reducer.transform(X) != X).any() == forward
        assert (reducer.inverse_transform(X) != X).any() == back


def test_threads_change_nothing():
    X = noisy(notes())
    one = NoiseReducer().inverse_transform(X)
    np.testing.assert_array_equal(NoiseReducer(n_jobs=2).inverse_transform(X), one)


def test_bad_input():
    with pytest.raises(ValueError, match="'prop_decrease' parameter of NoiseReducer"):
        NoiseReducer(prop_decrease=1.5).fit(notes())
    with pytest.raises(ValueError, match="X holds NaN"):
        NoiseReducer().inverse_transform([[np.nan, 0.0]])


def test_noisereduce_is_imported_when_needed():
    code = "import sys, audiogen.preprocessing; sys.exit('noisereduce' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
