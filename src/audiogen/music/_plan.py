"""Bars, tempo and sections of a clip of an exact length."""

import functools
import itertools
import math
from dataclasses import dataclass

from audiogen.io import Score, Section
from audiogen.music._bars import NEAR
from audiogen.music._brief import Brief
from audiogen.music._form import divided, form_cost
from audiogen.music._styles import Style, load_style
from audiogen.music._tempo import Spans, bpm_range, fitted, misfit, refusal

__all__ = ["Plan", "PlannedSection", "plan", "suited_bpm"]

_NOTHING: dict[str, list] = {"onset": [], "duration": [], "pitch": []}
_LONGEST_FADE = 5.0
_BEND_COST = 25.0  # of a tempo bent by 4 %, as much as of sections of an unusual length
_DRAW_COST = 12.5  # likewise of one drawn beside the first
_BACKING = ("chords", "bass", "pad", "drums")  # parts that can play before the melody


@dataclass(frozen=True)
class PlannedSection:
    """A section of a plan.

    Parameters
    ----------
    name : str
        "intro", "outro", or the letter of its melody.
    bars : tuple of (float, float)
        Start and end of each bar, in quarter notes.
    tempo : float
        Quarter notes a minute: hits bend the tempo of the sections between them.
    is_whole : bool, default=True
        Whether the last bar is as long as the others; it may be shorter or longer.
    """

    name: str
    bars: tuple[tuple[float, float], ...]
    tempo: float
    is_whole: bool = True

    @property
    def n_bars(self) -> int:
        """Number of bars, the last of which may be shorter or longer than the others."""
        return len(self.bars)

    @property
    def start(self) -> float:
        """Where it starts, in quarter notes."""
        return self.bars[0][0]

    @property
    def end(self) -> float:
        """Where it ends, in quarter notes."""
        return self.bars[-1][1]


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
        Its sections fill the length to the end. The tempo of each is at most 4 % from that of
        the brief. A tempo that was asked for is bent only for a loop or for hits; otherwise it is
        kept, and the last chord rings for as long as is left. A tempo that `Brief.complete` drew
        (from those of the style that suit the length, the loop and the hits) is bent so that
        whole bars fill the length. It stays within the tempi of the style, unless a loop or hits
        need it to leave them. There is an introduction only where a part other than the melody
        plays it.

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
    bounds = bpm_range(style, brief.metre) if is_free else None
    best = _Planner(brief, style, bounds).best(brief.bpm)
    if best is None:
        raise ValueError(refusal(_spans(brief), brief.bpm, is_free=is_free))
    return best[1]


def suited_bpm(brief: Brief, style: Style, drawn: float, usual: tuple[float, float]) -> float:
    """Return a tempo near one that was drawn, at which usual sections fill a clip.

    Parameters
    ----------
    brief : Brief
        A brief that is filled in, but for its tempo.
    style : Style
        Its style.
    drawn : float
        Beats a minute that were drawn.
    usual : (float, float)
        The slowest and the fastest tempo that could have been drawn.

    Returns
    -------
    bpm : float
        A whole number of beats a minute. Where no usual one allows the loop or the hits, it is
        another one of the style that does; where none does, that with the least misfit.
    """
    assert brief.metre is not None
    bounds = bpm_range(style, brief.metre)
    planner = _Planner(brief, style, bounds)
    found: dict[float, float] = {}
    for low, high in (usual, bounds):
        for bpm in map(float, range(math.ceil(low), math.floor(high) + 1)):
            best = planner.best(bpm)
            if best is not None:
                found[bpm] = best[0] + _DRAW_COST * abs(math.log(bpm / drawn))
        if found:
            return min(found, key=lambda bpm: found[bpm])
    every = range(math.ceil(bounds[0]), math.floor(bounds[1]) + 1)
    return min([drawn, *map(float, every)], key=lambda bpm: misfit(planner.spans, bpm))


class _Planner:
    """Finds the best plan of a brief at a tempo.

    Parameters
    ----------
    brief : Brief
        A brief that is filled in; its tempo does not matter.
    style : Style
        Its style.
    bounds : (float, float) or None
        Between which tempi one that was drawn is bent for whole bars; None if one was asked for.
    """

    def __init__(self, brief: Brief, style: Style, bounds: tuple[float, float] | None) -> None:
        self.spans = _spans(brief)
        self._style, self._bounds = style, bounds
        self._planned = functools.cache(functools.partial(_planned, brief, style, self.spans))

    def best(self, bpm: float) -> tuple[float, Plan] | None:
        """Return what the best plan at a tempo, or bent from it, costs; None for none."""
        best: tuple[float, Plan] | None = None
        for tempo, counts in fitted(self.spans, bpm, self._bounds):
            candidate = self._planned(tempo, counts)
            cost = form_cost(candidate.sections, self._style) + _bend_cost(candidate, bpm)
            if best is None or cost < best[0] - 1e-9:
                best = cost, candidate
        return best


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
    beat, bar = beat_of(brief.metre), 4 * brief.metre[0] / brief.metre[1]
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
            has_backing=_has_backing(brief, style),
        )  # fmt: skip
        letters += "".join(name for name, _ in names if len(name) == 1)
        lines = [*(at + i * bar for i in range(n_bars)), at + count * beat]
        bars = list(itertools.pairwise(lines))
        for name, size in names:
            own, bars = bars[:size], bars[size:]
            tempo = count * 60 / duration * beat
            sections.append(PlannedSection(name, tuple(own), tempo, is_whole or bool(bars)))
        at = lines[-1]
    return Plan(float(brief.seconds), bpm, brief.metre, brief.loop, brief.ending, tuple(sections))


def _has_backing(brief: Brief, style: Style) -> bool:
    """Tell whether a band has somebody who plays the style's introduction, without the melody."""
    players = set(style.section("intro").parts or _BACKING) - {"melody"}
    return not players.isdisjoint({*brief.voices, *(["drums"] if brief.drums else [])})


def _bend_cost(candidate: Plan, bpm: float) -> float:
    """Return what a plan costs for leaving the tempo, and for bars that are not whole."""
    bent = abs(math.log(candidate.bpm / bpm))
    odd = sum(not section.is_whole for section in candidate.sections)
    return _BEND_COST * bent + 1.5 * odd
