"""Bars, tempo and sections of a clip of an exact length."""

import dataclasses
import functools
import itertools
import math
from dataclasses import dataclass
from typing import Any

from audiogen.io import Score, Section
from audiogen.music._bars import NEAR
from audiogen.music._brief import Brief
from audiogen.music._complete import bpm_range
from audiogen.music._form import divided, form_cost
from audiogen.music._styles import Style, load_style
from audiogen.music._tempo import Spans, fitted, refusal

__all__ = ["Plan", "PlannedSection", "plan"]

_NOTHING: dict[str, list] = {"onset": [], "duration": [], "pitch": []}
_LONGEST_FADE = 5.0
_BEND_COST = 25.0  # of a tempo bent by 4 %, as much as of sections of an unusual length


@dataclass(frozen=True)
class PlannedSection:
    """A section of a plan.

    Parameters
    ----------
    name : str
        "intro", "outro", or the letter of its melody.
    n_bars : int
        Number of bars, the last of which may be shorter or longer than the others.
    start, end : float
        Where it starts and ends, in quarter notes.
    bar : float
        Length of a bar, in quarter notes.
    tempo : float
        Quarter notes a minute: hits bend the tempo of the sections between them.
    """

    name: str
    n_bars: int
    start: float
    end: float
    bar: float
    tempo: float

    @property
    def is_whole(self) -> bool:
        """Whether the last bar is as long as the others."""
        return abs(self.end - self.start - self.n_bars * self.bar) <= NEAR

    @property
    def bars(self) -> list[tuple[float, float]]:
        """Start and end of each bar, in quarter notes."""
        starts = [self.start + i * self.bar for i in range(self.n_bars)]
        return list(zip(starts, [*starts[1:], self.end], strict=True))


@dataclass(frozen=True)
class Plan:
    """Bars, tempo and sections of a clip.

    Parameters
    ----------
    seconds : float
        Length of the clip.
    bpm : float
        Beats a minute, of the beat as felt; the mean where hits bend the tempo.
    metre : (int, int)
        Metre.
    loop : bool
        Whether the clip repeats.
    ending : {"ring", "cold", "fade"} or None
        How it ends; None for a loop.
    sections : tuple of PlannedSection
        Sections, from the start of the clip to its end.
    """

    seconds: float
    bpm: float
    metre: tuple[int, int]
    loop: bool
    ending: str | None
    sections: tuple[PlannedSection, ...]

    @property
    def tempo(self) -> float:
        """Quarter notes a minute, at the beginning."""
        return self.sections[0].tempo

    @property
    def tempos(self) -> list[tuple[float, float]]:
        """Where the tempo changes, in quarter notes, and the tempo from there on."""
        return [
            (section.start, section.tempo)
            for before, section in itertools.pairwise(self.sections)
            if not math.isclose(before.tempo, section.tempo, rel_tol=NEAR)
        ]

    @property
    def restarts(self) -> list[float]:
        """Where bars are counted anew, for the one before is not whole, in quarter notes."""
        both = itertools.pairwise(self.sections)
        return [section.start for before, section in both if not before.is_whole]

    @property
    def n_bars(self) -> int:
        """Number of bars, one that is cut or held at the end included."""
        return sum(section.n_bars for section in self.sections)

    @property
    def form(self) -> str:
        """The letters of the sections that have a melody, which a composer is asked for."""
        return "".join(s.name for s in self.sections if len(s.name) == 1)

    @property
    def section_bars(self) -> int:
        """Number of bars that a composer is asked for in a section: 4, 8 or 16."""
        longest = max((s.n_bars for s in self.sections if len(s.name) == 1), default=4)
        return next((n_bars for n_bars in (4, 8, 16) if n_bars >= longest), longest)

    @property
    def fade_out(self) -> float:
        """Duration of the fade at the end, in seconds; 0 for other endings."""
        return min(_LONGEST_FADE, self.seconds / 4) if self.ending == "fade" else 0.0

    def in_seconds(self) -> list[Section]:
        """Return the sections with their starts and ends in seconds.

        Returns
        -------
        sections : list of Section
            From 0 to the length of the clip.

        Examples
        --------
        >>> from audiogen.music import Brief, plan
        >>> whole = plan(Brief(genre="rock", bpm=120, seconds=21, hits=4).complete(0))
        >>> [round(section.start, 6) for section in whole.in_seconds()]
        [0.0, 4.0, 20.0]
        """
        clock = Score(_NOTHING, tempo=self.tempo, tempos=self.tempos)
        edges = [s.start for s in self.sections], [s.end for s in self.sections]
        starts, ends = (clock.seconds_at(times).tolist() for times in edges)
        names = [section.name for section in self.sections]
        return [Section(*values) for values in zip(names, starts, ends, strict=True)]

    def lay_out(self, melody: Score) -> Score:
        """Return a melody as long as the clip, its sections where the plan has them.

        Parameters
        ----------
        melody : Score
            A melody with a section of `section_bars` bars for each letter of `form`, or at
            least one for each different letter, and with its chords.

        Returns
        -------
        score : Score
            The score of the clip: introduction and final bar have no melody but a last note.
            Of sections that are shorter here, the first and the last bars are kept.

        Raises
        ------
        ValueError
            Where bars of the melody have another length, or a letter is missing.
        """
        from audiogen.music._layout import laid_out

        return laid_out(self, melody)


def plan(brief: Brief, style: Style | None = None) -> Plan:
    """Choose bars, tempo and sections so that a clip has its exact length.

    Parameters
    ----------
    brief : Brief
        A brief that `Brief.complete` filled in.
    style : Style, default=None
        The style; that of the brief's genre where it is None.

    Returns
    -------
    plan : Plan
        Its sections fill the length to the end. A tempo that was asked for is kept unless the
        clip is a loop or has hits, which bend it by at most 4 %, and the last chord rings as
        long as is left; a tempo that is free is moved so that whole bars fill the length.

    Raises
    ------
    ValueError
        Where tempo, length and loop or hits cannot all hold; the message names up to two near
        combinations that can.

    Examples
    --------
    >>> from audiogen.music import Brief, plan
    >>> plan(Brief(genre="jig", bpm=116, seconds=20, loop=True).complete(0)).n_bars
    19
    >>> plan(Brief(genre="rock", bpm=120, seconds=5, loop=True).complete(0))
    Traceback (most recent call last):
        ...
    ValueError: With bpm=120 a loop of 5 s has no whole number of bars... Possible are ...
    """
    if brief.seconds is None or brief.bpm is None or brief.metre is None or brief.genre is None:
        raise ValueError("A plan needs a brief that is filled in: call its complete first.")
    style = load_style(brief.genre) if style is None else style
    is_free = "bpm" in brief.chosen
    spans = _spans(brief)
    low, high = bpm_range(style, brief.metre)
    bounds = (min(low, brief.bpm), max(high, brief.bpm)) if is_free else None
    best: tuple[float, Plan] | None = None
    for bpm, counts in fitted(spans, brief.bpm, bounds):
        candidate = _planned(brief, style, spans, bpm, counts)
        cost = form_cost(candidate.sections, style) + _bend_cost(candidate, counts, brief.bpm)
        if best is None or cost < best[0] - 1e-9:
            best = cost, candidate
    if best is None:
        raise ValueError(refusal(spans, brief.bpm, is_free=is_free))
    return best[1]


@functools.cache
def beat_of(metre: tuple[int, int]) -> float:
    """Return the quarter notes of a beat as felt."""
    return Score(_NOTHING, metre=metre).beat


def _spans(brief: Brief) -> Spans:
    """Return what lies between fixed times."""
    assert brief.seconds is not None
    assert brief.metre is not None
    times = (0.0, *brief.hits, float(brief.seconds))
    durations = tuple(b - a for a, b in itertools.pairwise(times))
    beats = round(4 * brief.metre[0] / brief.metre[1] / beat_of(brief.metre))
    return Spans(durations, beats, brief.loop)


def _planned(
    brief: Brief, style: Style, spans: Spans, bpm: float, counts: tuple[float, ...]
) -> Plan:
    """Return the plan for a tempo, with so many beats in each span."""
    assert brief.metre is not None
    assert brief.seconds is not None
    beat = beat_of(brief.metre)
    sections: list[PlannedSection] = []
    at = 0.0  # in quarter notes
    letters = ""
    for number, (duration, count) in enumerate(zip(spans.durations, counts, strict=True)):
        is_last = number == len(counts) - 1
        n_bars = spans.n_bars(count, cut=is_last and brief.ending == "fade")
        is_whole = math.isclose(count, n_bars * spans.beats, abs_tol=1e-6)
        names = divided(
            n_bars, style, letters, first=number == 0 and not brief.loop,
            last=brief.ending if is_last else None, is_whole=is_whole, changes=number > 0,
        )  # fmt: skip
        letters += "".join(name for name, _ in names if len(name) == 1)
        own = bpm if len(counts) == 1 else count * 60 / duration
        whole_end = at + duration * own / 60 * beat
        bar = spans.beats * (duration * own / 60 / count * beat)
        for name, bars in names:
            sections.append(PlannedSection(name, bars, at, at + bars * bar, bar, own * beat))
            at += bars * bar
        at = whole_end
        sections[-1] = dataclasses.replace(sections[-1], end=at)
    return Plan(float(brief.seconds), bpm, brief.metre, brief.loop, brief.ending, tuple(sections))


def _bend_cost(candidate: Plan, counts: Any, bpm: float) -> float:
    """Return what a plan costs for leaving the tempo, and for bars that are not whole."""
    bent = abs(math.log(candidate.bpm / bpm))
    odd = sum(not section.is_whole for section in candidate.sections)
    return _BEND_COST * bent + 1.5 * odd
