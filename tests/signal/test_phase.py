import librosa
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from audiogen.datasets import load_notes
from audiogen.signal import (
    griffin_lim,
    instantaneous_frequency,
    istft,
    pghi,
    phase_from_frequency,
    stft,
)
from audiogen.signal._phase_recovery import _gaussian_width

PHASES = arrays(np.float64, (2, 30, 3), elements=st.floats(-np.pi, np.pi))


@given(phase=PHASES)
@settings(deadline=None, max_examples=50)
def test_instantaneous_frequency_is_the_unwrapped_difference(phase):
    frequency = instantaneous_frequency(phase)
    assert frequency.dtype == np.float32
    assert np.abs(frequency).max() <= 1
    unwrapped = np.unwrap(phase, axis=1)
    expected = np.diff(unwrapped, axis=1) / np.pi
    # Half a turn forward is half a turn back.
    off = np.abs((frequency[:, 1:] - expected + 1) % 2 - 1)
    assert off.max() < 1e-6
    np.testing.assert_allclose(np.exp(1j * np.pi * frequency[:, 0]), np.exp(1j * phase[:, 0]),
                               atol=1e-6)  # fmt: skip


@given(phase=PHASES)
@settings(deadline=None, max_examples=50)
def test_frequency_and_phase_are_inverses(phase):
    restored = phase_from_frequency(instantaneous_frequency(phase))
    np.testing.assert_allclose(np.exp(1j * restored), np.exp(1j * phase), atol=3e-7)
    assert np.abs(restored).max() <= np.float32(np.pi)


def test_no_error_gathers_over_an_hour():
    phase = np.random.default_rng(0).uniform(-np.pi, np.pi, (225_000, 2)).astype(np.float32)
    restored = phase_from_frequency(instantaneous_frequency(phase))
    assert np.abs(np.exp(1j * restored) - np.exp(1j * phase)).max() < 5e-7


def test_a_steady_tone_has_a_steady_frequency():
    spectra = stft(np.sin(2 * np.pi * 100.25 / 1024 * np.arange(9000)))[0]
    frequency = instantaneous_frequency(np.angle(spectra))[4:-4, 100]
    turns = 2 * 100.25 * 256 / 1024  # half turns per hop
    np.testing.assert_allclose(frequency, turns - 2 * round(turns / 2), atol=1e-4)


def test_frequencies_may_be_any_numbers():
    frequency = np.float32([[0.25], [1e9], [3.0], [-7.5]])
    assert np.isfinite(phase_from_frequency(frequency)).all()
    whole = phase_from_frequency(frequency[2:])
    np.testing.assert_allclose(whole / np.pi, [[-1.0], [-0.5]], atol=1e-6)


@pytest.mark.parametrize(
    ("window", "published"), [("hann", 0.25645), ("hamming", 0.29794), ("blackman", 0.17954)]
)
def test_gaussians_like_the_windows(window, published):
    # Table of the authors' toolbox, which has another measure of likeness.
    assert _gaussian_width(window, 1024) / 1024**2 == pytest.approx(published, rel=0.05)


@pytest.fixture(scope="module")
def magnitude():
    return np.abs(stft(load_notes("valid").data[::8]))


def convergence(audio, magnitude):
    """Spectral convergence in dB, the mean over clips."""
    errors = np.linalg.norm(np.abs(stft(audio)) - magnitude, axis=(1, 2))
    return np.mean(20 * np.log10(errors / np.linalg.norm(magnitude, axis=(1, 2))))


def with_phase(magnitude, phase):
    return istft(magnitude * np.exp(1j * phase), n_timesteps=64000)


def test_heap_integration_beats_griffin_lim(magnitude):
    frames = {"n_iter": 32, "n_fft": 1024, "hop_length": 256, "center": False}
    shape = magnitude[0].T.shape
    theirs, starts = [], []
    for clip in magnitude:
        audio = librosa.griffinlim(clip.T, random_state=0, **frames)
        theirs.append(audio[768:64768])
        starts.append(2 * np.pi * np.random.RandomState(0).random_sample(shape).T)
    theirs = convergence(np.stack(theirs), magnitude)
    same = griffin_lim(magnitude, phase=np.stack(starts))
    assert convergence(with_phase(magnitude, same), magnitude) == pytest.approx(theirs, abs=1)

    phase = pghi(magnitude)
    assert phase.dtype == np.float32
    integrated = convergence(with_phase(magnitude, phase), magnitude)
    assert integrated < min(theirs - 3, -25)
    refined = griffin_lim(magnitude, n_iter=16)
    assert convergence(with_phase(magnitude, refined), magnitude) < integrated - 5


@pytest.mark.parametrize(
    "frames", [(2048, 512, "hann"), (1000, 125, "blackman"), (513, 100, "hann")]
)
def test_heap_integration_for_other_frames(frames):
    t = np.arange(12000) / 16000
    clip = sum(np.sin(2 * np.pi * 330.3 * k * t) * np.exp(-3 * k * t) for k in (1, 2, 3, 5))
    magnitude = np.abs(stft(clip, *frames))
    audio = istft(magnitude * np.exp(1j * pghi(magnitude, *frames)), *frames)
    error = np.linalg.norm(np.abs(stft(audio, *frames)) - magnitude) / np.linalg.norm(magnitude)
    assert error < 0.1


def test_integration_follows_the_gradient_of_a_gaussian_window():
    # With a Gaussian window the relation of the gradients is exact, up to the grid.
    frame_length, hop_length = 512, 16
    window = ("gaussian", 60)
    t = np.arange(6000)
    clip = np.sin(2 * np.pi * (0.1 * t + 1e-5 * t**2))
    spectra = stft(clip, frame_length, hop_length, window)[0]
    phase = pghi(np.abs(spectra)[np.newaxis], frame_length, hop_length, window)[0]
    loud = np.abs(spectra) > 0.01 * np.abs(spectra).max()
    loud[:40] = loud[-40:] = False  # its beginning and end
    off = np.exp(1j * (phase - np.angle(spectra)))[loud]
    assert np.abs(off.mean()) > 0.99  # one turn of all


def test_silence_and_the_quiet_bins_have_no_phase():
    assert not pghi(np.zeros((2, 5, 9)), 16, 4).any()
    magnitude = np.zeros((1, 6, 9))
    magnitude[0, 2, 3], magnitude[0, 4, 7] = 1, 1e-3
    phase = pghi(magnitude, 16, 4, tolerance=1e-2)
    assert not phase[0, magnitude[0] < 1].any()


def test_clips_do_not_depend_on_each_other(magnitude):
    many = np.concatenate([magnitude] * 3)[:5]
    for recover in (pghi, lambda m: griffin_lim(m, n_iter=2)):
        together = recover(many)
        np.testing.assert_array_equal(together[4:5], recover(many[4:5]))
        np.testing.assert_array_equal(together, recover(many))


def test_no_iteration_keeps_the_phase():
    phase = np.float32([[[0.0, 0.5, 1.0]] * 4])
    kept = griffin_lim(np.ones((1, 4, 3)), 4, 1, n_iter=0, phase=phase)
    np.testing.assert_allclose(kept, phase, atol=1e-6)


def test_bad_input():
    with pytest.raises(ValueError, match="magnitude must have the shape"):
        pghi(np.zeros((2, 3)), 16, 4)
    with pytest.raises(ValueError, match="'tolerance' parameter of pghi must be a number"):
        pghi(np.zeros((1, 3, 9)), 16, 4, tolerance=0)
    with pytest.raises(ValueError, match="'n_iter' parameter of griffin_lim must be an int"):
        griffin_lim(np.zeros((1, 3, 9)), 16, 4, n_iter=-1)
    with pytest.raises(ValueError, match=r"phase must have the shape of the magnitude, \(1, 3, 9"):
        griffin_lim(np.zeros((1, 3, 9)), 16, 4, phase=np.zeros((3, 9)))
