"""Repeats and endings of written music, unfolded; and bars put one after the other."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

_MOST_BARS = 20_000  # a few repeats inside each other could ask for any number


@dataclass
class Note:
    """A note of a bar: its place in the bar and its duration are quarter notes."""

    onset: Fraction
    duration: Fraction
    pitch: int
    velocity: int = 80
    tied: bool = False  # to the next note of this pitch
    continued: bool = False  # from the one before, where that is told
    voice: str = ""  # of those that are written on one staff


@dataclass
class Bar:
    """A bar as written, with what its bar lines say."""

    notes: list[Note] = field(default_factory=list)
    chords: list[tuple[Fraction, str]] = field(default_factory=list)  # "" where there is none
    labels: list[tuple[Fraction, str]] = field(default_factory=list)  # names of sections
    length: Fraction = Fraction(0)
    tempo: float = 120.0  # at its beginning
    tempos: list[tuple[Fraction, float]] = field(default_factory=list)  # its changes
    starts_repeat: bool = False
    times: int = 1  # how often what ends here is played
    ending: tuple[int, ...] = ()  # the passes in which this bar is played, all if empty
    is_double: bool = False  # ends in a double bar line
    part: str = ""  # the last section named, for an order of sections


def play_order(bars: Sequence[Bar]) -> list[int]:
    """Return the bars' indices in the order in which they are played.

    A repeat that starts nowhere starts after the last one, or after a double bar line.
    """
    order: list[int] = []
    i = start = 0
    turn, is_explicit = 1, False
    before: tuple[int, ...] = ()
    while i < len(bars):
        bar = bars[i]
        if len(order) > _MOST_BARS:
            raise ValueError(f"its repeats make more than {_MOST_BARS} bars")
        left_endings = bool(before) and not bar.ending
        if (bar.starts_repeat and (i != start or not is_explicit)) or left_endings:
            start, turn, is_explicit = i, 1, bar.starts_repeat
        before = bar.ending
        if bar.ending and turn not in bar.ending:
            i += 1
            continue
        order.append(i)
        if turn < _turns(bars, i):
            i, turn, before = start, turn + 1, ()
            continue
        if bar.times > 1 or (bar.is_double and not is_explicit and not bar.ending):
            start, turn, is_explicit = i + 1, 1, False
            before = ()
        i += 1
    return order


def _turns(bars: Sequence[Bar], i: int) -> int:
    """Return how often what ends with a bar is played: 1 where nothing ends."""
    bar = bars[i]
    if not bar.ending:
        return bar.times
    last = i + 1 == len(bars) or bars[i + 1].ending != bar.ending
    if not last and bar.times == 1:
        return 1
    turns = max(bar.ending)
    while i + 1 < len(bars) and bars[i + 1].ending and not bars[i + 1].starts_repeat:
        i += 1
        turns = max(turns, *bars[i].ending)
    return turns


@dataclass
class Voice:
    """Bars put one after the other: times are quarter notes from the start."""

    notes: list[Note]
    chords: list[tuple[Fraction, str]]
    labels: list[tuple[Fraction, str]]
    length: Fraction
    tempos: list[tuple[float, float]]


def joined_bars(bars: Sequence[Bar]) -> Voice:
    """Return bars in the order given as one voice, tied notes made one."""
    voice = Voice([], [], [], Fraction(0), [])
    # By pitch and end; voices may cross, and hold one pitch at the same time.
    open_ties: dict[tuple[int, Fraction], list[Note]] = {}
    for bar in bars:
        now = voice.length
        for note in sorted(bar.notes, key=lambda n: (n.onset, not n.continued)):
            onset = now + note.onset
            ties = open_ties.get((note.pitch, onset))
            if ties:
                tie = min(
                    ties,
                    key=lambda t: (t.voice != note.voice, abs(t.velocity - note.velocity)),
                )
                ties.remove(tie)
                tie.duration += note.duration
                tie.tied = note.tied
            else:
                tie = replace(note, onset=onset)
                voice.notes.append(tie)
            if tie.tied:
                open_ties.setdefault((note.pitch, tie.onset + tie.duration), []).append(tie)
        voice.chords += [(now + onset, name) for onset, name in bar.chords]
        voice.labels += [(now + onset, name) for onset, name in bar.labels]
        voice.tempos.append((float(now), bar.tempo))
        voice.tempos += [(float(now + onset), tempo) for onset, tempo in bar.tempos]
        voice.length += bar.length
    return voice


def spans(events: Sequence[tuple[Fraction, str]], end: Fraction) -> list[tuple[float, float, str]]:
    """Return what holds from one event to the next as (start, end, name); "" holds nothing."""
    changes = {float(start): name for start, name in sorted(events, key=lambda e: e[0])}
    ends = [*list(changes)[1:], float(end)]
    found = zip(changes.items(), ends, strict=False)
    return [(start, stop, name) for (start, name), stop in found if name and stop > start]
