"""Tables of style files, checked key by key."""

import re
from collections.abc import Callable
from typing import Any

from audiogen.generators import ChordRules
from audiogen.io import parse_chord
from audiogen.music._brief_checks import MODES
from audiogen.music._drum_names import DRUMS
from audiogen.music._instruments import PARTS, load_instrument
from audiogen.utils.names import did_you_mean, shortened

__all__ = ["checked_style", "metre_of", "steps_in"]

Check = Callable[[Any], Any]
_TONICS = {"C": 0, "C#": 1, "Db": 1, "D": 2, "D#": 3, "Eb": 3, "E": 4, "F": 5, "F#": 6, "Gb": 6,
           "G": 7, "G#": 8, "Ab": 8, "A": 9, "A#": 10, "Bb": 10, "B": 11}  # fmt: skip
_REQUIRED = object()
COMPING, BASS, PERCUSSION, RHYTHM = "Xxo-.123456", "rRftowa-.", "Xxo-.", "x-."
_SCALES = ("mode", "pentatonic")
_COLOURS = ("triads", "sevenths", "power")
_SWING_UNITS = {"eighth": 1.0, "sixteenth": 0.5}


def checked_style(table: dict[str, Any], where: str) -> dict[str, Any]:
    """Return the values of a `Style` from the table of a file; unknown keys are refused."""
    top = _taken(table, where, "", {
        "title": (_text, _REQUIRED), "hand_written": (_list_of(_text), []),
        "metres": (_list_of(metre_of, 1), _REQUIRED), "bpm": (_bpm, _REQUIRED),
        "modes": (_modes, _REQUIRED), "tonics": (_list_of(_tonic, 1), _REQUIRED),
        "section_bars": (_list_of(_whole(1, 32), 1), _REQUIRED),
        "forms": (_list_of(_text, 1), _REQUIRED), "intro_bars": (_list_of(_whole(0, 16), 1), [0]),
        "colour": (_one_of(_COLOURS), "triads"), "drums_from": (_number(0, 2), 0.0),
        "groove": (_text, None), "composer": (_table, {}), "feel": (_table, {}),
        "harmony": (_table, {}), "instead": (_table, {}), "melody": (_table, {}),
        "voices": (_table, _REQUIRED), "sections": (_table, {}), "patterns": (_table, _REQUIRED),
    })  # fmt: skip
    composer = _taken(top.pop("composer"), where, "composer", {
        "genre": (_text, None), "metre": (_table, {}), "top_p": (_number(0.1, 1), 0.95),
    })  # fmt: skip
    feel = _taken(top.pop("feel"), where, "feel", {
        "swing": (_number(0.5, 0.75), 0.5), "swing_unit": (_one_of(_SWING_UNITS), "eighth"),
        "timing_ms": (_number(0, 50), 6.0), "velocity": (_number(0, 30), 5.0),
        "strum_ms": (_number(0, 80), 0.0),
    })  # fmt: skip
    harmony = _taken(top.pop("harmony"), where, "harmony", {
        "chords": (_table, {}), "shortest": (_number(0.25, 16), 1.0),
        "longest": (_number(0.25, 32), 4.0), "period": (_whole(1, 16), None),
    })  # fmt: skip
    if harmony["shortest"] > harmony["longest"]:
        raise ValueError(
            f"{where}: harmony.shortest must be at most harmony.longest, which is "
            f"{harmony['longest']:g}. Got {harmony['shortest']:g}."
        )
    harmony["chords"] = _chords(harmony["chords"], where)
    _check_forms(top["forms"], where)
    names = ["intro", *sorted(set("".join(top["forms"]))), "outro"]
    _taken(top["sections"], where, "sections", dict.fromkeys(names, (_table, None)))
    return top | {
        "composer_genre": composer["genre"], "composer_top_p": composer["top_p"],
        "composer_metres": _each(composer["metre"], where, "composer.metre", metre_of, metre_of),
        "swing": feel["swing"], "swing_unit": _SWING_UNITS[feel["swing_unit"]],
        "timing": feel["timing_ms"] / 1000, "strum": feel["strum_ms"] / 1000,
        "velocity": feel["velocity"], "harmony": harmony,
        "instead": _each(top["instead"], where, "instead", _instrument, _instrument),
        "melody": _melody(top["melody"], top["metres"], where),
        "voices": _voices(top["voices"], where),
        "sections": {name: _section(row, where, name) for name, row in top["sections"].items()},
        "patterns": _all_patterns(top["patterns"], top["metres"], where),
    }  # fmt: skip


def metre_of(value: Any) -> tuple[int, int]:
    """Return a metre from text such as "6/8"."""
    match = re.fullmatch(r"(\d{1,2})/([248]|16)", value) if isinstance(value, str) else None
    if not match or not 1 <= int(match[1]) <= 16:
        raise ValueError("must be a metre such as '6/8'")
    return int(match[1]), int(match[2])


def steps_in(metre: tuple[int, int]) -> int:
    """Return the number of sixteenth notes in a bar."""
    return 16 * metre[0] // metre[1]


def _taken(
    table: Any, where: str, inside: str, rules: dict[str, tuple[Check, Any]]
) -> dict[str, Any]:
    """Return the checked values of a table."""
    prefix = f"{inside}." if inside else ""
    if not isinstance(table, dict):
        raise ValueError(f"{where}: {inside} must be a table. Got {shortened(repr(table))}.")
    for key in table:
        if key not in rules:
            hint = did_you_mean(key, rules) or f" Known are {', '.join(rules)}."
            raise ValueError(f"{where}: unknown key {shortened(repr(prefix + key))}.{hint}")
    values = {}
    for key, (check, default) in rules.items():
        if key not in table and default is _REQUIRED:
            raise ValueError(f"{where}: the key {prefix + key!r} is missing.")
        value = table.get(key, default)
        values[key] = None if value is None else _passed(check, value, where, prefix + key)
    return values


def _passed(check: Check, value: Any, where: str, key: str) -> Any:
    try:
        return check(value)
    except ValueError as error:
        raise ValueError(
            f"{where}: {key} {shortened(str(error))}. Got {shortened(repr(value))}."
        ) from error


def _each(table: dict, where: str, inside: str, key_check: Check, check: Check) -> dict:
    """Return a table whose keys and values are all of one kind."""
    return {
        _passed(key_check, key, where, f"{inside}.{key}"): _passed(
            check, value, where, f"{inside}.{key}"
        )
        for key, value in table.items()
    }


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("must be text")
    return value


def _table(value: Any) -> dict:
    if not isinstance(value, dict):
        raise ValueError("must be a table")
    return value


def _number(low: float, high: float) -> Check:
    def check(value: Any) -> float:
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or not low <= value <= high
        ):
            raise ValueError(f"must be a number from {low:g} to {high:g}")
        return float(value)

    return check


def _whole(low: int, high: int) -> Check:
    def check(value: Any) -> int:
        if type(value) is not int or not low <= value <= high:
            raise ValueError(f"must be a whole number from {low} to {high}")
        return value

    return check


def _list_of(check: Check, at_least: int = 0) -> Check:
    def check_all(value: Any) -> tuple:
        if not isinstance(value, list) or len(value) < at_least:
            raise ValueError(f"must be a list of at least {at_least}" if at_least else
                             "must be a list")  # fmt: skip
        return tuple(check(item) for item in value)

    return check_all


def _one_of(names: Any) -> Check:
    def check(value: Any) -> str:
        if not isinstance(value, str) or value not in names:
            raise ValueError(
                f"must be {' or '.join(map(repr, names))}{did_you_mean(value, names)}"
            )
        return value

    return check


def _tonic(value: Any) -> int:
    return _TONICS[_one_of(tuple(_TONICS))(value)]


def _instrument(value: Any) -> str:
    return load_instrument(_text(value)).name


def _bpm(value: Any) -> tuple[float, float]:
    low, high = _list_of(_number(20, 400), 2)(value)[:2]
    if len(value) != 2 or low > high:
        raise ValueError("must be the slowest and the fastest tempo")
    return low, high


def _modes(value: Any) -> dict[str, float]:
    if not isinstance(value, dict) or not value:
        raise ValueError("must be a table of modes and their weights")
    return {_one_of(MODES)(mode): _number(0, 1e6)(weight) for mode, weight in value.items()}


def _chords(table: dict, where: str) -> dict[str, dict[str, float]]:
    """Return the chords of each mode with their weights."""
    chords = {}
    for mode, row in table.items():
        inside = f"harmony.chords.{mode}"
        _passed(_one_of(MODES), mode, where, inside)
        weights = _passed(_table, row, where, inside)
        chords[mode] = _each(weights, where, inside, _chord, _number(0.01, 100))
        if not any(parse_chord(name)[0] == 0 for name in chords[mode]):
            raise ValueError(f"{where}: {inside} must hold a chord on C, which is the tonic.")
        try:
            ChordRules(chords[mode])
        except ValueError as error:
            raise ValueError(f"{where}: {inside}: {error}") from error
    return chords


def _chord(value: Any) -> str:
    parse_chord(value)  # raises ValueError
    return value


def _check_forms(forms: tuple[str, ...], where: str) -> None:
    for number, form in enumerate(forms, 1):
        if not re.fullmatch(r"[A-Z]+", form) or len(form) != number:
            raise ValueError(
                f"{where}: forms must be the letters of one section, of two and so on, such as "
                f"['A', 'AB', 'ABA']. Got {shortened(repr(form))} in place {number}."
            )


def _melody(table: dict, metres: tuple, where: str) -> dict | None:
    """Return the values of a `Phrasing`; None where melodies stay as they are composed."""
    if not table:
        return None
    values = _taken(table, where, "melody", {
        "phrases": (_table, _REQUIRED), "closes": (_table, _REQUIRED),
        "scale": (_one_of(_SCALES), "mode"), "span": (_whole(12, 48), 24),
    })  # fmt: skip
    for key, check in (("phrases", _phrase), ("closes", _beginning)):
        checked = {}
        for name, rows in values[key].items():
            inside = f"melody.{key}.{name}"
            metre = _passed(_one_of_metres(metres), name, where, inside)
            bar = check(_bar(RHYTHM, steps_in(metre)))
            checked[metre] = _passed(_list_of(bar, 1), rows, where, inside)
        values[key] = checked
    if not values["phrases"] or set(values["phrases"]) != set(values["closes"]):
        raise ValueError(f"{where}: melody.phrases and melody.closes must have the same metres.")
    return values


def _one_of_metres(metres: tuple) -> Check:
    def check(value: Any) -> tuple[int, int]:
        metre = metre_of(value)
        if metre not in metres:
            raise ValueError("must be one of the style's metres")
        return metre

    return check


def _phrase(bar: Check) -> Check:
    """Return a check of a phrase, which may hold notes over its bar lines."""

    def check(value: Any) -> tuple[str, ...]:
        first, *others = _list_of(bar, 1)(value)
        return _beginning(bar)(first), *others

    return check


def _beginning(bar: Check) -> Check:
    """Return a check of a bar that begins with a note or a rest, and has a note."""

    def check(value: Any) -> str:
        steps = bar(value)
        if steps[0] == "-" or "x" not in steps:
            raise ValueError("must have a note, and must not begin with one that is held")
        return steps

    return check


def _voices(table: dict, where: str) -> dict[str, dict]:
    for needed in ("melody", "chords", "bass"):
        if needed not in table:
            raise ValueError(f"{where}: the key 'voices.{needed}' is missing.")
    voices = {}
    for part, row in table.items():
        _passed(_one_of(PARTS), part, where, f"voices.{part}")
        fewest = 0 if part == "drums" else 1
        voices[part] = _taken(row, where, f"voices.{part}", {
            "instruments": (_list_of(_instrument, fewest), _REQUIRED if fewest else []),
            "pan": (_number(-1, 1), 0.0), "level": (_number(-40, 12), 0.0),
        })  # fmt: skip
    return voices


def _section(row: Any, where: str, name: str) -> dict:
    return _taken(row, where, f"sections.{name}", {
        "level": (_number(0.1, 1.5), 1.0), "parts": (_list_of(_one_of(PARTS)), []),
    })  # fmt: skip


def _all_patterns(table: dict, metres: tuple, where: str) -> dict[tuple[int, int], dict]:
    patterns = {
        _passed(metre_of, key, where, f"patterns.{key}"): _patterns(row, where, key)
        for key, row in table.items()
    }
    for metre in metres:
        if metre not in patterns:
            name = "/".join(map(str, metre))
            raise ValueError(f"{where}: metres has {name}, but there is no 'patterns.\"{name}\"'.")
    return patterns


def _patterns(row: Any, where: str, key: str) -> dict:
    inside, steps = f"patterns.{key}", steps_in(metre_of(key))
    comping = _list_of(_bar(COMPING, steps), 1)
    values = _taken(row, where, inside, {
        "comping": (comping, _REQUIRED), "sparse": (_list_of(_bar(COMPING, steps)), []),
        "full": (_list_of(_bar(COMPING, steps)), []),
        "bass": (_list_of(_bar(BASS, steps), 1), _REQUIRED), "percussion": (_table, {}),
        "fill": (_table, {}),
    })  # fmt: skip
    drum, bar = _one_of(tuple(DRUMS)), _bar(PERCUSSION, steps)
    values["percussion"] = _each(
        values["percussion"], where, f"{inside}.percussion", drum, _list_of(bar, 1)
    )
    values["fill"] = _each(values["fill"], where, f"{inside}.fill", drum, bar)
    return values


def _bar(characters: str, steps: int) -> Check:
    def check(value: Any) -> str:
        value = value.replace(" ", "") if isinstance(value, str) else ""
        if len(value) != steps or set(value) - set(characters):
            raise ValueError(
                f"must be a bar of {steps} sixteenth notes, each one of {' '.join(characters)}"
            )
        return value

    return check
