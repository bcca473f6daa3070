"""From scores to the sections that the melody network sees, and back."""

import itertools
from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from audiogen.generators._melody_features import Strain, Vocabulary
from audiogen.io import Score, Section

__all__ = ["TICKS", "Span", "arranged", "learn_vocabulary", "spans_of", "strains_of"]

TICKS = 24  # a quarter note: 32nd notes and triplets of 16ths are whole numbers
_PIECE = 8  # bars; a score that names no sections is taken in pieces of so many
_LONGEST_UNNAMED = 16
_RARE_PLACE, _RARE_DURATION = 5e-5, 1e-5  # shares of notes, tuned on 380,000 of them
_RARE_PITCH = 0.01  # per cent, at either end


class Span(NamedTuple):
    """A section of a score in ticks.

    Attributes
    ----------
    bar, n_bars, lead, end : int
        As of `Strain`.
    notes : list of (int, int, int or None)
        Start, duration and semitones from the tonic of each note; None is a rest.
    """

    bar: int
    n_bars: int
    lead: int
    end: int
    notes: list[tuple[int, int, int | None]]


def spans_of(score: Score) -> list[Span]:
    """Return the sections of a score's melody: one voice, and rests between its notes.

    A section begins with the notes in the last bar before it that the score's pickup, if it has
    one, would take.
    """
    bar = round(score.bar * TICKS)
    notes = _voice(score)
    first = round(score.pickup * TICKS)
    length = round(score.length * TICKS)
    starts = _starts(score, first, bar, length)
    leads = [first] + [_lead(notes, start, first) for start in starts[1:]]
    edges = [start - lead for start, lead in zip(starts, leads, strict=True)] + [length]
    spans = []
    for start, lead, (low, high) in zip(starts, leads, itertools.pairwise(edges), strict=True):
        here = [(on - start, off - start, pitch) for on, off, pitch in notes if low <= on < high]
        if here:
            filled = _with_rests(here, -lead, high - start, bar)
            spans.append(Span(bar, -(-(high - start) // bar), lead, high - start, filled))
    return spans


def _voice(score: Score) -> list[tuple[int, int, int]]:
    """Return onset, end and semitones from the tonic of a melody's notes, one at a time."""
    table = score.notes
    part = table.part.to_numpy()
    kept = part == "melody" if "melody" in score.parts else part != "drums"
    onsets = np.rint(table.onset.to_numpy()[kept] * TICKS).astype(int)
    ends = np.rint((table.onset + table.duration).to_numpy()[kept] * TICKS).astype(int)
    highest: dict[int, tuple[int, int]] = {}
    for onset, end, pitch in zip(
        onsets.tolist(), ends.tolist(), table.pitch.to_numpy()[kept].tolist(), strict=True
    ):
        if onset not in highest or pitch > highest[onset][0]:
            highest[onset] = pitch, max(end, onset + 1)
    following = [*list(highest)[1:], np.inf]
    return [
        (onset, int(min(end, after)), pitch - score.tonic)
        for (onset, (pitch, end)), after in zip(highest.items(), following, strict=True)
    ]


def _starts(score: Score, first: int, bar: int, length: int) -> list[int]:
    """Return where sections start, the nearest bar lines in ticks."""
    if not score.sections:
        whole = length - first <= _LONGEST_UNNAMED * bar
        return [first] if whole else list(range(first, max(length, first + 1), _PIECE * bar))
    lines = {max(0, round((s.start * TICKS - first) / bar)) for s in score.sections}
    return [first + line * bar for line in sorted(lines | {0})]


def _lead(notes: list[tuple[int, int, int]], start: int, most: int) -> int:
    """Return how many ticks of the pickup that a score has this section has, too."""
    return max((start - on for on, _, _ in notes if start - most <= on < start), default=0)


def _with_rests(
    notes: list[tuple[int, int, int]], start: int, end: int, bar: int
) -> list[tuple[int, int, int | None]]:
    """Return start, duration and pitch of notes and of rests, which end at bar lines."""
    found: list[tuple[int, int, int | None]] = []
    now = start
    for on, off, pitch in [*notes, (end, end, 0)]:
        while now < on:
            stop = min(on, (now // bar + 1) * bar)
            found.append((now, stop - now, None))
            now = stop
        off = min(off, end)
        if off > on:
            found.append((on, off - on, pitch))
        now = max(now, off)
    return found


def learn_vocabulary(
    tunes: Sequence[Sequence[Span]], conditions: Sequence[tuple[str | None, str, str]]
) -> dict[str, Any]:
    """Return the parameters of a `Vocabulary` of tunes and their (genre, mode, metre)."""
    genres, modes, metres = (
        sorted({str(c[i]) for c in conditions if c[i] is not None}) for i in range(3)
    )
    pitches: Counter[int] = Counter()
    durations: Counter[int] = Counter()
    places: Counter[tuple[int, int]] = Counter()
    for spans, condition in zip(tunes, conditions, strict=True):
        metre = metres.index(condition[2])
        for span in spans:
            for start, duration, pitch in span.notes:
                places[metre, start % span.bar] += 1
                durations[duration] += 1
                if pitch is not None:
                    pitches[pitch] += 1
    n_notes = durations.total()
    heights = np.sort(list(pitches.elements()))
    low, high = np.percentile(heights, [_RARE_PITCH, 100 - _RARE_PITCH], method="nearest")
    return {
        "low": int(low),
        "high": int(high),
        "durations": sorted(t for t, n in durations.items() if n > _RARE_DURATION * n_notes),
        "places": np.array(sorted(at for at, n in places.items() if n > _RARE_PLACE * n_notes)),
        "genres": genres,
        "metres": metres,
        "modes": modes,
    }


def strains_of(spans: Sequence[Span], vocabulary: Vocabulary) -> list[Strain]:
    """Return sections as classes."""
    strains = []
    for span in spans:
        strain = Strain(span.bar, span.n_bars, span.lead, span.end)
        for start, ticks, pitch in span.notes:
            kind = 0 if pitch is None else vocabulary.pitch_class(pitch)
            strain.add(start, ticks, kind, vocabulary.length_class(ticks))
        strains.append(strain)
    return strains


def arranged(
    strains: Sequence[Strain], names: Sequence[str], vocabulary: Vocabulary, **about: Any
) -> Score:
    """Return sections one after the other as a score; pickups take the end of what is before.

    Parameters
    ----------
    strains : list of Strain
        Sections; the first of them decides the score's pickup.
    names : list of str
        Their names.
    vocabulary : Vocabulary
        Their classes.
    **about : object
        Further parameters of the score, its tonic among them.
    """
    now, edges = strains[0].lead, [0]
    rows: list[list[int]] = []
    for strain in strains:
        begin = now - strain.lead
        rows = [[on, min(off, begin), pitch] for on, off, pitch in rows if on < begin]
        for start, ticks, kind in zip(strain.start, strain.duration, strain.pitch, strict=True):
            if kind:
                pitch = vocabulary.low + kind - 1 + about["tonic"]
                rows.append([now + start, now + start + ticks, pitch])
        now += strain.n_bars * strain.bar
        edges.append(now)
    onset, end, pitch = np.array(rows).T
    return Score(
        {"onset": onset / TICKS, "duration": (end - onset) / TICKS, "pitch": pitch},
        sections=[
            Section(name, low / TICKS, high / TICKS)
            for name, (low, high) in zip(names, itertools.pairwise(edges), strict=True)
        ],
        pickup=strains[0].lead / TICKS,
        **about,
    )
