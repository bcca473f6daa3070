"""Texts as conditions: what sounds are called, as numbers."""

import numbers
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction import DictVectorizer
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.utils.validation import check_is_fitted

from audiogen.exceptions import UnknownWordsWarning
from audiogen.preprocessing._words import known_word, words_of
from audiogen.utils.names import shortened
from audiogen.utils.seeds import draw_seed
from audiogen.utils.texts import checked_texts
from audiogen.utils.validation import Interval, check_parameters, warn_user

__all__ = ["TextConditions"]

_N_LETTERS = 3  # of the pieces of words
_SHARE = 0.2  # weight of a piece, beside that of a word
_NAMED = 10  # words that a message names


class TextConditions(TransformerMixin, BaseEstimator):
    """Encode what sounds are called: words, and words like them, as numbers.

    Texts are counted by words and by runs of three letters in them, weighted by how rare these
    are (TF-IDF), and reduced by a singular value decomposition [1]_. A word that no text had in
    `fit` is taken for one that had: for the word that it is a form of, for the nearest one by
    WordNet [2]_ if that is at most three links away, or for one that is spelled nearly like it.
    Where there is none it is ignored, with a warning; `understand` says what became of each word.

    Parameters
    ----------
    n_components : int, default=64
        Largest number of numbers that encode a text; there are no more than words, or texts.
    random_state : int, RandomState or None, default=None
        Seed of the decomposition.

    Attributes
    ----------
    words_ : ndarray of shape (n_words,), str
        The known words, sorted.
    texts_ : ndarray of shape (n_texts,), str
        The distinct texts that `fit` was given, sorted.
    n_components_ : int
        How many numbers encode a text.
    counts_, tfidf_, svd_ : DictVectorizer, TfidfTransformer, TruncatedSVD
        The steps from known words to numbers, scikit-learn's own.

    See Also
    --------
    audiogen.datasets.make_captions : Texts that say what notes are like.

    Notes
    -----
    Upper case, punctuation and function words of English do not count. A negated word, as in "not
    bright" or "without reverb", is another word than that alone: unknown, unless texts in `fit`
    negated it too. In scripts that put no spaces between words each character is a word.

    A text's words add up: their order, and how they refer to each other, is not learnt.

    References
    ----------
    .. [1] S. Deerwester et al., "Indexing by Latent Semantic Analysis", Journal of the American
       Society for Information Science 41 (6), 1990.
    .. [2] C. Fellbaum (ed.), "WordNet: An Electronic Lexical Database", MIT Press, 1998.

    Examples
    --------
    >>> from audiogen.preprocessing import TextConditions
    >>> texts = ["a dark organ", "a bright, loud organ", "a soft, dark flute", "a bright flute"]
    >>> encoder = TextConditions(random_state=0).fit(texts)
    >>> encoder.transform(["a bright organ"]).shape
    (1, 4)
    >>> encoder.understand(["a gloomy piccolo, not loud"])
    [{'gloomy': 'dark', 'piccolo': 'flute', 'not loud': None}]
    """

    _constraints = {"n_components": Interval(numbers.Integral, 1, None)}

    def __init__(self, n_components: int = 64, *, random_state: Any = None) -> None:
        self.n_components = n_components
        self.random_state = random_state

    def fit(self, X: Sequence[str] | npt.ArrayLike, y: Any = None) -> "TextConditions":
        """Learn the words of texts.

        Parameters
        ----------
        X : array-like of shape (n_texts,), str
            Texts, such as captions of sounds.
        y : None
            Ignored.

        Returns
        -------
        self : TextConditions

        Raises
        ------
        ValueError
            If X holds something else than texts, or no word.
        """
        check_parameters(self, self._constraints)
        seed = draw_seed(self.random_state)
        texts = checked_texts(X)
        spoken = [words_of(text) for text in texts]
        words = sorted(set().union(*spoken))
        if not words:
            raise ValueError(
                f"X holds no word that says something: {len(texts)} text(s) are empty or of "
                "function words and punctuation."
            )
        self.words_ = np.array(words)
        self.texts_ = np.unique(texts)
        self.counts_ = DictVectorizer()
        self.tfidf_ = TfidfTransformer(norm=None)
        features = self.tfidf_.fit_transform(self.counts_.fit_transform(map(_counted, spoken)))
        self.n_components_ = min(int(self.n_components), len(words), len(self.texts_))
        with np.errstate(invalid="ignore"):  # of one text, the share of the variance is 0 / 0
            self.svd_ = TruncatedSVD(self.n_components_, random_state=seed).fit(features)
        return self

    def transform(self, X: Sequence[str] | npt.ArrayLike) -> np.ndarray:
        """Encode texts.

        Parameters
        ----------
        X : array-like of shape (n_texts,), str
            Texts.

        Returns
        -------
        codes : ndarray of shape (n_texts, n_components_), float32
            A text without a known word is all zeros.

        Warns
        -----
        UnknownWordsWarning
            For words that are ignored, and for texts without a known word.
        """
        understood = self.understand(X)
        ignored = Counter(word for words in understood for word in words if not words[word])
        if ignored:
            most = [shortened(repr(word), 40) for word, _ in ignored.most_common(_NAMED)]
            more = f" and {len(ignored) - _NAMED} more" if len(ignored) > _NAMED else ""
            warn_user(
                f"No text had these words in training, or words like them, and they are ignored: "
                f"{', '.join(most)}{more}.",
                UnknownWordsWarning,
            )
        spoken = [[known for known in words.values() if known] for words in understood]
        if empty := sum(not words for words in spoken):
            warn_user(
                f"{empty} of {len(spoken)} text(s) have no known word, and say nothing. Known "
                f"are {', '.join(self.words_[:40])}{', ...' if len(self.words_) > 40 else ''}.",
                UnknownWordsWarning,
            )
        features = self.tfidf_.transform(self.counts_.transform(map(_counted, spoken)))
        return self.svd_.transform(features).astype(np.float32)

    def understand(self, X: Sequence[str] | npt.ArrayLike) -> list[dict[str, str | None]]:
        """Say what the words of texts are taken for.

        Parameters
        ----------
        X : array-like of shape (n_texts,), str
            Texts.

        Returns
        -------
        understood : list of dict of str to str or None
            For each text its words, but for function words, and the known word that each is
            taken for: itself, another one, or None where it is ignored.
        """
        check_is_fitted(self)
        spoken = [words_of(text) for text in checked_texts(X)]
        known = tuple(self.words_.tolist())
        taken = {word: known_word(word, known) for word in sorted(set().union(*spoken))}
        return [{word: taken[word] for word in words} for words in spoken]

    def inverse_transform(self, X: npt.ArrayLike) -> np.ndarray:
        """Return the nearest texts that `fit` was given.

        Parameters
        ----------
        X : array-like of shape (n_texts, n_components_)
            Codes, as `transform` returns them.

        Returns
        -------
        texts : ndarray of shape (n_texts,), str
            Of each code the text of training whose own code is nearest.
        """
        check_is_fitted(self)
        codes = np.asarray(X, dtype=np.float32)
        if codes.ndim != 2 or codes.shape[1] != self.n_components_:
            raise ValueError(
                f"X must have the shape (n_texts, {self.n_components_}). Got {codes.shape}."
            )
        own = self.transform(self.texts_)
        away = [np.square(own - code).sum(axis=1).argmin() for code in codes]
        return self.texts_[np.array(away, dtype=np.intp)]

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        return tags


def _counted(words: list[str]) -> dict[str, float]:
    """Return how often words, and the runs of letters in them, are in a text."""
    counts = dict.fromkeys(words, 1.0)
    for word in counts.copy():
        for start in range(len(word) - _N_LETTERS + 3):
            piece = f"#{f' {word} '[start : start + _N_LETTERS]}"
            counts[piece] = counts.get(piece, 0.0) + _SHARE
    return counts
