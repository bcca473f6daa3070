"""The kernel smoother, against closed forms."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.gaussian_process.kernels import RBF

import audiogen
from audiogen.generators import ConditionalKernelSmoother, clip_conditions


def sounds(n=40, width=5):
    rng = np.random.default_rng(0)
    y = pd.DataFrame(
        {
            "instrument": rng.choice(["harp", "flute"], n),
            "pitch": rng.uniform(40, 80, n),
            "velocity": rng.integers(1, 128, n),
        }
    )
    return 3 * rng.normal(size=(n, width)) + y.pitch.to_numpy()[:, np.newaxis], y


@settings(max_examples=25, deadline=None)
@given(pitch=st.floats(45, 75), velocity=st.integers(30, 90), width=st.floats(0.5, 20))
def test_the_mean_is_that_of_nadaraya_and_watson(pitch, velocity, width):
    """With scikit-learn's kernel, over the notes of the instrument alone."""
    X, y = sounds()
    smoother = ConditionalKernelSmoother({"pitch": width, "velocity": 60.0}, temperature=0.0)
    wanted = pd.DataFrame({"instrument": ["harp"], "pitch": [pitch], "velocity": [velocity]})
    own = (y.instrument == "harp").to_numpy()
    scale = np.array([width, 60.0])
    there, here = y.loc[own, ["pitch", "velocity"]] / scale, wanted[["pitch", "velocity"]] / scale
    log_weights = np.log(RBF(1.0)(here, there) + 1e-300)
    weights = np.exp(log_weights - log_weights.max())
    expected = weights @ X[own] / weights.sum()
    if RBF(1.0)(here, there).max() < 1e-200:
        return
    with np.errstate(all="ignore"):
        sample = smoother.fit(X, y).sample(y=wanted, random_state=0)
    np.testing.assert_allclose(sample, expected, rtol=2e-3, atol=1e-3)


def test_at_temperature_1_samples_vary_as_the_residuals_do():
    """Their covariance is that of what the mean leaves of the notes of the instrument."""
    X, y = sounds()
    smoother = ConditionalKernelSmoother({"pitch": 1e6, "velocity": 1e6}, temperature=1.0)
    smoother.fit(X, y)
    wanted = {"instrument": "flute", "pitch": 60.0, "velocity": 64}
    samples = smoother.sample(20_000, y=wanted, random_state=0)
    own = X[(y.instrument == "flute").to_numpy()]
    np.testing.assert_allclose(samples.mean(axis=0), own.mean(axis=0), atol=0.5)
    covariance = np.cov(own.T, bias=True)
    np.testing.assert_allclose(np.cov(samples.T), covariance, rtol=0.1, atol=2)


def test_temperature_scales_what_latents_do():
    X, y = sounds()
    Z = np.random.default_rng(1).normal(size=(3, 5))
    wanted = {"instrument": "harp", "pitch": 60.0, "velocity": 64}
    cold, warm, hot = (
        ConditionalKernelSmoother(temperature=t, latent_dim=5).fit(X, y).decode(Z, wanted)
        for t in (0.0, 0.5, 1.0)
    )
    assert np.ptp(cold, axis=0).max() == 0
    np.testing.assert_allclose(hot - cold, 2 * (warm - cold), rtol=1e-3, atol=1e-3)


def test_far_from_all_notes_it_is_the_nearest_one():
    y = pd.DataFrame({"instrument": ["a", "a", "b"], "pitch": [40, 52, 90]})
    X = np.array([[0.0, 3.0], [7.0, 5.0], [50.0, 50.0]])
    smoother = ConditionalKernelSmoother({"pitch": 0.1}, temperature=0.0).fit(X, y)
    with pytest.warns(audiogen.exceptions.ExtrapolationWarning):
        sample = smoother.sample(y={"instrument": "a", "pitch": 60})
    np.testing.assert_allclose(sample, X[[1]], atol=1e-5)
    halfway = smoother.sample(y={"instrument": "a", "pitch": 46})
    np.testing.assert_allclose(halfway, X[:2].mean(axis=0, keepdims=True), atol=1e-5)


def test_of_a_new_combination_the_first_column_decides():
    y = pd.DataFrame({"drum": ["kick", "kick", "snare"], "kit": ["rock", "jazz", "brush"]})
    X = np.array([[0.0, 3.0], [2.0, 5.0], [50.0, 50.0]])
    smoother = ConditionalKernelSmoother(temperature=0.0).fit(X, y)
    np.testing.assert_allclose(smoother.sample(y={"drum": "kick", "kit": "jazz"}), X[[1]], 1e-5)
    other = smoother.sample(y={"drum": "kick", "kit": "brush"})
    np.testing.assert_allclose(other, X[:2].mean(axis=0, keepdims=True), atol=1e-5)


def test_a_single_note_of_an_instrument_comes_back():
    y = pd.DataFrame({"instrument": ["a", "b", "b"], "pitch": [60, 50, 70]})
    X = np.array([[0.0, 3.0], [2.0, 5.0], [50.0, 50.0]])
    smoother = ConditionalKernelSmoother(temperature=1.0, random_state=0).fit(X, y)
    sample = smoother.sample(4, y={"instrument": "a", "pitch": 60})
    np.testing.assert_allclose(sample, np.repeat(X[:1], 4, axis=0), atol=1e-5)


def test_clipped_conditions_are_played_without_a_warning():
    X, y = sounds()
    smoother = ConditionalKernelSmoother(random_state=0).fit(X, y)
    wanted = y.assign(velocity=np.linspace(0, 127, len(y)).round().astype(int), pitch=60.0)
    clipped = clip_conditions(smoother, wanted, ["velocity", "no_such_condition"])
    ranges = y.groupby("instrument").velocity.agg(["min", "max"]).loc[wanted.instrument]
    expected = np.clip(wanted.velocity.to_numpy(), ranges["min"], ranges["max"])
    np.testing.assert_array_equal(clipped.velocity, expected)
    assert clipped.velocity.dtype == wanted.velocity.dtype
    assert len(smoother.sample(y=clipped)) == len(y)


@pytest.mark.parametrize(
    ("parameters", "error", "words"),
    [
        ({"bandwidth": 0}, ValueError, "'bandwidth' parameter.*Got 0"),
        ({"bandwidth": {"pitch": -1.0}}, ValueError, "Got -1.0 for 'pitch'"),
        ({"bandwidth": {"instrument": 1.0}}, ValueError, "'instrument', which is a category"),
        ({"temperature": -0.1}, ValueError, "'temperature' parameter"),
        ({"latent_dim": 1.5}, TypeError, "'latent_dim' parameter"),
    ],
)
def test_bad_parameters(parameters, error, words):
    X, y = sounds()
    with pytest.raises(error, match=words):
        ConditionalKernelSmoother(**parameters).fit(X, y)
