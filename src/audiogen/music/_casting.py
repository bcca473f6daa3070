"""Which of a model's voices plays which part of a score."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from audiogen.generators import clip_conditions
from audiogen.io import general_midi_drums
from audiogen.music._instruments import Instrument
from audiogen.music._mix import needed_rate, voice_sounds
from audiogen.pipeline import split_steps
from audiogen.signal import loop_note
from audiogen.utils.validation import warn_user

__all__ = [
    "KIT", "REACH", "DrumRole", "Role", "cast_drums", "cast_parts", "is_kit", "is_played",
    "kit_generator", "voice_sustains", "voices_like", "voices_of", "warn_of_moved",
]  # fmt: skip

KIT = "muldjord"  # the one that drums are played on where nothing else is wanted
REACH = 12  # semitones beyond the pitches that a voice learnt: the most that it extrapolates
# What counts against a voice: another instrument, then another family, and one whose notes die
# away where the instrument's are held; a part out of its reach; an octave that the part is moved
# by; another part that it plays.
_OTHER, _STRANGER, _UNSUITED = 1.0, 3.0, 1.2
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
    """

    voice: str
    conditions: dict[str, Any] = field(default_factory=dict)
    pitches: tuple[float, float] = (0.0, 127.0)

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
        low, high = self.pitches[0] - REACH, self.pitches[1] + REACH
        up = np.ceil(np.maximum(low - pitch, 0) / 12)
        down = np.ceil(np.maximum(pitch - high, 0) / 12)
        return pitch + 12 * (up - down)


@dataclass(frozen=True)
class DrumRole:
    """The drums of a model that play percussion notes.

    Parameters
    ----------
    kit : str or None
        The kit to ask the model for; None where it has none.
    drums : dict of int to str
        The drum that plays each of General MIDI's percussion notes.
    kits : tuple of str
        The kits that are heard: another lends the drums that the kit lacks.
    """

    kit: str | None
    drums: dict[int, str]
    kits: tuple[str, ...]


def is_kit(model: Any) -> bool:
    """Tell whether a model plays drums: by drum and velocity, and perhaps by kit."""
    categories = getattr(split_steps(model)[1], "categories_", {})
    if not {"drum", "velocity"} <= set(categories) <= {"drum", "kit", "velocity"}:
        return False
    return categories["drum"] is not None and categories["velocity"] is None  # names; numbers


def kit_generator(kit: Any, caller: str) -> Any:
    """Return the generator of a drum kit; refuse what plays no drums."""
    if not is_kit(kit):
        raise ValueError(
            f"{caller} needs a drum_kit that was fitted with y a DataFrame with the columns "
            "'drum', of names, and 'velocity', of numbers, and perhaps 'kit'. This "
            f"{type(split_steps(kit)[1]).__name__} was not."
        )
    return split_steps(kit)[1]


def cast_drums(notes: pd.DataFrame, conditions: Any, wanted: str = KIT) -> DrumRole:
    """Return what plays the drums.

    Parameters
    ----------
    notes : DataFrame
        What is played: the columns part and pitch.
    conditions : ConditionEncoder
        The conditions of the model that plays: drum, and perhaps kit.
    wanted : str, default=KIT
        The kit to ask for, where the model has it.

    Returns
    -------
    role : DrumRole

    Warns
    -----
    UserWarning
        Of the notes whose own drum is missing.
    """
    pitches = sorted({int(pitch) for pitch in notes.pitch[notes.part == "drums"]})
    played = general_midi_drums(pitches, conditions.categories_["drum"].tolist())
    drums = dict(zip(pitches, played, strict=True))
    known = conditions.categories_.get("kit")
    if known is None:
        return DrumRole(None, drums, ())
    kit = wanted if wanted in known.tolist() else str(known[0])
    learnt = conditions.combinations_
    kits: list[str] = []
    for drum in dict.fromkeys(played):
        own = list(dict.fromkeys(learnt["kit"][learnt["drum"] == drum]))
        kits += [kit] if kit in own else own
    return DrumRole(kit, drums, tuple(dict.fromkeys(kits)))


def cast_parts(
    notes: pd.DataFrame,
    instruments: Mapping[str, Instrument],
    conditions: Any,
    fixed: Mapping[str, list[Role]] | None = None,
    *,
    model: Any = None,
) -> dict[str, Role]:
    """Return the role of each part: a voice like its instrument that reaches most of its notes.

    Voices of an instrument and its family are told by their names. Where there are none, such as
    in a model of one's own families, a voice whose notes are held suits a part of a flute or of
    strings, and one whose notes die away a part of a guitar or a piano.

    Parameters
    ----------
    notes : DataFrame
        What is played: the columns part and pitch.
    instruments : dict of str to Instrument
        The instrument of each part.
    conditions : ConditionEncoder
        The conditions of the model that plays.
    fixed : dict of str to list of Role, default=None
        Voices one of which must play a part.
    model : estimator, default=None
        The model that plays, to hear which of its voices are held; None goes by names and
        pitches alone.

    Returns
    -------
    roles : dict of str to Role
    """
    voices, fixed = voices_of(conditions), fixed or {}
    roles: dict[str, Role] = {}
    held: dict[str, bool] = {}
    for part, instrument in instruments.items():
        pitch = notes.pitch[notes.part == part].to_numpy(dtype=float)
        if len(pitch):
            taken = [role.voice for role in roles.values()]
            able = fixed.get(part, voices)
            kin = voices_like(instrument, able)
            able = kin or able
            costs = [_cost(voice, _most(voice, pitch), instrument, taken) for voice in able]
            if model is not None and len(able) > 1 and not kin:
                roles[part] = _suited(able, costs, instrument.sustains, model, held)
            else:
                roles[part] = able[int(np.argmin(costs))]
    return roles


def _suited(
    able: list[Role], costs: list[float], sustains: bool, model: Any, held: dict[str, bool]
) -> Role:
    """Return the voice of the least cost, among strangers that are held or die away.

    Only those that may be the best are heard, each once: what is known of them is in `held`.
    """
    best, least = able[0], np.inf
    for place in np.argsort(costs, kind="stable"):
        if costs[place] >= least:
            break
        voice = able[place]
        if voice.voice not in held:
            held[voice.voice] = voice_sustains(voice, model)
        total = costs[place] + _UNSUITED * (held[voice.voice] != sustains)
        if total < least:
            best, least = voice, total
    return best


def voice_sustains(voice: Role, model: Any) -> bool:
    """Tell whether the notes of a voice sound as long as they are held.

    It is told from one note, generated at the middle of the pitches that were learnt: whether
    its level is steady enough for `audiogen.signal.loop_note`.

    Parameters
    ----------
    voice : Role
        The voice.
    model : estimator
        A fitted pipeline with the condition pitch.

    Returns
    -------
    sustains : bool
    """
    rate, final = needed_rate(model), split_steps(model)[1]
    middle = {name: np.mean(learnt) for name, learnt in final.conditions_.ranges_.items()}
    wanted = pd.DataFrame([{**middle, "pitch": np.mean(voice.pitches), **voice.conditions}])
    wanted = clip_conditions(final, wanted, list(middle))
    (sound,) = voice_sounds(model, wanted, rate=rate, voice=voice.voice, seed=0)
    return loop_note(sound, sample_rate=rate) is not None


def voices_of(conditions: Any) -> list[Role]:
    """Return all combinations of categories that a model learnt, with their pitches.

    Parameters
    ----------
    conditions : ConditionEncoder
        The conditions of the model, pitch among them.

    Returns
    -------
    voices : list of Role
    """
    names = conditions.group_names_
    pitches = conditions.group_ranges_["pitch"].astype(float).tolist()
    voices = []
    for places, (low, high) in zip(conditions.groups_, pitches, strict=True):
        own = {
            name: conditions.categories_[name].tolist()[place]
            for name, place in zip(names, places.tolist(), strict=True)
        }
        voices.append(Role(" ".join(map(str, own.values())) or "the only voice", own, (low, high)))
    return voices


def voices_like(instrument: Instrument, voices: list[Role]) -> list[Role]:
    """Return the voices of an instrument or its family, the one that suits it best first.

    Parameters
    ----------
    instrument : Instrument
        What is asked for.
    voices : list of Role
        What there is.

    Returns
    -------
    voices : list of Role
        Empty where there are strangers only.
    """
    pitch = np.arange(instrument.low, instrument.high + 1)
    kin = [voice for voice in voices if _unlikeness(voice, instrument) < _STRANGER]
    return sorted(kin, key=lambda voice: _cost(voice, pitch, instrument, []))


def _cost(voice: Role, pitch: np.ndarray, instrument: Instrument, taken: list[str]) -> float:
    """Return how badly a voice suits a part."""
    n_taken = taken.count(voice.voice)
    return _unlikeness(voice, instrument) + _unreached(voice, pitch).mean() + _TAKEN * n_taken


def _unreached(voice: Role, pitch: np.ndarray) -> np.ndarray:
    """Return how badly a voice suits each pitch."""
    low, high = voice.pitches
    outside = (np.maximum(low - pitch, 0) + np.maximum(pitch - high, 0)) / REACH
    octaves = np.abs(voice.moved(pitch) - pitch) / 12
    return _OUTSIDE * outside / 4 + _OCTAVE * octaves


def _most(voice: Role, pitch: np.ndarray) -> np.ndarray:
    """Return most of the pitches of a part, those that suit a voice best: others are moved."""
    return pitch[np.argsort(_unreached(voice, pitch), kind="stable")[: len(pitch) // 2 + 1]]


def _unlikeness(voice: Role, instrument: Instrument) -> float:
    """Return how far a voice is from an instrument: another, or one of another family."""
    names = [str(value).lower() for value in voice.conditions.values()]
    if instrument.voice in names or instrument.name in names:
        return 0.0
    kin = any(name.split("_")[0] == instrument.family.split("_")[0] for name in names)
    return _OTHER if kin else _STRANGER


def is_played(instrument: Instrument, conditions: Any) -> bool:
    """Tell whether a model has a voice like an instrument, or at least one of its family.

    Parameters
    ----------
    instrument : Instrument
        The instrument.
    conditions : ConditionEncoder
        The conditions of the model that plays. One without categories has one voice for all.

    Returns
    -------
    is_played : bool
    """
    voices = list(voices_of(conditions))
    return len(voices) == 1 or bool(voices_like(instrument, voices))


def warn_of_moved(notes: pd.DataFrame, roles: Mapping[str, Role]) -> None:
    """Say which parts have notes out of reach, which are moved by octaves.

    Parameters
    ----------
    notes : DataFrame
        What is played: the columns part and pitch.
    roles : dict of str to Role
        What plays each part.

    Warns
    -----
    UserWarning
        Once for all parts.
    """
    counts = {}
    for part, role in roles.items():
        pitch = notes.pitch[notes.part == part].to_numpy(dtype=float)
        counts[part] = int(np.count_nonzero(role.moved(pitch) != pitch))
    named = [f"{count} of {part} ({roles[part].voice})" for part, count in counts.items() if count]
    if named:
        warn_user(f"Notes out of reach are moved by octaves: {', '.join(named)}.")
