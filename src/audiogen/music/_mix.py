"""Notes generated and mixed at their onsets, at the generator's sample rate."""

import inspect
import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from audiogen.music._controls import Controls
from audiogen.pipeline import generate, inverse_transform_steps, sample_rate_of, split_steps
from audiogen.signal import hold_note, pan
from audiogen.utils.seeds import Stream, make_rng, spawn_seed

__all__ = ["frame_levels", "mix_notes", "needed_rate", "pitched_generator", "voice_sounds"]

_AT_ONCE = 32  # notes generated at once
_LEVEL, _MOST_GAIN = 0.1, 10.0  # RMS of the loudest frame; near silence stays near silence
_LEVEL_FRAME = 0.1  # seconds
_MARGIN = 0.3  # seconds beyond a note: silence is cut off before it, and its end is measured
_ONSET_DB, _ONSET_FRAME = 30.0, 0.01  # below the loudest frame; seconds
_RISE = 0.003  # seconds: what begins at once clicks


def pitched_generator(estimator: Any, caller: str) -> Any:
    """Return the generator itself; refuse one without the condition pitch."""
    generator = split_steps(estimator)[1]
    if getattr(generator, "categories_", {}).get("pitch", "none") is not None:
        raise ValueError(
            f"{caller} needs a generator that was fitted with y a DataFrame with the column "
            f"'pitch', of numbers. This {type(generator).__name__} was not."
        )
    return generator


def needed_rate(estimator: Any, another_way: str = "") -> int:
    """Return the sample rate that a generator or its pipeline states; refuse one without.

    The message names `another_way` to give it, such as "to render, or ", before the usual one.
    """
    rate = sample_rate_of(estimator)
    if rate is None:
        raise ValueError(
            f"No step of this {type(estimator).__name__} states the sample rate of its sounds. "
            f"Give it {another_way}to the pipeline, as GenerativePipeline(steps, sample_rate=...)."
        )
    return rate


def mix_notes(
    generator: Any,
    score: pd.DataFrame,
    *,
    rate: int,
    n_timesteps: int,
    loop: bool,
    release: float,
    glide: float | None,
    seed: int,
    controls: Controls | None = None,
) -> tuple[np.ndarray, bool]:
    """Return so many samples of the sum of all notes, and whether some sound beyond them.

    What does is added at the beginning of a loop, and otherwise left out. Controls bend notes and
    turn them up and down while they sound. Where notes have pans there are two rows, left and
    right.
    """
    wanted, gains = _conditions_and_gains(split_steps(generator)[1], score)
    latents = _voice_latents(generator, score, glide, seed)
    which, firsts = _distinct_notes(wanted.assign(voice=score.voice), latents)
    begins = np.rint(score.onset * rate).astype(int).to_numpy()
    pans = score.pan.to_numpy() if "pan" in score else None
    mix = np.zeros(n_timesteps if pans is None else (2, n_timesteps), np.float32)
    rings = False
    sizes = _sizes(generator, score.duration.to_numpy() + release, which, rate)
    for block, block_seed in _blocks_of_voices(score.voice.to_numpy()[firsts], sizes, seed):
        rows, size = firsts[block], int(sizes[block[0]]) or None
        sounds = _generated(generator, wanted.iloc[rows], latents, rows, size, block_seed)
        for note in np.flatnonzero(np.isin(which, block)):
            sound = _trimmed(sounds[np.searchsorted(block, which[note])], rate)
            heard = _heard_seconds(score.duration[note], n_timesteps, len(sound), rate, loop)
            letting_go: dict[str, Any] = {"sample_rate": rate, "release": release}
            if controls is None:
                sound = hold_note(sound, heard, **letting_go)
            else:
                sound = controls.held(sound, score.onset[note], heard, **letting_go)
            if "velocity" not in wanted:
                sound = _at_one_level(sound, rate)
            if controls is not None:
                sound = controls.swelled(sound, score.onset[note], rate)
            sound *= np.float32(gains[note])
            rings |= begins[note] + len(sound) > n_timesteps
            for channel, part in _channels(mix, sound, None if pans is None else pans[note]):
                _add(channel, part, begins[note], loop)
    return mix, rings


def voice_sounds(
    generator: Any, wanted: pd.DataFrame, *, rate: int, voice: str, seed: int
) -> list[np.ndarray]:
    """Return the sounds of notes of one voice, as generated, each from its onset."""
    score = wanted.assign(voice=voice, onset=0.0)
    latents = _voice_latents(generator, score, None, seed)
    sounds: list[np.ndarray] = []
    for start in range(0, len(score), _AT_ONCE):
        rows = np.arange(start, min(start + _AT_ONCE, len(score)))
        block_seed = spawn_seed(seed, Stream.SAMPLE, _key_of(voice), 0, start)
        sounds += list(_generated(generator, wanted.iloc[rows], latents, rows, None, block_seed))
    return [_trimmed(sound, rate) for sound in sounds]


def _heard_seconds(duration: float, n_mix: int, n_sound: int, rate: int, loop: bool) -> float:
    """Return a note's duration, no longer than is of use: files claim any.

    In a loop the note itself ends it, when it is played again. Elsewhere it is held beyond the end
    of the clip and of its own sound, so that the part that is heard does not depend on the end.
    """
    return min(duration, (n_mix if loop else n_mix + n_sound) / rate)


def _channels(
    mix: np.ndarray, sound: np.ndarray, place: float | None
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield each channel of a mix, and what of a sound is heard on it."""
    if place is None:
        yield mix, sound
        return
    (gains,) = pan(np.ones(1, np.float32), place)
    for channel, gain in zip(mix, gains, strict=True):
        yield channel, sound * gain


def _add(mix: np.ndarray, sound: np.ndarray, begin: int, loop: bool) -> None:
    """Add a sound to a mix, round its end where it is a loop."""
    part = sound[: max(0, len(mix) - begin)]
    mix[begin : begin + len(part)] += part
    while loop and len(part) < len(sound):
        sound = sound[len(part) :]
        part = sound[: len(mix)]
        mix[: len(part)] += part


def _sizes(generator: Any, seconds: np.ndarray, which: np.ndarray, rate: int) -> np.ndarray:
    """Return how many samples are wanted of each distinct note, 0 for all that there are.

    They are powers of two, so that notes of about one length are generated together.
    """
    limits = [
        step.n_features_in_
        for step in split_steps(generator)[0]
        if "n_timesteps" in inspect.signature(step.inverse_transform).parameters
    ]
    longest = np.zeros(which.max() + 1)
    if not limits:
        return longest.astype(int)
    np.maximum.at(longest, which, (seconds + _MARGIN) * rate)
    sizes = 2 ** np.ceil(np.log2(longest)).astype(int)
    return np.where(sizes < min(limits), sizes, 0)


def _blocks_of_voices(
    voices: np.ndarray, sizes: np.ndarray, seed: int
) -> Iterator[tuple[np.ndarray, int]]:
    """Yield blocks of distinct notes of one voice and size, and a seed for each block.

    A voice sounds the same whatever others there are.
    """
    for voice in dict.fromkeys(voices):
        for size in np.unique(sizes[voices == voice]):
            own = np.flatnonzero((voices == voice) & (sizes == size))
            for start in range(0, len(own), _AT_ONCE):
                keys = (_key_of(voice), int(size), start)
                yield own[start : start + _AT_ONCE], spawn_seed(seed, Stream.SAMPLE, *keys)


def _key_of(voice: Any) -> int:
    """Return the key of a voice's own streams of random numbers."""
    return zlib.crc32(str(voice).encode())


def _conditions_and_gains(final: Any, score: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray]:
    """Return the conditions of all notes, and gains for velocities that are no condition."""
    wanted = score[final.condition_names_].copy()
    if "velocity" in wanted:
        velocity = score.velocity.fillna(100)
        known = final.conditions_.ranges_.get("velocity", (0, 127))
        wanted["velocity"] = velocity.clip(*known)
        gains = velocity.clip(1) / wanted.velocity.clip(1)
    else:
        gains = score.velocity.fillna(127) / 127
    gains = np.square(gains)
    return wanted, (gains * score.gain).to_numpy()


def _trimmed(sound: np.ndarray, rate: int) -> np.ndarray:
    """Return a sound without the near silence that precedes it in some recordings, from zero."""
    size = int(_ONSET_FRAME * rate)
    levels = frame_levels(sound, size)
    first = int(np.argmax(levels >= 10 ** (-_ONSET_DB / 20) * levels.max()))
    sound = sound[max(0, first - 1) * size :].copy()
    rise = np.linspace(0, np.pi / 2, round(_RISE * rate), dtype=np.float32)[: len(sound)]
    sound[: len(rise)] *= np.square(np.sin(rise))
    return sound


def _at_one_level(sound: np.ndarray, rate: int) -> np.ndarray:
    """Return a note whose loudest frame has a set level: some pitches are generated louder."""
    loudest = frame_levels(sound, int(_LEVEL_FRAME * rate)).max()
    return sound * np.float32(min(_LEVEL / max(loudest, 1e-9), _MOST_GAIN))


def frame_levels(sound: np.ndarray, size: int) -> np.ndarray:
    """Return the RMS of each frame of a sound."""
    size = min(size, len(sound))
    frames = sound[: len(sound) // size * size].reshape(-1, size)
    return np.sqrt(np.square(frames).mean(axis=1))


def _generated(
    generator: Any,
    wanted: pd.DataFrame,
    latents: np.ndarray | None,
    rows: np.ndarray,
    n_timesteps: int | None,
    seed: int,
) -> np.ndarray:
    """Return the sounds of some notes, from their latents where there are any."""
    wanted = wanted.reset_index(drop=True)
    steps, final = split_steps(generator)
    if latents is not None and steps:
        features = final.decode(latents[rows], wanted)
        sounds = inverse_transform_steps(steps, features, wanted, seed, n_timesteps)
    elif latents is not None:
        taken = inspect.signature(final.decode).parameters
        options = {"random_state": seed} if "random_state" in taken else {}
        sounds = final.decode(latents[rows], wanted, **options)
    else:
        sounds = generate(generator, y=wanted, random_state=seed)
    if sounds.ndim != 2:
        raise ValueError(
            f"The generator's samples have the shape {sounds.shape[1:]}, which is not that of "
            "audio. Give the whole pipeline, whose steps turn them into audio."
        )
    return sounds


def _distinct_notes(
    table: pd.DataFrame, latents: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray]:
    """Return the number of each note's sound, and the row where each sound occurs first."""
    if latents is not None:
        table = table.drop(columns="voice")
        table = table.assign(**{f"z{i}": column for i, column in enumerate(latents.T)})
    which = table.groupby(list(table), sort=False).ngroup().to_numpy()
    return which, np.unique(which, return_index=True)[1]


def _voice_latents(
    generator: Any, score: pd.DataFrame, glide: float | None, seed: int
) -> np.ndarray | None:
    """Return the latent of each note, or None for a generator without latents."""
    if not hasattr(generator, "decode"):
        if glide is not None:
            raise ValueError(
                f"glide needs a generator with decode; {type(generator).__name__} has none."
            )
        return None
    size = split_steps(generator)[1].latent_dim_
    latents = np.empty((len(score), size), np.float32)
    for voice, notes in score.groupby("voice"):
        rng = make_rng(seed, Stream.VOICE, _key_of(voice))
        if glide is None:
            latents[notes.index] = rng.standard_normal(size)
        else:
            places = notes.onset.to_numpy() / glide
            anchors = rng.standard_normal((int(places.max()) + 2, size))
            latents[notes.index] = _spherical(anchors, places)
    return latents


def _spherical(anchors: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Return points at fractional places between anchors, by spherical interpolation.

    K. Shoemake, "Animating rotation with quaternion curves", SIGGRAPH 1985.
    """
    before = places.astype(int)
    share = (places - before)[:, np.newaxis]
    a, b = anchors[before], anchors[before + 1]
    lengths = np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1)
    angle = np.arccos(np.clip((a * b).sum(axis=1) / lengths, -1, 1))[:, np.newaxis]
    if len(anchors[0]) == 1:
        return (1 - share) * a + share * b  # there are no arcs on a line
    sine = np.maximum(np.sin(angle), 1e-6)
    return (np.sin((1 - share) * angle) * a + np.sin(share * angle) * b) / sine
