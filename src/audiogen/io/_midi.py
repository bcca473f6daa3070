"""MIDI files, read with errors that name them."""

import itertools
import pathlib
from operator import itemgetter
from typing import Any

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


def read_midi(source: Any) -> Any:
    """Return a tune as a PrettyMIDI object.

    Parameters
    ----------
    source : str, path-like or pretty_midi.PrettyMIDI
        A file, or the tune itself, which is returned as it is.

    Returns
    -------
    tune : pretty_midi.PrettyMIDI
        With the tempos, metres and keys of all tracks, wherever the file has them. The times of
        files of more than ten million ticks, such as three hours at 960 a quarter note, are
        rounded to fewer of them. A note that no event ends lasts until its key is struck again,
        or its track is over.

    Raises
    ------
    FileNotFoundError
        Where there is no such file.
    IsADirectoryError
        For a folder.
    ValueError
        Where the file is not a complete MIDI file, divides its time into more than 40,000
        ticks a second, or claims to last for more than 400,000 quarter notes, and ten million
        ticks, which is days.

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
    if not isinstance(source, str | pathlib.PurePath):
        raise TypeError(
            "A tune must be the path of a MIDI file or a pretty_midi.PrettyMIDI. "
            f"Got {type(source).__name__} instead."
        )
    path = pathlib.Path(source)
    if path.is_dir():
        raise IsADirectoryError(
            f"{path} is a folder. Give its files, as of sorted(pathlib.Path(...).glob('*.mid'))."
        )
    if not path.is_file():
        raise FileNotFoundError(f"There is no MIDI file {path}.")
    try:
        tune = open_midi(path)
        n_ticks = max(sum(event.time for event in track) for track in tune.tracks)
        if n_ticks <= max(_FEW_TICKS, _TICKS_A_SECOND * tune.length):
            if n_ticks > _MOST_TICKS:
                _coarsen(tune, n_ticks)
            _gather_times(tune)
            return pretty_midi.PrettyMIDI(mido_object=tune)
    except Exception as error:  # mido has no error of its own: corrupt bytes raise any type
        raise ValueError(
            f"{path} cannot be read as a MIDI file ({error!r}). "
            "Export it again as a standard MIDI file (.mid), type 0 or 1."
        ) from error
    raise ValueError(
        f"{path} has {n_ticks:,} ticks in {tune.length:,.1f} seconds, more than "
        f"{_TICKS_A_SECOND:,} a second. Export it again; 960 a quarter note are plenty."
    )


def open_midi(path: pathlib.Path) -> Any:
    """Return the events of a file as a mido.MidiFile in which every note has an end."""
    import mido

    tune = mido.MidiFile(path, clip=True)  # values beyond 127 are taken for 127
    if tune.ticks_per_beat <= 0:
        raise ValueError("it counts frames of film (SMPTE), not quarter notes")
    _end_notes(tune)
    return tune


def _end_notes(tune: Any) -> None:
    """End the notes of a file, in place, that no event ends: pretty_midi leaves them out."""
    import mido

    for track, events in zip(tune.tracks, _with_ticks(tune), strict=True):
        sounding: dict[tuple[int, int], list[int]] = {}
        for tick, event in events:
            if event.type not in ("note_on", "note_off"):
                continue
            key, begun = (event.channel, event.note), sounding.get((event.channel, event.note), [])
            if event.type == "note_on" and event.velocity:
                sounding[key] = [*begun, tick]
            else:  # what begins just now goes on if it ends an earlier note
                ends_others = any(start < tick for start in begun)
                sounding[key] = [start for start in begun if start == tick and ends_others]
        ends = []
        for (channel, note), begun in sounding.items():
            if begun:
                last = max(events[-1][0], begun[-1] + tune.ticks_per_beat)
                end = mido.Message("note_off", channel=channel, note=note)
                ends += [(tick, end) for tick in [*begun[1:], last]]
        if ends:
            _set_ticks(track, sorted([*ends, *events], key=itemgetter(0)))


def _coarsen(tune: Any, n_ticks: int) -> None:
    """Round the times of a file, in place, so that it has as many ticks as it may have."""
    fine = tune.ticks_per_beat
    coarse = fine * _MOST_TICKS // n_ticks
    if coarse < _COARSEST:
        raise ValueError(f"it claims to last for {n_ticks // fine:,} quarter notes")
    for track, events in zip(tune.tracks, _with_ticks(tune), strict=True):
        rounded, begun = [], {}
        for tick, event in events:
            at = tick * coarse // fine
            if event.type == "note_on" and event.velocity:
                begun[event.channel, event.note] = at
            elif event.type in ("note_on", "note_off"):  # no note ends at once
                at = max(at, begun.get((event.channel, event.note), -1) + 1)
            rounded.append((at, event))
        _set_ticks(track, sorted(rounded, key=itemgetter(0)))
    tune.ticks_per_beat = coarse


def _gather_times(tune: Any) -> None:
    """Move the tempos, metres and keys of a file to its first track, in place."""
    tracks = _with_ticks(tune)
    others = [pair for track in tracks[1:] for pair in track if pair[1].type in _TIMES]
    if not others:
        return
    tracks[0] = sorted(tracks[0] + others, key=lambda pair: pair[0])
    for i, track in enumerate(tracks):
        kept = [pair for pair in track if i == 0 or pair[1].type not in _TIMES]
        _set_ticks(tune.tracks[i], kept)


def _with_ticks(tune: Any) -> list[list[tuple[int, Any]]]:
    """Return the events of each track, with their ticks since its beginning."""
    tracks = []
    for track in tune.tracks:
        ticks = itertools.accumulate(event.time for event in track)
        tracks.append(list(zip(ticks, track, strict=True)))
    return tracks


def _set_ticks(track: Any, events: list[tuple[int, Any]]) -> None:
    """Replace the events of a track, in place, by those at some ticks since its beginning."""
    before = [0, *(tick for tick, _ in events)]
    track[:] = [
        event.copy(time=tick - last) for last, (tick, event) in zip(before, events, strict=False)
    ]
