"""A column of y that is read as words: text= of every conditional generator."""

import re
import warnings

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.model_selection import cross_val_score

import audiogen
from audiogen.exceptions import ExtrapolationWarning, UnknownWordsWarning
from audiogen.generators import (
    ConditionalGaussianMixture,
    ConditionalKernelSmoother,
    ConditionEncoder,
    clip_conditions,
)
from audiogen.preprocessing import TextConditions
from helpers.generators import (
    CONDITIONAL,
    WITHOUT_EPOCHS,
    N,
    brief,
    features,
    without_graphs,
)

# The recipe captioned_notes shows it for a network, in the tests of the command line.
TRAINED = [pytest.param(generator, marks=pytest.mark.long) for generator in CONDITIONAL]


def captions():
    bright = np.repeat(["dark", "bright"], N // 2)
    family = np.tile(["bell", "flute", "organ"], N // 3)
    spoken = [f"A {b} {f}" for b, f in zip(bright, family, strict=True)]
    return pd.DataFrame({"pitch": np.arange(60, 60 + N), "caption": spoken})


@pytest.fixture
def mixture():
    """A generator whose first number is bright, and whose second is bell."""
    y = pd.concat([captions()] * 20, ignore_index=True)
    X = np.random.default_rng(0).normal(size=(len(y), 4))
    X[:, 0] += 20 * y.caption.str.contains("bright")
    X[:, 1] += 20 * y.caption.str.contains("bell")
    return ConditionalGaussianMixture(1, text="caption", random_state=0).fit(X, y)


@without_graphs
@pytest.mark.parametrize("generator", [*WITHOUT_EPOCHS, *TRAINED])
def test_every_conditional_generator_is_asked_in_words(generator, tmp_path):
    model = brief(generator).set_params(text="caption").fit(features(), captions())
    assert list(model.conditions_.text_encoder_.words_) == sorted(
        ["bell", "bright", "dark", "flute", "organ"]
    )
    wanted = {"caption": "a gloomy chime", "pitch": 64}
    sounds, y = model.sample(3, y=wanted, return_y=True, random_state=1)
    assert y.caption.tolist() == ["a gloomy chime"] * 3
    known = model.sample(3, y={"caption": "dark bell", "pitch": 64}, random_state=1)
    np.testing.assert_array_equal(sounds, known)
    drawn = model.sample(5, return_y=True, random_state=1)[1]
    assert set(drawn.caption) <= set(captions().caption)
    audiogen.save(model, tmp_path / "model.skops")
    again = audiogen.load(tmp_path / "model.skops").sample(3, y=wanted, random_state=1)
    np.testing.assert_array_equal(again, sounds)


def test_words_decide_and_combinations_may_be_new(mixture):
    def mean(text):
        return mixture.sample(60, y={"caption": text, "pitch": 64}, random_state=0).mean(axis=0)

    np.testing.assert_allclose(mean("a bright bell")[:2], [20, 20], atol=2)
    np.testing.assert_allclose(mean("brilliant chimes"), mean("a bright bell"))
    np.testing.assert_allclose(mean("the organ, dark")[:2], [0, 0], atol=2)
    left_out = captions().caption != "A bright bell"
    y = pd.concat([captions()[left_out]] * 20, ignore_index=True)
    X = np.stack([y.caption.str.contains("bright"), y.caption.str.contains("bell")], axis=1) * 20.0
    new = ConditionalGaussianMixture(1, text="caption", random_state=0).fit(X, y)
    sounds = new.sample(60, y={"caption": "bright bell", "pitch": 64})
    np.testing.assert_allclose(sounds.mean(axis=0), [20, 20], atol=3)


def test_other_columns_of_text_stay_categories():
    y = captions().assign(family=["reed", "mallet"] * (N // 2))
    encoder = ConditionEncoder(text="caption").fit(y)
    assert repr(encoder) == (
        "ConditionEncoder(pitch=60 to 71, caption=text of 5 words, family=2 categories)"
    )
    assert repr(ConditionEncoder(text="caption")).endswith(
        "(fourier_features=True, text='caption')"
    )
    assert encoder.group_names_ == ["family"]
    codes = encoder.encode(y)
    own = TextConditions(random_state=0).fit(y.caption)
    start = encoder.widths_["pitch"]
    np.testing.assert_array_equal(codes[:, start:-2], own.transform(y.caption))
    with pytest.raises(ValueError, match=r"The condition 'family' = 'flute' is unknown"):
        encoder.encode({"pitch": 60, "caption": "any words", "family": "flute"})
    refused, blamed = encoder.find_refused(y.assign(caption="zxqw", family="flute"))
    assert refused.all()
    assert blamed == ["family=flute"]


def test_without_text_captions_are_categories():
    encoder = ConditionEncoder().fit(captions())
    assert len(encoder.categories_["caption"]) == 6
    with pytest.raises(ValueError, match="'a gloomy chime' is unknown"):
        encoder.encode({"pitch": 60, "caption": "a gloomy chime"})


def test_ranges_do_not_depend_on_captions(mixture):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        mixture.sample(y={"caption": "A dark bell", "pitch": 71})
    with pytest.warns(
        ExtrapolationWarning, match=r"= 75 lies outside the trained range \[60, 71\];"
    ):
        mixture.sample(y={"caption": "A dark bell", "pitch": 75})
    asked = pd.DataFrame({"caption": ["dark"], "pitch": [75]})
    assert clip_conditions(mixture, asked, ["pitch"]).pitch.tolist() == [71]


def test_unknown_words_warn_once_and_are_ignored(mixture):
    wanted = {"caption": "a zxqw bell", "pitch": 64}
    with pytest.warns(UnknownWordsWarning, match="ignored: 'zxqw'") as caught:
        sounds = mixture.sample(40, y=wanted, random_state=0)
    assert len(caught) == 1
    plain = mixture.sample(40, y={"caption": "bell", "pitch": 64}, random_state=0)
    np.testing.assert_array_equal(sounds, plain)
    with pytest.warns(UnknownWordsWarning, match="no known word"):
        mixture.sample(y={"caption": "", "pitch": 64})


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (None, "The 'text' parameter is 'caption', but there is no y to read."),
        (
            np.repeat("a bell", N),
            "The 'text' parameter is 'caption', but y has no names of columns",
        ),
        ({"pitch": range(N)}, "'text' parameter is 'caption', but y has columns ['pitch']"),
        ({"caption": range(N)}, "The condition 'caption' must be texts. Got 0 in row 0"),
        (
            {"caption": ["a bell"] * 11 + [None]},
            "The condition 'caption' is missing (NaN) in 1 of",
        ),
        (
            {"caption": pd.Series(["a bell"] * 11 + [3])},
            "The condition 'caption' must be texts. Got 3 in row",
        ),
        ({"caption": [""] * N}, "holds no word that says something"),
        ({"caption": ["bell " * 2001] * N}, "'caption' must be texts of at most 10000 characters"),
    ],
)
@pytest.mark.parametrize("generator", [ConditionalKernelSmoother(), ConditionalGaussianMixture()])
def test_what_cannot_be_read_is_said_in_fit(generator, y, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        clone(generator).set_params(text="caption").fit(features(), y)


def test_what_cannot_be_read_is_said_in_sample(mixture):
    for value, message in [
        (3, "'caption' must be texts. Got 3 in row 0"),
        (None, "'caption' is missing"),
        (["a bell", np.nan], "'caption' is missing"),
    ]:
        with pytest.raises(ValueError, match=re.escape(message)):
            mixture.sample(y={"caption": value, "pitch": 64})
    with pytest.raises(ValueError, match=re.escape("Missing: ['caption']; unknown: []")):
        mixture.sample(y={"pitch": 64})


@pytest.mark.parametrize("value", [3, b"caption", ["caption"]])
def test_the_parameter_is_checked(value):
    with pytest.raises(
        TypeError, match="'text' parameter of .* must be None or the name of a col"
    ):
        ConditionalKernelSmoother(text=value).fit(features(), captions())


def test_the_smoother_takes_the_nearest_texts():
    X = np.arange(N, dtype=float)[:, np.newaxis] * [1, 1]
    y = captions()
    smoother = ConditionalKernelSmoother(
        {"caption": 0.1, "pitch": 1000.0}, temperature=0.0, text="caption", random_state=0
    ).fit(X, y)
    for text in ("dark bell", "bright flute"):
        own = y.caption.str.lower() == f"a {text}"
        found = smoother.sample(y={"caption": text, "pitch": 65})
        np.testing.assert_allclose(found[0, 0], X[own, 0].mean(), atol=0.01)


def test_folds_of_cross_validation_may_have_other_captions(mixture):
    y = pd.concat([captions()] * 2, ignore_index=True)
    X = np.random.default_rng(0).normal(size=(len(y), 3))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnknownWordsWarning)
        warnings.simplefilter("ignore", ExtrapolationWarning)
        scores = cross_val_score(clone(mixture), X, y, cv=3)
    assert np.isfinite(scores).all()


def test_it_pickles(mixture, tmp_path):
    joblib.dump(mixture, tmp_path / "mixture")
    wanted = {"caption": "a gloomy chime", "pitch": 64}
    again = joblib.load(tmp_path / "mixture").sample(2, y=wanted, random_state=0)
    np.testing.assert_array_equal(again, mixture.sample(2, y=wanted, random_state=0))
