"""Music as a table of notes in quarter notes."""

import numbers
import os
import pathlib
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from audiogen.io._chords import transpose_chord
from audiogen.io._keys import MODES, tonic_name
from audiogen.io._note_table import note_columns
from audiogen.io._score_times import TimesMixin
from audiogen.io._spans import (
    checked_chords,
    checked_metre,
    checked_section,
    chords_at,
    column_chords,
)
from audiogen.io._tempos import TEMPO, checked_restarts, checked_tempos
from audiogen.utils.validation import Instance, Interval, Options, check_parameters

__all__ = ["Score"]

_RULES = {
    "tonic": Interval(numbers.Integral, 0, 11, closed="both"),
    "mode": Options(*MODES),
    "tempo": TEMPO,
    "title": Instance(str, "a str"),
}


class Score(TimesMixin):
    """Music as a table of notes in quarter notes, with metre, key, tempo and sections.

    A score is not changed once it is made; its methods return new ones.

    Parameters
    ----------
    notes : table
        A DataFrame of any library or a dict of columns, one row for each note. Onset and
        duration are quarter notes from the start of the score; pitch is a MIDI note or its name,
        such as "C4", of General MIDI's drums where the part is "drums". Optional are velocity
        (1 to 127; 80 where it is missing), part (such as "melody", which is what is filled in,
        "chords", "bass" and "drums") and chord, the name of the chord that sounds at the onset, as
        `parse_chord` reads it. Where no chord is named, the one before goes on.
    metre : tuple of two int, default=(4, 4)
        Numerator and denominator of the time signature.
    tonic : int, default=0
        Pitch class of the tonic; 0 is C.
    mode : {"major", "minor", "dorian", "mixolydian", "lydian", "phrygian"}, default="major"
        Mode of the key.
    tempo : float, default=120.0
        Quarter notes a minute, from 4 to 1000, until the first of `tempos`.
    sections : sequence of Section or of tuples (name, start, end), default=()
        Named parts of the form.
    pickup : float, default=0.0
        Quarter notes before the first whole bar, less than a bar.
    title : str, default=""
        Title of the music.
    chords : sequence of tuples (start, end, name), default=None
        Chords as spans in quarter notes, where they change under held notes or rests. They
        replace the column of `notes`; None takes them from it.
    tempos : sequence of tuples (start, tempo), default=()
        Changes of the tempo: where each begins, in quarter notes, and the quarter notes a minute
        from there on.
    restarts : sequence of float, default=()
        Quarter notes at which a bar begins although the one before is not whole. Half a bar or
        more before such a time is a bar of its own, less lengthens the bar before.

    Attributes
    ----------
    notes : DataFrame
        The columns onset, duration (float), pitch, velocity (int), part and chord (str), by
        onset, part and pitch.
    chords : list of tuple
        Spans (start, end, name) in quarter notes, neighbours of one name joined.
    metre, tonic, mode, tempo, sections, pickup, title, tempos, restarts
        As given.

    Raises
    ------
    ValueError
        For columns or values that are none of these; the message names them.

    Examples
    --------
    >>> from audiogen.io import Score
    >>> score = Score({"onset": [0, 1, 2], "duration": [1, 1, 2], "pitch": [62, 65, 69],
    ...                "chord": ["Dm", "", "A7"]}, tonic=2, mode="minor")
    >>> score
    Score(3 notes, 1 bar of 4/4, D minor, 120 bpm, parts: melody)
    >>> score.chords
    [(0.0, 2.0, 'Dm'), (2.0, 4.0, 'A7')]
    """

    def __init__(
        self,
        notes: Any,
        *,
        metre: tuple[int, int] = (4, 4),
        tonic: int = 0,
        mode: str = "major",
        tempo: float = 120.0,
        sections: Sequence[Any] = (),
        pickup: float = 0.0,
        title: str = "",
        chords: Sequence[tuple[float, float, str]] | None = None,
        tempos: Sequence[tuple[float, float]] = (),
        restarts: Sequence[float] = (),
    ) -> None:
        values = {"tonic": tonic, "mode": mode, "tempo": tempo, "title": title}
        check_parameters("Score", _RULES, values)
        self.metre = checked_metre(metre)
        self.tonic, self.mode, self.tempo, self.title = int(tonic), mode, float(tempo), title
        rule = Interval(numbers.Real, 0, self.bar)
        check_parameters("Score", {"pickup": rule}, {"pickup": pickup})
        self.pickup = float(pickup)
        self.sections = [checked_section(section) for section in sections]
        self.tempos, self.restarts = checked_tempos(tempos), checked_restarts(restarts)
        columns = note_columns(notes)
        ends = [float((columns["onset"] + columns["duration"]).max(initial=0.0))]
        ends += [section.end for section in self.sections]
        spans = column_chords(columns, max(ends)) if chords is None else checked_chords(chords)
        self._length = float(max([*ends, *(end for _, end, _ in spans)]))
        self.chords = list(spans)
        self.notes = pd.DataFrame(columns | {"chord": chords_at(spans, columns["onset"])})

    @property
    def key(self) -> str:
        """Name of the key, such as "D minor"."""
        return f"{tonic_name(self.tonic, self.mode)} {self.mode}"

    @property
    def parts(self) -> list[str]:
        """The names of the parts, in the order in which they enter."""
        return list(dict.fromkeys(self.notes.part))

    def replace(self, **changes: Any) -> "Score":
        """Return a score with other values of some parameters.

        Parameters
        ----------
        **changes : object
            Parameters of the constructor. Chords stay with other notes whose column names the
            same ones, or none; else they are taken from that column.

        Returns
        -------
        score : Score

        Examples
        --------
        >>> from audiogen.io import Score
        >>> score = Score({"onset": [0], "duration": [1], "pitch": [62]})
        >>> score.replace(title="One note", mode="dorian").key
        'C dorian'
        """
        names = ("metre", "tonic", "mode", "tempo", "sections", "pickup", "title")
        own = {name: getattr(self, name) for name in ("notes", *names, "tempos", "restarts")}
        values = own | changes
        if "chords" not in changes:
            columns = note_columns(values["notes"])
            same = chords_at(self.chords, columns["onset"]) == columns["chord"].tolist()
            if same or not any(columns["chord"]):
                values["chords"] = self.chords
        return Score(**values)

    def transpose(self, semitones: int) -> "Score":
        """Return the score in another key; drums stay as they are.

        Parameters
        ----------
        semitones : int
            How far up; below 0 is down.

        Returns
        -------
        score : Score
            With notes, tonic and chords moved.

        Raises
        ------
        ValueError
            If a pitch would leave the range from 0 to 127.

        Examples
        --------
        >>> from audiogen.io import Score
        >>> score = Score({"onset": [0], "duration": [1], "pitch": [60]}).transpose(-2)
        >>> score.key, score.notes.pitch.tolist()
        ('Bb major', [58])
        """
        rule = {"semitones": Interval(numbers.Integral, None, None)}
        check_parameters("Score.transpose", rule, {"semitones": semitones})
        notes = self.notes.drop(columns="chord")
        notes["pitch"] += semitones * (notes.part != "drums")
        chords = [(start, end, transpose_chord(n, semitones)) for start, end, n in self.chords]
        return self.replace(notes=notes, tonic=(self.tonic + semitones) % 12, chords=chords)

    def with_tempo(self, tempo: float) -> "Score":
        """Return the score at another tempo; changes of the tempo stay as large as they are.

        Parameters
        ----------
        tempo : float
            Quarter notes a minute at the beginning, from 4 to 1000.

        Returns
        -------
        score : Score

        Examples
        --------
        >>> from audiogen.io import Score
        >>> Score({"onset": [0], "duration": [1], "pitch": [60]}).with_tempo(60).seconds
        1.0
        """
        tempos = [(start, value * tempo / self.tempo) for start, value in self.tempos]
        return self.replace(tempo=tempo, tempos=tempos)

    def part(self, name: str) -> "Score":
        """Return one part alone, with all chords and sections.

        Parameters
        ----------
        name : str
            One of `parts`.

        Returns
        -------
        score : Score

        Raises
        ------
        ValueError
            If there is no such part.

        Examples
        --------
        >>> from audiogen.io import Score
        >>> table = {"onset": [0, 0], "duration": [1, 1], "pitch": [60, 48],
        ...          "part": ["melody", "bass"]}
        >>> Score(table).part("bass").notes.pitch.tolist()
        [48]
        """
        if name not in self.parts:
            raise ValueError(f"There is no part {name!r}, only {', '.join(self.parts) or 'none'}.")
        return self.replace(notes=self.notes[self.notes.part == name], chords=self.chords)

    def save(
        self, path: str | os.PathLike[str], *, programs: Mapping[str, int] | None = None
    ) -> pathlib.Path:
        """Write the score as a MIDI, ABC or MusicXML file.

        Parameters
        ----------
        path : str or path-like
            The file; its suffix, ".mid", ".midi", ".abc", ".musicxml" or ".xml", decides the
            format. An existing file is replaced once the new one is complete.
        programs : mapping of str to int, default=None
            General MIDI programs (0 to 127) of parts, for MIDI files; 0 where a part has none.

        Returns
        -------
        path : pathlib.Path
            The file.

        Raises
        ------
        ValueError
            For another suffix, or programs of parts that there are not.

        Notes
        -----
        A MIDI file keeps onsets and durations to 1/960 of a quarter note, velocity, parts
        (channel 10 for "drums"), metre, pickup, key, tempos, sections and bars that are not
        whole, and no chords. ABC and MusicXML keep chords too, and times whose denominators are
        at most 960; what is read of them has no `restarts`. ABC keeps no velocity.
        Of notes of a part that overlap at one pitch, the velocity of a MIDI note's end tells
        which of them it ends: other programs may end the earliest or all of them.

        Examples
        --------
        >>> import pathlib, tempfile
        >>> from audiogen.io import Score
        >>> score = Score({"onset": [0], "duration": [1], "pitch": [60]})
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     Score.read(score.save(pathlib.Path(folder) / "one.mid")) == score
        True
        """
        from audiogen.io._score_files import write_score

        return write_score(self, path, programs=programs)

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> "Score":
        """Read a MIDI, ABC or MusicXML file.

        Parameters
        ----------
        path : str or path-like
            A file that ends in ".mid", ".midi", ".abc", ".musicxml", ".xml" or ".mxl", with one
            tune (`read_tunes` reads several). Repeats are unfolded. Where the file has tempos
            below 4 or above 1000, their mean is kept: the music lasts as long as in the file.

        Returns
        -------
        score : Score

        Raises
        ------
        FileNotFoundError
            Where there is no such file.
        ValueError
            For another suffix, and where the file is damaged, or holds no notes or several
            tunes; the message names it.

        Examples
        --------
        >>> from audiogen.datasets import load_tunes
        >>> from audiogen.io import Score
        >>> Score.read(load_tunes().filenames[8])
        Score(62 notes, 16 bars of 4/4, C major, 112 bpm, parts: Ode to Joy)
        """
        from audiogen.io._score_files import read_score

        return read_score(path)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Score):
            return NotImplemented
        names = ("metre", "tonic", "mode", "tempo", "sections", "pickup", "title", "chords",
                 "tempos", "restarts")  # fmt: skip
        same = all(getattr(self, name) == getattr(other, name) for name in names)
        return same and self.notes.equals(other.notes)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        title = f"{self.title!r}, " if self.title else ""
        bars = f"{self.n_bars} bar{'s' * (self.n_bars != 1)} of {self.metre[0]}/{self.metre[1]}"
        notes = f"{len(self.notes)} note{'s' * (len(self.notes) != 1)}"
        parts = ", ".join(self.parts) or "none"
        return f"Score({title}{notes}, {bars}, {self.key}, {self.bpm:.4g} bpm, parts: {parts})"
