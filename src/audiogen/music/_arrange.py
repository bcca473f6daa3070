"""Chords and a bass for a melody, by a rule of thumb."""

from collections.abc import Sequence
from typing import Any

import numpy as np

__all__ = ["arrange", "within_reach"]

# The triads of C major and A minor, by their root; C first, as ties go to the first.
_TRIADS = {0: (0, 4, 7), 7: (7, 11, 2), 5: (5, 9, 0), 9: (9, 0, 4), 2: (2, 5, 9), 4: (4, 7, 11)}
_ROOT_WEIGHT = 0.2
_BASS, _CHORD = 36, 52  # the lowest pitches of these voices


def arrange(tune: Any, seconds: float, programs: Sequence[int]) -> Any:
    """Return a melody in C major or A minor with a bass and three-part chords.

    Parameters
    ----------
    tune : pretty_midi.PrettyMIDI
        A melody of one voice.
    seconds : float
        Duration of each chord.
    programs : sequence of three int
        General MIDI programs of the melody, the chords and the bass.

    Returns
    -------
    tune : pretty_midi.PrettyMIDI
        Three tracks: the melody, and, softer, the chords and the bass. Each chord is the
        triad of whose notes the melody plays most during the chord.

    Examples
    --------
    >>> from audiogen.music import arrange
    >>> from audiogen.datasets import load_tunes
    >>> ode = load_tunes().data[8]
    >>> [len(track.notes) for track in arrange(ode, 60 / 112 * 4, (73, 24, 32)).instruments]
    [62, 48, 16]
    """
    import pretty_midi

    notes = tune.instruments[0].notes
    melody, chords, bass = (pretty_midi.Instrument(program) for program in programs)
    melody.notes = list(notes)
    for bar in range(int(np.ceil(round(tune.get_end_time() / seconds, 3)))):
        start, end = bar * seconds, (bar + 1) * seconds
        heard = np.zeros(12)
        for note in notes:
            heard[note.pitch % 12] += max(0, min(note.end, end) - max(note.start, start))
        root = max(_TRIADS, key=lambda r: heard[list(_TRIADS[r])].sum() + _ROOT_WEIGHT * heard[r])
        bass.notes.append(pretty_midi.Note(80, _at_least(root, _BASS), start, end))
        for tone in _TRIADS[root]:
            chords.notes.append(pretty_midi.Note(64, _at_least(tone, _CHORD), start, end))
    tune.instruments = [melody, chords, bass]
    return tune


def within_reach(tune: Any, low: float, high: float) -> Any:
    """Transpose each track by as few octaves as bring it nearest to a range of pitches.

    Parameters
    ----------
    tune : pretty_midi.PrettyMIDI
        The tune, which is changed in place.
    low, high : float
        The lowest and the highest MIDI pitch of the range, such as that of a generator.

    Returns
    -------
    tune : pretty_midi.PrettyMIDI
        The same object.

    Examples
    --------
    >>> from audiogen.music import within_reach
    >>> from audiogen.datasets import load_tunes
    >>> ode = load_tunes().data[8]
    >>> lowest = min(note.pitch for note in ode.instruments[0].notes)
    >>> moved = within_reach(ode, 60, 84)
    >>> min(note.pitch for note in moved.instruments[0].notes) - lowest
    12
    """
    for track in tune.instruments:
        pitches = [note.pitch for note in track.notes]
        first, last = min(pitches, default=low), max(pitches, default=high)
        octaves = sorted(range(-120, 132, 12), key=abs)
        moved = min(octaves, key=lambda o: max(low - first - o, last + o - high, 0))
        for note in track.notes:
            note.pitch += moved
    return tune


def _at_least(pitch_class: int, low: int) -> int:
    """Return the lowest pitch of a pitch class that is not below another pitch."""
    return int(low + (pitch_class - low) % 12)
