"""What all transformers of clips have in common."""

import numpy as np
import pandas as pd
import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from audiogen.preprocessing import (
    ClipTransformer,
    FixedLength,
    Flatten,
    HarmonicPlusNoise,
    NoiseReducer,
    OnsetTrimmer,
    PeakNormalizer,
    PitchAlignedSpectrogram,
    STFTSpectrogram,
)


class Reverse(ClipTransformer):
    """Reverse clips in time."""

    _learns = False

    def _transform(self, X):
        return X[:, ::-1]

    _inverse = _transform


@parametrize_with_checks([Reverse()])
def test_a_transformer_of_a_few_lines_keeps_the_contract(estimator, check):
    check(estimator)


def test_hooks_are_all_that_a_subclass_needs():
    X = np.arange(6, dtype=np.float32).reshape(2, 3)
    reverse = Reverse()
    np.testing.assert_array_equal(reverse.transform(X), X[:, ::-1])
    np.testing.assert_array_equal(reverse.inverse_transform(reverse.transform(X)), X)


CLIP_TRANSFORMERS = pytest.mark.parametrize(
    "transformer",
    [
        PeakNormalizer(0.5),
        FixedLength(300),
        NoiseReducer(apply_to="both"),
        STFTSpectrogram(64, 16),
        HarmonicPlusNoise(n_harmonics=4, n_noise_bands=2),
        PitchAlignedSpectrogram(n_harmonics=4, n_noise_bands=2),
    ],
    ids=lambda transformer: type(transformer).__name__,
)


@CLIP_TRANSFORMERS
def test_what_is_no_clips_is_refused(transformer):
    with pytest.raises(ValueError, match=r"X has .*looks like \(n_timesteps, n_channels\)"):
        transformer.fit(np.zeros((8000, 2)))
    with pytest.raises(ValueError, match="X must be an array of real numbers. Got dtype bool"):
        transformer.fit(np.ones((2, 8000), dtype=bool))


@CLIP_TRANSFORMERS
def test_integer_clips_are_scaled_by_their_full_scale(transformer):
    whole = np.random.default_rng(0).integers(-9000, 9000, (2, 8000), dtype=np.int16)
    found = transformer.fit_transform(whole)
    wanted = transformer.fit_transform(whole.astype(np.float32) / 2**15)
    np.testing.assert_array_equal(found, wanted)
    found = transformer.transform((whole // 256 + 128).astype(np.uint8))
    np.testing.assert_array_equal(found, transformer.transform((whole // 256) / np.float32(128)))


@pytest.mark.parametrize(
    ("transformer", "first", "n_columns"),
    [
        (PeakNormalizer(), "a", 3),
        (NoiseReducer(), "a", 3),
        (OnsetTrimmer(), "a", 3),
        (FixedLength(5), "fixedlength0", 5),
        (Flatten(), "flatten0", 3),
    ],
    ids=lambda value: type(value).__name__,
)
def test_columns_have_names_where_a_frame_is_wanted(transformer, first, n_columns):
    X = pd.DataFrame(np.ones((4, 3), np.float32), columns=["a", "b", "c"])
    made = transformer.set_output(transform="pandas").fit_transform(X)
    assert isinstance(made, pd.DataFrame)
    assert len(made.columns) == n_columns
    assert made.columns[0] == first
    assert list(transformer.get_feature_names_out()) == list(made.columns)
