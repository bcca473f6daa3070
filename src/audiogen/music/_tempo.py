"""Tempi at which whole bars or beats fill given times."""

import itertools
import math
from collections.abc import Iterator
from typing import NamedTuple

from audiogen.music._brief_checks import LONGEST, SHORTEST
from audiogen.music._styles import Style

__all__ = ["Spans", "bpm_range", "fitted", "misfit", "refusal"]

BEND = 0.04  # the largest change of a tempo, asked for or drawn
_COMPOUND = 8
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


def bpm_range(style: Style, metre: tuple[int, int]) -> tuple[float, float]:
    """Return the slowest and the fastest tempo of a style in one of its metres."""
    usual = style.metres[0]
    if _COMPOUND in (metre[1], usual[1]):
        return style.bpm  # a dotted beat takes the place of a plain one
    factor = metre[1] / usual[1] if {metre[1], usual[1]} == {2, 4} else 1.0
    return style.bpm[0] * factor, style.bpm[1] * factor


def fitted(
    spans: Spans, bpm: float, bounds: tuple[float, float] | None
) -> Iterator[tuple[float, tuple[float, ...]]]:
    """Yield tempi within 4 % of one that fit, and the number of beats in each span.

    A tempo that is asked for (`bounds` is None) is bent only for a loop or for hits; one that
    was drawn is bent for whole bars, too, within bounds.
    """
    if bounds is not None and len(spans.durations) == 1:
        yield from _whole(spans, bpm, *bounds)
    if spans.n_fixed == 0:
        yield bpm, (spans.durations[0] * bpm / 60,)
    elif (found := _counts(spans, bpm)) is not None:
        yield found


def misfit(spans: Spans, bpm: float) -> float:
    """Return the share by which a tempo must be bent to fit: to bars in a loop, else to beats."""
    step = spans.beats if spans.loop else 1
    beats = [duration * bpm / 60 for duration in spans.durations[: spans.n_fixed]]
    wanted = [max(spans.beats, round(count / step) * step) for count in beats]
    return max((abs(n / count - 1) for n, count in zip(wanted, beats, strict=True)), default=0.0)


def _whole(
    spans: Spans, bpm: float, low: float, high: float
) -> Iterator[tuple[float, tuple[float, ...]]]:
    """Yield the tempi near one and within bounds at which whole bars fill the one span."""
    bars = spans.durations[0] / 60 / spans.beats
    slowest, fastest = max(bpm * (1 - BEND), low), min(bpm * (1 + BEND), high)
    fewest, most = math.ceil(bars * slowest - _EXACT), math.floor(bars * fastest + _EXACT)
    for n_bars in range(max(1, fewest), most + 1):
        count = n_bars * spans.beats
        yield count * 60 / spans.durations[0], (float(count),)


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


class _Offer(NamedTuple):
    """A combination that may hold in place of the one that was asked for."""

    bpm: float
    seconds: float
    hits: tuple[float, ...] = ()

    def as_printed(self) -> "_Offer":
        """Return what is read where this is printed."""
        bpm, seconds, *hits = (float(f"{x:.6g}") for x in (self.bpm, self.seconds, *self.hits))
        return _Offer(bpm, seconds, tuple(hits))

    def text(self, seconds: float) -> str:
        """Return the combination as text, with its length if that is not the one asked for."""
        words = [f"bpm={self.bpm:.6g}"]
        if not self.hits or self.seconds != seconds:
            words.append(f"seconds={self.seconds:.6g}")
        if self.hits:
            words.append(f"hits at {_times(self.hits)}")
        return " and ".join(words)


def refusal(spans: Spans, bpm: float, *, is_free: bool) -> str:
    """Return the message for what cannot hold, with two combinations near it that can."""
    seconds, hits = sum(spans.durations), _hits(spans)
    what = f"{'a loop' if spans.loop else 'a clip'} of {seconds:g} s"
    if hits:
        what += f" with hits at {_times(hits)}"
    needed = "bars" if spans.loop else "beats between its hits"
    ways = _ways(spans, bpm, seconds) if hits else _loops(spans, bpm, seconds)
    texts: dict[str, None] = {}
    for offer in _possible(ways, spans):
        texts[offer.text(seconds)] = None
        if len(texts) == 2:
            break
    possible = f" Possible are {', or '.join(texts)}." if texts else " Change the hits."
    if is_free:  # nobody asked for the tempo
        return f"At no tempo of the style has {what} a whole number of {needed}.{possible}"
    return (
        f"With bpm={bpm:g} {what} has no whole number of {needed}, even with the tempo bent by "
        f"{BEND:.0%}.{possible}"
    )


def _possible(ways: list[Iterator[_Offer]], spans: Spans) -> Iterator[_Offer]:
    """Yield the first combination of each way that holds, then the second ones, and so on."""
    holding = [filter(lambda offer: _holds(offer, spans), way) for way in ways]
    for row in itertools.zip_longest(*holding):
        yield from (offer for offer in row if offer is not None)


def _hits(spans: Spans) -> tuple[float, ...]:
    return tuple(itertools.accumulate(spans.durations[:-1]))


def _times(hits: tuple[float, ...]) -> str:
    return " ".join(f"{hit:.6g}" for hit in hits) + " s"


def _holds(offer: _Offer, spans: Spans) -> bool:
    """Tell whether a combination holds if it is asked for as it is printed."""
    bpm, seconds, hits = offer.as_printed()
    durations = tuple(b - a for a, b in itertools.pairwise((0.0, *hits, seconds)))
    if not (_SLOWEST <= bpm <= _FASTEST and SHORTEST <= seconds <= LONGEST) or min(durations) <= 0:
        return False
    return any(True for _ in fitted(spans._replace(durations=durations), bpm, None))


def _near(count: float, fewest: int = 1) -> list[int]:
    """Return whole numbers, the nearest to one first."""
    numbers = range(fewest, fewest + 2 * math.ceil(count) + 2)
    return sorted(numbers, key=lambda n: abs(n - count))


def _loops(spans: Spans, bpm: float, seconds: float) -> list[Iterator[_Offer]]:
    """Return other lengths of a loop without hits, and other tempi."""
    bar = spans.beats * 60 / bpm
    lengths = (_Offer(bpm, n * bar) for n in _near(max(seconds, SHORTEST) / bar))
    tempi = (_Offer(n * bar * bpm / seconds, seconds) for n in _near(seconds / bar))
    return [lengths, tempi]


def _ways(spans: Spans, bpm: float, seconds: float) -> list[Iterator[_Offer]]:
    """Return other tempi for the hits, and ways to move them to beats or bars."""
    steps = sorted(range(-240, 241), key=abs)
    hits = _hits(spans)
    tempi = (_Offer(round(bpm * math.exp(_GRID * n), 1), seconds, hits) for n in steps)
    if not spans.loop:
        return [tempi, *(_moved(spans, bpm, step) for step in (1, spans.beats))]
    counts = _near(seconds * bpm / 60 / spans.beats, len(hits) + 1)
    near = (_in_bars(spans, n) for n in counts)
    return [tempi, near, _moved(spans, bpm, spans.beats)]


def _moved(spans: Spans, bpm: float, step: int) -> Iterator[_Offer]:
    """Yield the hits moved to multiples of some beats, then in longer and longer clips."""
    moved = _at_steps(spans, bpm, step)
    yield moved
    bar = spans.beats * 60 / bpm
    bars = math.ceil(max(moved.seconds, moved.hits[-1] + bar / 2) / bar - _EXACT)
    for more in range(3):
        yield moved._replace(seconds=(bars + more) * bar)


def _at_steps(spans: Spans, bpm: float, step: int) -> _Offer:
    """Return the hits moved to multiples of some beats, a bar or more apart."""
    beat = 60 / bpm
    at, hits = 0.0, []
    for hit in _hits(spans):
        at += max(spans.beats, round((hit - at) / beat / step) * step) * beat
        hits.append(at)
    return _Offer(bpm, sum(spans.durations), tuple(hits))


def _in_bars(spans: Spans, n_bars: int) -> _Offer:
    """Return the hits of a loop moved to bars, of which so many fill its length."""
    seconds = sum(spans.durations)
    bar, at = seconds / n_bars, 0
    hits = []
    for left, hit in zip(range(len(spans.durations) - 1, 0, -1), _hits(spans), strict=True):
        at = min(max(at + 1, round(hit / bar)), n_bars - left)  # a bar or more for each
        hits.append(at * bar)
    return _Offer(spans.beats * 60 / bar, seconds, tuple(hits))
