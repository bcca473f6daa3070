"""A composed melody laid out over the sections of a plan."""

from typing import TYPE_CHECKING

import pandas as pd

from audiogen.io import Score, Section
from audiogen.music._bars import NEAR

if TYPE_CHECKING:
    from audiogen.music._plan import Plan, PlannedSection

__all__ = ["laid_out"]

_Chord = tuple[float, float, str]
_LONG = 0.4  # of a bar that a last note lasts which is not struck again


def laid_out(plan: "Plan", melody: Score) -> Score:
    """Return a melody as long as a plan, its sections where the plan has them."""
    bar = 4 * plan.metre[0] / plan.metre[1]
    if abs(melody.bar - bar) > NEAR:
        raise ValueError(
            f"The melody's bars are {melody.bar:g} quarter notes long, the plan's {bar:g}."
        )
    sections = melody.sections or [Section("A", melody.pickup, melody.length)]
    notes: list[pd.DataFrame] = []
    chords: list[_Chord] = []
    seen: dict[str, int] = {}
    for number, planned in enumerate(plan.sections):
        if len(planned.name) > 1:
            continue
        section = _of_letter(sections, planned.name, seen)
        seen[planned.name] = seen.get(planned.name, 0) + 1
        if not notes and melody.pickup:
            notes += _pickup(plan, melody, planned, number)
        for copied in _copied(melody, section, planned):
            notes.append(copied[0])
            chords += copied[1]
    _hold_last_note(plan, melody.bar, notes)
    table = pd.concat(notes, ignore_index=True).drop(columns="chord")
    _bring_home(plan, melody, table)
    table["duration"] = (
        table[["duration"]].assign(end=plan.sections[-1].end - table.onset).min(axis=1)
    )
    return Score(
        table[table.duration > NEAR], metre=plan.metre, tonic=melody.tonic, mode=melody.mode,
        tempo=plan.tempo, title=melody.title, chords=_joined(chords),
        sections=[Section(s.name, s.start, s.end) for s in plan.sections],
        tempos=plan.tempos, restarts=plan.restarts,
    )  # fmt: skip


def _of_letter(sections: list[Section], letter: str, seen: dict[str, int]) -> Section:
    """Return the section for the next occurrence of a letter; they are used in turn."""
    same = [section for section in sections if section.name == letter]
    if not same:
        names = ", ".join(dict.fromkeys(section.name for section in sections))
        raise ValueError(f"The melody has no section {letter!r}, only {names}.")
    return same[seen.get(letter, 0) % len(same)]


def _copied(
    melody: Score, section: Section, planned: "PlannedSection"
) -> list[tuple[pd.DataFrame, list[_Chord]]]:
    """Return the notes and chords of a section, moved to where the plan has it."""
    first = max(section.start, melody.pickup)  # the first section holds the pick-up, too
    n_there = max(1, round((section.end - first) / melody.bar))
    kept = _kept_bars(n_there, planned.n_bars)
    pieces = []
    begin = 0
    while begin < len(kept):  # runs of bars that follow each other go together
        stop = begin + 1
        while stop < len(kept) and kept[stop] == kept[stop - 1] + 1:
            stop += 1
        at = planned.start + begin * melody.bar
        end = planned.end if stop == len(kept) else planned.start + stop * melody.bar
        low = first + kept[begin] * melody.bar
        high = first + (kept[stop - 1] + 1) * melody.bar
        pieces.append(_moved(melody, low, high, at, end))
        begin = stop
    return pieces


def _kept_bars(n_there: int, n_bars: int) -> list[int]:
    """Return which bars are kept of a section: the first ones, and the last two as its close."""
    if n_bars >= n_there:
        return [min(bar, n_there - 1) for bar in range(n_bars)]
    close = min(2, n_bars // 2)
    return [*range(n_bars - close), *range(n_there - close, n_there)]


def _moved(
    melody: Score, low: float, high: float, at: float, end: float
) -> tuple[pd.DataFrame, list[_Chord]]:
    """Return what begins between two times, moved, and cut at an end."""
    notes = melody.notes
    inside = notes[(notes.onset >= low - NEAR) & (notes.onset < high - NEAR)].copy()
    inside["onset"] += at - low
    usual_end = at + high - low
    stops = inside.onset + inside.duration
    stops = stops.where(stops < usual_end - NEAR, end)  # a longer last bar is held
    inside["duration"] = stops.clip(upper=end) - inside.onset
    chords = [
        (
            at + max(s, low) - low,
            end if e >= high - NEAR else min(end, at + e - low),
            name,
        )
        for s, e, name in melody.chords
        if e > low + NEAR and s < high - NEAR
    ]
    return inside[inside.duration > NEAR], [c for c in chords if c[1] > c[0] + NEAR]


def _pickup(
    plan: "Plan", melody: Score, planned: "PlannedSection", number: int
) -> list[pd.DataFrame]:
    """Return the melody's pick-up: in the introduction, or at the end of a loop."""
    if number:
        end = planned.start
    elif plan.loop:
        end = plan.sections[-1].end
    else:
        return []  # a clip begins with a whole bar
    return [_moved(melody, 0.0, melody.pickup, end - melody.pickup, end)[0]]


def _hold_last_note(plan: "Plan", bar: float, notes: list[pd.DataFrame]) -> None:
    """Have the melody's last note sound in the bars after its last section, in place.

    One that was long there is held on; a short one is struck again.
    """
    outro = plan.sections[-1]
    if outro.name != "outro" or not len(notes[-1]):
        return
    last = notes[-1].iloc[[-1]].copy()
    if last.duration.iloc[0] >= _LONG * bar - NEAR:
        notes[-1] = notes[-1].iloc[:-1]
    else:
        last["onset"] = outro.start
    last["duration"] = outro.end - last.onset
    notes.append(last)


def _bring_home(plan: "Plan", melody: Score, notes: pd.DataFrame) -> None:
    """Move the last note to the tonic where a tune has lost its close, or may have."""
    last = [section for section in plan.sections if len(section.name) == 1][-1]
    if plan.ending in ("ring", "cold") and (last.n_bars == 1 or not last.is_whole):
        final = notes.index[-1]
        notes.loc[final, "pitch"] += (melody.tonic - notes.pitch[final] + 5) % 12 - 5


def _joined(chords: list[_Chord]) -> list[_Chord]:
    """Return chords in order, those that overlap cut."""
    chords = sorted(chords)
    stops = [*(start for start, _, _ in chords[1:]), float("inf")]
    return [
        (start, min(end, stop), name)
        for (start, end, name), stop in zip(chords, stops, strict=True)
        if min(end, stop) > start + NEAR
    ]
