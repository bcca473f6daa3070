"""Words of a prompt, read from left to right."""

import itertools
import math
import re
from typing import Any, NamedTuple

from audiogen.music._figures import NUMBER_WORDS
from audiogen.music._words import NEGATIONS, Meaning, spaced, vocabulary

__all__ = ["Reader", "moved_by_degree"]

# Endings of words that are taken off, and what comes in their place.
_INFLECTIONS = (("'s", ""), ("s", ""), ("es", ""), ("ies", "y"), ("ily", "y"), ("ly", ""),
                ("ier", "y"), ("iest", "y"), ("er", ""), ("est", ""), ("ish", ""),
                ("y", ""))  # fmt: skip
# Of words that ask for nothing only plurals are read: a "poster" is no "post".
_PLURALS = ("", "'s", "s")
_PLAIN = ("stop", "negation", "solo", "degrees", "closings")
# What may stand between a negation and what it leaves out.
_PASSED = ("any", "a", "an", "the", "my", "our", "your", "its", "this", "that")
# What may stand between "ends" and how a clip ends.
_TO_AN_ENDING = (*_PASSED, "with", "on", "in", "by", "is", "as", "should", "be", ":")
# What may stand between a part and the instrument that plays it.
_TO_A_PLAYER = (*_PASSED, "on", "by", "is", "are", "played", ":")
_SEPARATORS = frozenset(",.;:/&()[]!?|+*")
_TOKEN = r"r&b|\d+(?:\.\d+)?\w*|[\w'#♯♭]+|\S"
# What changes from one to the other on the way, where "to" stands between two of them.
_QUALITIES = ("genres", "moods", "paces", "densities", "intensities", "modes", "metres")
_OF_A_DEGREE = {
    "moods": ("pace", "intensity", "density"), "paces": ("pace",), "densities": ("density",),
    "intensities": ("intensity",),
}  # fmt: skip
# What is said of the whole clip, and not of what stands directly after it.
_OF_ALL = ("paces", "densities", "intensities")
_LOUDER = ("louder", "quieter", "softer")
# What is not left out by itself: a part of the drums, and all but the melody.
_NOT_ALONE = ("snare", "bodhran", "accompaniment", "backing")


class Phrase(NamedTuple):
    """A phrase that is known."""

    length: int  # in tokens
    words: str  # as the vocabulary has them
    meaning: Meaning


class Reader:
    """Words, read from left to right by the longest phrases that are known.

    Parameters
    ----------
    text : str
        The words, without figures.

    Attributes
    ----------
    found : dict of str to list of str
        The names that were said, by their class.
    degrees : dict of str to tuple of int
        How often "very" and "slightly" stand before a name.
    voices : dict of str to str
        The instrument that plays a part.
    without : list of str
        Parts and instruments that are left out.
    unknown : list of str
        What is not understood.
    """

    def __init__(self, text: str) -> None:
        words = re.findall(_TOKEN, spaced(text))
        self.tokens = [word.strip("'") for word in words if word.strip("'")]
        self.found: dict[str, list[str]] = {}
        self.degrees: dict[str, tuple[int, int]] = {}
        self.voices: dict[str, str] = {}
        self.without: list[str] = []
        self.unknown: list[str] = []
        self._negation = ""  # the word that negates what follows, or ""
        self._carries = False  # whether it negates the very next thing
        self._last: Phrase | None = None  # what stands directly before
        self._read()

    def _read(self) -> None:
        at = 0
        while at < len(self.tokens):
            token = self.tokens[at]
            if token in _SEPARATORS:
                self._end_negation()
                self._last, at = None, at + 1
                continue
            if token in NEGATIONS.get(self._negation, ()):
                self._carries, at = True, at + 1
                continue
            phrase = self._longest(at)
            if phrase is None:
                at += self._take_unknown(at)
                continue
            after = at + phrase.length
            after += self._take(phrase, at, after)
            self._last, at = phrase, after
        self._end_negation()

    def _longest(self, at: int, kinds: tuple[str, ...] = ()) -> Phrase | None:
        """Return the longest phrase here that is known, if it must be, of some kinds."""
        words = vocabulary()
        for length in range(min(words.longest, len(self.tokens) - at), 0, -1):
            own = self.tokens[at : at + length]
            for last in _uninflected(own[-1]):
                phrase = " ".join([*own[:-1], last])
                meaning = words.phrases.get(phrase)
                if meaning is None or (kinds and meaning.kind not in kinds):
                    continue
                if meaning.kind not in _PLAIN or own[-1].removeprefix(last) in _PLURALS:
                    return Phrase(length, phrase, meaning)
        return None

    def _take_unknown(self, at: int) -> int:
        """Note a word that is not understood; return how many tokens it is."""
        token, following = self.tokens[at], self._longest(at + 1, ("instruments", "parts"))
        self._negation, self._last = "", None
        if following is not None and token in ("one", "1"):
            return 1
        if following is not None and (token.isdigit() or token in NUMBER_WORDS):
            self.unknown.append(f"{token} {following.words}")  # "two guitars"
            return 1 + following.length
        self.unknown.append(token)
        return 1

    def _take(self, phrase: Phrase, at: int, after: int) -> int:
        """Note what a phrase says; return how many of the tokens after it belong to it."""
        words, (kind, name) = phrase.words, phrase.meaning
        if kind == "negation":
            self._end_negation(words)
            self._negation, self._carries = words, True
        elif kind == "stop":
            return self._pass_over(words, after)
        elif self._negation and self._carries:
            self._leave_out(phrase, after)
        elif kind == "degrees":
            return self._take_degree(phrase, after)
        elif kind == "closings":
            return self._take_closing(words, after)
        elif kind == "refused":
            self.unknown.append(words)
        elif self._is_qualified(phrase, at):
            self.unknown.append(f"{self.tokens[at - 1]} {words}")
        elif kind == "instruments":
            return self._take_instrument(name, after)
        elif kind == "parts":
            return self._take_part(name, after)
        else:
            self.found.setdefault(kind, []).append(name)
        return 0

    def _pass_over(self, words: str, after: int) -> int:
        """Pass over a word without a meaning; it cannot be left out."""
        following = self._longest(after)
        if words == "to" and self._last and following:
            kinds = {self._last.meaning.kind, following.meaning.kind}
            if kinds <= set(_QUALITIES):
                self.unknown.append(f"{self._last.words} to {following.words}")
                return following.length
        if words not in _PASSED:
            self._end_negation(words)
        return 0

    def _end_negation(self, words: str = "") -> None:
        """End a negation; one that has left nothing out is not understood."""
        if self._negation and self._carries:
            self.unknown.append(f"{self._negation} {words}".strip())
        self._negation = ""

    def _leave_out(self, phrase: Phrase, after: int) -> None:
        """Note what is negated: a part or an instrument, or what is never there unasked."""
        words, (kind, name) = phrase.words, phrase.meaning
        following = self._longest(after)
        if kind in ("parts", "instruments") and words not in _NOT_ALONE:
            more = self._role(after)[1] or (following and following.meaning.kind)
            if more and more in ("solo", "instruments", *vocabulary().tables["roles"]):
                self.unknown.append(f"{self._negation} {words} {self.tokens[after]}")
            self.without.append(name)
        elif name == "swung":
            self.found.setdefault("swings", []).append("straight")
        elif kind != "loops" and name != "singing":
            self.unknown.append(f"{self._negation} {words}")
        self._carries = False

    def _take_degree(self, phrase: Phrase, after: int) -> int:
        """Note how much of what follows is asked for."""
        length, steps = 0, [phrase.meaning.name]
        while (again := self._longest(after + length, ("degrees",))) is not None:
            steps.append(again.meaning.name)
            length += again.length
        following = self._longest(after + length, tuple(_OF_A_DEGREE))
        if following is None:
            self.unknown.append(phrase.words)
            return length
        name = following.meaning.name
        self.degrees[name] = (steps.count("very"), steps.count("slightly"))
        self.found.setdefault(following.meaning.kind, []).append(name)
        return length + following.length

    def _take_closing(self, words: str, after: int) -> int:
        """Take "at the end" and "ends with" where how a clip ends stands beside them."""
        if self._last is not None and self._last.meaning.kind == "endings":
            return 0
        length = self._n_of(_TO_AN_ENDING, after)
        following = self._longest(after + length, ("endings",))
        if following is None:
            self.unknown.append(words)
            return 0
        self.found.setdefault("endings", []).append(following.meaning.name)
        return length + following.length

    def _is_qualified(self, phrase: Phrase, at: int) -> bool:
        """Tell whether the word before is to hold for a part or an ending alone.

        "Loud drums" and a "sad ending" cannot be had; "quiet piano", a "slow melody" and a "strong
        beat" are said of the music.
        """
        if self._last is None:
            return False
        (kind, name), before, word = phrase.meaning, self._last.meaning.kind, self.tokens[at - 1]
        if kind == "endings":
            return before in (*_OF_ALL, "moods", "lengths")
        if kind == "parts" and name != "melody" and phrase.words not in ("beat", "beats"):
            return before in _OF_ALL or word in ("quiet", *_LOUDER)
        return kind == "instruments" and word in _LOUDER

    def _take_instrument(self, name: str, after: int) -> int:
        """Note an instrument and the part that the words after it give it."""
        length, role = self._role(after)
        if role:
            self._give(role, name)
            return length
        self.found.setdefault("instruments", []).append(name)
        if self.tokens[after : after + 1] == ["solo"]:  # it leads, and others accompany
            self._give("melody", name)
            return 1
        return 0

    def _take_part(self, name: str, after: int) -> int:
        """Note a part and the instrument that the words after it give it: "melody on flute"."""
        length = self._n_of(_TO_A_PLAYER, after)
        player = self._longest(after + length, ("instruments",))
        linked = length and self.tokens[after] not in _PASSED
        if player is None or not linked or name == "drums":
            self.found.setdefault("parts", []).append(name)
            return 0
        self._give(name, player.meaning.name)
        return length + player.length

    def _n_of(self, words: tuple[str, ...], at: int) -> int:
        """Return how many of the tokens from here on are some words, one after the other."""
        return len(list(itertools.takewhile(words.__contains__, self.tokens[at:])))

    def _give(self, part: str, name: str) -> None:
        """Give a part to an instrument, and to no other."""
        other = self.voices.setdefault(part, name)
        if other != name:
            raise ValueError(
                f"The prompt gives the {part} to two instruments: {other} and {name}; say one of "
                "them."
            )

    def _role(self, at: int) -> tuple[int, str]:
        """Return the length of the words here that give an instrument a part, and that part."""
        for length in range(vocabulary().longest, 0, -1):
            role = vocabulary().roles.get(" ".join(self.tokens[at : at + length]))
            if role is not None:
                return length, role
        return 0, ""


def moved_by_degree(row: dict[str, Any], degree: tuple[int, int]) -> dict[str, float]:
    """Return the numbers of a row, moved away from the middle or towards it.

    "Very" takes away half of what is left to 0 or 1, "slightly" half of what there is to 0.5.
    """
    much, little = degree
    names = ("pace", "intensity", "density")
    numbers: dict[str, float] = {name: row[name] for name in names if name in row}
    for name, value in numbers.items():
        away = abs(value - 0.5)
        away = (0.5 - (0.5 - away) / 2**much) / 2**little if away else 0.0
        numbers[name] = round(0.5 + math.copysign(away, value - 0.5), 3)
    return numbers


def _uninflected(word: str) -> list[str]:
    """Return a word, and what it may be an inflection of."""
    stems = [word]
    for ending, instead in _INFLECTIONS:
        if word.endswith(ending) and len(word) > len(ending) + 2:
            stem = word.removesuffix(ending) + instead
            stems += [stem, stem + "e"] if ending in ("er", "est", "y") else [stem]
            if len(stem) > 3 and stem[-1] == stem[-2]:
                stems.append(stem[:-1])
    return stems
