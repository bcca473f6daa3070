"""Scores as MIDI files: ticks are quarter notes exactly, whatever the tempo."""

import bisect
import itertools
import pathlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from audiogen.io._chords import split_chord
from audiogen.io._keys import MODES, signature, tonic_name, tonic_of
from audiogen.io._layout import bar_lines, exact
from audiogen.io._midi import open_midi
from audiogen.io._midi_writer import DRUM_CHANNEL, MELODIC_CHANNELS, MINUTE, latin, track_of
from audiogen.io._score import Score
from audiogen.io._spans import LARGEST_OF_METRE, Section
from audiogen.io._tempos import changing_tempo
from audiogen.utils.files import atomic_path

TICKS = 960  # a quarter note: whole ticks for 64ths, triplets and quintuplets
_KEY_TEXT = "key: "
_NEAR = 1e-6  # of a bar

Events = dict[str, list[tuple[float, Any]]]


def write_score_midi(
    score: Score, path: pathlib.Path, programs: Mapping[str, int] = MappingProxyType({})
) -> None:
    """Write a file of type 1: a track of tempo, metre, key and sections, then one a part."""
    import mido

    file = mido.MidiFile(type=1, ticks_per_beat=TICKS)
    file.tracks.append(track_of(_meta_events(mido, score)))
    melodic = itertools.cycle(MELODIC_CHANNELS)
    for part in score.parts:
        channel = DRUM_CHANNEL if part == "drums" else next(melodic)
        events = _part_events(mido, score, part, channel, programs.get(part, 0))
        file.tracks.append(track_of(events))
    with atomic_path(path) as temporary:
        file.save(temporary)


def read_score_midi(path: pathlib.Path) -> Score:
    """Read a file of type 0 or 1; times are ticks, so changes of tempo do not move notes."""
    file = open_midi(path)
    notes, meta = _read_tracks(file)
    length = max((onset + duration for onset, duration, *_ in notes), default=0.0)
    columns = ("onset", "duration", "pitch", "velocity", "part")
    metres = [
        (time, event)
        for time, event in meta["time_signature"]
        if max(event.numerator, event.denominator) <= LARGEST_OF_METRE
    ]
    metre, pickup = _metre(metres, length)
    tonic, mode = _key(meta)
    tempo, tempos = _tempos(meta["set_tempo"], length)
    return Score(
        {name: [note[i] for note in notes] for i, name in enumerate(columns)},
        metre=metre,
        tonic=tonic,
        mode=mode,
        tempo=tempo,
        sections=_sections(meta["marker"], max(time for time, _ in meta["end_of_track"])),
        pickup=pickup,
        title=meta["title"][0][1] if meta["title"] else "",
        tempos=tempos,
        restarts=_restarts(metres, metre, pickup, length),
    )


def _meta_events(mido: Any, score: Score) -> list[tuple[int, int, Any]]:
    def meta(kind: str, **values: Any) -> Any:
        return mido.MetaMessage(kind, **values)

    fifths = signature(score.tonic, score.mode)
    minor = score.mode == "minor"
    key = tonic_name(score.tonic, "minor") + "m" if minor else tonic_name(
        tonic_of(fifths, "major"), "major"
    )  # fmt: skip
    events = [(0, 0, meta("track_name", name=latin(score.title)))] if score.title else []
    for start, tempo in [(0.0, score.tempo), *score.tempos]:
        events.append((_ticks(start), 1, meta("set_tempo", tempo=round(MINUTE / tempo))))
    for start, (numerator, denominator) in _metres(score):
        bar = meta("time_signature", numerator=numerator, denominator=denominator)
        events.append((_ticks(start), 1, bar))
    events.append((0, 1, meta("key_signature", key=key)))
    if score.mode not in ("major", "minor"):
        events.append((0, 1, meta("text", text=_KEY_TEXT + score.key)))
    for section in score.sections:
        events.append((_ticks(section.start), 2, meta("marker", text=latin(section.name))))
    events.append((_ticks(score.length), 3, meta("end_of_track")))
    return events


def _metres(score: Score) -> list[tuple[float, tuple[int, int]]]:
    """Return metres and where they begin: a pickup and each odd bar has one of its own."""
    lines = bar_lines(score)
    changes = {0.0: score.metre}
    for again in [score.pickup, *score.restarts]:
        place = bisect.bisect_left(lines, exact(again))
        if 0 < place < len(lines):
            changes[float(lines[place - 1])] = _metre_of(lines[place] - lines[place - 1], score)
            changes[float(lines[place])] = score.metre
    return sorted(changes.items())


def _metre_of(length: Fraction, score: Score) -> tuple[int, int]:
    """Return a metre whose bar has a length; where there is none, the score's own."""
    whole = (length / 4).limit_denominator(64)
    plain = whole * 4 == length and whole.denominator & (whole.denominator - 1) == 0
    numerator, denominator = whole.numerator, whole.denominator
    while plain and denominator < score.metre[1]:
        numerator, denominator = 2 * numerator, 2 * denominator
    return (numerator, denominator) if plain and numerator < 256 else score.metre


def _part_events(
    mido: Any, score: Score, part: str, channel: int, program: int
) -> list[tuple[int, int, Any]]:
    notes = score.notes[score.notes.part == part]
    events = [(0, 0, mido.MetaMessage("track_name", name=latin(part)))]
    change = mido.Message("program_change", channel=channel, program=program)
    events.append((0, 1, change))
    spans = []
    for onset, duration in zip(notes.onset, notes.duration, strict=True):
        start = _ticks(onset)
        spans.append((start, max(start + 1, _ticks(onset + duration))))
    pitches = notes.pitch.tolist()
    releases = _releases(spans, pitches)
    for (start, end), pitch, velocity, release in zip(
        spans, pitches, notes.velocity.tolist(), releases, strict=True
    ):
        for tick, rank, kind, force in (
            (start, 3, "note_on", velocity),
            (end, 2, "note_off", release),
        ):
            message = mido.Message(kind, channel=channel, note=pitch, velocity=force)
            events.append((tick, rank, message))
    return events


def _releases(spans: list[tuple[int, int]], pitches: list[int]) -> list[int]:
    """Return the velocity of the end of each note: how many of its pitch began before it.

    It tells apart notes of one pitch that sound at once: those are counted that still do.
    """
    releases = [0] * len(spans)
    sounding: dict[int, list[int]] = defaultdict(list)
    ends = [(end, 2, note) for note, (_, end) in enumerate(spans)]
    begins = [(start, 3, note) for note, (start, _) in enumerate(spans)]
    for _, rank, note in sorted([*ends, *begins]):
        earlier = sounding[pitches[note]]
        if rank == 3:
            earlier.append(note)
        else:
            releases[note] = min(earlier.index(note), 127)
            earlier.remove(note)
    return releases


def _ticks(quarters: float) -> int:
    return round(quarters * TICKS)


def _read_tracks(file: Any) -> tuple[list[tuple], Events]:
    """Return all notes, and the meta events of all tracks by their kinds, in order of time."""
    groups: list[tuple[str, int, list[tuple]]] = []
    meta: Events = defaultdict(list)
    for index, track in enumerate(file.tracks):
        name = _track_meta(track, file.ticks_per_beat, meta)
        by_channel: dict[int, list[tuple]] = defaultdict(list)
        for *note, channel in _track_notes(track, file.ticks_per_beat):
            by_channel[channel].append(tuple(note))
        if index == 0 and (file.type == 0 or not by_channel):  # it names the music, no part
            meta["title"].append((0.0, name))
            name = ""
        groups += [(name, channel, notes) for channel, notes in sorted(by_channel.items())]
    for events in meta.values():
        events.sort(key=lambda event: event[0])
    return list(_with_parts(groups)), meta


def _track_meta(track: Any, ticks: int, meta: Events) -> str:
    """Collect the meta events of a track; return its name."""
    name, time = "", 0
    for message in track:
        time += message.time
        if message.type == "track_name":
            name = name or message.name.strip("\0 ")
        elif message.is_meta:
            meta[message.type].append((time / ticks, message))
    return name


def _track_notes(track: Any, ticks: int) -> list[tuple]:
    """Return (onset, duration, pitch, velocity, channel), in quarter notes, in order of onsets.

    Of notes of one pitch that sound at once the earliest ends first, unless the velocity of the
    end is a number of them that go on, as `write_score_midi` has it.
    """
    open_notes: dict[tuple[int, int], list[int]] = defaultdict(list)
    last_ends: dict[tuple[int, int], int] = {}
    begun: list[tuple[int, int, tuple[int, int]]] = []
    ends: dict[int, int] = {}
    time = 0
    for message in track:
        time += message.time
        if message.type not in ("note_on", "note_off"):
            continue
        place = (message.channel, message.note)
        if message.type == "note_on" and message.velocity:
            open_notes[place].append(len(begun))
            begun.append((time, message.velocity, place))
        elif open_notes[place]:
            passed = message.velocity if message.velocity < len(open_notes[place]) else 0
            ends[open_notes[place].pop(passed)] = last_ends[place] = time
    return [  # what was struck again may be ended once for all
        _note(start, velocity, ends.get(number, last_ends[place]), place, ticks)
        for number, (start, velocity, place) in enumerate(begun)
    ]


def _note(start: int, velocity: int, end: int, place: tuple[int, int], ticks: int) -> tuple:
    return start / ticks, max(1, end - start) / ticks, place[1], velocity, place[0]


def _with_parts(groups: list[tuple[str, int, list[tuple]]]) -> Iterator[tuple]:
    """Yield notes with names of parts: the track's, and "drums" on channel 10."""
    melodic = [group for group in groups if group[1] != DRUM_CHANNEL]
    taken: set[str] = set()
    for name, channel, notes in groups:
        part = name or ("melody" if len(melodic) == 1 else "part")
        counted = (part if i == 1 else f"{part} {i}" for i in itertools.count(1))
        part = next(filter(lambda other: other not in taken, counted))
        if channel == DRUM_CHANNEL:
            part = "drums"
        else:
            taken.add(part)
        for note in notes:
            yield *note, part


def _metre(events: list[tuple[float, Any]], length: float) -> tuple[tuple[int, int], float]:
    """Return metre and pickup.

    A metre that changes before its first bar ends is a pickup, one that changes after it an odd
    bar before the metre of all others, unless it returns and holds for longer.
    """
    if not events:
        return (4, 4), 0.0
    # Of several at one time, the last holds.
    changes = {time: (event.numerator, event.denominator) for time, event in events}
    (first, metre), *later = changes.items()
    if first == 0 and later:
        time, second = later[0]
        numerator, denominator = second
        is_bar = abs(time - 4 * metre[0] / metre[1]) < 1e-6
        if time < 4 * numerator / denominator and (is_bar or second == metre):
            return second, time
        if is_bar:
            ends = [*list(changes)[1:], max(length, time)]
            held: dict[tuple[int, int], float] = dict.fromkeys(changes.values(), 0.0)
            for (start, name), end in zip(changes.items(), ends, strict=True):
                held[name] += end - start
            return (metre if held[metre] > held[second] else second), 0.0
    return metre, 0.0


def _key(meta: Events) -> tuple[int, str]:
    """Return tonic and mode; a text names the modes that a key signature cannot."""
    for _, event in meta["text"]:
        name, _, mode = event.text.removeprefix(_KEY_TEXT).partition(" ")
        if event.text.startswith(_KEY_TEXT) and mode in MODES:
            return split_chord(name)[0], mode
    if not meta["key_signature"]:
        return 0, "major"
    root, quality = split_chord(meta["key_signature"][0][1].key)
    return root, "minor" if quality == "m" else "major"


def _restarts(
    events: list[tuple[float, Any]], metre: tuple[int, int], pickup: float, length: float
) -> list[float]:
    """Return where bars begin off the bar lines: a time signature begins one."""
    found, last, bar = [], pickup, 4 * metre[0] / metre[1]
    for time, _ in events:
        n_bars = (time - last) / bar
        if last < time < length and abs(n_bars - round(n_bars)) > _NEAR:
            found.append(time)
            last = time
    return found


def _tempos(
    events: list[tuple[float, Any]], length: float
) -> tuple[float, list[tuple[float, float]]]:
    """Return the tempo at the start and its changes."""
    marks = [(time, round(MINUTE / event.tempo, 3)) for time, event in events if event.tempo]
    return changing_tempo(marks, length)


def _sections(events: list[tuple[float, Any]], length: float) -> list[Section]:
    """Return sections from one marker to the next."""
    starts = {time: event.text for time, event in events if time < length and event.text}
    ends = [*list(starts)[1:], length]
    spans = zip(starts.items(), ends, strict=False)  # one end too many without markers
    return [Section(name, start, end) for (start, name), end in spans]
