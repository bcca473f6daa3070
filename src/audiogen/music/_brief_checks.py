"""Settings of a brief, checked and put into one form."""

import numbers
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from audiogen.io import SCALES
from audiogen.music._instruments import PARTS, PITCHED_PARTS, load_instrument
from audiogen.music._words import genre_name, mood_name, mood_table
from audiogen.utils.names import did_you_mean
from audiogen.utils.validation import Instance, Interval, Options, check_parameters

if TYPE_CHECKING:
    from audiogen.music._brief import Brief

__all__ = ["MODES", "checked_settings", "refuse_contradictions"]

MODES = tuple(SCALES)
ENDINGS = ("ring", "cold", "fade")
SHORTEST, LONGEST = 2, 600  # seconds
_ASKABLE = ", ".join(PITCHED_PARTS)
_SHARE = (Interval(numbers.Real, 0, 1, closed="both"), Options(None))
_FREE_BOOL = Options(None, True, False)
_BOOL = Instance(bool, "a bool")
_CONSTRAINTS: dict[str, Any] = {
    "genre": Instance(str | None, "the name of a style, the path of a style file or None"),
    "pace": _SHARE,
    "intensity": _SHARE,
    "density": _SHARE,
    "tonic": (Interval(numbers.Integral, 0, 11, closed="both"), Options(None)),
    "mode": Options(None, *MODES),
    "bpm": (Interval(numbers.Real, 20, 400, closed="both"), Options(None)),
    "swing": (Interval(numbers.Real, 0.5, 0.75, closed="both"), Options(None)),
    "seconds": (Interval(numbers.Real, SHORTEST, LONGEST, closed="both"), Options(None)),
    "loop": _BOOL,
    "drums": _FREE_BOOL,
    "solo": _BOOL,
    "ending": Options(None, *ENDINGS),
    "title": Instance(str, "a str"),
}


def checked_settings(settings: dict[str, Any]) -> dict[str, Any]:
    """Return the settings that are put into one form; what cannot be is refused."""
    check_parameters("Brief", _CONSTRAINTS, settings)
    genre = settings["genre"]
    return {
        "genre": genre and (genre_name(genre) or genre),
        "mood": tuple(_checked_mood(word) for word in _listed("mood", settings["mood"])),
        "metre": _checked_metre(settings["metre"]),
        "instruments": _named("instruments", settings["instruments"]),
        "voices": _checked_voices(settings["voices"]),
        "without": tuple(map(_part_or_instrument, _listed("without", settings["without"]))),
        "parts": _checked_parts(settings["parts"]),
        "hits": _checked_hits(settings["hits"], settings["seconds"]),
        "chosen": _listed("chosen", settings["chosen"]),
    }


def _listed(name: str, value: Any) -> tuple:
    """Return one value or several as a tuple."""
    if isinstance(value, str | numbers.Real):
        return (value,)
    if isinstance(value, Iterable) and not isinstance(value, Mapping):
        return tuple(value)
    raise TypeError(f"The '{name}' parameter of Brief must be a sequence. Got {value!r} instead.")


def _checked_mood(word: Any) -> str:
    """Return the mood that a word says."""
    name = mood_name(str(word))
    if name is None:
        known = list(mood_table())
        hint = did_you_mean(word, known) or f" Known are {', '.join(known)}."
        raise ValueError(f"{word!r} is no known mood.{hint}")
    return name


def _checked_metre(metre: Any) -> tuple[int, int] | None:
    """Return a metre as two ints."""
    if metre is None:
        return None
    parts = metre.split("/") if isinstance(metre, str) else metre
    try:
        beats, unit = (int(part) for part in parts)
    except (TypeError, ValueError):
        beats = unit = 0
    if not 1 <= beats <= 16 or unit not in (2, 4, 8, 16):
        raise ValueError(
            f"The 'metre' parameter of Brief must be a metre such as '6/8'. Got {metre!r} instead."
        )
    return beats, unit


def _named(name: str, value: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(load_instrument(word).name for word in _listed(name, value)))


def _checked_parts(value: Any) -> tuple[str, ...]:
    parts = _listed("parts", value)
    for part in parts:
        if part not in PITCHED_PARTS:
            raise ValueError(f"{part!r} is no part that can be asked for; {_ASKABLE} are.")
    return parts


def _checked_voices(voices: Any) -> dict[str, str]:
    """Return the instruments of parts by their proper names."""
    if not isinstance(voices, Mapping):
        raise TypeError(
            f"The 'voices' parameter of Brief must be a dict of parts. Got {voices!r} instead."
        )
    for part in voices:
        if part not in PITCHED_PARTS:
            raise ValueError(f"{part!r} is no part that an instrument plays; {_ASKABLE} are.")
    return {part: load_instrument(name).name for part, name in voices.items()}


def _part_or_instrument(word: Any) -> str:
    return str(word) if word in PARTS else load_instrument(word).name


def _checked_hits(hits: Any, seconds: float | None) -> tuple[float, ...]:
    """Return hits in order."""
    hits = _listed("hits", hits)
    rule = Interval(numbers.Real, 0, seconds or LONGEST, closed="neither")
    for hit in hits:
        check_parameters("Brief", {"hits": rule}, {"hits": hit})
    return tuple(sorted({float(hit) for hit in hits}))


def refuse_contradictions(brief: "Brief") -> None:
    """Refuse settings of which not all can hold."""
    out = set(brief.without)
    drums_only = brief.solo and not (brief.instruments or brief.voices or brief.parts)
    if drums_only and (brief.drums is False or "drums" in out):
        raise ValueError("A solo without instruments is one of drums, and drums are left out.")
    both = out & {*brief.instruments, *brief.voices.values(), *brief.voices, *brief.parts}
    if brief.drums and "drums" in out:
        both.add("drums")
    if both:
        raise ValueError(
            f"{' and '.join(sorted(both))} cannot be asked for and left out; drop one of them."
        )
    if brief.loop and brief.ending is not None:
        raise ValueError(
            f"A loop does not end, so ending={brief.ending!r} and loop=True contradict each "
            "other; drop one of them."
        )
