"""What lasts from one time of a score to another: sections, chords and bars."""

import itertools
import numbers
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from audiogen.io._chords import usual_name
from audiogen.io._note_table import LONGEST
from audiogen.utils.validation import Interval

__all__ = ["Section"]

Chords = tuple[tuple[float, float, str], ...]
LARGEST_OF_METRE = 64


class Section(NamedTuple):
    """A section of a score.

    Attributes
    ----------
    name : str
        Its name, such as "A" or "verse".
    start, end : float
        Where it starts and ends, in quarter notes from the start of the score.
    """

    name: str
    start: float
    end: float


def column_chords(notes: dict[str, np.ndarray], length: float) -> Chords:
    """Return the spans of the chords that a column names; "" lets the one before go on."""
    changes: dict[float, str] = {}
    for onset, name in zip(notes["onset"].tolist(), notes["chord"], strict=True):
        if name and changes.setdefault(onset, name) != name:
            raise ValueError(
                f"The notes at onset {onset:g} name two chords, {changes[onset]!r} and {name!r}."
            )
    ends = [*list(changes)[1:], length]
    spans = zip(changes.items(), ends, strict=False)  # one end too many if nothing is named
    return joined((start, end, name) for (start, name), end in spans)


def joined(chords: Iterable[tuple[float, float, str]]) -> Chords:
    """Return chords with those joined that follow each other and have one name."""
    spans: list[tuple[float, float, str]] = []
    for start, end, name in chords:
        if spans and spans[-1][2] == name and spans[-1][1] >= start:
            spans[-1] = (spans[-1][0], end, name)
        else:
            spans.append((start, end, name))
    return tuple(spans)


def checked_chords(chords: Sequence[Any]) -> Chords:
    """Return chords as spans with names in the usual spelling; overlaps are refused."""
    spans: list[tuple[float, float, str]] = []
    for chord in chords:
        if not isinstance(chord, tuple | list) or len(chord) != 3:
            raise ValueError(
                "The 'chords' parameter of Score must be tuples of start, end and name. "
                f"Got {chord!r}."
            )
        start, end = check_span("chord", chord[2], chord[0], chord[1])
        spans.append((start, end, usual_name(chord[2])))
    spans.sort()
    for (_, end, name), (start, _, _) in itertools.pairwise(spans):
        if end > start:
            raise ValueError(f"The chord {name!r} must end before the next starts, at {start:g}.")
    return joined(spans)


def chords_at(chords: Sequence[tuple[float, float, str]], onsets: np.ndarray) -> list[str]:
    """Return the names of the chords that sound at some times, "" where there is none."""
    starts = np.array([start for start, _, _ in chords])
    found = np.searchsorted(starts, onsets, side="right") - 1
    return [
        chords[i][2] if i >= 0 and onset < chords[i][1] else ""
        for i, onset in zip(found, onsets, strict=True)
    ]


def check_span(kind: str, name: Any, start: Any, end: Any) -> tuple[float, float]:
    """Return start and end of a section or a chord as floats."""
    try:
        start, end = float(start), float(end)
    except (TypeError, ValueError):
        raise ValueError(f"The {kind} {name!r} must start and end at numbers.") from None
    if not 0 <= start < end <= LONGEST:
        raise ValueError(
            f"The {kind} {name!r} must start at 0 or later and end after that, by {LONGEST:g} "
            f"quarter notes. Got {start:g} to {end:g}."
        )
    return start, end


def checked_metre(metre: Any) -> tuple[int, int]:
    is_pair = isinstance(metre, tuple | list) and len(metre) == 2
    whole = Interval(numbers.Integral, 1, LARGEST_OF_METRE, closed="both")
    if not is_pair or not all(map(whole.allows, metre)) or metre[1] & (metre[1] - 1):
        raise ValueError(
            "The 'metre' parameter of Score must be a numerator and a denominator from 1 to "
            f"{LARGEST_OF_METRE}, such as (6, 8); the denominator is a power of two. "
            f"Got {metre!r} instead."
        )
    return int(metre[0]), int(metre[1])


def checked_section(section: Any) -> Section:
    if not isinstance(section, tuple | list) or len(section) != 3:
        raise ValueError(
            f"A section of a Score must be Section(name, start, end). Got {section!r} instead."
        )
    return Section(str(section[0]), *check_span("section", *section))
