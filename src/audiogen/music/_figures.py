"""Settings that a prompt gives in figures: tempo, key, metre, length and hits."""

import re
from collections.abc import Callable
from typing import Any

__all__ = ["NUMBER_WORDS", "take_figures"]

NUMBER_WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "twelve": 12, "fifteen": 15, "twenty": 20, "twenty-five": 25,
    "thirty": 30, "forty": 40, "forty-five": 45, "fifty": 50, "sixty": 60, "ninety": 90,
}  # fmt: skip
_SPELT = "|".join(sorted(NUMBER_WORDS, key=len, reverse=True))
_NUMBER = rf"(?<![.\d])(?<!(?<!\w)-)(\d+(?:\.\d+)?|(?:{_SPELT}))"
_SECONDS, _MINUTES = r"(?:seconds?|secs?|s)", r"(?:minutes?|mins?|min)"
_MODES = {"major": "major", "maj": "major", "minor": "minor", "min": "minor",
          "dorian": "dorian", "mixolydian": "mixolydian", "lydian": "lydian",
          "phrygian": "phrygian"}  # fmt: skip
_MODE = "|".join(_MODES)
_NOTE = r"([A-Ga-g])\s?-?(#|♯|b|♭|sharp|flat)?"
_LETTERS = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}


def take_figures(text: str) -> tuple[dict[str, Any], str]:
    """Return the settings in figures of a prompt, and the words that are left.

    Raises
    ------
    ValueError
        Where two figures say different things of one setting.
    """
    settings: dict[str, Any] = {}
    for pattern, flags, read in _RULES:
        for match in re.finditer(pattern, text, flags):
            for name, value in read(match).items():
                if settings.get(name, value) != value:
                    raise ValueError(
                        f"The prompt says two things of {name}: {settings[name]} and {value}; "
                        "say one of them."
                    )
                settings[name] = value
        text = re.sub(pattern, " , ", text, flags=flags)
    return settings, text


def _value(text: str) -> float:
    spelt = NUMBER_WORDS.get(text.lower())
    number = float(text) if spelt is None else float(spelt)
    return int(number) if number.is_integer() else number


def _bpm(match: re.Match) -> dict[str, Any]:
    return {"bpm": _value(match[1])}


def _metre(match: re.Match) -> dict[str, Any]:
    return {"metre": f"{int(match[1])}/{int(match[2])}"}


def _key(match: re.Match) -> dict[str, Any]:
    tonic = _LETTERS[match[1].lower()]
    tonic += {"#": 1, "♯": 1, "sharp": 1, "b": -1, "♭": -1, "flat": -1}.get(
        (match[2] or "").strip().lower(), 0
    )
    word = match[3] if match.re.groups > 2 and match[3] else ""
    key: dict[str, Any] = {"tonic": tonic % 12}
    if word:
        key["mode"] = "minor" if word == "m" else _MODES[word.lower()]
    return key


def _key_of_a(match: re.Match) -> dict[str, Any]:
    return {"tonic": 9, "mode": _MODES[match[1]]}


def _minutes(match: re.Match) -> dict[str, Any]:
    return {"seconds": _value(match[1]) * 60 + (_value(match[2]) if match[2] else 0)}


def _hours(match: re.Match) -> dict[str, Any]:
    return {"seconds": _value(match[1]) * 3600}


def _half_minutes(match: re.Match) -> dict[str, Any]:
    return {"seconds": _value(match[1]) * 60 + 30}


def _clock(match: re.Match) -> dict[str, Any]:
    return {"seconds": int(match[1]) * 60 + int(match[2])}


def _seconds(match: re.Match) -> dict[str, Any]:
    return {"seconds": _value(match[1])}


def _refuse_time(match: re.Match) -> dict[str, Any]:
    time = match[0].split(maxsplit=1)[1]
    raise ValueError(
        f"{match[0]!r} is not understood: parts do not enter or leave at a given time. Write "
        f"'hit at {time}' for a section that begins there, and {time!r} for a length."
    )


def _refuse_fade(match: re.Match) -> dict[str, Any]:
    raise ValueError(
        f"{match[0]!r} is not understood: how long a fade takes is said by the option --fade-out "
        f"{match[1]} (in Python fade_out={match[1]})."
    )


def _constant(seconds: float) -> Callable[[re.Match], dict[str, Any]]:
    return lambda _match: {"seconds": seconds}


def _hits(match: re.Match) -> dict[str, Any]:
    found = re.findall(rf"(\d{{1,2}}):(\d{{2}})|{_NUMBER}", match[1], re.I)
    return {"hits": tuple(_value(n) if n else int(m) * 60 + int(s) for m, s, n in found)}


_CLOCK = r"\d{1,2}:\d{2}"
_HIT = rf"(?:{_CLOCK}|{_NUMBER}\s?-?{_SECONDS}?)"
# What may stand before an exact figure, which is then no more and no less.
_NEARLY = (
    r"(?:\b(?:only|just|exactly|precisely|about|around|roughly|approximately|circa|at\s+least|"
    r"up\s+to|at\s+most)\s+)?"
)
_I = re.IGNORECASE
# In this order: what a rule matches is taken out of the text before the next one looks.
_RULES: tuple[tuple[str, int, Callable[[re.Match], dict[str, Any]]], ...] = (
    (rf"\b(?:with\s+)?(?:a\s+)?(?:(?:big|beat|bass)\s+)?(?:hits?|changes?|drops?|accents?|section\s+change)\s+(?:at|on)\s+"
     rf"((?:{_HIT}\s*,\s*)+{_HIT}\s*,?\s+and\s+{_HIT}|"
     rf"(?:(?:{_CLOCK}|{_NUMBER})\s*,\s*)*{_HIT}(?:\s*,?\s+and\s+(?:at\s+)?{_HIT})*)"
     r"(?![\w/:])(?!\s?-?(?:bpm|beats)\b)",
     _I, _hits),
    (rf"\b(?:at|from|after|before|until)\s+(?:{_CLOCK}|{_NUMBER}\s?-?(?:{_SECONDS}|{_MINUTES}))\b",
     _I, _refuse_time),
    (rf"\b{_NUMBER}[\s-]+(?:second|sec)[\s-]+(?:long\s+)?fade\b", _I, _refuse_fade),
    (rf"{_NEARLY}\b(?:at\s+|tempo\s+(?:of\s+)?)?{_NUMBER}\s?-?(?:bpm\b|beats\s+(?:per|a)\s+minute\b)",
     _I, _bpm),
    (r"\b(?:tempo|bpm)\s*(?:of|=|:)?\s*(\d+(?:\.\d+)?)\b", _I, _bpm),
    (r"\b(?:in\s+)?(\d{1,2})/(\d{1,2})(?:\s+(?:time|metre|meter))?\b", _I, _metre),
    (rf"{_NEARLY}\b(\d{{1,2}}):(\d{{2}})(?:\s?{_MINUTES})?\b", _I, _clock),
    (rf"{_NEARLY}\b(\d+)m\s?(\d+)s?\b", _I, _minutes),
    # Hours are read so that the refusal says how long a clip may be.
    (r"\bhalf\s+an\s+hour\b", _I, _constant(1800)),
    (r"\ban\s+hour\b", _I, _constant(3600)),
    (rf"{_NEARLY}\b{_NUMBER}\s?-?hours?\b", _I, _hours),
    (rf"{_NEARLY}\b{_NUMBER}\s+and\s+a\s+half\s+minutes\b", _I, _half_minutes),
    (rf"{_NEARLY}\b(?:half\s+a|half)\s+minute\b", _I, _constant(30)),
    (rf"{_NEARLY}\ba\s+minute\s+and\s+a\s+half\b", _I, _constant(90)),
    (rf"{_NEARLY}\b{_NUMBER}\s?-?{_MINUTES}(?:\s*(?:and\s+)?{_NUMBER}\s?-?{_SECONDS})?\b",
     _I, _minutes),
    (rf"{_NEARLY}\ba\s+minute\b", _I, _constant(60)),
    (rf"{_NEARLY}\b{_NUMBER}\s?-?{_SECONDS}\b", _I, _seconds),
    # "In a minor key" and "a minor waltz" name no tonic, "in a minor" does.
    (rf"\b(?:in\s+|key\s+of\s+)a[\s-]+({_MODE})\b(?!\s+(?:key|mode|mood|feel))", 0, _key_of_a),
    (rf"\b(?:in\s+)?(?:the\s+)?(?:key\s+of\s+)?(?-i:(?!a[\s-]+(?!flat|sharp)\w)){_NOTE}[\s-]+({_MODE})\b",
     _I, _key),
    (rf"\bkey\s*(?:of|:|=)\s*{_NOTE}\b", _I, _key),
    (r"\bkey\s+([A-G])(#|♯|b|♭)?(m)?\b", 0, _key),
    (r"\bin\s+([A-Gb-g]|a(?=\s*(?:$|[,.;])))(#|♯|b|♭|\s+sharp|\s+flat)?(m)?"
     r"(?=\s*(?:$|[,.;]|with\b|at\b|for\b|and\b|\d))", 0, _key),
    (r"\b([A-G])(#|♯|b|♭)?(m)\b", 0, _key),
)  # fmt: skip
