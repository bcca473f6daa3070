"""A score played, mixed and mastered."""

import numbers
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from audiogen.exceptions import ExtrapolationWarning
from audiogen.music._casting import DrumRole, Role
from audiogen.music._perform import perform_drums, perform_part
from audiogen.music._styles import Voice
from audiogen.signal import Mastered, loudness, master, pan, room, widen
from audiogen.utils.blas import single_blas_thread
from audiogen.utils.blocks import map_blocks
from audiogen.utils.seeds import Stream, spawn_seed
from audiogen.utils.silence import silenced
from audiogen.utils.validation import Interval, Options

__all__ = ["SOUND", "Mixdown", "mix_down"]

# What callers may ask of the sound of a clip.
SOUND = {
    "sample_rate": Interval(numbers.Integral, 8000, 192000, closed="both"),
    "loudness": Interval(numbers.Real, -70, 0, closed="both"),
    "fade_in": Interval(numbers.Real, 0, None),
    "fade_out": (Options(None), Interval(numbers.Real, 0, None)),
}

_MELODY = -20.0  # LUFS of the melody before mastering; other parts are relative to it
_UNKNOWN = Voice(level=-6.0)  # of a part that the style does not have
_QUIET = -60.0  # LUFS below which a stem is silence
_WIDTH = {"melody": 0.2, "chords": 0.45, "pad": 0.5, "counter": 0.3, "bass": 0.0, "drums": 0.25}
_WET = {"melody": 0.16, "chords": 0.14, "pad": 0.25, "counter": 0.2, "bass": 0.0, "drums": 0.07}
_SECONDS, _DAMPING = 1.2, 4500.0  # of the room
_ALONE = 1 << 30  # values of a part, as `map_blocks` counts: each is a block of its own
_SHORTEST_FADE = 0.03  # seconds: what still sounds at the end would click
_STRUCK = 0.1  # seconds after its last onset from which a part dies away
_DYING = (0.3, 1.4)  # seconds in which it does so, at least and at most
_DYING_DB = 30.0  # by which it falls before it ends in zero


class Mixdown(NamedTuple):
    """What `mix_down` returns.

    Parameters
    ----------
    mastered : Mastered
        The clip.
    stems : dict of str to ndarray of shape (n_timesteps, 2)
        Each part as it is in the clip.
    """

    mastered: Mastered
    stems: dict[str, np.ndarray]


def mix_down(
    notes: pd.DataFrame, places: Mapping[str, Voice], roles: Mapping[str, Role],
    drums: DrumRole | None, model: Any, kit: Any, *, n_timesteps: int, sample_rate: int,
    target: float, fades: tuple[float, float | None], loop: bool, seed: int,
) -> Mixdown:  # fmt: skip
    """Return notes as a mastered stereo clip.

    Parameters
    ----------
    notes : DataFrame
        Onset and duration in seconds, pitch, velocity, part, and perhaps gain.
    places : dict of str to Voice
        Where the parts stand, and how loud they are.
    roles : dict of str to Role
        What plays each part but the drums.
    drums : DrumRole or None
        What plays the drums; None where there are none.
    model, kit : estimator
        Fitted pipelines, for notes and for drums.
    n_timesteps, sample_rate : int
        Length of the clip in samples, and its sampling rate in Hz.
    target : float
        Loudness, in LUFS.
    fades : tuple of (float, float or None)
        Seconds of fading in and out. Where the second is None and the clip is no loop, what each
        part holds at the end dies away after its last onset, in the room, whose tail is heard.
    loop : bool
        Whether the clip repeats without a seam.
    seed : int
        Seed of the sounds.

    Returns
    -------
    mixdown : Mixdown
    """
    size: dict[str, Any] = {"n_timesteps": n_timesteps, "sample_rate": sample_rate, "loop": loop}
    parts = list(dict.fromkeys(notes.part.astype(str)))
    order = sorted(parts, key=lambda part: part != "drums")  # the longest work first

    def stem_of(rows: slice) -> np.ndarray:
        part = order[rows.start]
        own_notes = notes[notes.part == part]
        own = spawn_seed(seed, Stream.VOICE, *part.encode())
        with silenced(ExtrapolationWarning):  # as far as roles and kits let it
            if drums is not None and part == "drums":
                stem = perform_drums(own_notes, drums, kit, seed=own, **size)
            else:
                stem = perform_part(own_notes, roles[part], model, seed=own, **size)
        stem = _levelled(stem, places.get(part, _UNKNOWN), sample_rate)
        if fades[1] is None and not loop:
            _let_die(stem, own_notes.onset.to_numpy(dtype=float), sample_rate)
        return _in_room(stem, part, sample_rate, loop)

    with single_blas_thread():
        made = dict(zip(order, map_blocks(stem_of, len(order), _ALONE), strict=True))
        stems = {part: made[part] for part in parts}
        mix = np.zeros((2, n_timesteps), np.float32).T
        for stem in stems.values():
            mix += stem
        mastered = _mastered(mix, sample_rate, target, (fades[0], fades[1] or 0.0), loop)
        for stem in stems.values():
            stem *= mastered.gain[:, np.newaxis]
    return Mixdown(mastered, stems)


def _mastered(
    mix: np.ndarray, sample_rate: int, target: float, fades: tuple[float, float], loop: bool
) -> Mastered:
    """Return a mix at its loudness, with its fades."""
    fade_in, fade_out = fades
    return master(
        mix, sample_rate, loudness=target, fade_in=fade_in,
        fade_out=fade_out if loop else max(fade_out, _SHORTEST_FADE), wrap=loop,
    )  # fmt: skip


def _levelled(dry: np.ndarray, voice: Voice, sample_rate: int) -> np.ndarray:
    """Return a mono stem in stereo, at its level and place; `dry` is scaled in place."""
    measured = loudness(dry, sample_rate)
    if measured > _QUIET:
        dry *= np.float32(10 ** ((_MELODY + voice.level - measured) / 20))
    return pan(dry, voice.pan)


def _let_die(stem: np.ndarray, onsets: np.ndarray, sample_rate: int) -> None:
    """Let what sounds at the end of a stem decay as a played note does, in place."""
    end = len(stem) / sample_rate
    left = end - onsets[onsets < end].max(initial=0.0)
    n_fall = min(round(float(np.clip(left - _STRUCK, *_DYING)) * sample_rate), len(stem))
    fall = 10 ** np.linspace(0, -_DYING_DB / 20, n_fall + 1, dtype=np.float32)[1:]
    fall = (fall - fall[-1]) / (1 - fall[-1])
    stem[len(stem) - n_fall :] *= fall[:, np.newaxis]


def _in_room(stem: np.ndarray, part: str, sample_rate: int, loop: bool) -> np.ndarray:
    """Return a stem with its width, in the room."""
    if _WIDTH.get(part, 0.2):
        stem = widen(stem, _WIDTH.get(part, 0.2), sample_rate, wrap=loop)
    wet = _WET.get(part, 0.15)
    if wet:
        stem = room(stem, sample_rate, seconds=_SECONDS, wet=wet, damping=_DAMPING, wrap=loop)
    return np.asarray(stem, dtype=np.float32)
