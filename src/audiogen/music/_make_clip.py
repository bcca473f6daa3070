"""Words in, a finished clip out."""

import logging
from typing import Any, NamedTuple

import pandas as pd

from audiogen.generators import GrooveComposer, Harmonizer, MelodyComposer
from audiogen.music._brief import Brief
from audiogen.music._casting import (
    KIT,
    DrumRole,
    Role,
    cast_drums,
    cast_parts,
    kit_generator,
    warn_of_moved,
)
from audiogen.music._checks import gap_faults, level_faults, melody_faults
from audiogen.music._clip import Clip
from audiogen.music._clip_info import describe_clip
from audiogen.music._composing import Composed, Composers, compose_score
from audiogen.music._finish import refuse_fades_of_loop
from audiogen.music._instruments import load_instrument
from audiogen.music._mix import pitched_generator
from audiogen.music._mixdown import SOUND, Mixdown, mix_down
from audiogen.music._plan import Plan, plan
from audiogen.music._pretrained import own_sounds, pretrained
from audiogen.music._prompt import parse_prompt
from audiogen.music._styles import Style, load_style
from audiogen.utils.seeds import Stream, draw_seed, spawn_seed
from audiogen.utils.validation import Instance, Options, check_parameters

__all__ = ["make_clip"]

_TRIES = 4  # scores composed at most until the melody of one has no faults
_MIXES = 3  # mixes made at most until one has no gaps
_KITS = {"lofi_hip_hop": "sonicpi1"}  # of styles that another kit suits
_CONSTRAINTS = {
    "words": (Options(None), Instance((str, Brief), "words or a Brief")),
    "composer": (Options(None), Instance(MelodyComposer, "a MelodyComposer")),
    "harmonizer": (Options(None), Instance(Harmonizer, "a Harmonizer")),
    "groove_composer": (Options(None), Instance(GrooveComposer, "a GrooveComposer")),
    **SOUND,
}


def make_clip(
    words: str | Brief | None = None,
    *,
    model: Any = None,
    drum_kit: Any = None,
    composer: MelodyComposer | None = None,
    harmonizer: Harmonizer | None = None,
    groove_composer: GrooveComposer | None = None,
    sample_rate: int = 44100,
    loudness: float = -14.0,
    fade_in: float = 0.0,
    fade_out: float | None = None,
    random_state: Any = None,
    **settings: Any,
) -> Clip:
    """Make a finished stereo clip of music from words.

    Parameters
    ----------
    words : str or Brief, default=None
        What the clip is to be, as `parse_prompt` reads it, or a brief. Without words the
        genre is drawn by the seed.
    model : estimator, default=None
        A fitted pipeline that plays the notes, with the condition pitch; None takes
        ``pretrained("voices")``.
    drum_kit : estimator, default=None
        A fitted pipeline that plays the drums; None takes ``pretrained("drums")``.
    composer : MelodyComposer, default=None
        What composes the melody, such as one fitted to tunes of your own; None takes
        ``pretrained("melody")``. A genre that it has not learnt is left free.
    harmonizer : Harmonizer, default=None
        What finds the chords; None takes ``pretrained("chords")``. Its `decoding` and
        `temperature` are not used: the style says which chords there are and how they are drawn.
    groove_composer : GrooveComposer, default=None
        What composes the drums of styles in 4/4 that have learnt ones; None takes
        ``pretrained("groove")``.
    sample_rate : int, default=44100
        Sampling rate of the clip, in Hz.
    loudness : float, default=-14.0
        Integrated loudness of the clip, in LUFS.
    fade_in : float, default=0.0
        Length of the fade at the beginning, in seconds.
    fade_out : float, default=None
        Length of the fade at the end, in seconds; None takes what the ending asks for.
    random_state : int, RandomState or None, default=None
        Seed of everything that is drawn: the same words and the same int give the same clip.
    **settings : object
        Settings of `Brief` that override the words, such as ``seconds=20``.

    Returns
    -------
    clip : Clip
        Exactly as long as was asked for, at the loudness asked for, with its true peak below
        -1 dBTP.

    Raises
    ------
    ValueError
        For words that are not understood, settings that cannot be or contradict each other, and
        a metre or mode that the composer has not learnt; the message says what can.

    Notes
    -----
    Where a melody has a fault, such as not ending on the tonic, another one is composed, of four
    at most. Where a clip is silent for more than a second, another one is made from other draws,
    of three at most. The one with the fewest faults is returned; ``info["faults"]`` lists them.

    Examples
    --------
    >>> from audiogen import make_clip
    >>> clip = make_clip("jig with flute and guitar", seconds=6, random_state=0)
    >>> clip.audio.shape, clip.info["metre"]
    ((264600, 2), '6/8')
    """
    check_parameters("make_clip", _CONSTRAINTS, locals())
    seed = draw_seed(random_state)
    asked = Brief() if words is None else parse_prompt(words) if isinstance(words, str) else words
    brief = asked.override(**settings).complete(seed)
    style = load_style(brief.genre or "")
    planned = plan(brief, style)
    refuse_fades_of_loop(planned.loop, fade_in, fade_out)
    if composer is None:
        _refuse_unknown_genre(style)
    model = pretrained("voices") if model is None else model
    kit = pretrained("drums") if drum_kit is None else drum_kit
    conditions = pitched_generator(model, "make_clip").conditions_
    drum_conditions = kit_generator(kit, "make_clip").conditions_
    fades = (fade_in, (planned.fade_out or None) if fade_out is None else fade_out)
    composers = Composers(composer, harmonizer, groove_composer)
    order = _Order(
        brief, style, planned, composers, model, conditions, kit, drum_conditions, sample_rate,
        loudness, fades,
    )  # fmt: skip
    take = _best_take(order, seed)
    warn_of_moved(take.notes, take.roles)
    for fault in take.faults:
        logging.getLogger("audiogen").warning("The clip is not as it should be: %s.", fault)
    said = words if isinstance(words, str) else ""
    score, mastered = take.composed.score, take.mixed.mastered
    info = describe_clip(
        take.composed, brief, style, planned, mastered, words=said, roles=take.roles,
        drums=take.drums, own=own_sounds(model, kit), faults=take.faults,
        sample_rate=sample_rate, seed=seed,
    )  # fmt: skip
    programs = {part: load_instrument(name).program for part, name in brief.voices.items()}
    return Clip(mastered.audio, sample_rate, take.mixed.stems, score, info, programs)


def _refuse_unknown_genre(style: Style) -> None:
    """Refuse a style of the user's own that asks for melodies that are not learnt."""
    learnt = [name for name in pretrained("melody").categories_["genre"] if name]
    if style.composer_genre not in (None, *learnt):
        raise ValueError(
            f"The style {style.title!r} asks for melodies of the genre {style.composer_genre!r}, "
            f"but those that are learnt are {', '.join(learnt)}. Leave composer.genre out of its "
            "file, or give a composer of your own."
        )


class _Order(NamedTuple):
    """What a clip is made of."""

    brief: Brief
    style: Style
    planned: Plan
    composers: Composers
    model: Any
    conditions: Any  # of the model
    kit: Any
    drum_conditions: Any
    sample_rate: int
    loudness: float
    fades: tuple[float, float | None]


class _Take(NamedTuple):
    """A clip that was made, and what is wrong with it."""

    composed: Composed
    notes: pd.DataFrame
    roles: dict[str, Role]
    drums: DrumRole | None
    mixed: Mixdown
    faults: list[str]
    gaps: list[str]  # those of the faults that other draws may mend


def _best_take(order: _Order, seed: int) -> _Take:
    """Return the first take whose mix has no gaps, or that with the fewest faults."""
    best = None
    for number in range(_MIXES):
        own = spawn_seed(seed, Stream.TUNE, _TRIES + number) if number else seed
        take = _take(order, own)
        if best is None or len(take.faults) < len(best.faults):
            best = take
        if not take.gaps:  # other draws would miss the loudness or the peak as well
            break
        logging.getLogger("audiogen").info("Mix %d: %s.", number + 1, "; ".join(take.gaps))
    assert best is not None  # there is at least one mix
    return best


def _take(order: _Order, seed: int) -> _Take:
    """Return a clip by a seed."""
    style, loop, rate = order.style, order.planned.loop, order.sample_rate
    composed = _best_score(order, seed)
    instruments = {part: load_instrument(name) for part, name in order.brief.voices.items()}
    notes = composed.score.to_seconds()
    roles = cast_parts(notes, instruments, order.conditions, model=order.model)
    drums = None
    if "drums" in composed.score.parts:
        drums = cast_drums(notes, order.drum_conditions, _KITS.get(style.name, KIT))
    mixed = mix_down(
        notes, style.voices, roles, drums, order.model, order.kit, sample_rate=rate,
        n_timesteps=round(order.planned.seconds * rate), target=order.loudness,
        fades=order.fades, loop=loop, seed=seed,
    )  # fmt: skip
    gaps = gap_faults(mixed.mastered.audio, rate)
    faults = melody_faults(composed.score, loop=loop)
    faults += [*level_faults(mixed.mastered, order.loudness), *gaps]
    return _Take(composed, notes, roles, drums, mixed, faults, gaps)


def _best_score(order: _Order, seed: int) -> Composed:
    """Return the first score whose melody has no faults, or that with the fewest."""
    found: list[tuple[int, Composed]] = []
    for take in range(_TRIES):
        own = spawn_seed(seed, Stream.TUNE, take)
        composed = compose_score(order.brief, order.style, order.planned, own, order.composers)
        faults = melody_faults(composed.score, loop=order.planned.loop)
        found.append((len(faults), composed))
        if not faults:
            break
        logging.getLogger("audiogen").info("Take %d: %s.", take + 1, "; ".join(faults))
    return min(found, key=lambda both: both[0])[1]
