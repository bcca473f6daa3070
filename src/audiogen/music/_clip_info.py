"""What a clip is and was made from, for people and programs."""

import dataclasses
import importlib.metadata
import platform
from collections.abc import Mapping, Sequence
from typing import Any

import audiogen
from audiogen.io import Score
from audiogen.music._brief import Brief
from audiogen.music._casting import DrumRole, Role
from audiogen.music._composing import Composed, has_groove, likelihood
from audiogen.music._plan import Plan
from audiogen.music._pretrained import credits_of
from audiogen.music._styles import Style
from audiogen.signal import Mastered

__all__ = ["describe_clip", "describe_sound", "describe_tune"]


def describe_clip(
    composed: Composed, brief: Brief, style: Style, plan: Plan, mastered: Mastered, *,
    words: str, roles: dict[str, Role], drums: DrumRole | None, own: Sequence[str],
    faults: list[str], sample_rate: int, seed: int,
) -> dict[str, Any]:  # fmt: skip
    """Return a description of a clip.

    Parameters
    ----------
    composed : Composed
        What is played.
    brief : Brief
        What was asked for, nothing free.
    style : Style
        Its style.
    plan : Plan
        Its sections.
    mastered : Mastered
        The clip.
    words : str
        The words that it was asked for in.
    roles : dict of str to Role
        What plays each part but the drums.
    drums : DrumRole or None
        What plays the drums.
    own : sequence of str
        Which of "voices" and "drums" are played by models of the user's own.
    faults : list of str
        What its own checks found.
    sample_rate : int
        Sampling rate of the clip, in Hz.
    seed : int
        Seed of the clip.

    Returns
    -------
    info : dict
        Of what JSON takes.
    """
    score, end = composed.score, plan.seconds
    models = ["melody", "chords"]
    if "drums" in score.parts and has_groove(style, plan):
        models.append("groove")
    about = {
        "title": brief.title,
        "words": words,
        "brief": _as_asked(brief).to_dict(),
        "genre": style.name,
        "bpm": round(plan.bpm, 3),
        "key": score.key,
        "metre": "/".join(map(str, plan.metre)),
        "seconds": plan.seconds,
        "loop": plan.loop,
        "sections": [
            {"name": s.name, "start": round(s.start, 4), "end": round(min(s.end, end), 4)}
            for s in plan.in_seconds()
        ],
        "chords": [
            [round(start, 4), round(min(stop, end), 4), name]
            for start, stop, name in _in_seconds(score)
            if start < end
        ],
        "hand_written": list(style.hand_written),
        "log_likelihood": likelihood(composed, style) if "melody" in score.parts else None,
    }
    return about | describe_sound(
        mastered, roles=roles, instruments=brief.voices, drums=drums, models=tuple(models),
        own=(*composed.composers.own, *own), faults=faults, sample_rate=sample_rate, seed=seed,
    )  # fmt: skip


def describe_tune(score: Score, tune: Any, *, seconds: float, loop: bool) -> dict[str, Any]:
    """Return what a MIDI file says of itself; what only words could say is None.

    Parameters
    ----------
    score : Score
        What is played of it.
    tune : pretty_midi.PrettyMIDI
        The file. Key and metre are None where it states none.
    seconds : float
        Length of the clip.
    loop : bool
        Whether the clip repeats without a seam.

    Returns
    -------
    info : dict
        Of what JSON takes, with the keys of `describe_clip`, but those of `describe_sound`.
    """
    return {
        "title": score.title,
        "words": None,
        "brief": None,
        "genre": None,
        "bpm": round(score.bpm, 3),
        "key": score.key if tune.key_signature_changes else None,
        "metre": "/".join(map(str, score.metre)) if tune.time_signature_changes else None,
        "seconds": seconds,
        "loop": loop,
        "sections": None,
        "chords": None,
        "hand_written": None,
        "log_likelihood": None,
    }


def _in_seconds(score: Score) -> list[tuple[float, float, str]]:
    """Return the chords of a score with their times in seconds."""
    times = score.seconds_at([chord[:2] for chord in score.chords]).tolist()
    return [
        (start, end, chord[2]) for (start, end), chord in zip(times, score.chords, strict=True)
    ]


def _as_asked(brief: Brief) -> Brief:
    """Return a brief whose tempo is free where it was drawn: that of the clip is beside it."""
    if "bpm" not in brief.chosen:
        return brief
    pace = None if "pace" in brief.chosen else brief.pace
    chosen = tuple(name for name in brief.chosen if name not in ("bpm", "pace"))
    return dataclasses.replace(brief, bpm=None, pace=pace, chosen=chosen)


def describe_sound(
    mastered: Mastered, *, roles: Mapping[str, Role], instruments: Mapping[str, str],
    drums: DrumRole | None, models: tuple[str, ...], own: Sequence[str] = (), faults: list[str],
    sample_rate: int, seed: int,
) -> dict[str, Any]:  # fmt: skip
    """Return how a clip sounds, who plays it and what it was made from.

    Parameters
    ----------
    mastered : Mastered
        The clip.
    roles : dict of str to Role
        What plays each part but the drums.
    instruments : dict of str to str
        Names of the instruments that were asked for.
    drums : DrumRole or None
        What plays the drums; None where there are none.
    models : tuple of str
        Names of the models that composed it, as `pretrained` has them.
    own : sequence of str, default=()
        Those of them, and of "voices" and "drums", that are the user's own.
    faults : list of str
        What its own checks found.
    sample_rate : int
        Sampling rate of the clip, in Hz.
    seed : int
        Seed of the clip.

    Returns
    -------
    info : dict
        Of what JSON takes.
    """
    voices = [role.voice for role in roles.values()]
    kits = () if drums is None else drums.kits or ("drums",)
    sources = credits_of(models, voices, kits, own)
    players = {
        part: {"instrument": instruments.get(part, ""), "voice": role.voice}
        for part, role in roles.items()
    }
    if drums is not None:
        players["drums"] = {"instrument": "drums", "voice": drums.kit or "drums"}
    return {
        "players": players,
        "seed": seed,
        "sample_rate": sample_rate,
        "loudness": round(mastered.loudness, 2),
        "true_peak": round(mastered.true_peak, 2),
        "faults": faults,
        "versions": {
            "audiogen": audiogen.__version__,
            "python": platform.python_version(),
            "numpy": importlib.metadata.version("numpy"),
        },
        "sources": sources,
        "licences": sorted({source["licence"] for source in sources}),
        "credit": _credit(sources),
    }


def _credit(sources: list[dict[str, str]]) -> str:
    """Return a line that names those who must be named, ready to be pasted."""
    named = [s for s in sources if "CC-BY" in s["licence"]]
    parts = [f"{s['what']} by {s['source']} ({s['licence']})" for s in named]
    return "Made with audiogen" + (f"; {'; '.join(parts)}." if parts else ".")
