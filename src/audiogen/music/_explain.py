"""A brief in plain lines."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from audiogen.music._brief import Brief

__all__ = ["explain_brief", "key_name"]

_TONICS = {
    "major": ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"),
    "minor": ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "G#", "A", "Bb", "B"),
}
_ENDINGS = {"ring": "the last chord rings", "cold": "all stop together", "fade": "fades out"}
_SHARES = ((0.34, "little"), (0.67, "medium"), (1.01, "much"))
_PACES = ((0.1, "very slow"), (0.34, "slow"), (0.67, "moderate"), (0.95, "fast"), (2, "very fast"))


def key_name(tonic: int, mode: str) -> str:
    """Return the name of a key, such as "D minor"."""
    names = _TONICS["major" if mode in ("major", "lydian", "mixolydian") else "minor"]
    return f"{names[tonic]} {mode}"


def explain_brief(brief: "Brief") -> str:
    """Return what a brief says, in plain lines."""
    rows = {
        "title": (brief.title, ("title",)),
        "genre": (brief.genre or "free", ("genre",)),
        "mood": (", ".join(brief.mood), ()),
        "key": (_key(brief), ("tonic", "mode")),
        "tempo": (_tempo(brief), ("bpm",)),
        "metre": ("/".join(map(str, brief.metre or ())) or "free", ("metre",)),
        "length": (_length(brief), ("seconds",)),
        "sections begin at": (", ".join(f"{hit:g} s" for hit in brief.hits), ()),
        "swing": ("" if brief.swing is None else f"{brief.swing:g}", ("swing",)),
        "accompaniment": (_worded(brief.density, _SHARES), ("density",)),
        "intensity": (_worded(brief.intensity, _SHARES), ("intensity",)),
        "instruments": (_players(brief), ("voices",)),
        "left out": (", ".join(brief.without), ()),
        "drums": ({True: "yes", False: "no", None: "free"}[brief.drums], ("drums",)),
        "ending": (_ending(brief), ("ending",)),
    }
    lines = []
    for label, (text, names) in rows.items():
        filled = "" if not set(names) & set(brief.chosen) else " (chosen)"
        lines += [f"{label}: {text}{filled}"] if text else []
    return "\n".join(lines)


def _key(brief: "Brief") -> str:
    if brief.tonic is not None:
        return key_name(brief.tonic, brief.mode or "major").removesuffix(
            "" if brief.mode else " major"
        )
    return brief.mode or "free"


def _tempo(brief: "Brief") -> str:
    if brief.bpm is not None:
        return f"{brief.bpm:g} beats a minute"
    return _worded(brief.pace, _PACES) or "free"


def _length(brief: "Brief") -> str:
    length = "free" if brief.seconds is None else f"{brief.seconds:g} s"
    return f"{length}, a loop" if brief.loop else length


def _players(brief: "Brief") -> str:
    named = [f"{instrument} ({part})" for part, instrument in brief.voices.items()]
    if "voices" not in brief.chosen:  # not all instruments have parts yet, nor parts players
        named += [name for name in brief.instruments if name not in brief.voices.values()]
        named += [part for part in brief.parts if part not in brief.voices]
    text = ", ".join(named)
    if brief.solo:
        return f"{text or 'drums'}, nothing else"
    return text or "free"


def _ending(brief: "Brief") -> str:
    if brief.loop:
        return "none"
    return _ENDINGS[brief.ending] if brief.ending else "free"


def _worded(share: float | None, words: tuple) -> str:
    return "" if share is None else next(word for limit, word in words if share < limit)
