"""Which of a model's voices plays which part of a score."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from audiogen.music._instruments import Instrument
from audiogen.utils.names import did_you_mean

__all__ = ["Role", "cast_parts"]

_REACH = 12  # semitones beyond the pitches that a voice learnt: the most that it extrapolates
# What counts against a voice: another instrument, then another family; a part out of its reach;
# an octave that the part is moved by; another part that it plays.
_OTHER, _STRANGER = 1.0, 3.0
_OUTSIDE, _OCTAVE, _TAKEN = 8.0, 0.6, 0.5


@dataclass(frozen=True)
class Role:
    """A voice that plays a part.

    Parameters
    ----------
    voice : str
        What the voice is called: its categories, joined.
    conditions : dict of str to object
        The categories to ask the model for.
    pitches : tuple of (float, float)
        The pitches that the model learnt of it.
    velocities : tuple of (float, float)
        Likewise the velocities; from 0 to 127 where they are no condition.
    """

    voice: str
    conditions: dict[str, Any] = field(default_factory=dict)
    pitches: tuple[float, float] = (0.0, 127.0)
    velocities: tuple[float, float] = (0.0, 127.0)

    def moved(self, pitch: np.ndarray) -> np.ndarray:
        """Return pitches, each moved by the octaves that bring it within reach.

        Parameters
        ----------
        pitch : ndarray of shape (n_notes,)
            MIDI pitches.

        Returns
        -------
        pitch : ndarray of shape (n_notes,)
        """
        low, high = self.pitches[0] - _REACH, self.pitches[1] + _REACH
        up = np.ceil(np.maximum(low - pitch, 0) / 12)
        down = np.ceil(np.maximum(pitch - high, 0) / 12)
        return pitch + 12 * (up - down)


def cast_parts(
    notes: pd.DataFrame,
    instruments: Mapping[str, Instrument],
    conditions: Any,
    fixed: Mapping[str, str] | None = None,
) -> dict[str, Role]:
    """Return the role of each part: the voice most like its instrument that reaches its notes.

    Parameters
    ----------
    notes : DataFrame
        What is played: the columns part and pitch.
    instruments : dict of str to Instrument
        The instrument of each part.
    conditions : ConditionEncoder
        The conditions of the model that plays.
    fixed : dict of str to str, default=None
        A category that must play a part.

    Returns
    -------
    roles : dict of str to Role

    Raises
    ------
    ValueError
        For a category that the model does not know.
    """
    voices = list(_voices(conditions))
    roles: dict[str, Role] = {}
    for part, instrument in instruments.items():
        pitch = notes.pitch[notes.part == part].to_numpy(dtype=float)
        if len(pitch):
            taken = [role.voice for role in roles.values()]
            able = _able(voices, (fixed or {}).get(part))
            costs = [_cost(voice, pitch, instrument, taken) for voice in able]
            roles[part] = able[int(np.argmin(costs))]
    return roles


def _able(voices: list[Role], category: str | None) -> list[Role]:
    """Return the voices that a category leaves."""
    if category is None:
        return voices
    able = [voice for voice in voices if category in map(str, voice.conditions.values())]
    if not able:
        known = list(dict.fromkeys(str(v) for voice in voices for v in voice.conditions.values()))
        raise ValueError(
            f"The model has no {category!r}. It knows {', '.join(known[:40])}."
            f"{did_you_mean(category, known)}"
        )
    return able


def _voices(conditions: Any) -> Iterator[Role]:
    """Yield all combinations of categories that a model learnt, with their ranges."""
    names = [name for name, seen in conditions.categories_.items() if seen is not None]
    everything = {
        name: conditions.ranges_.get(name, (0.0, 127.0)) for name in ("pitch", "velocity")
    }
    for number, places in enumerate(conditions.groups_):
        own = {
            name: conditions.categories_[name].tolist()[place]
            for name, place in zip(names, places.tolist(), strict=True)
        }
        ranges = {
            name: tuple(map(float, table[number]))
            for name, table in conditions.group_ranges_.items()
        }
        low_high = {name: ranges.get(name, everything[name]) for name in everything}
        voice = " ".join(map(str, own.values())) or "the only voice"
        yield Role(voice, own, low_high["pitch"], low_high["velocity"])


def _cost(voice: Role, pitch: np.ndarray, instrument: Instrument, taken: list[str]) -> float:
    """Return how badly a voice suits a part."""
    names = [str(value).lower() for value in voice.conditions.values()]
    if instrument.voice in names or instrument.name in names:
        likeness = 0.0
    elif any(name.split("_")[0] == instrument.family.split("_")[0] for name in names):
        likeness = _OTHER
    else:
        likeness = _STRANGER
    low, high = voice.pitches
    outside = np.mean(np.maximum(low - pitch, 0) + np.maximum(pitch - high, 0)) / _REACH
    octaves = np.abs(voice.moved(pitch) - pitch).mean() / 12
    return (
        likeness + _OUTSIDE * outside / 4 + _OCTAVE * octaves + _TAKEN * taken.count(voice.voice)
    )
