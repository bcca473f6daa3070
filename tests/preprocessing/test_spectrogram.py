import pickle
import tracemalloc

import numpy as np
import pytest
import scipy.signal
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.utils.estimator_checks import parametrize_with_checks

from audiogen.datasets import load_notes
from audiogen.preprocessing import STFTSpectrogram
from audiogen.signal import istft, stft

FULL_SCALE = 1e-5  # what the round trip may be off


@parametrize_with_checks(
    [
        STFTSpectrogram(),
        STFTSpectrogram(phase="if", scaling=None, nyquist="drop"),
        STFTSpectrogram(frame_length=8, hop_length=2, phase=None, phase_recovery="griffinlim"),
    ]
)
def test_scikit_learn_contract(estimator, check):
    check(estimator)


def noise(*shape, seed=0):
    return np.random.default_rng(seed).uniform(-1, 1, shape).astype(np.float32)


def signals(n_timesteps=6000):
    """Clips that are hard to carry: flat, sparse, at the ends of the spectrum, silent."""
    t = np.arange(n_timesteps)
    return np.stack(
        [
            noise(n_timesteps),
            np.sign(noise(n_timesteps, seed=1)),
            np.zeros(n_timesteps),
            np.ones(n_timesteps),
            (-1.0) ** t,
            t % 2,
            t == 0,
            t == n_timesteps - 1,
            1e-6 * noise(n_timesteps, seed=2),
            np.sin(2 * np.pi * 440 / 16000 * t),
            np.where(t < n_timesteps // 2, np.sin(t), 0),
        ]
    ).astype(np.float32)


@pytest.fixture(scope="module")
def notes():
    return load_notes("valid").data[::6]


@pytest.mark.parametrize("scaling", ["minmax", None])
@pytest.mark.parametrize("phase", ["angle", "if"])
@pytest.mark.parametrize(("frame_length", "hop_length"), [(1024, 256), (2048, 512), (256, 96)])
def test_round_trip_of_hard_signals(frame_length, hop_length, phase, scaling):
    X = signals()
    spectrogram = STFTSpectrogram(frame_length, hop_length, phase=phase, scaling=scaling)
    restored = spectrogram.inverse_transform(spectrogram.fit_transform(X))
    assert restored.shape == X.shape
    assert restored.dtype == np.float32
    np.testing.assert_allclose(restored, X, rtol=0, atol=FULL_SCALE)


@given(
    n_timesteps=st.integers(1, 200),
    half_frame=st.integers(1, 40),
    hop=st.floats(0.01, 1),
    window=st.sampled_from(["hann", "hamming", "blackman", "boxcar", ("kaiser", 8.0)]),
    phase=st.sampled_from(["angle", "if"]),
    dtype=st.sampled_from([np.float32, np.float64, np.int16]),
    seed=st.integers(0, 99),
)
@settings(deadline=None, max_examples=150)
def test_round_trip(n_timesteps, half_frame, hop, window, phase, dtype, seed):
    frame_length = 2 * half_frame
    hop_length = max(1, int(hop * frame_length))
    weights = scipy.signal.get_window(window, frame_length)
    assume(scipy.signal.check_NOLA(weights, frame_length, frame_length - hop_length, tol=1e-2))
    scale = 2.0**15 if dtype is np.int16 else 1.0
    X = (noise(3, n_timesteps, seed=seed) * scale).astype(dtype)
    spectrogram = STFTSpectrogram(frame_length, hop_length, window, phase=phase).fit(X)
    spectra = spectrogram.transform(X)
    assert spectra.dtype == np.float32
    assert spectra.shape == (3, *spectrogram.spectrogram_shape_)
    assert spectra.shape[1] % 16 == 0
    assert np.abs(spectra).max() <= 1  # so that generators know it as bounded
    restored = spectrogram.inverse_transform(spectra)
    np.testing.assert_allclose(restored, X / scale, rtol=0, atol=FULL_SCALE)


@pytest.mark.parametrize("phase", ["angle", "if"])
def test_real_notes(notes, phase):
    spectrogram = STFTSpectrogram(phase=phase).fit(notes)
    spectra = spectrogram.transform(notes)
    assert spectra.shape == (len(notes), 256, 512, 2)
    assert STFTSpectrogram(2048, 512).fit(notes).spectrogram_shape_ == (128, 1024, 2)
    assert spectra[..., 0].min() == pytest.approx(-1, abs=1e-5)
    assert spectra[..., 0].max() == pytest.approx(1, abs=1e-5)
    assert np.abs(spectra).max() <= 1
    restored = spectrogram.inverse_transform(spectra)
    np.testing.assert_allclose(restored, notes, rtol=0, atol=2e-6)


def test_values_are_what_they_are_said_to_be(notes):
    raw = STFTSpectrogram(scaling=None).fit_transform(notes)
    spectra = stft(notes.astype(np.float64))
    packed = spectra[..., :-1].copy()
    packed.imag[..., 0] = spectra[..., -1].real
    levels = np.log(np.abs(packed) + 1e-4)
    np.testing.assert_allclose(np.exp(raw[:, :253, :, 0]), np.exp(levels), rtol=2e-6, atol=2e-5)
    loud = np.abs(packed) > 1e-2
    off = np.exp(1j * np.pi * raw[:, :253, :, 1]) - packed / np.maximum(np.abs(packed), 1e-9)
    assert np.abs(off[loud]).max() < 1e-3
    np.testing.assert_allclose(raw[:, 253:, :, 0], np.log(1e-4), rtol=1e-6)
    assert not raw[:, 253:, :, 1].any()

    spectrogram = STFTSpectrogram().fit(notes)
    low, high = spectrogram.log_min_, spectrogram.log_max_
    assert low == pytest.approx(np.log(1e-4), abs=1e-6)
    assert high == pytest.approx(raw[..., 0].max(), abs=1e-6)
    scaled = spectrogram.transform(notes)
    expected = 2 * (raw[..., 0] - low) / (high - low) - 1
    np.testing.assert_allclose(scaled[..., 0], expected, atol=2e-6)
    np.testing.assert_array_equal(scaled[..., 1], raw[..., 1])


def test_what_is_louder_than_training_is_not_clipped():
    X = noise(2, 3000)
    spectrogram = STFTSpectrogram().fit(0.01 * X)
    spectra = spectrogram.transform(X)
    assert spectra.max() > 1.2
    np.testing.assert_allclose(spectrogram.inverse_transform(spectra), X, atol=FULL_SCALE)


@pytest.mark.parametrize("phase", ["angle", "if"])
def test_dropped_is_the_inverse_without_the_nyquist_row(phase):
    X = noise(3, 5000)
    spectra = stft(X.astype(np.float64))
    spectra[..., -1] = 0
    expected = istft(spectra, n_timesteps=5000)
    assert np.abs(expected - X).max() > 1e-3
    dropping = STFTSpectrogram(nyquist="drop", phase=phase)
    restored = dropping.inverse_transform(dropping.fit_transform(X))
    np.testing.assert_allclose(restored, expected, atol=FULL_SCALE)


@pytest.mark.parametrize(("recovery", "bar"), [("pghi", 0.1), ("griffinlim", 0.05)])
def test_magnitude_alone(notes, recovery, bar):
    spectrogram = STFTSpectrogram(phase=None, phase_recovery=recovery).fit(notes)
    spectra = spectrogram.transform(notes)
    assert spectra.shape == (len(notes), 256, 512, 1)
    with_phase = STFTSpectrogram(nyquist="drop").fit_transform(notes)
    np.testing.assert_array_equal(spectra[..., 0], with_phase[..., 0])
    restored = np.abs(stft(spectrogram.inverse_transform(spectra)))
    magnitude = np.abs(stft(notes))
    errors = np.linalg.norm(restored - magnitude, axis=(1, 2))
    assert np.median(errors / np.linalg.norm(magnitude, axis=(1, 2))) < bar


def test_silence_stays_silent():
    for phase in ("angle", "if", None):
        spectrogram = STFTSpectrogram(phase=phase).fit(np.zeros((2, 3000)))
        spectra = spectrogram.transform(np.zeros((2, 3000)))
        assert np.abs(spectra).max() <= 1
        assert np.abs(spectrogram.inverse_transform(spectra)).max() < 1e-7


@pytest.mark.parametrize(("n_timesteps", "phase"), [(64000, "angle"), (64000, "if"), (5000, None)])
def test_joined_spectrograms_are_one_clip(n_timesteps, phase):
    t = np.arange(4 * n_timesteps)
    # Each clip fades in and out: nothing hangs over the seams.
    X = (np.sin(0.1 * t) * np.sin(np.pi * t / n_timesteps) ** 2).reshape(4, n_timesteps)
    spectrogram = STFTSpectrogram(phase=phase).fit(X)
    spectra = spectrogram.transform(X)
    joined = spectrogram.inverse_transform(spectra.reshape(2, -1, *spectra.shape[2:]))
    assert joined.shape == (2, 2 * n_timesteps)
    if phase is not None:
        np.testing.assert_allclose(joined, X.reshape(2, -1), atol=2e-3)
        middle = np.s_[:, 2000:62000]
        np.testing.assert_allclose(joined[middle], X.reshape(2, -1)[middle], atol=FULL_SCALE)


def test_batches_threads_and_copies_do_not_matter():
    X = noise(11, 64000)
    spectrogram = STFTSpectrogram().fit(X)
    spectra = spectrogram.transform(X)
    restored = spectrogram.inverse_transform(spectra)
    for i in (0, 5, 10):
        np.testing.assert_array_equal(spectra[i], spectrogram.transform(X[i : i + 1])[0])
        np.testing.assert_array_equal(
            restored[i], spectrogram.inverse_transform(spectra[i : i + 1])[0]
        )
    again = pickle.loads(pickle.dumps(spectrogram))
    np.testing.assert_array_equal(again.transform(X[:2]), spectra[:2])
    assert clone(spectrogram).fit(X).log_max_ == spectrogram.log_max_


@pytest.mark.parametrize(
    ("parameters", "error", "message"),
    [
        ({"hop_length": 1024}, ValueError, "window='hann' with frame_length=1024 and hop_length"),
        ({"hop_length": 1000}, ValueError, "errors of rounding would grow 430 times"),
        ({"hop_length": 1025}, ValueError, "must not be above frame_length"),
        ({"hop_length": 0}, ValueError, "'hop_length' parameter of STFTSpectrogram"),
        (
            {"frame_length": 1023},
            ValueError,
            "'frame_length' parameter of STFTSpectrogram must be",
        ),
        ({"frame_length": 1024.0}, TypeError, "'frame_length' parameter of STFTSpectrogram"),
        ({"window": "nonsense"}, ValueError, "window='nonsense' is none"),
        ({"window": None}, TypeError, "'window' parameter of STFTSpectrogram"),
        ({"phase": "ife"}, ValueError, "'phase' parameter of STFTSpectrogram must be 'angle'"),
        ({"nyquist": None}, TypeError, "'nyquist' parameter of STFTSpectrogram"),
        ({"scaling": "std"}, ValueError, "'scaling' parameter of STFTSpectrogram"),
        ({"phase_recovery": "luck"}, ValueError, "'phase_recovery' parameter of STFTSpectrogram"),
        ({"floor": 0}, ValueError, "'floor' parameter of STFTSpectrogram"),
    ],
)
def test_bad_parameters(parameters, error, message):
    with pytest.raises(error, match=message):
        STFTSpectrogram(**parameters).fit(noise(2, 100))


def test_bad_input():
    spectrogram = STFTSpectrogram().fit(noise(2, 100))
    spectra = spectrogram.transform(noise(2, 100))
    for shape in [(2, 16, 512), (2, 16, 512, 1), (2, 15, 512, 2), (2, 16, 513, 2)]:
        with pytest.raises(ValueError, match=r"needs spectrograms of shape \(n_samples, 16, 512"):
            spectrogram.inverse_transform(np.zeros(shape))
    spectra[0, 0, 0, 0] = np.nan
    with pytest.raises(ValueError, match="Input X contains NaN"):
        spectrogram.inverse_transform(spectra)
    with pytest.raises(ValueError, match="features"):
        spectrogram.transform(noise(2, 101))


def test_memory_stays_near_the_output(tmp_path, monkeypatch):
    monkeypatch.setenv("LOKY_MAX_CPU_COUNT", "2")  # every thread has a block in memory
    X = np.memmap(tmp_path / "X", np.float32, "w+", shape=(48, 64000))
    X[:] = noise(48, 64000)
    spectrogram = STFTSpectrogram()
    tracemalloc.start()
    spectrogram.fit(X)
    fitting = tracemalloc.get_traced_memory()[1]
    tracemalloc.reset_peak()
    spectra = spectrogram.transform(X)
    transforming = tracemalloc.get_traced_memory()[1] - spectra.nbytes
    tracemalloc.reset_peak()
    restored = spectrogram.inverse_transform(spectra)
    inverting = tracemalloc.get_traced_memory()[1] - spectra.nbytes - restored.nbytes
    tracemalloc.stop()
    assert max(fitting, transforming, inverting) < 0.75 * spectra.nbytes
