"""Briefs read from words."""

import itertools
import re
import unicodedata
from textwrap import shorten
from typing import Any

from audiogen.music._brief import Brief
from audiogen.music._figures import take_figures
from audiogen.music._prompt_reader import Reader, moved_by_degree
from audiogen.music._prompt_refusals import known_words, reason, refuse_decades_and_intros
from audiogen.music._words import mood_table, vocabulary
from audiogen.utils.names import shortened

__all__ = ["parse_prompt"]

_SINGLE = {
    "genres": "genre", "paces": "pace", "modes": "mode", "metres": "metre", "swings": "swing",
    "endings": "ending", "densities": "density", "intensities": "intensity", "lengths": "seconds",
    "ensembles": "players",
}  # fmt: skip
_REWORDED = (
    ("[\N{LEFT SINGLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK}]", "'"),
    ('["\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}]', " "),
    ("[\N{EN DASH}\N{EM DASH}\N{HORIZONTAL ELLIPSIS}]|\\s-+\\s", " , "),
    (r"\bw/o\b", "without "),
    (r"\bw/", "with "),
    (r"\b(drums?|percussion|bass)[\s-]+free\b", r"no \1,"),
    (r"\bdrumless\b", "no drums,"),
)
# How far two moods, or a mood and a word for how loud it is, may lie apart to be had together.
_APART, _LOUD_APART = 0.6, 0.7
_NUMBERS = ("pace", "intensity", "density")
_EXPLAINED = 6  # words that are not understood, of which the nearest known ones are looked for
_SHOWN = 80  # characters of a prompt that messages show


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
        What was understood; what the words leave open is free. Its `override` takes settings
        that override the words.

    Raises
    ------
    TypeError, ValueError
        For words that are not understood: the message names them and the nearest known ones;
        for words that contradict each other; and for a prompt that says nothing.

    Notes
    -----
    The vocabulary is closed, and nothing is ignored but words such as "a", "with" and "music".
    A figure overrides a word ("slow" and "100 bpm"), and a mode overrides a mood.

    Examples
    --------
    >>> from audiogen.music import parse_prompt
    >>> parse_prompt("sad waltz in D minor, without bass").to_dict()
    {'genre': 'waltz', 'mood': ['sad'], 'tonic': 2, 'mode': 'minor', 'without': ['bass']}
    >>> parse_prompt("jig with a singer")
    Traceback (most recent call last):
        ...
    ValueError: 'singer' is not understood: songs with singing are out of scope. The nearest...
    """
    if not isinstance(text, str):
        raise TypeError(f"A prompt is text. Got {text!r} instead.")
    if not text.strip():
        raise ValueError("The prompt is empty. Say what the clip is to be, such as 'upbeat jig'.")
    plain = _plain(text)
    refuse_decades_and_intros(plain)
    settings, rest = take_figures(plain)
    reader = Reader(rest)
    if reader.unknown:
        raise ValueError(_refusal(reader.unknown))
    found = _settings(reader)
    if settings.get("bpm") is not None:
        found.pop("pace", None)
    for name in ("seconds", "mode", "metre"):
        if name in settings and name in found and (name == "seconds" or settings[name] is None):
            found.pop(name)
    _refuse_two_values(settings, found)
    merged = {**found, **{k: v for k, v in settings.items() if v is not None}}
    if not merged:
        raise ValueError(
            f"The prompt {shorten(text, _SHOWN)!r} says nothing of genre, mood, instruments or "
            "settings. Say what the clip is to be, such as 'upbeat jig'."
        )
    return Brief(**merged)


def _refusal(unknown: list[str]) -> str:
    """Return the message for words that are not understood: of many, the last are only named."""
    words = list(dict.fromkeys(shortened(word, _SHOWN) for word in unknown))
    lines = [reason(word) for word in words[:_EXPLAINED]]
    if any(line.endswith("is not understood.") for line in lines):
        lines.append(known_words())
    if more := words[_EXPLAINED:]:
        lines.append(f"Nor are {shortened(', '.join(map(repr, more)))} understood.")
    return " ".join(lines)


def _plain(text: str) -> str:
    """Return text without accents, "drum-free" and the like put into words."""
    letters = unicodedata.normalize("NFD", text)
    text = "".join(c for c in letters if not unicodedata.combining(c))
    for pattern, instead in _REWORDED:
        text = re.sub(pattern, instead, text, flags=re.IGNORECASE)
    return text


def _settings(reader: Reader) -> dict[str, Any]:
    """Return the settings of a brief that words say."""
    found, tables = reader.found, vocabulary().tables
    result = _single_values(reader)
    if "families" in found:
        result["genre"] = _genre_of_families(found["families"], result.get("genre"))
    if "moods" in found:
        moods = _agreeing(found["moods"], tables["moods"], "mode" in result)
        _refuse_loud_and_calm(moods, result.get("intensity"))
        result["mood"] = moods
        result = _mean_of_moods(moods, reader.degrees) | result
    parts = list(dict.fromkeys(found.get("parts", ())))
    if "drums" in parts or "drums" in reader.without:
        result["drums"] = "drums" in parts
    if "drums" in parts and "drums" in reader.without:
        raise ValueError("Drums are asked for and left out; say one of them.")
    result |= {
        "loop": "loops" in found,
        "solo": "solo" in found,
        "instruments": tuple(dict.fromkeys(found.get("instruments", ()))),
        "voices": reader.voices,
        "parts": tuple(part for part in parts if part != "drums"),
        "without": tuple(name for name in dict.fromkeys(reader.without) if name != "drums"),
    }
    named = [*result["instruments"], *reader.voices.values(), *parts]
    if "players" in result:
        _refuse_other_numbers(found["ensembles"][0], result.pop("players"), _players(result))
        result["solo"] = True
    elif result["solo"] and not named:
        raise ValueError("Say which instrument plays alone, such as 'solo piano'.")
    # What no word named is free. Of the bools, drums alone can be asked for or left out.
    said = {name: value for name, value in result.items() if value not in ((), {})}
    return {n: v for n, v in said.items() if v is not False or n == "drums"}


def _single_values(reader: Reader) -> dict[str, Any]:
    """Return the settings of which there is one, such as the genre."""
    tables, result = vocabulary().tables, {}
    for kind, name in _SINGLE.items():
        values = list(dict.fromkeys(reader.found.get(kind, ())))
        if len({str(_value_of(tables[kind], value, name)) for value in values}) > 1:
            raise ValueError(
                f"{' and '.join(map(repr, values))} contradict each other; say one of them."
            )
        if values:
            result[name] = _value_of(tables[kind], values[0], name)
            if values[0] in reader.degrees:
                result |= moved_by_degree({name: result[name]}, reader.degrees[values[0]])
    return result


def _value_of(table: dict[str, Any], value: str, name: str) -> Any:
    """Return what a name says of a setting: a number of its row, or itself."""
    row = table[value]
    return row[name] if isinstance(row, dict) else value


def _genre_of_families(families: list[str], genre: str | None) -> str:
    """Return the genre that is named if it is of all the families, or the first that is."""
    families = list(dict.fromkeys(families))
    table = vocabulary().tables["families"]
    for first in [genre] if genre else table[families[0]]["genres"]:
        if all(first in table[family]["genres"] for family in families):
            return first
    names = [*families, *([genre] if genre else [])]
    raise ValueError(f"{' and '.join(map(repr, names))} contradict each other; say one of them.")


def _mean_of_moods(
    moods: tuple[str, ...], degrees: dict[str, tuple[int, int]]
) -> dict[str, float]:
    """Return the numbers that moods give where "very" or "slightly" stands before one."""
    if not set(moods) & set(degrees):
        return {}
    rows = [moved_by_degree(mood_table()[mood], degrees.get(mood, (0, 0))) for mood in moods]
    given = {name: [row[name] for row in rows if name in row] for name in _NUMBERS}
    return {name: round(sum(v) / len(v), 3) for name, v in given.items() if v}


def _players(settings: dict[str, Any]) -> list[str]:
    """Return who was named: instruments, and parts that none of them was given."""
    parts = [part for part in settings["parts"] if part not in settings["voices"]]
    drums = ["drums"] if settings.get("drums") else []
    return [*settings["instruments"], *settings["voices"].values(), *parts, *drums]


def _refuse_other_numbers(ensemble: str, number: int, players: list[str]) -> None:
    """Refuse a trio of two."""
    players = list(dict.fromkeys(players))
    if len(players) != number:
        named = f"{len(players)} ({', '.join(players)})" if players else "none"
        raise ValueError(
            f"{ensemble!r} says that {number} play, and the prompt names {named}. Name each of "
            f"them, such as 'duo of flute and guitar', or leave {ensemble!r} out."
        )


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


def _refuse_loud_and_calm(moods: tuple[str, ...], intensity: float | None) -> None:
    """Refuse moods of which one is slow and soft and the other fast and strong."""
    table = mood_table()
    for first, second in itertools.combinations(moods, 2):
        apart = [abs(table[first][name] - table[second][name]) for name in ("pace", "intensity")]
        if min(apart) > _APART - 1e-9:
            raise ValueError(f"{first!r} and {second!r} contradict each other; say one of them.")
    if intensity is None:
        return
    word = "loud" if intensity > 0.5 else "softly"
    for mood in moods:
        if abs(table[mood]["intensity"] - intensity) > _LOUD_APART - 1e-9:
            raise ValueError(f"{mood!r} and {word!r} contradict each other; say one of them.")


def _refuse_two_values(settings: dict[str, Any], found: dict[str, Any]) -> None:
    """Refuse a figure and a word that say different things of one setting."""
    for name in settings.keys() & found.keys():
        first, second = settings[name], found[name]
        if first is not None and first != second:
            raise ValueError(
                f"The prompt says two things of {name}: {first} and {second}; say one of them."
            )
