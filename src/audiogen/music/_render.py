"""Notes, or a MIDI file, and a fitted generator become one clip."""

import logging
import math
import numbers
import zlib

import numpy as np
from sklearn.pipeline import Pipeline

from audiogen.music._score import read_score
from audiogen.pipeline import generate
from audiogen.signal import hold_note
from audiogen.utils.seeds import draw_seed, make_rng, spawn_seed
from audiogen.utils.validation import Instance, Interval, Options, check_parameters

__all__ = ["render"]

_AT_ONCE = 32
_CEILING = 10 ** (-1 / 20)  # -1 dBFS, which lossy formats need
_DEFAULT_RATE = 16000
_LEVEL, _MOST_GAIN, _LEVEL_FRAME = 0.1, 10.0, 0.1  # what is near silence stays so; seconds
_ONSET_DB, _ONSET_FRAME = 30.0, 0.01  # below the loudest; seconds
_STOP = 0.01  # seconds: sound that stops at once would click
_EDGE = 20  # of the longest common period of two rates, for the resampler at a seam


def render(
    generator,
    notes,
    *,
    sample_rate=44100,
    seconds=None,
    tail=1.0,
    release=0.2,
    glide=None,
    loop=False,
    fade_in=0.0,
    fade_out=0.0,
    loudness=None,
    programs=None,
    generator_rate=None,
    random_state=None,
):
    """Play notes with a generator, as one clip.

    Parameters
    ----------
    generator : estimator
        A fitted generator, or a pipeline that ends in one, with the condition pitch.
    notes : DataFrame, list of dict, str, path-like or pretty_midi.PrettyMIDI
        A DataFrame, or a list of its rows, has onset and duration (seconds), pitch (MIDI,
        fractions allowed), what the generator's other conditions name, and may have velocity
        (0 to 127) and voice. Otherwise the path of a MIDI file, or what was read from one.
    sample_rate : int, default=44100
        Of the clip, in Hz.
    seconds : float, default=None
        Length of the clip. None ends it with the last note and `tail`, or, for a `loop`, with
        the last note.
    tail : float, default=1.0
        Seconds after the last note's end.
    release : float, default=0.2
        Seconds in which a note falls by 60 dB after its end.
    glide : float, default=None
        None gives each voice one latent, so that it sounds as one instrument. A number of
        seconds makes the latent move along, on arcs between points drawn so far apart.
    loop : bool, default=False
        Whether what sounds beyond the end comes at the beginning, so that the clip can be
        repeated without a seam.
    fade_in, fade_out : float, default=0.0
        Seconds. Where the clip ends while a note sounds, it is faded out in at least 0.01 s.
    loudness : float, default=None
        In LUFS, by ITU-R BS.1770 [1]_; platforms ask for -14. Where that would need peaks above
        -1 dBFS, the clip gets as loud as it can, and what was reached is logged. None leaves
        the level, but that a mix whose peaks exceed -1 dBFS is turned down.
    programs : dict, default=None
        For MIDI: what General MIDI programs, by number or by name, are in terms of the
        generator's category, in place of NSynth's families or General MIDI's own names.
    generator_rate : int, default=None
        Sample rate of the generator's notes in Hz. None takes that of its pipeline's
        steps, or 16,000.
    random_state : int, RandomState or None, default=None
        Decides the sound of each voice.

    Returns
    -------
    clip : ndarray of shape (n_timesteps,), float32
        Mono, within [-1, 1].

    Raises
    ------
    ValueError
        For notes that cannot be played; the message names the first of them, or its value.

    Warns
    -----
    ExtrapolationWarning
        For pitches up to an octave outside the trained range; those beyond are refused.

    Notes
    -----
    A voice is a track of a MIDI file, the column voice, or, without one, all notes of the
    same categories. Its notes may overlap; where it strikes a pitch that still sounds, the
    earlier note ends. The sound of a voice depends on its name and `random_state` alone, and
    so not on the other voices. Generators without ``decode`` cannot share a latent
    between notes: there, every pitch of a voice is a sample of its own.

    Near silence at the beginning of a generated note is left out, so that it sounds at its
    onset. Notes that differ in nothing but time are generated once. Durations are honoured by
    `audiogen.signal.hold_note`. Where the generator has no condition velocity, all notes are
    brought to one level, and amplitude goes with the square of their velocity. Where it has, a
    velocity outside those trained on is played as the nearest of these, and amplitude makes up for
    the rest. Drums, pedals and pitch bends of MIDI are ignored.

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
    >>> render(generator, notes, sample_rate=48000, tail=0.5).shape
    (72000,)
    """
    check_parameters("render", _CONSTRAINTS, locals())
    if loop and (fade_in or fade_out):
        raise ValueError("A loop has no ends to fade: leave out fade_in and fade_out, or loop.")
    final = _final(generator)
    rate = generator_rate or _rate_of(generator)
    score = read_score(notes, final.condition_names_, final.categories_, programs)
    if seconds is None:
        seconds = float((score.onset + score.duration).max()) + (0 if loop else tail)
    if round(seconds * min(rate, sample_rate)) == 0:
        raise ValueError(f"A clip of {seconds:g} seconds has no samples: give it more.")
    score = score[score.onset < seconds].reset_index(drop=True)
    if score.empty:
        raise ValueError(f"All notes begin after the clip's {seconds:g} seconds.")
    seed = draw_seed(random_state)
    mix = _mixed(generator, score, rate, release, glide, seed)
    n_timesteps, n_heard = round(seconds * sample_rate), round(seconds * rate)
    clip = _resampled(_cut(mix, n_heard, loop), rate, sample_rate, n_timesteps, loop)
    if len(mix) > n_heard and not loop:
        fade_out = max(fade_out, _STOP)
    _fade(clip, round(fade_in * sample_rate), round(fade_out * sample_rate))
    return _levelled(clip, sample_rate, loudness)


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


def _final(estimator):
    """Return the generator itself, which must know what a pitch is."""
    while isinstance(estimator, Pipeline):
        estimator = estimator.steps[-1][1]
    if "pitch" not in getattr(estimator, "condition_names_", ()):
        raise ValueError(
            f"render needs a generator that was fitted with y a DataFrame with the column 'pitch'."
            f" This {type(estimator).__name__} was not."
        )
    return estimator


def _rate_of(estimator):
    """Return the sample rate of what a pipeline makes."""
    while isinstance(estimator, Pipeline):
        for _, step in estimator.steps[:-1]:
            if hasattr(step, "sample_rate"):
                return step.sample_rate
        estimator = estimator.steps[-1][1]
    return _DEFAULT_RATE


# -------------------------------------------------------------------------- sounds


def _mixed(generator, score, rate, release, glide, seed):
    """Return the sum of all notes at the generator's rate."""
    wanted, gains = _asked(_final(generator), score)
    latents = _latents(generator, score, glide, seed)
    which, firsts = _distinct(wanted.assign(voice=score.voice), latents)
    begins = np.rint(score.onset * rate).astype(int).to_numpy()
    most = round((score.duration.max() + release) * rate) + 1
    mix = np.zeros(begins.max() + most, np.float32)
    for start in range(0, len(firsts), _AT_ONCE):
        rows = firsts[start : start + _AT_ONCE]
        sounds = _sounds(generator, wanted.iloc[rows], latents, rows, spawn_seed(seed, start))
        for note in np.flatnonzero((which >= start) & (which < start + _AT_ONCE)):
            sound = _from_onset(sounds[which[note] - start], rate)
            sound = hold_note(sound, score.duration[note], sample_rate=rate, release=release)
            if "velocity" not in wanted:
                sound = _even(sound, rate)
            mix[begins[note] : begins[note] + len(sound)] += np.float32(gains[note]) * sound
    return mix


def _asked(final, score):
    """Return the conditions of all notes, and the gains that say what these leave unsaid."""
    wanted = score[final.condition_names_].copy()
    if "velocity" in wanted:
        velocity = score.velocity.fillna(100)
        known = final.conditions_.ranges_.get("velocity", (0, 127))
        wanted["velocity"] = velocity.clip(*known)
        gains = velocity.clip(1) / wanted.velocity.clip(1)
    else:
        gains = score.velocity.fillna(127) / 127
    return wanted, np.square(gains.to_numpy())


def _from_onset(sound, rate):
    """Leave out what is nearly silent before a sound begins, as some recordings have it."""
    size = int(_ONSET_FRAME * rate)
    levels = _levels(sound, size)
    first = int(np.argmax(levels >= 10 ** (-_ONSET_DB / 20) * levels.max()))
    return sound[max(0, first - 1) * size :]


def _even(sound, rate):
    """Bring the loudest part of a note to one level: generators make some pitches loud."""
    loudest = _levels(sound, int(_LEVEL_FRAME * rate)).max()
    return sound * np.float32(min(_LEVEL / max(loudest, 1e-9), _MOST_GAIN))


def _levels(sound, size):
    size = min(size, len(sound))
    frames = sound[: len(sound) // size * size].reshape(-1, size)
    return np.sqrt(np.square(frames).mean(axis=1))


def _sounds(generator, wanted, latents, rows, seed):
    wanted = wanted.reset_index(drop=True)
    if latents is not None:
        sounds = generator.decode(latents[rows], wanted)
    else:
        sounds = generate(generator, y=wanted, random_state=seed)
    if sounds.ndim != 2:
        raise ValueError(
            f"The generator makes samples of shape {sounds.shape[1:]}, which are no audio. Give "
            "the whole pipeline, whose steps lead back to audio."
        )
    return sounds


def _distinct(table, latents):
    """Return which of the distinct notes each one is, and the rows where these come first."""
    if latents is not None:
        table = table.drop(columns="voice")
        table = table.assign(**{f"z{i}": column for i, column in enumerate(latents.T)})
    which = table.groupby(list(table), sort=False).ngroup().to_numpy()
    return which, np.unique(which, return_index=True)[1]


def _latents(generator, score, glide, seed):
    """Return the latent of each note, None where the generator has none to give."""
    if not hasattr(generator, "decode"):
        if glide is not None:
            raise ValueError(
                f"glide needs a generator with decode; {type(generator).__name__} has none."
            )
        return None
    final = _final(generator)
    size = getattr(final, "latent_dim_", final.latent_dim)
    latents = np.empty((len(score), size), np.float32)
    for voice, notes in score.groupby("voice"):
        rng = make_rng(seed, zlib.crc32(str(voice).encode()))
        if glide is None:
            latents[notes.index] = rng.standard_normal(size)
        else:
            places = notes.onset.to_numpy() / glide
            anchors = rng.standard_normal((int(places.max()) + 2, size))
            latents[notes.index] = _on_arcs(anchors, places)
    return latents


def _on_arcs(anchors, places):
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


# ----------------------------------------------------------------------- finishing


def _cut(mix, n_timesteps, loop):
    """Return a mix at its length; for a loop, what is beyond comes at the beginning."""
    n_rounds = -(-len(mix) // n_timesteps) if loop else 1
    n_whole = n_rounds * n_timesteps
    mix = np.pad(mix[:n_whole], (0, max(0, n_whole - len(mix))))
    return mix.reshape(n_rounds, n_timesteps).sum(axis=0)


def _resampled(mix, rate, sample_rate, n_timesteps, loop):
    import librosa

    if rate == sample_rate:
        return mix
    common = math.gcd(rate, sample_rate)
    edge = _EDGE * (rate // common) if loop else 0
    wrapped = np.pad(mix, edge, mode="wrap") if loop else mix
    found = librosa.resample(wrapped, orig_sr=rate, target_sr=sample_rate, res_type="soxr_hq")
    begin = edge // (rate // common) * (sample_rate // common)
    found = found[begin : begin + n_timesteps]
    return np.pad(found, (0, n_timesteps - len(found)))


def _fade(clip, n_in, n_out):
    n_in, n_out = min(n_in, len(clip)), min(n_out, len(clip))
    clip[:n_in] *= np.sin(np.linspace(0, np.pi / 2, n_in, dtype=np.float32)) ** 2
    clip[len(clip) - n_out :] *= np.cos(np.linspace(0, np.pi / 2, n_out, dtype=np.float32)) ** 2


def _levelled(clip, sample_rate, loudness):
    """Return a clip at a loudness, or turned down where its peaks are too high."""
    peak = float(np.abs(clip).max())
    if peak == 0:
        return clip
    if loudness is None:
        return clip * np.float32(min(1.0, _CEILING / peak))
    import pyloudnorm

    if len(clip) < 0.4 * sample_rate:
        raise ValueError(
            f"loudness={loudness} needs a clip of at least 0.4 s, which is what loudness is "
            f"measured over. This one has {len(clip) / sample_rate:.2f} s; leave loudness out."
        )
    measured = pyloudnorm.Meter(sample_rate).integrated_loudness(clip.astype(np.float64))
    gain = min(10 ** ((loudness - measured) / 20), _CEILING / peak)
    reached = measured + 20 * np.log10(gain)
    if reached < loudness - 0.05:
        logging.getLogger("audiogen").info(
            "The clip reaches %.1f LUFS; for %.1f its peaks would exceed -1 dBFS.",
            reached, loudness,
        )  # fmt: skip
    return clip * np.float32(gain)
