"""Rests in which nobody plays, shortened."""

from collections.abc import Sequence

from audiogen.music._bars import NEAR, Note

__all__ = ["without_long_rests"]


def without_long_rests(notes: Sequence[Note], start: float, end: float, beat: float) -> list[Note]:
    """Return notes that begin with a clip, and of which some sound at least every other beat.

    Parameters
    ----------
    notes : sequence of Note
        The notes of all parts.
    start, end : float
        The first bar line and the last one, in quarter notes.
    beat : float
        The longest rest, in quarter notes.

    Returns
    -------
    notes : list of Note
        By onset. The first ones sound from the start on, and those that sound before a longer
        rest are held until it is as short as a beat.
    """
    held = _from_start(sorted(notes, key=lambda note: note.onset), start)
    until = start  # where all that sounded before has stopped
    latest, last = start, list[int]()  # likewise of what can be held, and which notes these are
    for place, onset in enumerate([*(note.onset for note in held), end]):
        if onset - until > beat + NEAR:
            for i in last:
                held[i] = held[i]._replace(duration=onset - beat - held[i].onset)
        if place == len(held):
            break
        stop = onset + held[place].duration
        until = max(until, stop)
        if held[place].part != "drums" and stop > latest - NEAR:
            last = [place] if stop > latest + NEAR else [*last, place]
            latest = max(latest, stop)
    return held


def _from_start(notes: list[Note], start: float) -> list[Note]:
    """Return notes by onset, the first ones of which begin at a start, if not before."""
    late = max(0.0, notes[0].onset - start) if notes else 0.0
    return [
        note
        if note.onset > notes[0].onset + NEAR
        else note._replace(
            onset=note.onset - late, duration=note.duration + late * (note.part != "drums")
        )
        for note in notes
    ]
