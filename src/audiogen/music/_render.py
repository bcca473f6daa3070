"""Notes, or a MIDI file, played by a fitted generator as one clip."""

import numbers
from typing import Any

import numpy as np

from audiogen.music._finish import (
    refuse_fades_of_loop,
    refuse_too_long,
    resample_clip,
    seconds_of,
    set_loudness,
)
from audiogen.music._mix import mix_notes, needed_rate, pitched_generator
from audiogen.music._score import read_score
from audiogen.signal import fade
from audiogen.utils.seeds import draw_seed
from audiogen.utils.validation import Instance, Interval, Options, check_parameters

__all__ = ["render"]

_SHORTEST_FADE = 0.01  # seconds: sound that stops abruptly would click
_BYTES = 20  # of memory that a sample of a channel takes


def render(
    generator: Any,
    notes: Any,
    *,
    sample_rate: int = 44100,
    seconds: float | None = None,
    tail: float = 1.0,
    release: float = 0.2,
    glide: float | None = None,
    loop: bool = False,
    fade_in: float = 0.0,
    fade_out: float = 0.0,
    loudness: float | None = None,
    programs: dict | None = None,
    generator_rate: int | None = None,
    random_state: Any = None,
) -> np.ndarray:
    """Play notes with a generator, as one clip.

    Parameters
    ----------
    generator : estimator
        A fitted generator, or a pipeline that ends in one, with the condition pitch.
    notes : DataFrame, list of dict, str, path-like or pretty_midi.PrettyMIDI
        The notes. A DataFrame, or a list of its rows, has the columns onset and duration
        (seconds), pitch (MIDI, fractions allowed, or a name such as "C4") and the generator's
        other conditions, and may have velocity (0 to 127), voice, and pan (-1, left, to 1, right),
        which makes the clip stereo. Otherwise a MIDI file, a path, or a tune that was read from
        one, as `audiogen.io.read_midi` takes them; or a folder, whose MIDI files are played one
        after the other, a second apart, in the order of their names.
    sample_rate : int, default=44100
        Sampling rate of the clip, in Hz.
    seconds : float, default=None
        Length of the clip. None ends the clip `tail` after the last note, or, for a `loop`,
        with the last note.
    tail : float, default=1.0
        Seconds after the end of the last note.
    release : float, default=0.2
        Seconds in which a note decays by 60 dB after its end.
    glide : float, default=None
        None gives each voice one latent, so that it sounds as one instrument. A number lets the
        latent of a voice move, on arcs between random points so many seconds apart.
    loop : bool, default=False
        Whether sound beyond the end is added at the beginning, so that the clip repeats
        without a seam. A note is then no longer than the clip, which plays it again.
    fade_in, fade_out : float, default=0.0
        Lengths of the fades, in seconds. Where the clip ends while a note sounds, it fades out
        in at least 0.01 s.
    loudness : float, default=None
        Loudness of the clip in LUFS, by ITU-R BS.1770 [1]_; platforms ask for -14. Where true
        peaks would exceed -1 dBTP, they are limited as `audiogen.signal.master` does it; where
        even that cannot reach the loudness, what is reached is logged. None leaves the level,
        but turns down a mix whose peaks exceed -1 dBFS.
    programs : dict, default=None
        For MIDI: the generator's category for General MIDI programs, by their number or name,
        in place of NSynth's families or General MIDI's own names.
    generator_rate : int, default=None
        Sampling rate of the generator's notes, in Hz. None takes the one that the generator or
        the steps of its pipeline state.
    random_state : int, RandomState or None, default=None
        Seed of the sound of each voice.

    Returns
    -------
    clip : ndarray of shape (n_timesteps,) or, with pans, (n_timesteps, 2), float32
        Mono or stereo, within [-1, 1].

    Raises
    ------
    ValueError
        For notes that cannot be played, whose message names the first of them or its value;
        where neither `generator_rate` nor the generator states a sample rate; and for a clip
        that needs more memory than the machine has: about a megabyte for a second of a channel.

    Warns
    -----
    ExtrapolationWarning
        For pitches up to an octave outside the trained range; those beyond are refused.

    Notes
    -----
    A voice is a track of a MIDI file, a value of the column voice, or, without that column, all
    notes of the same categories. Notes of a voice may overlap; where a voice repeats a pitch
    that still sounds, the earlier note ends. The sound of a voice depends on its name and
    `random_state` alone, and so not on the other voices. Generators without ``decode`` cannot
    share a latent between notes: with them, every pitch of a voice is a sample of its own.

    Near silence at the beginning of a generated note is cut off, so that the note sounds at its
    onset. Notes that differ in their time only are generated once. `audiogen.signal.hold_note`
    gives notes their durations. Without a condition velocity, all notes get the same level, and
    amplitude is proportional to the square of their velocity. With it, a velocity outside the
    trained range is generated as the nearest one within, and amplitude makes up the difference.
    Drums, pedals, pitch bends and pans of MIDI are ignored.

    A pan gives a note on the left the cosine, and on the right the sine, of an angle from 0 to 90
    degrees, as `audiogen.signal.pan`: its power is that of the note in mono at every place.

    References
    ----------
    .. [1] ITU-R BS.1770-4, "Algorithms to measure audio programme loudness and true-peak
       audio level", 2015.

    Examples
    --------
    >>> import pandas as pd
    >>> from audiogen import render
    >>> from audiogen.datasets import make_notes
    >>> from audiogen.generators import ConditionalGaussianMixture
    >>> X, y = make_notes(8, duration=0.5, random_state=0, return_X_y=True)
    >>> generator = ConditionalGaussianMixture(random_state=0).fit(X, y[["pitch"]])
    >>> notes = pd.DataFrame({"onset": [0, 0.5], "duration": 0.5, "pitch": y.pitch[:2]})
    >>> render(generator, notes, sample_rate=48000, tail=0.5, generator_rate=16000).shape
    (72000,)
    >>> notes["pan"] = [-0.5, 0.5]
    >>> render(generator, notes, sample_rate=48000, tail=0.5, generator_rate=16000).shape
    (72000, 2)
    """
    check_parameters("render", _CONSTRAINTS, locals())
    refuse_fades_of_loop(loop, fade_in, fade_out)
    final = pitched_generator(generator, "render")
    rate = generator_rate or needed_rate(generator, "to render, as generator_rate=, or ")
    score = read_score(notes, final.condition_names_, final.categories_, programs)
    if seconds is None:
        seconds = seconds_of(score, 0 if loop else tail)
    refuse_too_long(seconds, _BYTES * max(rate, sample_rate) * (2 if "pan" in score else 1))
    if round(seconds * min(rate, sample_rate)) == 0:
        raise ValueError(f"A clip of {seconds:g} seconds has no samples: give it more.")
    score = score[score.onset < seconds].reset_index(drop=True)
    if score.empty:
        raise ValueError(f"All notes begin after the clip's {seconds:g} seconds.")
    mix, rings = mix_notes(
        generator, score, rate=rate, n_timesteps=round(seconds * rate), loop=loop, release=release,
        glide=glide, seed=draw_seed(random_state),
    )  # fmt: skip
    size = (rate, sample_rate, round(seconds * sample_rate), loop)
    if mix.ndim == 1:
        clip = resample_clip(mix, *size)
    else:
        clip = np.stack([resample_clip(channel, *size) for channel in mix], axis=1)
    del mix
    if rings and not loop:
        fade_out = max(fade_out, _SHORTEST_FADE)
    if fade_in or fade_out:
        clip = fade(clip, sample_rate, fade_in=fade_in, fade_out=fade_out)
    return set_loudness(clip, sample_rate, loudness, loop)


_SECONDS = Interval(numbers.Real, 0, None)
_MORE_SECONDS = (Options(None), Interval(numbers.Real, 0, None, closed="neither"))
_CONSTRAINTS = {
    "sample_rate": Interval(numbers.Integral, 4000, None),
    "seconds": _MORE_SECONDS,
    "tail": _SECONDS,
    "release": _SECONDS,
    "glide": _MORE_SECONDS,
    "loop": Instance((bool, np.bool_), "a bool"),
    "fade_in": _SECONDS,
    "fade_out": _SECONDS,
    "loudness": (Options(None), Interval(numbers.Real, -70, 0, closed="both")),
    "programs": (Options(None), Instance(dict, "a dict")),
    "generator_rate": (Options(None), Interval(numbers.Integral, 1000, None)),
}
