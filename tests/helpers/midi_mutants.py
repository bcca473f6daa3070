"""MIDI files damaged by their events: each is whole, and holds what no program would write."""

from typing import NamedTuple

import mido

TIMES = (0, 1, 3, 480, 10_000, 2**21, 2**28 - 1)
META_KINDS = (0x00, 0x01, 0x03, 0x06, 0x20, 0x21, 0x2F, 0x51, 0x54, 0x58, 0x59, 0x7F, 0x60)
STATUSES = (0x80, 0x90, 0xA0, 0xB0, 0xC0, 0xD0, 0xE0)
CONTROLLERS = (0, 7, 10, 64, 120, 121, 123, 126)
DIVISIONS = (0, 1, 24, 96, 960, 32767, 0xE728, 0x8000, 0xFFFF)
BYTES = (0, 1, 2, 7, 60, 64, 127, 128, 200, 255)


class Event(NamedTuple):
    time: int
    data: bytes


def events_of(path):
    """Return the tracks of a file as lists of events."""
    return [
        [Event(message.time, bytes(message.bytes())) for message in track]
        for track in mido.MidiFile(path).tracks
    ]


def coded(number):
    """Return a number as MIDI has it, seven bits a byte."""
    code = [number & 0x7F]
    while number := number >> 7:
        code.append(number & 0x7F | 0x80)
    return bytes(reversed(code))


def written(tracks, kind=1, division=480, count=None):
    """Return a file."""
    words = (6, kind, len(tracks) if count is None else count, division)
    chunks = [b"MThd", words[0].to_bytes(4, "big"), *(w.to_bytes(2, "big") for w in words[1:])]
    for track in tracks:
        body = b"".join(coded(event.time) + event.data for event in track)
        chunks += [b"MTrk", len(body).to_bytes(4, "big"), body]
    return b"".join(chunks)


def any_event(rng):
    """Return an event that may be none of MIDI's."""
    time, how = rng.choice(TIMES), rng.randrange(4)
    if how == 0:
        n = rng.choice((0, 1, 2, 3, 4, 5, 7, 127, 128))
        values = bytes(rng.choice(BYTES) for _ in range(n))
        return Event(time, bytes([0xFF, rng.choice(META_KINDS)]) + coded(n) + values)
    if how == 1:
        n = rng.choice((0, 1, 5))
        return Event(time, b"\xf0" + coded(n + 1) + bytes(n) + b"\xf7")
    status = rng.choice(STATUSES)
    n = 1 if status in (0xC0, 0xD0) else 2
    values = [rng.randrange(128) for _ in range(n)]
    if status == 0xB0:
        values[0] = rng.choice(CONTROLLERS)
    return Event(time, bytes([status | rng.choice((0, 1, 9, 15)), *values]))


def damage_midi(tracks, rng):
    """Drop, repeat, move, alter and invent events, and tracks; return a file."""
    tracks = [list(track) for track in tracks]
    for _ in range(rng.randint(1, 6)):
        track = rng.choice(tracks) if tracks else []
        how = rng.randrange(9)
        at = rng.randrange(len(track)) if track else 0
        if how == 0:
            del track[at : at + 1]
        elif how == 1:
            track[at:at] = track[at : at + 1]
        elif how == 2:
            track.insert(at, any_event(rng))
        elif how == 3 and track:
            track[at] = track[at]._replace(time=rng.choice(TIMES))
        elif how == 4 and track and track[at].data:
            data = bytearray(track[at].data)
            data[rng.randrange(len(data))] = rng.choice(BYTES)
            track[at] = track[at]._replace(data=bytes(data))
        elif how == 5 and track:
            other = rng.choice([t for t in tracks if t])
            track[at], other[-1] = other[-1], track[at]
        elif how == 6 and track:
            track[at] = track[at]._replace(data=track[at].data[: rng.randrange(3)])
        elif how == 7:
            tracks.insert(rng.randrange(len(tracks) + 1), list(track))
        elif how == 8 and tracks:
            tracks.remove(rng.choice(tracks))
    usual = rng.random() < 0.7
    kind = 1 if usual else rng.choice((0, 1, 2, 3, 65535))
    division = 480 if rng.random() < 0.7 else rng.choice(DIVISIONS)
    count = None if rng.random() < 0.9 else rng.choice((0, 1, 2, 1000, 65535))
    return written(tracks, kind, division, count)
