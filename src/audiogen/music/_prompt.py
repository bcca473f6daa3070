"""Briefs read from words."""

import re
import unicodedata
from typing import Any

from audiogen.music._brief import Brief
from audiogen.music._figures import take_figures
from audiogen.music._words import NEGATIONS, Meaning, spaced, vocabulary
from audiogen.utils.names import did_you_mean

__all__ = ["parse_prompt"]

_SINGLE = {
    "genres": "genre", "paces": "pace", "modes": "mode", "metres": "metre", "swings": "swing",
    "endings": "ending", "densities": "density", "intensities": "intensity", "lengths": "seconds",
}  # fmt: skip
# Endings of words that are taken off, and what comes in their place.
_INFLECTIONS = (("'s", ""), ("s", ""), ("es", ""), ("ies", "y"), ("ily", "y"), ("ly", ""),
                ("ier", "y"), ("iest", "y"), ("er", ""), ("est", ""), ("ish", ""),
                ("y", ""))  # fmt: skip
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
_REWORDED = (
    (r"\b(drums?|percussion|bass)[\s-]+free\b", r"no \1,"),
    (r"\bdrumless\b", "no drums,"),
)
# What may stand between a negation and what it leaves out.
_PASSED = ("any", "a", "an", "the", "my", "our", "your", "its", "this", "that")


def parse_prompt(text: str) -> Brief:
    """Read what a clip is to be from words.

    Parameters
    ----------
    text : str
        English words: a genre, moods, instruments, and settings in figures or words: a key
        ("in D minor"), a tempo ("100 bpm", "slow"), a metre ("in 3/4"), a length ("20
        seconds"), "loop", "no drums", "hit at 7.5 s", an ending ("fade out").

    Returns
    -------
    brief : Brief
        What was understood; what the words leave open is free. Settings of the caller go over
        the words by its `override`.

    Raises
    ------
    TypeError, ValueError
        For words that are not understood: the message names them and the nearest known ones;
        for words that contradict each other; and for a prompt that says nothing.

    Notes
    -----
    The vocabulary is closed, and nothing is ignored but words such as "a", "with" and "music".
    A figure goes over a word ("slow" and "100 bpm"), and a mode over a mood.

    Examples
    --------
    >>> from audiogen.music import parse_prompt
    >>> parse_prompt("sad waltz in D minor, without bass").to_dict()
    {'genre': 'waltz', 'mood': ['sad'], 'tonic': 2, 'mode': 'minor', 'without': ['bass']}
    >>> parse_prompt("jig with a singer")
    Traceback (most recent call last):
        ...
    ValueError: 'singer' is not understood: songs with voices are out of scope. The nearest...
    """
    if not isinstance(text, str):
        raise TypeError(f"A prompt is text. Got {text!r} instead.")
    if not text.strip():
        raise ValueError("The prompt is empty. Say what the clip is to be, such as 'upbeat jig'.")
    settings, rest = take_figures(_plain(text))
    reader = _Reader(re.findall(r"[\w'&#./♯♭]+|,", spaced(rest)))
    reader.read()
    if reader.unknown:
        raise ValueError(_refusal(reader.unknown))
    found = reader.settings()
    if settings.get("bpm") is not None:
        found.pop("pace", None)
    for name in ("seconds", "mode", "metre"):
        if name in settings and name in found and (name == "seconds" or settings[name] is None):
            found.pop(name)
    _refuse_two_values(settings, found)
    merged = {**found, **{k: v for k, v in settings.items() if v is not None}}
    if not merged:
        raise ValueError(
            f"The prompt {text!r} says nothing of genre, mood, instruments or settings. Say what "
            "the clip is to be, such as 'upbeat jig'."
        )
    return Brief(**merged)


def _plain(text: str) -> str:
    """Return text without accents, "drum-free" put into words; refuse decades and intros."""
    letters = unicodedata.normalize("NFD", text)
    text = "".join(c for c in letters if not unicodedata.combining(c))
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
    for pattern, instead in _REWORDED:
        text = re.sub(pattern, instead, text, flags=re.IGNORECASE)
    return text


class _Reader:
    """Words, read from left to right by the longest phrases that are known."""

    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens
        self.words = vocabulary()
        self.found: dict[str, list[str]] = {}
        self.voices: dict[str, str] = {}
        self.without: list[str] = []
        self.unknown: list[str] = []
        self.negation = ""  # the word that negates what follows, or ""
        self.carries = False  # whether it negates the very next thing

    def read(self) -> None:
        """Read all words."""
        at = 0
        while at < len(self.tokens):
            if self.tokens[at] in (",", ".", "/", "&"):
                self._end_negation()
                at += 1
                continue
            if self.tokens[at] in NEGATIONS.get(self.negation, ()):
                self.carries, at = True, at + 1
                continue
            length, phrase, meaning = self._longest(at)
            if meaning is None:
                self.unknown.append(self.tokens[at])
                self.negation = ""
            else:
                length += self._take(phrase, meaning, at + length)
            at += length
        self._end_negation()

    def settings(self) -> dict[str, Any]:
        """Return the settings of a brief."""
        tables, result = self.words.tables, {}
        for kind, name in _SINGLE.items():
            values = list(dict.fromkeys(self.found.get(kind, ())))
            if len(values) > 1:
                raise ValueError(
                    f"{' and '.join(map(repr, values))} contradict each other; say one of them."
                )
            if values:
                row = tables[kind][values[0]]
                result[name] = row[name] if isinstance(row, dict) else values[0]
        if "families" in self.found:
            result["genre"] = self._genre_of_families(result.get("genre"))
        if "moods" in self.found:
            result["mood"] = _agreeing(self.found["moods"], tables["moods"], "mode" in result)
        if "loops" in self.found:
            result["loop"] = True
        if "solo" in self.found:
            result["solo"] = True
        parts = self.found.get("parts", [])
        instruments = list(dict.fromkeys(self.found.get("instruments", ())))
        if "drums" in parts or "drums" in self.without:
            result["drums"] = "drums" in parts
        if "drums" in parts and "drums" in self.without:
            raise ValueError("Drums are asked for and left out; say one of them.")
        without = [name for name in dict.fromkeys(self.without) if name != "drums"]
        asked = tuple(part for part in dict.fromkeys(parts) if part != "drums")
        result |= {
            "instruments": tuple(instruments),
            "voices": self.voices,
            "parts": asked,
            "without": tuple(without),
        }
        if result.get("solo") and not instruments and not self.voices and not parts:
            raise ValueError("Say which instrument plays alone, such as 'solo piano'.")
        return {name: value for name, value in result.items() if value not in ((), {})}

    def _genre_of_families(self, genre: str | None) -> str:
        """Return the genre that is named if it is of all the families, or the first that is."""
        families = list(dict.fromkeys(self.found["families"]))
        table = self.words.tables["families"]
        for first in [genre] if genre else table[families[0]]["genres"]:
            if all(first in table[family]["genres"] for family in families):
                return first
        names = [*families, *([genre] if genre else [])]
        raise ValueError(
            f"{' and '.join(map(repr, names))} contradict each other; say one of them."
        )

    def _longest(self, at: int) -> tuple[int, str, Meaning | None]:
        """Return the length of the longest known phrase here, itself and what it says."""
        for length in range(min(self.words.longest, len(self.tokens) - at), 0, -1):
            words = self.tokens[at : at + length]
            for last in _uninflected(words[-1]):
                phrase = " ".join([*words[:-1], last])
                if phrase in self.words.phrases:
                    return length, phrase, self.words.phrases[phrase]
        return 1, "", None

    def _take(self, phrase: str, meaning: Meaning, after: int) -> int:
        """Note what a phrase says; return how many words of those after it belong to it."""
        kind, name = meaning
        if kind == "negation":
            self.negation, self.carries = phrase, True
        elif kind == "stop":
            self._pass_over(phrase)
        elif self.negation and self.carries:
            self._leave_out(phrase, kind, name)
        elif kind == "refused":
            self.unknown.append(phrase)
        elif kind == "instruments":
            return self._take_instrument(name, after)
        else:
            self.found.setdefault(kind, []).append(name)
        return 0

    def _pass_over(self, phrase: str) -> None:
        """Pass over a word without a meaning; it cannot be left out."""
        if phrase not in _PASSED:
            self._end_negation(phrase)

    def _end_negation(self, phrase: str = "") -> None:
        """End a negation; one that has left nothing out is not understood."""
        if self.negation and self.carries:
            self.unknown.append(f"{self.negation} {phrase}".strip())
        self.negation = ""

    def _leave_out(self, phrase: str, kind: str, name: str) -> None:
        """Note what is negated: a part or an instrument, or what is never there unasked."""
        if kind in ("parts", "instruments"):
            self.without.append(name)
        elif kind not in ("loops", "swings") and name != "singing":
            self.unknown.append(f"{self.negation} {phrase}")
        self.carries = False

    def _take_instrument(self, name: str, after: int) -> int:
        """Note an instrument and the part that the words after it give it."""
        for length in range(4, 0, -1):
            role = self.words.roles.get(" ".join(self.tokens[after : after + length]))
            if role is not None:
                self.voices[role] = name
                return length
        self.found.setdefault("instruments", []).append(name)
        if self.tokens[after : after + 1] == ["solo"]:  # it leads, and others accompany
            self.voices.setdefault("melody", name)
            return 1
        return 0


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


def _agreeing(moods: list[str], table: dict[str, Any], mode_is_set: bool) -> tuple[str, ...]:
    """Return moods, unless their modes contradict each other."""
    moods = list(dict.fromkeys(moods))
    modes = {table[mood]["mode"]: mood for mood in moods if "mode" in table[mood]}
    if len(modes) > 1 and not mode_is_set:
        raise ValueError(
            f"{' and '.join(map(repr, modes.values()))} contradict each other (one is in "
            "major, one in minor); say one of them, or a mode."
        )
    return tuple(moods)


def _refuse_two_values(settings: dict[str, Any], found: dict[str, Any]) -> None:
    """Refuse a figure and a word that say different things of one setting."""
    for name in settings.keys() & found.keys():
        first, second = settings[name], found[name]
        if first is not None and first != second:
            raise ValueError(
                f"The prompt says two things of {name}: {first} and {second}; say one of them."
            )


def _refusal(unknown: list[str]) -> str:
    """Return the message for words that are not understood."""
    words = vocabulary()
    lines = []
    for word in dict.fromkeys(unknown):
        meaning = words.phrases.get(word)
        if meaning is not None and meaning.kind == "refused":
            row = words.tables["refused"][meaning.name]
            why = f": {row['why']}" if "why" in row else ""
            lines.append(f"{word!r} is not understood{why}. The nearest known words are "
                         f"{', '.join(row['near'])}.")  # fmt: skip
        elif word.split()[0] in {negation.split()[0] for negation in NEGATIONS}:
            lines.append(f"{word!r} is not understood: only parts and instruments can be left "
                         "out, such as 'no drums'.")  # fmt: skip
        elif word.replace(".", "").isdigit():
            lines.append(f"{word!r} is not understood: write its unit, '{word} bpm' or "
                         f"'{word} seconds'.")  # fmt: skip
        else:
            hint = did_you_mean(word, words.understood).strip()
            genres = ", ".join(spaced(genre) for genre in words.tables["genres"])
            lines.append(f"{word!r} is not understood. {hint or f'Known genres are {genres}.'}")
    return " ".join(lines)
