import warnings
from operator import methodcaller

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.exceptions import SkipTestWarning
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.utils.estimator_checks import check_estimator

import audiogen
from audiogen.exceptions import UnknownWordsWarning
from audiogen.preprocessing import TextConditions
from audiogen.utils.estimator_checks import estimator_checks

TEXTS = [
    "a dark, long bowed string, low and loud",
    "a bright, short mallet, high and soft",
    "a dark organ",
    "a bright flute, high",
    "a soft flute",
    "a loud brass, low",
]


@pytest.fixture(scope="module")
def encoder():
    return TextConditions(random_state=0).fit(TEXTS)


@pytest.mark.parametrize(
    "check",
    estimator_checks(
        TextConditions(8, random_state=0),
        TEXTS,
        draw=methodcaller("transform", ["a gloomy organ", "high and loud"]),
        wrong={"n_components": 0},
    ),
    ids=lambda check: check.__name__,
)
def test_rules_of_estimators(check):
    check()


def test_common_checks_pass_that_take_no_numbers():
    with pytest.warns(SkipTestWarning, match="string=True"):  # as for CountVectorizer
        check_estimator(TextConditions())


def test_words_are_weighted_as_tf_idf_weighs_them(encoder):
    """All that few words say is kept: distances are those of scikit-learn's TF-IDF."""
    texts = ["dark low", "high soft", "low soft"]
    own = TextConditions(random_state=0).fit(texts)
    words = TfidfVectorizer(norm=None).fit_transform(texts).toarray()
    pieces = TfidfVectorizer(norm=None, analyzer="char_wb", ngram_range=(3, 3))
    features = np.hstack([words, 0.2 * pieces.fit_transform(texts).toarray()])
    codes = own.transform(texts)
    assert codes.shape == (3, 3)
    np.testing.assert_allclose(codes @ codes.T, features @ features.T, rtol=1e-5, atol=1e-6)


def test_few_components_keep_what_texts_have_most_in_common():
    texts = ["dark low organ", "bright high flute"] * 10 + ["dark high organ"]
    codes = TextConditions(1, random_state=0).fit(texts).transform(texts)
    assert codes.shape == (21, 1)
    assert abs(codes[0] - codes[1]) > 2 * abs(codes[0] - codes[20])


@pytest.mark.parametrize(
    ("word", "taken"),
    [
        ("DARK", "dark"),
        ("darker", "dark"),  # forms
        ("flutes", "flute"),
        ("softly", "soft"),
        ("gloomy", "dark"),  # WordNet: similar words, kinds of instruments, players
        ("brilliant", "bright"),
        ("noisy", "loud"),
        ("quiet", "soft"),
        ("lengthy", "long"),
        ("cello", "string"),
        ("trombone", "brass"),
        ("piccolo", "flute"),
        ("harmonium", "organ"),
        ("shrill", "high"),
        ("brigth", "bright"),  # spelling
        ("stirng", "string"),
        ("zxqw", None),
        ("hedgehog", None),
        ("тёмный", None),
        ("蝸", None),
    ],
)
def test_what_words_are_taken_for(encoder, word, taken):
    assert encoder.understand([f"a {word} sound"]) == [{word.lower(): taken}]


OPPOSITES = """
bright/dark high/low loud/soft long/short quiet/loud warm/cold smooth/rough sharp/dull heavy/light
thick/thin fast/slow happy/sad strong/weak hard/soft big/small open/closed wet/dry rising/falling
clean/dirty brightness/darkness loudly/softly lengthy/brief noisy/silent vivid/dim gloomy/bright
brilliant/dark tall/low
"""


@pytest.mark.parametrize("pair", OPPOSITES.split())
def test_opposites_are_never_taken_for_each_other(pair):
    for one, other in (pair.split("/"), pair.split("/")[::-1]):
        known = TextConditions().fit([f"a {other} flute"])
        assert known.understand([one])[0][one] is None, f"{one} is taken for {other}"


def test_negated_words_are_other_words(encoder):
    words = encoder.understand(["not bright, without any long notes, and no flute"])[0]
    assert words == {"not bright": None, "not long": None, "not flute": None}
    learnt = TextConditions().fit(["a note with reverb", "a note without reverb"])
    assert learnt.understand(["no reverb"]) == [{"not reverb": "not reverb"}]


@pytest.mark.parametrize(
    ("texts", "text", "words"),
    [
        (["тёмный колокол", "яркая флейта"], "Тёмный, тёмный КОЛОКОЛ!", ["тёмный", "колокол"]),
        (["暗い鐘", "明るい笛"], "暗い笛。", ["暗", "い", "笛"]),
        (["जोरदार घंटी", "धीमी बाँसुरी"], "जोरदार बाँसुरी", ["जोरदार", "बाँसुरी"]),
        (["dunkle Glocke", "helle Flöte"], "FLÖTE, dunkel", ["flöte", "dunkle"]),
    ],
    ids=["Cyrillic", "Japanese", "Devanagari", "German"],
)
def test_other_scripts_and_languages(texts, text, words):
    learnt = TextConditions(random_state=0).fit(texts)
    assert list(learnt.understand([text])[0].values()) == words
    codes = learnt.transform(texts)
    assert np.linalg.norm(codes[0] - codes[1]) > 1


def test_ignored_words_warn_and_change_nothing(encoder):
    plain = encoder.transform(["a dark flute"])
    with pytest.warns(UnknownWordsWarning, match=r"ignored: 'zxqw', 'hedgehog'\."):
        codes = encoder.transform(["a dark zxqw flute, hedgehog"])
    np.testing.assert_array_equal(codes, plain)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        np.testing.assert_array_equal(encoder.transform(["a gloomy piccolo"]), plain)


@pytest.mark.parametrize("text", ["", "  ", "the and of", "?!", "🎻"])
def test_texts_without_a_known_word_warn_and_are_zeros(encoder, text):
    with pytest.warns(UnknownWordsWarning, match=r"1 of 2 text\(s\) have no known word"):
        codes = encoder.transform([text, "a flute"])
    assert not codes[0].any()
    assert codes[1].any()


@pytest.mark.parametrize("texts", [[""], ["the", "and, of"], ["...", "🎻"]])
def test_nothing_is_learnt_of_texts_without_words(texts):
    with pytest.raises(ValueError, match="X holds no word that says something"):
        TextConditions().fit(texts)


@pytest.mark.parametrize("value", [None, np.nan, pd.NA, 3, b"dark", ["dark"]])
def test_what_is_no_text_is_refused_with_its_row(encoder, value):
    rows = np.array(["dark", value], dtype=object)
    for call in (TextConditions().fit, encoder.transform, encoder.understand):
        with pytest.raises(ValueError, match=r"X must be texts\. Got .* in row 1"):
            call(rows)


def test_very_long_texts_are_refused_and_long_ones_are_not(encoder):
    with pytest.raises(ValueError, match="at most 10000 characters"):
        encoder.transform(["dark " * 3000])
    long = encoder.transform(["dark flute " * 900])
    np.testing.assert_array_equal(long, encoder.transform(["a dark flute"]))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.text(max_size=40), min_size=1, max_size=4), st.randoms())
def test_any_text_is_encoded(encoder, texts, rng):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnknownWordsWarning)
        codes = encoder.transform(texts)
        assert codes.shape == (len(texts), encoder.n_components_)
        assert np.isfinite(codes).all()
        for text, words in zip(texts, encoder.understand(texts), strict=True):
            assert {*words.values()} <= {None, *encoder.words_.tolist()}
            assert encoder.understand([text]) == [words]
        spoken = ["dark", "low", "flute"]
        rng.shuffle(spoken)
        plain = encoder.transform(["dark low flute"])
        np.testing.assert_array_equal(encoder.transform([", ".join(spoken).upper()]), plain)


def test_inverse_transform_finds_texts_of_training(encoder):
    back = encoder.inverse_transform(encoder.transform(TEXTS))
    np.testing.assert_array_equal(back, TEXTS)
    assert encoder.inverse_transform(encoder.transform(["a gloomy organ"]))[0] == "a dark organ"
    with pytest.raises(ValueError, match="X must have the shape"):
        encoder.inverse_transform([[1.0]])


def test_series_and_arrays_are_texts_too(encoder):
    for texts in (pd.Series(TEXTS), np.array(TEXTS), tuple(TEXTS)):
        np.testing.assert_array_equal(encoder.transform(texts), encoder.transform(TEXTS))


def test_saved_and_loaded_it_understands_the_same(encoder, tmp_path):
    audiogen.save(encoder, tmp_path / "words.skops")
    again = audiogen.load(tmp_path / "words.skops")
    texts = ["a gloomy piccolo", "brigth organ"]
    assert again.understand(texts) == encoder.understand(texts)
    np.testing.assert_array_equal(again.transform(texts), encoder.transform(texts))
    audiogen.save(again, tmp_path / "again.skops")
    assert (tmp_path / "again.skops").read_bytes() == (tmp_path / "words.skops").read_bytes()
