"""Files of scores, read and written by their suffix."""

import functools
import os
import pathlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from audiogen.exceptions import AudioFileWarning
from audiogen.io._midi_sources import MIDI_SUFFIXES
from audiogen.io._score import Score
from audiogen.utils.names import did_you_mean, shortened
from audiogen.utils.validation import Interval, Options, check_parameters, warn_user

__all__ = ["SCORE_SUFFIXES", "read_tunes"]

SCORE_SUFFIXES = (*MIDI_SUFFIXES, ".abc", ".musicxml", ".xml", ".mxl", ".jsonl", ".jsonl.gz")
_WRITTEN = SCORE_SUFFIXES[:5]
_ABOUT = ("genre", "split", "source", "year")

Tune = tuple[Score, dict[str, Any]]


def read_tunes(path: str | os.PathLike[str], *, errors: str = "raise") -> list[Tune]:
    r"""Read all tunes of a file.

    Parameters
    ----------
    path : str or path-like
        A MIDI file (".mid", ".midi"), a book of tunes in ABC (".abc"), a MusicXML file
        (".musicxml", ".xml", ".mxl") or lines of JSON (".jsonl", ".jsonl.gz").
    errors : {"raise", "warn"}, default="raise"
        Whether a tune that cannot be read raises, or is left out with a warning.

    Returns
    -------
    tunes : list of (Score, dict)
        Each tune, and what the file says of it: genre (the field R: of ABC), split, source and
        year, each None where it says nothing.

    Raises
    ------
    FileNotFoundError
        Where there is no such file.
    IsADirectoryError
        For a folder.
    ValueError
        For another suffix, and where the file is damaged or a tune holds no notes; the
        message names the file.
    ModuleNotFoundError
        For MusicXML without music21; the message says what to type.

    Warns
    -----
    AudioFileWarning
        For each tune that cannot be read, with ``errors="warn"``.

    Notes
    -----
    A line of JSON is an object with metre ([6, 8]), tonic (pitch class), mode ("maj", "min",
    "dor", "mix", "lyd" or "phr") and sections, and optionally genre, title, source, split and
    year. A section has a pickup and bars, each a list of notes [position, duration, pitch,
    chord, tied]. Positions in the bar and durations are ticks, 24 a quarter note; the pitch of a
    rest is null; chord is null or [root, quality] with quality one of "maj", "min", "dom",
    "min7", "maj7", "dim", "hdim" and "aug"; tied is 1 where the note goes on from the one
    before. Sections are played once, one after the other. The pickup of a section replaces the
    end of the one before it; that of the first is the score's.

    Repeats of ABC and MusicXML are unfolded. Ornaments, grace notes and words are left out.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from audiogen.io import read_tunes
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder) / "book.abc"
    ...     _ = path.write_text("X:1\nR:reel\nK:D\n|:A2|B2:|\n\nX:2\nK:G\nB2|]\n")
    ...     [(score.key, len(score.notes), about["genre"]) for score, about in read_tunes(path)]
    [('D major', 4, 'reel'), ('G major', 1, None)]
    """
    check_parameters("read_tunes", {"errors": Options("raise", "warn")}, {"errors": errors})
    path = pathlib.Path(path)
    if _suffix(path) not in SCORE_SUFFIXES:
        raise ValueError(f"{path} must end in one of {', '.join(SCORE_SUFFIXES)}.")
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder; load_tunes(source=...) reads all its tunes.")
    if not path.is_file():
        raise FileNotFoundError(f"There is no file {path}.")
    tunes = []
    for read in _readers(path):
        try:
            tunes.append(_checked(path, read))
        except ValueError as error:
            if errors == "raise":
                raise
            warn_user(f"Left out: {error}", AudioFileWarning)
    return tunes


def read_score(path: str | os.PathLike[str]) -> Score:
    """Read the one tune of a file: `Score.read`."""
    tunes = read_tunes(path)
    if len(tunes) != 1:
        raise ValueError(f"{path} holds {len(tunes)} tunes; audiogen.io.read_tunes reads them.")
    return tunes[0][0]


def write_score(
    score: Score, path: str | os.PathLike[str], *, programs: Mapping[str, int] | None
) -> pathlib.Path:
    """Write a file in the format of its suffix: `Score.save`."""
    path = pathlib.Path(path)
    suffix = _suffix(path)
    if suffix not in _WRITTEN:
        raise ValueError(f"{path} must end in one of {', '.join(_WRITTEN)}.")
    if suffix in MIDI_SUFFIXES:
        from audiogen.io._score_midi import write_score_midi

        write_score_midi(score, path, _checked_programs(programs or {}, score))
        return path
    if programs is not None:
        raise ValueError(f"The 'programs' of Score.save are for MIDI files. Got {path.name}.")
    if suffix == ".abc":
        from audiogen.io._abc_writer import write_abc as write
    else:
        from audiogen.io._musicxml_writer import write_musicxml as write
    write(score, path)
    return path


def _suffix(path: pathlib.Path) -> str:
    name = path.name.lower()
    return ".jsonl.gz" if name.endswith(".jsonl.gz") else path.suffix.lower()


def _readers(path: pathlib.Path) -> Iterator[Callable[[], Any]]:
    """Yield a function for each tune of a file that reads it."""
    suffix = _suffix(path)
    if suffix == ".abc":
        from audiogen.io._abc_reader import abc_tunes as tunes
    elif suffix.startswith(".jsonl"):
        from audiogen.io._tune_json import json_tunes as tunes
    else:
        if suffix in MIDI_SUFFIXES:
            from audiogen.io._score_midi import read_score_midi as read
        else:
            from audiogen.io._musicxml_reader import read_musicxml as read
        yield lambda: (read(path), {})
        return
    rest = tunes(path)
    while True:
        try:
            yield next(rest)
        except StopIteration:
            return
        except Exception as error:  # the file itself: no text, or not whole
            yield functools.partial(_fail, error)
            return


def _fail(error: Exception) -> None:
    raise error


def _checked(path: pathlib.Path, read: Callable[[], Any]) -> Tune:
    """Return a tune with notes; whatever is wrong is a ValueError that names the file."""
    try:
        score, about = read()
        if not len(score.notes):
            raise ValueError("there are no notes in " + (repr(score.title) or "it"))
    except ModuleNotFoundError:
        raise
    except Exception as error:  # what reads them raises any type for damaged bytes
        reason = str(error).rstrip(".") if type(error) is ValueError else repr(error)
        raise ValueError(f"{path} cannot be read: {shortened(reason)}.") from error
    return score, {name: about.get(name) for name in _ABOUT}


def _checked_programs(programs: Mapping[str, int], score: Score) -> Mapping[str, int]:
    rule = Interval(int, 0, 127, closed="both")
    for part, program in programs.items():
        if part not in score.parts:
            raise ValueError(
                f"The 'programs' of Score.save name {part!r}, which is no part; there are "
                f"{', '.join(score.parts)}.{did_you_mean(part, score.parts)}"
            )
        if not rule.allows(program):
            raise ValueError(
                f"The program of {part!r} must be a whole number from 0 to 127. Got {program!r}."
            )
    return programs
