"""Tempi at which whole bars or beats fill given times."""

import itertools
import math
from collections.abc import Iterator
from typing import NamedTuple

__all__ = ["Spans", "fitted", "refusal"]

BEND = 0.04  # the largest change of a tempo
_FREE = 0.08  # how far a tempo is moved that nobody asked for
_EXACT = 1e-9
_GRID = 0.0025  # step of tempi that are tried, as a ratio
_SLOWEST, _FASTEST = 20.0, 400.0


class Spans(NamedTuple):
    """Times between fixed points: the start, the hits and the end of a clip.

    All but the last must hold whole beats, and all of a loop must hold whole bars.
    """

    durations: tuple[float, ...]  # seconds
    beats: int  # in a bar
    loop: bool

    def n_bars(self, count: float, cut: bool = False) -> int:
        """Return the number of bars for a number of beats; half a bar or more is a bar."""
        bars = count / self.beats
        if cut:
            return max(1, math.ceil(bars - 0.02))
        return max(1, math.floor(bars + 0.5 + _EXACT))

    @property
    def n_fixed(self) -> int:
        """How many spans must hold whole beats."""
        return len(self.durations) - (not self.loop)


def fitted(
    spans: Spans, bpm: float, bounds: tuple[float, float] | None
) -> Iterator[tuple[float, tuple[float, ...]]]:
    """Yield tempi that fit, and the number of beats in each span.

    A tempo that is asked for (`bounds` is None) is bent only for a loop or for hits; a free one
    may be any within bounds.
    """
    if spans.n_fixed == 0:
        if bounds is None:
            yield bpm, (spans.durations[0] * bpm / 60,)
            return
        yield from _whole(spans, bpm, *bounds)
        yield bpm, (spans.durations[0] * bpm / 60,)
        return
    seen = set()
    for tempo in [bpm] if bounds is None else _tempi(bpm, *bounds):
        found = _counts(spans, tempo)
        if found is not None and found not in seen:
            seen.add(found)
            yield found
    if bounds is not None and spans.loop and len(spans.durations) == 1 and not seen:
        beats = spans.durations[0] * bpm / 60
        count = max(1, round(beats / spans.beats)) * spans.beats
        tempo = count * 60 / spans.durations[0]
        if _SLOWEST <= tempo <= _FASTEST:
            yield tempo, (float(count),)


def _whole(
    spans: Spans, bpm: float, low: float, high: float
) -> Iterator[tuple[float, tuple[float, ...]]]:
    """Yield the tempi near a free one at which whole bars fill the one span."""
    bars = spans.durations[0] / 60 / spans.beats
    slowest, fastest = max(bpm * (1 - _FREE), low), min(bpm * (1 + _FREE), high)
    slowest, fastest = min(slowest, bpm * (1 - BEND)), max(fastest, bpm * (1 + BEND))
    for n_bars in range(max(1, math.ceil(bars * slowest)), math.floor(bars * fastest) + 1):
        count = n_bars * spans.beats
        yield count * 60 / spans.durations[0], (float(count),)


def _tempi(bpm: float, low: float, high: float) -> list[float]:
    """Return tempi within bounds, the nearest to one first."""
    down, up = (math.floor(math.log(ratio) / _GRID) for ratio in (bpm / low, high / bpm))
    steps = range(-down, up + 1)
    return [bpm * math.exp(_GRID * step) for step in sorted(steps, key=abs)]


def _counts(spans: Spans, bpm: float) -> tuple[float, tuple[float, ...]] | None:
    """Return a tempo near one and the beats in each span, or None where a bend is too large."""
    fixed = []
    for duration in spans.durations[: spans.n_fixed]:
        count = _count(duration * bpm / 60, spans)
        if count is None:
            return None
        fixed.append(count)
    tempo = sum(fixed) * 60 / sum(spans.durations[: spans.n_fixed])
    last = spans.durations[-1] * tempo / 60
    if not spans.loop and last < spans.beats / 2:
        return None
    return tempo, tuple(map(float, fixed)) if spans.loop else (*map(float, fixed), last)


def _count(beats: float, spans: Spans) -> int | None:
    """Return the whole bars, or else the whole beats, that a span can be bent to."""
    bars = max(1, round(beats / spans.beats)) * spans.beats
    if abs(bars / beats - 1) <= BEND + _EXACT:
        return bars
    whole = round(beats)
    if spans.loop or whole < spans.beats or abs(whole / beats - 1) > BEND + _EXACT:
        return None
    return whole


def refusal(spans: Spans, bpm: float, loop: bool) -> str:
    """Return the message for what cannot hold, with the two nearest combinations that can."""
    seconds = sum(spans.durations)
    hits = [sum(spans.durations[:n]) for n in range(1, len(spans.durations))]
    what = "a loop" if loop else "a clip"
    asked = f" with hits at {_times(hits)}" if hits else ""
    needed = "bars" if loop else "beats between its hits"
    if hits:
        combinations = [_other_tempo(spans, bpm), *_all_moved(spans, bpm)]
    else:
        n_bars = max(1, round(seconds * bpm / 60 / spans.beats))
        bar = spans.beats * 60 / bpm
        longer = max(n_bars, math.ceil(2 / bar - 1e-9))
        combinations = [
            f"bpm={bpm:g} and seconds={longer * bar:.6g}",
            f"bpm={n_bars * spans.beats * 60 / seconds:.6g} and seconds={seconds:g}",
        ]
    possible = list(dict.fromkeys(text for text in combinations if text))[:2]
    return (
        f"With bpm={bpm:g} {what} of {seconds:g} s{asked} has no whole number of {needed}, even "
        f"with the tempo bent by {BEND:.0%}. Possible are {', or '.join(possible)}."
    )


def _times(hits: list[float]) -> str:
    return " ".join(f"{hit:.6g}" for hit in hits) + " s"


def _other_tempo(spans: Spans, bpm: float) -> str:
    """Return the nearest tempo at which the hits can be had, as text, or nothing."""
    for step in sorted(range(-240, 241), key=abs):
        tempo = round(bpm * math.exp(_GRID * step), 1)
        if _SLOWEST <= tempo <= _FASTEST and _counts(spans, tempo) is not None:
            hits = [sum(spans.durations[:n]) for n in range(1, len(spans.durations))]
            return f"bpm={tempo:g} and hits at {_times(hits)}"
    return ""


def _all_moved(spans: Spans, bpm: float) -> list[str]:
    """Return ways to move the hits, as text: to beats and to bars; to the bars of a loop."""
    if not spans.loop:
        return [_moved(spans, bpm, step) for step in (1, spans.beats)]
    total = sum(spans.durations)
    bars = total * bpm / 60 / spans.beats
    near = sorted(range(1, 2 * math.ceil(bars) + 2), key=lambda n: abs(math.log(n / bars)))
    ways = [_moved(spans, n * spans.beats * 60 / total, spans.beats) for n in near[:4]]
    return [*(text for text in ways if "seconds" not in text), _moved(spans, bpm, spans.beats)]


def _moved(spans: Spans, bpm: float, step: int) -> str:
    """Return the hits moved to multiples of some beats at a tempo, as text.

    The clip is longer where the last hit would leave too little of it.
    """
    beat = 60 / bpm
    asked = at = 0.0
    hits = []
    for duration in spans.durations[:-1]:
        asked += duration
        at += max(spans.beats, round((asked - at) / beat / step) * step) * beat
        hits.append(round(at, 4))
    total = sum(spans.durations)
    durations = tuple(b - a for a, b in itertools.pairwise((0.0, *hits, total)))
    if durations[-1] > 0 and _counts(spans._replace(durations=durations), bpm) is not None:
        return f"bpm={bpm:.6g} and hits at {_times(hits)}"
    bar = beat * spans.beats
    bars = max(math.ceil(total / bar - _EXACT), math.ceil(at / bar + 0.5 - _EXACT))
    return f"bpm={bpm:.6g} and seconds={bars * bar:.6g} and hits at {_times(hits)}"
