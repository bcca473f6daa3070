"""MIDI files, read with errors that name them."""

import io
import pathlib
import re
from operator import itemgetter
from typing import Any

from audiogen.io._midi_ends import end_notes, set_ticks, with_ticks
from audiogen.io._midi_sources import midi_source

__all__ = ["read_midi"]

# pretty_midi makes tables of all ticks, some 24 bytes each, however little music they hold, and
# takes files of more than ten million for damaged ones.
_FEW_TICKS, _TICKS_A_SECOND, _MOST_TICKS = 1_000_000, 40_000, 10_000_000 - 1
_COARSEST = 24  # ticks a quarter note, as MIDI clocks have them
_TIMES = (
    "set_tempo",
    "time_signature",
    "key_signature",
)  # what it reads from the first track only
# Keys of more than seven sharps or flats, or of a third mode, of which mido makes nothing.
_NO_KEY = re.compile(rb"\xff\x59\x02(?=[\x08-\xf8]|.[^\x00\x01])", re.DOTALL)
_OF_A_SEQUENCER = b"\xff\x7f\x02"


def read_midi(source: Any) -> Any:
    """Return a tune as a PrettyMIDI object.

    Parameters
    ----------
    source : str, path-like, binary file, pretty_midi.PrettyMIDI, Score, mido.MidiFile, \
            symusic.Score or music21 stream
        A file or its path, or the tune itself; a PrettyMIDI is returned as it is.

    Returns
    -------
    tune : pretty_midi.PrettyMIDI
        With the tempos, metres and keys of all tracks, wherever the file has them; keys that
        there are not, such as one of nine sharps, are left out. The times of
        files of more than ten million ticks, such as three hours at 960 a quarter note, or of
        more than 40,000 a second, are rounded to fewer of them. A note that no event ends lasts
        until its key is struck again, its channel is told to be silent (controllers 120 and
        123 to 127), or its track is over. One that ends at once lasts a tick.

    Raises
    ------
    FileNotFoundError
        Where there is no such file.
    IsADirectoryError
        For a folder.
    ValueError
        Where the file is not a complete MIDI file, counts frames of film (SMPTE), or claims to
        last for more than 400,000 quarter notes, and ten million ticks, which is days.
    TypeError
        For what holds no MIDI, and for a file opened as text.

    Examples
    --------
    >>> import pretty_midi
    >>> from audiogen.io import read_midi
    >>> tune = pretty_midi.PrettyMIDI()
    >>> read_midi(tune) is tune
    True
    """
    import pretty_midi

    if isinstance(source, pretty_midi.PrettyMIDI):
        return source
    name, file = midi_source(source)
    try:
        tune = open_midi(file)
        _coarsen(tune)
        _gather_times(tune)
        return pretty_midi.PrettyMIDI(mido_object=tune)
    except Exception as error:  # mido has no error of its own: corrupt bytes raise any type
        raise ValueError(
            f"{name} cannot be read as a MIDI file ({error!r}). "
            "Export it again as a standard MIDI file (.mid), type 0 or 1."
        ) from error


def open_midi(source: pathlib.Path | io.BytesIO) -> Any:
    """Return the events of a file as a mido.MidiFile in which every note has an end."""
    data = source.read_bytes() if isinstance(source, pathlib.Path) else source.getvalue()
    tune = _parsed(data)
    if tune.ticks_per_beat < 0:
        raise ValueError("it counts frames of film (SMPTE), not quarter notes")
    if tune.ticks_per_beat == 0:
        raise ValueError("it divides a quarter note into 0 ticks")
    _drop_impossible(tune)
    end_notes(tune)
    return tune


def _parsed(data: bytes) -> Any:
    """Return the events of a file, those keys left out that there are not."""
    import mido
    from mido.midifiles.meta import KeySignatureError

    def parse(data: bytes) -> Any:
        return mido.MidiFile(file=io.BytesIO(data), clip=True)  # 127 for values beyond

    try:
        return parse(data)
    except KeySignatureError:
        return parse(_NO_KEY.sub(_OF_A_SEQUENCER, data))


def _drop_impossible(tune: Any) -> None:
    """Leave out tempos and metres of 0, which nothing can be counted by."""
    for track, events in zip(tune.tracks, with_ticks(tune), strict=True):
        kept = [
            pair
            for pair in events
            if getattr(pair[1], "tempo", 1) and getattr(pair[1], "numerator", 1)
        ]
        if len(kept) < len(events):
            set_ticks(track, kept)


def _coarsen(tune: Any) -> None:
    """Round the times of a file, in place, if it has more ticks than it may have."""
    n_ticks = max(sum(event.time for event in track) for track in tune.tracks)
    most = min(_MOST_TICKS, max(_FEW_TICKS, int(_TICKS_A_SECOND * tune.length)))
    if n_ticks <= most:
        return
    fine = tune.ticks_per_beat
    coarse = fine * most // n_ticks
    if coarse < _COARSEST:
        raise ValueError(f"it claims to last for {n_ticks // fine:,} quarter notes")
    for track, events in zip(tune.tracks, with_ticks(tune), strict=True):
        rounded, begun = [], {}
        for tick, event in events:
            at = tick * coarse // fine
            if event.type == "note_on" and event.velocity:
                begun[event.channel, event.note] = at
            elif event.type in ("note_on", "note_off"):  # no note ends at once
                at = max(at, begun.get((event.channel, event.note), -1) + 1)
            rounded.append((at, event))
        set_ticks(track, sorted(rounded, key=itemgetter(0)))
    tune.ticks_per_beat = coarse


def _gather_times(tune: Any) -> None:
    """Move the tempos, metres and keys of a file to its first track, in place."""
    tracks = with_ticks(tune)
    others = [pair for track in tracks[1:] for pair in track if pair[1].type in _TIMES]
    if not others:
        return
    tracks[0] = sorted(tracks[0] + others, key=lambda pair: pair[0])
    for i, track in enumerate(tracks):
        kept = [pair for pair in track if i == 0 or pair[1].type not in _TIMES]
        set_ticks(tune.tracks[i], kept)
