"""Instruments sampled from a fitted model, to be played elsewhere."""

import numbers
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from audiogen.exceptions import ExtrapolationWarning
from audiogen.generators import clip_conditions
from audiogen.io import SampledInstrument, Zone
from audiogen.music._casting import REACH, Role, is_kit, voices_like, voices_of
from audiogen.music._instruments import Instrument, instrument_words
from audiogen.music._mix import frame_levels, needed_rate, pitched_generator, voice_sounds
from audiogen.music._named_voices import categories_of, named_voices, no_such_voice
from audiogen.music._pretrained import credit_and_licence, pretrained
from audiogen.music._sample_drums import (
    DRUMS,
    FULL,
    MOST_GAIN,
    kit_names,
    sample_drums,
    velocity_layers,
)
from audiogen.music._tuning import heard_pitch
from audiogen.signal import hz_to_midi, loop_note, steady_pitch
from audiogen.utils.seeds import draw_seed
from audiogen.utils.silence import silenced
from audiogen.utils.validation import Instance, Interval, Options, check_parameters

__all__ = ["sample_instrument"]

_STEP = 3  # keys of a zone: a key is played at most a semitone off its own sample
_STRETCHED = 5  # keys beyond the lowest and the highest sample that play it too
_FRAME = 0.1  # seconds
_MOST_SPREAD = 0.05  # semitones between partials: with more, no tuning is right for all
_FADE = 0.5  # seconds at the end of a sample that is played once, or a quarter of it
_CONSTRAINTS = {
    "instrument": (Options(None), Instance(str, "the name of an instrument")),
    "release": Interval(numbers.Real, 0, 60, closed="right"),
}


def sample_instrument(
    instrument: str | None = None,
    *,
    model: Any = None,
    release: float = 0.25,
    random_state: Any = None,
) -> SampledInstrument:
    """Sample an instrument of a fitted model, to play it in a sampler or a sequencer.

    Parameters
    ----------
    instrument : str, default=None
        A category of the model, such as an instrument or a family that it was fitted to, or a
        word for an instrument or a family, as in `instrument_names`, or "drums", or a kit; None
        takes the only one there is. Case does not matter.
    model : estimator, default=None
        A fitted pipeline with the condition pitch, or with drum and velocity; None takes
        ``pretrained("voices")``, or ``pretrained("drums")``.
    release : float, default=0.25
        Seconds in which a note decays by 60 dB after its end, up to 60.
    random_state : int, RandomState or None, default=None
        Seed of the sound.

    Returns
    -------
    instrument : SampledInstrument
        What its `save` writes as a SoundFont or as SFZ.

    Raises
    ------
    ValueError
        For an instrument that the model does not have, and for a model without the condition
        pitch or of an unknown sample rate.

    Notes
    -----
    Every third semitone is generated, over the pitches that the model learnt of the instrument
    and, up to an octave beyond, those that the instrument has; a fourth more at both ends is left
    to the outermost samples. `audiogen.signal.steady_pitch` takes out the drift of their pitch,
    and what their partials are off, in the mean weighted by power, is corrected. Where those of
    the lowest sample are more than 5 cents from one another, as a piano's may be, it is left out,
    and the next one plays its keys, down to a fourth. All have one level: softer notes are made
    by the player. With the condition velocity there are up to three layers of velocity, which
    differ in timbre.

    Drums are General MIDI's, each with its notes: the hits of a kit, which play on.

    Instruments that sustain are looped, by `audiogen.signal.loop_note`; those that are struck or
    plucked, by their General MIDI program, are not. Where a model's category is no known
    instrument, it is looped if most of its samples are steady.

    Examples
    --------
    >>> from audiogen.music import sample_instrument
    >>> sample_instrument("glockenspiel", random_state=0)
    SampledInstrument('glockenspiel', keys 69 to 108, 10 zones, 1 velocity layer, 44100 Hz)
    """
    check_parameters("sample_instrument", _CONSTRAINTS, locals())
    name = None if instrument is None else instrument.strip().lower()
    kits: Sequence[str] = () if model is not None else (*DRUMS, *kit_names(pretrained("drums")))
    if model is None:
        model = pretrained("drums" if name in kits else "voices")
    if is_kit(model):
        return sample_drums(name, model, draw_seed(random_state))
    final = pitched_generator(model, "sample_instrument")
    rate = needed_rate(model)
    role, known = _chosen(name, final.conditions_, kits)
    wanted = _wanted_notes(final, role, known, rate)
    with silenced(ExtrapolationWarning):  # as far as voices reach
        sounds = voice_sounds(
            model, wanted[final.condition_names_], rate=rate, voice=role.voice,
            seed=draw_seed(random_state),
        )  # fmt: skip
    credit, licence = credit_and_licence("voices", [role.voice], model)
    zones = _zones(wanted, sounds, rate, _sustains(known, sounds, rate))
    return SampledInstrument(
        (instrument or role.voice).strip(), zones, rate, credit=credit, licence=licence,
        program=0 if known is None else known.program, release=release,
    )  # fmt: skip


def _chosen(
    name: str | None, conditions: Any, kits: Sequence[str]
) -> tuple[Role, Instrument | None]:
    """Return the voice that is asked for, and what instrument it is, where that is known."""
    voices = voices_of(conditions)
    if name is None:
        if len(voices) > 1:
            raise ValueError(no_such_voice(name, voices, kits))
        able, word = voices, None
    else:
        able, word = named_voices(name, voices, kits)
    return able[0], word or _instrument_of(able[0])


def _instrument_of(voice: Role) -> Instrument | None:
    """Return the instrument that a voice is the best one for, or the first of its family."""
    kinds = dict.fromkeys(instrument_words().values())
    names = categories_of(voice)
    own = [kind for kind in kinds if kind.voice in names or kind.name in names]
    return next(iter(own or [kind for kind in kinds if voices_like(kind, [voice])]), None)


def _wanted_notes(final: Any, role: Role, known: Instrument | None, rate: int) -> pd.DataFrame:
    """Return the conditions of each sample, with the keys and velocities that play it."""
    keys = _key_zones(role, known, rate)
    layers = _velocity_layers(final, role)
    wanted = keys.merge(layers, how="cross").assign(**role.conditions)
    for name, (low, high) in final.conditions_.ranges_.items():
        if name not in ("pitch", "velocity"):
            wanted[name] = (low + high) / 2
    return wanted


def _key_zones(role: Role, known: Instrument | None, rate: int) -> pd.DataFrame:
    """Return the pitches that are sampled, with the keys that play each."""
    low, high = (round(pitch) for pitch in role.pitches)
    if known is not None:
        low, high = (
            min(low, max(known.low, low - REACH)),
            max(high, min(known.high, high + REACH)),
        )
    high = min(high, int(np.ceil(hz_to_midi(rate / 2))) - 1)  # what is above cannot sound
    if high < low:
        raise ValueError(
            f"No pitch of {role.voice!r} can sound: all are above half the model's sample rate of "
            f"{rate} Hz."
        )
    pitch = np.unique(np.minimum(np.arange(low + _STEP // 2, high + _STEP - 1, _STEP), high))
    return _keys_of(pitch, max(low - _STRETCHED, 0), min(high + _STRETCHED, 127))


def _keys_of(pitch: np.ndarray, lowest: int, highest: int) -> pd.DataFrame:
    """Return pitches with the keys that play each, which are those nearest to it."""
    first = (pitch[1:] + pitch[:-1]) // 2 + 1
    keys = {"low_key": np.r_[lowest, first], "high_key": np.r_[first - 1, highest]}
    return pd.DataFrame({"pitch": pitch} | keys)


def _velocity_layers(final: Any, role: Role) -> pd.DataFrame:
    """Return the velocities that are sampled, with those that play each."""
    if "velocity" not in final.conditions_.ranges_:
        return pd.DataFrame({"low_velocity": [0], "high_velocity": [127]})
    asked = pd.DataFrame({"velocity": [0.0, 127.0]}).assign(**role.conditions)
    low, high = clip_conditions(final, asked, ["velocity"]).velocity
    return velocity_layers(low, high)


def _sustains(known: Instrument | None, sounds: list[np.ndarray], rate: int) -> bool:
    """Tell whether notes sound as long as they are held."""
    if known is not None:
        return known.sustains
    steady = [loop_note(sound, sample_rate=rate) is not None for sound in sounds]
    return 2 * sum(steady) > len(steady)


def _zones(
    wanted: pd.DataFrame, sounds: list[np.ndarray], rate: int, sustains: bool
) -> list[Zone]:
    """Return the samples at one level, in tune, and looped where they sustain."""
    steady = [
        steady_pitch(sound, pitch, sample_rate=rate)
        for sound, pitch in zip(sounds, wanted.pitch, strict=True)
    ]
    samples = [_looped(sound, rate, sustains) for sound in steady]
    tuned = wanted.assign(sample=np.arange(len(samples)))
    tuned[["heard", "spread"]] = [
        heard_pitch(audio, pitch, rate)
        for (audio, _), pitch in zip(samples, wanted.pitch, strict=True)
    ]
    wanted = _in_tune(tuned)
    samples = [samples[place] for place in wanted["sample"]]
    levels = np.array([_level(audio, start, rate) for audio, start in samples])
    gains = np.minimum(levels.max() / np.maximum(levels, 1e-9), MOST_GAIN)
    peaks = [gain * np.abs(audio).max() for (audio, _), gain in zip(samples, gains, strict=True)]
    gains *= FULL / max(*peaks, 1e-9)
    return [
        Zone(
            (audio * gain).astype(np.float32), row["heard"],
            row["low_key"], row["high_key"], row["low_velocity"], row["high_velocity"], start,
        )
        for (audio, start), gain, row in zip(
            samples, gains, wanted.to_dict("records"), strict=True
        )
    ]  # fmt: skip


def _in_tune(samples: pd.DataFrame) -> pd.DataFrame:
    """Return the samples without the lowest, where its partials disagree on what its pitch is.

    The next one plays its keys, as far as an outermost one does.
    """
    spread = samples.groupby("pitch").spread.max()
    if len(spread) == 1 or not spread.iloc[0] > _MOST_SPREAD >= spread.iloc[1]:
        return samples
    pitch = spread.index.to_numpy()[1:]
    lowest = max(int(pitch[0]) - _STEP // 2 - _STRETCHED, samples.low_key.min())
    keys = _keys_of(pitch, lowest, samples.high_key.max())
    return samples.drop(columns=["low_key", "high_key"]).merge(keys, on="pitch")


def _looped(sound: np.ndarray, rate: int, sustains: bool) -> tuple[np.ndarray, int | None]:
    """Return a sound with where it is repeated from, None where it dies away or is too short."""
    looped = loop_note(sound, sample_rate=rate, decaying=True) if sustains else None
    return looped or (_ended(sound, rate), None)


def _ended(sound: np.ndarray, rate: int) -> np.ndarray:
    """Return a sound that ends in silence."""
    sound = np.trim_zeros(sound, "b").copy() if sound.any() else sound[:1].copy()
    n_fade = min(round(_FADE * rate), len(sound) // 4)
    sound[len(sound) - n_fade :] *= np.linspace(1, 0, n_fade, dtype=np.float32) ** 2
    return sound


def _level(audio: np.ndarray, start: int | None, rate: int) -> float:
    """Return the RMS of what is held, or of the loudest frame of what dies away."""
    size = round(_FRAME * rate) if start is None else len(audio)
    return float(frame_levels(audio, size).max())
