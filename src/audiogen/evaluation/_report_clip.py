"""Sections of reports that are of clips of music."""

import html
from collections.abc import Mapping, Sequence
from typing import Any

from audiogen.evaluation._report_parts import (
    fold,
    paragraph,
    player,
    text_of,
    two_columns,
    words_table,
)

__all__ = ["clip_part"]

# What the JSON file says, and its unit.
_FACTS = {
    "genre": "", "bpm": "", "key": "", "metre": "", "seconds": "s", "loop": "", "loudness": "LUFS",
    "true_peak": "dBTP", "sample_rate": "Hz", "seed": "", "log_likelihood": "", "hand_written": "",
}  # fmt: skip


def clip_part(clip: Any, *, n_bytes: int) -> str:
    """Return a clip's player, its sections, which begin on a click, and what it was made from.

    Parameters
    ----------
    clip : Clip
        The clip.
    n_bytes : int
        What it may take of the page.

    Returns
    -------
    content : str
    """
    about = clip.info
    words = about.get("words")
    parts = [
        player(clip.audio, clip.sample_rate, about["title"], f"“{words}”" if words else "",
               n_bytes=n_bytes, wide=True),
        _sections(about.get("sections") or []),
        two_columns({name.replace("_", " "): _fact(about.get(name), unit)
                     for name, unit in _FACTS.items()}),
        paragraph(f"Faults that its own checks found: {'; '.join(about['faults']) or 'none'}."),
        _players(about["players"]),
    ]  # fmt: skip
    if chords := about.get("chords"):
        rows = [[name, f"{start:.2f} to {end:.2f} s"] for start, end, name in chords]
        parts.append(fold("Chords", words_table(rows, ["chord", "time"])))
    if brief := about.get("brief"):
        parts.append(fold("What was asked for, and what was chosen", two_columns(brief)))
    return "".join([*parts, _sources(about)])


def _fact(value: Any, unit: str) -> str | None:
    """Return a value with its unit, None where there is none."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return None if value is None else f"{text_of(value)} {unit}".strip()


def _sections(sections: Sequence[Mapping[str, Any]]) -> str:
    """Return buttons that play from the beginning of each section."""
    if not sections:
        return ""
    buttons = (
        f'<button type="button" data-start="{float(s["start"])}">{html.escape(str(s["name"]))} '
        f'<span class="soft">{s["start"]:.1f} s</span></button>'
        for s in sections
    )
    return f'<div class="sections" role="group" aria-label="Sections">{"".join(buttons)}</div>'


def _players(players: Mapping[str, Mapping[str, str]]) -> str:
    """Return what plays each part."""
    rows = [[part, player["instrument"], player["voice"]] for part, player in players.items()]
    return words_table(rows, ["part", "instrument", "voice"])


def _sources(about: Mapping[str, Any]) -> str:
    """Return whom the clip owes what, and with which versions it was made."""
    rows = [[source["what"], source["source"], source["licence"]] for source in about["sources"]]
    return (
        paragraph(about["credit"])
        + fold("Sources and licences", words_table(rows, ["what", "source", "licence"]))
        + fold("Versions that it was made with", two_columns(about["versions"]))
    )
