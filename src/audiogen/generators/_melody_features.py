"""What the melody network sees before each note: numbers of rows of its first table.

A melody is a list of `Strain`, its sections. Time is counted in ticks, 24 to a quarter note, from
the first bar line of the strain. Pitches are classes: 0 is a rest, n is ``low + n - 1`` semitones
above the tonic of the octave of MIDI 0.
"""

import bisect
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

__all__ = ["N_SOURCES", "Place", "Strain", "Vocabulary", "note_table"]

_LAST = 8  # notes before that are seen one by one
_BARS_BACK = (1, 2, 4, 8)
N_SOURCES = len(_BARS_BACK) + 4  # two sections before, ends aligned, and the longest match
_MATCHED = (0, 1, 2, 3, 4, 6, 9, 14, 22, 40)  # limits of the classes of numbers of matched notes
_MOVED = (0, 1, 2, 3, 5)  # and of notes matched but for their height


@dataclass
class Strain:
    """A section of a melody, as classes.

    Parameters
    ----------
    bar : int
        Ticks a bar.
    n_bars : int
        Whole bars.
    lead : int
        Ticks of the pickup before them.
    end : int
        Where the section ends: before ``n_bars * bar`` if the next one's pickup takes that.
    start, duration, pitch, length : list of int
        Of each note or rest: ticks, ticks, class of pitch, class of duration.
    """

    bar: int
    n_bars: int
    lead: int
    end: int
    start: list[int] = field(default_factory=list)
    duration: list[int] = field(default_factory=list)
    pitch: list[int] = field(default_factory=list)
    length: list[int] = field(default_factory=list)

    def add(self, start: int, duration: int, pitch: int, length: int) -> None:
        """Put a note or rest after those there are."""
        self.start.append(start)
        self.duration.append(duration)
        self.pitch.append(pitch)
        self.length.append(length)

    def empty(self) -> "Strain":
        """Return the same section without notes."""
        return Strain(self.bar, self.n_bars, self.lead, self.end)


class Vocabulary:
    """The classes of pitches, durations and conditions, and the rows of the network's table.

    Parameters
    ----------
    low, high : int
        Lowest and highest pitch from the tonic, in semitones.
    durations : list of int
        Ticks, ascending.
    places : ndarray of shape (n_places, 2), int
        Pairs of a number of a metre and ticks from the bar line that have rows of their own.
    genres, metres, modes : list of str
        Names. Each has one more class, the last: none given.
    """

    def __init__(
        self,
        low: int,
        high: int,
        durations: Sequence[int],
        places: Any,
        genres: Sequence[str],
        metres: Sequence[str],
        modes: Sequence[str],
    ) -> None:
        self.low, self.high = low, high
        self.durations = list(durations)
        self.genres, self.metres, self.modes = list(genres), list(metres), list(modes)
        self.n_pitches, self.n_durations = high - low + 2, len(self.durations)
        self._places = {(m, q): i + 1 for i, (m, q) in enumerate(np.asarray(places).tolist())}
        p, d = self.n_pitches, self.n_durations
        fields = [len(self.genres) + 1, len(self.modes) + 1, len(self.metres) + 1]
        fields += [len(self._places) + 1, 17, 17, 4, 9, 26, p + 1, p + 1]
        fields += [p + 1, d + 1] * _LAST
        fields += [p + 2, d + 1, p + 1, len(_MATCHED), len(_MOVED)] * N_SOURCES
        self.offsets = np.concatenate([[0], np.cumsum(fields)[:-1]]).tolist()
        self.n_rows, self.n_fields = int(sum(fields)), len(fields)

    @property
    def free_genre(self) -> int:
        """Row of the table of no genre given."""
        return int(self.offsets[0]) + len(self.genres)

    @property
    def free_mode(self) -> int:
        """Row of the table of no mode given."""
        return int(self.offsets[1]) + len(self.modes)

    def pitch_class(self, pitch: int) -> int:
        """Return the class of a pitch in semitones from the tonic, the nearest of those known."""
        return min(max(pitch, self.low), self.high) - self.low + 1

    def length_class(self, ticks: int) -> int:
        """Return the class of a duration, the nearest of those known."""
        i = bisect.bisect_left(self.durations, ticks)
        if i and (
            i == len(self.durations) or self.durations[i] * self.durations[i - 1] > ticks**2
        ):
            i -= 1
        return i

    def place_class(self, metre: int, ticks: int) -> int:
        """Return the class of a place in the bar; 0 for one that was rare."""
        return self._places.get((metre, ticks), 0)

    def condition(self, genre: str | None, mode: str, metre: str) -> tuple[int, int, int]:
        """Return the classes of a condition; those of nothing given for a name not known."""
        names = ((self.genres, genre), (self.modes, mode), (self.metres, metre))
        return tuple(known.index(n) if n in known else len(known) for known, n in names)  # type: ignore[return-value]


class _Source:
    """Where the next note may be copied from: an earlier section, or this one, at a distance.

    Parameters
    ----------
    strain : Strain
        Whose notes are copied.
    shift : int
        What is taken off a time in ticks to find the place.
    """

    def __init__(self, strain: Strain, shift: int) -> None:
        self.strain, self.shift = strain, shift
        self.matched = self.moved = 0
        self.here = -1  # number of the note that begins at the place, -1 for none
        self.sounds = False

    def look(self, time: int) -> None:
        """Find the note at a place."""
        starts, time = self.strain.start, time - self.shift
        i = bisect.bisect_left(starts, time, max(0, self.here))
        self.sounds = bool(starts) and starts[0] <= time < starts[-1] + self.strain.duration[-1]
        self.here = i if i < len(starts) and starts[i] == time else -1

    def compare(self, pitch: int, length: int, before: int) -> None:
        """Count how many notes in a row were as they are there, and how many but for height."""
        i, s = self.here, self.strain
        if i < 0 or s.length[i] != length:
            self.matched = self.moved = 0
            return
        self.matched = self.matched + 1 if s.pitch[i] == pitch else 0
        same = i > 0 and pitch and s.pitch[i] and s.pitch[i] - s.pitch[i - 1] == pitch - before
        self.moved = self.moved + 1 if same else 0


class Place:
    """A place in a melody: what the network sees there, and the notes that went before.

    Parameters
    ----------
    vocabulary : Vocabulary
        The classes.
    condition : tuple of int
        Classes of genre, mode and metre.
    strains : list of Strain
        The sections so far, of this tune.
    strain : Strain
        The section that begins; notes are added to it.
    """

    def __init__(
        self,
        vocabulary: Vocabulary,
        condition: tuple[int, int, int],
        strains: Sequence[Strain],
        strain: Strain,
    ) -> None:
        self.vocabulary, self.condition, self.strain = vocabulary, condition, strain
        self.time = -strain.lead
        self._number = min(len(strains), 3)
        none = Strain(strain.bar, 0, 0, 0)
        last = strains[-1] if strains else none
        before = strains[-2] if len(strains) > 1 else none
        self._sources = [_Source(strain, k * strain.bar) for k in _BARS_BACK]
        aligned = (strain.n_bars - last.n_bars) * strain.bar
        self._sources += [_Source(last, 0), _Source(last, aligned), _Source(before, 0)]
        self._history = [(s, i) for s in strains for i in range(len(s.pitch))]
        self._ends: dict[tuple[int, ...], int] = {}
        self._longest, self._n_longest = -1, 0
        p, d = vocabulary.n_pitches, vocabulary.n_durations
        self._recent = [p, d] * _LAST
        self._lowest, self._highest = p, p
        self._extend_with([(s.pitch[i], s.length[i]) for s, i in self._history])
        self._look()

    def _extend_with(self, notes: Sequence[tuple[int, int]]) -> None:
        for number, (pitch, length) in enumerate(notes):
            self._remember(pitch, length)
            self._follow(number)

    def _remember(self, pitch: int, length: int) -> None:
        self._recent = [pitch, length, *self._recent[:-2]]
        if pitch:
            p = self.vocabulary.n_pitches
            self._lowest = pitch if self._lowest == p else min(pitch, self._lowest)
            self._highest = pitch if self._highest == p else max(pitch, self._highest)

    def _follow(self, number: int) -> None:
        """Go on with the longest match, or find where the last three notes were before."""
        if self._longest >= 0:
            s, i = self._history[self._longest]
            if (s.pitch[i], s.length[i]) == tuple(self._recent[:2]):
                self._longest, self._n_longest = self._longest + 1, self._n_longest + 1
            else:
                self._longest, self._n_longest = -1, 0
        key = tuple(self._recent[:6])
        if self._longest < 0 and key in self._ends:
            self._longest, self._n_longest = self._ends[key] + 1, 3
        self._ends[key] = number

    def add(self, pitch: int, length: int, duration: int) -> None:
        """Add a note or rest, and move on to its end."""
        before = self._recent[0]
        for source in self._sources:
            source.compare(pitch, length, before)
        self.strain.add(self.time, duration, pitch, length)
        self._history.append((self.strain, len(self.strain.pitch) - 1))
        self._remember(pitch, length)
        self._follow(len(self._history) - 1)
        self.time += duration
        self._look()

    def _look(self) -> None:
        for source in self._sources:
            source.look(self.time)

    def seen(self) -> tuple[list[int], list[int], list[int]]:
        """Return the rows of the table, and the pitches and durations that may be copied.

        Returns
        -------
        rows : list of n_fields ints
        pitches, lengths : list of N_SOURCES ints
            Classes; -1 where there is nothing to copy.
        """
        v, s = self.vocabulary, self.strain
        p, d = v.n_pitches, v.n_durations
        bar, ticks = divmod(self.time, s.bar)
        left, remaining = s.n_bars - bar, s.end - self.time
        values = [*self.condition, v.place_class(self.condition[2], ticks)]
        values += [min(bar + 1, 16), min(max(left, 0), 16), self._number, min(s.lead // 6, 8)]
        values += [min(remaining // 6, 24) if remaining <= s.bar else 25]
        values += [self._lowest, self._highest, *self._recent]
        pitches, lengths = [], []
        for source in self._sources:
            t, i = source.strain, source.here
            if i >= 0:
                pitch, length = t.pitch[i], t.length[i]
                after = t.pitch[i + 1] if i + 1 < len(t.pitch) else p
                values += [pitch, length, after]
            else:
                pitch = length = -1
                values += [p if source.sounds else p + 1, d, p]
            values.append(bisect.bisect_right(_MATCHED, source.matched) - 1)
            values.append(bisect.bisect_right(_MOVED, source.moved) - 1)
            pitches.append(pitch)
            lengths.append(length)
        self._add_longest(values, pitches, lengths)
        return [a + b for a, b in zip(values, v.offsets, strict=True)], pitches, lengths

    def _add_longest(self, values: list[int], pitches: list[int], lengths: list[int]) -> None:
        p, d = self.vocabulary.n_pitches, self.vocabulary.n_durations
        if self._longest < 0:
            values += [p, d, p, 0, 0]
            pitches.append(-1)
            lengths.append(-1)
            return
        s, i = self._history[self._longest]
        after = p
        if self._longest + 1 < len(self._history):
            t, j = self._history[self._longest + 1]
            after = t.pitch[j]
        values += [s.pitch[i], s.length[i], after]
        values += [bisect.bisect_right(_MATCHED, self._n_longest) - 1, 0]
        pitches.append(s.pitch[i])
        lengths.append(s.length[i])


def note_table(
    vocabulary: Vocabulary, condition: tuple[int, int, int], strains: Sequence[Strain]
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return what is seen before each note of a melody, and the notes.

    Returns
    -------
    rows : ndarray of shape (n_notes, n_fields), int16
    pitches, lengths : ndarrays of shape (n_notes, N_SOURCES), int8
        See `Place.seen`.
    notes : ndarray of shape (n_notes, 2), int8
        Classes of pitch and duration.
    """
    seen: tuple[list, list, list] = ([], [], [])
    notes = []
    for number, strain in enumerate(strains):
        place = Place(vocabulary, condition, strains[:number], strain.empty())
        for pitch, length, duration in zip(
            strain.pitch, strain.length, strain.duration, strict=True
        ):
            for column, values in zip(seen, place.seen(), strict=True):
                column.append(values)
            notes.append((pitch, length))
            place.add(pitch, length, duration)
    rows, pitches, lengths = seen
    return (
        np.array(rows, np.int16).reshape(-1, vocabulary.n_fields),
        np.array(pitches, np.int8).reshape(-1, N_SOURCES),
        np.array(lengths, np.int8).reshape(-1, N_SOURCES),
        np.array(notes, np.int8).reshape(-1, 2),
    )
