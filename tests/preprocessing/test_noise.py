"""Noise reduction on real notes with noise of known kinds and levels."""

import numpy as np
import pytest
import scipy.signal
from sklearn.base import BaseEstimator
from sklearn.exceptions import NotFittedError
from sklearn.utils.estimator_checks import parametrize_with_checks

from audiogen import GenerativePipeline
from audiogen.datasets import load_notes
from audiogen.preprocessing import NoiseReducer

RATE = 16000
KINDS = ("white", "pink", "hum")


@parametrize_with_checks(
    [NoiseReducer(), NoiseReducer(apply_to="training"), NoiseReducer(apply_to="both")]
)
def test_scikit_learn_contract(estimator, check):
    check(estimator)


@pytest.fixture(scope="module")
def notes():
    return load_notes("valid").data[::2]


def noise_of(kind, shape, seed=0):
    rng = np.random.default_rng(seed)
    white = rng.standard_normal(shape)
    if kind == "white":
        return white
    if kind == "pink":
        frequency = np.fft.rfftfreq(shape[1], 1 / RATE)
        tilt = np.where(frequency > 0, np.maximum(frequency, 20) ** -0.5, 0)
        return np.fft.irfft(np.fft.rfft(white) * tilt, shape[1])
    t = np.arange(shape[1]) / RATE
    phases = rng.uniform(0, 2 * np.pi, (20, shape[0], 1))
    lines = (np.sin(2 * np.pi * 50 * k * t + phases[k - 1]) / k for k in range(1, 21))
    return sum(lines) + 0.03 * white


def noisy(clean, kind, db, seed=0):
    """Add noise that is so many dB below each note."""
    noise = noise_of(kind, clean.shape, seed)
    power = np.square([clean, noise]).mean(axis=2, keepdims=True)
    return (clean + noise * np.sqrt(power[0] / power[1] / 10 ** (db / 10))).astype(np.float32)


def snr(clean, other):
    error = np.square(other - clean).sum(axis=1)
    return 10 * np.log10(np.square(clean).sum(axis=1) / np.maximum(error, 1e-20))


def log_spectral_distance(clean, other):
    """Return the mean over three resolutions of the RMS difference in dB, for each clip."""
    distances = []
    for size in (2048, 512, 128):
        levels = [
            np.abs(scipy.signal.stft(x, nperseg=size, scaling="spectrum")[2]) ** 2
            for x in (clean, other)
        ]
        a, b = (10 * np.log10(np.maximum(power, 1e-10)) for power in levels)
        distances.append(np.sqrt(np.square(a - b).mean(axis=(1, 2))))
    return np.mean(distances, axis=0)


@pytest.mark.parametrize("db", [10, 20, 30])
@pytest.mark.parametrize("kind", KINDS)
def test_noise_falls_and_music_stays(notes, kind, db):
    before = noisy(notes, kind, db)
    after = NoiseReducer(apply_to="training").fit_transform(before)
    assert after.dtype == np.float32
    assert after.shape == notes.shape
    gain = snr(notes, after) - snr(notes, before)
    assert gain.mean() >= 6
    assert gain.min() > -0.5
    nearer = log_spectral_distance(notes, after) < log_spectral_distance(notes, before)
    assert nearer.mean() >= 0.85


@pytest.mark.parametrize("kind", [None, *KINDS])
def test_clean_notes_are_nearly_untouched(notes, kind):
    learnt_from = notes if kind is None else noisy(notes, kind, 20)
    after = NoiseReducer().fit(learnt_from).inverse_transform(notes)
    assert snr(notes, after).min() >= 30


@pytest.mark.parametrize("rate", [8000, 16000, 44100])
@pytest.mark.parametrize("padded", [False, True])
def test_the_spectrum_of_known_noise(rate, padded):
    shape = (20, 2 * rate)
    colour = scipy.signal.firwin2(65, [0, 0.5, 1], [1, 0.1, 0.1])
    white = np.random.default_rng(0).normal(scale=0.01, size=shape)
    noise = scipy.signal.lfilter(colour, 1, white)
    if padded:  # digital silence says nothing
        noise[:, rate:] = 0
    reducer = NoiseReducer(sample_rate=rate).fit(noise)
    size = 2 * (len(reducer.noise_) - 1)
    response = np.abs(scipy.signal.freqz(colour, worN=size // 2 + 1, include_nyquist=True)[1])
    window = scipy.signal.get_window("hann", size)
    expected = 1e-4 * np.sum(window**2) * response**2
    ratio = expected / reducer.noise_
    inside = slice(2, -2)  # where real and imaginary parts are alike
    np.testing.assert_allclose(10 * np.log10(ratio[inside].mean() / 2.25), 0, atol=1)
    np.testing.assert_allclose(10 * np.log10(ratio[inside] / 2.25), 0, atol=3)
    assert reducer.loudest_ == pytest.approx(1, abs=0.1)


def test_partials_that_never_end_are_no_noise():
    t = np.arange(2 * RATE) / RATE
    clean = np.stack(
        [sum(np.sin(2 * np.pi * f * k * t) for k in (1, 2, 3)) for f in 200 * 1.06 ** np.arange(9)]
    )
    after = NoiseReducer(apply_to="training").fit_transform(noisy(clean, "white", 20))
    assert snr(clean, after).min() > 30


def test_a_pause_is_enough_for_one_note():
    t = np.arange(RATE) / RATE
    clean = (np.sin(2 * np.pi * 440 * t) * (t < 0.6))[np.newaxis]
    after = NoiseReducer(apply_to="training").fit_transform(noisy(clean, "white", 20))
    assert snr(clean, after) > 28


@pytest.mark.parametrize("level", [0.0, 1e-5], ids=["digital", "below 16 bits"])
def test_silence_teaches_nothing(notes, level):
    silence = level * np.random.default_rng(0).standard_normal((3, notes.shape[1]))
    reducer = NoiseReducer(apply_to="both").fit(silence)
    assert not reducer.noise_.any()
    assert reducer.loudest_ == 0
    before = noisy(notes[:3], "white", 20)
    np.testing.assert_array_equal(reducer.transform(before), before)


def test_short_and_silent_clips_stay_as_they_are(notes):
    reducer = NoiseReducer().fit(noisy(notes, "white", 20))
    for clip in (notes[:1, :5000], np.zeros((1, RATE)), np.ones((1, 1)), np.empty((0, RATE))):
        np.testing.assert_array_equal(reducer.inverse_transform(clip), clip)


def test_no_clip_is_taken_to_be_noisier_than_the_training_notes(notes):
    reducer = NoiseReducer().fit(noisy(notes, "white", 30))
    loud = np.random.default_rng(1).standard_normal((1, RATE))  # music made of noise
    assert snr(loud, reducer.inverse_transform(loud)) > 10


@pytest.mark.parametrize("kind", ["white", "pink"])
def test_the_spectral_gate_reduces_noise_too_and_by_the_same_bits(notes, kind):
    clean = notes[:6]
    dirty = noisy(clean, kind, 15)
    gate = NoiseReducer(method="spectral_gate").fit(dirty)
    found = gate.inverse_transform(dirty)
    assert found.dtype == np.float32
    assert (snr(clean, found) - snr(clean, dirty)).mean() > 3
    np.testing.assert_array_equal(gate.inverse_transform(dirty[:2]), found[:2])
    none = NoiseReducer(method="spectral_gate", prop_decrease=0.0).fit(dirty)
    assert snr(dirty, none.inverse_transform(dirty)).min() > 30


def test_prop_decrease(notes):
    before = noisy(notes, "white", 20)
    reducers = [NoiseReducer(prop_decrease=p).fit(before) for p in (0.0, 0.5, 1.0)]
    none, half, whole = (reducer.inverse_transform(before) for reducer in reducers)
    np.testing.assert_allclose(none, before, atol=1e-6)
    np.testing.assert_allclose(half, (before + whole) / 2, atol=1e-5)


def test_apply_to(notes):
    X = noisy(notes, "white", 20)
    for apply_to, forward, back in (
        ("generated", False, True),
        ("training", True, False),
        ("both", True, True),
    ):
        reducer = NoiseReducer(apply_to=apply_to).fit(X)
        assert (reducer.transform(X) != X).any() == forward
        assert (reducer.inverse_transform(X) != X).any() == back


def test_each_clip_is_cleaned_by_itself_at_any_level(notes):
    before = noisy(notes, "pink", 20)
    reducer = NoiseReducer().fit(before)
    after = reducer.inverse_transform(before)
    one = reducer.inverse_transform(before[3:4, : 2 * RATE])
    assert one.shape == (1, 2 * RATE)
    np.testing.assert_array_equal(reducer.inverse_transform(before[3:4]), after[3:4])
    quiet = NoiseReducer().fit(before / 2)
    np.testing.assert_allclose(quiet.noise_, reducer.noise_ / 4, rtol=1e-3)
    np.testing.assert_allclose(quiet.inverse_transform(before / 2), after / 2, atol=1e-4)


def make_parrot():
    """Return a generator that says what it was taught; local, so that it has no twin."""

    class Parrot(BaseEstimator):
        def fit(self, X, y=None):
            self.X_ = np.array(X)
            return self

        def sample(self, n_samples=1, y=None, *, return_y=False, random_state=None):
            return (self.X_[:n_samples], y) if return_y else self.X_[:n_samples]

    return Parrot()


@pytest.mark.parametrize("apply_to", ["generated", "training", "both"])
def test_what_a_pipeline_makes_of_noisy_notes_is_clean(notes, apply_to):
    before = noisy(notes, "white", 20)
    pipe = GenerativePipeline([("noise", NoiseReducer(apply_to=apply_to)), ("gen", make_parrot())])
    made = pipe.fit(before).sample(len(notes))
    assert np.mean(snr(notes, made) - snr(notes, before)) >= 6


def test_bad_input(notes):
    with pytest.raises(ValueError, match="'prop_decrease' parameter of NoiseReducer"):
        NoiseReducer(prop_decrease=1.5).fit(notes)
    with pytest.raises(ValueError, match="X holds NaN"):
        NoiseReducer().fit(notes).inverse_transform([[np.nan, 0.0]])
    with pytest.raises(NotFittedError):
        NoiseReducer().inverse_transform(notes)
