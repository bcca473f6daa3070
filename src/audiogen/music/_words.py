"""The closed vocabulary of prompts."""

import functools
import importlib.resources
import tomllib
from typing import Any, NamedTuple

from audiogen.music._instruments import instrument_words

__all__ = [
    "NEGATIONS",
    "Meaning",
    "Vocabulary",
    "genre_name",
    "mood_name",
    "mood_table",
    "vocabulary",
]

_TABLES = (
    "families", "moods", "paces", "densities", "intensities", "swings", "lengths", "endings",
    "ensembles", "degrees",
)  # fmt: skip
_NAMES = ("genres", "modes", "metres", "loops", "parts")
# What leaves out what follows, and what carries that on: "no drums or bass", but not "no drums and
# a flute".
NEGATIONS = {
    "no": ("or", "nor"),
    "not any": ("or", "nor"),
    "without": ("or", "nor", "and"),
    "minus": ("or", "nor", "and"),
    "except": ("or", "nor", "and"),
    "except for": ("or", "nor", "and"),
    "excluding": ("or", "nor", "and"),
    "sans": ("or", "nor", "and"),
    "not": ("or", "nor"),
    "avoid": ("or", "nor", "and"),
    "don't use": ("or", "nor"),
    "don't want": ("or", "nor"),
}
_BEFORE_ROLES = [
    f"{first}{article}"
    for first in ("on", "as", "for", "plays", "playing", "play")
    for article in ("", " the", " a")
]


class Meaning(NamedTuple):
    """What a phrase says: its class, such as "moods", and its name there."""

    kind: str
    name: str


class Vocabulary(NamedTuple):
    """All phrases (words joined by spaces, hyphens taken for spaces) and what they say."""

    phrases: dict[str, Meaning]
    roles: dict[str, str]  # what stands after an instrument, and the part that it plays
    tables: dict[str, Any]  # words.toml as it is
    longest: int  # words of the longest phrase

    @property
    def understood(self) -> list[str]:
        """The phrases that say something: no stop words, nothing that is refused."""
        without = ("stop", "refused", "degrees", "closings")
        return [phrase for phrase, meaning in self.phrases.items() if meaning.kind not in without]


@functools.cache
def vocabulary() -> Vocabulary:
    """Return the vocabulary, read once."""
    file = importlib.resources.files("audiogen.music") / "words.toml"
    tables = tomllib.loads(file.read_text(encoding="utf-8"))
    phrases: dict[str, Meaning] = {}

    def add(kind: str, name: str, words: list[str]) -> None:
        for word in words:
            phrases.setdefault(spaced(word), Meaning(kind, name))

    for kind in ("solo", "stop", "closings"):
        add(kind, kind, tables[kind]["words"])
    for kind in _TABLES:
        for name, row in tables[kind].items():
            add(kind, name, [name, *row["words"]])
    for kind in _NAMES:
        for name, words in tables[kind].items():
            add(kind, name, [name, *words])
    for word, instrument in instrument_words().items():
        add("instruments", instrument.name, [word])
    add("negation", "no", list(NEGATIONS))
    for name, row in tables["refused"].items():
        add("refused", name, [name, *row["words"]])
    roles = {spaced(w): part for part, words in tables["roles"].items() for w in words}
    after = {**roles, "bass": "bass"}
    roles |= {f"{first} {word}": part for word, part in after.items() for first in _BEFORE_ROLES}
    longest = max(len(phrase.split()) for phrase in [*phrases, *roles])
    return Vocabulary(phrases, roles, tables, longest)


def spaced(words: str) -> str:
    """Return a phrase in lower case, its words parted by one space each."""
    return " ".join(words.lower().replace("-", " ").replace("_", " ").split())


def mood_table() -> dict[str, dict[str, Any]]:
    """Return the settings of each mood."""
    return vocabulary().tables["moods"]


def mood_name(word: str) -> str | None:
    """Return the mood that a word says, or None."""
    return _name_of("moods", word)


def genre_name(words: str) -> str | None:
    """Return the genre that words say, such as lofi_hip_hop for "lo-fi hip-hop", or None."""
    return _name_of("genres", words)


def _name_of(kind: str, words: str) -> str | None:
    meaning = vocabulary().phrases.get(spaced(words))
    return meaning.name if meaning is not None and meaning.kind == kind else None
