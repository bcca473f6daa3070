"""A score played by voices and drums: one stem for each part."""

from typing import Any

import numpy as np
import pandas as pd

from audiogen.generators import clip_conditions
from audiogen.music._casting import DrumRole, Role
from audiogen.music._finish import resample_clip
from audiogen.music._mix import mix_notes, needed_rate
from audiogen.music._score import read_score
from audiogen.pipeline import split_steps
from audiogen.utils.seeds import Stream, make_rng, spawn_seed

__all__ = ["perform_drums", "perform_part"]

_RELEASE = 0.25  # seconds in which a note decays by 60 dB after its end
_STEP = 16  # of velocities that are told apart
_LEVELS = 6  # velocities of a drum that are told apart
_ROUND_ROBIN = 3  # sounds of one drum at one velocity
_CHOKED, _CHOKING = "hihat_open", ("hihat_closed", "hihat_pedal")
_CHOKE = 0.03  # seconds in which an open hi-hat is closed
_CYMBALS = ("ride", "ride_bell", "crash", "splash", "china")
_RESTRUCK = 0.25  # seconds in which a cymbal that is struck again forgets the stroke before
_GAINS = {"ride": 0.7}  # of drums whose wash covers others where they are struck on every beat
_RING_OUT = 0.5  # seconds in which what rings on where a sound ends fades
# Where drums stand, from -1 (left) to 1 (right), as a listener sees them.
_PLACES = {
    "hihat_closed": 0.3, "hihat_open": 0.3, "hihat_pedal": 0.3, "tom_high": 0.25, "tom_mid": 0.0,
    "tom_low": -0.3, "crash": -0.35, "ride": -0.4, "ride_bell": -0.4, "splash": 0.35,
    "china": -0.45, "shaker": -0.35, "tambourine": 0.4, "maracas": -0.4, "bongo_high": 0.3,
    "bongo_low": 0.2, "conga_high": -0.2, "conga_low": -0.3, "conga_mute": -0.25, "claves": 0.35,
    "cowbell": 0.25, "triangle": 0.45, "clap": 0.1,
}  # fmt: skip


def perform_part(
    notes: pd.DataFrame, role: Role, model: Any, *,
    n_timesteps: int, sample_rate: int, loop: bool, seed: int,
) -> np.ndarray:  # fmt: skip
    """Return one part as a mono stem.

    Parameters
    ----------
    notes : DataFrame
        Onset and duration in seconds, pitch, velocity, and perhaps gain and controls.
    role : Role
        The voice that plays it.
    model : estimator
        A fitted pipeline with the condition pitch.
    n_timesteps, sample_rate : int
        Length of the stem in samples, and its sampling rate in Hz.
    loop : bool
        Whether what sounds beyond the end is added at the beginning.
    seed : int
        Seed of the sound.

    Returns
    -------
    stem : ndarray of shape (n_timesteps,), float32
    """
    final = split_steps(model)[1]
    rate = needed_rate(model)
    pitch = role.moved(notes.pitch.to_numpy(dtype=float))
    notes = notes.assign(pitch=pitch, voice=role.voice, **role.conditions)
    table = read_score(notes, final.condition_names_, final.categories_)
    if "velocity" in final.condition_names_:  # beyond the learnt ones the level makes up for it
        asked = table.velocity
        table["velocity"] = (asked / _STEP).round() * _STEP  # alike ones are generated once
        table = clip_conditions(final, table, ["velocity"])
        table["gain"] *= np.square(asked.clip(1) / table.velocity.clip(1))
    n_own = round(n_timesteps / sample_rate * rate)
    table = table[table.onset < n_timesteps / sample_rate].reset_index(drop=True)
    if table.empty:
        return np.zeros(n_timesteps, np.float32)
    mix, _ = mix_notes(
        model, table, rate=rate, n_timesteps=n_own, loop=loop, release=_RELEASE, glide=None,
        seed=seed, controls=notes.controls.iloc[0] if "controls" in notes else None,
    )  # fmt: skip
    return resample_clip(mix, rate, sample_rate, n_timesteps, loop)


def perform_drums(
    notes: pd.DataFrame, role: DrumRole, kit: Any, *,
    n_timesteps: int, sample_rate: int, loop: bool, seed: int,
) -> np.ndarray:  # fmt: skip
    """Return drums as a stereo stem.

    Parameters
    ----------
    notes : DataFrame
        Onset in seconds, pitch (General MIDI's percussion notes), velocity, and perhaps gain and
        controls.
    role : DrumRole
        The drums that play it.
    kit : estimator
        A fitted pipeline with the conditions drum and velocity, and perhaps kit.
    n_timesteps, sample_rate : int
        Length of the stem in samples, and its sampling rate in Hz.
    loop : bool
        Whether what sounds beyond the end is added at the beginning.
    seed : int
        Seed of the sounds.

    Returns
    -------
    stem : ndarray of shape (n_timesteps, 2), float32
    """
    rate = needed_rate(kit)
    hits = notes[notes.onset < n_timesteps / sample_rate].reset_index(drop=True)
    if hits.empty:
        return np.zeros((n_timesteps, 2), np.float32)
    hits["drum"] = hits.pitch.astype(int).map(role.drums)
    sounds, which = _hit_sounds(hits, kit, role.kit, seed)
    n_own = round(n_timesteps / sample_rate * rate)
    stem = np.zeros((2, n_own), np.float32)
    ends = _damped_ends(hits, n_timesteps / sample_rate if loop else np.inf)
    sounds = sounds * _ring_out(sounds.shape[1], rate)
    for hit, number, end in zip(hits.to_dict("records"), which, ends, strict=True):
        onset, drum = hit["onset"], hit["drum"]
        fade = _CHOKE if drum == _CHOKED else _RESTRUCK
        sound = _damped(sounds[number], end - onset, fade, rate) * _GAINS.get(drum, 1.0)
        if "controls" in hit:
            sound = hit["controls"].swelled(sound, onset, rate)
        sound = sound * hit.get("gain", 1.0)
        _add_stereo(stem, sound, round(onset * rate), _PLACES.get(drum, 0.0), loop)
    both = [resample_clip(c, rate, sample_rate, n_timesteps, loop) for c in stem]
    return np.stack(both).T


def _hit_sounds(
    hits: pd.DataFrame, kit: Any, kit_name: str | None, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the distinct sounds of all hits, and which of them each hit has."""
    rng = make_rng(seed, Stream.VOICE)
    low, high = split_steps(kit)[1].conditions_.ranges_["velocity"]
    steps = np.rint((hits.velocity.clip(low, high) - low) / max(high - low, 1) * (_LEVELS - 1))
    wanted = pd.DataFrame(
        {"drum": hits.drum, "velocity": low + steps / (_LEVELS - 1) * (high - low)}
    )
    wanted["take"] = rng.integers(_ROUND_ROBIN, size=len(wanted))
    which = wanted.groupby(list(wanted), sort=False).ngroup().to_numpy()
    distinct = wanted.iloc[np.unique(which, return_index=True)[1]].drop(columns="take")
    names = split_steps(kit)[1].condition_names_
    if "kit" in names:
        distinct = distinct.assign(kit=kit_name)
    sounds = kit.sample(
        y=distinct[names].reset_index(drop=True), random_state=spawn_seed(seed, Stream.SAMPLE)
    )
    return sounds, which


def _damped_ends(hits: pd.DataFrame, period: float) -> np.ndarray:
    """Return when each hit is damped: an open hi-hat as it is closed, a cymbal struck again.

    What comes first after the seam of a loop of so many seconds damps what comes last before it.
    """
    ends = np.full(len(hits), np.inf)
    for drum in (_CHOKED, *_CYMBALS):
        damping = hits.onset[hits.drum.isin(_CHOKING if drum == _CHOKED else (drum,))].to_numpy()
        damping = np.concatenate([damping, damping + period])
        for row in np.flatnonzero(hits.drum == drum):
            later = damping[damping > hits.onset[row] + 1e-6]
            ends[row] = later.min() if len(later) else np.inf
    return ends


def _damped(sound: np.ndarray, seconds: float, fade: float, rate: int) -> np.ndarray:
    """Return a sound that is damped after some seconds."""
    n_open, n_fade = round(min(seconds, len(sound) / rate) * rate), round(fade * rate)
    if n_open >= len(sound):
        return sound
    sound = sound[: n_open + n_fade].copy()
    sound[n_open:] *= np.linspace(1, 0, n_fade, dtype=np.float32)[: len(sound) - n_open] ** 2
    return sound


def _ring_out(n_timesteps: int, rate: int) -> np.ndarray:
    """Return the gain with which what rings longer than the sounds of a kit fades."""
    n_fade = min(n_timesteps, round(_RING_OUT * rate))
    gain = np.ones(n_timesteps, np.float32)
    gain[n_timesteps - n_fade :] = np.linspace(1, 0, n_fade, dtype=np.float32) ** 2
    return gain


def _add_stereo(stem: np.ndarray, sound: np.ndarray, begin: int, place: float, loop: bool) -> None:
    """Add a sound at its place in the stereo picture, round the end where it is a loop."""
    angle = (place + 1) * np.pi / 4
    gains = np.float32(np.sqrt(2)) * np.array([np.cos(angle), np.sin(angle)], np.float32)
    while len(sound):
        part = sound[: stem.shape[1] - begin]
        for channel, gain in zip(stem, gains, strict=True):
            channel[begin : begin + len(part)] += part * gain
        sound, begin = sound[len(part) :], 0
        if not loop:
            return
