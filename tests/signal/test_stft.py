import librosa
import numpy as np
import pytest
import scipy.signal
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from audiogen.signal import (
    count_frames,
    dual_window,
    istft,
    pack_nyquist,
    stft,
    unpack_nyquist,
)

WINDOWS = st.sampled_from(["hann", "hamming", "blackman", "boxcar", "flattop", ("kaiser", 8.0)])
FRAMES = [(1024, 256, "hann"), (512, 200, "hamming"), (96, 32, "blackman"), (33, 10, "hann")]
TOLERANCE = {np.float32: 2e-6, np.float64: 1e-13}


def noise(*shape, dtype=np.float64, seed=0):
    return np.random.default_rng(seed).uniform(-1, 1, shape).astype(dtype)


def padded(audio, frame_length, hop_length, n_frames):
    before = frame_length - hop_length
    n_padded = frame_length + (n_frames - 1) * hop_length
    return np.pad(audio, ((0, 0), (before, n_padded - before - audio.shape[1])))


@given(
    n_timesteps=st.integers(1, 300),
    frame_length=st.integers(2, 64),
    hop=st.floats(0.01, 1),
    window=WINDOWS,
    dtype=st.sampled_from([np.float32, np.float64]),
    seed=st.integers(0, 99),
)
@settings(deadline=None, max_examples=200)
def test_round_trip(n_timesteps, frame_length, hop, window, dtype, seed):
    hop_length = max(1, int(hop * frame_length))
    weights = scipy.signal.get_window(window, frame_length)
    # Without weight no inverse; with little, none in few digits.
    assume(scipy.signal.check_NOLA(weights, frame_length, frame_length - hop_length, tol=1e-2))
    frames = (frame_length, hop_length, window)
    audio = noise(2, n_timesteps, dtype=dtype, seed=seed)
    spectra = stft(audio, *frames)
    n_frames = count_frames(n_timesteps, frame_length, hop_length)
    assert spectra.shape == (2, n_frames, 1 + frame_length // 2)
    assert spectra.real.dtype == dtype
    restored = istft(spectra, *frames, n_timesteps=n_timesteps)
    assert restored.dtype == dtype
    np.testing.assert_allclose(restored, audio, atol=10 * TOLERANCE[dtype])
    covered = istft(spectra, *frames)
    assert n_timesteps <= covered.shape[1] < n_timesteps + hop_length
    np.testing.assert_allclose(covered[:, n_timesteps:], 0, atol=10 * TOLERANCE[dtype])


@given(n_timesteps=st.integers(1, 100), a=st.floats(-2, 2), seed=st.integers(0, 99))
@settings(deadline=None, max_examples=50)
def test_linear_both_ways(n_timesteps, a, seed):
    x, y = noise(2, 1, n_timesteps, seed=seed)
    sum_of_spectra = a * stft(x, 16, 4) + stft(y, 16, 4)
    np.testing.assert_allclose(stft(a * x + y, 16, 4), sum_of_spectra, atol=1e-12)
    inverse = istft(sum_of_spectra, 16, 4, n_timesteps=n_timesteps)
    np.testing.assert_allclose(inverse, a * x + y, atol=1e-12)


@pytest.mark.parametrize(("frame_length", "hop_length", "window"), FRAMES[:3])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_against_librosa(frame_length, hop_length, window, dtype):
    audio = noise(3, 5000, dtype=dtype)
    ours = stft(audio, frame_length, hop_length, window)
    theirs = librosa.stft(
        padded(audio, frame_length, hop_length, ours.shape[1]),
        n_fft=frame_length, hop_length=hop_length, window=window, center=False,
    )  # fmt: skip
    np.testing.assert_allclose(ours, theirs.swapaxes(1, 2), atol=100 * TOLERANCE[dtype])


@pytest.mark.parametrize(("frame_length", "hop_length", "window"), FRAMES)
def test_against_scipy(frame_length, hop_length, window):
    audio = noise(2, 3000)
    ours = stft(audio, frame_length, hop_length, window)
    weights = scipy.signal.get_window(window, frame_length)
    theirs = scipy.signal.ShortTimeFFT(weights, hop_length, fs=1)
    signal = padded(audio, frame_length, hop_length, ours.shape[1])
    for i in (0, 1, ours.shape[1] // 2, ours.shape[1] - 1):
        frame = signal[:, i * hop_length : i * hop_length + frame_length]
        np.testing.assert_allclose(ours[:, i], np.fft.rfft(frame * weights), atol=1e-10)
    dual = dual_window(window, frame_length, hop_length)
    np.testing.assert_allclose(dual, theirs.dual_win, atol=1e-12)


def test_the_inverse_is_the_nearest_in_least_squares():
    frames = (16, 5, "hann")
    n_timesteps = 40
    basis = stft(np.eye(n_timesteps), *frames)
    random = noise(2, *basis.shape[1:])
    spectra = (random[0] + 1j * random[1])[np.newaxis]
    spectra.imag[..., [0, -1]] = 0  # as those of any real frame
    # Inner bins stand for two of a whole spectrum.
    twice = np.sqrt(np.r_[1, np.full(7, 2), 1])
    matrix = (basis * twice).reshape(n_timesteps, -1)
    matrix = np.concatenate([matrix.real, matrix.imag], axis=1).T
    target = (spectra * twice).ravel()
    target = np.concatenate([target.real, target.imag])
    nearest = np.linalg.lstsq(matrix, target, rcond=None)[0]
    np.testing.assert_allclose(istft(spectra, *frames, n_timesteps=40)[0], nearest, atol=1e-10)


@pytest.mark.parametrize("n_samples", [1, 2, 4, 5, 9])
def test_a_clip_does_not_depend_on_the_others(n_samples):
    audio = noise(n_samples, 64000, dtype=np.float32)
    spectra = stft(audio)
    restored = istft(spectra, n_timesteps=64000)
    for i in range(n_samples):
        np.testing.assert_array_equal(spectra[i], stft(audio[i])[0])
        np.testing.assert_array_equal(restored[i], istft(spectra[i : i + 1], n_timesteps=64000)[0])
    assert np.abs(restored - audio).max() < 1e-6


def test_a_sine_has_its_peak_in_its_bin():
    spectra = stft(np.sin(2 * np.pi * 100 / 1024 * np.arange(8000)))
    inside = np.abs(spectra[0, 4:-4])
    np.testing.assert_array_equal(inside.argmax(axis=1), 100)
    np.testing.assert_allclose(inside[:, 100], 1024 / 4, rtol=1e-6)  # half of hann's sum


def test_packing_loses_nothing():
    spectra = stft(noise(2, 500), 32, 8)
    packed = pack_nyquist(spectra.copy())
    assert packed.shape == (*spectra.shape[:2], 16)
    np.testing.assert_array_equal(unpack_nyquist(packed), spectra)


@pytest.mark.parametrize(
    ("frames", "message"),
    [
        ((8, 8, "hann"), "window='hann' with frame_length=8 and hop_length=8 cannot be inverted"),
        ((8, 4, "nonsense"), "window='nonsense' is none that scipy.signal.get_window can make"),
        ((8, 9, "boxcar"), "'hop_length' parameter of dual_window must not be above frame_length"),
        ((1, 1, "boxcar"), "'frame_length' parameter of dual_window must be an int"),
        ((8, 0, "boxcar"), "'hop_length' parameter of dual_window must be an int"),
    ],
)
def test_frames_that_cannot_be(frames, message):
    with pytest.raises(ValueError, match=message):
        dual_window(window=frames[2], frame_length=frames[0], hop_length=frames[1])


def test_bad_input():
    with pytest.raises(ValueError, match=r"spectra must have the shape \(n_samples, n_frames, 9"):
        istft(np.zeros((2, 3, 8)), 16, 4)
    with pytest.raises(ValueError, match="NaN or infinite samples, first in row 1"):
        stft([[0.0, 1.0], [0.0, np.nan]])
    with pytest.raises(TypeError, match="'window' parameter of stft must be a window of scipy"):
        stft([0.0], window=None)
