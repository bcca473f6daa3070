"""Tunes as MIDI files, with their controllers."""

import itertools
import os
import pathlib
from collections.abc import Iterator
from operator import itemgetter
from typing import Any

from audiogen.utils.files import atomic_path

__all__ = ["DRUM_CHANNEL", "MELODIC_CHANNELS", "MINUTE", "latin", "track_of", "write_midi"]

DRUM_CHANNEL = 9
MELODIC_CHANNELS = [channel for channel in range(16) if channel != DRUM_CHANNEL]
_PEDAL, _DOWN = 64, 64  # the controller, and its values from which on it is down
MINUTE = 60e6  # microseconds
# Names of keys by their numbers, as pretty_midi counts them: twelve of major, twelve of minor.
_KEYS = (
    "C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B",
    "Cm", "C#m", "Dm", "Ebm", "Em", "Fm", "F#m", "Gm", "G#m", "Am", "Bbm", "Bm",
)  # fmt: skip

Event = tuple[int, int, Any]  # tick, rank among those of one tick, message


def write_midi(
    tune: Any, path: str | os.PathLike[str], *, title: str = "", seconds: float | None = None
) -> pathlib.Path:
    """Write a tune as a MIDI file: notes, controllers, bends, tempos, metres, keys and texts.

    Parameters
    ----------
    tune : pretty_midi.PrettyMIDI
        The tune, such as `read_midi` returns.
    path : str or path-like
        The file. An existing one is replaced once the new one is complete.
    title : str, default=""
        Title of the music.
    seconds : float, default=None
        Where the file ends: what begins later is left out, and notes that still sound end there,
        as the pedal does. None writes the whole tune.

    Returns
    -------
    path : pathlib.Path
        The file, of type 1: a track without notes, and one for each instrument that has some.

    Notes
    -----
    Times are rounded to the tune's ticks, on which those of a file lie already. Of events at one
    time the order stays, as it matters where controllers set the range of bends;
    ``PrettyMIDI.write`` sorts them by their numbers. A note whose pitch is struck again while it
    sounds ends there, for a file cannot tell which of the two ends first.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from audiogen.datasets import load_tunes
    >>> from audiogen.io import Score, read_midi, write_midi
    >>> tune = read_midi(load_tunes().filenames[8])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     Score.read(write_midi(tune, pathlib.Path(folder) / "ode.mid", seconds=3))
    Score(6 notes, 2 bars of 4/4, C major, 112 bpm, parts: Ode to Joy)
    """
    import mido

    path = pathlib.Path(path)
    end = float("inf") if seconds is None else seconds
    file = mido.MidiFile(type=1, ticks_per_beat=tune.resolution)
    file.tracks.append(track_of(_meta_events(mido, tune, title, end)))
    melodic = itertools.cycle(MELODIC_CHANNELS)
    for instrument in tune.instruments:
        if not any(note.start < end for note in instrument.notes):
            continue
        channel = DRUM_CHANNEL if instrument.is_drum else next(melodic)
        events = [*_changes(mido, tune, instrument, channel, end)]
        events += _note_events(mido, tune, instrument, channel, end)
        file.tracks.append(track_of(events))
    with atomic_path(path) as temporary:
        file.save(temporary)
    return path


def track_of(events: list[Event]) -> Any:
    """Return a track of events; lower ranks come first at a tick, and else the order stays."""
    import mido

    track, now = mido.MidiTrack(), 0
    for tick, _, message in sorted(events, key=lambda event: event[:2]):
        track.append(message.copy(time=tick - now))
        now = tick
    return track


def latin(text: str) -> str:
    """Return text in the characters that MIDI files have."""
    return text.encode("latin-1", errors="replace").decode("latin-1")


def _meta_events(mido: Any, tune: Any, title: str, end: float) -> list[Event]:
    """Return what holds for all tracks."""
    found: list[tuple[float, str, dict[str, Any]]] = []
    for time, tempo in zip(*tune.get_tempo_changes(), strict=True):
        found.append((time, "set_tempo", {"tempo": round(MINUTE / tempo)}))
    for metre in tune.time_signature_changes:
        values = {"numerator": metre.numerator, "denominator": metre.denominator}
        found.append((metre.time, "time_signature", values))
    for key in tune.key_signature_changes:
        found.append((key.time, "key_signature", {"key": _KEYS[key.key_number]}))
    for kind, texts in (("lyrics", tune.lyrics), ("text", tune.text_events)):
        found += [(text.time, kind, {"text": latin(text.text)}) for text in texts]
    events = [
        (tune.time_to_tick(time), 1, mido.MetaMessage(kind, **values))
        for time, kind, values in found
        if time < end
    ]
    if title:
        events.append((0, 0, mido.MetaMessage("track_name", name=latin(title))))
    last = min(end, max([tune.get_end_time(), *(time for time, *_ in found)]))
    return [*events, (max(tune.time_to_tick(last), 0), 2, mido.MetaMessage("end_of_track"))]


def _changes(mido: Any, tune: Any, instrument: Any, channel: int, end: float) -> Iterator[Event]:
    """Yield the name, the program, and all changes of controllers and of the pitch wheel."""
    if instrument.name:
        yield 0, 0, mido.MetaMessage("track_name", name=latin(instrument.name))
    yield 0, 0, mido.Message("program_change", channel=channel, program=int(instrument.program))
    for time, number, value in _controls(instrument, end):
        values = {"control": number, "value": value}
        message = mido.Message("control_change", channel=channel, **values)
        yield tune.time_to_tick(time), 1, message
    for bend in instrument.pitch_bends:
        if bend.time < end:
            message = mido.Message("pitchwheel", channel=channel, pitch=bend.pitch)
            yield tune.time_to_tick(bend.time), 1, message


def _controls(instrument: Any, end: float) -> list[tuple[float, int, int]]:
    """Return time, number and value of controllers; a pedal that is down comes up at the end."""
    changes = [(c.time, c.number, c.value) for c in instrument.control_changes]
    kept = [change for change in changes if change[0] < end]
    pedal = [value for _, number, value in sorted(kept, key=itemgetter(0)) if number == _PEDAL]
    is_cut = len(kept) < len(changes) or any(note.end > end for note in instrument.notes)
    if is_cut and pedal and pedal[-1] >= _DOWN:
        kept.append((end, _PEDAL, 0))
    return kept


def _note_events(
    mido: Any, tune: Any, instrument: Any, channel: int, end: float
) -> Iterator[Event]:
    """Yield where notes begin and end."""
    notes = [(n, tune.time_to_tick(n.start)) for n in instrument.notes if n.start < end]
    stops: dict[tuple[int, int], int] = {}  # of a pitch that begins at a tick
    for note, start in notes:
        stop = max(start + 1, tune.time_to_tick(min(note.end, end)))
        stops[note.pitch, start] = max(stop, stops.get((note.pitch, start), stop))
    for (one, start), (other, again) in itertools.pairwise(sorted(stops)):
        if one == other:
            stops[one, start] = min(stops[one, start], again)
    for note, start in notes:
        values = {"channel": channel, "note": note.pitch}
        yield start, 3, mido.Message("note_on", velocity=note.velocity, **values)
        yield stops[note.pitch, start], 2, mido.Message("note_off", velocity=0, **values)
