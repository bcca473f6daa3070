"""Sections that fill a number of bars."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from audiogen.music._styles import Style

__all__ = ["divided", "form_cost"]

_LONG_ENOUGH = 12  # bars from which an introduction is worth it
_IDLE = 4.3  # what a clip of nothing but the bars after a last note that was held would cost


def divided(
    n_bars: int,
    style: Style,
    before: str,
    *,
    first: bool,
    last: str | None,
    is_whole: bool,
    changes: bool,
    has_backing: bool,
) -> list[tuple[str, int]]:
    """Return names and numbers of bars of sections that fill a number of bars.

    Parameters
    ----------
    n_bars : int
        Number of bars.
    style : Style
        The style.
    before : str
        Letters of the sections that come before.
    first : bool
        Whether there may be an introduction.
    last : str or None
        How the clip ends after these bars; None where it goes on or is a loop.
    is_whole : bool
        Whether the last bar is as long as the others.
    changes : bool
        Whether the first section must differ from the one before.
    has_backing : bool
        Whether there are parts that can play before the melody, and after it.
    """
    best: tuple[float, int, list[int], int] | None = None
    intros = {0, *style.intro_bars} if first and has_backing else {0}
    outros = _outros(n_bars, last, is_whole or _has_closes(style), has_backing)
    for intro in sorted(intros):
        for outro in outros:
            for sizes in _sizes(n_bars - intro - outro, style):
                cost = _cost(sizes, style) + _frame_cost(n_bars, intro, outro, style)
                if best is None or cost < best[0]:
                    best = cost, intro, sizes, outro
    if last is None and n_bars in intros and n_bars > 1:
        return [("intro", n_bars)]  # the melody begins at the hit that follows
    assert best is not None  # no introduction and one section always fit
    _, intro, sizes, outro = best
    names = _letters(len(sizes), style, before, changes)
    sections = [("intro", intro), *zip(names, sizes, strict=True), ("outro", outro)]
    return [(name, bars) for name, bars in sections if bars]


def form_cost(sections: Sequence[Any], style: Style) -> float:
    """Return how unusual sections are; 0 is usual."""
    sizes = [s.n_bars for s in sections if len(s.name) == 1]
    intro = sum(s.n_bars for s in sections if s.name == "intro")
    outro = sum(s.n_bars for s in sections if s.name == "outro")
    n_bars = sum(s.n_bars for s in sections)
    return _cost(sizes, style) + _frame_cost(n_bars, intro, outro, style)


def _has_closes(style: Style) -> bool:
    """Tell whether the last bar of each section holds its last note, so that it can be cut."""
    return style.melody is not None and bool(style.melody.closes)


def _outros(n_bars: int, last: str | None, can_close: bool, has_backing: bool) -> list[int]:
    """Return the numbers of bars that a close after the last section may have."""
    if last != "ring" or n_bars == 1:
        return [0]
    fewest = 0 if can_close else 1
    return [*range(fewest, 3)] if has_backing else [fewest]  # a melody alone holds one bar


def _sizes(n_bars: int, style: Style) -> list[list[int]]:
    """Return ways to make sections of a number of bars."""
    if n_bars < 1:
        return []
    ways = [[n_bars]] if n_bars <= max(style.section_bars) else []
    for usual in style.section_bars:
        count, rest = divmod(n_bars, usual)
        if count and not rest:
            ways.append([usual] * count)
        elif count:
            ways.append([usual] * count + [rest])
            ways.append([usual] * (count - 1) + [usual + rest])
    return ways or [[n_bars]]


def _cost(sizes: list[int], style: Style) -> float:
    """Return how unusual the lengths of sections are."""
    if not sizes:
        return 0.0
    usual = style.section_bars
    cost = 0.0
    for bars, times in Counter(sizes).items():
        if bars in usual:
            cost += times * 0.3 * usual.index(bars) / len(sizes)
        else:
            cost += times * (0.8 if bars % 4 == 0 else 1.0 if bars % 2 == 0 else 1.6)
            cost += times * ((bars == 1 and len(sizes) > 1) or bars > max(usual))
    return cost


def _frame_cost(n_bars: int, intro: int, outro: int, style: Style) -> float:
    """Return what an introduction and a close cost, or lacking them."""
    cost = 3.0 if intro * 4 > n_bars or (outro > 1 and outro * 6 > n_bars) else 0.0
    cost += 0.2 if not intro and n_bars >= _LONG_ENOUGH else 0.0
    cost += 0.1 * (intro > 2) + (0.0, 0.0, 0.3)[outro]
    cost += _IDLE * outro / n_bars if _has_closes(style) else 0.0
    return cost


def _letters(count: int, style: Style, before: str, changes: bool) -> str:
    """Return letters for sections, those of the style's form where nothing comes before."""
    letters = style.form(len(before) + count)[len(before) :]
    if changes and before and letters[:1] == before[-1]:
        letters = ("B" if before[-1] == "A" else "A") + letters[1:]
    return letters
