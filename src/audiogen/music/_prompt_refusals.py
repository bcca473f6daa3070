"""What a prompt cannot ask for, and what comes nearest."""

import re

from audiogen.music._figures import NUMBER_WORDS
from audiogen.music._instruments import instrument_names
from audiogen.music._words import NEGATIONS, spaced, vocabulary
from audiogen.utils.names import did_you_mean

__all__ = ["known_words", "reason", "refuse_decades_and_intros"]

# "90s hip hop" is no length, but "rock, 90s" and "a 90s loop" are.
_OF_A_LENGTH = (
    "of|long|loop|clip|version|at|in|and|with|for|no|without|on|fad(?:e|es|ing)|ring|ringing|cold"
)
_DECADE = (
    r"(?<![\w.])(?:(?:19|20)\d0'?s|'\d0'?s|the\s+[2-9]0'?s\b(?!\s+(?:long|loop|clip|version)\b)|"
    rf"[5-9]0'?s[\s-]+(?=[a-z])(?!(?:{_OF_A_LENGTH})\b))(?!\w*\d)"
)
# "Dramatic intro" and "for an intro" say what a clip is for, but these ask for one in it.
_OPENING = (
    r"(?:\b(?:no|without|minus)(?:\s+an?)?|"
    r"(?:\bwith|(?<!seconds )(?<!second )(?<!sec )(?<!\ds )\b(?:long|longer|extended))"
    r"(?:\s+an?)?(?:\s+(?!(?:for|as|to|in)\b)[\w'-]+)?)\s+(?:intro|outro)s?\b(?!\s+music)"
)
# Why a word is not understood where it stands, though it is known.
_KINDS = {
    "closings": "how a clip ends is said by ring out, cold ending or fade out",
    "degrees": "it says how much there is of a mood, a tempo, or what is busy or loud, such as "
    "'very calm' or 'slightly faster'",
}
_ON_THE_WAY = "{!r} is not understood: nothing changes on the way from one to the other."
_ONE_PART = (
    "{!r} is not understood: mood, tempo, and how loud or busy it is are said of the whole clip, "
    "not of a part or of its end; --stems writes each part as a file of its own."
)
_LIKE = 0.7  # so that a typing error is found, and no name of a band
_NUMBERS = frozenset((*NUMBER_WORDS, "a hundred", "hundred", "half", "dozen", "several"))


def refuse_decades_and_intros(text: str) -> None:
    """Refuse a decade and an opening, which are told by the words around them.

    Raises
    ------
    ValueError
        For these; the message names the nearest known words.
    """
    decade = re.search(_DECADE, text, re.IGNORECASE)
    if decade:
        number = re.sub(r"\D", "", decade[0])
        length = f"; for a length write '{number} seconds'" if len(number) == 2 else ""
        raise ValueError(
            f"{decade[0].strip(' -')!r} is not understood: a decade is no style here. The nearest "
            f"known words are retro, vintage{length}."
        )
    opening = re.search(_OPENING, text, re.IGNORECASE)
    if opening:
        raise ValueError(
            f"{opening[0]!r} is not understood: the style says how a clip begins. For how it ends "
            "the known words are ring out, cold ending, fade out; for a length write '8 seconds'."
        )


def reason(word: str) -> str:
    """Return why a word, or what stands beside it, is not understood, and what is near.

    Parameters
    ----------
    word : str
        One word or several, in lower case.
    """
    words = vocabulary()
    meaning = words.phrases.get(word)
    if meaning is not None and meaning.kind == "refused":
        row = words.tables["refused"][meaning.name]
        why = f": {row['why']}" if "why" in row else ""
        near = ", ".join(row["near"])
        return f"{word!r} is not understood{why}. The nearest known words are {near}."
    if meaning is not None and meaning.kind in _KINDS:
        return f"{word!r} is not understood here: {_KINDS[meaning.kind]}."
    first, *others = word.split()
    if meaning is None and others:
        return _of_several(word, first, others)
    if first in {negation.split()[0] for negation in NEGATIONS}:
        return _not_left_out(word)
    if word.replace(".", "").isdigit():
        return f"{word!r} is not understood: write its unit, '{word} bpm' or '{word} seconds'."
    if re.fullmatch("[a-g][#b♯♭]?", word):
        return (
            f"{word!r} is not understood: write a key as 'in D', 'D minor' or 'in the key of D'."
        )
    if word in _NUMBERS:
        return f"{word!r} is not understood: write numbers in figures, such as '90 seconds'."
    if not re.search(r"\w", word):
        return f"{word!r} is not understood: write it in words."
    hint = did_you_mean(word, words.understood, cutoff=_LIKE).strip()
    return f"{word!r} is not understood. {hint}".strip()


def known_words() -> str:
    """Return the sentence that lists genres and instruments, for what is near none of them."""
    genres = ", ".join(spaced(genre) for genre in vocabulary().tables["genres"])
    return f"Known genres are {genres}; instruments are {', '.join(instrument_names())}."


def _of_several(word: str, first: str, others: list[str]) -> str:
    """Return why words that are known one by one are not understood together."""
    if first in {negation.split()[0] for negation in NEGATIONS}:
        return _not_left_out(word)
    if "to" in others:
        return _ON_THE_WAY.format(word)
    if first.isdigit() or first in _NUMBERS:
        return (
            f"{word!r} is not understood: an instrument is named once for each part that it "
            "plays, such as 'guitar lead, guitar chords'."
        )
    return _ONE_PART.format(word)


def _not_left_out(word: str) -> str:
    return (
        f"{word!r} is not understood: only parts and instruments can be left out, such as 'no "
        "drums'."
    )
