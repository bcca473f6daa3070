"""Briefs filled in from styles, moods and a seed."""

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np

from audiogen.io import MINOR_MODES
from audiogen.music._instruments import PARTS, PITCHED_PARTS, load_instrument
from audiogen.music._plan import suited_bpm
from audiogen.music._styles import Style, load_style, style_names
from audiogen.music._tempo import bpm_range
from audiogen.music._words import mood_table
from audiogen.utils.seeds import Stream, draw_seed, make_rng

if TYPE_CHECKING:
    from audiogen.music._brief import Brief

__all__ = ["completed"]

_SECONDS = 15.0
_GENRE, _KEY, _TEMPO, _PLAYERS = range(100, 104)  # keys of streams beside the seed
_WITH_DRUMS = 0.5  # styles whose drums play from this intensity are those that have drums
# What plays a part where the style's own instruments are left out or there are none.
_USUAL = {
    "melody": ("flute", "violin", "piano", "vibraphone"), "chords": ("piano", "guitar", "organ"),
    "bass": ("double bass", "electric bass", "cello"), "pad": ("strings", "organ"),
    "counter": ("clarinet", "cello"),
}  # fmt: skip


def completed(brief: "Brief", random_state: Any = None) -> "Brief":
    """Return a brief in which nothing is free."""
    seed = draw_seed(random_state)
    genre = brief.genre or _drawn_genre(brief, make_rng(seed, Stream.PARTS, _GENRE))
    style = load_style(genre)
    metre = brief.metre or style.metres[0]
    if metre not in style.metres:
        raise ValueError(_no_such_metre(style, metre))
    moods = _of_moods(brief)
    mode = brief.mode or _drawn_mode(
        style, moods, make_rng(seed, Stream.PARTS, _KEY), named=brief.tonic is not None
    )
    filled = {
        "genre": genre, "metre": metre, "mode": mode,
        "tonic": _first(brief.tonic, _drawn_tonic(style, seed)),
        "pace": _first(brief.pace, moods.get("pace"), 0.5),
        "intensity": _first(brief.intensity, moods.get("intensity"), 0.55),
        "density": _first(brief.density, moods.get("density"), 0.5),
        "swing": _first(brief.swing, style.swing),
        "seconds": _first(brief.seconds, _SECONDS),
        "ending": None if brief.loop else _first(brief.ending, "ring"),
        "title": brief.title or style.title,
    }  # fmt: skip
    filled["drums"] = _drums(brief, style, filled["intensity"])
    filled["voices"] = _voices(brief, style, make_rng(seed, Stream.PARTS, _PLAYERS))
    if not filled["voices"] and not filled["drums"]:
        raise ValueError("Nothing is left to play: all parts are left out.")
    chosen = [name for name, value in filled.items() if value != getattr(brief, name)]
    full = dataclasses.replace(brief, **filled, chosen=(*brief.chosen, *chosen))
    if full.bpm is not None:
        return full
    pace = _first(brief.pace, moods.get("pace"))
    bpm = suited_bpm(full, style, *_drawn_bpm(bpm_range(style, metre), pace, seed))
    return dataclasses.replace(full, bpm=bpm, chosen=(*full.chosen, "bpm"))


def _first(*values: Any) -> Any:
    return next((value for value in values if value is not None), None)


def _drawn_genre(brief: "Brief", rng: np.random.Generator) -> str:
    """Return a style that suits the metre, the tempo, the drums and the moods of a brief."""
    styles = [load_style(name) for name in style_names()]
    fits = [s for s in styles if brief.metre is None or brief.metre in s.metres]
    if not fits:
        metres = sorted({"/".join(map(str, m)) for style in styles for m in style.metres})
        raise ValueError(
            f"No genre is played in {'/'.join(map(str, brief.metre or ()))}. Give one of the "
            f"metres {', '.join(metres)}, or a style file of your own."
        )
    if brief.bpm is not None:
        fits = [s for s in fits if _distance(s, brief) <= 1.0] or [
            min(fits, key=lambda s: _distance(s, brief))
        ]
    if brief.drums:
        fits = [style for style in fits if style.drums_from <= _WITH_DRUMS] or fits
    for mood in brief.mood:
        suited = mood_table()[mood]["genres"]
        fits = [style for style in fits if style.name in suited] or fits
    return fits[int(rng.integers(len(fits)))].name


def _distance(style: Style, brief: "Brief") -> float:
    """Return how far a tempo lies outside of a style's, as a ratio: 1 is within."""
    low, high = bpm_range(style, brief.metre or style.metres[0])
    bpm = brief.bpm or low
    return max(1.0, low / bpm, bpm / high)


def _no_such_metre(style: Style, metre: tuple[int, int]) -> str:
    others = [name for name in style_names() if metre in load_style(name).metres]
    known = ", ".join("/".join(map(str, own)) for own in style.metres)
    name = "/".join(map(str, metre))
    hint = f" In {name} there are {', '.join(others)}." if others else ""
    return f"The genre {style.name} is played in {known}, not in {name}.{hint}"


def _of_moods(brief: "Brief") -> dict[str, Any]:
    """Return the settings that moods give: the means of numbers, the one mode."""
    table = mood_table()
    settings: dict[str, Any] = {}
    for name in ("pace", "intensity", "density"):
        values = [table[mood][name] for mood in brief.mood if name in table[mood]]
        if values:
            settings[name] = round(float(np.mean(values)), 3)
    modes = [table[mood]["mode"] for mood in brief.mood if "mode" in table[mood]]
    return settings | ({"mode": modes[0]} if modes else {})


def _drawn_mode(
    style: Style, moods: dict[str, Any], rng: np.random.Generator, *, named: bool
) -> str:
    """Return a mode of the style that suits the moods; a key named by its tonic alone is major."""
    asked = moods.get("mode")
    if named and asked != "minor" and "major" in style.modes:
        return "major"
    weights = dict(style.modes)
    if asked is not None:
        weights = {m: w for m, w in weights.items() if (m in MINOR_MODES) == (asked == "minor")}
    if not sum(weights.values()):
        return asked or "major"
    share = np.array(list(weights.values())) / sum(weights.values())
    return list(weights)[int(rng.choice(len(share), p=share))]


def _drawn_tonic(style: Style, seed: int) -> int:
    """Return a tonic, the usual ones more often."""
    share = 1 / np.arange(1, len(style.tonics) + 1)
    rng = make_rng(seed, Stream.PARTS, _KEY, 1)
    return style.tonics[int(rng.choice(len(share), p=share / share.sum()))]


def _drawn_bpm(
    bounds: tuple[float, float], pace: float | None, seed: int
) -> tuple[float, tuple[float, float]]:
    """Return a whole number of beats a minute, and between which tempi it was drawn."""
    first, last = (0.3, 0.7) if pace is None else (pace - 0.06, pace + 0.06)
    place = make_rng(seed, Stream.PARTS, _TEMPO).uniform(first, last)
    low, high = bounds
    drawn, *usual = (low + min(max(x, 0.0), 1.0) * (high - low) for x in (place, first, last))
    return float(round(drawn)), (usual[0], usual[1])


def _drums(brief: "Brief", style: Style, intensity: float) -> bool:
    if brief.drums is not None or "drums" in brief.without:
        return bool(brief.drums) and "drums" not in brief.without
    if brief.solo:
        return not (brief.instruments or brief.voices or brief.parts)
    return intensity >= style.drums_from


def _voices(brief: "Brief", style: Style, rng: np.random.Generator) -> dict[str, str]:
    """Return the instrument of each part that plays."""
    out = set(brief.without)
    given = {part: style.instead.get(name, name) for part, name in brief.voices.items()}
    named = [style.instead.get(name, name) for name in brief.instruments]
    _assign(named, given, brief)
    parts = [part for part in PARTS if part in style.voices or part in brief.parts]
    if brief.solo:
        parts = list(brief.parts)
    voices = dict(given)
    for part in parts:
        if part in voices or part in out or part == "drums":
            continue
        choices = style.voices[part].instruments if part in style.voices else ()
        drawn = _drawn_order(choices, rng)
        usable = [n for n in (*drawn, *_USUAL[part]) if not _is_out(n, out)]
        fresh = [name for name in usable if name not in voices.values()]
        if usable:
            voices[part] = (fresh or usable)[0]
    return {part: voices[part] for part in PARTS if part in voices and part not in out}


def _drawn_order(names: tuple[str, ...], rng: np.random.Generator) -> list[str]:
    """Return instruments in an order that is drawn; the first are likelier to stay in front."""
    if not names:
        return []
    share = 1 / np.arange(1, len(names) + 1)
    order = rng.choice(len(names), len(names), replace=False, p=share / share.sum())
    return [names[i] for i in order]


def _is_out(name: str, out: set[str]) -> bool:
    """Tell whether an instrument is left out, by its name or by that of its kind."""
    return any(name == other or name.endswith(f" {other}") for other in out)


def _assign(named: list[str], given: dict[str, str], brief: "Brief") -> None:
    """Give parts to instruments that were named without any, the first one leading."""
    if brief.solo and len(named) == 1 and not given and load_instrument(named[0]).chords:
        hands = ("melody", "chords") if "bass" in brief.parts else ("melody", "chords", "bass")
        given |= dict.fromkeys(hands, named[0])
    for place, name in enumerate(named):
        if name in given.values():
            continue
        free = [part for part in _wanted(name, named[place + 1 :]) if part not in given]
        if not free:
            raise ValueError(
                f"There is no part left for the {name}: a clip has {', '.join(PITCHED_PARTS)}. "
                "Name fewer instruments, or give parts to them, such as 'piano chords'."
            )
        given[free[0]] = name
    leader = given.get("melody")
    if brief.solo and leader in named and load_instrument(leader).chords:
        given.setdefault("chords", leader)  # a piano that plays with a bass has two hands


def _wanted(name: str, later: list[str]) -> list[str]:
    """Return the parts that an instrument may play, the best first."""
    instrument = load_instrument(name)
    if instrument.family == "bass" or name == "tuba":
        return ["bass"]
    if not instrument.chords:
        return ["melody", "counter", "bass"] if instrument.low <= 43 else ["melody", "counter"]
    single = [other for other in map(load_instrument, later) if not other.chords]
    leads = any(other.family != "bass" for other in single)  # "guitar and flute": the flute does
    return ["chords", "pad", "melody"] if leads else ["melody", "chords", "pad", "counter"]
