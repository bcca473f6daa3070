import keras
import librosa
import numpy as np
import pytest
from keras import ops

from audiogen.networks import spectral_loss

LENGTHS = (2048, 512, 128)


def sounds(n_timesteps=5000):
    rng = np.random.default_rng(0)
    real = np.sin(np.arange(n_timesteps) * np.array([[0.1], [0.5]]))
    return real.astype(np.float32), 0.3 * rng.normal(size=real.shape).astype(np.float32)


def by_librosa(real, generated, lengths=LENGTHS):
    """The definition, from librosa's short-time Fourier transform."""
    total = 0.0
    for length in lengths:
        margin = length - length // 4
        a, b = (
            np.abs(
                librosa.stft(
                    np.pad(x, [(0, 0), (margin, margin)]).astype(np.float64),
                    n_fft=length,
                    hop_length=length // 4,
                    window="hann",
                    center=False,
                )
            )
            * (4 / length)
            for x in (real, generated)
        )
        total += np.abs(a - b).mean() + np.abs(np.log(a + 1e-3) - np.log(b + 1e-3)).mean()
    return total


@pytest.mark.parametrize("n_timesteps", [5000, 4096, 100])
def test_it_is_what_librosa_gives(n_timesteps):
    real, generated = sounds(n_timesteps)
    found = float(spectral_loss(real, generated))
    assert found == pytest.approx(by_librosa(real, generated), rel=2e-3)


def test_resolutions_are_summed():
    real, generated = sounds()
    one_by_one = [float(spectral_loss(real, generated, (length,))) for length in LENGTHS]
    assert float(spectral_loss(real, generated)) == pytest.approx(sum(one_by_one), rel=1e-5)


def test_phase_does_not_count_and_pitch_does():
    t = np.arange(16_000, dtype=np.float32)[np.newaxis]
    sine = np.sin(t / 5)
    assert float(spectral_loss(sine, -sine)) == 0
    shifted, other = (float(spectral_loss(sine, x)) for x in (np.sin(t / 5 + 1), np.sin(t / 4)))
    assert shifted < 0.25 * other


def test_its_gradient_is_finite_at_silence():
    """The root of nothing has an infinite slope, and generated audio may begin as silence."""
    layer = keras.layers.Dense(5000, use_bias=False, kernel_initializer="zeros")
    model = keras.Sequential([keras.Input((1,)), layer])
    model.compile("sgd", lambda real, generated: spectral_loss(real, generated))
    model.fit(np.ones((2, 1), np.float32), sounds()[0], verbose=0)
    assert bool(ops.all(ops.isfinite(layer.kernel)))
