"""Notes of MIDI files that no event ends, or that end when they begin."""

import itertools
from operator import itemgetter
from typing import Any

_SILENCES = {120, *range(123, 128)}  # controllers that end all notes of their channel

_NEVER = 1 << 62  # a tick after all others

Key = tuple[int, int]  # channel and note
Events = list[tuple[int, Any]]  # with their ticks


def end_notes(tune: Any) -> None:
    """End all notes of a file, in place, a tick or more after they begin.

    Parameters
    ----------
    tune : mido.MidiFile
        pretty_midi leaves out the notes that no event ends, and those that end at once.
    """
    tracks = with_ticks(tune)
    silences = _silences(tracks)
    for track, events in zip(tune.tracks, tracks, strict=True):
        notes = _Notes(events, silences, tune.ticks_per_beat)
        if notes.ends or notes.later or notes.dropped:
            set_ticks(track, notes.ended(events))


def with_ticks(tune: Any) -> list[Events]:
    """Return the events of each track, with their ticks since its beginning."""
    tracks = []
    for track in tune.tracks:
        ticks = itertools.accumulate(event.time for event in track)
        tracks.append(list(zip(ticks, track, strict=True)))
    return tracks


def set_ticks(track: Any, events: Events) -> None:
    """Replace the events of a track, in place, by those at some ticks since its beginning."""
    before = [0, *(tick for tick, _ in events)]
    track[:] = [
        event.copy(time=tick - last) for last, (tick, event) in zip(before, events, strict=False)
    ]


def _silences(tracks: list[Events]) -> list[tuple[int, int]]:
    """Return ticks at which all notes of a channel end, of any track, and the channel."""
    return sorted(
        (tick, event.channel)
        for tick, event in itertools.chain.from_iterable(tracks)
        if event.type == "control_change" and event.control in _SILENCES
    )


class _Notes:
    """What is to be changed in the events of a track, so that all its notes end.

    Attributes
    ----------
    ends : list of (int, (int, int))
        Ticks, channels and notes of the ends that are lacking.
    later, dropped : set of int
        Places of the events that are a tick later, or left out.
    """

    def __init__(self, events: Events, silences: list[tuple[int, int]], quarter: int) -> None:
        self.ends: list[tuple[int, Key]] = []
        self.later: set[int] = set()
        self.dropped: set[int] = set()
        self._sounding: dict[Key, list[tuple[int, int]]] = {}  # ticks and places of beginnings
        self._at_once: dict[Key, tuple[int, int, int]] = {}  # tick, beginning and end
        waiting = iter([*silences, (_NEVER, 0)])
        silent, channel = next(waiting)
        for place, (tick, event) in enumerate(events):
            while silent <= tick:
                self._silence(channel, silent)
                silent, channel = next(waiting)
            if event.type == "note_on" and event.velocity:
                self._begin((event.channel, event.note), tick, place)
            elif event.type in ("note_on", "note_off"):
                self._end((event.channel, event.note), tick, place)
        for key, begun in self._sounding.items():
            self._add_ends(key, begun, max(events[-1][0], begun[-1][0] + quarter))

    def ended(self, events: Events) -> Events:
        """Return events in which all notes end."""
        import mido

        ends = [
            (tick, mido.Message("note_off", channel=channel, note=note))
            for tick, (channel, note) in self.ends
        ]
        kept = [
            (tick + (place in self.later), event)
            for place, (tick, event) in enumerate(events)
            if place not in self.dropped
        ]
        return sorted([*ends, *kept], key=itemgetter(0))

    def _begin(self, key: Key, tick: int, place: int) -> None:
        if key in self._at_once and self._at_once[key][0] == tick:  # one note, struck twice
            _, start, end = self._at_once.pop(key)
            self.dropped |= {start, end}
            self.later.discard(end)
        self._sounding.setdefault(key, []).append((tick, place))

    def _end(self, key: Key, tick: int, place: int) -> None:
        begun = self._sounding.pop(key, [])
        just_now = [start for start in begun if start[0] == tick]
        if begun and len(just_now) == len(begun):
            self._at_once[key] = (tick, begun[-1][1], place)
            self.later.add(place)
        elif just_now:  # it goes on if this ends an earlier note
            self._sounding[key] = just_now
        elif not begun and self._at_once.get(key, (_NEVER,))[0] == tick:
            self.dropped.add(place)

    def _silence(self, channel: int, tick: int) -> None:
        for key in [key for key in self._sounding if key[0] == channel]:
            begun = self._sounding.pop(key)
            if just_now := [start for start in begun if start[0] == tick]:
                self._sounding[key] = just_now
            if before := [start for start in begun if start[0] < tick]:
                self._add_ends(key, before, tick)

    def _add_ends(self, key: Key, begun: list[tuple[int, int]], last: int) -> None:
        """End notes of one key where it is struck again, the last one at a given tick."""
        strokes = sorted({tick for tick, _ in begun})  # those of one tick end together
        self.ends += [(tick, key) for tick in [*strokes[1:], last]]
