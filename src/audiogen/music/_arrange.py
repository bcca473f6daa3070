"""A melody with chords, arranged for a band in a style."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from audiogen.io import Score, Section
from audiogen.music._bars import Bar, Chord, Note, bars_of, filled_chords
from audiogen.music._bassline import bass_line
from audiogen.music._comping import (
    Voiced,
    chosen_patterns,
    comped,
    counter_line,
    held,
    voiced_chords,
)
from audiogen.music._endings import ended
from audiogen.music._feel import played
from audiogen.music._instruments import PARTS, Instrument, load_instrument
from audiogen.music._percussion import checked_grooves, drummed
from audiogen.music._rests import without_long_rests
from audiogen.music._styles import Patterns, Style, load_style
from audiogen.music._voicing import coloured
from audiogen.utils.names import did_you_mean
from audiogen.utils.seeds import Stream, draw_seed, make_rng

if TYPE_CHECKING:
    from audiogen.music._plan import Plan

__all__ = ["arrange"]

_LOWEST_MELODY = 62  # D4: chords find room below
_OUTSIDE = 4.0  # what a semitone out of an instrument's range costs re one too low
_MELODY = 92.0
_STREAMS = {part: 200 + number for number, part in enumerate(PARTS)}  # keys beside the seed
_WALK = 300


def arrange(
    score: Score,
    style: Style | str,
    *,
    voices: Mapping[str, str] | None = None,
    parts: Iterable[str] | None = None,
    plan: "Plan | None" = None,
    groove: Any = None,
    density: float = 0.5,
    intensity: float = 0.55,
    swing: float | None = None,
    random_state: Any = None,
) -> Score:
    """Return a melody with chords, bass, drums and what else its style has.

    Parameters
    ----------
    score : Score
        A melody (the part "melody") with chords, such as `Plan.lay_out` returns.
    style : Style or str
        The style, or its name or file as `load_style` takes it.
    voices : dict of str to str, default=None
        The instrument of each part; others than these do not play. None lets the first
        instrument of each of the style's voices play.
    parts : sequence of str, default=None
        The parts that play; None takes those of `voices`, and the drums.
    plan : Plan, default=None
        The plan that the score was laid out by; where it is None, bars and sections are those of
        the score, and its last chord rings.
    groove : array-like of shape (32, 9, 2) or dict of such, default=None
        Two bars of drums as `GrooveComposer` samples them, or some by the name of the section;
        used in 4/4. None plays the patterns of the style.
    density : float, default=0.5
        How busy the accompaniment is, from 0 to 1.
    intensity : float, default=0.55
        How strong all play, from 0 to 1.
    swing : float, default=None
        Share of a beat at which its second half begins; that of the style where it is None.
    random_state : int, RandomState or None, default=None
        Seed of what is drawn.

    Returns
    -------
    score : Score
        The parts, by onset; its chords are those that are played. The melody is moved by octaves
        into the range of its instrument. Somebody plays from the first bar line on; where all
        would rest for longer than a beat, the notes before are held.

    Raises
    ------
    ValueError
        For a score without a melody or without chords, a metre that the style does not have,
        or parts and grooves that cannot be.

    Examples
    --------
    >>> from audiogen.io import Score
    >>> from audiogen.music import load_style
    >>> from audiogen.music import arrange
    >>> tune = Score({"onset": [0, 1, 2], "duration": [1, 1, 4], "pitch": [67, 69, 72]},
    ...              metre=(3, 4), chords=[(0, 3, "C"), (3, 6, "C")])
    >>> band = arrange(tune, "waltz", parts=["melody", "chords", "bass"], random_state=0)
    >>> sorted(band.parts)
    ['bass', 'chords', 'melody']
    """
    style = style if isinstance(style, Style) else load_style(style)
    if score.metre not in style.patterns:
        known = ", ".join("/".join(map(str, metre)) for metre in style.patterns)
        raise ValueError(
            f"The style {style.name} has patterns for {known}, not for "
            f"{'/'.join(map(str, score.metre))}."
        )
    if not score.chords:
        raise ValueError("The score has no chords: have a Harmonizer write them first.")
    players = _players(style, voices, parts)
    bars = bars_of(score, plan)
    melody = _melody(score, players.get("melody"))
    chords = [_coloured(chord, style, score, melody) for chord in filled_chords(score, bars)]
    if plan is None or not plan.loop:
        chords[-1] = _at_rest(chords[-1])
    voiced = voiced_chords(chords, bars, melody, style.colour)
    is_full = style.colour != "power"
    full = voiced if is_full else voiced_chords(chords, bars, melody, "triads")
    sheet = _Sheet(
        style, bars, chords, voiced, full,
        style.patterns[score.metre], checked_grooves(groove) if score.metre == (4, 4) else {},
        density, swing is not None and abs(swing - style.swing) > 1e-6, draw_seed(random_state),
    )  # fmt: skip
    notes = _melody_notes(melody) if "melody" in players else []
    for part, instrument in players.items():
        notes += _written(part, instrument, _own_bars(part, bars, style, players), sheet)
    notes = without_long_rests(notes, bars[0].start, bars[-1].end, score.beat)
    ending = "ring" if plan is None else plan.ending
    if ending in ("ring", "cold"):
        notes = ended(notes, bars, sheet.voiced, score, ending)
    notes = played(
        notes, bars, style, tempo=score.tempo, intensity=intensity,
        swing=_swing(style, score, swing),
        rng_of=lambda part: make_rng(sheet.seed, Stream.PARTS, _STREAMS[part]),
    )  # fmt: skip
    return _scored(notes, score, chords, bars)


class _Sheet(NamedTuple):
    """What the accompaniment is written from."""

    style: Style
    bars: list[Bar]
    chords: list[Chord]
    voiced: Voiced
    full: Voiced  # with their thirds, which power chords lack
    patterns: Patterns
    grooves: dict[str, np.ndarray]
    density: float
    swings: bool  # whether grooves are swung
    seed: int


def _written(
    part: str, instrument: Instrument | None, own: list[tuple[int, Bar]], sheet: _Sheet
) -> list[Note]:
    """Return the notes of a part other than the melody, in its own bars."""
    bars = [bar for _, bar in own]
    if part == "chords":
        return comped(sheet.voiced, bars, chosen_patterns(sheet.patterns, sheet.density))
    if part == "pad":
        return held(sheet.full, bars)
    if part == "counter" and instrument is not None:
        return counter_line(sheet.voiced, bars, instrument)
    if part == "bass" and instrument is not None:
        rngs = [make_rng(sheet.seed, Stream.PARTS, _WALK, number) for number, _ in own]
        return bass_line(sheet.chords, bars, sheet.patterns.bass, instrument, rngs)
    if part == "drums":
        return drummed(bars, sheet.patterns, sheet.grooves, sheet.density, sheet.swings)
    return []


def _players(
    style: Style, voices: Mapping[str, str] | None, parts: Iterable[str] | None
) -> dict[str, Instrument | None]:
    """Return the instrument of each part that plays; that of the drums is None."""
    first = {
        part: voice.instruments[0] for part, voice in style.voices.items() if voice.instruments
    }
    named = first if voices is None else dict(voices)
    playing = list((*named, "drums") if parts is None else parts)
    for part in playing:
        if part not in PARTS:
            hint = did_you_mean(part, PARTS) or f" Known are {', '.join(PARTS)}."
            raise ValueError(f"{part!r} is no part of an arrangement.{hint}")
        if part != "drums" and part not in named:
            if part not in first:
                raise ValueError(f"Say in voices which instrument plays the {part}.")
            named[part] = first[part]
    if not playing:
        raise ValueError("parts is empty: nothing would play.")
    return {part: None if part == "drums" else load_instrument(named[part]) for part in playing}


def _swing(style: Style, score: Score, swing: float | None) -> float:
    """Return the swing; beats of three have none."""
    if abs(score.beat - 1.5) < 1e-6:
        return 0.5
    return style.swing if swing is None else swing


def _melody(score: Score, instrument: Instrument | None) -> pd.DataFrame:
    """Return the melody's notes, moved by octaves to where they sound well."""
    melody = score.notes[score.notes.part == "melody"].reset_index(drop=True)
    if melody.empty:
        if instrument is not None:
            raise ValueError("The score has no notes of the part 'melody'.")
        return melody
    low, high = (48, 96) if instrument is None else (instrument.low, instrument.high)

    def badness(shift: int) -> float:
        pitches = melody.pitch.to_numpy() + shift
        outside = np.maximum(low - pitches, 0).sum() + np.maximum(pitches - high, 0).sum()
        below = np.maximum(_LOWEST_MELODY - pitches, 0).sum()
        return (
            _OUTSIDE * outside
            + below
            + 0.4 * np.maximum(pitches - 84, 0).sum()
            + 0.01 * abs(shift)
        )

    shift = min(range(-48, 60, 12), key=badness)
    return melody.assign(pitch=(melody.pitch + shift).clip(0, 127))


def _coloured(chord: Chord, style: Style, score: Score, melody: pd.DataFrame) -> Chord:
    """Return a chord as the style colours it."""
    sounding = melody[
        (melody.onset < chord.end - 1e-6) & (melody.onset + melody.duration > chord.start + 1e-6)
    ]
    classes = {int(pitch) % 12 for pitch in sounding.pitch[sounding.duration >= 0.5]}
    name = coloured(chord.name, style.colour, score.tonic, score.mode, classes)
    return chord._replace(name=name)


def _at_rest(chord: Chord) -> Chord:
    """Return a last chord; a minor one has no seventh, which is as near to its relative major."""
    return chord._replace(name=chord.name[:-1]) if chord.name.endswith("m7") else chord


def _melody_notes(melody: pd.DataFrame) -> list[Note]:
    columns = (melody.onset, melody.duration, melody.pitch, melody.velocity)
    return [
        Note(float(onset), float(duration), int(pitch), _MELODY + (velocity - 80), "melody", hit)
        for hit, (onset, duration, pitch, velocity) in enumerate(zip(*columns, strict=True))
    ]


def _own_bars(
    part: str, bars: Sequence[Bar], style: Style, players: Mapping[str, Any]
) -> list[tuple[int, Bar]]:
    """Return the bars that a part plays in, with their numbers.

    Those are what the style says for each section, all of a section in which nobody else would
    play, and all with a melody if the clip has none of the sections that the part is for.
    """
    own = []
    for number, bar in enumerate(bars):
        playing = style.section(bar.section).parts
        if not playing or part in playing or not any(other in players for other in playing):
            own.append((number, bar))
    if any(len(bar.section) == 1 for _, bar in own):
        return own
    return [(n, bar) for n, bar in enumerate(bars) if len(bar.section) == 1 or (n, bar) in own]


def _scored(
    notes: Sequence[Note], score: Score, chords: Sequence[Chord], bars: Sequence[Bar]
) -> Score:
    """Return notes as a score."""
    names = ("onset", "duration", "pitch", "part")
    table: dict[str, list] = {name: [getattr(note, name) for note in notes] for name in names}
    table["velocity"] = [int(note.velocity) for note in notes]
    sections = score.sections or [Section("A", bars[0].start, bars[-1].end)]
    return Score(
        table, metre=score.metre, tonic=score.tonic, mode=score.mode, tempo=score.tempo,
        title=score.title, sections=sections, pickup=score.pickup,
        chords=[(chord.start, chord.end, chord.name) for chord in chords],
        tempos=score.tempos, restarts=score.restarts,
    )  # fmt: skip
