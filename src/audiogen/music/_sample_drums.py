"""Drum kits sampled from a fitted model, to be played elsewhere."""

from typing import Any

import numpy as np
import pandas as pd

from audiogen.exceptions import ExtrapolationWarning
from audiogen.io import SampledInstrument, Zone
from audiogen.music._casting import KIT, DrumRole, cast_drums
from audiogen.music._mix import frame_levels, needed_rate
from audiogen.music._pretrained import credit_and_licence
from audiogen.pipeline import split_steps
from audiogen.utils.names import did_you_mean
from audiogen.utils.silence import silenced

__all__ = ["DRUMS", "FULL", "MOST_GAIN", "kit_names", "sample_drums", "velocity_layers"]

DRUMS = ("drums", "drum kit", "percussion")
_NOTES = range(35, 82)  # of General MIDI
_HIHATS, _CHOKE_GROUP = ("hihat_open", "hihat_closed", "hihat_pedal"), 1
_MOST_LAYERS, _LAYER = 3, 30.0  # layers of velocity, and how many velocities make another one
_FRAME = 0.05  # seconds
FULL = 0.9  # the highest peak
MOST_GAIN = 20.0  # of a soft sample over that of the loudest


def kit_names(model: Any) -> dict[str, Any]:
    """Return the kits of a model that plays drums, by their names in lower case."""
    known = split_steps(model)[1].categories_.get("kit")
    return {} if known is None else {str(kit).lower(): kit for kit in known.tolist()}


def sample_drums(name: str | None, model: Any, seed: int) -> SampledInstrument:
    """Return a drum kit that plays the percussion notes of General MIDI.

    Parameters
    ----------
    name : str or None
        A kit of the model, or one of `DRUMS`, in lower case; None is as these.
    model : estimator
        A fitted pipeline with the conditions drum and velocity, and perhaps kit.
    seed : int
        Seed of the hits.

    Returns
    -------
    instrument : SampledInstrument
    """
    final, rate = split_steps(model)[1], needed_rate(model)
    kit = None if name in DRUMS else name
    known = kit_names(model)
    if kit is not None and kit not in known:
        raise ValueError(
            f"The model has no {kit!r}. It knows {', '.join(['drums', *known])}."
            f"{did_you_mean(kit, [*DRUMS, *known])}"
        )
    notes = pd.DataFrame({"pitch": _NOTES}).assign(part="drums")
    role = cast_drums(notes, final.conditions_, known[kit] if kit else KIT)
    hits = _hits(final, role)
    with silenced(ExtrapolationWarning):  # a drum that another kit lends
        sounds = model.sample(y=hits[final.condition_names_], random_state=seed)
    audio = _at_full_level(hits, list(sounds), rate)
    credit, licence = credit_and_licence("drums", role.kits, model)
    return SampledInstrument(
        name or "drums",
        _zones(role, hits, audio),
        rate,
        credit=credit,
        licence=licence,
        drums=True,
    )


def velocity_layers(low: float, high: float) -> pd.DataFrame:
    """Return the velocities that are sampled of a learnt range, with those that play each."""
    n_layers = min(_MOST_LAYERS, 1 + int(np.ceil((high - low) / _LAYER)))
    velocity = np.linspace(low, high, n_layers)
    first = np.ceil((velocity[1:] + velocity[:-1]) / 2).astype(int)
    return pd.DataFrame(
        {
            "velocity": velocity,
            "low_velocity": np.r_[0, first],
            "high_velocity": np.r_[first - 1, 127],
        }
    )


def _hits(final: Any, role: DrumRole) -> pd.DataFrame:
    """Return the conditions of each hit, with the velocities that play it."""
    layers = velocity_layers(*final.conditions_.ranges_["velocity"])
    drums = pd.DataFrame({"drum": list(dict.fromkeys(role.drums.values()))})
    return drums.merge(layers, how="cross").assign(kit=role.kit)


def _at_full_level(hits: pd.DataFrame, sounds: list[np.ndarray], rate: int) -> list[np.ndarray]:
    """Return hits, those of a drum all as loud as its loudest, which the player turns down."""
    levels = np.array([frame_levels(sound, round(_FRAME * rate)).max() for sound in sounds])
    loudest = pd.Series(levels).groupby(hits["drum"]).transform("max").to_numpy()
    gains = np.minimum(loudest / np.maximum(levels, 1e-9), MOST_GAIN)
    peak = max(gain * np.abs(sound).max() for gain, sound in zip(gains, sounds, strict=True))
    gains *= FULL / max(peak, 1e-9)
    return [
        (np.trim_zeros(sound, "b") * gain).astype(np.float32) if sound.any() else sound[:1]
        for gain, sound in zip(gains, sounds, strict=True)
    ]


def _zones(role: DrumRole, hits: pd.DataFrame, audio: list[np.ndarray]) -> list[Zone]:
    """Return the zones of all notes; those of one drum share its samples."""
    rows = list(zip(hits.to_dict("records"), audio, strict=True))
    return [
        Zone(
            sound, note, note, note, row["low_velocity"], row["high_velocity"],
            choke_group=_CHOKE_GROUP if drum in _HIHATS else 0,
        )
        for note, drum in role.drums.items()
        for row, sound in rows
        if row["drum"] == drum
    ]  # fmt: skip
