"""Changes of real and generated samples that a discriminator sees."""

import keras
import numpy as np
import pytest

from audiogen.networks._augmentation import augment

# ------------------------------------------------------------------------- augmentation


def test_waveforms_are_shifted_scaled_and_turned_upside_down():
    x = np.random.default_rng(0).normal(size=(300, 200)).astype(np.float32)
    y = np.asarray(augment(x, keras.random.SeedGenerator(0)))
    spectra = np.fft.rfft(x), np.fft.rfft(y)
    likeness = np.fft.irfft(spectra[0].conj() * spectra[1], n=200)
    shifts = np.argmax(np.abs(likeness), axis=1)
    moved = np.stack([np.roll(row, shift) for row, shift in zip(x, shifts, strict=True)])
    gains = (y * moved).sum(axis=1) / (moved**2).sum(axis=1)
    np.testing.assert_allclose(y, gains[:, None] * moved, atol=1e-5)
    shifts = (shifts + 100) % 200 - 100
    assert set(shifts) == set(range(-10, 11)), "up to 5 % of 200, either way"
    sizes = np.abs(gains)
    assert 0.5 <= sizes.min() < 0.6
    assert 1.8 < sizes.max() <= 2.0
    changed = np.mean(gains < 0), np.mean(np.abs(sizes - 1) > 1e-6), np.mean(shifts != 0)
    np.testing.assert_allclose(changed, 0.4, atol=0.08)


def test_spectrograms_are_rolled_in_time_and_raised_in_level():
    x = np.random.default_rng(0).normal(size=(60, 40, 8, 2)).astype(np.float32)
    y = np.asarray(augment(x, keras.random.SeedGenerator(0)))
    levels = []
    for one, other in zip(x, y, strict=True):
        shift = next(
            s for s in range(-2, 3) if np.array_equal(np.roll(one, s, 0)[..., 1], other[..., 1])
        )
        level = other[..., 0] - np.roll(one, shift, 0)[..., 0]
        assert np.ptp(level) < 1e-5
        levels.append(level.mean())
    assert 0.05 < np.abs(levels).max() <= 0.1 + 1e-6


def test_augmentation_passes_gradients_on():
    """It is linear in waveforms: the gradient of <A x, v> is that of the adjoint."""
    import tensorflow as tf

    x, v = np.random.default_rng(0).normal(size=(2, 20, 60)).astype(np.float32)
    variable = tf.Variable(x)
    with tf.GradientTape() as tape:
        product = tf.reduce_sum(augment(variable, keras.random.SeedGenerator(0)) * v)
    gradient = np.asarray(tape.gradient(product, variable))
    assert np.sum(gradient * x) == pytest.approx(float(product), rel=1e-4)
    assert np.all(np.abs(gradient).sum(axis=1) > 0)
