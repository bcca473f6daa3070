"""The words of a text, and known ones in the place of others."""

import difflib
import unicodedata
from collections.abc import Iterator

from audiogen.preprocessing._wordnet import base_forms, nearest_word

__all__ = ["SPELLED_LIKE", "known_word", "words_of"]

# What says nothing of a sound: function words, degrees, and that it is a sound.
_STOP_WORDS = {
    "a", "an", "the", "and", "or", "but", "with", "of", "in", "on", "at", "to", "for", "from",
    "by", "as", "is", "are", "was", "be", "that", "this", "it", "its", "i", "me", "my", "you",
    "your", "we", "us", "our", "some", "any", "one", "please", "very", "quite", "rather", "so",
    "too", "more", "most", "much", "bit", "little", "slightly", "really", "pretty", "just",
    "like", "make", "give", "play", "played", "playing", "want", "need", "sound", "sounds",
    "sounding", "tone", "tones", "note", "notes", "instrument", "instruments",
}  # fmt: skip
_NEGATIONS = {"not", "no", "non", "without", "never", "neither", "nor", "hardly"}
# Scripts without spaces between words: each character is taken for a word.
_UNSPACED = ("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR")
_SHORTEST = 4  # letters of a word that may be misspelt
SPELLED_LIKE = 0.8  # as difflib's cutoff: one wrong letter of five, two swapped ones of seven


def words_of(text: str) -> list[str]:
    """Return the words of a text that may say something.

    Parameters
    ----------
    text : str
        A text in any script.

    Returns
    -------
    words : list of str
        In lower case and in their order, without function words. A word that is negated begins
        with "not ", as what is no bright sound is not bright.

    Examples
    --------
    >>> from audiogen.preprocessing._words import words_of
    >>> words_of("A dark, long-held sound that is not too loud")
    ['dark', 'long', 'held', 'not loud']
    """
    words, negated = [], False
    for word in _split(text):
        if word in _NEGATIONS:
            negated = True
        elif word not in _STOP_WORDS:
            words.append(f"not {word}" if negated else word)
            negated = False
    return words


def known_word(word: str, known: tuple[str, ...]) -> str | None:
    """Return what a word is taken for.

    Parameters
    ----------
    word : str
        A word, as `words_of` returns it.
    known : tuple of str
        The known words, sorted.

    Returns
    -------
    known : str or None
        The word itself or one that it is a form of, where that is known; else the nearest by
        WordNet; else one that is spelled nearly like it; else None.
    """
    if word in known:
        return word
    if word.startswith("not "):
        return None
    for base in base_forms(word):
        if base in known:
            return base
    near = nearest_word(word, known)
    if near is not None:
        return near.word
    if len(word) < _SHORTEST:
        return None
    return next(iter(difflib.get_close_matches(word, known, n=1, cutoff=SPELLED_LIKE)), None)


def _split(text: str) -> Iterator[str]:
    """Yield the runs of letters, marks and numbers of a text, in lower case."""
    word = ""
    for character in unicodedata.normalize("NFKC", text).casefold() + " ":
        unspaced = not character.isascii() and _is_unspaced(character)
        inside = character.isalnum() or unicodedata.category(character)[0] == "M"
        if word and (unspaced or not inside):
            yield word
            word = ""
        if unspaced and inside:
            yield character
        elif inside:
            word += character


def _is_unspaced(character: str) -> bool:
    return unicodedata.name(character, "").startswith(_UNSPACED)
