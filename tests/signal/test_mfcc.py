"""MFCCs against librosa, clip by clip."""

from concurrent.futures import ThreadPoolExecutor

import librosa
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from threadpoolctl import threadpool_info, threadpool_limits

from audiogen.datasets import load_notes
from audiogen.signal import mfcc


def notes(n_samples, n_timesteps, sample_rate=16000):
    """Return decaying harmonic notes, noise and silence in turn, at unequal levels."""
    rng = np.random.default_rng(0)
    time = np.arange(n_timesteps) / sample_rate
    audio = np.zeros((n_samples, n_timesteps), dtype=np.float32)
    for i in range(n_samples):
        if i % 3 == 0:
            for harmonic in range(1, 8):
                audio[i] += np.sin(2 * np.pi * 110 * (i + 1) * harmonic * time) / harmonic
            audio[i] *= 0.2 * np.exp(-3 * time)
        elif i % 3 == 1:
            audio[i] = 10.0 ** (-i) * rng.standard_normal(n_timesteps)
    return audio


def by_librosa(audio, sample_rate, n_mfcc=40):
    return np.stack(
        [librosa.feature.mfcc(y=clip, sr=sample_rate, n_mfcc=n_mfcc).T for clip in audio]
    )


@pytest.mark.parametrize("sample_rate", [16000, 22050, 44100])
@pytest.mark.parametrize("n_timesteps", [2048, 20000, 64000])
def test_equals_librosa(sample_rate, n_timesteps):
    audio = notes(9, n_timesteps, sample_rate)
    ours = mfcc(audio, sample_rate)
    assert ours.dtype == np.float32
    np.testing.assert_allclose(ours, by_librosa(audio, sample_rate), atol=1e-2)


def test_equals_librosa_on_real_notes():
    audio = load_notes("valid").data[:20]
    np.testing.assert_allclose(mfcc(audio), by_librosa(audio, 16000), atol=1e-2)


@pytest.mark.parametrize("n_mfcc", [1, 13, 128])
def test_number_of_coefficients(n_mfcc):
    audio = notes(2, 8000)
    expected = by_librosa(audio, 16000, n_mfcc)
    np.testing.assert_allclose(mfcc(audio, n_mfcc=n_mfcc), expected, atol=1e-2)


@pytest.mark.parametrize("n_timesteps", [1, 100, 1025])
@pytest.mark.filterwarnings("ignore:n_fft=2048 is too large:UserWarning")
def test_clips_shorter_than_a_frame(n_timesteps):
    audio = notes(3, n_timesteps)
    np.testing.assert_allclose(mfcc(audio), by_librosa(audio, 16000), atol=1e-2)


def test_the_floor_is_of_each_clip_alone():
    audio = notes(2, 16000) * np.array([[1.0], [1e-3]], dtype=np.float32)
    np.testing.assert_allclose(mfcc(audio)[1], mfcc(audio[1:])[0], atol=1e-3)
    mel = librosa.feature.melspectrogram(y=audio, sr=16000)
    levels = 10 * np.log10(np.maximum(mel, 1e-10))
    # librosa before 1.0, called once with both, floors the quiet one 80 dB below the loud one.
    floored = np.maximum(levels, levels.max() - 80)
    batched = librosa.feature.mfcc(S=floored[1], n_mfcc=40).T
    assert np.abs(mfcc(audio)[1] - batched).max() > 1


@pytest.mark.parametrize("dtype", [np.float64, np.int16])
def test_other_dtypes(dtype):
    full_scale = 2**15 if dtype is np.int16 else 1
    audio = (notes(2, 8000) * full_scale).astype(dtype)
    expected = by_librosa(audio.astype(np.float32) / full_scale, 16000)
    np.testing.assert_allclose(mfcc(audio), expected, atol=1e-2)


def test_leaves_its_argument_alone():
    audio = notes(3, 8000)
    before = audio.copy()
    audio.flags.writeable = False
    mfcc(audio)
    np.testing.assert_array_equal(audio, before)


def test_no_clips_are_refused():
    with pytest.raises(ValueError, match="at least 1 clip"):
        mfcc(np.zeros((0, 5000), dtype=np.float32))


@settings(deadline=None, max_examples=20)
@given(st.floats(0.05, 20), st.integers(1, 6), st.integers(2000, 9000))
def test_gain_moves_the_first_coefficient_alone(gain, n_samples, n_timesteps):
    rng = np.random.default_rng(n_timesteps)
    audio = rng.uniform(-1, 1, (n_samples, n_timesteps)).astype(np.float32)
    moved = mfcc(audio * np.float32(gain)) - mfcc(audio)
    np.testing.assert_allclose(moved[..., 0], 20 * np.log10(gain) * np.sqrt(128), atol=1e-2)
    np.testing.assert_allclose(moved[..., 1:], 0, atol=1e-2)


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"sample_rate": 0}, ValueError, "'sample_rate' parameter of mfcc"),
        ({"n_mfcc": 129}, ValueError, r"range \[1, 128\]. Got 129"),
        ({"n_mfcc": 12.5}, TypeError, "'n_mfcc' parameter of mfcc must be an int"),
    ],
)
def test_bad_parameters(arguments, error, words):
    with pytest.raises(error, match=words):
        mfcc(np.zeros(4000), **arguments)


def test_nan_is_refused():
    audio = notes(2, 4000)
    audio[1, 7] = np.nan
    with pytest.raises(ValueError, match="first in row 1"):
        mfcc(audio)


def test_the_limit_on_blas_threads_is_lifted_after_concurrent_use():
    def blas():
        return [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]

    clips = np.random.default_rng(0).uniform(-1, 1, (8, 4000)).astype(np.float32)
    with threadpool_limits(2, user_api="blas"):
        before = blas()
        with ThreadPoolExecutor(4) as pool:
            found = list(pool.map(lambda _: mfcc(clips), range(16)))
        assert blas() == before
    for one in found:
        np.testing.assert_array_equal(one, found[0])
