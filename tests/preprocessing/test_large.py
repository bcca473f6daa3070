"""Transformers of data larger than a limit: as those of data in memory."""

import numpy as np
import pytest

from audiogen.datasets import make_notes
from audiogen.preprocessing import (
    FixedLength,
    Flatten,
    HarmonicPlusNoise,
    NoiseReducer,
    OneShotSpectrogram,
    OnsetTrimmer,
    PeakNormalizer,
    PitchAlignedSpectrogram,
    PitchFilter,
    PrincipalComponents,
    STFTSpectrogram,
)
from audiogen.utils import large

N_NOTES, LENGTH = 7, 8000
TWO_NOTES = 2 * 4 * LENGTH  # bytes


@pytest.fixture(scope="module")
def notes():
    made = make_notes(N_NOTES, duration=LENGTH / 16000, random_state=0)
    return made.data, made.frame[["pitch", "instrument_family"]]


@pytest.mark.parametrize(
    "transformer",
    [
        FixedLength(9000),
        HarmonicPlusNoise(n_harmonics=20),
        NoiseReducer(apply_to="both"),
        OneShotSpectrogram(),
        OnsetTrimmer(),
        PeakNormalizer(),
        PitchAlignedSpectrogram(n_harmonics=20),
        STFTSpectrogram(phase="if"),
    ],
)
def test_clips_are_transformed_alike(notes, low_limits, transformer):
    X = notes[0]
    whole = transformer.fit_transform(X)
    back = transformer.inverse_transform(whole)
    learnt = {k: v for k, v in vars(transformer).items() if k[-1] == "_"}
    low_limits(TWO_NOTES)
    parts = transformer.fit_transform(X)
    assert isinstance(parts, np.memmap)
    np.testing.assert_array_equal(parts, whole)
    np.testing.assert_array_equal(transformer.inverse_transform(parts), back)
    for name, value in learnt.items():
        np.testing.assert_equal(getattr(transformer, name), value)


def test_integers_are_scaled_alike(notes, low_limits):
    X = np.rint(notes[0] * 2**15).clip(-(2**15), 2**15 - 1).astype(np.int16)
    whole = PeakNormalizer().fit_transform(X)
    low_limits(TWO_NOTES)
    np.testing.assert_array_equal(PeakNormalizer().fit_transform(X), whole)


def test_pitches_are_tracked_and_rows_dropped_alike(notes, low_limits):
    X, y = notes
    y = y.assign(pitch=y.pitch.where(y.index % 2 == 0))
    low, high = np.nanquantile(y.pitch, [0.2, 0.9])
    selector = PitchFilter(int(low), int(high))
    whole, left = selector.select(X, y)
    features = HarmonicPlusNoise().fit_transform(X, y)
    assert 0 < len(whole) < N_NOTES
    low_limits(TWO_NOTES)
    parts, same = selector.select(X, y)
    assert isinstance(parts, np.memmap)
    np.testing.assert_array_equal(parts, whole)
    assert same.equals(left)
    np.testing.assert_array_equal(HarmonicPlusNoise().fit_transform(X, y), features)


def test_rows_are_named_by_their_own_number(notes, low_limits):
    X, y = notes
    harmonics = HarmonicPlusNoise(n_harmonics=20).fit(X, y)
    features = harmonics.transform(X, y)
    features[5, 3, 3] = np.nan
    low_limits(TWO_NOTES)
    with pytest.raises(ValueError, match="first in row 5"):
        harmonics.inverse_transform(features, y)
    bad = X.copy()
    bad[4, 100] = np.inf
    with pytest.raises(ValueError, match="Input X contains infinity"):
        harmonics.transform(bad, y)


@pytest.mark.parametrize(("n_rows", "n_features"), [(60, 700), (300, 90)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_components_of_large_features_are_those_of_an_exact_decomposition(
    low_limits, n_rows, n_features, dtype
):
    rng = np.random.default_rng(0)
    strength = 0.7 ** np.arange(30)
    X = 5 + rng.normal(size=(n_rows, 30)) * strength @ rng.normal(size=(30, n_features))
    X = (X + 1e-3 * rng.normal(size=X.shape)).astype(dtype)
    low_limits(TWO_NOTES)
    found = PrincipalComponents(8, random_state=0).fit(X)
    centred = X.astype(np.float64) - X.mean(axis=0, dtype=np.float64)
    values, vectors = np.linalg.svd(centred, full_matrices=False)[1:]
    np.testing.assert_allclose(
        found.explained_variance_ratio_, values[:8] ** 2 / np.sum(values**2), rtol=1e-4
    )
    # Each axis to the angle that rounding and the gap to the next leave.
    cosines = np.abs(np.sum(found.components_ * vectors[:8], axis=1))
    np.testing.assert_allclose(cosines, 1, atol=1e-5)
    np.testing.assert_allclose(
        found.components_ @ found.components_.T, np.eye(8), atol=1e-5 if dtype == "f4" else 1e-6
    )
    rest = centred - centred @ found.components_.T @ found.components_
    assert np.sum(rest**2) <= (1 + 1e-5) * np.sum(values[8:] ** 2)
    assert found.components_.dtype == dtype
    Z = found.transform(X)
    np.testing.assert_allclose(Z, (X - found.mean_) @ found.components_.T, atol=1e-3)
    back = found.inverse_transform(Z)
    assert isinstance(back, np.memmap)
    np.testing.assert_array_equal(back[3], found.inverse_transform(Z[3:4])[0])
    again = PrincipalComponents(8, random_state=0).fit(X)
    np.testing.assert_array_equal(again.components_, found.components_)


def test_components_are_as_many_as_there_can_be(low_limits):
    X = np.random.default_rng(0).normal(size=(6, 300))
    low_limits(TWO_NOTES)
    with pytest.warns(UserWarning, match="keeps 6 components"):
        found = PrincipalComponents(10, random_state=0).fit(X)
    np.testing.assert_allclose(found.inverse_transform(found.transform(X)), X, atol=1e-8)


def test_a_pipeline_of_maps_gives_what_arrays_in_memory_give(notes, low_limits):
    from audiogen.recipes import harmonic_gmm

    X, y = notes
    harmonics, flatten = HarmonicPlusNoise(n_harmonics=20), Flatten()
    whole = flatten.fit_transform(harmonics.fit_transform(X, y))
    low_limits(TWO_NOTES)
    parts = flatten.fit_transform(harmonics.fit_transform(X, y))
    assert large.is_large(parts)
    np.testing.assert_array_equal(parts, whole)
    pipe = harmonic_gmm(n_components=4, random_state=0).fit(X, y)
    made = pipe.sample(y=y)
    assert made.shape == X.shape
    np.testing.assert_array_equal(made[:2], pipe.sample(y=y.iloc[:2]))
